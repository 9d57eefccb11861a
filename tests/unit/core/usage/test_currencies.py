"""Currencies: apart without the user's rate, and at that rate together."""

from __future__ import annotations

from cc_launcher.core.usage import currencies
from cc_launcher.core.usage.price import Cost

RATES = {"CNY": 0.14, "EUR": 1.25}
TEN = Cost(10, 10, "exact")


def test_a_cost_is_converted_at_the_users_rate_alone() -> None:
    assert currencies.in_dollars(TEN, "USD", {}) == TEN
    assert currencies.in_dollars(TEN, "EUR", RATES) == Cost(12.5, 12.5, "exact")
    assert currencies.in_dollars(Cost(1, 2, "range"), "EUR", RATES) == Cost(1.25, 2.5, "range")
    assert currencies.in_dollars(Cost(1, None, "unknown"), "EUR", RATES) == Cost(1.25, None, "unknown")
    assert currencies.in_dollars(TEN, "CNY", {}) is None


def test_nothing_needs_no_rate_but_the_unknown_is_not_nothing() -> None:
    assert currencies.in_dollars(Cost(0.0, 0.0, "exact"), "CNY", {}) == Cost(0.0, 0.0, "exact")
    assert currencies.in_dollars(Cost(), "CNY", {}) is None


def test_sums_of_one_currency_stay_in_it() -> None:
    assert currencies.added([(TEN, "CNY"), (TEN, "CNY")], {}) == (Cost(20, 20, "exact"), "CNY")
    assert currencies.added([(TEN, "CNY"), (Cost(), "")], {}) == (Cost(10, None, "unknown"), "CNY")
    assert currencies.added([], {}) == (Cost(0.0, 0.0, "exact"), "")


def test_sums_of_several_are_in_dollars_or_unknown() -> None:
    assert currencies.added([(TEN, "USD"), (TEN, "EUR")], RATES) == (Cost(22.5, 22.5, "exact"), "USD")
    assert currencies.added([(TEN, "USD"), (TEN, "CHF")], RATES) == (Cost(), "USD")


def test_together_there_is_something_to_say_only_where_something_is_converted() -> None:
    assert currencies.together([(TEN, "USD")], RATES) is None
    assert currencies.together([(TEN, "USD"), (TEN, "CHF"), (TEN, "EUR")], RATES) is None
    found = currencies.together([(TEN, "USD"), (TEN, "EUR")], RATES)
    assert found is not None
    assert (found.cost, found.said) == (Cost(22.5, 22.5, "exact"), "at your rate 1 EUR = 1.25 USD")
