"""The status line in sessions of the real client: what it is passed, and what comes on the screen.

The samples in `tests/data/statusline/` are what the client passed; `CC_TEST_SAMPLES=1 pytest` on this file writes them.
The test below takes them again, so that another client shows.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.status.segments import CLIENTS_PRICES
from tests.client import harness
from tests.client.stage import A_TASK, KINDS, PATIENCE, READY, Stage
from tests.fakes.fake_provider import token_count
from tests.support import require_tool, wait_until

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "statusline"
CONFIG = """
[statusline]
enabled = true
wrap = true
segments = ["provider", "model", "context", "cost", "branch", "directory"]
"""
BRANCH = "topic/line"
PRICED = """
[models."v/main"]
context = 200000
prices = { input = 1, output = 2 }  # without one for reading the cache, the client keeps its own guess
"""
CACHED = (200, 3000)  # tokens that the fake says it wrote to its cache and read from it
LOOSE = ("prompt_cache",)  # what is in it depends on what was cached when


def prepared(stage: Stage) -> Path:
    """A checkout, a profile with prices, our line pinned, and a line of the user's own that keeps what it gets."""
    harness.seed_home(stage.home, trust=[stage.work])
    stage.profile(KINDS["token"], tables=PRICED)
    config = stage.home / ".config" / "cc-launcher" / "config.toml"
    config.write_text(CONFIG)
    (stage.work / ".git").mkdir()
    (stage.work / ".git" / "HEAD").write_text(f"ref: refs/heads/{BRANCH}\n")
    kept = stage.elsewhere / "kept"
    kept.mkdir()
    keep = f'f=$(mktemp {kept}/new.XXXXXX); cat >"$f"; env >"$f.env"; mv "$f" "$f.json"; echo OWN-LINE'
    stage.settings("user", {"statusLine": {"type": "command", "command": keep}})
    return kept


def passed(kept: Path) -> list[dict[str, Any]]:
    """What the client has passed so far, in turn."""
    files = sorted(kept.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    return [json.loads(file.read_text()) for file in files]


def keys(value: Any, path: str = "") -> set[str]:
    """Every key, dotted, with the kind of its value."""
    if isinstance(value, dict):
        return {path, *(key for name, inner in value.items() for key in keys(inner, f"{path}.{name}"))}
    kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__
    return {f"{path} {kind}"}


def test_the_client_passes_what_the_samples_have_and_shows_our_line_below_the_users(stage: Stage) -> None:
    kept = prepared(stage)
    stage.ours.cached = CACHED
    with stage.session(KINDS["token"]) as terminal:
        stage.wait_until_ready(terminal)
        terminal.wait_for("OWN-LINE", timeout=PATIENCE)
        wait_until(lambda: bool(passed(kept)), "the line at the start")
        stage.type(terminal, A_TASK)
        wait_until(
            lambda: "current_usage" in json.dumps(passed(kept)[-1]) and used(passed(kept)[-1]), "a line after a turn"
        )
        terminal.wait_for("~$", timeout=PATIENCE)
        screen = terminal.screen()
        line = next(line for line in screen.split("\n") if BRANCH in line)
        assert "GLM | v/main |" in line
        assert f"| {BRANCH} | work" in line
        assert " ctx |" in line
        assert screen.index("OWN-LINE") < screen.index("GLM |")
    first, last = passed(kept)[0], passed(kept)[-1]
    compare("start", first)
    compare("turn", last)
    assert_price(stage, last)
    for file in kept.glob("*.env"):
        environment = file.read_text()
        assert "CC_PROFILE=own\n" in environment
        assert "CC_PROTECTION=hosted\n" in environment
        assert re.search(r"^COLUMNS=\d+$", environment, re.MULTILINE)
        assert stage.secret not in environment
    cache = stage.home / ".cache" / "cc-launcher"
    assert not any(stage.secret.encode() in file.read_bytes() for file in cache.rglob("*") if file.is_file())
    stage.check_requests(KINDS["token"], "hosted")


def compare(name: str, sample: dict[str, Any]) -> None:
    """Hold what the client passed to what it passed when the sample was taken."""
    file = SAMPLES / f"{name}.json"
    if os.environ.get("CC_TEST_SAMPLES"):
        file.write_text(json.dumps(cleaned(sample), indent=2) + "\n")
    written = json.loads(file.read_text())
    for content in (sample, written):
        for loose in LOOSE:
            content.pop(loose, None)
    assert keys(sample) == keys(written), name


def used(sample: dict[str, Any]) -> bool:
    return bool(sample["context_window"].get("current_usage")) and sample["cost"]["total_cost_usd"] > 0


def assert_price(stage: Stage, sample: dict[str, Any]) -> None:
    """Hold the prices that the client takes for those of a model that it does not know, title and all."""
    answer = sample["context_window"]["current_usage"]["output_tokens"]
    counted = [(token_count(request.raw), answer, *CACHED) for request in stage.ours.messages]
    dollars = sum(n * price / 1e6 for usage in counted for n, price in zip(usage, CLIENTS_PRICES, strict=True))
    assert sample["cost"]["total_cost_usd"] == pytest.approx(dollars)


def cleaned(sample: dict[str, Any]) -> dict[str, Any]:
    """A sample without what is of this machine alone."""
    here = str(Path(sample["cwd"]).parent)
    text = json.dumps(sample).replace(here, "/home/u").replace(re.sub(r"[^A-Za-z0-9]", "-", here), "-home-u")
    cleaned_sample: dict[str, Any] = json.loads(text)
    return cleaned_sample


def test_the_limits_of_a_login_are_passed_and_shown(stage: Stage) -> None:
    kept = prepared(stage)
    config = stage.home / ".config" / "cc-launcher" / "config.toml"
    config.write_text(CONFIG.replace('"provider"', '"provider", "five_hour", "weekly"'))
    stage.profile(KINDS["login"])
    harness.seed_login(stage.home)
    resets = int(time.time()) + 3600
    for window, share in (("5h", "0.23"), ("7d", "0.08")):
        stage.ours.headers[f"anthropic-ratelimit-unified-{window}-utilization"] = share
        stage.ours.headers[f"anthropic-ratelimit-unified-{window}-reset"] = str(resets)
    stage.ours.headers |= {
        "anthropic-ratelimit-unified-status": "allowed",
        "anthropic-ratelimit-unified-reset": str(resets),
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
    }
    with stage.session(KINDS["login"]) as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, A_TASK)
        terminal.wait_for("Claude | 5h:23% | wk:8%", timeout=PATIENCE)
    compare("login", next(sample for sample in reversed(passed(kept)) if "rate_limits" in sample))


