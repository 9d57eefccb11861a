"""Where a session goes on elsewhere: three providers, and what each of them saw of one prompt."""

from __future__ import annotations

import json
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cc_launcher.core.sessions import consent
from tests.client import harness
from tests.client.stage import PATIENCE, Stage, texts, tool_results
from tests.fakes.fake_provider import Block, Body, ErrorReply, FakeProvider, Request, call, say
from tests.support import console_script, processes_of

NEWEST, OLDER = "2.1.332", "2.1.258"
GO_ON = "Continue from where you left off."
READY_SHELL = "shell>"
PROMPT = "please fix the login button of the start page"

# What providers really say, with the status that they say it with.
LIMIT = ErrorReply(429, "Rate limit reached for requests", "rate_limit_error")
CREDIT = ErrorReply(402, "Insufficient Balance", "invalid_request_error")
BUSY = ErrorReply(529, "Overloaded", "overloaded_error")
KEY = ErrorReply(401, "invalid x-api-key", "authentication_error")
MODEL = ErrorReply(404, "model: v/own", "not_found_error")
BUDGET = ErrorReply(402, "cc: the budget is spent (116 %)", "billing_error")


@dataclass
class Model:
    """A FAKE model: it answers so many turns, runs so many commands in the next one, and then fails."""

    name: str
    fails: ErrorReply | None = None
    turns: int = 0  # answered before it fails
    tools: int = 0  # run in the turn that fails
    silent: Callable[[], None] | None = None  # waits in the place of failing
    seen: list[Body] = field(default_factory=list)

    def __call__(self, body: Body) -> list[Block] | ErrorReply:
        if not body.get("tools"):
            return [say("a title")]
        self.seen.append(body)
        answered = sum(message["role"] == "assistant" and not calls(message) for message in body["messages"])
        if answered >= self.turns and self._fails():
            done = len(tool_results(body))
            if done < self.tools:
                return [call("Bash", command=f"echo {self.name}{done} >>ran", description="count")]
            if self.silent is not None:
                self.silent()
            assert self.fails is not None
            return self.fails
        return [say(f"answer of {self.name}")]

    def _fails(self) -> bool:
        return self.fails is not None


def calls(message: Body) -> bool:
    """Whether a message calls a tool."""
    content = message["content"]
    return isinstance(content, list) and any(block.get("type") == "tool_use" for block in content)


class Chain:
    """Three profiles, each with its own provider, model and secret: `own`, `other` and `third`."""

    NAMES = ("own", "other", "third")

    def __init__(self, stage: Stage, providers: list[FakeProvider], *, in_session: bool) -> None:
        self.stage = stage
        self.providers = dict(zip(self.NAMES, providers, strict=True))
        self.models = {name: Model(name) for name in self.NAMES}
        self.secrets = {name: f"sk-canary-of-{name}-{'x' * 20}" for name in self.NAMES}
        directory = stage.home / ".config" / "cc-launcher" / "profiles"
        directory.mkdir(parents=True, exist_ok=True)
        for name, provider in self.providers.items():
            provider.script = self.models[name]
            provider.headers["retry-after"] = "0"
            kept = stage.elsewhere / f"key-of-{name}"
            kept.touch(mode=0o600)
            kept.write_text(self.secrets[name])
            lines = [
                f'base_url = "{provider.url}"',
                'auth = "bearer"',
                f'secret = "file:{kept}"',
                'timeout = "20s"',
                "context = 200000",
            ]
            if in_session and name == "own":
                lines += ['fallback = ["other", "third"]', "in_session = true"]
            (directory / f"{name}.toml").write_text("\n".join([*lines, "[tiers]", f'main = "v/{name}"', ""]))

    def agree(self) -> None:
        """Every host may see what another one has seen."""
        hosts = [provider.host for provider in self.providers.values()]
        given = [consent.Consent(a, b, 1.0) for a in hosts for b in hosts if a != b]
        path = self.stage.home / ".local" / "share" / "cc-launcher" / "consents.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(consent.encode(given))

    def requests(self, name: str) -> list[Request]:
        """What this provider was asked in the session's main loop. The token before a launch is none of it."""
        return [request for request in self.providers[name].messages if request.body.get("tools")]

    def wire(self, name: str) -> list[str]:
        """The user's own lines in the last request to this provider."""
        asked = self.requests(name)[-1].body["messages"]
        return [line for line in texts(m for m in asked if m["role"] == "user") if line in {PROMPT, GO_ON}]

    def ran(self) -> list[str]:
        """The commands that were run, as often as they were."""
        path = self.stage.work / "ran"
        return path.read_text().split() if path.exists() else []

    def left(self) -> list[Path]:
        """What is left of ours of the launches."""
        directory = self.stage.home / ".cache" / "cc-launcher" / "stay"
        return sorted(directory.rglob("*")) if directory.exists() else []

    def processes(self) -> list[int]:
        """The processes of this home that run still."""
        return processes_of(self.stage.home)

    def check_secrets(self) -> None:
        """Each provider has seen its own secret alone."""
        for name, provider in self.providers.items():
            for request in list(provider.requests):
                said = f"{request.path} {request.headers} {request.raw.decode(errors='replace')}"
                for whose, secret in self.secrets.items():
                    assert (secret in said) <= (whose == name), (name, whose)

    def run(self, *arguments: str, stdin: str = "", **more: Any) -> harness.Ended:
        """`cc run` beside the client."""
        ours = ["--fallback", "other,third", "--stay"] if more.pop("by_flag", True) else []
        return self.stage.cc("run", *ours, "own", *arguments, **more) if not stdin else self.piped(stdin, *arguments)

    def piped(self, stdin: str, *arguments: str) -> harness.Ended:
        """The same with something on standard input."""
        argv = [sys.executable, "-m", "cc_launcher", "run", "--fallback", "other,third", "--stay", "own", *arguments]
        return harness.run(argv, self.stage.environment, self.stage.work, stdin, timeout=120)


