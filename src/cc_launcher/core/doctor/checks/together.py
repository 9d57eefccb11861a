"""Addresses and the keys that plain `claude` sends there: no fix takes away one and leaves the other.

Without its address a provider's key would go to Anthropic. What stands in one file belongs together; where an address
and a key stand in different files, all of them do.
"""

from collections.abc import Iterator
from typing import NamedTuple

from cc_launcher.core.doctor import belongs
from cc_launcher.core.doctor.examined import Examined, Setting, Settings, ShellFile
from cc_launcher.core.doctor.findings import COMMENT_OUT, DROP, MOVE_KEY, TOGETHER, Bundle, Fix
from cc_launcher.core.doctor.shell_lines import Assignment
from cc_launcher.core.profile import variables

SHORTEST = 8  # what is shorter is a placeholder
_FOLLOWED = {name for group in (variables.ROUTING, variables.CREDENTIALS, variables.MODELS) for name in group.names}
_OF_THE_SESSION = frozenset({"CLAUDE_CODE_REMOTE", "CLAUDE_CODE_REMOTE_SESSION_ID"})


class Spot(NamedTuple):
    """Where something is set."""

    path: str
    line: int
    name: str


class Verdict(NamedTuple):
    """What is to be done about it: a fix, or else what the user does."""

    fix: Fix | None
    hint: str


class _Part(NamedTuple):
    """An address, a key or a model in a file."""

    spot: Spot
    shown: str
    fix: Fix | None  # how it goes out of the file; nothing where that is the user's own affair
    literal: bool  # it is there to read
    means: str
    statement: tuple[str, int]  # the file, and where in it the statement begins

    @property
    def is_route(self) -> bool:
        return self.spot.name in variables.ROUTING.names and self.spot.name not in _OF_THE_SESSION

    @property
    def is_key(self) -> bool:
        return self.spot.name in belongs.FOLLOWS

    def __str__(self) -> str:
        return f"{self.spot.name} ({self.shown}:{self.spot.line})"


def found(seen: Examined) -> dict[Spot, Verdict]:
    """What is to be done about each address that has a key beside it, and about that key."""
    files = [parts for file in seen.shell_files if (parts := list(_in_shell(file)))]
    files += [parts for settings in seen.settings if (parts := list(_in_settings(settings)))]
    with_route = [parts for parts in files if any(part.is_route for part in parts)]
    with_key = [parts for parts in files if any(part.is_key for part in parts)]
    if not with_route:
        return {}
    alone = [parts for parts in with_key if parts not in with_route]
    elsewhere = sorted(
        seen.present.intersection(belongs.FOLLOWS) - {part.spot.name for parts in with_key for part in parts}
    )
    if alone or elsewhere:
        groups = [[part for parts in files if parts in with_route or parts in with_key for part in parts]]
    else:
        groups = [parts for parts in with_route if parts in with_key]
    verdicts: dict[Spot, Verdict] = {}
    for group in groups:
        verdict = _verdict(seen, group, elsewhere)
        bundle = verdict.fix.bundle if verdict.fix is not None else None
        taken = {(fix.path, fix.line) for fix in bundle.parts} if bundle is not None else set()
        verdicts |= {
            part.spot: verdict
            for part in group
            if part.is_route or part.is_key or (part.spot.path, part.spot.line) in taken
        }
    return verdicts


def _in_shell(file: ShellFile) -> Iterator[_Part]:
    if file.here:
        return  # what loads it, and where, nobody knows
    for assignment in file.assignments:
        if assignment.once or not _counts(assignment.name):
            continue
        fits = assignment.alone and _FOLLOWED.issuperset(assignment.beside)
        fix = Fix(COMMENT_OUT, file.path, "", assignment.line, (assignment.name,), shell=file.dialect) if fits else None
        yield _Part(
            Spot(file.path, assignment.line, assignment.name),
            file.shown,
            fix,
            assignment.literal and assignment.end - assignment.start >= SHORTEST,
            assignment.means,
            (file.path, assignment.first),
        )


def _in_settings(file: Settings) -> Iterator[_Part]:
    if file.ours or file.brought or file.scope not in {"user", "local"}:
        return
    for setting in file.settings:
        if _counts(setting.name) and (setting.path[0] == "env" or setting.name == belongs.HELPER):
            fix = Fix(DROP, file.path, "", setting.line, setting.path) if file.fixable else None
            yield _Part(
                Spot(file.path, setting.line, setting.name),
                file.shown,
                fix,
                setting.literal,
                setting.means,
                (file.path, setting.line),
            )


def _counts(name: str) -> bool:
    return name in variables.ROUTING.names or name in belongs.FOLLOWS or name in belongs.TIERS


