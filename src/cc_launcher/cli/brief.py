"""A launch in about ten lines: where it goes, as whom, on which models, what that costs, and what is missing."""

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cc_launcher.actions import states
from cc_launcher.actions.planning import Planned
from cc_launcher.cli import plan_beside, plan_view, render
from cc_launcher.core.models import local, merged
from cc_launcher.core.plan import BESIDE, DESCRIPTOR, HEADER, HELPER, PINNED, SEALED, TOKEN, URL, priced, without
from cc_launcher.core.profile import four_prices, local_servers, state
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.model_choice import known
from cc_launcher.core.profile.money import FREE, PLAN
from cc_launcher.core.profile.profile import Prices
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.summarize import endpoint
from cc_launcher.core.profile.summary import OWN_CHOICE
from cc_launcher.core.stores import references
from cc_launcher.core.text import amounts, urls

if TYPE_CHECKING:
    from cc_launcher.actions.before_launch import Link

_SLOTS = ("opus", "sonnet", "haiku", "fable")
_LABEL = 12  # columns of what a line is about, with the blanks around it
_WINDOW = "CLAUDE_CODE_MAX_CONTEXT_TOKENS"
_BY_HAND = {  # where a key is that no store keeps
    "env": "the key in the variable {}",
    "file": "the key in the file {}",
    "cmd": "the key that {} prints",
}
_SAFE = {
    SEALED: "Claude Code fetches the key; settings files cannot change the address",
    PINNED: "settings files cannot change the address",
}
_SAFEST = "settings files cannot change the address or the key"


class Line(NamedTuple):
    """What a line is about, what it says, and whether somebody has to do something about it."""

    about: str
    text: str
    style: str = ""


def show(planned: Planned, more: str, chain: "Sequence[Link]" = (), also: Sequence[Line] = ()) -> None:
    """Print it; `more` is the command that says the rest, `also` what is no part of a launch."""
    heading(planned.resolved)
    for line in lines(planned, chain):
        tell(line)
    for line in also:
        tell(line)
    tell(Line("more", more, "dim"))


def heading(resolved: Resolved) -> None:
    """Which profile it is about."""
    render.heading(f"{resolved.name}: {resolved.title}")
    if resolved.profile.good_for:
        tell(Line("good for", resolved.profile.good_for))


def lines(planned: Planned, chain: "Sequence[Link]" = ()) -> Iterator[Line]:
    """The lines about a launch."""
    yield from _destination(planned)
    yield Line("models", _models(planned))
    if planned.plan.model or planned.plan.set.get("ANTHROPIC_MODEL"):
        yield from _figures(planned)
    if planned.written.profile.by_gateway:
        from cc_launcher.cli import gateway_view

        yield from map(Line._make, gateway_view.lines(planned.written, planned.plan.model))
    if planned.resolved.profile.budget is not None:
        from cc_launcher.cli import budget_words  # with all that reads transcripts

        yield Line("budget", budget_words.of(planned.resolved))
    if planned.told is not None and not planned.told.fault:  # else it stands below, with what is missing
        yield Line("server", local.described(planned.resolved, planned.plan.model, planned.told))
    yield from _beside(planned)
    if not planned.missing:
        yield Line("client", f"{planned.plan.target}{plan_view.version(planned)}")
    yield Line("safe", _SAFE.get(planned.plan.protection, _SAFEST))
    for number, link in enumerate(plan_view.first(planned, chain)):
        model = f" ({link['model']})" if link["model"] else ""
        yield Line("on to" if number else "first", f"{link['profile']}{model} is asked {link['asked']}")
    for note in (*planned.resolved.corrections, *planned.plan.notes):
        if note != planned.window:
            yield Line("note", note.removeprefix(f"{planned.resolved.name}: "))
    yield from needs(planned)


def _beside(planned: Planned) -> Iterator[Line]:
    """What the provider does not serve, and who else has a part in it."""
    if planned.less is not None and (less := without.short(planned.less)):
        yield Line("without", less)
    for what, text in plan_beside.beside(planned):
        yield Line(what, text)


def needs(planned: Planned) -> Iterator[Line]:
    """What is missing, each with what to do; or that nothing is."""
    name, profile = planned.resolved.name, planned.resolved.profile
    if planned.written.profile.by_gateway:
        yield from _of_gateway(planned)
        return
    found = states.of(planned.resolved)
    told = False
    for problem in (planned.held, planned.unfit, planned.astray):
        if problem is not None:
            told = True
            yield Line("stops", f"{problem.what.removeprefix(f'{name}: ')} ({problem.hint})", "bold red")
    for need, words in zip(found.needs, found.words, strict=True):
        if (need == state.MODEL and planned.plan.model) or (need == state.CLIENT and not planned.missing):
            continue  # the command line names one
        told = True
        if need == state.SERVER:
            server = local_servers.of(profile)
            yield Line("missing", f"{words}: {server.start}" if server is not None else words, "bold red")
            continue
        get_one = f" (get one: {profile.key_url})" if profile.key_url else ""
        what_to_do = {
            state.KEY: f"cc run {name} asks for it{get_one}",
            state.MODEL: f"cc models {name}",
            state.CLIENT: _without_client(planned),
        }.get(need, "")
        yield Line("missing", f"{words}: {what_to_do}" if what_to_do else words, "bold red")
    if not told:
        yield Line("state", found.text if found.ready else state.READY, "green" if found.sure else "")


