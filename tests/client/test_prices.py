"""What the real client reckons with in a launch: the provider's own prices, whatever settings files say.

The provider of these tests counts what it served; the client's sums are held to that.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.client import harness
from tests.client.stage import A_TASK, HOSTED, MODELS, PATIENCE, PROMPT, SEALED, Kind, Stage, first, tool_results
from tests.client.wrapped import Wrapped
from tests.fakes.fake_provider import Body, ErrorReply, Request, call, say, token_count
from tests.support import wait_until

KIND = Kind(
    'label = "OWN"\nbase_url = "{url}"\nauth = "bearer"\nsecret = "cmd:cat {secret_file}"\n[tiers]\n'
    + "".join(f'{slot} = "{model}"\n' for slot, model in MODELS.items()),
    "bearer",
    (HOSTED, SEALED),
)
CACHED = (200, 3000)  # tokens that each answer says were written to the cache, and read from it
# Dollars for a million: input, output, cache written, cache read. All are other ones, and none is the client's own.
PRICES = {
    "v/main": (1.0, 3.0, 2.0, 0.1),
    "v/opus": (1.1, 3.3, 2.2, 0.11),
    "v/sonnet": (0.7, 2.3, 1.3, 0.07),
    "v/haiku": (0.2, 0.9, 0.25, 0.02),
    "v/fable": (8.0, 41.0, 9.0, 0.8),
    "v/second": (0.3, 1.7, 0.4, 0.03),
}
TABLES = "".join(
    f'[models."{model}"]\ncontext = 200000\nprices = {{ input = {price[0]}, output = {price[1]}, '
    f"cache_write = {price[2]}, cache_read = {price[3]} }}\n"
    for model, price in PRICES.items()
)
HOSTED_CLIENTS = pytest.mark.parametrize("version", ["2.1.257", "2.1.258", "2.1.332"])
ODD = {"input": 90, "output": 90, "cacheRead": 90, "cacheWrite": 90}
HOSTILE = {"modelPricing": {"multiplier": 7, "overrides": dict.fromkeys([*PRICES, "v/main[1m]"], ODD)}}


def prepared(stage: Stage, keys: str = "", tables: str = TABLES) -> None:
    stage.profile(KIND, keys, tables)
    stage.ours.cached = CACHED


def served(requests: list[Request], answers: dict[str, int] | None = None) -> float:
    """What these requests cost by the provider's own count, where each was answered with one word."""
    total = 0.0
    for request in requests:
        written, read = CACHED
        counts = (token_count(request.raw), (answers or {}).get(request.body["model"], PONG), written, read)
        total += sum(count * price for count, price in zip(counts, PRICES[request.body["model"]], strict=True))
    return total / 1e6


PONG = token_count(json.dumps([say("pong")]).encode())


def told(stdout: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stdout)
    return found


def hostile(stage: Stage) -> None:
    for place in ("user", "project", "local"):
        stage.settings(place, HOSTILE)


@HOSTED_CLIENTS
def test_the_sum_is_the_providers_own_whatever_settings_files_say(stage: Stage) -> None:
    prepared(stage)
    hostile(stage)
    for cached in (False, True):
        stage.forget()
        ended = stage.launch(KIND, "-p", PROMPT, "--output-format", "json", cached=cached)
        assert ended.returncode == 0, ended.stderr
        answer = told(ended.stdout)
        assert answer["total_cost_usd"] == pytest.approx(served(stage.ours.messages), rel=1e-12)
        assert {usage["costBasis"] for usage in answer["modelUsage"].values()} == {"managed"}
    stage.check_requests(KIND, HOSTED)


def test_a_wrapper_has_them_and_a_refresh_brings_new_ones(stage: Stage) -> None:
    prepared(stage)
    wrapper = Wrapped(stage)
    ended = wrapper.launch("-p", PROMPT, "--output-format", "json")
    assert told(ended.stdout)["total_cost_usd"] == pytest.approx(served(stage.ours.messages), rel=1e-12)
    assert not wrapper.handed_over
    stage.forget()
    prepared(stage, tables=TABLES.replace("input = 1.0,", "input = 2.0,"))
    assert stage.cc("install-wrapper", "--refresh").returncode == 0
    ended = wrapper.launch("-p", PROMPT, "--output-format", "json")
    more = sum(token_count(request.raw) for request in stage.ours.messages) / 1e6
    assert told(ended.stdout)["total_cost_usd"] == pytest.approx(served(stage.ours.messages) + more, rel=1e-12)


