"""Gateways, and other programs, that are installed for the tests, and kept for the next run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.client.harness import CACHE, REAL_HOME

_GATEWAYS = CACHE.parent / "gateways"


def installed(name: str, install: Callable[[Path], None], cache: Path = _GATEWAYS) -> Path:
    """What this installs, under this name, unless it is there."""
    directory = cache / name
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = directory / "complete"
        if not done.exists():
            shutil.rmtree(directory, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                unfinished = Path(scratch) / "install"
                install(unfinished)
                unfinished.rename(directory)  # which a venv's Python survives, but not its scripts
            done.touch()
    return directory


def from_pypi(name: str, *wanted: str, cache: Path) -> Path:
    """A Python of its own, with what `pip install` is given here. What runs nowhere but on some machines is no part of
    what the tests are installed with: it would have all of them fail elsewhere.
    """

    def install(directory: Path) -> None:
        run(sys.executable, "-m", "venv", directory)
        run(directory / "bin" / "python", "-m", "pip", "install", *wanted)

    return installed(name, install, cache)


def run(*argv: str | Path) -> None:
    """Run this to its end, with the settings of this machine's user."""
    ended = subprocess.run(
        argv, env={**os.environ, "HOME": str(REAL_HOME)}, capture_output=True, timeout=900, check=False
    )
    assert ended.returncode == 0, (argv, ended.stdout, ended.stderr)
