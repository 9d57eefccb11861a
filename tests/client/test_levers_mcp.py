"""A second provider at hand, by an MCP server that starts `cc run b -p`: what the client gives it, and how it ends.

The server is a FAKE, tests/fakes/fake_asking.py: these tests hold what `cc run a --with b` is built on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.levers import ALLOWED, CLIENTS, NEW, Pair, main_loop
from tests.client.stage import PATIENCE, said, tool_results
from tests.fakes import fake_asking
from tests.fakes.fake_provider import Block, Body, Script, call, say
from tests.support import start, wait_until

TOOL = f"mcp__second__{fake_asking.TOOL}"
MAY_ASK = ("--allowedTools", TOOL)
STREAM = ("--output-format", "stream-json", "--verbose")


class Second:
    """The server that A has, and what it kept."""

    def __init__(self, pair: Pair, *arguments: str) -> None:
        self.pair = pair
        self.directory = pair.stage.elsewhere / "second"
        self.directory.mkdir()
        options = (*STREAM, "--permission-mode", "dontAsk", *arguments)
        self.command = [*pair.argv("b", *options), "-p"]
        argv = [sys.executable, str(Path(fake_asking.__file__)), str(self.directory), *self.command]
        about = {"mcpServers": {"second": {"type": "stdio", "command": argv[0], "args": argv[1:]}}}
        self.config = f"--mcp-config={json.dumps(about)}"

    @property
    def environ(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.directory / "environ").read_text())
        return found

    def was_told(self) -> list[dict[str, str]]:
        path = self.directory / "messages"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def is_told(self, **what: str) -> bool:
        return what in self.was_told()

    def child_is_gone(self) -> bool:
        """Whether nothing of the process that it started runs any more."""
        leader = int((self.directory / "child").read_text())
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        return False


def hands_over(prompt: str = "TASK") -> Script:
    """A FAKE model that gives its task away, and then says what came back."""

    def script(body: Body) -> list[Block]:
        if not body.get("tools"):
            return [say("a title")]
        results = tool_results(body)
        return [say(f"came back: {results[-1][:4000]}")] if results else [call(TOOL, task=prompt)]

    return script


@contextmanager
def waiting(pair: Pair) -> Iterator[threading.Event]:
    """B has been asked, and says nothing for now."""
    asked, go_on = threading.Event(), threading.Event()

    def script(_: Body) -> list[Block]:
        asked.set()
        go_on.wait(PATIENCE)
        return [say("b answers")]

    pair.b.script = script
    try:
        yield asked
    finally:
        go_on.set()
        with suppress(FileNotFoundError, ProcessLookupError):
            os.killpg(int((pair.stage.elsewhere / "second" / "child").read_text()), signal.SIGKILL)


@CLIENTS
def test_each_provider_gets_its_own_and_the_server_no_key(pair: Pair) -> None:
    second = Second(pair)
    pair.a.script, pair.b.script = hands_over(), lambda _: [say("b answers")]

    ended = pair.run("a", second.config, *MAY_ASK, "-p", "hi", *STREAM)

    assert ended.returncode == 0, ended
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert "b answers" in lines[-1]["result"]
    pair.check_secrets()
    assert (pair.a.models(), pair.b.models()) == ({"model-a"}, {"model-b"})
    given = second.environ
    assert not [name for name, value in given.items() if any(secret in value for secret in pair.secrets.values())]
    assert (given["ANTHROPIC_BASE_URL"], given["ANTHROPIC_MODEL"], given["CC_PROFILE"]) == (pair.a.url, "model-a", "a")
    assert (given["CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"], given["CLAUDECODE"]) == ("1", "1")
    # The current client does not show it at once: the model has to look for it. The older one does.
    first = main_loop(pair.a)[0].body
    shown = [tool["name"] for tool in first["tools"] if tool["name"] == TOOL and not tool.get("defer_loading")]
    assert shown == ([] if pair.stage.version == NEW else [TOOL])
    # What it tells on its way is on a terminal's screen alone, and what it cost is in no sum of A's.
    assert fake_asking.STEP not in ended.stdout
    assert set(lines[-1]["modelUsage"]) == {"model-a"}


@CLIENTS
def test_who_asks_too_long_is_told_so_and_the_server_that_it_is_over(pair: Pair) -> None:
    second = Second(pair)
    pair.a.script = hands_over()
    pair.stage.environment["MCP_TOOL_TIMEOUT"] = "6000"
    with waiting(pair):
        answer = pair.asked("a", "hi", second.config, *MAY_ASK)
        assert "timed out after 6s" in answer["result"]
        wait_until(lambda: second.is_told(method="notifications/cancelled"), "word of that")
        wait_until(second.child_is_gone, "the end of the child")


@CLIENTS
def test_on_a_terminal_the_last_step_is_shown_and_escape_ends_it(pair: Pair) -> None:
    second = Second(pair)
    pair.a.script = hands_over()
    with waiting(pair) as asked, pair.session("a", second.config, *MAY_ASK) as terminal:
        pair.stage.type(terminal, "please ask the other one")
        assert asked.wait(PATIENCE)
        terminal.wait_for(fake_asking.STEP, timeout=PATIENCE)
        terminal.send("\x1b")
        wait_until(lambda: second.is_told(method="notifications/cancelled"), "word of the escape")
        wait_until(second.child_is_gone, "the end of the child")


@CLIENTS
@pytest.mark.parametrize("sign", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_however_the_session_ends_the_server_learns_of_it(pair: Pair, sign: str) -> None:
    """And has to end what it started itself: a child in a session of its own gets no signal from anybody."""
    second = Second(pair)
    pair.a.script = hands_over()
    with waiting(pair) as asked:
        argv = pair.argv("a", second.config, *MAY_ASK, "-p", "hi")
        process = start(argv, pair.stage.environment, pair.stage.work)
        assert asked.wait(PATIENCE)
        process.send_signal(signal.Signals[sign])
        process.communicate(timeout=PATIENCE)
        heard = {"end": "of input"} if sign == "SIGKILL" else {"signal": "SIGINT"}
        wait_until(lambda: second.is_told(**heard), "word of the end")
        wait_until(second.child_is_gone, "the end of the child")


@CLIENTS
def test_a_saved_login_is_seen_by_its_own_provider_alone(pair: Pair) -> None:
    harness.seed_login(pair.stage.home)
    profiles = pair.stage.home / ".config" / "cc-launcher" / "profiles"
    (profiles / "a.toml").write_text(f'extends = "claude"\nbase_url = "{pair.a.url}"\n')
    assert pair.stage.cc("edit", "a", "--confirm-host").returncode == 0
    second = Second(pair)
    pair.a.script, pair.b.script = hands_over(), lambda _: [say("b answers")]

    ended = pair.run("a", second.config, *MAY_ASK, "-p", "hi")

    assert "b answers" in ended.stdout, ended
    assert [request for request in pair.a.messages if harness.LOGIN_TOKEN in said(request)] == pair.a.messages
    for request in pair.b.requests:
        assert harness.LOGIN_TOKEN not in said(request)
        assert harness.LOGIN_TOKEN.replace("oat01", "ort01") not in said(request)


@CLIENTS
def test_a_subagent_never_gets_to_another_provider(pair: Pair) -> None:
    agents = pair.stage.work / ".claude" / "agents"
    agents.mkdir(parents=True)
    for name, model in (("by-id", "model-b"), ("by-profile", "b/model-b")):
        (agents / f"{name}.md").write_text(f"---\nname: {name}\ndescription: x\nmodel: {model}\n---\nDo it.\n")
    calls = [call("Agent", subagent_type=name, description="x", prompt="do it") for name in ("by-id", "by-profile")]

    def script(body: Body) -> list[Block]:
        done = len(tool_results(body))
        ours = any("start both" in str(message) for message in body["messages"][:1])
        return [calls[done]] if body.get("tools") and ours and done < len(calls) else [say("x")]

    pair.a.script = script
    answer = pair.asked("a", "start both", "--allowedTools", "Agent,Task")
    assert answer["returncode"] == 0
    assert len(main_loop(pair.a)) > len(calls)
    assert pair.a.models() == {"model-a"}
    assert pair.b.messages == []


# The child alone


@CLIENTS
def test_what_it_was_not_allowed_is_listed_and_else_it_looks_well(pair: Pair) -> None:
    pair.b.script = once(call("Bash", command="touch made", description="x"))
    answer = pair.asked("b", "do it", "--permission-mode", "dontAsk")
    assert (answer["returncode"], answer["is_error"], answer["subtype"]) == (0, False, "success")
    assert [denied["tool_name"] for denied in answer["permission_denials"]] == ["Bash"]
    assert not (pair.stage.work / "made").exists()


@CLIENTS
def test_what_asks_nobody_runs(pair: Pair) -> None:
    pair.stage.environment["IS_SANDBOX"] = "1"  # or else the client refuses that mode to root
    pair.b.script = once(call("Bash", command="touch made", description="x"))
    answer = pair.asked("b", "do it", "--permission-mode", "bypassPermissions")
    assert (answer["returncode"], answer["permission_denials"]) == (0, [])
    assert (pair.stage.work / "made").exists()


@CLIENTS
def test_over_its_budget_it_has_no_result_and_one_request_is_always_spent(pair: Pair) -> None:
    pair.b.script = once(call("Bash", command="true", description="x"))
    answer = pair.asked("b", "do it", "--max-budget-usd", "0.0001", *ALLOWED)
    assert (answer["returncode"], len(main_loop(pair.b))) == (1, 1)
    assert "result" not in answer
    assert answer["subtype"] == "error_max_budget_usd"
    assert answer["total_cost_usd"] > 0.0001


def once(block: Block) -> Script:
    """A FAKE model that asks for a tool, and then answers."""
    return lambda body: [say("b answers")] if tool_results(body) or not body.get("tools") else [block]