def test_a_subagent_on_another_model_has_its_own_price(stage: Stage) -> None:
    prepared(stage)
    stage.settings("project", {})
    agents = stage.work / ".claude" / "agents"
    agents.mkdir(parents=True)
    (agents / "other.md").write_text("---\nname: other\ndescription: x\nmodel: v/second\n---\nDo it.\n")
    block = call("Agent", subagent_type="other", description="x", prompt="SUB one")
    stage.ours.script = first(block)
    ended = stage.launch(KIND, "-p", PROMPT, "--output-format", "json")
    requests = stage.ours.messages
    assert stage.ours.models() == {"v/main", "v/second"}
    # The one answer that is not a word: it asks for the tool.
    extra = token_count(json.dumps([block]).encode()) - PONG
    total = served(requests) + extra * PRICES["v/main"][1] / 1e6
    assert told(ended.stdout)["total_cost_usd"] == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("keys", ['billing = "plan"\nplan_price = "20 USD/month"', 'billing = "free"'])
def test_what_is_not_paid_by_the_token_costs_nothing_more(stage: Stage, keys: str) -> None:
    prepared(stage, keys)
    answer = told(stage.launch(KIND, "-p", PROMPT, "--output-format", "json").stdout)
    assert answer["total_cost_usd"] == 0
    assert {usage["costBasis"] for usage in answer["modelUsage"].values()} == {"managed"}


def test_a_budget_of_the_clients_counts_real_dollars(stage: Stage) -> None:
    prepared(stage)
    stage.ours.script = lambda _: [call("Bash", command="true", description="x")]
    stage.settings("user", {"permissions": {"allow": ["Bash(true)"]}})
    budget = 0.05
    ended = stage.launch(KIND, "-p", PROMPT, "--output-format", "json", "--max-budget-usd", str(budget))
    requests = stage.ours.messages
    block = token_count(json.dumps(stage.ours.script({})).encode())
    costs = [served([request], {"v/main": block}) for request in requests]
    assert len(requests) > 1  # at the price that the client takes for unknown models, the first one is too much
    assert sum(costs[:-1]) < budget <= sum(costs)
    assert told(ended.stdout)["total_cost_usd"] == pytest.approx(sum(costs), rel=1e-3)


@pytest.mark.parametrize("version", ["2.1.72", "2.1.242"])
def test_a_client_that_takes_no_prices_starts_as_before(stage: Stage) -> None:
    prepared(stage)
    ended = stage.launch(KIND, "-p", PROMPT, "--output-format", "json")
    assert ended.returncode == 0, ended.stderr
    assert told(ended.stdout)["total_cost_usd"] > 3 * served(stage.ours.messages)  # the client's own guess
    plan = stage.plan(KIND)
    assert "modelPricing" not in plan["managed"]
    assert (plan["set"]["CC_PRICES"], plan["prices"]["exact"]) == ("none", {})


def test_the_users_own_managed_settings_replace_ours_and_that_is_said(stage: Stage) -> None:
    prepared(stage)
    ended = stage.launch(KIND, "--managed-settings", "{}", "-p", PROMPT, "--output-format", "json")
    assert "Claude Code guesses what the session costs" in ended.stderr
    assert told(ended.stdout)["total_cost_usd"] > 3 * served(stage.ours.messages)


# The model to go on with


def busy(body: Body) -> Any:
    if body["model"] == "v/main":
        return ErrorReply(529, "Overloaded", "overloaded_error")
    return [say("pong")]


@HOSTED_CLIENTS
def test_the_second_model_goes_on_where_the_main_one_is_overloaded_at_its_own_price(stage: Stage) -> None:
    prepared(stage, 'fallback_model = "v/second"')
    stage.settings("user", {"fallbackModel": ["claude-sonnet-4-6", "v/haiku"]})
    stage.settings("project", {"fallbackModel": ["claude-sonnet-4-6"]})
    stage.ours.script = busy
    ended = stage.launch(KIND, "-p", PROMPT, "--output-format", "json")
    assert ended.returncode == 0, ended.stderr
    asked = [request.body["model"] for request in stage.ours.messages]
    assert asked[-1] == "v/second"
    assert set(asked[:-1]) == {"v/main"}
    assert told(ended.stdout)["total_cost_usd"] == pytest.approx(served(stage.ours.messages[-1:]), rel=1e-12)


