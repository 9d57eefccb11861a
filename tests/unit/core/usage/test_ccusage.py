"""Prices for ccusage: what it can hold, and in words what it cannot. The real one is asked in tests/client."""

from __future__ import annotations

from cc_launcher.core.usage import ccusage, price
from cc_launcher.core.usage.ccusage import Offer
from cc_launcher.core.usage.price import Price, Rates

FULL = Price(Rates(1.0, 5.0, 0.1, 1.25, 2.0))


def offer(
    listed: Price | None, *, profile: str = "mine", billing: str = price.TOKENS, tokens: int = 1, model: str = "m"
) -> Offer:
    return Offer(profile, model, listed, billing, None, tokens)


def made(*offers: Offer, rates: dict[str, float] | None = None) -> tuple[dict[str, dict[str, float]], str]:
    found = ccusage.made(offers, rates or {})
    return dict(found.config["defaults"]["pricingOverrides"]), "\n".join(found.notes)


def test_the_four_prices_are_of_one_token() -> None:
    overrides, notes = made(offer(FULL))
    assert overrides == {
        "m": {
            "inputCostPerToken": 1e-06,
            "outputCostPerToken": 5e-06,
            "cacheCreationInputTokenCost": 1.25e-06,
            "cacheReadInputTokenCost": 1e-07,
        }
    }
    assert notes == ""


def test_the_window_goes_along() -> None:
    overrides, _ = made(offer(FULL)._replace(window=200_000))
    assert overrides["m"]["maxInputTokens"] == 200_000


def test_a_write_without_a_price_is_input() -> None:
    overrides, _ = made(offer(Price(Rates(1.0, 5.0, 0.1))))
    assert overrides["m"]["cacheCreationInputTokenCost"] == 1e-06


def test_what_is_not_quite_known_is_left_out_and_said() -> None:
    overrides, notes = made(
        offer(None, model="a"),
        offer(Price(Rates(1.0, 5.0)), model="b"),
        offer(Price(Rates(1.0, 5.0, 0.1), currency="CNY"), model="c"),
    )
    assert overrides == {}
    assert notes.splitlines() == [
        "left out: a: no price is known",
        "left out: b: no price of cached tokens is known",
        "left out: c: its price is in CNY, and [rates] in config.toml has no rate for it",
    ]


def test_another_currency_is_converted_at_the_users_rate() -> None:
    overrides, _ = made(offer(Price(Rates(10.0, 20.0, 1.0), currency="CNY")), rates={"CNY": 0.14})
    assert overrides["m"]["inputCostPerToken"] == 1.4e-06


def test_what_is_free_costs_nothing_whatever_its_price() -> None:
    for one in (offer(None, billing=price.FREE), offer(Price(Rates(0.0, 0.0)))):
        assert set(made(one)[0]["m"].values()) == {0}


def test_of_several_profiles_the_one_that_used_it_most_decides() -> None:
    dear = Price(Rates(9.0, 9.0, 9.0))
    overrides, notes = made(offer(dear, profile="dear", tokens=5), offer(FULL, profile="cheap", tokens=50))
    assert overrides["m"]["inputCostPerToken"] == 1e-06
    assert notes == "m: the prices of cheap, which used it most; ccusage cannot have dear, too"
    assert made(offer(FULL, profile="a"), offer(FULL, profile="b"))[1] == ""


def test_where_it_will_differ_is_said() -> None:
    longer = Price(Rates(1.0, 5.0, 0.1), ((200_000, Rates(2.0, 9.0, 0.2)),))
    assert "long requests" in made(offer(longer))[1]
    assert "twice the input's price" in made(offer(Price(Rates(1.0, 5.0, 0.1, 1.25, 1.6))))[1]
    assert "paid by a plan with mine" in made(offer(FULL, billing=price.PLAN))[1]
