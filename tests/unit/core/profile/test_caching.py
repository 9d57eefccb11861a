"""What caching costs by a provider's documented rule."""

from __future__ import annotations

from cc_launcher.core.profile.caching import ANTHROPIC, AUTOMATIC, filled
from cc_launcher.core.profile.profile import Prices

BARE = Prices(input=1.4, output=4.4)


def four(prices: Prices) -> tuple[float | None, ...]:
    return prices.input, prices.cache_read, prices.cache_write, prices.cache_write_1h


def test_what_is_cached_automatically_is_written_at_the_price_of_input_and_read_at_nobody_knows_what() -> None:
    found, derived = filled(BARE, AUTOMATIC)
    assert (four(found), derived) == ((1.4, None, 1.4, 1.4), ("cache_write", "cache_write_1h"))


def test_anthropics_rule() -> None:
    found, derived = filled(BARE, ANTHROPIC)
    assert (four(found), derived) == ((1.4, 0.14, 1.75, 2.8), ("cache_read", "cache_write", "cache_write_1h"))


def test_a_price_that_is_written_stays() -> None:
    written = BARE.model_copy(update={"cache_read": 0.2, "cache_write": 3.0})
    found, derived = filled(written, ANTHROPIC)
    assert (four(found), derived) == ((1.4, 0.2, 3.0, 2.8), ("cache_write_1h",))
    assert four(filled(written, AUTOMATIC)[0]) == (1.4, 0.2, 3.0, 3.0)


def test_the_rule_holds_for_each_length() -> None:
    tiered = Prices.model_validate({"input": 1, "output": 2, "above": {"200000": {"input": 2, "output": 4}}})
    found, _ = filled(tiered, ANTHROPIC)
    assert found.above["200000"].cache_write == 2.5
    whole = tiered.model_copy(update={"cache_read": 0.1, "cache_write": 1.0, "cache_write_1h": 2.0})
    assert filled(whole, ANTHROPIC)[1] == ("cache_read", "cache_write", "cache_write_1h")  # of the longer ones


def test_without_a_rule_nothing_is_derived() -> None:
    assert filled(BARE, None) == (BARE, ())
