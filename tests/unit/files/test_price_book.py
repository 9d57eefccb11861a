"""Prices, remembered: as the profiles say them now, and with the source that says so."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.models.list_prices import FivePrices
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.usage.price import FREE, PLAN, TOKENS, Rates
from cc_launcher.files import kept_lists, price_book
from cc_launcher.files.price_book import PriceBook


@pytest.fixture
def profiles(home: Path) -> Path:
    directory = home / "config" / "profiles"
    directory.mkdir(parents=True, mode=0o700)
    return directory


def write(directory: Path, text: str, name: str = "mine") -> None:
    path = directory / f"{name}.toml"
    path.write_text(text)
    path.chmod(0o600)


def rates(name: str = "mine", model: str = "glm-5.3") -> Rates | None:
    book = PriceBook()
    found = book.price(name, model, "")
    book.keep()
    return found.rates if found is not None else None


def test_the_users_own_price_comes_first_then_the_catalogs(profiles: Path) -> None:
    write(profiles, 'extends = "zai"\n')
    assert rates() == Rates(1.4, 4.4, 0.26, 1.4, 1.4)  # it caches by itself
    write(profiles, 'extends = "zai"\n[models."glm-5.3"]\nprices = { input = 1, output = 2, cache_write = 3 }\n')
    assert rates() == Rates(1, 2, None, 3, 3)  # the catalog's cache_read is of another price
    found = PriceBook().price("mine", "glm-5.3", "")
    assert found is not None
    assert found.source == "~/config/profiles/mine.toml:3 (write 1h: by the rule of automatic caching)"
    shipped = PriceBook().price("zai", "glm-5.3", "")
    assert shipped is not None
    assert (shipped.source.partition(":")[0], shipped.day) == ("catalog zai.toml", "2026-10-01")


def test_of_the_same_price_what_the_catalog_knows_more_stays(profiles: Path) -> None:
    same = 'extends = "zai"\n[models."glm-5.3"]\nprices = { input = 1.4, output = 4.4, cache_write = 1.4 }\n'
    write(profiles, same)
    found = PriceBook().price("mine", "glm-5.3", "")
    assert found is not None
    assert (found.rates, found.day) == (Rates(1.4, 4.4, 0.26, 1.4, 1.4), "")  # the catalog's day is not the user's
    write(profiles, same.replace("}", ', currency = "CNY" }'))
    assert rates() == Rates(1.4, 4.4, None, 1.4, 1.4)  # and 1.4 yuan are no 1.4 dollars


def test_prices_by_length_in_another_currency_with_their_day_and_source(profiles: Path) -> None:
    text = """\
