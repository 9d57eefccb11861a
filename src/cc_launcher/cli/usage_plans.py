"""Plans, currencies, and plain Claude beside it, in sentences and for programs."""

from typing import Any

from cc_launcher.actions.usage_money import Money, Saving
from cc_launcher.core.usage import price, words
from cc_launcher.core.usage.currencies import DOLLARS
from cc_launcher.core.usage.plans import Plan
from cc_launcher.core.usage.price import Cost


def lines(money: Money) -> list[str]:
    """What is paid apart from the sum, and what the sums come to together."""
    found = [_of_plan(plan) for plan in money.plans]
    if (line := _cheapest(money)) is not None:
        found.append(line)
    if money.together is not None:
        what = "what is known of it is together" if money.paid[0].high is None else "together"
        found.append(f"{what} {words.cost(money.together.cost, DOLLARS)}, {money.together.said}")
    if money.rateless:
        names = " and ".join(money.rateless)
        found.append(f"{names}: not added to dollars; with a rate of yours under [rates] in config.toml it is")
    return found


def saving(found: Saving, name: str) -> str:
    """The line about plain Claude."""
    there = words.cost(found.there.cost, found.there.currency)
    low, high = found.cost.low or 0.0, found.cost.high or 0.0
    saved = low > 0
    amount = found.cost if saved else Cost(-high, -low, found.cost.basis)
    what = f"saved {name} against plain Claude" if saved else f"paid more {name} than with plain Claude"
    several = found.left_out > 1
    left_out = f"; {found.left_out} request{'s' * several} without a known price {'are' if several else 'is'} left out"
    instead = f"these very tokens would have cost {there} with {found.there.place.main.model}"
    return (
        f"{what}: {words.cost(amount, DOLLARS)} ({instead}{left_out if found.left_out else ''}); "
        "a what-if, other models need other tokens"
    )


def data(money: Money) -> dict[str, Any]:
    """The same for programs."""
    together = money.together
    return {
        "plans": [_data_of(plan) for plan in money.plans],
        "cheapest_plan": money.cheapest.profile if money.cheapest is not None else None,
        "converted": {
            "currency": DOLLARS,
            "cost": together.cost.value,
            "cost_low": together.cost.low,
            "cost_high": together.cost.high,
            "rates": dict(together.used),
        }
        if together is not None
        else None,
    }


def saving_data(found: Saving | None) -> dict[str, Any] | None:
    """The what-if of plain Claude for programs."""
    if found is None:
        return None
    return {
        "model": found.there.place.main.model,
        "currency": DOLLARS,
        "would_have_cost_low": found.there.cost.low,
        "would_have_cost_high": found.there.cost.high,
        "saved_low": found.cost.low,
        "saved_high": found.cost.high,
        "requests": found.requests,
        "requests_left_out": found.left_out,
    }


def _cheapest(money: Money) -> str | None:
    """What one plan alone would have been, where that is less than what was paid, or than the other plans."""
    least = money.cheapest
    if least is None or least.fee is None:
        return None
    due = words.money(least.due.high or 0.0, least.fee.currency)
    paid, currency = money.paid
    limits = "whether its limits are enough, nobody can say"
    if paid.low is not None and paid.high is not None and currency == least.fee.currency:
        if paid.low <= (least.due.high or 0.0):
            return None
        instead = f"all of it would have been {due} instead of {words.cost(paid, currency)}"
        return f"with {least.profile} alone, the cheapest of your plans, {instead}: a what-if, {limits}"
    if len(money.plans) > 1:
        return f"the cheapest of your plans is {least.profile}: {due} for this time; {limits}"
    return None


def _of_plan(plan: Plan) -> str:
    requests = f"{plan.requests:,} request{'' if plan.requests == 1 else 's'}"
    if plan.fee is None:
        return (
            f"{plan.profile} is paid by a plan, apart from the sum: {requests}; by the token this would be "
            f"{words.cost(plan.by_token, plan.currency)}; set plan_price in the profile to hold its fee against that"
        )
    days = f"{plan.days} day{'' if plan.days == 1 else 's'}"
    said = (
        f"{plan.profile} is paid by a plan, apart from the sum: {words.money(plan.due.high or 0.0, plan.fee.currency)} "
        f"for these {days} ({plan.fee}), {requests}"
    )
    if not plan.requests:
        return said
    return f"{said}; by the token this would be {words.cost(plan.by_token, plan.currency)}{_cheaper(plan)}"


def _cheaper(plan: Plan) -> str:
    saved = plan.saved
    if saved is None or saved.low is None or saved.high is None:
        return ""
    if plan.cheaper == price.PLAN:
        return f", so the plan was cheaper by {words.cost(saved, plan.into)}"
    if plan.cheaper == price.TOKENS:
        less = Cost(-saved.high, -saved.low, saved.basis)
        return f", so by the token it would have been cheaper by {words.cost(less, plan.into)}"
    return "; which of the two is cheaper, nobody can say"


def _data_of(plan: Plan) -> dict[str, Any]:
    fee, saved = plan.fee, plan.saved
    return {
        "profile": plan.profile,
        "plan_price": str(fee) if fee is not None else None,
        "fee": plan.due.high,
        "fee_currency": fee.currency if fee is not None else None,
        "days": plan.days,
        "requests": plan.requests,
        "by_token_low": plan.by_token.low,
        "by_token_high": plan.by_token.high,
        "by_token_currency": plan.currency or None,
        "cheaper": plan.cheaper or None,
        "saved_low": saved.low if saved is not None else None,
        "saved_high": saved.high if saved is not None else None,
        "saved_currency": plan.into or None,
    }
