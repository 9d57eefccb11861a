"""What tokens cost: four prices, lengths, and what is not known: a range, or nothing, and never 0."""

from __future__ import annotations

import pytest

from cc_launcher.core.usage import price
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.lengths import LENGTHS
from cc_launcher.core.usage.price import ESTIMATE, EXACT, RANGE, UNKNOWN, Cost, Price, Rates

MILLION = 1_000_000
WHOLE = Rates(1.0, 5.0, read=0.1, write_5m=1.25, write_1h=2.0)


def cost(rates: Rates, bucket: int | None = 0, **tokens: int) -> Cost:
    return price.cost(Price(rates), Figures(**{name: count * MILLION for name, count in tokens.items()}), bucket)


def test_the_four_prices() -> None:
    assert cost(WHOLE, input=1, output=1, read=1, write_5m=1, write_1h=1) == Cost(9.35, 9.35, EXACT)
    assert cost(WHOLE, write=2) == Cost(2.5, 2.5, EXACT)  # of no class: as for five minutes


def test_without_a_price_of_reads_it_is_a_range_and_never_the_middle() -> None:
    found = cost(Rates(0.40, 1.75), read=1)
    assert (found.low, found.high, found.basis, found.value) == (0.0, 0.40, RANGE, None)
    assert cost(Rates(0.40, 1.75), input=1, output=1) == Cost(2.15, 2.15, EXACT)


def test_writes_without_a_price_are_input_and_marked() -> None:
    assert cost(Rates(1.0, 5.0, read=0.1), write=1, write_5m=1) == Cost(2.0, 2.0, ESTIMATE)


def test_of_writes_for_an_hour_the_range_is_from_those_for_less_to_twice_the_input() -> None:
    assert cost(Rates(1.0, 5.0, read=0.1, write_5m=1.25), write_1h=1) == Cost(1.25, 2.0, RANGE)


def test_what_has_no_price_is_unknown_unless_it_is_nothing() -> None:
    assert price.cost(None, Figures(1), 0) == Cost(None, None, UNKNOWN)
    assert price.cost(None, Figures(), 0) == Cost(0.0, 0.0, EXACT)


def test_what_is_free_is_free_whatever_of_it_is_not_known() -> None:
    assert cost(Rates(0, 0), input=1, read=9, write_1h=3) == Cost(0.0, 0.0, EXACT)


def test_a_price_by_length_counts_for_each_request() -> None:
    listed = Price(Rates(1, 1), longer=((200_000, Rates(2, 2)), (256_000, Rates(4, 4))))
    found = [price.cost(listed, Figures(MILLION), price.bucket_of(length)) for length in (200_000, 200_001, 256_001)]
    assert found == [Cost(1.0, 1.0, EXACT), Cost(2.0, 2.0, EXACT), Cost(4.0, 4.0, EXACT)]


def test_where_the_length_is_not_known_it_is_a_range() -> None:
    listed = Price(Rates(1, 1), longer=((200_000, Rates(2, 2)),))
    assert price.cost(listed, Figures(MILLION), None) == Cost(1.0, 2.0, RANGE)
    odd = Price(Rates(1, 1), longer=((150_000, Rates(2, 2)),))  # no limit that sums are kept apart by
    assert price.cost(odd, Figures(MILLION), price.bucket_of(140_000)) == Cost(1.0, 2.0, RANGE)
    assert price.cost(odd, Figures(MILLION), price.bucket_of(120_000)) == Cost(1.0, 1.0, EXACT)
    assert price.cost(odd, Figures(MILLION), price.bucket_of(300_000)) == Cost(2.0, 2.0, EXACT)


@pytest.mark.parametrize("limit", LENGTHS)
def test_the_limits_are_the_last_length_of_the_cheaper_price(limit: int) -> None:
    assert price.bucket_of(limit) + 1 == price.bucket_of(limit + 1)


def test_a_sum_is_no_surer_than_its_parts() -> None:
    assert price.together(Cost(1, 1, EXACT), Cost(2, 3, RANGE)) == Cost(3, 4, RANGE)
    assert price.together(Cost(1, 1, EXACT), Cost()) == Cost(1, None, UNKNOWN)
    assert price.together(Cost()) == Cost(None, None, UNKNOWN)
    assert price.together(*[Cost(0.1, 0.1, EXACT)] * 3).value == 0.3


def test_one_of_several_prices_is_a_range_over_them_and_not_over_the_dearest_of_each() -> None:
    one, other = Price(Rates(1, 10, 0.1)), Price(Rates(2, 8, 0.1))
    most = Price(Rates(2, 10, 0.1), others=(one, other))
    tokens = Figures(input=MILLION, output=MILLION // 10)
    assert price.cost(most, tokens, 0) == Cost(2.0, 2.8, RANGE)
    assert price.cost(most, Figures(read=MILLION), 0) == Cost(0.1, 0.1, EXACT)
    assert not most.is_free
    free = Price(Rates(0, 0), others=(Price(Rates(0, 0)), other))
    assert price.cost(free, tokens, 0) == Cost(0.0, 2.8, RANGE)
    assert not free.is_free