prices.input = 2
prices.output = 8
prices.currency = "CNY"
prices.day = 2026-11-03
prices.source = "the invoice"
prices.above.32000 = { input = 4, output = 16, cache_read = 1, cache_write_1h = 9 }
"""
    write(profiles, f'extends = "novita"\n[models."glm-5.3"]\n{text}')
    for _ in range(2):  # the second time as it was remembered
        book = PriceBook()
        found = book.price("mine", "glm-5.3", "")
        book.keep()
        assert found is not None
        assert (found.rates, found.longer) == (Rates(2, 8), ((32_000, Rates(4, 16, 1, None, 9)),))
        assert (found.currency, found.day, found.derived) == ("CNY", "2026-11-03", ())
        assert found.source.endswith("mine.toml:3: the invoice")


@pytest.mark.parametrize(
    ("rule", "expected", "derived"),
    [
        ("automatic", Rates(2, 8, None, 2, 2), ("write_5m", "write_1h")),
        ("anthropic", Rates(2, 8, 0.2, 2.5, 4), ("read", "write_5m", "write_1h")),
    ],
)
def test_a_price_that_is_the_providers_rule_says_so(
    profiles: Path, rule: str, expected: Rates, derived: tuple[str, ...]
) -> None:
    write(profiles, f'extends = "novita"\ncaching = "{rule}"\n[models.m]\nprices = {{ input = 2, output = 8 }}\n')
    found = PriceBook().price("mine", "m", "")
    assert found is not None
    assert (found.rates, found.derived) == (expected, derived)
    assert f"by the rule of {rule} caching)" in found.source


def test_the_providers_list_comes_between_the_two(profiles: Path) -> None:
    write(profiles, 'extends = "openrouter"\n')
    url = "https://openrouter.ai/api/v1/models"
    kept_lists.write("mine", url, [Listed("z-ai/glm-5.2", input_price=9.0, output_price=10.0)])
    assert rates(model="z-ai/glm-5.2") == Rates(9, 10)
    write(profiles, 'extends = "openrouter"\n[models."z-ai/glm-5.2"]\nprices = { input = 1, output = 2 }\n')
    assert rates(model="z-ai/glm-5.2") == Rates(1, 2)


def test_of_the_same_price_the_catalog_knows_more_than_the_list(profiles: Path) -> None:
    write(profiles, 'extends = "deepseek"\n')
    url = "https://api.deepseek.com/models"
    kept_lists.write("mine", url, [Listed("deepseek-flash", input_price=0.30, output_price=1.20)])
    assert rates(model="deepseek-flash") == Rates(0.30, 1.20, 0.006, 0.30, 0.30)
    kept_lists.write("mine", url, [Listed("deepseek-flash", input_price=0.30, output_price=1.20, cache_write=0.4)])
    book = PriceBook()
    found = book.price("mine", "deepseek-flash", "")
    book.keep()
    assert found is not None
    assert found.rates == Rates(0.30, 1.20, 0.006, 0.4, 0.4)
    assert found.source.startswith(f"the provider's list ({url}), and of the same price catalog deepseek.toml:")
    kept_lists.write("mine", url, [Listed("deepseek-flash", input_price=0.30, output_price=1.0)])
    assert rates(model="deepseek-flash") == Rates(0.30, 1.0, None, 0.30, 0.30)


def test_the_providers_list_has_prices_of_caching_and_by_length(profiles: Path) -> None:
    write(profiles, 'extends = "openrouter"\n')
    above = ((271_999, FivePrices(4.0, 15.0, 0.2, 5.0)),)
    listed = Listed("some/model", "", 1_000_000, None, 2.0, 10.0, None, None, 0.1, 2.5, 4.0, above)
    kept_lists.write("mine", "https://openrouter.ai/api/v1/models", [listed])
    found = PriceBook().price("mine", "some/model", "")
    assert found is not None
    assert (found.rates, found.longer) == (Rates(2, 10, 0.1, 2.5, 4), ((271_999, Rates(4, 15, 0.2, 5)),))


def test_a_model_or_a_profile_that_nobody_knows_has_no_price() -> None:
    assert rates("zai", "no-such-model") is None
    assert rates("no-such-profile") is None
    with pytest.raises(CcError):
        PriceBook().place("no-such-profile")


def test_how_a_profile_is_billed() -> None:
    book = PriceBook()
    assert [book.billing(name) for name in ("zai", "claude", "ollama", "gone")] == [TOKENS, PLAN, FREE, TOKENS]


def test_a_profile_can_say_how_it_is_billed(profiles: Path) -> None:
    write(profiles, 'extends = "zai"\nbilling = "plan"\nplan_price = "20 USD/month"\n')
    write(profiles, 'extends = "ollama"\nbilling = "tokens"\n', "rented")
    for _ in range(2):
        book = PriceBook()
        found = [(book.billing(name), book.plan_price(name)) for name in ("mine", "rented", "zai", "gone")]
        assert found == [(PLAN, "20 USD/month"), (TOKENS, ""), (TOKENS, ""), (TOKENS, "")]
        book.keep()
    (profiles / "mine.toml").unlink()
    assert PriceBook().billing("mine") == PLAN


def test_the_small_model_and_where_plain_claude_would_be() -> None:
    book = PriceBook()
    assert [book.is_small("zai", model) for model in ("glm-5.3", "glm-5.3-flash")] == [False, True]
    assert [book.is_small("", model) for model in ("claude-opus-5-5", "claude-haiku-5-5")] == [False, True]
    place = book.place("claude")
    assert (place.main.model, place.main.window) == ("claude-opus-5-5", 1_000_000)
    assert place.main.price is not None


def test_what_is_remembered_is_used_until_a_file_changes(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(profiles, 'extends = "zai"\n')
    first = rates()
    with monkeypatch.context() as only:
        only.setitem(sys.modules, "cc_launcher.files.price_entries", None)
        assert rates() == first
    write(profiles, 'extends = "zai"\n[models."glm-5.3"]\nprices = { input = 1, output = 2 }\n')
    assert rates() == Rates(1, 2, None, 1, 1)
    (profiles / "mine.toml").unlink()
    assert rates() == Rates(1, 2, None, 1, 1)  # what its sessions cost is still asked for


@pytest.mark.parametrize("odd", ["", "[]", "{", '{"version":1}', '{"entries":{"zai":{}}}'])
def test_what_is_remembered_oddly_is_looked_up_again(home: Path, odd: str) -> None:
    expected = rates("zai")
    path = home / "cache" / "prices.json"
    whole = json.loads(path.read_text())
    path.write_text(odd)
    assert rates("zai") == expected
    whole["entries"]["zai"]["models"]["glm-5.3"]["rates"] = ["1", None, 2]
    path.write_text(json.dumps(whole))
    assert rates("zai") == expected


def test_another_users_file_is_not_believed(home: Path) -> None:
    expected = rates("zai")
    path = home / "cache" / "prices.json"
    path.write_text(path.read_text().replace("1.4", "9.9"))
    path.chmod(0o666)
    assert rates("zai") == expected
    assert price_book.PLAIN == "claude"
