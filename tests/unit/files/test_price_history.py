"""The prices that were seen stay as of their day, whatever is said later."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from pathlib import Path

import pytest

from cc_launcher.core.models.listing import Listed
from cc_launcher.core.usage.dated import Dated
from cc_launcher.core.usage.price import PLAN, TOKENS, Price, Rates
from cc_launcher.files import kept_lists, kept_prices, price_entries, price_history
from cc_launcher.files.price_book import PriceBook
from cc_launcher.files.price_history import Seen
from cc_launcher.files.profiles import load

URL = "https://openrouter.ai/api/v1/models"


@pytest.fixture
def profiles(home: Path) -> Path:
    directory = home / "config" / "profiles"
    directory.mkdir(parents=True, mode=0o700)
    return directory


def own(directory: Path, prices: str, extends: str = "novita") -> None:
    path = directory / "mine.toml"
    path.write_text(f'extends = "{extends}"\n' + (f"[models.m]\nprices = {{ {prices} }}\n" if prices else ""))
    path.chmod(0o600)


def look(monkeypatch: pytest.MonkeyPatch, today: str, *days: str, model: str = "m") -> list[Price | None]:
    """What it cost on these days, as it is told on this one."""
    moment = dt.datetime.fromisoformat(f"{today}T12:00:00").astimezone().timestamp()
    monkeypatch.setattr("cc_launcher.files.price_entries.time.time", lambda: moment)
    book = PriceBook()
    found = [book.price("mine", model, day) for day in days]
    book.keep()
    return found


def inputs(found: list[Price | None]) -> list[float | None]:
    return [price.rates.input if price is not None else None for price in found]


def test_a_price_that_is_changed_today_changes_no_report_of_last_month(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(profiles, "input = 1, output = 2")
    assert inputs(look(monkeypatch, "2026-10-15", "2026-09-01", "2026-10-15")) == [1, 1]
    own(profiles, "input = 3, output = 6")
    days = ("2026-10-15", "2026-11-09", "2026-11-10", "")
    assert inputs(look(monkeypatch, "2026-11-10", *days)) == [1, 1, 3, 3]
    own(profiles, "input = 5, output = 6, day = 2026-11-01")
    assert inputs(look(monkeypatch, "2026-11-20", *days)) == [1, 5, 5, 5]  # the user says since when


def test_nothing_of_it_is_looked_up_before_the_cache_is_gone_and_then_the_history_remains(
    home: Path, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(profiles, "input = 1, output = 2")
    look(monkeypatch, "2026-10-15", "")
    own(profiles, "input = 3, output = 6")
    look(monkeypatch, "2026-11-10", "")
    (home / "cache" / "prices.json").unlink()
    assert inputs(look(monkeypatch, "2026-11-20", "2026-10-20", "2026-11-15")) == [1, 3]


def test_the_history_outlives_the_profile(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(profiles, "input = 1, output = 2")
    look(monkeypatch, "2026-10-15", "")
    (profiles / "mine.toml").unlink()
    assert inputs(look(monkeypatch, "2026-11-20", "2026-10-15")) == [1]


def test_the_list_of_today_is_not_what_it_cost_when_the_catalog_was_made(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(profiles, "", extends="openrouter")
    kept_lists.write("mine", URL, [Listed("z-ai/glm-5.2", input_price=9.0, output_price=10.0)])
    today = dt.date.today().isoformat()  # noqa: DTZ011 - of this place
    days = ("2026-11-04", "2026-08-01", today)
    found = look(monkeypatch, today, *days, model="z-ai/glm-5.2")
    assert inputs(found) == [1.4, 1.4, 9]
    assert [price is not None and price.is_estimate for price in found] == [False, True, False]


def test_a_list_that_is_replaced_leaves_its_prices(profiles: Path) -> None:
    """Nobody looked at `cc usage` while it held."""
    own(profiles, "", extends="openrouter")
    before = [Listed("a/b", input_price=1.0, output_price=2.0), Listed("c/d", input_price=1.0, output_price=2.0)]
    after = [Listed("a/b", input_price=4.0, output_price=5.0), before[1]]
    kept_lists.write("mine", URL, before)
    old = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC).timestamp()
    for path in (kept_lists.path_of("mine"), kept_lists._asked(kept_lists.path_of("mine"))):
        os.utime(path, (old, old))
    price_entries.outdated(load("mine"), after)
    kept_lists.write("mine", URL, after)
    assert set(price_history.read()["mine"].models) == {"a/b"}
    book = PriceBook()
    today = dt.date.today().isoformat()  # noqa: DTZ011 - of this place
    assert inputs([book.price("mine", "a/b", day) for day in ("2026-11-04", today, "")]) == [1, 4, 4]
    assert inputs([book.price("mine", "c/d", "")]) == [1]


def test_genai_prices_serve_the_days_before_the_catalog(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(profiles, "", extends="openrouter")
    told = (Dated("", Price(Rates(0.5, 1), source="g")), Dated("2026-10-19", Price(Rates(0.7, 1), source="g")))
    kept_prices.write({"https://openrouter.ai/api": {"z-ai/glm-5.2": told, "new/model": told}})
    days = ("2026-08-01", "2026-10-20", "2026-11-03", "")
    assert inputs(look(monkeypatch, "2026-11-20", *days, model="z-ai/glm-5.2")) == [0.5, 0.7, 1.4, 1.4]
    assert inputs(look(monkeypatch, "2026-11-20", *days, model="new/model")) == [0.5, 0.7, 0.7, 0.7]


def test_it_is_its_owners_alone_and_holds_no_more_than_prices(
    home: Path, profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(profiles, "input = 1, output = 2")
    look(monkeypatch, "2026-10-15", "")
    path = home / "data" / "usage" / "prices.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert set(json.loads(path.read_text())["profiles"]["mine"]) == {"billing", "models"}


@pytest.mark.parametrize(
    "odd", ["", "[]", "{", '{"format":1}', '{"format":2,"profiles":{}}', '{"format":1,"profiles":{"a":[]}}']
)
def test_an_odd_history_is_none(home: Path, odd: str) -> None:
    price_history.add({"a": Seen(PLAN, {"m": (Dated("", Price(Rates(1, 2))),)})})
    path = home / "data" / "usage" / "prices.json"
    assert price_history.read()["a"].billing == PLAN
    path.write_text(odd)
    assert price_history.read() == {}
    price_history.add({"b": Seen(TOKENS, {})})
    assert set(price_history.read()) == {"b"}


@pytest.mark.parametrize("rates", [[1, 2, 3], [1, None, 3, 4, 5], [1, 2, -1, 4, 5], [1, 2, True, 4, 5], "12345"])
def test_an_odd_price_is_none(home: Path, rates: object) -> None:
    price_history.add({"a": Seen(TOKENS, {"m": (Dated("", Price(Rates(1, 2))),)})})
    path = home / "data" / "usage" / "prices.json"
    whole = json.loads(path.read_text())
    whole["profiles"]["a"]["models"]["m"][0]["rates"] = rates
    path.write_text(json.dumps(whole))
    assert price_history.read() == {}


def test_one_writer_does_not_lose_what_another_one_added() -> None:
    one, other = (Seen(TOKENS, {model: (Dated("", Price(Rates(1, 2))),)}) for model in ("a", "b"))
    price_history.add({"p": one})
    price_history.add({"p": other})
    assert set(price_history.read()["p"].models) == {"a", "b"}
