"""The first reading begins before the command line is there: whatever comes between, nothing is lost or left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.speed import transcripts as large
from tests.support import LIMIT, console_script, wait_until
from tests.transcripts import answer, read_up, write

# As the door begins it. It goes on when it is told to.
BEGIN = """
import fcntl, os, sys
from cc_launcher.files import first_reading, second_reader
from cc_launcher.launch import beside
second_reader.ENOUGH, second_reader._WAITING = 1, int(sys.argv[1])
def small(pipe=os.pipe):
    ends = pipe()
    fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, int(sys.argv[2]))
    return ends
os.pipe = small
beside.is_possible = lambda: True
first_reading.begin()
print("begun", *sorted({"typer", "sqlite3", "cc_launcher.core.usage.transcript"} & set(sys.modules)), flush=True)
sys.stdin.readline()
from cc_launcher.actions import usage
with usage.ledger([], lambda done, total: None):
    print("read", second_reader._begun, flush=True)
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config: Path = tmp_path_factory.mktemp("client")
    large.make(config, 12_000_000, seed=11)
    return config


@pytest.fixture(scope="module")
def scratch(client: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    return read_up(tmp_path_factory.mktemp("scratch") / "usage" / "index.sqlite3", client)


class Reading:
    """One of us, which has begun to read."""

    def __init__(self, home: Path, client: Path, waiting: int = 1 << 30, pipe: int = 4096) -> None:
        self.index = home / "data" / "usage" / "index.sqlite3"
        environment = os.environ | {
            "HOME": str(home),
            "CC_DATA_DIR": str(home / "data"),
            "CLAUDE_CONFIG_DIR": str(client),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, str(waiting), str(pipe)],
            env=environment,
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        self.children = _children(self.process.pid)

    def ended(self) -> tuple[bytes, bytes]:
        """Let it go on to its end."""
        return self.process.communicate(b"\n", timeout=LIMIT)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _is_gone(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("waiting", [1, 1 << 30])
def test_it_begins_before_anything_is_imported_and_comes_to_the_same(
    tmp_path: Path, client: Path, scratch: object, waiting: int
) -> None:
    """However much the second process may keep back until somebody listens."""
    reading = Reading(tmp_path, client, waiting)
    assert (reading.said, len(reading.children)) == (b"begun\n", 1)
    assert reading.ended() == (b"read None\n", b"")
    assert reading.process.returncode == 0
    assert read_up(reading.index, client) == scratch


def test_all_may_have_been_found_before_anybody_listens(tmp_path: Path, client: Path, scratch: object) -> None:
    reading = Reading(tmp_path, client, pipe=1 << 20)
    wait_until(lambda: all(map(_is_gone, reading.children)), "the end of the second process")
    assert reading.ended() == (b"read None\n", b"")
    assert read_up(reading.index, client) == scratch


def test_where_another_one_is_quicker_it_is_seen(tmp_path: Path, client: Path, scratch: object) -> None:
    """Nothing is there when it begins, and all when it goes on; what has come since counts, too."""
    reading = Reading(tmp_path, client)
    assert read_up(reading.index, client) == scratch
    added = write(client, [answer(1, (1, 2, 3, 4))], "added-later")
    try:
        assert reading.ended() == (b"read None\n", b"")
        assert len(read_up(reading.index, client)) == len(scratch) + 1
    finally:
        added.unlink()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_second_process_is_left_where_the_first_one_goes(
    tmp_path: Path, client: Path, number: signal.Signals
) -> None:
    reading = Reading(tmp_path, client, 1)
    if number == signal.SIGINT:  # Ctrl-C reaches both
        os.killpg(reading.process.pid, number)
    else:
        reading.process.send_signal(number)
    _, said = reading.process.communicate(timeout=LIMIT)
    assert reading.process.returncode == -number
    assert said.count(b"Traceback") == (number == signal.SIGINT)  # of this script alone, which has no door
    wait_until(lambda: all(map(_is_gone, reading.children)), "the end of the second process")


def test_nothing_is_begun_where_there_is_an_index(tmp_path: Path, client: Path) -> None:
    Reading(tmp_path, client).ended()
    again = Reading(tmp_path, client)
    assert again.children == []
    assert again.ended() == (b"read None\n", b"")


@pytest.mark.parametrize(
    ("words", "begun"), [((), True), (("--json",), True), (("--dir", "x"), False), (("--help",), False)]
)
def test_the_door_begins_it_where_the_usual_index_is_asked(
    tmp_path: Path,
    client: Path,
    words: tuple[str, ...],
    begun: bool,  # noqa: FBT001 - a parameter
) -> None:
    seen = tmp_path / "begun"
    before = (
        "from cc_launcher.files import second_reader\n"
        f"second_reader.begin = lambda files: open({str(seen)!r}, 'w').write(str(len(files)))\n"
    )
    program = console_script(tmp_path / "bin", before=before)
    environment = os.environ | {"HOME": str(tmp_path), "CLAUDE_CONFIG_DIR": str(client)}
    environment = {name: value for name, value in environment.items() if not name.startswith(("XDG_", "CC_"))}
    subprocess.run([program, "usage", *words], env=environment, capture_output=True, check=False, timeout=LIMIT)
    assert seen.exists() == begun
    if begun:
        assert seen.read_text() == str(len(list(client.rglob("*.jsonl"))))
