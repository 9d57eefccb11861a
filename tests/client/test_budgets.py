"""Budgets with the real client: where nothing is left nothing is sent, and what runs is stopped in time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.client import harness
from tests.client.stage import KINDS, MODELS, PATIENCE, Stage, texts
from tests.fakes.fake_provider import Block, Body, call, say

KIND = KINDS["token"]
SPENT = 75
EACH = "prices = {{ input = {0}, output = {0}, cache_read = {0}, cache_write = {0} }}"
DEAR, CHEAP = 100, 0.1  # dollars for a million tokens: a request of the client is some 20,000


def limited(stage: Stage, budget: str, price: float = DEAR) -> None:
    """A profile with a budget, on models of this price."""
    prices = EACH.format(price)
    tables = "".join(f'[models."{model}"]\n{prices}\n' for model in MODELS.values())
    stage.profile(KIND, f'budget = "{budget}"\n', tables)


def main_loop(stage: Stage) -> list[Any]:
    """The requests of the session's main loop: a title has no tools."""
    return [request for request in stage.ours.messages if request.body.get("tools")]


def spend(stage: Stage) -> None:
    """One request, which takes more than there is: the limit is looked at behind each."""
    ended = stage.cc("run", "own", "-p", "hi")
    assert "Exceeded USD budget" in ended.stdout, ended
    assert len(main_loop(stage)) == 1
    stage.forget()


def steps(count: int) -> Any:
    """A FAKE model that runs so many commands before it answers."""
    left = [count]

    def script(body: Body) -> list[Block]:
        if not body.get("tools"):
            return [say("a title")]
        left[0] -= 1
        return [call("Bash", command=f"echo {left[0]}", description="count")] if left[0] >= 0 else [say("done")]

    return script


@pytest.mark.parametrize("arguments", [("-p", "hi"), ()])
def test_where_nothing_is_left_nothing_is_sent(stage: Stage, arguments: tuple[str, ...]) -> None:
    limited(stage, "1 USD/day")
    spend(stage)
    second = stage.cc("run", "own", *arguments)
    assert (second.returncode, second.stdout) == (SPENT, ""), second
    assert "own: the budget of 1 USD/day is spent ($" in second.stderr
    assert "cc run --anyway own" in second.stderr
    assert list(stage.everything()) == []


def test_with_anyway_it_goes_on_to_the_end(stage: Stage) -> None:
    limited(stage, "1 USD/day")
    spend(stage)
    stage.ours.script = steps(2)
    second = stage.cc("run", "--anyway", "own", "-p", "hi", "--allowedTools", "Bash")
    assert (second.returncode, second.stdout) == (0, "done\n"), second
    assert len(main_loop(stage)) == 3


def test_with_p_the_client_is_told_what_is_left_and_stops_there(stage: Stage) -> None:
    limited(stage, "3 USD/day")
    stage.ours.script = steps(5)
    ended = stage.cc("run", "own", "-p", "hi", "--allowedTools", "Bash")
    assert ended.returncode == 1, ended
    assert "Exceeded USD budget" in ended.stdout
    assert 1 <= len(main_loop(stage)) <= 3  # of six


def test_a_smaller_limit_of_the_users_own_stays(stage: Stage) -> None:
    limited(stage, "1000 USD/day")
    stage.ours.script = steps(5)
    ended = stage.cc("run", "own", "-p", "hi", "--allowedTools", "Bash", "--max-budget-usd", "0.001")
    assert ended.returncode == 1, ended
    assert "Exceeded USD budget (0.001)" in ended.stdout


def test_a_session_is_stopped_at_the_prompt_and_says_why(stage: Stage) -> None:
    limited(stage, "1 USD/day")
    harness.seed_home(stage.home, [stage.work])
    with stage.session(KIND) as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, "hello there")
        terminal.wait_for("pong", timeout=PATIENCE)
        terminal.wait_for_quiet()
        stage.forget()
        stage.type(terminal, "and again")
        terminal.wait_for("own: the budget of 1 USD/day is spent", timeout=PATIENCE)
        terminal.wait_for_quiet()
    assert main_loop(stage) == []


