"""Sums of money: what is taken, and what is not."""

import pytest

from cc_launcher.core.profile import money
from cc_launcher.core.profile.money import Sum


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5 USD/day", Sum(5.0, "USD", "day")),
        ("0.50USD/session", Sum(0.5, "USD", "session")),
        ("200 CNY / month", Sum(200.0, "CNY", "month")),
        ("20 USD/30d", Sum(20.0, "USD", "30d")),
    ],
)
def test_a_budget(text: str, found: Sum) -> None:
    assert money.budget(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "5", "5 USD", "5/day", "USD/day", "5 usd/day", "$5/day", "-5 USD/day", "0 USD/day", "5 USD/year"),
        *("5 USD/week", "5 USD/0d", "5 USD/400d", "5 USD/d", "1e3 USD/day", "5 USD/day ", "5,0 USD/day", "nan USD/day"),
        "\u0665 USD/day",
    ],
)
def test_no_budget(text: str) -> None:
    with pytest.raises(ValueError, match="is not a budget"):
        money.budget(text)


@pytest.mark.parametrize("text", ["20 USD/day", "20 USD/session", "20 USD/30d", "20 USD", "20"])
def test_no_fee(text: str) -> None:
    with pytest.raises(ValueError, match="is not the price of a plan"):
        money.fee(text)


def test_a_fee_may_be_nothing_and_by_the_year() -> None:
    assert money.fee("0 USD/month") == Sum(0.0, "USD", "month")
    assert str(money.fee("200 USD/year")) == "200 USD/year"


def test_days() -> None:
    assert [money.budget(f"5 USD/{per}").days for per in ("day", "month", "7d", "366d")] == [0, 0, 7, 366]


@pytest.mark.parametrize(
    "text", ["5 USD/day", "0.000001 USD/session", "999999999 CNY/month", "12.5 EUR/30d", "100 USD/1d"]
)
def test_as_a_text_it_can_be_read_again(text: str) -> None:
    assert str(money.budget(text)) == text
