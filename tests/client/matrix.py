"""What must hold on each client: one cell for each question, played with the real one on a stage of its own.

`sweep.py` plays all of them on many clients, by hand; `test_clients.py` plays a few on some, in CI.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from cc_launcher.core.errors import REFUSED
from cc_launcher.core.plan import client
from tests.client import harness
from tests.client.hostile import FILES, KEPT_OUT, NOT_AGAINST_THE_LOGIN, SHELL, TOGETHER, WHAT, check, hostile, plant
from tests.client.spies import ALWAYS, BASH, WAYS, found_by, listening, look, spies
from tests.client.stage import (
    HOSTED,
    KINDS,
    MODELS,
    OLD_READY,
    PATIENCE,
    PINNED,
    PROMPT,
    READY,
    SEALED,
    Stage,
    asked_by_subagents,
    credential_of,
    first,
    said,
    tool_results,
)
from tests.fakes.fake_mcp import FakeMcp
from tests.fakes.fake_provider import Block, Body, call, say

SOCKET = "socket"  # of hostile.WHAT. It hides all else, where a client follows it, so it is tried apart
OWN_FILE = "own file"  # ~/.claude.json, in which variables count, too
IN_PLACES = (("user",), ("project", "local"), (OWN_FILE,))
NAMES = ("token", "key", "none", "login", "sealed")  # of the kinds of launches
FULL_ID, LONGER = "claude-sonnet-4-6", f"{MODELS['main']}-anything"
# Each is a subcommand of some clients, and to the others a prompt. The last one asks a model either way.
WORDS = ("config", "logs", "purge", "auto-mode critique")
ANTHROPIC = "https://api.anthropic.com/"
ASKS_A_MODEL = "auto-mode critique"
# How long a settings file that appears may take: in the session it is seen within seconds, or not at all.
TRIES, PAUSE = 6, 2.0
READ, FAILED = "was-read", "API Error"
# A login's client, and one of some weeks (2.1.300), would ask a model of its own whether the command may run.
MAY_RUN = ("--permission-mode", "default", "--allowedTools", "Bash")
HEARD = "a socket got a request"
FOLLOWS_LATER = (2, 1, 153)  # the first client that follows a socket in a file that comes into the project
READS_AGAIN = (2, 1, 72)  # the first client tried that reads settings files again; 2.0.64 does not


class Cell(NamedTuple):
    """A question. `play` raises where something does not hold, and says what the table is to show, if anything."""

    column: str
    name: str
    play: Callable[[Stage], str]


def version_of(stage: Stage) -> client.Version:
    """The client's version as the table of `core/plan/client.py` has it."""
    return tuple(int(part) for part in stage.version.split("."))


def protection_for(stage: Stage, name: str, what: tuple[str, ...] = ()) -> str:
    """What protects a launch of this kind on this client, with these in its settings files."""
    if name in {"login", "sealed"}:
        return PINNED if name == "login" else SEALED
    if client.can_be_hosted(version_of(stage)):
        return HOSTED
    # A token would stand in an environment that is shown. A key is in a pipe; but what a file brings is sent beside it.
    seals_itself = name == "token" or (name == "key" and KEPT_OUT & {*what})
    return SEALED if seals_itself else PINNED


def _asked_for_an_answer(stage: Stage, name: str, *arguments: str) -> None:
    ended = stage.launch(KINDS[name], *(arguments or ("-p", "hi")))
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended


def held(stage: Stage, name: str, protection: str) -> None:
    """Ours got this credential and the profile's models alone, the hijacker nothing.

    The oldest client has the provider count tokens, too, with the same credential and for the same models; and it shows
    the login to Anthropic, which is nobody else.
    """
    kind = KINDS[name]
    counted = [request for request in stage.ours.requests if request.is_for("/v1/messages/count_tokens")]
    for request in counted:
        assert credential_of(request) == stage.credential(kind, protection)
        assert kind.models is None or request.body["model"] in kind.models
        stage.ours.requests.remove(request)
    if kind.auth == "login":
        stage.outside.requests[:] = [one for one in stage.outside.requests if not one.path.startswith(ANTHROPIC)]
    check(stage, kind, protection)


