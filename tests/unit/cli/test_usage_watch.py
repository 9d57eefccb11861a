"""`cc usage --watch` on a terminal: what is new appears, and the terminal is given back as it was."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cc_launcher.actions import usage
from cc_launcher.core.usage.found import Found
from cc_launcher.files.transcript_reader import Reached, Reader
from cc_launcher.files.transcripts import File
from tests.transcripts import START, answer, marked, text, write
from tests.unit.cli.scene import CTRL_C, OK, USAGE, CommandScene, Session

PROFILE = """\
base_url = "https://alpha.example"
auth = "bearer"
tiers.main = "glm-5.3"
[models."glm-5.3"]
prices = { input = 1, output = 5, cache_read = 0.1, cache_write = 1 }
"""
CTRL_Z = "\x1a"
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


@pytest.fixture
def transcript(scene: CommandScene) -> Path:
    scene.sandbox.profile("alpha", PROFILE)
    return write(scene.sandbox.home / ".claude", [marked(now(), "alpha"), answer(now(1), (1_000_000, 0, 0, 0))])


def now(after: float = 0) -> float:
    return time.time() - START + after / 1000


def more(transcript: Path, given: int) -> None:
    with transcript.open("a") as file:
        file.write(text(answer(now(), (given, 0, 0, 0))) + "\n")


@contextmanager
def watching(scene: CommandScene, *args: str) -> Iterator[Session]:
    with scene.on_a_terminal("usage", "--watch", *args) as session:
        session.wait_for("Ctrl-C ends it")
        yield session


def test_what_is_new_appears_and_ctrl_c_ends_it(scene: CommandScene, transcript: Path) -> None:
    with watching(scene) as session:
        session.wait_for("$1.00")
        more(transcript, 2_000_000)
        session.wait_for("$3.00")
        assert session.text.count(ENTER) == 1
        session.send(CTRL_C)
        assert session.ends() == OK
        shown, _, after = session.text.partition(LEAVE)
    assert shown.startswith(ENTER)
    assert "$3.00" in after  # the last report stays
    assert "Traceback" not in session.text


def test_by_what_is_asked_for(scene: CommandScene, transcript: Path) -> None:
    assert transcript.exists()
    with watching(scene, "--by", "session", "--since", "7d") as session:
        session.wait_for("in this time, by session")
        session.send(CTRL_C)
        assert session.ends() == OK


def test_where_there_is_nothing_yet_it_waits_for_it(scene: CommandScene) -> None:
    with watching(scene) as session:
        session.wait_for("there are no transcripts")
        write(scene.sandbox.home / ".claude", [answer(now(), (1_000, 0, 0, 0))])
        session.wait_for("not attributed")
        session.send(CTRL_C)
        assert session.ends() == OK


def test_it_follows_the_size_of_the_terminal(scene: CommandScene, transcript: Path) -> None:
    assert transcript.exists()
    with watching(scene) as session:
        session.wait_for("by profile and model")
        resize(session, 8, 38)
        session.wait_for("requests 1, input 1.0M")
        session.wait_for("; more below")
        assert all(len(line) <= 38 for line in session.screen().splitlines())
        assert len(session.screen().splitlines()) <= 8
        resize(session, 60, 160)
        session.wait_for("cost")
        session.wait_for("by profile and model")
        session.send(CTRL_C)
        assert session.ends() == OK


def resize(session: Session, rows: int, columns: int) -> None:
    session._screen.resize(rows, columns)
    session._child.setwinsize(rows, columns)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=str)
def test_whatever_ends_it_gives_the_terminal_back(
    scene: CommandScene, transcript: Path, number: signal.Signals
) -> None:
    assert transcript.exists()
    with watching(scene) as session:
        os.kill(session._child.pid, number)
        assert session.ends() == 128 + number
        assert session.text.rstrip().endswith(LEAVE)
    assert "Traceback" not in session.text


def test_ctrl_z_gives_the_terminal_back_until_it_goes_on(scene: CommandScene, transcript: Path) -> None:
    shell = 'set -m; "$@"; echo "stopped"; read go; fg; echo "ended with $?"'
    with scene.on_a_terminal("usage", "--watch", shell=shell) as session:
        session.wait_for("Ctrl-C ends it")
        session.send(CTRL_Z)
        session.wait_for("stopped")
        assert session.text.count(ENTER) == session.text.count(LEAVE) == 1
        more(transcript, 5_000_000)
        session.send("\r")
        session.wait_for("$6.00")
        session.send(CTRL_C)
        session.wait_for("ended with 0")
        assert session.text.count(ENTER) == session.text.count(LEAVE) == 2


def test_only_what_is_new_is_read(scene: CommandScene, transcript: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    reading = Reader.read

    def read(self: Reader, file: File, since: Reached, found: Found, taken: Callable[[], None]) -> Reached | None:
        begun.append(since.position)
        return reading(self, file, since, found, taken)

    monkeypatch.setattr(Reader, "read", read)
    with usage.ledger([str(scene.sandbox.home / ".claude")], lambda _, __: None) as ledger:
        first = transcript.stat().st_size
        assert ledger.update(lambda _, __: None) is False
        more(transcript, 1)
        assert ledger.update(lambda _, __: None) is True
    assert begun == [0, first]


@pytest.mark.parametrize("term", ["dumb", ""])
def test_without_a_terminal_that_can_it_says_what_to_do(scene: CommandScene, term: str) -> None:
    assert "without one: cc usage, or cc usage --json" in scene.told(USAGE, "usage", "--watch")
    with scene.on_a_terminal("usage", "--watch", TERM=term) as session:
        assert session.ends() == USAGE
        assert "needs a terminal" in session.text
