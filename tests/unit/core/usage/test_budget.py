"""What is left of a budget: in its span of time, with the upper end of a range, in one currency."""

from __future__ import annotations

from datetime import date

import pytest

from cc_launcher.core.profile import money
from cc_launcher.core.usage import budget, periods
from cc_launcher.core.usage.price import EXACT, RANGE, Cost, Price, Rates
from cc_launcher.core.usage.report import Row

TODAY = date(2026, 11, 29)
FIVE = money.budget("5 USD/day")


def row(*costs: Cost, profile: str = "zai", model: str = "m", currency: str = "USD") -> Row:
    made = Row({"profile": profile, "model": model}, currency)
    made.costs += costs
    return made


def exact(amount: float) -> Cost:
    return Cost(amount, amount, EXACT)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("5 USD/day", date(2026, 11, 29)),
        ("5 USD/month", date(2026, 11, 1)),
        ("5 USD/1d", date(2026, 11, 29)),
        ("5 USD/30d", date(2026, 10, 31)),
    ],
)
def test_days_and_months_are_those_of_this_place(text: str, first: date) -> None:
    assert budget.span(money.budget(text), TODAY) == (periods.begin(first), periods.end(TODAY))


def test_a_session_has_no_days() -> None:
    assert budget.span(money.budget("5 USD/session"), TODAY) == (periods.FIRST, periods.LAST)


def test_a_range_counts_with_its_upper_end_and_other_profiles_not_at_all() -> None:
    rows = [row(exact(1), Cost(0.5, 2, RANGE)), row(exact(100), profile="other"), row(exact(100), profile="")]
    found = budget.standing("zai", FIVE, rows, {})
    assert (found.spent, found.left, found.percent, found.is_spent) == (3, 2, 60, False)
    assert budget.left(found) == "5 USD/day, $3.00 spent, $2.00 left"
    assert budget.uncounted(found) == ""


def test_what_has_no_price_does_not_count_and_is_named() -> None:
    rows = [row(Cost(), model="x"), row(Cost(1.0, None), model="y"), row(exact(1))]
    found = budget.standing("zai", FIVE, rows, {})
    assert (found.spent, found.unknown) == (2, ("x", "y"))
    assert budget.uncounted(found) == "zai: no price is known of x, y, so that does not count in the budget"


def test_nothing_is_left_where_all_of_it_is_spent() -> None:
    found = budget.standing("zai", FIVE, [row(*[exact(0.1)] * 50)], {})
    assert (found.is_spent, found.left) == (True, 0)
    assert budget.over(found) == "zai: the budget of 5 USD/day is spent ($5.00)"
    assert budget.again(found).startswith("it begins again at midnight, or raise it: cc edit zai ")


@pytest.mark.parametrize(
    ("text", "words"),
    [("5 USD/month", "it begins again next month"), ("5 USD/session", "start a new session"), ("5 USD/30d", "raise")],
)
def test_when_there_is_something_again(text: str, words: str) -> None:
    assert words in budget.again(budget.standing("zai", money.budget(text), [row(exact(5))], {}))


def test_another_currency_counts_by_the_users_own_rate_alone() -> None:
    rows = [row(exact(10), currency="CNY"), row(exact(1))]
    found = budget.standing("zai", FIVE, rows, {})
    assert (found.spent, found.unchanged) == (1, ("CNY",))
    assert "no rate for CNY" in budget.uncounted(found)
    found = budget.standing("zai", FIVE, rows, {"CNY": 0.14})
    assert found.spent == pytest.approx(2.4)
    assert found.unchanged == ()
    found = budget.standing("zai", money.budget("5 CNY/day"), rows, {"CNY": 0.14})
    assert found.spent == pytest.approx(10 + 1 / 0.14)


def test_nothing_costs_nothing_in_any_currency() -> None:
    """Of a plan, or a server on this machine: there is no price, and so no currency."""
    assert budget.standing("zai", FIVE, [row(exact(0), currency="")], {}).unchanged == ()


def test_the_clients_prices_are_taken_so_that_no_more_than_what_is_left_can_come_of_it() -> None:
    # 5, 25, 6.25 and 0.5 dollars, it takes; an hour of cache costs 10
    assert budget.least_ratio(Price(Rates(1, 5, 0.1, 1))) == 5
    assert budget.least_ratio(Price(Rates(1, 25, 0.1, 1))) == 1
    assert budget.least_ratio(Price(Rates(1, 5, 0.1, 1, 20))) == 0.5
    assert budget.least_ratio(Price(Rates(1, 5))) == 0.5  # a read may cost as much as input
    assert budget.least_ratio(Price(Rates(1, 5, 0.1, 1), longer=((200_000, Rates(10, 5, 0.1, 1)),))) == 0.5
    assert budget.least_ratio(Price(Rates(0, 0))) == budget.ALL_OF_IT