def protection(stage: Stage) -> str:
    """A launch with a token says how it is protected."""
    stage.profile(KINDS["token"])
    planned = str(stage.plan(KINDS["token"])["protection"])
    assert planned == protection_for(stage, "token")
    return planned


def launch(stage: Stage, name: str) -> str:
    """A launch in a clean home: the provider that is meant, its credential, the profile's models."""
    stage.profile(KINDS[name])
    harness.seed_login(stage.home)
    _asked_for_an_answer(stage, name)
    held(stage, name, protection_for(stage, name))
    return ""


def hijack(stage: Stage, name: str, what: tuple[str, ...]) -> str:
    """A launch with all of this in every settings file and in the shell."""
    stage.profile(KINDS[name])
    harness.seed_login(stage.home)
    plant(stage, (*FILES, *SHELL), what)
    _asked_for_an_answer(stage, name)
    held(stage, name, protection_for(stage, name, what))
    return ""


def hijack_by_socket(stage: Stage, name: str, places: tuple[str, ...]) -> str:
    """A socket of somebody else's in settings files: nobody is asked there, or the launch is refused."""
    stage.profile(KINDS[name])
    harness.seed_login(stage.home)
    if OWN_FILE in places:
        own = {"hasCompletedOnboarding": True, "env": hostile(stage, ("address", SOCKET))["env"]}
        (stage.home / ".claude.json").write_text(json.dumps(own))
    else:
        plant(stage, places, ("address", SOCKET))
    with listening(stage.elsewhere / "socket") as heard:
        ended = stage.launch(KINDS[name], "-p", "hi")
    assert heard == [], f"a socket got {'the secret' if stage.secret in str(heard) else 'a request'}: {ended}"
    if client.follows_socket(version_of(stage)):  # whatever is pinned
        assert (ended.returncode, ended.stdout) == (REFUSED, ""), ended
        assert "ANTHROPIC_UNIX_SOCKET" in ended.stderr
        assert list(stage.everything()) == []
        return "a socket is refused"
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    held(stage, name, protection_for(stage, name))
    return ""


def visibility(stage: Stage, name: str) -> str:
    """Of all that a session starts or asks, nothing gets the secret to see."""
    stage.profile(KINDS[name])
    harness.seed_home(stage.home, [stage.work])
    harness.seed_login(stage.home)
    with FakeMcp() as away:
        spies(stage, away)
        stage.ours.script = first(look(stage))
        _asked_for_an_answer(stage, name, "-p", PROMPT, *MAY_RUN)
        found = found_by(stage, away)
    assert f"HOME={stage.home}" in found[BASH]
    assert found.keys() >= ALWAYS, found.keys()
    # One that was started has looked; that the project's own proxy helper is not started is what holds it off.
    tellers = sorted(way for way, seen in found.items() if stage.secret in seen or harness.LOGIN_TOKEN in seen)
    assert tellers == [], f"seen by {', '.join(tellers)}"
    held(stage, name, protection_for(stage, name))
    return f"{len(found)} ways"


def asked_for(stage: Stage) -> str:
    """A secret that can be neither sealed nor hosted is not launched where a project would have it sent away."""
    name, variable = "token from env", "ANTHROPIC_AUTH_TOKEN"
    stage.profile(KINDS[name])
    harness.seed_home(stage.home, [stage.work])
    old = not client.can_be_hosted(version_of(stage))
    ended = stage.launch(KINDS[name], "-p", "hi")
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert ("to end that, update" in ended.stderr) == old, ended.stderr
    held(stage, name, PINNED if old else HOSTED)

    stage.forget()
    with FakeMcp() as away:
        stage.settings("user", {"enableAllProjectMcpServers": True})
        server = {"type": "http", "url": f"{away.url}/${{{variable}}}"}
        (stage.work / ".mcp.json").write_text(json.dumps({"mcpServers": {"x": server}}))
        stage.ours.script = first(call("Bash", command="sleep 1", description="x"))
        ended = stage.launch(KINDS[name], "-p", PROMPT, *MAY_RUN)
        if old:
            assert ended.returncode == REFUSED, ended
            assert f".mcp.json: asks for {variable}" in ended.stderr
            assert (list(stage.everything()), away.requests) == ([], [])
        else:
            assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
            assert away.requests
            assert stage.secret not in str(away.requests)
    return ""


