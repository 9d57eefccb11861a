"""`cc usage` of sessions behind our gateway: what its log says, and a range where that says nothing. Nothing is run."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tests.transcripts import SESSION, answer, marked, summed, write
from tests.unit.cli.scene import CommandScene

SPENT = 75

UPSTREAM = """\
base_url = "https://{0}.example/v1"
api = "openai"
auth = "bearer"
secret = "env:KEY_{0}"
tiers.main = "big"
[models.big]
prices = {{ input = {1}, output = {2}, cache_read = 0.5, cache_write = {1} }}
[models.small]
prices = {{ input = 0.5, output = 1, cache_read = 0.5, cache_write = 0.5 }}
"""
MIX = """\
{budget}
[gateway]
upstreams = {{ a = "alpha", b = "beta" }}
[routes.main]
targets = [{{ to = "a/big" }}, {{ to = "b/big" }}]
[routes.cheap]
targets = [{{ to = "b/small" }}]
"""
SINCE = ("--since", "2026-11-01")


def budgeted(scene: CommandScene, text: str) -> None:
    scene.sandbox.profile("mix", MIX.format(budget=f'budget = "{text}"' if text else ""))


@pytest.fixture
def gateway(scene: CommandScene) -> CommandScene:
    scene.sandbox.profile("alpha", UPSTREAM.format("alpha", 1, 10))
    scene.sandbox.profile("beta", UPSTREAM.format("beta", 2, 8))
    budgeted(scene, "")
    scene.shown("gateway", "metrics-key")  # makes the log
    return scene


def log(scene: CommandScene) -> Path:
    return scene.sandbox.home / ".local" / "share" / "cc-launcher" / "gateway" / "log.sqlite3"


def request(scene: CommandScene, call: str, cost: float | None, **changed: Any) -> None:
    row: dict[str, Any] = {"time": time.time() - 60, "session": SESSION, "profile": "mix", "route": "main"}
    row |= {"upstream": "a/big", "status": 200, "input": 1_000_000, "output": 0, "cache_read": 0, "cache_write": 0}
    row |= {"cost": cost, "currency": "USD" if cost is not None else "", "call": call} | changed
    with sqlite3.connect(log(scene)) as into:
        statement = f"INSERT INTO request ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        into.execute(statement, list(row.values()))


def session(scene: CommandScene, *lines: dict[str, Any]) -> None:
    write(scene.sandbox.home / ".claude", [marked(0, "mix"), *lines])


def routed(after: float, call: str, **changed: Any) -> dict[str, Any]:
    return answer(after, (1_000_000, 100_000, 0, 0), model="main", requestId=f"cc-{call}", **changed)


def rows(scene: CommandScene, *args: str) -> list[dict[str, Any]]:
    return list(json.loads(scene.shown("usage", "--json", *SINCE, *args))["data"]["rows"])


def test_who_served_and_what_the_log_says_that_it_cost(gateway: CommandScene) -> None:
    session(gateway, routed(5, "one"), routed(6, "two"), summed({"main": (2_000_000, 200_000, 0, 0)}))
    request(gateway, "one", 1.75)
    request(gateway, "two", 2.5, upstream="b/big")
    request(gateway, "title", 0.25, route="cheap", upstream="b/small")
    found = rows(gateway, "--by", "profile,model")
    shown = [(row["profile"], row["model"], row["served_by"], row["in_transcript"], row["cost"]) for row in found]
    assert shown == [
        ("mix", "main", "b/big", True, 2.5),
        ("mix", "main", "a/big", True, 1.75),
        ("mix", "cheap", "b/small", False, 0.25),
    ]
    assert {(row["basis"], row["attribution"], row["currency"]) for row in found} == {("exact", "marked", "USD")}
    said = gateway.shown("usage", *SINCE, "--by", "model").splitlines()
    names = ["main (b/big)", "main (a/big)", "cheap (b/small), in no transcript"]
    assert [line.split("\t")[0] for line in said] == names
    (whole,) = rows(gateway, "--by", "profile")
    assert (whole["cost"], whole["requests"]) == (4.5, 3)
    assert "in no transcript: 1.0M tokens" in gateway.run("usage", *SINCE).err.decode()


def test_a_request_without_a_row_is_a_range_over_its_route(gateway: CommandScene) -> None:
    session(gateway, routed(5, "lost"))
    (row,) = rows(gateway)
    # On alpha it costs 2, and on beta 2.8.
    assert (row["model"], row["served_by"], row["cost_low"], row["cost_high"]) == ("main", None, 2.0, 2.8)
    assert (row["basis"], row["cost"]) == ("range", None)
    said = gateway.run("usage", *SINCE).err.decode()
    assert "1 request is not in the gateway's log" in said
    assert "the price of cached tokens" not in said


def test_where_a_rule_may_lead_elsewhere_the_range_says_so(gateway: CommandScene) -> None:
    more = '[[rules]]\nname = "saver"\nwhen = "budget_used > 85.0"\nto = "cheap"\n'
    gateway.sandbox.profile("mix", MIX.format(budget="") + more)
    session(gateway, routed(5, "lost"))
    (row,) = rows(gateway)
    assert (row["cost_low"], row["cost_high"]) == (0.6, 2.8)


def test_of_two_currencies_nobody_knows_what_it_cost(gateway: CommandScene) -> None:
    gateway.sandbox.profile("beta", UPSTREAM.format("beta", 2, 8).replace("{ input", '{ currency = "CNY", input', 1))
    session(gateway, routed(5, "lost"))
    (row,) = rows(gateway)
    assert (row["basis"], row["cost_low"], row["currency"]) == ("unknown", None, None)


def test_a_changed_price_of_an_upstream_changes_the_range(gateway: CommandScene) -> None:
    session(gateway, routed(5, "lost"))
    rows(gateway)
    gateway.sandbox.profile("beta", UPSTREAM.format("beta", 20, 8))
    assert rows(gateway)[0]["cost_high"] == 20.8


def test_one_session_says_who_served_each_request(gateway: CommandScene) -> None:
    session(gateway, routed(5, "one"), routed(6, "lost"))
    request(gateway, "one", 1.75)
    told = json.loads(gateway.shown("usage", "last", "--json"))["data"]
    assert [(event["served_by"], event["cost_low"], event["cost_high"]) for event in told["events"]] == [
        ("a/big", 1.75, 1.75),
        (None, 2.0, 2.8),
    ]
    assert "main (a/big)" in gateway.shown("usage", "last")


def test_the_other_reports_take_a_gateway(gateway: CommandScene) -> None:
    session(gateway, routed(5, "one"), routed(6, "lost"))
    request(gateway, "one", 1.75)
    prices = json.loads(gateway.shown("usage", "--prices", "--json"))["data"]["prices"]
    assert [(one["profile"], one["model"], one["input"], one["output"]) for one in prices] == [("mix", "main", 2, 10)]
    assert "the dearest of a/big, b/big" in prices[0]["source"]
    assert "mix" in gateway.shown("usage", "--as", "mix", "--since", "2026-11-01")
    assert "served_by" in gateway.shown("usage", "--csv", *SINCE).splitlines()[0]
    assert "main" in gateway.shown("usage", "--export", "ccusage")


def test_the_gateways_own_sum_is_how_a_budget_stands(gateway: CommandScene) -> None:
    """Not what the transcripts come to, which is another one here."""
    budgeted(gateway, "20 USD/30d")
    session(gateway, routed(5, "one"), routed(6, "lost"))
    request(gateway, "one", 1.75)
    request(gateway, "elsewhere", 3.25, session="none")
    request(gateway, "before", 100.0, time=time.time() - 90 * 86_400)
    (found,) = json.loads(gateway.shown("usage", "--json", *SINCE))["data"]["budgets"]
    assert sum(row["cost_high"] for row in rows(gateway)) == 7.8  # of that, 2.8 are in no log
    assert (found["profile"], found["spent"], found["percent"]) == ("mix", 5.0, 25.0)
    assert "mix\t\t25 %" in gateway.shown("usage")


def test_a_spent_budget_of_a_gateway_stops_the_launch_and_anyway_does_not_help(gateway: CommandScene) -> None:
    budgeted(gateway, "5 USD/day")
    request(gateway, "one", 6.0, time=time.time())
    for options in ([], ["--anyway"]):
        said = gateway.told(SPENT, "run", *options, "mix", "-p", "hello")
        assert "the budget of 5 USD/day is spent ($6.00): the gateway refuses its requests" in said
        assert "--anyway" not in said


@pytest.mark.parametrize(("per", "whose"), [("day", "other"), ("session", SESSION)])
def test_the_status_line_says_how_the_gateways_budget_stands(gateway: CommandScene, per: str, whose: str) -> None:
    budgeted(gateway, f"5 USD/{per}")
    request(gateway, "one", 4.5, time=time.time(), session=whose)
    gateway.run("__refresh", "mix")
    turn = json.dumps({"session_id": SESSION, "model": {"id": "main"}, "cost": {"total_cost_usd": 1.5}})
    told = {"CC_PROFILE": "mix", "CC_PRICES": "some", "NO_COLOR": "1"}
    shown = gateway.run("statusline", "--format", "budget,cost", stdin=turn.encode(), **told).out.decode()
    assert "budget 90%" in shown
    assert "~$1.50" in shown  # the dearest prices of the route
