"""The real ccusage from npm: installed once, asked without the network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.support import require_tool

VERSION = os.environ.get("CC_TEST_CCUSAGE", "20.0.24")  # the only place where it is named
COUNTS = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")


def install() -> Path:
    """Its executable, from the cache that the clients are in, too."""
    require_tool("node")
    return harness.npm_program("ccusage", VERSION)


def asked(
    home: Path, configs: Sequence[str | Path], *more: str, prices: Path | None = None, zone: str = "UTC"
) -> dict[str, Any] | None:
    """What its daily report of these configuration directories says; nothing where it finds none."""
    words: list[str | Path] = [install(), "claude", "daily", "--offline", "--json", *more]
    if prices is not None:
        words += ["--config", prices]
    environment = {
        "HOME": str(home),
        "PATH": os.pathsep.join((str(Path(shutil.which("node") or "node").parent), "/usr/bin", "/bin")),
        "CLAUDE_CONFIG_DIR": ",".join(map(str, configs)),
        "TZ": zone,
    }
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        return None
    whole: dict[str, Any] = json.loads(done.stdout)
    return whole


def counted(configs: Sequence[str | Path]) -> list[int] | None:
    """Input, output, cache write and cache read, by its count."""
    with tempfile.TemporaryDirectory() as home:
        told = asked(Path(home), configs)
    return None if told is None else [told["totals"][name] for name in COUNTS]


def costs(home: Path, configs: Sequence[str | Path], prices: Path) -> dict[str, float]:
    """Its dollars by model, with these prices."""
    told = asked(home, configs, prices=prices)
    assert told is not None
    found: dict[str, float] = {}
    for day in told["daily"]:
        for part in day["modelBreakdowns"]:
            found[part["modelName"]] = found.get(part["modelName"], 0.0) + part["cost"]
    return found
