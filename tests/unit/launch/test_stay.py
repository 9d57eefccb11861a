"""A program that runs beside us: its streams, its signals, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.launch.stay import Beside
from cc_launcher.launch.stay_streams import Kept, Piped, Streams
from tests.support import wait_until


def never() -> bool:
    return False


def into(said: bytearray) -> Callable[[bytes], bool]:
    def take(piece: bytes) -> bool:
        said.extend(piece)
        return True

    return take


def becoming(*words: str) -> int:
    os.execv("/bin/sh", ["/bin/sh", "-c", *words])
    return 1


def test_its_exit_code_is_handed_on() -> None:
    with Beside() as beside:
        assert os.waitstatus_to_exitcode(beside.run(lambda: becoming("exit 7"), Streams(), never)) == 7


def test_a_signal_that_killed_it_too() -> None:
    with Beside() as beside:
        assert os.WTERMSIG(beside.run(lambda: becoming("kill -9 $$"), Streams(), never)) == signal.SIGKILL
        assert not beside.is_ours(signal.SIGKILL)


def test_what_does_not_begin_is_said_and_is_its_exit_code(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> int:
        raise CcError("nothing was started", "try again", code=75)

    with Beside() as beside:
        assert os.waitstatus_to_exitcode(beside.run(fails, Streams(), never)) == 75
    assert "nothing was started" in capfd.readouterr().err


def test_it_is_ended_when_it_is_over() -> None:
    began = time.monotonic()
    with Beside() as beside:
        status = beside.run(lambda: becoming("exec sleep 60"), Streams(), lambda: time.monotonic() > began + 0.3)
        assert os.WTERMSIG(status) == signal.SIGTERM
        assert beside.is_ours(signal.SIGTERM)


def test_who_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cc_launcher.launch.stay.PATIENCE", 0.2)
    with Beside() as beside:
        script = "trap '' TERM; while :; do sleep 0.05; done"
        status = beside.run(lambda: becoming(script), Streams(), lambda: True)
    # It may have been asked before it stopped listening.
    assert os.WTERMSIG(status) in {signal.SIGKILL, signal.SIGTERM}


def test_what_is_sent_to_us_is_passed_on(tmp_path: Path) -> None:
    listens = tmp_path / "listens"

    def send() -> None:
        wait_until(listens.exists, "a program that listens")
        os.kill(os.getpid(), signal.SIGTERM)

    with Beside() as beside:
        threading.Thread(target=send).start()
        script = f"trap 'exit 9' TERM; : >'{listens}'; while :; do sleep 0.05; done"
        assert os.waitstatus_to_exitcode(beside.run(lambda: becoming(script), Streams(), never)) == 9
        assert beside.is_asked()
    assert beside.asked == [signal.SIGTERM]


def test_a_signal_between_two_is_ours() -> None:
    with Beside() as beside:
        os.kill(os.getpid(), signal.SIGINT)
        assert beside.is_asked()


def test_it_has_the_signals_that_we_were_given() -> None:
    """Who ignores SIGHUP, as `nohup` makes us, has a client that does."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Beside() as beside:
            assert beside.run(lambda: becoming("kill -HUP $$; exit 0"), Streams(), never) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
    with Beside() as beside:
        script = "kill -INT $$; exit 0"
        assert os.WTERMSIG(beside.run(lambda: becoming(script), Streams(), never)) == signal.SIGINT


def test_the_signals_are_ours_again_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)]
    with Beside():
        pass
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)] == before


def test_what_is_piped_to_us_reaches_both(tmp_path: Path) -> None:
    """In a process of its own, whose input is piped."""
    script = """
import os, sys
from cc_launcher.launch.stay import Beside
from cc_launcher.launch.stay_streams import Kept, Piped
kept, said = Kept(), []
with Beside() as beside:
    for _ in range(2):
        streams = Piped(lambda piece: (said.append(piece), True)[1], kept)
        beside.run(lambda: os.execv("/bin/cat", ["cat"]), streams, lambda: False)
sys.stdout.write(str([len(b"".join(said)), len(kept.content)]))
"""
    given = "x" * 500_000
    ended = subprocess.run(
        [sys.executable, "-c", script], input=given, capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert ended.stdout == "[1000000, 500000]"


def test_an_output_that_nobody_wants_ends_the_program() -> None:
    with Beside() as beside:
        streams = Piped(lambda _: False, None)
        status = beside.run(lambda: becoming("exec yes"), streams, never)
    assert os.waitstatus_to_exitcode(status) != 0


def test_an_input_that_is_whole_ends_at_once() -> None:
    said = bytearray()
    with Beside() as beside:
        streams = Piped(into(said), Kept(whole=True))
        assert beside.run(lambda: becoming("wc -c"), streams, never) == 0
    assert said.strip() == b"0"


def test_what_outlives_it_with_its_output_is_not_waited_for() -> None:
    said = bytearray()
    with Beside() as beside:
        streams = Piped(into(said), None)
        beside.run(lambda: becoming("sleep 60 & echo $!"), streams, never)
    os.kill(int(said), signal.SIGKILL)  # it is there still
