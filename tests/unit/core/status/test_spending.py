"""The small file that says how a budget stands."""

from __future__ import annotations

import pytest

from cc_launcher.core.status import spending
from cc_launcher.core.status.spending import ALL, Spending

NOW = 1_795_000_000.0


def test_what_was_noted_comes_back() -> None:
    made = Spending("5 USD/day", (), {"/a\tb": "1 2 3"}).noted(ALL, 81.5, NOW + 10)
    found = spending.decode(spending.encode(made).decode())
    assert (found.budget, found.entries, found.sources) == (made.budget, made.entries, made.sources)
    assert found.percent("any", NOW) == 81.5
    assert found.percent("any", NOW + 10) is None  # it has begun again


def test_of_several_sessions_each_has_its_own() -> None:
    made = Spending("5 USD/session").noted("a", 10, NOW + 10).noted("b", 20, NOW + 10).noted("a", 30, NOW + 10)
    assert [made.percent(session, NOW) for session in ("a", "b", "c")] == [30, 20, None]
    for number in range(100):
        made = made.noted(str(number), 1, NOW + 10)
    assert len(made.entries) < 50


def test_another_budget_forgets_what_was_of_the_former() -> None:
    assert Spending().noted("a", 10, NOW + 10).noted(ALL, 5, NOW + 10).percent("a", NOW) == 5
    assert Spending().noted(ALL, 5, NOW + 10).noted("a", 10, NOW + 10).percent("b", NOW) is None


@pytest.mark.parametrize("text", ["", "x", "cc-budget 1\0", "cc-budget 1\0b\0entry=a\0end of budget", "cc-budget 2\0b"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        spending.decode(text)