@contextlib.contextmanager
def in_tmux(stage: Stage) -> Iterator[list[str]]:
    """A tmux of its own, with a session of the profile in it; yields the command to talk to it."""
    socket = stage.elsewhere / "tmux"
    base = [require_tool("tmux"), "-S", str(socket), "-f", "/dev/null"]
    command = shlex.join([sys.executable, "-m", "cc_launcher", "run", "own"])
    environment = {**stage.environment, "TERM": "xterm-256color"}
    subprocess.run(
        [*base, "new-session", "-d", "-x", "120", "-y", "40", command], env=environment, cwd=stage.work, check=True
    )
    try:
        yield base
    finally:
        subprocess.run([*base, "kill-server"], check=False, capture_output=True)


def test_the_line_is_on_the_screen_of_a_session_in_tmux(stage: Stage) -> None:
    kept = prepared(stage)
    with in_tmux(stage) as tmux:

        def screen(*more: str) -> str:
            done = subprocess.run([*tmux, "capture-pane", "-p", *more], capture_output=True, text=True, check=False)
            return done.stdout

        wait_until(lambda: READY in screen() and BRANCH in screen(), "a session with the line")
        line = next(line for line in screen("-e").split("\n") if BRANCH in line)
        assert re.search(r"\x1b\[1m[^A-Z]*GLM", line)  # bold, as we wrote it, in the client's own grey
    assert passed(kept)


def test_an_installed_line_is_shown_by_plain_claude(stage: Stage) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    done = stage.cc("statusline", "--install", "--format", "provider,model,directory")
    assert done.returncode == 0, done.stderr
    token = f"sk-{uuid.uuid4().hex}"
    environment = stage.environment | {"ANTHROPIC_BASE_URL": stage.ours.url, "ANTHROPIC_AUTH_TOKEN": token}
    with harness.Terminal([stage.client], environment, stage.work) as terminal:
        terminal.wait_for("| work", timeout=PATIENCE)
        assert f"{stage.ours.url.removeprefix('http://')} | " in terminal.screen()  # whose server it is, not `Claude`
    assert stage.cc("statusline", "--uninstall").returncode == 0
    assert json.loads(stage.settings_path("user").read_text()) == {}