def test_it_is_not_asked_for_where_the_main_one_answers(stage: Stage) -> None:
    prepared(stage, 'fallback_model = "v/second"')
    stage.ours.script = first(call("Bash", command="echo x", description="x"))
    ended = stage.launch(KIND, "-p", PROMPT)
    assert ended.returncode == 0, ended.stderr
    assert stage.ours.models() == {"v/main"}
    assert tool_results(stage.ours.messages[-1].body)


# The picker, on a terminal

UNDER = "\x1b[B"


def choose(stage: Stage, terminal: Any, *keys: str) -> str:
    """Open `/model`, press these keys, and return what was on the screen before."""
    stage.type(terminal, "/model")
    terminal.wait_for("Select model", timeout=PATIENCE)
    terminal.wait_for_quiet()
    screen: str = terminal.screen()
    for key in keys:
        terminal.send(key)
        terminal.wait_for_quiet()
    return screen


def ask(stage: Stage, terminal: Any) -> None:
    before = len(stage.ours.messages)
    stage.type(terminal, A_TASK)
    terminal.wait_for("pong", timeout=PATIENCE)
    terminal.wait_for_quiet()
    assert len(stage.ours.messages) > before


@pytest.mark.parametrize("version", ["2.1.258", "2.1.332"])
@pytest.mark.parametrize("key", ["\r", "s"])
def test_model_shows_the_profiles_models_and_switching_works_and_is_priced_right(stage: Stage, key: str) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    named = TABLES.replace('[models."v/second"]', '[models."v/second"]\nname = "Second"\ngood_for = "long texts"')
    prepared(stage, tables=named)
    with stage.session(KIND) as terminal:
        terminal.wait_for("mode on", timeout=PATIENCE)
        screen = choose(stage, terminal, *[UNDER] * 5, key)
        rows = [
            line.strip().lstrip("❯ ")
            for line in screen.split("\n")
            if line.strip().lstrip("❯ ")[:2].rstrip(".").isdigit()
        ]
        assert [row.split()[1] for row in rows] == ["Default", *list(PRICES)[:5], "Second"]
        assert "main model · 200K window · $1.00 in, $3.00 out" in rows[1]
        assert "small jobs · 200K window" in rows[4]
        assert "long texts · 200K window · $0.30 in, $1.70 out" in rows[6]
        ask(stage, terminal)
        assert stage.ours.messages[-1].body["model"] == "v/second"
        stage.type(terminal, "/cost")
        terminal.wait_for("configured rates", timeout=PATIENCE)
        assert f"${served(stage.ours.messages):.4f}" in terminal.screen()
    stored = json.loads(stage.settings_path("user").read_text()) if stage.settings_path("user").exists() else {}
    assert stored.get("model") == ("v/second" if key == "\r" else None)
    if key == "\r":  # it is a model that plain claude cannot have: found, and taken out
        found = json.loads(stage.cc("doctor", "--json").stdout)["data"]["findings"]
        assert "settings-left-model" in [finding["code"] for finding in found]
        assert stage.cc("doctor", "--fix", "--yes").returncode in {0, 1}
        assert "model" not in json.loads(stage.settings_path("user").read_text())


# The status line


@pytest.mark.parametrize(("tables", "exact"), [(TABLES, True), (TABLES.replace("cache_read = 0.02 ", ""), False)])
def test_the_status_line_has_the_clients_figure_where_all_prices_are_exact(
    stage: Stage, tables: str, *, exact: bool
) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    prepared(stage, tables=tables.replace(", }", " }"))
    config = stage.home / ".config" / "cc-launcher" / "config.toml"
    config.write_text('[statusline]\nenabled = true\nsegments = ["provider", "cost"]\n')
    with stage.session(KIND) as terminal:
        stage.wait_until_ready(terminal)
        ask(stage, terminal)
        if not exact:
            terminal.wait_for("OWN | ~$", timeout=PATIENCE)
            return
        # A title may still be asked for: the figure is that of all requests in the end.
        wait_until(lambda: f"OWN | ${served(stage.ours.messages):.2f}" in terminal.screen(), "the exact figure")
