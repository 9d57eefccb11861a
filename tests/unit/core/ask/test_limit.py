"""What a task may take: in money where prices are known, else in tokens."""

from __future__ import annotations

import pytest

from cc_launcher.core.ask import limit
from cc_launcher.core.ask.amount import Limit
from cc_launcher.core.ask.limit import Tariff
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.price import FREE, PLAN, Price, Rates

HALF = Limit(0.5, "USD", 10_000)
DEAR = Price(Rates(input=100.0, output=1_000.0, read=10.0))
REQUEST = ("m", Figures(input=1_000, output=100, read=5_000))  # 0.10 + 0.10 + 0.05


def of(model: str) -> Price | None:
    return DEAR if model == "m" else None


@pytest.mark.parametrize("text", ["0.50 USD", "0.5USD", "1 CNY"])
def test_a_limit_is_an_amount(text: str) -> None:
    assert str(limit.limit(text)).endswith(text[-3:])


@pytest.mark.parametrize("text", ["", "0 USD", "5", "5 usd", "-1 USD", "5 USD/day", "1e3 USD"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        limit.limit(text)


@pytest.mark.parametrize(("amount", "shown"), [(0.5, "0.50 USD"), (5, "5.00 USD"), (0.0025, "0.0025 USD")])
def test_how_a_limit_is_shown(amount: float, shown: str) -> None:
    assert str(Limit(amount, "USD", 1)) == shown


def test_money_decides_where_prices_are_known() -> None:
    spent = limit.spent([REQUEST, REQUEST], Tariff(of=of))
    assert (spent.requests, spent.tokens, spent.cost.value, spent.currency) == (2, 12_200, 0.5, "USD")
    assert limit.part(spent, HALF, {}) == 1.0
    assert limit.said(spent, HALF, {}) == "0.50 USD"


def test_another_currency_counts_at_the_users_rate_and_without_one_tokens_do() -> None:
    yuan = Price(DEAR.rates, currency="CNY")
    spent = limit.spent([REQUEST, REQUEST], Tariff(of=lambda _: yuan))
    assert limit.part(spent, HALF, {"CNY": 0.5}) == 0.5
    assert limit.said(spent, HALF, {"CNY": 0.5}) == "0.50 USD"
    assert limit.part(spent, HALF, {}) == 1.22
    assert limit.said(spent, HALF, {}) == "12.2k tokens".replace("12.2k", "10.0k")


@pytest.mark.parametrize("tariff", [Tariff(), Tariff(PLAN, of), Tariff(FREE, of)], ids=["no price", "plan", "free"])
def test_tokens_decide_where_no_price_does(tariff: Tariff) -> None:
    spent = limit.spent([REQUEST], tariff)
    assert limit.by_tokens(spent, HALF, {})
    assert limit.part(spent, HALF, {}) == 0.61


def test_of_several_models_the_larger_part_decides() -> None:
    spent = limit.spent([REQUEST, ("other", Figures(input=9_000))], Tariff(of=of))
    assert limit.part(spent, HALF, {}) == 0.9
    dear = limit.spent([REQUEST] * 3 + [("other", Figures(input=1))], Tariff(of=of))
    assert limit.part(dear, HALF, {}) == 1.5


def test_the_upper_end_of_a_range_counts() -> None:
    nobody_knows = Price(Rates(input=100.0, output=1_000.0))  # what reading from a cache costs
    spent = limit.spent([REQUEST], Tariff(of=lambda _: nobody_knows))
    assert spent.cost.low == pytest.approx(0.2)
    assert limit.part(spent, HALF, {}) == pytest.approx(1.4)


def test_nothing_taken_is_no_part_of_it() -> None:
    spent = limit.spent([], Tariff(of=of))
    assert limit.part(spent, HALF, {}) == 0
    assert spent.money == "0.00"
