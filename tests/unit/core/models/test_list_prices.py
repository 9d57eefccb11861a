"""Prices of caching, and by length, in the lists of providers, each as it is documented or was seen."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.models import list_answers, listing
from cc_launcher.core.models.list_prices import FivePrices, Steps
from cc_launcher.core.models.listing import Listed

OPENROUTER = {
    "prompt": "0.000002",
    "completion": "0.00001",
    "web_search": "0.01",
    "input_cache_read": "0.0000001",
    "input_cache_write": "0.0000025",
    "input_cache_write_1h": "0.000004",
    "overrides": [
        {"min_prompt_tokens": 272000, "prompt": "0.000004", "completion": "0.000015", "input_cache_read": "0.0000002"},
    ],
}
PEAK = {"utc_start": "01:00", "utc_end": "04:00", "prompt": "0.000009"}
VERCEL = {
    "input": "0.000002",
    "input_tiers": [{"cost": "0.000002", "min": 0, "max": 200001}, {"cost": "0.000004", "min": 200001}],
    "output": "0.000012",
    "output_tiers": [{"cost": "0.000012", "min": 0, "max": 200001}, {"cost": "0.000018", "min": 200001}],
    "input_cache_read": "0.0000002",
    "input_cache_read_tiers": [{"cost": "0.0000002", "min": 0, "max": 200001}, {"cost": "0.0000004", "min": 200001}],
    "input_cache_write": "0.000002",
}
LITELLM = {
    "input_cost_per_token": 3e-06,
    "output_cost_per_token": 1.5e-05,
    "cache_read_input_token_cost": 3e-07,
    "cache_creation_input_token_cost": 3.75e-06,
    "cache_creation_input_token_cost_above_1hr": 6e-06,
    "input_cost_per_token_above_200k_tokens": 6e-06,
    "output_cost_per_token_above_200k_tokens": 2.25e-05,
    "cache_read_input_token_cost_above_200k_tokens": 6e-07,
}
BANDS = [
    {"prompt_tokens_threshold": 0, "input_price": 1e-06, "output_price": 2e-06, "cached_price": 1e-07},
    {"prompt_tokens_threshold": 128000, "input_price": 2e-06, "output_price": 4e-06},
]
REQUESTY = {"input_price": 1e-06, "output_price": 2e-06, "cached_price": 1e-07, "caching_price": 0, "pricing": BANDS}
DEEPINFRA = {"metadata": {"pricing": {"input_tokens": 0.4, "output_tokens": 1.75, "cache_read_tokens": 0.08}}}


def only(entry: dict[str, Any]) -> Listed:
    (model,) = list_answers.read({"data": [{"id": "m"} | entry]})
    assert listing.decode(listing.encode("https://h", [model]).decode(), "https://h") == [model]
    return model


def five(model: Listed) -> FivePrices:
    return FivePrices(model.input_price, model.output_price, model.cache_read, model.cache_write, model.cache_write_1h)


@pytest.mark.parametrize(
    ("entry", "prices", "above"),
    [
        (
            {"pricing": OPENROUTER},
            FivePrices(2, 10, 0.1, 2.5, 4),
            ((271_999, FivePrices(4, 15, 0.2, 2.5, 4)),),
        ),
        ({"pricing": VERCEL}, FivePrices(2, 12, 0.2, 2), ((200_000, FivePrices(4, 18, 0.4, 2)),)),
        ({"model_info": LITELLM}, FivePrices(3, 15, 0.3, 3.75, 6), ((200_000, FivePrices(6, 22.5, 0.6, 3.75, 6)),)),
        (REQUESTY, FivePrices(1, 2, 0.1), ((128_000, FivePrices(2, 4, 0.1)),)),
        (DEEPINFRA, FivePrices(0.4, 1.75, 0.08), ()),
        ({"pricing": {"input": 0.6, "output": 0.6, "cached_input": 0.1}}, FivePrices(0.6, 0.6, 0.1), ()),
    ],
    ids=["openrouter", "vercel", "litellm", "requesty", "deepinfra", "together"],
)
def test_a_list_with_prices_of_caching_and_by_length(entry: dict[str, Any], prices: FivePrices, above: Steps) -> None:
    found = only(entry)
    assert (five(found), found.above) == (prices, above)


def test_a_price_by_the_hour_is_none_of_a_length() -> None:
    assert only({"pricing": OPENROUTER | {"overrides": [PEAK, PEAK | {"min_prompt_tokens": 5}]}}).above == ()


def test_what_a_longer_request_does_not_say_is_as_below_it() -> None:
    overrides = [{"min_prompt_tokens": 512000, "completion": "0.00003"}, *OPENROUTER["overrides"]]
    steps = dict(only({"pricing": OPENROUTER | {"overrides": overrides}}).above)
    assert steps[511_999] == FivePrices(4, 30, 0.2, 2.5, 4)


def test_a_price_of_caching_that_is_nothing_is_a_field_without_a_value() -> None:
    pricing = {"prompt": "0.000002", "completion": "0.00001", "input_cache_read": "0", "input_cache_write": "0"}
    assert five(only({"pricing": pricing})) == FivePrices(2, 10)
    storage = {"prompt": "0.00000075", "completion": "0.00000375", "input_cache_write": "0.0000000417"}
    assert five(only({"pricing": storage})) == FivePrices(0.75, 3.75)
    free = dict.fromkeys(pricing, "0")
    assert five(only({"pricing": free})) == FivePrices(0, 0, 0, 0)


def test_without_a_price_of_input_nothing_else_is_one() -> None:
    found = only({"pricing": {"prompt": "-1", "completion": "-1", "input_cache_read": "0.0000001"}})
    assert (five(found), found.above) == (FivePrices(), ())


@pytest.mark.parametrize(
    "odd", [None, 1, "x", [None], [{}], [{"min_prompt_tokens": -1}], [{"min_prompt_tokens": True, "prompt": "1"}]]
)
def test_odd_steps_are_none(odd: Any) -> None:
    assert only({"pricing": OPENROUTER | {"overrides": odd}}).above == ()


def test_a_list_that_an_older_version_kept_is_read() -> None:
    text = "cc-models 1\thttps://h\nm\t200000\t\t0.6\t2.2\t+\t\tThe name\n"
    assert listing.decode(text, "https://h") == [Listed("m", "The name", 200_000, None, 0.6, 2.2, tools=True)]


@pytest.mark.parametrize("odd", ["x", "-1", "nan", "5:1,2", "5:1,,,,", "0:1,2,,,", "5:1,nan,,,"])
def test_an_odd_kept_price_makes_the_list_none(odd: str) -> None:
    for place in (f"{odd}\t\t\t", f"\t\t\t{odd}"):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever it is, the list is asked for again
            listing.decode(f"cc-models 2\thttps://h\nm\t\t\t1.0\t2.0\t\t\t{place}\t\n", "https://h")
