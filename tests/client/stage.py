"""Where a launch is played with the real client: a home, the provider that is meant, a hijacker and a watcher."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.client import harness
from tests.fakes.fake_provider import CREDENTIAL_WORDS, Block, Body, FakeProvider, Request, Script, say
from tests.support import console_script, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTED, PINNED, SEALED = "hosted", "pinned", "sealed"
MODELS = {slot: f"v/{slot}" for slot in ("main", "opus", "sonnet", "haiku", "fable")}
CATALOG_MODELS = {"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2"}  # of `anthropic`
PLACEHOLDER = "ollama"
KEY_SOURCE = "KEY_SOURCE"  # the variable of `env:KEY_SOURCE`
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
PROMPT = "GO"  # what a script takes for the session's own prompt
A_TASK = "please fix the login button of the start page"  # for which a session gets a title: not for one word alone
READY = "mode on"  # on the screen when a session of the current client waits for a prompt
OLD_READY = "? for shortcuts"
PATIENCE = 120.0  # seconds that a client may take on a machine with much else to do
_TIERS = "[tiers]\n" + "".join(f'{slot} = "{model}"\n' for slot, model in MODELS.items())
_FETCHED = 'secret = "cmd:cat {secret_file}"\n'


@dataclass(frozen=True)
class Kind:
    """A kind of launch: its profile, and what the provider is to see of it."""

    profile: str
    auth: str  # bearer, key, none or login
    protection: tuple[str, str]  # on the current client, and on the one from before the host's flag
    models: frozenset[str] | None = frozenset(MODELS.values())  # None: the client's own to choose
    prefix: str = ""
    options: tuple[str, ...] = ()


_ZAI = 'extends = "zai"\nbase_url = "{url}/anthropic"\n'
KINDS = {
    # The old client shows its environment to the model's commands: a launch with a token seals itself there.
    "token": Kind(_ZAI + _FETCHED + _TIERS, "bearer", (HOSTED, SEALED), prefix="/anthropic"),
    "token from env": Kind(
        _ZAI + 'secret = "env:KEY_SOURCE"\n' + _TIERS, "bearer", (HOSTED, PINNED), prefix="/anthropic"
    ),
    "key": Kind(
        'extends = "anthropic"\nbase_url = "{url}"\n' + _FETCHED, "key", (HOSTED, PINNED), frozenset(CATALOG_MODELS)
    ),
    # A gateway, which is not asked for its models first: the fake is no Ollama.
    "none": Kind('extends = "ollama"\nkind = "gateway"\nbase_url = "{url}"\n' + _TIERS, "none", (HOSTED, PINNED)),
    "login": Kind('extends = "claude"\nbase_url = "{url}"\n', "login", (PINNED, PINNED), None),
    "sealed": Kind(_ZAI + _FETCHED + _TIERS, "bearer", (SEALED, SEALED), prefix="/anthropic", options=("--sealed",)),
    "sealed file": Kind(
        _ZAI + 'sealed = true\nsecret = "file:{secret_file}"\n' + _TIERS,
        "bearer",
        (SEALED, SEALED),
        prefix="/anthropic",
    ),
}


class Stage:
    """One home, and everything that a launch in it could talk to."""

    def __init__(self, root: Path, version: str, providers: Sequence[FakeProvider]) -> None:
        self.version = version
        self.client = harness.install(version)
        self.ours, self.hijacker, self.outside = providers
        self.home, self.work, self.elsewhere = (root / name for name in ("home", "work", "elsewhere"))
        for directory in (self.home, self.work, self.elsewhere):
            directory.mkdir(mode=0o700, parents=True)
        self.secret = f"sk-canary-{uuid4().hex}"
        self.secret_file = self.elsewhere / "secret"
        self.secret_file.touch(mode=0o600)
        self.secret_file.write_text(self.secret)
        self.environment = harness.clean_environment(self.home) | {
            "CC_CLAUDE": str(self.client),
            # Nothing reaches the real world: what is not on this machine goes to a proxy that refuses it.
            "HTTPS_PROXY": self.outside.url,
            "HTTP_PROXY": self.outside.url,
            "NO_PROXY": "127.0.0.1,localhost",
        }

    @property
    def is_current(self) -> bool:
        return self.version == harness.CURRENT

    def profile(self, kind: Kind, keys: str = "", tables: str = "") -> None:
        """Write the profile of this kind, with more keys, and more tables."""
        if KEY_SOURCE in kind.profile:
            self.environment[KEY_SOURCE] = self.secret
        directory = self.home / ".config" / "cc-launcher" / "profiles"
        directory.mkdir(parents=True, exist_ok=True)
        filled = kind.profile.replace("{url}", self.ours.url).replace("{secret_file}", str(self.secret_file))
        (directory / "own.toml").write_text(f"{keys}\n{filled}\n{tables}")
        if kind.auth == "login":
            assert self.cc("edit", "own", "--confirm-host").returncode == 0

    def settings_path(self, place: str) -> Path:
        """Where the client looks for settings."""
        directory = self.home if place == "user" else self.work
        return directory / ".claude" / ("settings.local.json" if place == "local" else "settings.json")

    def settings(self, place: str, content: object) -> None:
        """Write a settings file of the client."""
        path = self.settings_path(place)
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))

    def cc(self, *arguments: str, cached: bool = False, under: Sequence[str] = ()) -> harness.Ended:
        """Run our program; with `cached`, one that fails where no cached plan serves."""
        program: list[str | Path] = [sys.executable, "-m", "cc_launcher"]
        if cached:
            program = [console_script(self.elsewhere, before="sys.modules['cc_launcher.cli'] = None\n")]
        return harness.run([*under, *program, *arguments], self.environment, self.work, timeout=PATIENCE)

    def launch(self, kind: Kind, *arguments: str, cached: bool = False, under: Sequence[str] = ()) -> harness.Ended:
        """Launch the profile of this kind."""
        return self.cc("run", *kind.options, "own", *arguments, cached=cached, under=under)

    def plan(self, kind: Kind) -> dict[str, Any]:
        """What the launch says that it would do."""
        shown = self.cc("run", "--dry-run", "--json", *kind.options, "own")
        assert shown.returncode == 0, shown.stderr
        plan: dict[str, Any] = json.loads(shown.stdout)["data"]
        return plan

    @contextmanager
    def session(self, kind: Kind, *arguments: str) -> Iterator[harness.Terminal]:
        """An interactive launch."""
        argv = [sys.executable, "-m", "cc_launcher", "run", *kind.options, "own", *arguments]
        with harness.Terminal(argv, self.environment, self.work) as terminal:
            yield terminal

    def wait_until_ready(self, terminal: harness.Terminal) -> None:
        """Wait until the session takes a prompt."""
        terminal.wait_for(READY if self.is_current else OLD_READY, timeout=PATIENCE)
        terminal.wait_for_silence(PATIENCE)

    def type(self, terminal: harness.Terminal, text: str) -> None:
        """Type a prompt and send it off; both at once would be taken for something pasted."""
        terminal.enter(text, PATIENCE)

    def forget(self) -> None:
        """Forget the requests so far."""
        for provider in (self.ours, self.hijacker, self.outside):
            provider.requests.clear()

    def protection(self, kind: Kind) -> str:
        return kind.protection[0 if self.is_current else 1]

    def credential(self, kind: Kind, protection: str) -> dict[str, str]:
        """The headers that carry this kind's credential."""
        value = {"none": PLACEHOLDER, "login": harness.LOGIN_TOKEN}.get(kind.auth, self.secret)
        bearer, key = {"authorization": f"Bearer {value}"}, {"x-api-key": value}
        if protection == SEALED:
            return bearer | key
        return key if kind.auth == "key" else bearer

    def check_requests(self, kind: Kind, protection: str) -> None:
        """Ours got requests with exactly this credential and only the profile's models; the hijacker got nothing."""
        assert self.hijacker.requests == []
        assert self.ours.messages
        assert [credential_of(request) for request in self.ours.messages] == [
            self.credential(kind, protection) for _ in self.ours.messages
        ]
        assert {request.path.partition("?")[0] for request in self.ours.messages} == {f"{kind.prefix}/v1/messages"}
        if kind.models is not None:
            assert self.ours.models() <= kind.models
        carriers = self.ours.messages
        for request in self.everything():
            if request not in carriers:
                assert self.secret not in said(request)
            if request not in carriers or kind.auth != "login":
                assert harness.LOGIN_TOKEN not in said(request)

    def everything(self) -> Iterator[Request]:
        """Every request to anybody."""
        for provider in (self.ours, self.hijacker, self.outside):
            yield from list(provider.requests)


