"""The status line as a program: odd input, many sessions at once, what is killed, and no secret anywhere."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.status import figures
from cc_launcher.core.status.figures import FAILED, REFUSED, Quota
from tests.fakes.fake_quota import FakeQuota, fake_quota
from tests.support import Result, Sandbox, run, start, wait_until

SAMPLE = (Path(__file__).resolve().parents[1] / "data" / "statusline" / "turn.json").read_bytes()
CONFIG = '[statusline]\nenabled = true\nsegments = ["provider", "five_hour", "context"]\n'
KEY = "sk-canary-5d1f0c"
AT_ONCE = 50
CTX = f"{json.loads(SAMPLE)['context_window']['used_percentage']}% ctx"


class Line:
    """A sandbox in which a profile has been launched with the line, and its provider's FAKE."""

    def __init__(self, sandbox: Sandbox, fake: FakeQuota) -> None:
        self.sandbox = sandbox
        self.fake = fake
        self.secret = sandbox.secret_file(KEY.encode())
        base = fake.address.replace("/api/monitor", "/anthropic/api/monitor").partition("/anthropic")[0]
        text = f'extends = "zai"\nbase_url = "{base}"\nquota_url = "{fake.address}"\nsecret = "file:{self.secret}"\n'
        sandbox.profile("own", text)
        config = sandbox.home / ".config" / "cc-launcher" / "config.toml"
        config.write_text(CONFIG)
        config.chmod(0o600)
        self.environment = sandbox.environment(CC_PROFILE="own", CC_PROTECTION="hosted", NO_COLOR="1", CC_OFFLINE="")
        self.directory = sandbox.home / ".cache" / "cc-launcher" / "statusline" / "own"
        launched = sandbox.run("run", "own")
        assert launched.code == 0, launched

    def show(self, content: bytes = SAMPLE, **more: str) -> Result:
        return run([self.sandbox.cc, "statusline"], self.environment | more, self.sandbox.work, content)

    def text(self, content: bytes = SAMPLE, **more: str) -> str:
        shown = self.show(content, **more)
        assert (shown.code, shown.err) == (0, b""), shown
        return shown.out.decode()

    def refreshed(self) -> Quota:
        """What is kept after whatever a line has started is over."""
        self.sandbox.nothing_runs()
        return figures.decode((self.directory / "quota").read_text())

    def after(self, seconds: float) -> None:
        """Let time pass: everything that is kept is so much older."""
        asked = self.directory / "asked"
        when = asked.stat().st_mtime - seconds
        os.utime(asked, (when, when))
        kept = self.refreshed()
        kept.fetched -= seconds
        kept.next -= seconds
        address = (self.directory / "quota").read_text().split("\0")[1]
        (self.directory / "quota").write_bytes(figures.encode(kept, address))

    def launches_program(self) -> bool:
        """Whether a line has somebody go on behind it."""
        before = len(self.fake.requests)
        self.text()
        self.sandbox.nothing_runs()
        return len(self.fake.requests) > before


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[Line]:
    with fake_quota("zai") as fake:
        made = Line(sandbox, fake)
        yield made
        sandbox.nothing_runs()


def test_the_first_line_asks_and_the_next_one_shows(line: Line) -> None:
    assert line.text() == f"GLM | {CTX}\n"
    kept = line.refreshed()
    assert [figure.name for figure in kept.figures] == ["5h", "wk"]
    assert line.text() == f"GLM | 5h:67% | {CTX}\n"
    [(_, headers)] = line.fake.requests
    assert headers["authorization"] == KEY


def test_fifty_sessions_at_once_cause_one_request_a_minute(line: Line) -> None:
    for minute in (1, 2):
        sessions = [start([line.sandbox.cc, "statusline"], line.environment, line.sandbox.work) for _ in range(AT_ONCE)]
        for session in sessions:
            assert session.stdin is not None
            session.stdin.write(SAMPLE)
            session.stdin.close()
        for session in sessions:
            assert session.stdout is not None
            assert session.stdout.read().startswith(b"GLM | ")
            session.stdout.close()
            assert session.stderr is not None
            assert session.stderr.read() == b""
            session.stderr.close()
            assert session.wait() == 0
        assert line.refreshed().state == figures.ASKED
        assert len(line.fake.requests) == minute
        line.after(61)


def test_what_is_killed_in_the_middle_leaves_the_figures_and_no_lock(line: Line) -> None:
    assert line.launches_program()
    line.after(61)
    line.fake.delay = 600
    line.text()
    wait_until(lambda: len(line.fake.requests) == 2, "the request that is never answered")
    for pid in line.sandbox.processes():
        os.kill(pid, signal.SIGKILL)
    line.sandbox.nothing_runs()
    assert line.text() == f"GLM | 5h:67% | {CTX}\n"
    line.fake.delay = 0
    line.after(61)
    assert line.launches_program()
    assert line.refreshed().state == figures.ASKED


