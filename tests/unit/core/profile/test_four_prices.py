"""The four prices that the client takes: exact, or none with the reason."""

import pytest

from cc_launcher.core.profile import four_prices
from cc_launcher.core.profile.four_prices import NOTHING, Found, Four
from tests.unit.conftest import resolved

HEAD = 'base_url = "https://h"\nauth = "bearer"\n'
WHOLE = "input = 1, output = 3, cache_read = 0.1, cache_write = 2"


def found(prices: str, head: str = "", about: str = "", rates: dict[str, float] | None = None) -> Found:
    table = f"prices = {{ {prices} }}\n" if prices else ""
    text = f'{HEAD}{head}\n[tiers]\nmain = "m"\n[models.m]\n{about}\n{table}'
    return four_prices.of(resolved(text).profile, "m", rates or {})


@pytest.mark.parametrize(
    ("prices", "head", "four"),
    [
        (WHOLE, "", (1, 3, 0.1, 2)),
        ("input = 1, output = 3, cache_read = 0.1", 'caching = "automatic"', (1, 3, 0.1, 1)),
        ("input = 1.4, output = 3", 'caching = "anthropic"', (1.4, 3, 0.14, 1.75)),
        ("input = 1, output = 3, cache_read = 0.3, cache_write = 0", 'caching = "anthropic"', (1, 3, 0.3, 0)),
        ("input = 0, output = 0", "", NOTHING),
        (WHOLE, 'billing = "plan"', NOTHING),
        ("", 'billing = "free"', NOTHING),
        ("", 'kind = "local"', NOTHING),
        (WHOLE, 'kind = "local"\nbilling = "tokens"', (1, 3, 0.1, 2)),
    ],
)
def test_the_four_prices(prices: str, head: str, four: tuple[float, ...]) -> None:
    assert found(prices, head) == Found(Four(*four))


@pytest.mark.parametrize(
    ("prices", "head", "why"),
    [
        ("", "", "no price is known"),
        ("input = 1, output = 3", "", "the price of reading the cache is not known"),
        ("input = 1, output = 3", 'caching = "automatic"', "the price of reading the cache is not known"),
        ("input = 1, output = 3, cache_read = 0", "", "the price of writing the cache is not known"),
        (f'{WHOLE}, currency = "CNY"', "", "the price is in CNY, and config.toml has no rate for that"),
    ],
)
def test_why_there_are_none(prices: str, head: str, why: str) -> None:
    assert found(prices, head) == Found(why=why)


def test_another_currency_is_converted_with_the_users_own_rate() -> None:
    prices = f'{WHOLE}, currency = "CNY"'
    assert found(prices, rates={"CNY": 0.14}) == Found(Four(0.14, 0.42, 0.014, 0.28), currency="CNY")
    assert found(prices, rates={"EUR": 2}).four is None
    assert found(WHOLE, rates={"USD": 2}).four == (1, 3, 0.1, 2)  # nobody's dollar is two
    assert found(prices, rates={"CNY": 9_000}).why == "Claude Code takes no price above $10000"


@pytest.mark.parametrize(
    ("about", "exact"), [("context = 200000", True), ("context = 200001", False), ("", False), ("context = 1000", True)]
)
def test_prices_by_length_are_exact_where_no_request_can_be_so_long(about: str, *, exact: bool) -> None:
    prices = f"{WHOLE}, above = {{ 200000 = {{ input = 2, output = 6 }} }}"
    assert (found(prices, about=about).four is not None) is exact
    assert "length" in found(prices).why


def test_what_costs_nothing_only_up_to_a_length_is_not_free() -> None:
    prices = "input = 0, output = 0, above = { 1000 = { input = 2, output = 6 } }"
    assert found(prices).four is None
    assert found("input = 0, output = 0, above = { 1000 = { input = 0, output = 0 } }").four == NOTHING


@pytest.mark.parametrize(
    ("head", "paid"), [('auth = "login"', "plan"), (HEAD, "tokens"), (f'{HEAD}kind = "local"', "free")]
)
def test_how_a_profile_is_paid_where_it_does_not_say(head: str, paid: str) -> None:
    assert four_prices.billing(resolved(f'{head}\n[tiers]\nmain = "m"\n').profile) == paid
    assert four_prices.billing(resolved(f'billing = "plan"\n{head}\n[tiers]\nmain = "m"\n').profile) == "plan"
