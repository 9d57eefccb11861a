"""Windows and prices in a few letters."""

import pytest

from cc_launcher.core.text import amounts


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [(None, "?"), (1_048_576, "1M"), (1_000_000, "1M"), (1_050_000, "1M"), (200_000, "200K"), (262_144, "256K"),
     (131_072, "128K"), (204_800, "200K"), (524_288, "512K"), (1_500_000, "1.5M"), (999, "999"), (2_000_000, "2M")],
)  # fmt: skip
def test_a_window_in_a_few_letters(tokens: int | None, shown: str) -> None:
    assert amounts.window(tokens) == shown


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [(None, "?"), (0.0, "0.00"), (0.93, "0.93"), (15.0, "15.00"), (0.0036, "0.0036"), (0.05, "0.05")],
)
def test_a_price(dollars: float | None, shown: str) -> None:
    assert amounts.price(dollars) == shown