def _verdict(seen: Examined, group: list[_Part], elsewhere: list[str]) -> Verdict:
    """One fix for all of it, or nothing where a part of it cannot be changed by us."""
    both = [part for part in group if part.is_route or part.is_key]
    listed = " and ".join(map(str, both))
    if elsewhere or any(part.fix is None for part in both):
        key = ", ".join(elsewhere) or next((str(part) for part in both if part.is_key), "the key")
        then = f"with the address gone, plain claude sends {key} to Anthropic"
        return Verdict(None, f"take out {listed} together: {then}")
    parts = [part for part in group if part.fix is not None]
    bundle = _bundle(seen, parts)
    does = f"comment out {_names(parts)} together: no provider is known for the address and the key"
    if bundle.profile or bundle.provider:
        into = f"your profile {bundle.profile}" if bundle.profile else f"a profile of your own for {bundle.provider}"
        does = f"move {_names(parts)} together into {into}"
    elif any(part.fix is not None and part.fix.how == DROP for part in parts):
        does = f"take out {_names(parts)} together (the backup has them): no provider is known for the address and key"
    fix = Fix(TOGETHER, bundle.parts[0].path, does, bundle.parts[0].line, bundle=bundle)
    return Verdict(fix, f"cc doctor --fix can {does}")


def _names(parts: list[_Part]) -> str:
    names = list(dict.fromkeys(part.spot.name for part in parts))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _bundle(seen: Examined, parts: list[_Part]) -> Bundle:
    """What it becomes: a profile, where one address and one key fit one provider."""
    fixes = _fixes(parts)
    addresses = {part.means for part in parts if part.spot.name == belongs.ADDRESS}
    other_routes = [part for part in parts if part.is_route and part.spot.name != belongs.ADDRESS]
    keys = [part for part in parts if part.is_key]
    key = keys[0]
    if other_routes or len(addresses) != 1 or len(keys) != 1 or key.spot.name == "ANTHROPIC_CUSTOM_HEADERS":
        return Bundle(fixes)
    about = belongs.key_of(key.spot.name, key.means)
    if not (key.literal or about.repeats or about.is_asked):
        return Bundle(fixes)  # a placeholder, or what only a shell can work out
    own = [profile.resolved for profile in seen.profiles if profile.resolved is not None]
    matched = belongs.match(addresses.pop(), about, own, {} if seen.named else seen.catalog)
    if matched is None or (seen.named and matched.name != seen.named):
        return Bundle(fixes)
    tiers = {belongs.TIERS[part.spot.name]: part.means for part in parts if part.spot.name in belongs.TIERS}
    tiers = {tier: model for tier, model in tiers.items() if model}
    return Bundle(
        fixes if about.repeats else tuple(_moved(fix, key) for fix in fixes),
        None if about.repeats else _moved(key.fix, key) if key.fix is not None else None,
        about.repeats,
        matched.name if matched.is_own else "",
        "" if matched.is_own else matched.name,
        matched.region,
        tuple(tiers.items()),
    )


def _fixes(parts: list[_Part]) -> tuple[Fix, ...]:
    """A fix for each statement: what else it sets goes with it. Files with a key come first: out before the address."""
    with_key = {part.spot.path for part in parts if part.is_key}
    ordered = sorted(parts, key=lambda part: part.spot.path not in with_key)
    chosen: dict[tuple[str, int] | Spot, Fix] = {}
    for part in ordered:
        if part.fix is not None:
            where = part.statement if part.fix.shell else part.spot
            if where not in chosen or part.is_key:
                chosen[where] = part.fix
    return tuple(chosen.values())


def _moved(fix: Fix, key: _Part) -> Fix:
    """What takes a key out of a shell file leaves no comment with the key in it."""
    if not fix.shell or key.fix is None or (fix.path, fix.line) != (key.fix.path, key.fix.line):
        return fix
    return Fix(MOVE_KEY, fix.path, fix.does, fix.line, fix.keys, fix.profile, fix.shell)


def of_assignment(verdicts: dict[Spot, Verdict], file: ShellFile, assignment: Assignment) -> Verdict | None:
    """The verdict on a line of a shell file: that on anything that its statement sets."""
    beside = [other for other in file.assignments if other.first == assignment.first]
    spots = [Spot(file.path, other.line, other.name) for other in (assignment, *beside)]
    return next((verdicts[spot] for spot in spots if spot in verdicts), None)


def of_setting(verdicts: dict[Spot, Verdict], file: Settings, setting: Setting) -> Verdict | None:
    """The verdict on a key of a settings file."""
    return verdicts.get(Spot(file.path, setting.line, setting.name))
