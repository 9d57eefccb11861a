"""Refresh the prices: the public lists of providers, and what genai-prices says of the models of our profiles."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cc_launcher.actions import model_list
from cc_launcher.core.errors import UNREACHABLE, CcError
from cc_launcher.core.models import merged
from cc_launcher.core.profile import model_choice
from cc_launcher.core.profile.profile import Prices
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.usage import dated
from cc_launcher.core.usage.dated import Dated, Timeline
from cc_launcher.files import kept_prices, places, price_entries, profiles
from cc_launcher.net import genai
from cc_launcher.net.fetch import offline


@dataclass(frozen=True)
class Refreshed:
    """What came of it, in lines for people."""

    lines: tuple[str, ...]


def refresh(used: Iterable[tuple[str, str]]) -> Refreshed:
    """Ask again for the prices of these profiles and models, of the user's other profiles, and of the catalog."""
    pairs = set(used)
    mine = {*places.user_names(), *(profile for profile, _ in pairs)}
    whole = {name: resolved for name in places.known() if (resolved := _loaded(name)) is not None}
    lists = _lists([resolved for name, resolved in whole.items() if name in mine])
    return Refreshed((*lists, _library(whole, pairs)))


def _loaded(name: str) -> Resolved | None:
    try:
        return profiles.load(name)
    except CcError:  # the catalog has some that need a word of the user's; of a profile, a launch says what is wrong
        return None


def _lists(asked: list[Resolved]) -> list[str]:
    """Public lists alone: nobody is asked with a key who was not named."""
    lines = []
    for resolved in asked:
        if not resolved.profile.models_public or not merged.address_of(resolved) or offline():
            continue
        answer = model_list.asked(resolved, refresh=True)
        lines.append(answer.trouble or f"{resolved.name}: the prices of {len(answer.listed)} models, {answer.dated}")
    return lines


def _library(whole: dict[str, Resolved], used: set[tuple[str, str]]) -> str:
    try:
        library = genai.asked(live=not offline())
    except ImportError:
        raise CcError(
            "genai-prices is not installed", "pip install genai-prices, beside cc", code=UNREACHABLE
        ) from None
    today = dt.date.today().isoformat()  # noqa: DTZ011 - of this place
    day = today if library.is_live else library.newest(today)
    source = f"genai-prices{'' if library.is_live else f' {library.version}'}"
    found: dict[str, dict[str, Timeline]] = {}
    for name, resolved in whole.items():
        address = kept_prices.address_of(resolved)
        wanted = {*model_choice.ids_of(resolved.profile), *(model for profile, model in used if profile == name)}
        for model in sorted(wanted):
            said = [one for one in library.of(address, model) if one.since <= today]  # some are announced
            told = _told(said, source, day)
            if told:
                found.setdefault(address, {})[model] = told
    kept_prices.write(found)
    count = sum(map(len, found.values()))
    of = (
        "of today"
        if library.is_live
        else f"that came with it ({library.version}); for those of today, {library.trouble}"
    )
    return f"genai-prices: {count} models of {len(found)} providers, by the prices {of}"


def _told(said: list[genai.Said], source: str, day: str) -> Timeline:
    prices: Timeline = ()
    for one in said:
        made = Prices.model_validate(one.prices)
        note = f"{source}, {one.note}" if one.note else source
        prices = dated.then(prices, Dated(one.since, price_entries.price_of(made, None, note, day)))
    return prices