@pytest.mark.parametrize("how", ["500", "429", "malformed", "slow"])
def test_a_failing_provider_is_asked_less_and_less_often(line: Line, how: str) -> None:
    assert line.launches_program()
    line.fake.status = int(how) if how.isdigit() else 200
    line.fake.raw = b"<html>" if how == "malformed" else None
    line.fake.delay = 600 if how == "slow" else 0
    pauses = []
    for _ in range(3):
        line.after(3601)
        line.text()
        kept = line.refreshed()
        assert kept.state == FAILED
        assert len(kept.figures) == 2  # the old ones, with their age
        pauses.append(round((kept.next - time.time()) / 60))
    assert pauses == [2, 4, 8]
    line.after(61)
    assert not line.launches_program()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_secret_is_not_sent_again_until_it_is_another_one(line: Line, status: int) -> None:
    line.fake.status = status
    assert line.launches_program()
    assert line.refreshed().state == REFUSED
    line.after(3600)
    assert not line.launches_program()
    assert line.refreshed().state == REFUSED
    line.fake.status = 200
    line.secret.write_text(f"{KEY}-new")
    line.after(3600)
    assert line.launches_program()
    assert line.text().startswith("GLM | 5h:67%")


def test_the_secret_is_nowhere(line: Line) -> None:
    line.fake.status = 401
    assert line.launches_program()
    line.fake.status = 200
    line.after(3600)
    line.secret.write_text(KEY + "2")
    assert line.launches_program()
    for file in line.sandbox.home.rglob("*"):
        if file.is_file():
            assert b"canary" not in file.read_bytes(), file
    for file in (line.directory, *line.directory.iterdir()):
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", ["another host", "local", "variable", "off", "offline"])
def test_nobody_is_asked(sandbox: Sandbox, where: str) -> None:
    with fake_quota("zai") as fake:
        made = Line(sandbox, fake)
        profile = sandbox.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
        text = profile.read_text()
        if where == "another host":  # quota_url at a stranger's
            text = text.replace(f'base_url = "{fake.url}"', 'base_url = "http://localhost:9"')
        elif where == "local":
            text += 'kind = "local"\n'
        elif where == "variable":
            text = text.replace(f"file:{made.secret}", "env:MY_KEY")
        elif where == "offline":
            made.environment["CC_OFFLINE"] = "1"
        else:
            config = sandbox.home / ".config" / "cc-launcher" / "config.toml"
            config.write_text(CONFIG.replace("enabled", "quota = false\nenabled"))
        profile.write_text(text)
        sandbox.run("run", "own", environment=sandbox.environment(MY_KEY=KEY))
        assert made.text().startswith("GLM | ")
        sandbox.nothing_runs()
        assert fake.requests == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff" * 1000,
        b"[" * 200_000,
        b"x" * 3_000_000,
        b'{"model": []}',
        b"9" * 9999,
    ],
    ids=["empty", "cut", "null", "list", "text", "no text", "deep", "huge", "wrong types", "a number"],
)
def test_odd_input_makes_a_shorter_line(line: Line, content: bytes) -> None:
    assert line.text(content) == "GLM\n"


def test_what_was_compiled_may_be_odd_or_gone(line: Line) -> None:
    facts = line.directory / "facts"
    good = facts.read_bytes()
    for content in (b"", b"\0\0", good[:-5], good.replace(b"thresholds=50.0", b"thresholds=x"), b"\xff" * 100):
        facts.write_bytes(content)
        assert line.text().startswith("own | ")
        line.sandbox.nothing_runs()
    facts.write_bytes(good)
    facts.chmod(0o666)  # anybody may have written it
    assert line.text().startswith("own | ")
    line.sandbox.nothing_runs()
    facts.unlink()
    assert line.text().startswith("own | ")
    line.sandbox.nothing_runs()


def test_a_changed_profile_is_compiled_anew_behind_the_next_line(line: Line) -> None:
    line.sandbox.profile("own", 'extends = "zai"\nlabel = "Renamed"\nsecret = "file:/nonexistent"\n')
    assert line.text().startswith("GLM")
    line.sandbox.nothing_runs()
    assert line.text().startswith("Renamed")


@pytest.mark.parametrize("name", ["../../etc", "", ".", "a" * 65, "-", "\x1b[2J", "own/../own"])
def test_an_odd_mark_is_none(line: Line, name: str) -> None:
    assert line.text(CC_PROFILE=name) == f"Claude | {CTX} | work\n"


