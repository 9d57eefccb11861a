"""What the sums of a report come to in money: plans and their fees, several currencies, and plain Claude."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from cc_launcher.actions.usage import Ledger
from cc_launcher.core.usage import currencies, plans, price, report
from cc_launcher.core.usage.currencies import DOLLARS, Rates, Together
from cc_launcher.core.usage.elsewhere import WhatIf
from cc_launcher.core.usage.plans import Plan
from cc_launcher.core.usage.price import Cost
from cc_launcher.core.usage.report import Row
from cc_launcher.core.usage.rollup import Amount, Part


class Money(NamedTuple):
    """What is paid apart from the sum, and what the sums are together."""

    plans: Sequence[Plan]
    cheapest: Plan | None  # of the plans whose fee is known
    paid: tuple[Cost, str]  # tokens and fees; unknown where anything of it is
    together: Together | None
    rateless: Sequence[str]  # currencies that are summed apart for want of a rate


class Saving(NamedTuple):
    """What plain Claude would have cost more, or less, for the tokens whose price is known."""

    there: WhatIf
    cost: Cost  # in dollars; below 0: plain Claude would have been cheaper
    requests: int
    left_out: int  # requests of which nobody knows what they cost


def money(ledger: Ledger, rows: Sequence[Row], span: tuple[date | None, date]) -> Money:
    """Of rows that know `profile` and `day`, and the days that are shown."""
    book = ledger.prices
    used = {row.keys["profile"] for row in rows if price.PLAN in row.billings and row.keys["profile"]}
    fees = {profile: book.fee(profile) for profile in sorted({*used, *book.plans()})}
    sums = [(row.cost, row.currency) for row in report.totals(rows)]
    held = {currency for cost, currency in sums if currency and cost.high}
    held |= {fee.currency for fee in fees.values() if fee is not None}
    held |= {row.currency for row in rows if row.currency and row.keys["profile"] in fees}
    rates = own_rates() if held - {DOLLARS} else {}
    found = plans.found(rows, fees, span, rates)
    # A plan without a known price, and without a request in this time, says nothing.
    found = [plan for plan in found if plan.requests or plan.fee is not None]
    fees_due = [(plan.due, plan.fee.currency if plan.fee is not None else "") for plan in found]
    paid = currencies.added([*sums, *fees_due], rates)
    apart = {currency for cost, currency in sums if currency and cost.high} - {DOLLARS}
    together = currencies.together([(cost, currency) for cost, currency in sums if currency], rates) if apart else None
    return Money(found, plans.cheapest(found, rates), paid, together, sorted(apart - set(rates)))


def saving(
    ledger: Ledger, parts: Sequence[tuple[Part, Amount]], rows: Sequence[Row], of_plans: Sequence[Plan]
) -> Saving | None:
    """Against plain Claude, by the token; nothing where it cannot be known. The rows know `profile`, `model`, `day`."""
    theirs = [row for row in rows if row.keys["profile"] and not ledger.prices.is_plain(row.keys["profile"])]
    known = [row for row in theirs if row.cost.low is not None and row.cost.high is not None]
    pairs = {(row.keys["profile"], row.keys["model"]) for row in known}
    doubtful = {(row.keys["profile"], row.keys["model"]) for row in theirs} - pairs
    pairs -= doubtful
    known = [row for row in known if (row.keys["profile"], row.keys["model"]) in pairs]
    in_use = {profile for profile, _ in pairs}
    costs = [(row.cost, row.currency) for row in known]
    for plan in of_plans:
        if plan.profile in in_use:
            if plan.fee is None:
                return None
            costs.append((plan.due, plan.fee.currency))
    rates = own_rates() if {currency for _, currency in costs} - {"", DOLLARS} else {}
    each = [currencies.in_dollars(cost, currency, rates) for cost, currency in costs]
    paid = [one for one in each if one is not None]
    if not known or len(paid) < len(each):
        return None
    there = ledger.plain_claude(
        [(part, amount) for part, amount in parts if (ledger.profile_of(part), part.model) in pairs]
    )
    cost = plans.less(there.cost, price.together(*paid))
    if there.currency != DOLLARS or cost.low is None or cost.high is None or (cost.low <= 0 <= cost.high):
        return None
    left_out = sum(row.requests for row in theirs) - sum(row.requests for row in known)
    return Saving(there, cost, sum(row.requests for row in known), left_out)


def own_rates() -> Rates:
    """The user's own. Looked at only where something is not in dollars."""
    from cc_launcher.files import user_config

    return user_config.read().rates