def _destination(planned: Planned) -> Iterator[Line]:
    """Where it goes, and as whom."""
    if not planned.written.profile.by_gateway:
        yield Line("where", _where(planned))
        yield Line("as", _who(planned))
        return
    from cc_launcher.cli import gateway_view  # other launches do not pay for it

    yield Line("where", gateway_view.where())
    yield Line("as", "a key of its own for each session, which opens nothing but this gateway")


def _of_gateway(planned: Planned) -> Iterator[Line]:
    from cc_launcher.cli import gateway_view

    client = _without_client(planned)
    for problem in filter(None, (planned.held, planned.unfit)):
        yield Line("stops", f"{problem.what.removeprefix(f'{planned.written.name}: ')} ({problem.hint})", "bold red")
    yield from map(Line._make, gateway_view.needs(planned.written, client, planned.plan.model))


def _without_client(planned: Planned) -> str:
    """How to get a client, where there is none."""
    return planned.missing.partition("(")[2].removesuffix(")")


def _where(planned: Planned) -> str:
    found = endpoint(planned.resolved)
    return f"{urls.OWN_ADDRESS}, as plain claude" if found == OWN_CHOICE else found


def _who(planned: Planned) -> str:
    """As whom the requests are sent."""
    profile, slots = planned.resolved.profile, planned.plan.slots
    keys = [slot for slot in slots if slot.delivery in {TOKEN, DESCRIPTOR, HELPER}]
    keys = keys or [slot for slot in slots if slot.delivery in {HEADER, URL}]
    if keys:
        others = len({slot.reference for slot in slots if slot.delivery not in BESIDE} - {keys[0].reference})
        more = f", and {others} more" if others else ""
        return f"{_key(keys[0].reference)}{more}"
    if profile.auth == "login":
        return "you: your claude.ai login" + (", sent to this address" if profile.base_url else "")
    if profile.auth == "cloud":
        rows = plan_view.identity_of(planned)
        return "; ".join(f"{what}: {value}" if what != "identity" else value for what, value, _ in rows)
    return "no key: the server needs none"


def _key(reference: str) -> str:
    parsed = references.parse(reference)
    if parsed.store in _BY_HAND:
        return _BY_HAND[parsed.store].format(parsed.name)
    return f"the key in {parsed.kept_by.title} ({reference})"


def _models(planned: Planned) -> str:
    """Each model with what it is for, the main one first."""
    values = planned.plan.set
    slots = {slot: values.get(f"ANTHROPIC_DEFAULT_{slot.upper()}_MODEL", "") for slot in _SLOTS}
    main = planned.plan.model
    if not any(slots.values()):
        return main or "Claude Code's own choice"
    uses: dict[str, list[str]] = {main: []}
    for slot, model in slots.items():
        uses.setdefault(model, []).append(slot)
    if len(uses) == 1:
        return f"{main} for everything"
    if len(uses) == 2 and uses[main] == ["opus", "sonnet", "fable"]:
        return f"{main}, and {slots['haiku']} for small jobs"
    return ", ".join(f"{model} ({' and '.join(slots_of)})" if slots_of else model for model, slots_of in uses.items())


def _figures(planned: Planned) -> Iterator[Line]:
    """The window, and the prices of the models."""
    values = planned.plan.set
    window = values.get(_WINDOW, "")
    if window.isdecimal():
        yield Line("window", f"{amounts.window(int(window))} tokens")
    elif planned.window:
        yield Line("window", planned.window.partition(" is ")[2], "bold yellow")
    used = dict.fromkeys(
        [planned.plan.model, *(values.get(f"ANTHROPIC_DEFAULT_{slot.upper()}_MODEL", "") for slot in _SLOTS)]
    )
    yield Line("costs", _costs(planned.resolved, [model for model in used if model]))
    if shown := priced.said(plan_view.prices_of(planned), planned.plan.model):
        yield Line("shown", shown)


def _costs(resolved: Resolved, models: list[str]) -> str:
    profile = resolved.profile
    paid = four_prices.billing(profile)
    if paid == PLAN and profile.auth != "login":
        return f"nothing by the token: your plan pays ({profile.plan_price or 'its price is not written'})"
    if paid == FREE:
        return "nothing" + (": the model runs on your own machine" if profile.kind == "local" else "")
    prices = {model: known(profile, model).prices for model in models}
    if not any(prices.values()):
        asks = f": cc models {resolved.name} asks the provider" if merged.address_of(resolved) else ""
        return f"not known here{asks}"
    if len(set(map(_price, prices.values()))) == 1:
        return f"{_price(prices[models[0]])} for a million tokens"
    return "for a million tokens: " + "; ".join(f"{model} {_price(price)}" for model, price in prices.items())


def _price(price: Prices | None) -> str:
    if price is None:
        return "not known"
    sign = "$" if price.currency == DOLLARS else f"{price.currency} "
    return (
        f"{sign}{amounts.price(price.input)} in, {sign}{amounts.price(price.output)} out" if _is_paid(price) else "$0"
    )


def _is_paid(price: Prices) -> bool:
    return bool(price.input or price.output)


def tell(line: Line) -> None:
    """One line; on a terminal that is too narrow for it, with the rest below its text."""
    label, text = f"  {line.about:<{_LABEL - 2}}", line.text
    rest: list[str] = []
    if sys.stdout.isatty():
        width = max(render.console().width - _LABEL, 20)
        first, *rest = textwrap.wrap(
            re.sub(r"\s+", " ", text), width, break_long_words=False, break_on_hyphens=False
        ) or [""]
        text = first
    render.styled_end(label, text, line.style)
    for more in rest:
        render.styled_end(" " * _LABEL, more, line.style)