def test_without_a_mark_the_address_says_whose_server_it_is(line: Line) -> None:
    installed = line.sandbox.run("statusline", "--install", environment=line.environment)
    assert installed.code == 0, installed
    assert at(line, "https://api.deepseek.com/anthropic").startswith("DeepSeek | ")
    assert at(line, "https://api.deepseek.com/anthropic/").startswith("DeepSeek | ")
    assert at(line, "https://user:pw@strange.example/x").startswith("strange.example | ")
    assert line.text(CC_PROFILE="", CLAUDE_CODE_USE_BEDROCK="1").startswith("Bedrock | ")


def at(line: Line, address: str) -> str:
    return line.text(CC_PROFILE="", ANTHROPIC_BASE_URL=address)


def test_a_line_of_ones_own_that_hangs_or_fails_takes_ours_not_with_it(line: Line) -> None:
    for command, above in (("exit 3", ""), ("echo a; echo b", "a\nb\n"), ("cat >/dev/null; printf x", "x\n")):
        shown = run([line.sandbox.cc, "statusline", "--after", command], line.environment, line.sandbox.work, SAMPLE)
        assert shown == Result(0, above.encode() + f"GLM | {CTX}\n".encode(), b"") or b"5h" in shown.out
        line.sandbox.nothing_runs()


def test_the_line_is_no_wider_than_the_terminal(line: Line) -> None:
    assert line.text(COLUMNS="80") == f"GLM | {CTX}\n"
    assert line.text(COLUMNS="8") == "GLM\n"
    for odd in ("0", "-1", "x", "9" * 50, "\u0663"):
        assert line.text(COLUMNS=odd).startswith("G")
    line.sandbox.nothing_runs()


def test_nobody_listens(line: Line) -> None:
    shown = run(["/bin/sh", "-c", f"{line.sandbox.cc} statusline >&-"], line.environment, line.sandbox.work, SAMPLE)
    assert (shown.code, shown.err) == (0, b"")


def test_a_launch_pins_the_line_and_leaves_a_line_of_ones_own(line: Line) -> None:
    def pinned() -> Any:
        plan = json.loads(line.sandbox.run("run", "--dry-run", "--json", "own").out)["data"]
        settings = plan["argv"][plan["argv"].index("--settings") + 1]
        return json.loads(settings).get("statusLine")

    assert pinned()["command"].endswith(" statusline")
    settings = line.sandbox.home / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"statusLine": {"type": "command", "command": "mine"}}')
    assert pinned() is None
    config = line.sandbox.home / ".config" / "cc-launcher" / "config.toml"
    config.write_text(CONFIG.replace("enabled", "wrap = true\nenabled"))
    assert pinned()["command"].endswith(" statusline --after mine")
    project = line.sandbox.work / ".claude" / "settings.json"
    project.parent.mkdir()
    project.write_text('{"statusLine": {"type": "command", "command": "a stranger\'s"}}')
    assert pinned() is None
    project.unlink()
    settings.unlink()
    config.unlink()
    assert pinned() is None  # nobody asked for it
    profile = line.sandbox.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
    profile.write_text(f"statusline = true\n{profile.read_text()}")
    assert pinned()["command"].endswith(" statusline")
    config.write_text(CONFIG)
    profile.write_text(profile.read_text().replace("true", "false"))
    assert pinned() is None


def test_a_session_that_was_on_a_model_without_exact_prices_keeps_its_tilde(line: Line) -> None:
    """The client's sum holds a guess from then on, which nothing in its JSON says."""

    def cost(model: str, session: str = "s-1", told: str = "used") -> str:
        content = json.loads(SAMPLE) | {"model": {"id": model}, "session_id": session}
        return line.text(json.dumps(content).encode(), CC_PRICES=told)

    config = line.sandbox.home / ".config" / "cc-launcher" / "config.toml"
    config.write_text('[statusline]\nenabled = true\nsegments = ["cost"]\n')
    profile = line.sandbox.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
    prices = "input = 1, output = 2, cache_read = 0.1"
    profile.write_text(f"{profile.read_text()}[models.whole]\nprices = {{ {prices}, cache_write = 1 }}\n")
    assert line.sandbox.run("run", "own").code == 0
    exact = f"${json.loads(SAMPLE)['cost']['total_cost_usd']:.2f}\n"
    assert cost("whole") == exact
    assert cost("whole[1m]") == exact
    assert cost("stranger") in {"", "\n"}  # nobody knows what it costs
    assert cost("whole") == f"~{exact}"
    assert cost("whole", session="s-2") == exact
    assert cost("whole", told="all") == exact
    assert cost("whole", session="../s-1") == exact  # no path: nothing is made of it
    marks = sorted(path.name for path in (line.directory / "guessed").iterdir())
    assert marks == ["s-1"]
