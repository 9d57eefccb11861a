"""Which models' prices a launch hands to the client, so that what a session shows is what it costs.

Measured on 2.1.257 and 2.1.332: with `modelPricing` in `--managed-settings` beside the host's flag, the client reckons
each request with these four prices, to the last digit, `SLUG[1m]` with those of SLUG; no settings file but an
administrator's changes them.
"""

from typing import NamedTuple

from cc_launcher.core.plan import HOSTED, client
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.profile import four_prices
from cc_launcher.core.profile.four_prices import Four
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.route_model import RouteModel
from cc_launcher.core.text import ALL, NONE, POLICY, SOME, USED

KEY = "modelPricing"
_ROOM = 64 * 1024  # letters: an argument may have 128 K, and the lists of models stand in it, too


class Priced(NamedTuple):
    """The prices that a launch hands over, and why those of other models are not among them."""

    rows: dict[str, Four]
    without: dict[str, str]  # a model, and why it has no exact price
    mark: str  # ALL, USED, SOME, NONE or POLICY: for the status line
    why: str = ""  # NONE and POLICY: why this launch hands none over
    rates: tuple[str, ...] = ()  # the currencies that were converted with the user's own rates
    at_most: bool = False  # what it costs depends on who answers behind a gateway: these are the dearest


def of(profile: Profile, models: list[str], used: int, machine: Machine, protection: str) -> Priced:
    """What a launch hands over for the models that its session may ask for; the first of them are those it uses."""
    if not profile.elsewhere:
        return Priced({}, {}, NONE)  # the client knows its own provider's prices
    if protection != HOSTED:
        return Priced({}, {}, NONE, f"Claude Code takes no prices from a launch that is {protection}")
    if not machine.can(client.PRICES):
        return Priced({}, {}, NONE, f"this Claude Code {client.PRICES.lacks}")
    if any(key == KEY for file in machine.managed for key in file.keys):
        return Priced({}, {}, POLICY, "an administrator's prices hold")
    rates = dict(machine.rates)
    rows: dict[str, Four] = {}
    without: dict[str, str] = {}
    converted: list[str] = []
    room = _ROOM
    for model in models:
        found = four_prices.of(profile, model, rates)
        room -= len(model) + 80
        if found.four is None or room < 0:
            without[model] = found.why or "there are too many models for one argument"
            continue
        rows[model] = found.four
        converted += [found.currency] if found.currency != four_prices.DOLLARS else []
    bound = not profile.any_model  # or else a session may ask for others
    at_most = any(isinstance(about, RouteModel) and about.at_most for about in map(profile.models.get, rows))
    is_sure = not at_most and not without.keys() & {*models[:used]}
    mark = NONE if not rows else SOME if not is_sure else ALL if bound and not without else USED
    return Priced(rows, without, mark, rates=tuple(dict.fromkeys(converted)), at_most=at_most)


def said(priced: Priced, main: str) -> str:
    """What a session shows of its cost, in a line; nothing where the client's own provider is meant."""
    if priced.mark == POLICY:
        return f"by other prices: {priced.why}"
    if why := priced.why or priced.without.get(main, ""):
        return f"an estimate: {why}"
    if not priced.rows:
        return ""
    at_rates = f", at your own rate for {' and '.join(priced.rates)}" if priced.rates else ""
    left = [f"{model} ({why})" for model, why in priced.without.items()]
    more = f" and {len(left) - 1} more" if len(left) > 1 else ""
    used = "" if left else ": /cost, the status line and --max-budget-usd count with these prices"
    sure = "at most what it costs, by the dearest models of each route" if priced.at_most else "exact"
    return f"{sure}{at_rates}{used}" + (f", except for {left[0]}{more}" if left else "")


def setting(priced: Priced) -> dict[str, object]:
    """What the client reads."""
    names = ("input", "output", "cacheRead", "cacheWrite")
    rows = {model: dict(zip(names, map(_number, four), strict=True)) for model, four in priced.rows.items()}
    return {KEY: {"overrides": rows}} if rows else {}


def _number(price: float) -> float:
    """The shortest way to write it."""
    return int(price) if price == int(price) else price
