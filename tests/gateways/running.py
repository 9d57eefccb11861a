"""A gateway of ours that runs: a home of its own, profiles in front of a FAKE upstream, and requests to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from tests.gateways import engine
from tests.gateways.upstream import FakeUpstream
from tests.support import console_script

PATIENCE = 240.0  # an engine takes 15 s of a processor, and others may want that, too
CANARY = "canary-of-an-upstream-key"
PROMPT = "canary-of-a-prompt"
MODES = ("a", "b", "slow", "cut", "stops", "u401", "u402", "u429", "u500", "long", "hang")
PRICED = "prices = { input = 1.0, output = 10.0, cache_read = 0.5, day = 2026-11-29 }\n"
# What a request to the FAKE costs: 600 tokens new, 400 from the cache, 100 said.
COST = (600 * 1.0 + 400 * 0.5 + 100 * 10.0) / 1e6


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """What the model said."""
        return "".join(block["text"] for block in self.body.get("content", ()))

    @property
    def fault(self) -> str:
        """What the gateway said instead."""
        return str(self.body["error"]["message"])


class Home:
    """The gateway of one home."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data, self.config = root / "data", root / "config"
        self.profiles = self.config / "profiles"
        self.program = console_script(root)
        self.profiles.mkdir(parents=True, mode=0o700)
        self.data.mkdir(mode=0o700)
        self.environment = {
            name: value for name, value in os.environ.items() if name.startswith(("PATH", "LANG", "PIP_", "SSL_"))
        } | {
            "HOME": str(root),
            "CC_CONFIG_DIR": str(self.config),
            "CC_DATA_DIR": str(self.data),
            "CC_CACHE_DIR": str(root / "cache"),
            "NOT_FOR_THE_ENGINE": f"{CANARY}-of-the-shell",
        }

    def secret(self, name: str, value: str) -> None:
        file = self.root / f"key-{name}"
        file.write_text(f"{value}\n")
        file.chmod(0o600)

    def profile(self, name: str, text: str) -> None:
        path = self.profiles / f"{name}.toml"
        path.write_text(text)
        path.chmod(0o600)

    def cc(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `cc`, without a terminal."""
        argv: list[str | Path] = [self.program, *args]
        done = subprocess.run(
            argv, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert not check or done.returncode == 0, done
        return done

    def use_engine(self) -> None:
        self.cc("gateway", "install", "--engine-python", str(engine.python()))

    def key(self, profile: str = "mix", name: str = "", team: str = "") -> str:
        """A key, as a launch of this process gets one."""
        code = (
            "import sys; from cc_launcher.files import gateway_log as g\n"
            "with g.opened() as log: print(g.new_key(log, *sys.argv[1:4], int(sys.argv[4])))"
        )
        argv = [sys.executable, "-c", code, profile, name, team, str(os.getpid())]
        return subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=True).stdout.strip()

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "gateway" / "daemon.json").read_text())
        return found

    @property
    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.cc("gateway", "status", "--json", check=False).stdout)["data"]
        return told

    def ask(self, key: str, model: str = "main", session: str = "s", **more: Any) -> Answer:
        """One plain request; without a session, it says none."""
        status, headers, raw = self.raw("/v1/messages", key, body(model, **more), session)
        return Answer(status, json.loads(raw), headers)

    def raw(
        self, path: str, key: str, content: dict[str, Any] | None = None, session: str = "s", port: int = 0
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.record["port"], timeout=PATIENCE)
        headers = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
        headers |= ({"x-claude-code-session-id": session} if session else {}) | (
            {"authorization": f"Bearer {key}"} if key else {}
        )
        raw = json.dumps(content) if content is not None else None
        try:
            connection.request("POST" if raw else "GET", path, raw, headers)
            answer = connection.getresponse()
            return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    @contextlib.contextmanager
    def streaming(self, key: str, model: str, session: str = "stream") -> Iterator[Callable[[], str]]:
        """A stream of which the first piece has come; the rest comes when it is called for."""
        connection = http.client.HTTPConnection("127.0.0.1", self.record["port"], timeout=PATIENCE)
        headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
        headers["x-claude-code-session-id"] = session
        connection.request("POST", "/v1/messages", json.dumps(body(model, stream=True)), headers)
        answer = connection.getresponse()
        assert answer.status == 200
        begin = b""
        while b"piece0" not in begin:
            begin += answer.readline()
        try:
            yield lambda: begin.decode() + answer.read().decode()
        finally:
            connection.close()

    def rows(self, where: str = "1") -> list[dict[str, Any]]:
        with contextlib.closing(sqlite3.connect(self.data / "gateway" / "log.sqlite3", timeout=10)) as log:
            log.row_factory = sqlite3.Row
            return [dict(row) for row in log.execute(f"SELECT * FROM request WHERE {where} ORDER BY id")]

    def row_of(self, answer: Answer) -> dict[str, Any]:
        """The row of an answer: by the name that the client writes down."""
        call = answer.headers["request-id"].removeprefix("cc-")
        return wait_for(lambda: self.rows(f"call = '{call}'"), "the row of a request")[0]

    def spend(self, cost: float, profile: str = "mix", currency: str = "USD", **more: Any) -> None:
        """A request of a moment ago; `more` are its route, key, team or session."""
        row = {"time": time.time(), "session": "earlier", "profile": profile, "status": 200, "cost": cost}
        row |= {"currency": currency} | more
        statement = f"INSERT INTO request ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        with contextlib.closing(sqlite3.connect(self.data / "gateway" / "log.sqlite3", timeout=10)) as log, log:
            log.execute(statement, list(row.values()))

    def state_of(self, profile: str = "mix") -> dict[str, Any]:
        """What `cc gateway status` says of it."""
        found: dict[str, Any] = next(each for each in self.status["profiles"] if each["name"] == profile)
        return found

    def kill(self, *names: str) -> dict[str, Any]:
        """End them by force, at once: `pid` (the parent), `engine`, `keeper`. What was written down of them."""
        record = self.record
        for name in names:
            os.kill(record[name], signal.SIGKILL)
        wait_for(
            lambda: (
                not any(
                    Path(f"/proc/{record[name]}/cmdline").is_file()
                    and Path(f"/proc/{record[name]}/cmdline").read_bytes()
                    for name in names
                )
            ),
            "their end",
        )
        return record

    def end(self) -> None:
        """Nothing of it is left."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            self.cc("gateway", "down", "--now", check=False)
        for pid in processes(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class Gateway(Home):
    """One in front of a FAKE upstream that does what its path says."""

    def __init__(self, root: Path, upstream: FakeUpstream) -> None:
        super().__init__(root)
        self.upstream = upstream
        for mode in MODES:
            self.secret(mode, f"{CANARY}-{mode}")
            self.upstream_profile(mode, f"{upstream.url}/{mode}/v1")

    def upstream_profile(self, name: str, address: str, prices: str = PRICED) -> None:
        text = f'base_url = "{address}"\napi = "openai"\nauth = "bearer"\nsecret = "file:{self.root / f"key-{name}"}"\n'
        text += 'timeout = "4s"\n' if name == "hang" else ""
        self.profile(f"up-{name}", f'{text}tiers.main = "m"\n[models.m]\n{prices}')


def body(model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": PROMPT}]} | more


def processes(data: Path) -> list[int]:
    """The parents and engines of this data directory that live."""
    found = []
    for directory in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if str(data / "gateway") in (directory / "cmdline").read_text() and int(directory.name) != os.getpid():
                found.append(int(directory.name))
    return found


T = TypeVar("T")


def wait_for(found: Callable[[], T], what: str) -> T:
    """What comes by itself, when it has come."""
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < deadline, f"{what} does not come"
        time.sleep(0.1)
    return value
