"""What a session behind our gateway costs: the real client through `cc run`, with tools, on LiteLLM, before a FAKE.

`cc usage` says what the gateway's log says, each request once; a session is stopped where the gateway's budget is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.client.stage import PROMPT, Stage
from tests.fakes import fake_openai
from tests.fakes.fake_openai import Answer, Body, FakeOpenAI
from tests.gateways import engine
from tests.gateways.running import processes, wait_for

GIVEN, CACHED, SAID = 1000, 400, 100
USAGE = {"prompt_tokens": GIVEN, "completion_tokens": SAID, "total_tokens": GIVEN + SAID}
USAGE |= {"prompt_tokens_details": {"cached_tokens": CACHED}}  # type: ignore[dict-item] # it is no number
UPSTREAM = """\
base_url = "{url}/v1"
api = "openai"
auth = "bearer"
secret = "file:{file}"
tiers.main = "big"
[models.big]
prices = {{ input = {price}, output = 10.0, cache_read = 0.5, cache_write = 1.0 }}
[models.small]
prices = {{ input = 0.25, output = 1.0, cache_read = 0.125, cache_write = 0.25 }}
"""
MIX = """\
{budget}
[gateway]
upstreams = {{ a = "alpha", b = "beta" }}
[routes.main]
targets = [{{ to = "a/big", weight = 1 }}, {{ to = "b/big", weight = 1 }}]
[routes.cheap]
targets = [{{ to = "b/small" }}]
[tiers]
main = "main"
haiku = "cheap"
"""
LOW = ((GIVEN - CACHED) * 1.0 + CACHED * 0.5 + SAID * 10.0) / 1e6
HIGH = LOW + (GIVEN - CACHED) * 1.0 / 1e6  # on beta, which takes 2 for what is given
BIG = {"a/big": LOW, "b/big": HIGH}
SMALL = ((GIVEN - CACHED) * 0.25 + CACHED * 0.125 + SAID * 1.0) / 1e6


@pytest.fixture
def upstream(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    monkeypatch.setattr(fake_openai, "_usage", lambda _body, _turn: USAGE)
    with FakeOpenAI() as fake:
        for name, price in (("alpha", 1.0), ("beta", 2.0)):
            profile(stage, name, UPSTREAM.format(url=fake.url, file=stage.secret_file, price=price))
        profile(stage, "mix", MIX.format(budget=""))
        stage.environment["CC_DATA_DIR"] = str(data(stage))
        done = stage.cc("gateway", "install", "--engine-python", str(engine.python()))
        assert done.returncode == 0, done
        try:
            yield fake
        finally:
            stage.cc("gateway", "down", "--now")
            assert wait_for(lambda: not processes(data(stage)), "the end of the gateway")


def data(stage: Stage) -> Path:
    return stage.home / ".local" / "share" / "cc-launcher"


def profile(stage: Stage, name: str, text: str) -> None:
    path = stage.home / ".config" / "cc-launcher" / "profiles" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def log(stage: Stage) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(data(stage) / "gateway" / "log.sqlite3")) as opened:
        opened.row_factory = sqlite3.Row
        return [dict(row) for row in opened.execute("SELECT * FROM request ORDER BY id")]


def usage(stage: Stage, *args: str) -> dict[str, Any]:
    ended = stage.cc("usage", "--json", *args)
    assert ended.returncode == 0, ended
    told: dict[str, Any] = json.loads(ended.stdout)["data"]
    return told


def with_tools(body: Body) -> Answer:
    """Two calls at once, then one of an agent of the small model, then the end."""
    results = [message for message in body["messages"] if message["role"] == "tool"]
    if PROMPT not in str(body["messages"][:3]) or body["model"] != "big":
        return "done"
    if not results:
        return [
            ("Bash", {"command": "echo one", "description": "x"}),
            ("Bash", {"command": "echo two", "description": "x"}),
        ]
    if len(results) == 2:
        agent = {"subagent_type": "general-purpose", "model": "haiku", "description": "x", "prompt": "say something"}
        return [("Agent", agent)]
    return "done"


def test_a_session_with_tools_costs_what_the_log_says_once(stage: Stage, upstream: FakeOpenAI) -> None:
    upstream.script = with_tools
    ended = stage.cc("run", "mix", "-p", PROMPT, "--allowedTools", "Bash")
    assert (ended.returncode, {*ended.stdout.split()}) == (0, {"done"}), ended
    asked = [request.body["model"] for request in upstream.requests if request.method == "POST"]
    assert (asked.count("big") >= 3, asked.count("small") >= 1) == (True, True), asked
    wait_for(lambda: len([row for row in log(stage) if row["status"] == 200]) == len(asked), "the log")
    (served,) = {row["upstream"] for row in log(stage) if row["route"] == "main"}  # a session stays where it is
    billed = asked.count("big") * BIG[served] + asked.count("small") * SMALL

    for _ in range(2):  # the second report finds nothing new
        told = usage(stage)
        (whole,) = told["totals"]
        assert whole["requests"] == len(asked)
        assert (whole["cost"], whole["basis"], whole["currency"]) == (pytest.approx(billed, abs=1e-12), "exact", "USD")
        assert (whole["input"], whole["cache_read"]) == (len(asked) * (GIVEN - CACHED), len(asked) * CACHED)
        assert whole["output"] == len(asked) * SAID
    rows = [row for row in told["rows"] if row["in_transcript"]]
    assert {row["profile"] for row in told["rows"]} == {"mix"}
    assert {row["model"] for row in rows} == {"main", "cheap"}
    assert {row["served_by"] for row in rows if row["model"] == "main"} == {served}
    assert {row["served_by"] for row in rows if row["model"] == "cheap"} == {"b/small"}
    assert {row["host"] for row in usage(stage, "--by", "host")["rows"]} == {"127.0.0.1"}

    # What the client itself counts is never less: it has the dearest prices of each route.
    upstream.requests.clear()
    shown = json.loads(stage.cc("run", "mix", "-p", "again", "--output-format", "json").stdout)
    assert [request.method for request in upstream.requests] == ["POST"]
    assert shown["total_cost_usd"] == pytest.approx(HIGH, abs=1e-12)

    # Where the log says nothing, it is what the cheapest and the dearest of the route take.
    wait_for(lambda: [row for row in log(stage) if row["session"] == shown["session_id"]], "the log")
    with closing(sqlite3.connect(data(stage) / "gateway" / "log.sqlite3")) as opened, opened:
        opened.execute("DELETE FROM request WHERE session = ?", (shown["session_id"],))
    (row,) = usage(stage, shown["session_id"])["rows"]
    ends = [row["cost_low"], row["cost_high"]]
    assert row["basis"] == "range"
    assert ends == pytest.approx([LOW, HIGH], abs=1e-12)


def test_the_gateways_budget_ends_the_turn_and_is_counted_once(stage: Stage, upstream: FakeOpenAI) -> None:
    profile(stage, "mix", MIX.format(budget=f'budget = "{LOW * 1.2:.6f} USD/day"'))
    upstream.script = with_tools
    ended = stage.cc("run", "mix", "-p", PROMPT, "--allowedTools", "Bash")
    assert ended.returncode == 1, ended
    assert "the budget of mix is spent" in ended.stdout
    (budget,) = usage(stage)["budgets"]
    spent = sum(row["cost"] or 0.0 for row in log(stage))
    assert (budget["profile"], budget["spent"]) == ("mix", pytest.approx(spent))
    before = len(upstream.requests)
    refused = stage.cc("run", "mix", "-p", PROMPT)
    assert (refused.returncode, len(upstream.requests)) == (75, before)
    assert "the gateway refuses its requests" in refused.stderr
