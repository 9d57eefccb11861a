"""`cc usage --prices`: each price that is reckoned with, since when it holds, where it is from, and of which day."""

import sys
import textwrap
from typing import Any

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_table
from cc_launcher.cli.usage_table import Across, Column
from cc_launcher.core.text.width import cut
from cc_launcher.core.usage.dated import Dated
from cc_launcher.core.usage.price import TOKENS, Price, Rates

_NAMES = {
    "input": "input",
    "output": "output",
    "read": "cache_read",
    "write_5m": "cache_write_5m",
    "write_1h": "cache_write_1h",
}
_HEADS = (
    Column("profile", right=False, name=True),
    Column("model", right=False, name=True),
    Column("input"),
    Column("output"),
    Column("cache\nread"),
    Column("cache\nwrite"),
    Column("for\nan hour"),
    Column(""),
)
_RULE = "*"
_INDENT = 14  # most names of profiles are no longer


def show(ledger: Ledger, *, refresh: bool, as_json: bool) -> None:
    """Show the prices; asked for again before, if that is wished for."""
    if refresh:
        from cc_launcher.actions import price_refresh

        used = [(profile, model) for profile, model, _ in ledger.listed_prices()]
        for line in price_refresh.refresh(used).lines:
            usage_table.said(line)
        ledger.prices.again()
    found = [(profile, model, ledger.prices.prices(profile, model)) for profile, model, _ in ledger.listed_prices()]
    if as_json:
        told = [_as_data(profile, model, prices, ledger.prices.billing(profile)) for profile, model, prices in found]
        render.envelope("usage", {"prices": told})
        return
    if not found:
        usage_table.said("no session ran on a profile yet; cc models PROFILE shows the prices of a provider")
        return
    rows: list[list[str] | Across] = []
    for profile, model, prices in found:
        rows += _rows(profile, model, prices[-1] if prices else None, _told(prices, ledger.prices.billing(profile)))
    usage_table.show(_HEADS, rows)
    if any(prices and prices[-1].price.derived for _, _, prices in found):
        usage_table.said(f"{_RULE} not in a price list: by the provider's documented rule of caching")
    usage_table.said("prices are for a million tokens; yours go into the profile (cc edit PROFILE), and come first")


def _rows(profile: str, model: str, last: Dated | None, source: str) -> list[list[str] | Across]:
    """A model: its prices, those for longer requests, and where they are from. In a pipe, that is the last column."""
    price = last.price if last is not None else None
    piped = not sys.stdout.isatty()
    name = model if piped else cut(model, 40)
    tail = [source] if piped else []
    rows: list[list[str] | Across] = [[profile, name, *_cells(price, price.rates if price else None), *tail]]
    for limit, rates in price.longer if price is not None else ():
        above = f"{model} above {limit}" if piped else f"  above {limit:,} tokens"
        rows.append([profile if piped else "", above, *_cells(price, rates), *tail])
    if not piped:
        room = usage_table.columns() - _INDENT
        rows += [Across("", part) for part in textwrap.wrap(source, room, break_on_hyphens=False)]
    return rows


def _cells(price: Price | None, rates: Rates | None) -> list[str]:
    """The five prices and their currency; what is not known has a question mark."""
    cells = []
    for kind in _NAMES:
        value = getattr(rates, kind) if rates is not None else None
        mark = _RULE if price is not None and kind in price.derived and value is not None else ""
        cells.append("?" if value is None else f"{value:g}{mark}")
    return [*cells, price.currency if price is not None else ""]


def _told(prices: tuple[Dated, ...], billing: str) -> str:
    """Where it is from, and since when, in words."""
    if not prices:
        words = "no price is known"
    else:
        last = prices[-1]
        day, since = last.price.day, last.since
        words = f"{last.price.source}, {day}" if day else last.price.source
        words += f", since {since}" if since and since != day else ""
        words += f" ({len(prices) - 1} earlier: --json)" if len(prices) > 1 else ""
    return words if billing == TOKENS else f"paid as {billing}: {words}"


def _as_data(profile: str, model: str, prices: tuple[Dated, ...], billing: str) -> dict[str, Any]:
    last = prices[-1] if prices else None
    return {
        "profile": profile,
        "model": model,
        **_data_of(last),
        "billing": billing,
        "before": [_data_of(one) for one in prices[:-1]],
    }


def _data_of(one: Dated | None) -> dict[str, Any]:
    price = one.price if one is not None else None
    return {
        **_rates(price.rates if price else None),
        "above": {str(limit): _rates(rates) for limit, rates in price.longer} if price else {},
        "currency": price.currency if price else None,
        "source": price.source if price else None,
        "day": price.day or None if price else None,
        "since": one.since or None if one is not None else None,
        "derived": [_NAMES[kind] for kind in price.derived] if price else [],
    }


def _rates(rates: Rates | None) -> dict[str, float | None]:
    return {name: getattr(rates, kind) if rates is not None else None for kind, name in _NAMES.items()}
