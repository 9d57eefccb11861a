"""The rows of the client's `/model`: a profile's models, with what they are for, their windows and prices.

Measured on 2.1.258 and 2.1.332: the client shows ten rows at a time, its own "Default" first; a row's label is also
what its banner and its status line call the model. `behavesAs` is left out: it would change the window.
"""

from collections.abc import Mapping

from cc_launcher.core.profile import four_prices
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.model_choice import Choice, known
from cc_launcher.core.profile.money import FREE, PLAN
from cc_launcher.core.profile.profile import Model, Prices, Profile
from cc_launcher.core.profile.route_model import RouteModel
from cc_launcher.core.text import amounts

MOST = 30  # rows: three screens. `/model NAME` takes every other model of the profile, too.
_JOBS = {"main": "main model", "haiku": "small jobs", "subagent": "subagents", "fallback": "when the main one is busy"}


def setting(profile: Profile, choice: Choice, models: list[str]) -> dict[str, object]:
    """The client's `modelPicker`, where there is something to choose from."""
    offered = [model for model in models if known(profile, model).tools is not False or model in choice.slots.values()]
    if len(offered) < 2 or not choice.slots:
        return {}
    rows = [_row(profile, choice, model) for model in offered[:MOST]]
    return {"modelPicker": {"replaceBuiltInOptions": True, "options": rows}}


def _row(profile: Profile, choice: Choice, model: str) -> dict[str, str]:
    about = known(profile, model)
    words = [about.good_for or _job(choice, model), _window(about), _price(profile, about)]
    return {"model": model, "label": about.name or model, "description": " · ".join(filter(None, words))}


def _job(choice: Choice, model: str) -> str:
    """What the launch uses it for."""
    slots: Mapping[str, str | None] = {**choice.slots, "subagent": choice.subagent, "fallback": choice.fallback}
    if model == choice.main:
        return _JOBS["main"]
    found = [_JOBS.get(slot, f"{slot} tier") for slot, filled in slots.items() if filled == model]
    return ", ".join(found)


def _window(about: Model) -> str:
    return f"{amounts.window(about.context)} window" if about.context is not None else ""


def _price(profile: Profile, about: Model) -> str:
    paid = four_prices.billing(profile)
    if paid in {FREE, PLAN}:
        return "free" if paid == FREE else "in your plan"
    if isinstance(about, RouteModel) and about.costs:
        return about.costs
    return _by_token(about.prices) if about.prices is not None else ""


def _by_token(prices: Prices) -> str:
    if prices.input == 0 == prices.output:
        return "free"
    sign = "$" if prices.currency == DOLLARS else f"{prices.currency} "
    return f"{sign}{amounts.price(prices.input)} in, {sign}{amounts.price(prices.output)} out"
