"""What the status line is compiled from a profile."""

import pytest

from cc_launcher.core.status import Facts
from cc_launcher.files import status_cache
from cc_launcher.files.user_config import Config
from tests.unit.conftest import resolved

PROFILE = """\
base_url = "https://h"
auth = "bearer"
[tiers]
main = "m"
haiku = "only-a-tier"
[models.m]
context = 200000
prices = { input = 1, output = 3, cache_read = 0.1, cache_write = 2 }
[models.c]
prices = { currency = "CNY", input = 4, output = 8, cache_read = 1, cache_write = 4 }
[models.some]
prices = { input = 1, output = 3 }
"""


def facts(head: str = "", rates: dict[str, float] | None = None) -> Facts:
    return status_cache.facts_of(resolved(f"{head}\n{PROFILE}"), Config(rates=rates or {}), None)


def test_the_prices_of_each_model_their_currency_and_which_a_launch_hands_over() -> None:
    found = facts()
    assert found.models == {
        "m": (200_000, (1, 3, 2, 0.1)),
        "c": (0, (4, 8, 4, 1)),
        "some": (0, (1, 3, 1, 1)),
        "only-a-tier": (0, ()),
    }
    assert found.currencies == {"c": "CNY"}
    assert found.exact == {"m"}
    assert facts(rates={"CNY": 0.1}).exact == {"m", "c"}
    assert facts('caching = "anthropic"').exact == {"m", "some"}
    assert facts('caching = "anthropic"').models["some"] == (0, (1, 3, 1.25, 0.1))


@pytest.mark.parametrize("head", ['billing = "plan"', 'billing = "free"', 'kind = "local"'])
def test_where_nothing_is_paid_by_the_token_every_model_is_exact(head: str) -> None:
    found = facts(head)
    assert found.exact == set(found.models)
    assert {prices for _, prices in found.models.values()} == {(0.0,) * 4}