def models(stage: Stage) -> str:
    """No agent's file has a foreign model asked for, as far as this client can be kept from that."""
    kind = KINDS["token"]
    stage.profile(kind)
    agents = stage.work / ".claude" / "agents"
    agents.mkdir(parents=True)
    wanted = {"by-id": FULL_ID, "longer": LONGER}
    for name, model in wanted.items():
        (agents / f"{name}.md").write_text(f"---\nname: {name}\ndescription: x\nmodel: {model}\n---\nAnswer.\n")

    def script(body: Body) -> list[Block]:
        tool = "Agent" if "Agent" in {one.get("name") for one in body.get("tools", [])} else "Task"
        calls = [call(tool, description=name, prompt=f"SUB {name}", subagent_type=name) for name in wanted]
        answer = first(*calls)(body)
        assert isinstance(answer, list)
        return answer

    stage.ours.script = script
    assert stage.launch(kind, "-p", PROMPT, *MAY_RUN).returncode == 0  # newer clients go on when the agents are done
    asked = asked_by_subagents(stage.ours.messages)
    assert asked.keys() == wanted.keys()
    foreign = stage.ours.models() - MODELS_OF_A_TOKEN
    version = version_of(stage)
    admitted = set() if client.can(version, client.EXACT_MODELS) else {LONGER}
    if not client.can(version, client.LISTS_BIND):
        admitted.add(FULL_ID)
    assert foreign <= admitted, f"asked for {', '.join(sorted(foreign))}"
    assert stage.hijacker.requests == []
    words = {FULL_ID: "any id", LONGER: "`ID-…`"}
    return f"open to {', '.join(words[one] for one in (FULL_ID, LONGER) if one in foreign)}" if foreign else ""


MODELS_OF_A_TOKEN = set(MODELS.values())


def subcommand(stage: Stage, word: str) -> str:
    """A word that is a subcommand of some clients: where it is none, it is a prompt like any other."""
    kind = KINDS["token"]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    stage.settings("project", hostile(stage, ("address", "models")))
    stage.settings("user", {"autoMode": {"allow": ["reading files"]}})  # something for a model to say its opinion on
    name = word.split(maxsplit=1)[0]
    is_one = name in client.subcommands(version_of(stage))

    try:
        stage.launch(kind, *word.split())
    except AssertionError as late:  # `purge` of 2.1.300 waits for an answer that nobody is there to give
        if not is_one or "still running" not in str(late):
            raise

    asks = word == ASKS_A_MODEL or not is_one
    assert bool(stage.ours.messages) == asks, f"{name} {'asked' if stage.ours.messages else 'did not ask'} a model"
    assert stage.hijacker.requests == []
    if asks:
        held(stage, "token", protection_for(stage, "token"))
    return f"{name}: {'subcommand' if is_one else 'prompt'}"


def after_launch(stage: Stage, name: str, *more: str) -> str:
    """Another address, other proxies: in a settings file that changes while the session runs, and in one that comes."""
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    harness.seed_login(stage.home)
    stage.settings("project", {})
    stage.ours.script = _look_each_time
    reads_again = version_of(stage) >= READS_AGAIN
    with listening(stage.elsewhere / "socket") as heard:
        try:
            with stage.session(kind, *MAY_RUN) as terminal:
                terminal.wait_for(READY, OLD_READY, timeout=PATIENCE)
                _ask(stage, terminal, 1)
                settings = hostile(stage, ("address", "proxy", *more))
                settings["env"]["FOO"] = READ
                for place in ("local", "project"):
                    stage.settings(place, settings)
                _ask_until_read(stage, terminal, TRIES if reads_again else 1)
        finally:
            assert heard == [], HEARD
    assert _was_read(stage) == reads_again
    held(stage, name, protection_for(stage, name))
    return "" if reads_again else "not read again"


def socket_after_launch(stage: Stage) -> str:
    """A socket that comes into the project later. What is admitted in docs/explanation/protection.md is not more."""
    admitted = FOLLOWS_LATER <= version_of(stage) < client.KEEPS_SOCKET_OUT.since
    try:
        said = after_launch(stage, "sealed", SOCKET)
    except AssertionError as failed:
        if admitted and HEARD in str(failed):
            return "open to a socket"
        raise
    assert not admitted, "holds, and the table says that it does not"
    return said


