"""`cc usage --as`: what these very tokens would have cost with other profiles."""

import sys
from collections.abc import Sequence

from cc_launcher.actions import usage_money
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_table
from cc_launcher.cli.usage_table import Column
from cc_launcher.core.usage import currencies, plans, price, report, words
from cc_launcher.core.usage.currencies import Rates
from cc_launcher.core.usage.elsewhere import WhatIf
from cc_launcher.core.usage.periods import Span

_STRUCK = "\u0336"
_HEADS = (
    Column("profile", right=False, name=True),
    Column("model", right=False, name=True),
    Column("would have cost"),
    Column("", right=False),
)


def show(ledger: Ledger, span: Span, wanted: Sequence[str], *, as_json: bool) -> None:
    """What it would have cost there, the cheapest first."""
    parts = ledger.parts(*span.bounds)
    rates = usage_money.own_rates()
    found = ledger.what_if(parts, [name for word in wanted for name in word.split(",") if name], rates)
    totals = report.totals(ledger.rows(parts, ("profile",)))
    if as_json:
        render.envelope("usage", {"what_if": [_as_data(one, rates) for one in found]})
        return
    if not parts:
        usage_table.said("no session ran in this time, so there is nothing to compare")
        return
    rows = [
        (_struck(one), one.place.main.model, words.cost(one.cost, one.currency), _remark(ledger, one, span, rates))
        for one in found
    ]
    usage_table.show(_HEADS, rows)
    requests = sum(row.requests for row in totals)
    as_it_was = words.costs((row.cost, row.currency) for row in totals)
    usage_table.said(
        f"as it was: {requests:,} requests, {as_it_was}{', and the fees of plans' if _has_plan(totals) else ''}"
    )
    usage_table.said("a what-if: the same tokens at other prices; other models need other tokens, caches and turns")


def _has_plan(totals: Sequence[report.Row]) -> bool:
    return any(price.PLAN in row.billings for row in totals)


def _remark(ledger: Ledger, one: WhatIf, span: Span, rates: Rates) -> str:
    """What keeps this from being the whole of it."""
    found = [] if one.fits else [f"would not have fit: its window is {words.tokens(one.place.main.window or 0)}"]
    if (dollars := currencies.together([(one.cost, one.currency)], rates)) is not None:
        found.append(f"{words.cost(dollars.cost, currencies.DOLLARS)} {dollars.said}")
    fee = ledger.prices.fee(one.place.profile)
    if fee is not None:
        first, last = span.days
        due = f"{words.money(plans.share(fee, first, last), fee.currency)} for this time" if first else str(fee)
        found.append(f"as your plan: {due}")
    return "; ".join(found)


def _struck(one: WhatIf) -> str:
    text = one.place.profile
    return "".join(char + _STRUCK for char in text) if not one.fits and sys.stdout.isatty() else text


def _as_data(one: WhatIf, rates: Rates) -> dict[str, object]:
    dollars = currencies.in_dollars(one.cost, one.currency, rates)
    return {
        "profile": one.place.profile,
        "model": one.place.main.model,
        "cost_low": one.cost.low,
        "cost_high": one.cost.high,
        "currency": one.currency or None,
        "dollars_low": dollars.low if dollars is not None else None,
        "dollars_high": dollars.high if dollars is not None else None,
        "basis": one.cost.basis,
        "fits": one.fits,
        "window": one.place.main.window,
    }
