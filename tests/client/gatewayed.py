"""Sessions of the real client on a gateway of ours: LiteLLM under our parent, in front of a FAKE of OpenAI's API."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import PATIENCE, READY
from tests.gateways.running import PRICED, Home, processes, wait_for
from tests.gateways.scripted import FakeScripted

LONG = 600.0  # seconds: a launch may have to start an engine, on a machine with much else to do
NEWEST, OLDER = "2.1.332", "2.1.220"
CANARY = "sk-canary-of-an-upstream"
NAMES = ("a", "b", "plain")
MIX = """\
budget = "50 USD/30d"
[gateway]
upstreams = { a = "up-a", b = "up-b", gone = "up-gone" }
[routes.main]
targets = [{ to = "a/m", weight = 70 }, { to = "b/m", weight = 30 }]
[routes.cheap]
targets = [{ to = "b/small" }]
[routes.solo]
targets = [{ to = "a/m" }]
[routes.away]
targets = [{ to = "gone/m" }]
fallback = ["cheap"]
[routes.tight]
budget = "1 USD/30d"
targets = [{ to = "a/m" }]
[routes.spent]
budget = "1 USD/30d"
targets = [{ to = "a/m" }]
[routes.later]
budget = "1 USD/30d"
targets = [{ to = "a/m" }]
[[rules]]
name = "saver"
when = "budget_used > 85.0 && model in ['tight', 'later']"
to = "cheap"
"""
_UPSTREAM = 'api = "openai"\nauth = "bearer"\ncontext = 200000\n'


class Served:
    """One gateway for all tests of a run: profile `mix` with its routes, and `plain`, a lone provider."""

    def __init__(self, root: Path, upstream: FakeScripted, gone: FakeScripted) -> None:
        self.upstream, self.gone = upstream, gone
        self.gateway = Home(root)
        for name in NAMES:
            self.provider("plain" if name == "plain" else f"up-{name}", f"{upstream.url}/{name}/v1", name)
        self.provider("up-gone", f"{gone.url}/gone/v1", "gone")
        self.gateway.profile("mix", MIX)

    def provider(self, profile: str, address: str, name: str) -> None:
        """A profile of a provider, with a key of its own."""
        self.gateway.secret(name, self.key(name))
        secret = f'secret = "file:{self.gateway.root / f"key-{name}"}"\n'
        models = f"[models.m]\n{PRICED}[models.small]\n{PRICED}"
        self.gateway.profile(profile, f'base_url = "{address}"\n{_UPSTREAM}{secret}tiers.main = "m"\n{models}')

    @staticmethod
    def key(name: str) -> str:
        """The key of an upstream."""
        return f"{CANARY}-{name}-{'x' * 20}"

    def calm(self) -> None:
        """Nothing is asked, and nothing broken, when a test begins."""
        self.upstream.forget()
        self.gone.forget()


class Desk:
    """A home from which the client is launched."""

    def __init__(self, served: Served, root: Path, version: str = harness.CURRENT) -> None:
        self.served, self.version = served, version
        self.upstream, self.gateway = served.upstream, served.gateway
        self.home, self.work = root / "home", root / "work"
        for directory in (self.home, self.work):
            directory.mkdir(mode=0o700, parents=True)
        ours = {name: value for name, value in self.gateway.environment.items() if name.startswith("CC_")}
        self.environment = harness.clean_environment(self.home) | ours | {"CC_CLAUDE": str(harness.install(version))}
        harness.seed_home(self.home, [self.work])

    def argv(self, *words: str) -> list[str | Path]:
        """Our program."""
        return [sys.executable, "-m", "cc_launcher", *words]

    def cc(self, *words: str, stdin: str = "") -> harness.Ended:
        """Run it."""
        return harness.run(self.argv(*words), self.environment, self.work, stdin, timeout=LONG)

    def ok(self, *words: str) -> harness.Ended:
        """Run it, and see it end well."""
        ended = self.cc(*words)
        assert ended.returncode == 0, ended
        return ended

    def turn(self, profile: Sequence[str], prompt: str, *more: str) -> dict[str, Any]:
        """A session that is printed."""
        ended = self.cc("run", *profile, "-p", prompt, "--output-format", "json", *more)
        try:
            found: dict[str, Any] = json.loads(ended.stdout)
        except ValueError:
            raise AssertionError(ended) from None
        return found

    @contextmanager
    def session(self, *words: str) -> Iterator[harness.Terminal]:
        """An interactive one, that takes a prompt."""
        with harness.Terminal(self.argv("run", *words), self.environment, self.work) as terminal:
            terminal.wait_for(READY, timeout=LONG)
            yield terminal

    def rows(self, session: str) -> list[dict[str, Any]]:
        """What the gateway wrote down of a session."""
        return self.gateway.rows(f"session = '{session}'")

    def processes(self) -> list[str]:
        """What runs with this home, but for the gateway, which goes on."""
        mark = f"HOME={self.home}".encode()
        found = []
        for directory in Path("/proc").iterdir():
            try:
                if directory.name.isdigit() and mark in (directory / "environ").read_bytes().split(b"\0"):
                    words = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found += [words[:200]] if str(self.gateway.data / "gateway") not in words else []
            except OSError:
                continue
        return found


def ask(terminal: harness.Terminal, prompt: str) -> None:
    """Type a prompt and send it off."""
    terminal.wait_for_quiet()
    terminal.send(prompt)
    terminal.wait_for(prompt, timeout=PATIENCE)
    terminal.send("\r")


def all_of(gateway: Home) -> list[int]:
    """The processes that its record names: the parent, the copy that takes over from it, and the engine."""
    return [gateway.record[name] or 0 for name in ("pid", "keeper", "engine")]


def one_daemon(gateway: Home) -> None:
    """One of each runs, and nothing else of ours."""
    wait_for(lambda: sorted(processes(gateway.data)) == sorted(all_of(gateway)), "one parent and one engine")


@contextmanager
def serving(root: Path) -> Iterator[Served]:
    """A gateway, while it is needed."""
    from tests.gateways import engine

    python = engine.python()
    with FakeScripted() as upstream, FakeScripted() as gone:
        served = Served(root, upstream, gone)
        served.gateway.cc("gateway", "install", "--engine-python", str(python))
        try:
            served.gateway.cc("gateway", "up", "mix", "plain")
            yield served
        finally:
            served.gateway.end()
            wait_for(lambda: not processes(served.gateway.data), "the end of all of it")
