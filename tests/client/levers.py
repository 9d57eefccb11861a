"""Two profiles, `a` and `b`, at a provider each, and what the real client does with a session between the two.

What the providers say are words that real ones have said: where they were found stands beside them.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.client import harness
from tests.client.stage import OLD_READY, PATIENCE, READY, Stage, said, tool_results
from tests.fakes.fake_provider import Block, Body, FakeProvider, Request, Script, call, say
from tests.support import processes_of, wait_until

NEW = "2.1.332"
OLD = "2.1.258"  # the older one of these tests
CLIENTS = pytest.mark.parametrize("version", [NEW, OLD])

ALLOWED = ("--allowedTools", "Bash,Read")
AS_JSON = ("--output-format", "json")
AT_ONCE = ("--env", "CLAUDE_CODE_MAX_RETRIES=0")
RATE_LIMIT = "This request would exceed your account's rate limit. Please try again later."  # claude-code#9046
Answer = dict[str, Any]
_PAST_CC = "GO_ON_PAST_CC"  # the arguments that the client gets besides those of cc


class Pair:
    """A stage with two profiles, each with a provider, a key and a model of its own."""

    patience = PATIENCE  # seconds for a run

    def __init__(self, stage: Stage, second: FakeProvider) -> None:
        self.stage = stage
        self.a, self.b = stage.ours, second
        self.secrets = {name: f"sk-canary-{name}-{uuid4().hex}" for name in "ab"}
        harness.seed_home(stage.home, trust=[stage.work])
        for name, secret in self.secrets.items():
            path = self.secret_file(name)
            path.touch(mode=0o600)
            path.write_text(secret)
        self._past_cc: set[str] = set()
        self.models("model-a", "model-b")

    def provider(self, name: str) -> FakeProvider:
        return {"a": self.a, "b": self.b}[name]

    def secret_file(self, name: str) -> Path:
        return self.stage.elsewhere / f"secret-{name}"

    def models(self, a: str, b: str) -> None:
        """Write both profiles, on these models."""
        self.profile("a", a)
        self.profile("b", b)

    def profile(self, name: str, model: str, keys: str = "", tables: str = "") -> None:
        directory = self.stage.home / ".config" / "cc-launcher" / "profiles"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.toml").write_text(
            f'label = "{name}"\nbase_url = "{self.provider(name).url}"\nauth = "bearer"\n'
            f'secret = "cmd:cat {self.secret_file(name)}"\n{keys}\n[tiers]\nmain = "{model}"\n{tables}'
        )

    def argv(self, name: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
        """What launches a profile."""
        return [sys.executable, "-m", "cc_launcher", "run", *options, name, *arguments]

    def run(self, name: str, *arguments: str, options: Sequence[str] = (), stdin: str = "") -> harness.Ended:
        """Launch a profile to its end."""
        past = [one for one, before in zip(arguments, ["", *arguments], strict=False) if {one, before} & self._past_cc]
        arguments = tuple(one for one in arguments if one not in past)
        environment = self.stage.environment | ({_PAST_CC: " ".join(past)} if past else {})
        argv = self.argv(name, *arguments, options=options)
        return harness.run(argv, environment, self.stage.work, stdin, timeout=self.patience)

    def go_on_past_cc(self) -> None:
        """From now on the client alone knows that it goes on with a session: cc would ask, and make copies."""
        script = self.stage.elsewhere / "claude"
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(self.stage.client))} "$@" ${_PAST_CC}\n')
        script.chmod(0o755)
        self.stage.environment["CC_CLAUDE"] = str(script)
        self._past_cc = {"--resume", "--continue", "--fork-session"}

    def asked(self, name: str, prompt: str, *arguments: str, options: Sequence[str] = ()) -> Answer:
        """What a profile answers to a prompt, as the client's own JSON has it."""
        ended = self.run(name, *arguments, "-p", prompt, *AS_JSON, options=options)
        answer: Answer = json.loads(ended.stdout)
        return answer | {"returncode": ended.returncode}

    @contextmanager
    def session(self, name: str, *arguments: str, options: Sequence[str] = ()) -> Iterator[harness.Terminal]:
        """A launch on a terminal, when it takes a prompt."""
        with self.terminal(name, *arguments, options=options) as terminal:
            terminal.wait_for(READY, OLD_READY, timeout=PATIENCE)
            yield terminal

    def terminal(self, name: str, *arguments: str, options: Sequence[str] = ()) -> harness.Terminal:
        """A launch on a terminal."""
        argv = self.argv(name, *arguments, options=options)
        return harness.Terminal(argv, self.stage.environment, self.stage.work)

    def transcript(self, session: str) -> Path:
        """The file of a session."""
        return next(self.stage.home.glob(f".claude/projects/*/{session}.jsonl"))

    def forget(self) -> None:
        """Forget the requests so far."""
        self.stage.forget()
        self.b.requests.clear()

    def check_secrets(self) -> None:
        """Each provider got its own key alone, and nobody else got any."""
        for request in self.a.messages:
            assert self.secrets["a"] in said(request)
        for request in self.b.messages:
            assert self.secrets["b"] in said(request)
        for name, wrong in (("a", "b"), ("b", "a")):
            assert not [one for one in self.provider(name).requests if self.secrets[wrong] in said(one)]
        elsewhere = [*self.stage.outside.requests, *self.stage.hijacker.requests]
        assert not [one for one in elsewhere for secret in self.secrets.values() if secret in said(one)]

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """A time in which the client may start its daemon: it and its jobs are ended behind it, by their ids."""
        try:
            yield
        finally:
            stop = [str(self.stage.client), "daemon", "stop", "--any"]
            harness.run(stop, self.stage.environment, self.stage.work, timeout=PATIENCE)
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not self.processes(), "the end of the daemon")

    def processes(self) -> list[int]:
        """The processes of this home."""
        return processes_of(self.stage.home)