@contextmanager
def chain(stage: Stage, *, in_session: bool = False, agreed: bool = True) -> Iterator[Chain]:
    """Three providers, while they are there."""
    with ExitStack() as stack:
        found = Chain(stage, [stack.enter_context(FakeProvider()) for _ in range(3)], in_session=in_session)
        if agreed:
            found.agree()
        yield found


def result(ended: harness.Ended) -> dict[str, Any]:
    """The answer of `--output-format json`."""
    value: dict[str, Any] = json.loads(ended.stdout)
    return value


@contextmanager
def shell(three: Chain) -> Iterator[harness.Conversation]:
    """A shell with job control on a terminal, in which `cc` can be typed."""
    harness.seed_home(three.stage.home, [three.stage.work])
    console_script(three.stage.elsewhere / "bin")
    environment = three.stage.environment | {"PS1": f"{READY_SHELL} ", "HISTFILE": "/dev/null"}
    environment["PATH"] = f"{three.stage.elsewhere / 'bin'}:{environment['PATH']}"
    argv = ["/bin/bash", "--norc", "--noprofile", "-i"]
    with harness.Conversation(argv, environment, three.stage.work) as terminal:
        terminal.wait_for(READY_SHELL, timeout=PATIENCE)
        yield terminal


def shell_has_it(terminal: harness.Terminal) -> bool:
    """Whether it is the shell that the terminal listens to."""
    return terminal.foreground == terminal.leader


def client_pid(three: Chain) -> int:
    """The process of the client that runs now: a child of ours."""
    clients = {pid: parent for pid, (parent, words) in family(three).items() if "--settings" in words}
    # What the client starts just now is still called as itself.
    (pid,) = [pid for pid, parent in clients.items() if parent not in clients]
    return pid


def cc_pid(three: Chain) -> int:
    """The process of ours that waits beside it."""
    return family(three)[client_pid(three)][0]


def family(three: Chain) -> dict[int, tuple[int, list[str]]]:
    """The processes of this home: the parent of each, and its words."""
    found = {}
    for pid in three.processes():
        directory = Path("/proc") / str(pid)
        with suppress(OSError):
            words = (directory / "cmdline").read_bytes().decode(errors="replace").split("\0")
            state = (directory / "stat").read_text().rpartition(")")[2].split()
            if state[0] != "Z":
                found[pid] = (int(state[1]), words)
    return found


def modes(terminal: harness.Terminal) -> list[Any]:
    """The modes of the terminal, without the speed."""
    return termios.tcgetattr(terminal.handle)[:4]
