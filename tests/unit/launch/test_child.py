"""A program that is followed while it runs, and ended with all that it has started."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.launch import child
from tests.support import wait_until


def python(code: str) -> child.Child:
    return child.start([sys.executable, "-c", code], dict(os.environ))


def ended(one: child.Child) -> int:
    _, status = os.waitpid(one.pid, 0)
    return os.waitstatus_to_exitcode(status)


def runs(pid: int) -> bool:
    with suppress(OSError):
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    return False


def test_it_has_pipes_a_session_of_its_own_and_signals_as_usual() -> None:
    one = python(
        "import os, signal, sys; print(os.getsid(0) == os.getpid(), signal.getsignal(signal.SIGINT) is not None,"
        "sys.stdin.read()); sys.stderr.write('said')"
    )
    os.write(one.given, b"given")
    child.shut(one, "given")
    assert ended(one) == 0
    assert os.read(one.out, 100) == b"True True given\n"
    assert os.read(one.said, 100) == b"said"
    child.close(one)
    assert (one.given, one.out, one.said) == (-1, -1, -1)


def test_nothing_blocks() -> None:
    one = python("import time; time.sleep(60)")
    with pytest.raises(BlockingIOError):
        os.read(one.out, 1)
    child.tell(one, signal.SIGTERM)
    assert ended(one) == -signal.SIGTERM
    child.close(one)
    child.tell(one, signal.SIGTERM)  # nobody is left


def test_what_it_has_started_in_other_groups_ends_with_it() -> None:
    one = python(
        "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'],"
        "start_new_session=True); print(p.pid, flush=True); time.sleep(99)"
    )
    said = b""

    def heard() -> bool:
        nonlocal said
        with suppress(BlockingIOError):
            said += os.read(one.out, 100)
        return said.endswith(b"\n")

    wait_until(heard, "the number of its child")
    child.kill(one)
    assert ended(one) == -signal.SIGKILL
    wait_until(lambda: not runs(int(said)), "the end of what it has started")
    child.close(one)


def test_what_cannot_be_started_is_said_and_leaves_no_pipe() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(CcError, match="/nowhere"):
        child.start(["/nowhere"], {})
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_task_is_bound_to_whoever_follows_it(tmp_path: Path) -> None:
    """Its parent is killed, and it ends by itself: Linux has a signal for that."""
    told = tmp_path / "pid"
    code = (
        "import os, sys, time; from cc_launcher.actions import ask_child; pid = os.fork()\n"
        "if pid: time.sleep(999)\n"
        f"ask_child.bound([str(os.getppid()), {str(tmp_path)!r}, 'x'])\n"
        f"open({str(told)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(999)"
    )
    one = python(code)
    wait_until(lambda: told.exists() and bool(told.read_text()), "the task")

    os.kill(one.pid, signal.SIGKILL)
    assert ended(one) == -signal.SIGKILL
    wait_until(lambda: not runs(int(told.read_text())), "the end of the task")
    child.close(one)