def test_a_long_turn_is_stopped_behind_a_tool(stage: Stage) -> None:
    limited(stage, "3 USD/day")
    stage.ours.script = steps(20)
    harness.seed_home(stage.home, [stage.work])
    with stage.session(KIND, "--allowedTools", "Bash") as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, "count down please")
        terminal.wait_for("own: the budget of 3 USD/day is spent", timeout=PATIENCE)
        terminal.wait_for_quiet()
    assert 1 <= len(main_loop(stage)) <= 4


def test_below_the_limit_the_hooks_change_nothing(stage: Stage) -> None:
    limited(stage, "1000 USD/day", CHEAP)
    stage.ours.script = steps(2)
    ended = stage.cc("run", "own", "-p", "hi", "--allowedTools", "Bash")
    assert (ended.returncode, ended.stdout) == (0, "done\n"), ended
    assert len(main_loop(stage)) == 3
    lines = {line for request in main_loop(stage) for line in texts(request.body["messages"]) if "budget" in line}
    assert lines, "of what the client itself is told, it tells the model"
    assert all(line.startswith("USD budget: $") for line in lines)


def test_where_our_command_is_gone_the_prompt_goes_and_that_is_said_once(stage: Stage) -> None:
    """The hooks of a session that goes on after cc was taken away."""
    limited(stage, "1 USD/day")
    plan = stage.plan(KIND)
    pins = json.loads(plan["argv"][plan["argv"].index("--settings") + 1])
    for entries in pins["hooks"].values():
        for hook in entries[0]["hooks"]:
            hook["command"] = hook["command"].replace("cc_launcher.main", "cc_launcher_that_is_gone.main")
    unheard = stage.home / ".cache" / "cc-launcher" / "statusline" / "own"
    unheard.mkdir(parents=True)
    environment = stage.environment | {"ANTHROPIC_BASE_URL": f"{stage.ours.url}/anthropic", "ANTHROPIC_AUTH_TOKEN": "x"}
    harness.seed_home(stage.home, [stage.work])
    stage.ours.script = lambda body: [say(f"answer {len(main_loop(stage))}" if body.get("tools") else "a title")]
    with harness.Terminal([stage.client, "--settings", json.dumps(pins)], environment, stage.work) as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, "hello there")
        terminal.wait_for("cc cannot look at the budget of own", timeout=PATIENCE)
        terminal.wait_for("answer 1", timeout=PATIENCE)
        terminal.wait_for_quiet()
        stage.type(terminal, "second words")
        terminal.wait_for("answer 2", timeout=PATIENCE)
        assert terminal.screen().count("cc cannot look at the budget") == 1


def test_a_project_of_cc_use_is_stopped_too(stage: Stage) -> None:
    """And a launch on another profile in that project is not."""
    limited(stage, "1 USD/day")
    spend(stage)
    harness.seed_home(stage.home, [stage.work])  # in a directory that is not trusted, no hook runs (measured)
    assert stage.cc("use", "own").returncode == 0
    environment = stage.environment
    plain = harness.run([stage.client, "-p", "hi"], environment, stage.work, timeout=PATIENCE)
    assert "own: the budget of 1 USD/day is spent" in plain.stdout, plain
    assert stage.ours.messages == []
    secret = f'secret = "file:{stage.secret_file}"'
    other = f'auth = "bearer"\nbase_url = "{stage.ours.url}/anthropic"\n{secret}\n[tiers]\nmain = "v/other"\n'
    (stage.home / ".config" / "cc-launcher" / "profiles" / "other.toml").write_text(other)
    ended = stage.cc("run", "other", "-p", "hi")
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended


@pytest.mark.parametrize("version", [harness.BEFORE_HOST_FLAG])
def test_on_an_old_client_it_is_held_too(stage: Stage) -> None:
    """Its own prices, its own hooks."""
    limited(stage, "1 USD/day")
    stage.ours.script = steps(3)
    ended = stage.cc("run", "own", "-p", "hi", "--allowedTools", "Bash")
    assert "Exceeded USD budget" in ended.stdout, ended
    assert len(main_loop(stage)) <= 2
    stage.forget()
    assert stage.cc("run", "own", "-p", "hi").returncode == SPENT
    assert list(stage.everything()) == []
