"""What runs in the engine's own Python: it knows nothing of ours, and nothing of ours knows it."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import os
import re
import sqlite3
import sys
from datetime import date, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from cc_launcher.core.profile.money import Sum
from cc_launcher.core.usage import budget as budgets
from cc_launcher.files import gateway_log, gateway_places
from cc_launcher.launch import gateway_alive, gateway_parts
from tests import house
from tests.house import IN_ENGINE, PACKAGE, imported
from tests.support import require_tool

ROOM = PACKAGE / IN_ENGINE
FILES = {path.name: ast.parse(path.read_bytes()) for path in sorted(ROOM.glob("*.py"))}


def loaded(name: str) -> ModuleType:
    """A module of that room which needs nothing of the engine's."""
    spec = importlib.util.spec_from_file_location(name, ROOM / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


cc_log: Any = loaded("cc_log")
cc_orphan: Any = loaded("cc_orphan")
cc_rules: Any = loaded("cc_rules")
serve: Any = loaded("serve")


def test_the_engine_s_files_know_nothing_of_ours() -> None:
    brought = {"celpy", "fastapi", "litellm", "opentelemetry", "requests", "uvicorn"}
    for name, tree in FILES.items():
        for module in imported(tree):
            first = module.split(".")[0]
            assert first in {*sys.stdlib_module_names, *brought, *(file[:-3] for file in FILES)}, f"{name}: {module}"


def test_nothing_of_ours_knows_them_but_as_files() -> None:
    for name, tree in house.trees().items():
        assert not any(module.startswith("cc_launcher.in_engine") for module in imported(tree)), name


def test_each_of_them_says_what_it_is_and_is_no_longer_than_one_can_keep_in_mind() -> None:
    for name, tree in FILES.items():
        assert ast.get_docstring(tree), name
        assert len((ROOM / name).read_text().splitlines()) <= 320, name


def test_rules_alone_ask_for_cel(monkeypatch: pytest.MonkeyPatch) -> None:
    """LiteLLM's own image does not have it."""
    monkeypatch.setitem(sys.modules, "celpy", None)
    assert cc_rules.compiled("mix", [], {"main": {}}) == []
    with pytest.raises(cc_rules.BadRule, match="mix: its rules need cel-python beside LiteLLM"):
        cc_rules.compiled("mix", [{"name": "away", "when": "true", "to": "main"}], {"main": {}})


def test_all_of_them_go_to_each_engine() -> None:
    here = {path.name for path in ROOM.iterdir() if path.suffix in {".py", ".sql"}}
    assert set(gateway_parts._OURS) == here


@pytest.mark.parametrize("per", ["day", "month", "1d", "30d"])
def test_a_span_begins_when_cc_usage_says_so(per: str) -> None:
    for today in (date(2026, 11, 29), date(2026, 1, 1), date(2026, 3, 31)):
        assert cc_log.since(per, today) == budgets.span(Sum(1, "USD", per), today)[0] / 1000
    assert cc_log.since("session", date(2026, 1, 1)) == 0


def test_a_process_is_told_from_a_later_one_in_the_same_way() -> None:
    assert cc_orphan.started(1) == gateway_alive.started(1) != ""
    assert cc_orphan.started(2**22 + 1) == gateway_alive.started(2**22 + 1) == ""


def test_without_proc_it_is_told_so_too_whatever_the_language_and_the_time_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on macOS, by `ps`."""
    require_tool("/bin/ps")
    opened, exists = open, os.path.exists

    def without_proc(path: Any, *more: Any, **named: Any) -> Any:
        if str(path).startswith("/proc/"):
            raise FileNotFoundError(path)
        return opened(path, *more, **named)

    monkeypatch.setattr("builtins.open", without_proc)
    monkeypatch.setattr(os.path, "exists", lambda path: not str(path).startswith("/proc/") and exists(path))
    told = set()
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        told |= {cc_orphan.started(os.getpid()), gateway_alive.started(os.getpid())}
    assert len(told) == 1
    assert re.fullmatch(r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}", told.pop())
    assert cc_orphan.started(2**22 + 1) == gateway_alive.started(2**22 + 1) == ""


PRICES = {"input": 1.0, "output": 10.0, "cache_read": 0.1, "cache_write": 1.25, "currency": "USD"}
LONGER = {"input": 2.0, "output": 20.0, "cache_read": 0.2, "cache_write": 2.5}


@pytest.mark.parametrize(
    ("prices", "tokens", "cost"),
    [
        (PRICES, (1_000_000, 0, 0, 0), (1.0, "USD")),
        (PRICES, (0, 100_000, 1_000_000, 1_000_000), (1.0 + 0.1 + 1.25, "USD")),
        (PRICES | {"above": {"200000": LONGER}}, (200_000, 0, 0, 0), (0.2, "USD")),
        (PRICES | {"above": {"200000": LONGER}}, (100_001, 0, 100_000, 0), (0.200002 + 0.02, "USD")),
        (None, (1, 1, 1, 1), (None, "")),
    ],
)
def test_costs(prices: Any, tokens: tuple[int, int, int, int], cost: tuple[float | None, str]) -> None:
    found, currency = cc_log.cost_of(prices, tokens)
    assert (found if found is None else pytest.approx(found), currency) == cost


@pytest.fixture
def log(home: Path) -> Any:
    assert home.exists()
    with gateway_log.opened():
        return cc_log.Log(str(gateway_places.log()), {"CNY": 0.5})


def row(profile: str = "mix", cost: float = 1.0, **more: Any) -> dict[str, Any]:
    now = datetime.now().astimezone().timestamp()
    return {"time": now, "profile": profile, "status": 200, "cost": cost, "currency": "USD"} | more


def budget(
    scope: str = "profile", name: str = "", amount: float = 10.0, currency: str = "USD", per: str = "day"
) -> Any:
    return cc_log.Budget("mix", scope, name, amount, currency, per)


def test_a_budget_counts_what_is_its_own(log: Any) -> None:
    log.write(row(route="main", key="ann", team="red", session="s"))
    log.write(row(profile="other"))
    log.write(row(time=0.0))  # long ago
    log.write(row(cost=4.0, currency="CNY"))
    assert log.percent(budget(), "") == pytest.approx(30.0)
    assert log.percent(budget("route", "main"), "") == pytest.approx(10.0)
    assert log.percent(budget("key", "ann"), "") == pytest.approx(10.0)
    assert log.percent(budget("team", "blue"), "") == 0.0
    assert log.percent(budget(per="session"), "s") == pytest.approx(10.0)
    assert log.percent(budget(per="session"), "t") == 0.0
    log.write(row(cost=5.0))
    assert log.percent(budget(), "") == pytest.approx(80.0)  # of what is new, no more is added up
    again = cc_log.Log(str(gateway_places.log()), {"CNY": 0.5})
    assert again.percent(budget(), "") == pytest.approx(80.0)  # and after a restart


def test_of_a_budget_it_is_said_once_that_most_of_it_is_spent(log: Any) -> None:
    log.write(row(cost=8.5))
    for _ in range(3):
        log.percent(budget(), "")
    cc_log.Log(str(gateway_places.log())).percent(budget(), "")
    with gateway_log.opened() as found:
        assert len(gateway_log.warned(found, "mix", 0.0)) == 1


def test_a_refused_key_is_forgotten_when_there_is_another_one(log: Any) -> None:
    log.refused("mix/main@0", "mix", "sk-old")
    with gateway_log.opened() as found:
        gateway_log.note_secrets(found, [("mix/main@0", "sk-old")])
        assert [each["target"] for each in gateway_log.refused(found, "mix")] == ["mix/main@0"]
        gateway_log.note_secrets(found, [("mix/main@0", "sk-new")])
        assert gateway_log.refused(found) == []
    log.refused("mix/main@1", "mix", "sk-old")
    log.accepted("mix/main@1")
    with gateway_log.opened() as found:
        assert gateway_log.refused(found) == []


def test_of_keys_the_file_has_hashes_alone_and_is_its_owner_s(log: Any) -> None:
    with gateway_log.opened() as found:
        key = gateway_log.new_key(found, "mix", "ann", "red", 1)
        metrics = [gateway_log.metrics_key(found) for _ in range(2)]
    assert log.key(key) == ("mix", "ann", "red")
    assert log.key(metrics[1]) == ("", "metrics", "")
    assert log.key(metrics[0]) is None
    for path in gateway_places.directory().iterdir():
        content = path.read_bytes()
        assert not any(each.encode() in content for each in (key, *metrics)), path
        assert path.stat().st_mode & 0o077 == 0


def test_an_engine_without_cc_makes_the_log_itself(tmp_path: Path) -> None:
    made = cc_log.Log(str(tmp_path / "log.sqlite3"))
    made.write(row())
    assert made.percent(budget(), "") == pytest.approx(10.0)
    with sqlite3.connect(tmp_path / "log.sqlite3") as found:
        assert found.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("ends", [True, False])
def test_who_is_answered_by_an_engine_that_ends_comes_back_on_a_new_connection(*, ends: bool) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    door = serve.Door(None, SimpleNamespace(hooks=None, CALL="x-call"), lambda: ends)
    asyncio.run(door({"type": "http", "path": "/"}, None, send))
    assert ((b"connection", b"close") in sent[0]["headers"]) is ends
    assert sent[0]["status"] == 200


def test_an_engine_that_ends_waits_for_the_first_request_of_each_connection() -> None:
    late, served = SimpleNamespace(cycle=None), SimpleNamespace(cycle=object())

    async def asked_before_the_end() -> bool:
        waiting = asyncio.create_task(serve._until_all_have_asked([late, served]))
        for _ in range(10):
            await asyncio.sleep(0)
        early = waiting.done()
        late.cycle = object()
        await waiting
        return not early

    assert asyncio.run(asked_before_the_end())


def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_LOOK", 0)
    asyncio.run(serve._until_all_have_asked([SimpleNamespace(cycle=None)]))