def leave_by_ctrl_c(terminal: harness.Terminal, is_over: Callable[[], bool]) -> None:
    """Press Ctrl-C until the client says that another one ends it, and press it: again, if the machine was too slow."""
    for _ in range(5):
        terminal.send("\x03")
        terminal.wait_for("again to exit", timeout=PATIENCE)
        terminal.send("\x03")
        wait_until(lambda: is_over() or "again to exit" not in terminal.screen(), "the end, or that of the offer")
        if is_over():
            return
    message = f"it does not end; on the screen is:\n{terminal.screen()}"
    raise AssertionError(message)


def credential_of(request: Request) -> dict[str, str]:
    """The headers of a request that could carry a credential."""
    return {name: value for name, value in request.headers.items() if any(word in name for word in CREDENTIAL_WORDS)}


def said(request: Request) -> str:
    """All of a request, as text."""
    return f"{request.path} {request.headers} {request.raw.decode(errors='replace')}"


def first(*blocks: Block) -> Script:
    """Answer the session's own prompt with these, once, and everything else with a word."""

    def script(body: Body) -> list[Block]:
        if body.get("tools") and PROMPT in texts(body["messages"][:1]) and not tool_results(body):
            return list(blocks)
        return [say("pong")]

    return script


def texts(messages: Iterable[Any]) -> list[str]:
    """The texts of messages, as lines."""
    found: list[str] = []
    for message in messages:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for block in blocks:
            found += str(block.get("text", "")).split("\n")
    return found


def asked_by_subagents(requests: Iterable[Request]) -> dict[str, str]:
    """The model that each subagent asked for, by what its prompt says after SUB."""
    return {
        line.strip().removeprefix("SUB "): request.body["model"]
        for request in requests
        for line in texts(request.body["messages"][:2])
        if line.strip().startswith("SUB ")
    }


def tool_results(body: Body) -> list[str]:
    """What tools have given, as text."""
    return [
        block["content"] if isinstance(block["content"], str) else "\n".join(texts([block]))
        for message in body["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block.get("type") == "tool_result"
    ]
