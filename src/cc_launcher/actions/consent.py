"""Before a session goes to another provider: somebody has to have said so, once for each pair of hosts."""

from collections.abc import Sequence

from cc_launcher.actions.screen import Screen
from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.sessions.consent import Consent, Pair, Side, command_for, is_private, side_of, unsettled
from cc_launcher.files import consents, profiles


def settle(pairs: Sequence[Pair], screen: Screen, *, command: str) -> None:
    """Ask for what nobody has agreed to so far. Without anybody to ask it is refused; nothing has been sent then."""
    missing = open_ones(pairs)
    if not missing:
        return
    if screen.agrees is None or screen.types is None:
        raise _refused(missing, command)
    for pair in missing:
        _ask(pair, screen, command)
        consents.record(pair.sender.host, pair.receiver.host)


def open_ones(pairs: Sequence[Pair]) -> list[Pair]:
    """Those of these pairs that somebody would be asked about."""
    if all(pair.sender.host == pair.receiver.host for pair in pairs):
        return []
    return unsettled(pairs, ((one.sender, one.receiver) for one in consents.all()))


def sides(resolved: Resolved) -> list[tuple[Side, bool]]:
    """Who gets to see what is said on this profile, and whether that is private: behind a gateway, each upstream."""
    if not resolved.behind and not resolved.profile.by_gateway:
        return [(side_of(resolved), is_private(resolved))]
    loaded = profiles.load(resolved.name)
    several = loaded.profile.gateway.upstreams.values() if loaded.profile.gateway is not None else ()
    behind = [profiles.load(name) for name in dict.fromkeys(several)] or [loaded]
    return [(side_of(one), is_private(one)) for one in behind]


def hosts(resolved: Resolved) -> list[str]:
    """The hosts that get to see what is said on this profile."""
    return list(dict.fromkeys(side.host for side, _ in sides(resolved)))


def pairs(sender: Resolved, receiver: Resolved) -> list[Pair]:
    """What was said on one profile, and is to go to another: each who has seen it, with each who is to see it now."""
    return [Pair(side, to, private) for side, private in sides(sender) for to, _ in sides(receiver)]


def of(resolved: Resolved) -> list[Consent]:
    """The consents in which this profile's host has a part."""
    own = hosts(resolved)
    return [one for one in consents.all() if not {one.sender, one.receiver}.isdisjoint(own)]


def taken_back(resolved: Resolved, others: Sequence[str]) -> list[Consent]:
    """Withdraw what was said of this profile's host and these, in both directions; what that was."""
    found = [one for one in of(resolved) if not {one.sender, one.receiver}.isdisjoint(others)]
    for one in found:
        consents.withdraw(one.sender, one.receiver)
    return found


def _ask(pair: Pair, screen: Screen, command: str) -> None:
    sender, receiver = pair.sender, pair.receiver
    if pair.private:
        screen.say(f"{sender.profile} is private: what was said there has stayed on {sender.host} so far.")
        question = f"To send it to {receiver.host} anyway, type {receiver.profile}"
        agreed = screen.types is not None and screen.types(question).strip() == receiver.profile
    else:
        question = f"Send what {sender.host} has seen to {receiver.host}? (asked once)"
        agreed = screen.agrees is not None and screen.agrees(question)
    if not agreed:
        raise CcError(
            f"{command}: nothing was sent to {receiver.host}",
            f"the session stays as it is; if you want it later: {command_for(pair)}",
            code=REFUSED,
        )


def _refused(missing: Sequence[Pair], command: str) -> CcError:
    first, *others = missing
    what = f"{first.sender.host} to {first.receiver.host}"
    private = f", and {first.sender.profile} is private" if first.private else ""
    return CcError(
        f"{command}: the session would go from {what}, and you have not agreed to that{private}",
        f"if that is right: {command_for(first)}",
        code=REFUSED,
        details=tuple(map(_so_would_it, others)),
    )


def _so_would_it(pair: Pair) -> str:
    return f"so would it from {pair.sender.host} to {pair.receiver.host}: {command_for(pair)}"
