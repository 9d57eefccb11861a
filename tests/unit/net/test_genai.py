"""What genai-prices says, as a profile would have it: the real library, with the prices that it brings along."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from genai_prices import types
from genai_prices.data import providers as shipped

from cc_launcher.core.profile.profile import Prices
from cc_launcher.net import genai
from cc_launcher.net.genai import Library, asked

ZAI, OPENROUTER, DEEPSEEK = "https://api.z.ai/api/anthropic", "https://openrouter.ai/api", "https://api.deepseek.com/x"
ONE = types.ClauseEquals(equals="one")


def library(prices: Any, provider: str = "zai", pattern: str = r"https://api\.z\.ai") -> Library:
    made = types.Provider(
        id=provider, name="", api_pattern=pattern, models=[types.ModelInfo(id="one", match=ONE, prices=prices)]
    )
    return Library([made], "0", "", is_live=False)


def price(given: Any, taken: Any, **more: Any) -> types.ModelPrice:
    return types.ModelPrice(input_mtok=given, output_mtok=taken, **more)


def tiered(base: str, start: int, above: str) -> types.TieredPrices:
    return types.TieredPrices(base=Decimal(base), tiers=[types.Tier(start=start, price=Decimal(above))])


def from_day(day: str, prices: types.ModelPrice) -> types.ConditionalPrice:
    return types.ConditionalPrice(types.StartDateConstraint(dt.date.fromisoformat(day)), prices=prices)


def test_what_it_brings_along_is_known_by_the_address_of_the_provider() -> None:
    found = asked(live=False)
    assert (found.is_live, "CC_OFFLINE" in found.trouble) == (False, True)
    (glm,) = found.of(ZAI, "glm-5.3")
    assert {kind: glm.prices[kind] for kind in ("input", "output", "cache_read")} == {
        "input": 1.4,
        "output": 4.4,
        "cache_read": 0.26,
    }
    assert found.of("https://my.gateway.example", "glm-5.3") == []
    assert found.of(ZAI, "no-such-model") == []
    assert found.of("cloud bedrock", "us.anthropic.claude-opus-4-8")[-1].prices["cache_write_1h"] == 11


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("https://open.bigmodel.cn/api/anthropic", "glm-5.3"),  # dollars at a rate of somebody else's
        ("https://api.moonshot.cn/anthropic", "kimi-k3"),  # another price list, in yuan
    ],
)
def test_no_price_that_was_converted_and_none_of_another_list(address: str, model: str) -> None:
    assert asked(live=False).of(address, model) == []


def test_every_price_that_it_has_is_one_that_a_profile_could_hold() -> None:
    whole = Library(shipped, "", "", is_live=False)
    count = 0
    for provider in shipped:
        for model in provider.models:
            for said in genai._said(provider.id, model):
                Prices.model_validate(said.prices)
                count += 1
    assert count > 1_000
    assert "2026-01-01" < whole.newest("2026-11-29") <= "2026-11-29"


def test_a_price_with_a_day() -> None:
    old, new = price(Decimal(1), Decimal(2)), price(Decimal(3), Decimal(4), cache_read_mtok=Decimal("0.3"))
    found = library([types.ConditionalPrice(prices=old), from_day("2026-10-01", new)]).of(ZAI, "one")
    assert [(one.since, one.prices["input"], one.prices.get("cache_read")) for one in found] == [
        ("", 1.0, None),
        ("2026-10-01", 3.0, 0.3),
    ]


def test_of_hours_the_dearest_count_and_it_says_so() -> None:
    night = types.TimeOfDateConstraint(start_time=dt.time(1), end_time=dt.time(4))
    prices = [
        types.ConditionalPrice(prices=price(Decimal(1), Decimal(2))),
        types.ConditionalPrice(night, prices=price(Decimal(5), Decimal(6))),
    ]
    (found,) = library(prices).of(ZAI, "one")
    assert (found.prices["input"], found.note) == (5.0, "the dearest hours")
    (real,) = asked(live=False).of(DEEPSEEK, "deepseek-flash")
    assert (real.prices["input"], real.note) == (0.3, "the dearest hours")


def test_prices_by_length_and_where_openrouter_counts_from() -> None:
    prices = price(tiered("1", 200_000, "2"), tiered("4", 200_000, "6"), cache_write_mtok=Decimal("1.25"))
    (found,) = library(prices).of(ZAI, "one")
    assert found.prices["above"] == {"200000": {"input": 2.0, "output": 6.0, "cache_write": 1.25}}
    (there,) = library(prices, "openrouter", OPENROUTER).of(OPENROUTER, "one")
    assert list(there.prices["above"]) == ["199999"]
    assert "cache_write" not in there.prices["above"]["199999"]  # less than input: that is of storage alone


@pytest.mark.parametrize(
    "odd", [price(Decimal(1), None), price(Decimal(-1), Decimal(1)), price(Decimal(1), Decimal("1e9"))]
)
def test_an_odd_price_is_none(odd: types.ModelPrice) -> None:
    assert library(odd).of(ZAI, "one") == []


@pytest.mark.parametrize("bad", [OSError("no network"), ValueError("no JSON"), RuntimeError("a bug of theirs")])
def test_where_the_prices_of_today_cannot_be_had_those_that_it_brings_along_serve(
    bad: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise bad

    monkeypatch.setattr("genai_prices.UpdatePrices.fetch", fails)
    found = asked(live=True)
    assert (found.is_live, found.trouble) == (False, f"they cannot be had ({type(bad).__name__})")
    assert found.of(ZAI, "glm-5.3")


def test_the_prices_of_today_are_taken_where_they_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    class Snapshot:
        providers = shipped

    monkeypatch.setattr("genai_prices.UpdatePrices.fetch", lambda _: Snapshot)
    found = asked(live=True)
    assert (found.is_live, found.trouble) == (True, "")
    monkeypatch.setattr("genai_prices.UpdatePrices.fetch", lambda _: None)
    assert asked(live=True).trouble == "it has none"
