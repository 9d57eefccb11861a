"""Plans: the fee's share of some days, held against the same tokens one by one."""

from __future__ import annotations

from datetime import date

import pytest

from cc_launcher.core.profile.money import Sum, fee
from cc_launcher.core.usage import plans, price
from cc_launcher.core.usage.plans import Plan
from cc_launcher.core.usage.price import Cost
from cc_launcher.core.usage.report import Row

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def row(profile: str, low: float | None, high: float | None = None, *, currency: str = "USD", day: int = 5) -> Row:
    cost = Cost() if low is None else Cost(low, low if high is None else high, price.EXACT)
    keys = {"profile": profile, "day": f"2026-11-{day:02}"}
    return Row(keys, currency, requests=2, apart=[cost], billings={price.PLAN})


def only(rows: list[Row], written: str, *, rates: dict[str, float] | None = None) -> Plan:
    (plan,) = plans.found(rows, {"coding": fee(written)}, NOVEMBER, rates or {})
    return plan


@pytest.mark.parametrize(
    ("written", "first", "last", "due"),
    [
        ("30 USD/month", date(2026, 11, 1), date(2026, 11, 30), 30.0),
        ("30 USD/month", date(2026, 11, 10), date(2026, 11, 10), 1.0),
        ("28 USD/month", date(2026, 2, 28), date(2026, 3, 31), 29.0),
        ("30 USD/month", date(2026, 11, 30), date(2026, 11, 29), 0.0),
        ("365 USD/year", date(2026, 11, 1), date(2026, 11, 30), 30.0),
        ("366 USD/year", date(2023, 12, 31), date(2024, 12, 31), 366 + 366 / 365),
        ("1 USD/year", date(9999, 12, 31), date(9999, 12, 31), 1 / 365),
    ],
)
def test_the_share_of_a_fee_is_by_the_day(written: str, first: date, last: date, due: float) -> None:
    assert plans.share(fee(written), first, last) == pytest.approx(due, abs=1e-6)


def test_the_plan_was_cheaper_or_the_token_or_nobody_can_say() -> None:
    cheap = only([row("coding", 50), row("coding", 10), row("other", 99)], "20 USD/month")
    assert (cheap.due.value, cheap.by_token.value, cheap.requests, cheap.days) == (20, 60, 4, 30)
    assert (cheap.cheaper, cheap.saved) == (price.PLAN, Cost(40, 40, price.EXACT))
    dear = only([row("coding", 5)], "20 USD/month")
    assert (dear.cheaper, dear.saved) == (price.TOKENS, Cost(-15, -15, price.EXACT))
    assert only([row("coding", 5, 30)], "20 USD/month").cheaper == ""
    assert only([row("coding", None)], "20 USD/month").cheaper == ""
    assert only([row("coding", 50), row("coding", None, currency="")], "20 USD/month").cheaper == ""


def test_a_fee_in_another_currency_needs_a_rate() -> None:
    assert only([row("coding", 50)], "100 CNY/month").cheaper == ""
    found = only([row("coding", 50)], "100 CNY/month", rates={"CNY": 0.1})
    assert (found.cheaper, found.saved, found.into) == (price.PLAN, Cost(40, 40, price.EXACT), "USD")
    assert (found.due.value, str(found.fee)) == (100, "100 CNY/month")


def test_a_plan_without_a_request_costs_its_fee_all_the_same() -> None:
    found = only([], "20 USD/month")
    assert (found.due.value, found.requests, found.by_token.value, found.cheaper) == (20, 0, 0, price.TOKENS)


def test_without_a_price_nothing_is_held_against_it() -> None:
    (found,) = plans.found([row("coding", 5)], {"coding": None}, NOVEMBER, {})
    assert (found.fee, found.due.value, found.by_token.value, found.cheaper) == (None, None, 5, "")


def test_without_a_first_day_it_is_the_first_that_was_used() -> None:
    rows = [row("coding", 5, day=21), row("coding", 5, day=24)]
    (found,) = plans.found(rows, {"coding": fee("30 USD/month")}, (None, date(2026, 11, 30)), {})
    assert (found.days, found.due.value) == (10, 10)


def test_the_cheapest_is_by_the_fee_whatever_the_currency_with_a_rate() -> None:
    fees: dict[str, Sum | None] = {"a": fee("20 USD/month"), "b": fee("100 CNY/month"), "c": None}
    found = plans.found([], fees, NOVEMBER, {})
    assert plans.cheapest(found, {}) is None
    least = plans.cheapest(found, {"CNY": 0.14})
    assert least is not None
    assert least.profile == "b"
    assert plans.cheapest([plan for plan in found if plan.profile == "b"], {}) is not None
    assert plans.cheapest([], {}) is None
