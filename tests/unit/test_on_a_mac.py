"""What is different on macOS, with the system's name and what it lacks replaced. Nothing here has run on a Mac.

What has a module of its own is tried there: `files/atomic.py` (F_FULLFSYNC), `launch/gateway_alive.py` (ps), the
keyring's command, wrappers (tests/shells/test_posix_alone.py).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.actions import ask_child
from cc_launcher.claude import own_login, settings_files
from cc_launcher.core.errors import TIMED_OUT, CcError
from cc_launcher.files import open_sessions
from cc_launcher.launch import child, helper, start, stay
from cc_launcher.launch.stay_streams import Streams
from cc_launcher.secrets import programs, session_bus


@pytest.fixture(autouse=True)
def on_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    for owner, name in (
        (os, "pidfd_open"), (os, "memfd_create"), (signal, "sigtimedwait"), (os, "sched_getaffinity")
    ):  # fmt: skip
        monkeypatch.delattr(owner, name, raising=False)
    without_proc(monkeypatch)


def without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.open", _unless_proc(open))
    for name in ("open", "listdir", "readlink"):
        monkeypatch.setattr(os, name, _unless_proc(getattr(os, name)))


def _unless_proc(there: Any) -> Any:
    def call(path: Any = ".", *more: Any, **named: Any) -> Any:
        if isinstance(path, (str, Path)) and str(path).startswith("/proc"):
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return there(path, *more, **named)

    return call


def test_an_administrators_settings_are_where_macos_has_them() -> None:
    directory = "/Library/Application Support/ClaudeCode"
    assert settings_files.managed_paths() == [
        f"{directory}/managed-settings.json",
        f"{directory}/managed-settings.d",
    ]


def test_the_keychain_is_read_with_security_and_needs_no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("security", "secret-tool"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = programs.found()
    assert found.macos
    assert found.command("security") == f"{tmp_path}/security"
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert not session_bus.is_missing()


def test_nobody_looks_for_the_clients_login(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".claude").mkdir()
    (home / ".claude" / ".credentials.json").write_text("{}")
    assert own_login.seen()
    monkeypatch.setattr(own_login, "IN_A_FILE", False)  # as it is there, from the start
    assert not own_login.seen()


def test_what_a_helper_prints_is_read_without_a_handle_on_it() -> None:
    begun = time.monotonic()
    assert helper.read(("/bin/sh", "-c", "printf x; exec >&-; sleep 0.1"), "it", 40.0) == b"x"
    assert time.monotonic() - begun < 30  # its end is seen, and not only that of its deadline
    with pytest.raises(helper.HelperFailed) as failed:
        helper.read(("/bin/sh", "-c", "exit 3"), "it", 20.0)
    assert failed.value.status == 3
    begun = time.monotonic()
    with pytest.raises(CcError) as late:
        helper.read(("/bin/sh", "-c", "sleep 60"), "it", 0.2)
    assert late.value.code == TIMED_OUT
    assert time.monotonic() - begun < 30


def test_a_client_beside_us_gets_the_signals_that_are_sent_to_us() -> None:
    def becoming() -> int:
        os.execv("/bin/sh", ["/bin/sh", "-c", "kill -TERM $PPID; exec sleep 60"])

    with stay.Beside() as beside:
        status = beside.run(becoming, Streams(), lambda: False)
    assert os.WTERMSIG(status) == signal.SIGTERM


def test_a_task_is_bound_to_its_session_only_as_long_as_it_can_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/")
    assert ask_child.bound([str(os.getppid()), str(tmp_path), "zai", "-p"]) == ["run", "zai", "-p"]
    assert os.environ["PWD"] == str(tmp_path)
    with pytest.raises(CcError, match="is gone"):
        ask_child.bound([str(os.getpid()), str(tmp_path), "zai"])


def test_a_session_is_open_where_nothing_tells_more_than_that_its_process_is_there() -> None:
    assert open_sessions._is_alive(os.getpid(), "Mon Nov 30 10:00:00 2026")
    assert not open_sessions._is_alive(2**22 + 1, "")


def test_the_locale_that_python_made_is_left_and_no_children_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_CTYPE", "UTF-8")
    assert start.inherited()["LC_CTYPE"] == "UTF-8"
    assert child._below(os.getpid()) == []