def _ask_until_read(stage: Stage, terminal: harness.Terminal, tries: int) -> None:
    for turn in range(2, 2 + tries):
        time.sleep(PAUSE)
        _ask(stage, terminal, turn)
        if _was_read(stage):
            return


def _was_read(stage: Stage) -> bool:
    return any(READ in result for result in tool_results(stage.ours.messages[-1].body))


def _look_each_time(body: Body) -> list[Block]:
    """At each prompt the model looks which variables there are, and then counts."""
    if not body.get("tools"):
        return [say("a title")]
    last = [message for message in body["messages"] if message["role"] == "user"][-1:]  # some add one of the system's
    if tool_results({"messages": last}):
        return [say(f"that was turn {len(tool_results(body))}.")]
    return [call("Bash", command="echo $FOO", description="x")]


def _ask(stage: Stage, terminal: harness.Terminal, turn: int) -> None:
    stage.type(terminal, f"go on with {turn}")
    ends = f"that was turn {turn}.", FAILED
    try:
        ended = terminal.wait_for(*ends, timeout=PATIENCE / 8)
    except AssertionError:
        terminal.send("\r")  # a client that is busy takes an Enter after a text for a new line in it
        ended = terminal.wait_for(*ends, timeout=PATIENCE)
    assert ended != FAILED, terminal.screen()


def plain(stage: Stage) -> str:
    """No launch of ours, and no promise: who sees the secret where it is exported, and the host's flag with it."""
    harness.seed_home(stage.home, [stage.work])
    exported = {
        "ANTHROPIC_BASE_URL": stage.ours.url,
        "ANTHROPIC_AUTH_TOKEN": stage.secret,
        "ANTHROPIC_MODEL": MODELS["main"],
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1",
    }
    with FakeMcp() as away:
        spies(stage, away)
        stage.ours.script = first(look(stage))
        arguments = ["-p", PROMPT, *MAY_RUN]
        harness.run([stage.client, *arguments], stage.environment | exported, stage.work, timeout=PATIENCE)
        found = found_by(stage, away)
    tellers = [way for way in WAYS if stage.secret in found.get(way, "")]
    return ", ".join(tellers) or "nothing"


def told(stage: Stage) -> str:
    """What went where, for somebody who looks for a fault."""
    lines = []
    for who in ("ours", "hijacker", "outside"):
        for request in list(getattr(stage, who).requests):
            model = request.body.get("model") if isinstance(request.body, dict) else None
            secrets = [word for word in (stage.secret, harness.LOGIN_TOKEN, "foreign-canary") if word in said(request)]
            lines.append(f"{who}: {request.method} {request.path} {model or ''} {' '.join(secrets)}".rstrip())
    return "\n".join(lines)


def cells() -> list[Cell]:
    """All of them, column by column."""
    found = [Cell("protection", "token", protection)]
    found += [Cell("launch", name, partial(launch, name=name)) for name in NAMES]
    for name in NAMES:
        for faults in TOGETHER:
            what = against(name, faults)
            found.append(Cell("hijack", f"{name}: {', '.join(what)}", partial(hijack, name=name, what=what)))
        for places in IN_PLACES:
            play = partial(hijack_by_socket, name=name, places=places)
            found.append(Cell("hijack", f"{name}: a socket in {'+'.join(places)}", play))
    found += [Cell("visibility", name, partial(visibility, name=name)) for name in NAMES if name != "none"]
    found.append(Cell("visibility", "asked for by name", asked_for))
    found.append(Cell("models", "token", models))
    found += [Cell("subcommands", word, partial(subcommand, word=word)) for word in WORDS]
    found += [Cell("after launch", name, partial(after_launch, name=name)) for name in ("token", "sealed", "login")]
    found.append(Cell("after launch", "sealed: a socket", socket_after_launch))
    found.append(Cell("plain", "exported", plain))
    return found


def against(name: str, what: tuple[str, ...] = WHAT) -> tuple[str, ...]:
    """What of this can be hostile to a launch of this kind."""
    spared = {SOCKET} | (NOT_AGAINST_THE_LOGIN if name == "login" else set())
    return tuple(one for one in what if one not in spared)
