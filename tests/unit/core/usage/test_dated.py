"""A session is priced as of its day."""

from __future__ import annotations

from cc_launcher.core.usage import price
from cc_launcher.core.usage.dated import ALWAYS, Dated, on, seen, then
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.price import ESTIMATE, EXACT, Price, Rates

OLD, NEW, NEWER = (Price(Rates(each, 10 * each)) for each in (1.0, 2.0, 3.0))
MORE = Price(Rates(1.0, 10.0, 0.1, 1.25))


def test_each_day_has_the_price_that_held_then() -> None:
    prices = (Dated(ALWAYS, OLD), Dated("2026-03-01", NEW), Dated("2026-06-01", NEWER))
    found = [on(prices, day) for day in ("2025-01-01", "2026-03-01", "2026-05-31", "2026-06-01", "2027-01-01", "")]
    assert found == [OLD, NEW, NEW, NEWER, NEWER, NEWER]
    assert on((), "2026-01-01") is None


def test_before_the_first_known_price_it_is_that_as_an_estimate() -> None:
    prices = (Dated("2026-03-01", OLD),)
    early, later = (on(prices, day) for day in ("2026-02-28", "2026-03-01"))
    assert early is not None
    assert (early.rates, early.is_estimate) == (OLD.rates, True)
    assert price.cost(early, Figures(1_000_000), 0).basis == ESTIMATE
    assert price.cost(later, Figures(1_000_000), 0).basis == EXACT
    free = on((Dated("2026-03-01", Price(Rates(0, 0))),), "2026-01-01")
    assert price.cost(free, Figures(1), 0).basis == EXACT  # free is free


def test_a_newer_price_takes_the_place_of_those_from_its_day_on() -> None:
    before = (Dated(ALWAYS, OLD), Dated("2026-06-01", NEW))
    assert then(before, Dated("2026-03-01", NEWER)) == (before[0], Dated("2026-03-01", NEWER))


def test_the_first_price_of_which_nobody_says_since_when_has_always_held() -> None:
    assert seen((), OLD, None, "2026-05-01") == (Dated(ALWAYS, OLD, "2026-05-01"),)
    assert seen((), OLD, "2026-04-01", "2026-05-01") == (Dated("2026-04-01", OLD, "2026-05-01"),)


def test_another_price_holds_from_the_day_on_which_it_is_seen() -> None:
    first = seen((), OLD, None, "2026-05-01")
    later = seen(first, NEW, None, "2026-06-01")
    assert [(one.since, one.price) for one in later] == [(ALWAYS, OLD), ("2026-06-01", NEW)]
    assert seen(later, NEW, None, "2026-07-01") == later


def test_or_from_the_day_that_is_said() -> None:
    first = seen((), OLD, None, "2026-05-01")
    later = seen(first, NEW, "2026-04-10", "2026-06-01")
    assert [(one.since, one.price) for one in later] == [(ALWAYS, OLD), ("2026-04-10", NEW)]
    assert [one.price for one in seen(first, NEW, "2026-04-10", "2026-05-01")] == [OLD, NEW]  # on the same day, too
    earlier = seen(later, NEW, "2026-02-01", "2026-06-02")
    assert [one.since for one in earlier] == [ALWAYS, "2026-02-01"]


def test_a_slip_that_is_corrected_on_the_same_day_is_forgotten() -> None:
    slip = seen(seen((), OLD, None, "2026-05-01"), NEWER, None, "2026-06-01")
    assert [one.price for one in seen(slip, NEW, None, "2026-06-01")] == [OLD, NEW]
    assert [(one.since, one.price) for one in seen(seen((), OLD, None, "2026-05-01"), NEW, None, "2026-05-01")] == [
        (ALWAYS, NEW)
    ]


def test_what_only_says_more_of_the_same_price_holds_as_long_as_that() -> None:
    first = seen((), OLD, None, "2026-05-01")
    assert [(one.since, one.price) for one in seen(first, MORE, None, "2026-06-01")] == [(ALWAYS, MORE)]
    less = seen(seen((), MORE, None, "2026-05-01"), OLD, None, "2026-06-01")
    assert [one.price for one in less] == [MORE, OLD]  # that is no more
    yuan = Price(MORE.rates, currency="CNY")
    assert len(seen(first, yuan, None, "2026-06-01")) == 2
