"""`cc demo`: the whole path, with the real client, and nothing left of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.client import harness
from tests.support import LIMIT, console_script, require_tool, run, start, wait_until

TIERS = ("opus", "sonnet", "haiku", "fable")


class DemoHome:
    """A home without anything, and a directory to stand in."""

    def __init__(self, root: Path) -> None:
        self.home, self.work, self.scratch = root / "home", root / "work", root / "scratch"
        for directory in (self.home, self.work, self.scratch):
            directory.mkdir(mode=0o700)
        self.cc = console_script(root / "bin")
        self.environment = harness.clean_environment(self.home) | {"TMPDIR": str(self.scratch)}

    def with_client(self) -> DemoHome:
        self.environment["CC_CLAUDE"] = str(harness.install())
        return self

    def left(self) -> set[Path]:
        """The files that are there, but for those of the directory for scratch files that was made for the test."""
        return {path for place in (self.home, self.work, self.scratch) for path in place.rglob("*") if path.is_file()}


@pytest.fixture
def machine(tmp_path: Path) -> DemoHome:
    require_tool("npm")
    return DemoHome(tmp_path)


def test_the_whole_path(machine: DemoHome) -> None:
    # What a session of the user's would route elsewhere has no say in it.
    hostile = {
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
        "ANTHROPIC_API_KEY": "stray",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    ended = run([machine.cc, "demo"], machine.with_client().environment | hostile, machine.work)
    assert (ended.code, ended.err) == (0, b"")
    text = ended.out.decode()
    assert "The file says: Hello from a file on your own disk." in text
    assert "POST /v1/messages?beta=true  model demo-main" in text
    for tier in TIERS:
        assert f"model demo-{tier}" in text
    assert text.count("Authorization: Bearer •••••••• (the profile's secret)") == 6
    assert "NOT the profile's secret" not in text
    assert "stray" not in text
    assert "cc run openrouter" in text
    assert machine.left() == set()


def test_for_programs(machine: DemoHome) -> None:
    ended = run([machine.cc, "demo", "--json"], machine.with_client().environment, machine.work)
    assert (ended.code, ended.err) == (0, b"")
    data = json.loads(ended.out)["data"]
    assert data["answer"] == "The file says: Hello from a file on your own disk."
    assert [one["model"] for one in data["received"]] == ["demo-main", "demo-main", *(f"demo-{tier}" for tier in TIERS)]
    assert all(one["tools"] for one in data["received"])
    assert all(set(one["credentials"]) == {"Authorization"} for one in data["received"])


def test_on_a_terminal(machine: DemoHome) -> None:
    with harness.Terminal([machine.cc, "demo"], machine.with_client().environment, machine.work) as terminal:
        terminal.wait_for("nothing of it is left", timeout=LIMIT)
        assert terminal.wait(LIMIT) == 0
        # The client says in `-p` that it does not know the models; what is told where a launch fails is no answer.
        assert "unrecognized_model" not in terminal.screen()
        assert "waiting for" not in terminal.screen()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_nothing_is_left_of_one_that_is_interrupted(machine: DemoHome, number: signal.Signals, code: int) -> None:
    process = start([machine.cc, "demo"], machine.with_client().environment, machine.work)
    seen = b""
    assert process.stdout is not None
    while b"2. What a launch will do" not in seen:
        more = process.stdout.readline()
        assert more, process.communicate()
        seen += more
    wait_until(lambda: _children(process.pid) != [], "the client is started")
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == code, (out, err)
    assert b"Traceback" not in err
    assert machine.left() == set()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize("arguments", [(), ("--no-install",)])
def test_without_a_client(machine: DemoHome, arguments: tuple[str, ...]) -> None:
    bare = machine.scratch / "bin"  # with no npm in it
    bare.mkdir()
    for name in ("sh", "env"):
        (bare / name).symlink_to(shutil.which(name) or "/bin/sh")
    if arguments:
        npm = bare / "npm"
        npm.write_text("#!/bin/sh\necho called >&2; exit 1\n")
        npm.chmod(0o755)
    ended = run([machine.cc, "demo", *arguments], machine.environment | {"PATH": str(bare)}, machine.work)
    assert ended.code == 127
    assert b"npm install -g @anthropic-ai/claude-code" in ended.err
    assert b"called" not in ended.err


def test_an_npm_that_fails(machine: DemoHome) -> None:
    bare = machine.scratch / "bin"
    bare.mkdir()
    npm = bare / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error: no space left' >&2; exit 1\n")
    npm.chmod(0o755)
    ended = run([machine.cc, "demo"], machine.environment | {"PATH": f"{bare}:/bin"}, machine.work)
    assert ended.code == 127
    assert b"fetching @anthropic-ai/claude-code with npm" in ended.err
    assert b"no space left" in ended.err
    assert not list((machine.home / ".cache").rglob("client*"))


def test_the_client_is_fetched_where_it_is_missing(machine: DemoHome) -> None:
    # The real npm, but for the version: a new client is not what this test is about.
    bare = machine.scratch / "bin"
    bare.mkdir()
    npm = bare / "npm"
    npm.write_text(f'#!/bin/sh\nexec {require_tool("npm")} "$@"@{harness.CURRENT}\n')
    npm.chmod(0o755)
    path = f"{bare}:{machine.environment['PATH']}"
    environment = machine.environment | {"PATH": path, "npm_config_cache": str(harness.install().parents[3] / "npm")}
    # How this machine reaches the registry is npm's to know.
    environment |= {name: os.environ[name] for name in ("NODE_EXTRA_CA_CERTS",) if name in os.environ}
    first = run([machine.cc, "demo"], environment, machine.work)
    assert first.code == 0, first
    assert b"fetching @anthropic-ai/claude-code with npm" in first.err
    assert b"npm install -g @anthropic-ai/claude-code   Claude Code for the whole machine" in first.out
    second = run([machine.cc, "demo"], environment, machine.work)
    assert (second.code, second.err) == (0, b"")


def test_a_client_that_is_named_wrongly_is_not_replaced(machine: DemoHome) -> None:
    environment = machine.environment | {"CC_CLAUDE": "/nonexistent/claude"}
    ended = run([machine.cc, "demo"], environment, machine.work)
    assert ended.code == 127
    assert b"there is no claude there" in ended.err
    assert machine.left() == set()
