"""A wrapper that is handed the real client, as VS Code and the client's own daemon do it.

VS Code itself is not run here: its `claudeProcessWrapper` starts the wrapper with the path of the extension's client,
and talks to it over pipes.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.hostile import SHELL, WHAT, check, plant
from tests.client.levers import NEW, Pair, main_loop
from tests.client.stage import HOSTED, KINDS, PATIENCE, Stage, said
from tests.client.wrapped import Wrapped
from tests.fakes.fake_provider import say
from tests.support import require_tool, wait_until

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
STREAMS = ("--output-format", "stream-json", "--verbose", "--input-format", "stream-json")
_MESSAGE = {"type": "user", "message": {"role": "user", "content": [{"type": "text", "text": "hi"}]}}


def wrapped(stage: Stage, *options: str) -> tuple[Wrapped, str]:
    """A wrapper that was written for the current client, and the path of the one that it is handed."""
    handed, stage.client = stage.client, harness.install(CURRENT)
    return Wrapped(stage, *options), str(handed)


def talked(stage: Stage, wrapper: Wrapped, *words: str) -> harness.Ended:
    """Start it as an editor does, with one message on its standard input."""
    argv: list[str | Path] = [require_tool("sh"), wrapper.path, *words]
    return harness.run(argv, wrapper.environment(), stage.work, json.dumps(_MESSAGE) + "\n", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("version", "name"), [(CURRENT, "token"), (CURRENT, "key"), (CURRENT, "sealed"), (OLD, "token"), (OLD, "none")]
)
def test_an_editor_talks_to_its_own_client_on_the_profile(stage: Stage, name: str) -> None:
    """Whatever the settings files and the shell say; an old client is protected as such, by whatever wrapper."""
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    wrapper, client = wrapped(stage, *kind.options)
    plant(stage, ("user", "project", "local", *SHELL), WHAT)

    ended = talked(stage, wrapper, client, *STREAMS)

    assert ended.returncode == 0, ended
    events = [json.loads(line) for line in ended.stdout.splitlines()]  # nothing else is on standard output
    assert [event["result"] for event in events if event["type"] == "result"] == ["pong"]
    first = next(event for event in events if event.get("subtype") == "init")
    assert first["claude_code_version"] == stage.version  # the one that was handed over, not the wrapper's own
    check(stage, kind, stage.protection(kind))
    assert not [one for one in stage.ours.messages if client in said(one)]


@pytest.mark.parametrize("version", [OLD])
def test_a_client_for_node_is_handed_over_with_it(stage: Stage) -> None:
    kind = KINDS["token"]
    stage.profile(kind)
    wrapper, client = wrapped(stage)
    plant(stage, ("user", "project", *SHELL), WHAT)
    node = shutil.which("node")
    assert node is not None

    ended = talked(stage, wrapper, node, str(Path(client).resolve()), *STREAMS)

    assert ended.returncode == 0, ended
    assert f'"claude_code_version":"{OLD}"' in ended.stdout
    check(stage, kind, stage.protection(kind))
    assert not [one for one in stage.ours.messages if "cli.js" in said(one)]


@pytest.mark.parametrize("version", [NEW])
def test_a_client_in_no_package_is_asked_for_its_version_once(stage: Stage) -> None:
    """So it is in the extension."""
    kind = KINDS["token"]
    stage.profile(kind)
    wrapper, client = wrapped(stage)
    own = stage.elsewhere / "extensions" / "anthropic.claude-code" / "native" / "claude"
    own.parent.mkdir(parents=True)
    try:
        own.hardlink_to(Path(client).resolve())
    except OSError:  # on another disk
        shutil.copy2(Path(client).resolve(), own)

    cache = stage.home / ".cache" / "cc-launcher"
    asked = []
    for _ in range(2):
        shutil.rmtree(cache / "plans", ignore_errors=True)
        ended = wrapper.launch(str(own), "-p", "hi")
        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        asked.append((cache / "clients.json").stat().st_mtime_ns)  # an answer is written down

    assert asked[0] == asked[1]
    stage.check_requests(kind, HOSTED)
    known = json.loads((cache / "clients.json").read_text())
    assert [(name.partition(" ")[0], said) for name, said in known.items()] == [(str(own), NEW)]


def test_the_path_is_no_prompt(stage: Stage) -> None:
    """It was one before, and cost money."""
    kind = KINDS["token"]
    stage.profile(kind)
    wrapper, client = wrapped(stage)

    version = wrapper.launch(client, "--version")
    assert version.stdout.startswith(CURRENT), version
    status = wrapper.launch(client, "auth", "status")
    assert json.loads(status.stdout)["apiProvider"] == "firstParty", status
    listed = wrapper.launch(client, "mcp", "list")
    assert listed.returncode == 0, listed
    assert stage.ours.messages == []
    ended = wrapper.launch(client, "-p", "hi")
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check(stage, kind, stage.protection(kind))
    assert not [one for one in stage.ours.messages if client in said(one)]


def test_a_client_of_the_project_is_refused_and_nothing_is_sent(stage: Stage) -> None:
    stage.profile(KINDS["token"])
    wrapper, client = wrapped(stage)
    inside = stage.work / "node_modules" / ".bin" / "claude"
    inside.parent.mkdir(parents=True)
    inside.symlink_to(client)

    ended = talked(stage, wrapper, str(inside), *STREAMS)

    assert (ended.returncode, ended.stdout) == (77, ""), ended
    assert f"{inside}: is inside this project" in ended.stderr
    assert "hint: " in ended.stderr
    assert list(stage.everything()) == []


# CLAUDE_CODE_PROCESS_WRAPPER: what the client starts of itself, clients from 2.1.208 on give to a wrapper


@pytest.mark.parametrize(("version", "options"), [(NEW, ()), (CURRENT, ("--sealed",))])
def test_what_the_daemon_starts_is_on_the_profile(pair: Pair, options: tuple[str, ...]) -> None:
    """Jobs of a plain `claude`, one right after the other: none gets a session that waited for work without a profile.

    With one, two of thirteen jobs were lost: they were given to a session that ended over the pins in front of it.
    """
    stage = pair.stage
    pair.a.script = lambda _: [say("a answers")]
    harness.seed_login(stage.home)
    wrapper = Wrapped(stage, *options, profile="a")
    environment = wrapper.environment() | {"CLAUDE_CODE_PROCESS_WRAPPER": str(wrapper.path)}
    tasks = [f"task number {number}" for number in range(3)]

    def asked() -> set[str]:
        texts = [json.dumps(request.body["messages"]) for request in main_loop(pair.a)]
        return {task for task in tasks for text in texts if task in text}

    with pair.daemon():
        for task in tasks:
            ended = harness.run([stage.client, "--bg", task], environment, stage.work, timeout=PATIENCE)
            assert re.search(r"backgrounded · \w+", ended.stdout), ended
        wait_until(lambda: asked() == {*tasks}, "a request of each job")
        log = (stage.home / ".claude" / "daemon.log").read_text()
        pair.check_secrets()
    assert log.count("spare spawned") == 1  # the first is refused, and then the daemon makes no more
    assert "claimed-spare" not in log
    assert not [one for one in (*stage.hijacker.requests, *stage.outside.requests) if harness.LOGIN_TOKEN in said(one)]
    assert main_loop(pair.b) == []