def main_loop(provider: FakeProvider) -> list[Request]:
    """The requests of sessions themselves: a title, or what a job is about, has no tools."""
    return [request for request in provider.messages if request.body.get("tools")]


# What a session on A was like


def thinking(of: str) -> Block:
    """A block of thinking that is signed."""
    return {"type": "thinking", "thinking": f"{of} is thinking", "signature": signature(of)}


def signature(of: str) -> str:
    """What the provider of this profile signs with. It is none that anybody could check."""
    return f"SIGNED-BY-{of.upper()}"


def picture() -> bytes:
    """A PNG of 8 by 8."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x10\x80\xf0" * 8 for _ in range(8)))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def thoughtful(name: str, *calls: Block) -> Script:
    """A FAKE model that thinks, signed, before each of these calls and before its answer."""

    def script(body: Body) -> list[Block]:
        if not body.get("tools"):
            return [say("a title")]
        done = len(tool_results(body))
        return [thinking(name), calls[done] if done < len(calls) else say(f"{name} answers")]

    return script


def worked(pair: Pair) -> str:
    """A session on A: it thought, ran a command, read an image, and answered."""
    image = pair.stage.work / "picture.png"
    image.write_bytes(picture())
    command = call("Bash", command="echo from-the-command", description="x")
    pair.a.script = thoughtful("a", command, call("Read", file_path=str(image)))
    pair.b.script = thoughtful("b")
    ended = pair.run("a", "-p", "look at the picture", *AS_JSON, *ALLOWED)
    assert ended.returncode == 0, ended
    assert len(main_loop(pair.a)) == 3
    session: str = json.loads(ended.stdout)["session_id"]
    pair.forget()
    return session


def held(request: Request) -> set[str]:
    """What of that session is in a request."""
    text = json.dumps(request.body["messages"])
    marks = {
        "thinking of a": signature("a"),
        "thinking of b": signature("b"),
        "image": '"type": "image"',
        "command": "from-the-command",
        "answer of a": "a answers",
        "answer of b": "b answers",
    }
    return {what for what, mark in marks.items() if mark in text}


def refusing(status: int, words: str, when: Callable[[Request], bool]) -> Callable[[Request], tuple[int, Any] | None]:
    """What a provider says to a request that has this, in words of its own."""

    def answer(request: Request) -> tuple[int, Any] | None:
        if request.is_for("/v1/messages") and when(request):
            return status, {"type": "error", "error": {"type": "invalid_request_error", "message": words}}
        return None

    return answer


# Hooks that write down what they are told


def noting(path: Path, name: str) -> dict[str, Any]:
    """A hook that adds a line to a file: its name, and what it was given. Of the shell alone, so it is done at once."""
    command = f'IFS= read -r line; printf "%s\\n" "{name} $line" >>{path}'
    return {"hooks": [{"type": "command", "command": command}]}


def noted(path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """What hooks have written down."""
    if not path.exists():
        return []
    lines = [line.partition(" ") for line in path.read_text().splitlines()]
    return [(name, json.loads(text)) for name, _, text in lines]
