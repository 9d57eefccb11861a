"""What holds for every test: this machine's own settings, keys and home stay out of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import Sandbox, is_foreign


@pytest.fixture(autouse=True)
def _no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty home, and take out what could route, authenticate or configure."""
    home = tmp_path / "own-home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for name in filter(is_foreign, list(os.environ)):
        monkeypatch.delenv(name)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A home, a fake `claude`, a `cc`."""
    return Sandbox(tmp_path)


@pytest.fixture(autouse=True)
def _default_signals() -> Iterator[None]:
    """What is started gets default signals, also where the tests run with some of them ignored (nohup, a `&`)."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    ignored = [name for name in names if signal.getsignal(name) == signal.SIG_IGN]
    for name in ignored:
        signal.signal(name, signal.default_int_handler)
    yield
    for name in ignored:
        signal.signal(name, signal.SIG_IGN)
