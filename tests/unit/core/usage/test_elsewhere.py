"""What it would have cost elsewhere: cheapest first, small jobs on the small model, and whether it would have fit."""

from __future__ import annotations

from cc_launcher.core.usage import elsewhere
from cc_launcher.core.usage.elsewhere import Place, There
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.price import Price, Rates
from cc_launcher.core.usage.rollup import Amount, Part


def place(name: str, dear: float | None, small: float = 1.0, window: int | None = None, currency: str = "USD") -> Place:
    main = Price(Rates(dear, dear), currency=currency) if dear is not None else None
    return Place(name, There("main", main, window), There("small", Price(Rates(small, small), currency=currency)))


PARTS = [
    (Part("s", 0, "big", "p", "", "", 0, hidden=False), Amount(1, Figures(1_000_000), 150_000, 0, 0)),
    (Part("s", 0, "little", "p", "", "", 0, hidden=False), Amount(1, Figures(1_000_000), 1_000, 0, 0)),
]


def reckoned(*places: Place) -> list[tuple[str, float | None, bool]]:
    found = elsewhere.reckoned(PARTS, places, lambda _, model: model == "little")
    return [(one.place.profile, one.cost.value, one.fits) for one in found]


def test_the_cheapest_comes_first_and_the_unknown_last() -> None:
    assert reckoned(place("dear", 9), place("unknown", None), place("cheap", 2)) == [
        ("cheap", 3.0, True),
        ("dear", 10.0, True),
        ("unknown", None, True),
    ]


def test_a_window_that_is_too_small_is_told() -> None:
    assert reckoned(place("narrow", 1, window=128_000), place("wide", 1, window=150_000)) == [
        ("narrow", 2.0, False),
        ("wide", 2.0, True),
    ]
