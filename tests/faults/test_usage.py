"""The index of usage, when it is killed, when two read at once, when files grow: the same sums as from scratch."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.files import (
    second_reader,
    transcript_reader,
    usage_file,
    usage_index,
    usage_reader,
    usage_store,
    usage_sums,
    usage_tables,
)
from cc_launcher.launch import beside
from tests.faults.usage_kills import SIZE, killed, reading
from tests.speed import transcripts as large
from tests.support import LIMIT, wait_until
from tests.thinning import ALL
from tests.transcripts import CORPUS, EVER, answer, marked, read_up, requests, text, whole, write

CANARY = "sk-canary-5d1c0a77"
MANY = 100_000 if os.environ.get(ALL) else 5_000  # files: a test has an environment of its own


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Transcripts of some megabytes, with forks, and those of the corpus."""
    config: Path = tmp_path_factory.mktemp("client")
    large.make(config, SIZE, seed=7)
    for number, directory in enumerate(sorted(CORPUS.glob("*/home/.claude/projects/*"))):
        shutil.copytree(directory, config / "projects" / f"{number}-{directory.name}")
    return config


@pytest.fixture(scope="module")
def scratch(client: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    return read_up(tmp_path_factory.mktemp("scratch") / "usage" / "index.sqlite3", client)


def test_whenever_it_is_killed_the_next_one_comes_to_the_same(tmp_path: Path, client: Path, scratch: object) -> None:
    """A slice of what `python tests/faults/usage_kills.py` does."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    index, config = tmp_path / "usage" / "index.sqlite3", tmp_path / "client"
    assert killed(index, client, config, 12, random.Random(seed))
    assert read_up(index, config) == scratch, seed


def test_two_that_read_at_once_come_to_the_same(tmp_path: Path, client: Path, scratch: object) -> None:
    index = tmp_path / "usage" / "index.sqlite3"
    both = [reading(index, client, 1), reading(index, client, 200_000), reading(index, client, 1, alone=False)]
    for process in both:
        _, said = process.communicate(timeout=LIMIT)
        assert (process.returncode, said) == (0, b"")
    assert read_up(index, client) == scratch


def test_with_a_second_process_it_comes_to_the_same(tmp_path: Path, client: Path, scratch: object) -> None:
    index = tmp_path / "usage" / "index.sqlite3"
    process = reading(index, client, alone=False)
    assert process.communicate(timeout=LIMIT)[1] == b""
    with usage_store.opened(index) as connection:
        assert connection.execute("SELECT count(*) FROM dirty").fetchone() == (0,)
    assert read_up(index, client) == scratch


def test_a_file_that_both_have_taken_counts_once(
    tmp_path: Path, client: Path, scratch: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which may happen to the one where they meet; here it does to all."""
    monkeypatch.setattr(second_reader, "ENOUGH", 1)
    monkeypatch.setattr(second_reader.SecondReader, "_count", lambda *_: 0)
    monkeypatch.setattr(beside, "is_possible", lambda: True)
    assert read_up(tmp_path / "usage" / "index.sqlite3", client) == scratch


def test_where_the_second_process_dies_the_first_one_reads_all(tmp_path: Path, client: Path, scratch: object) -> None:
    died = 0
    for number in range(8):
        index = tmp_path / str(number) / "index.sqlite3"
        process = reading(index, client, alone=False)
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(2_000):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if children or process.poll() is not None:
                break
            time.sleep(0.0005)
        for child in children:
            time.sleep(number * 0.004)
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
                died += 1
        assert process.communicate(timeout=LIMIT)[1] == b""
        assert process.returncode == 0
        assert read_up(index, client) == scratch
    assert died


def test_no_second_process_is_left_when_the_first_one_is_killed(tmp_path: Path, client: Path) -> None:
    process = reading(tmp_path / "usage" / "index.sqlite3", client, alone=False)
    assert process.stdout is not None
    process.stdout.readline()
    children: list[str] = []
    while not children and process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=LIMIT)
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the end of the second process")


def test_two_that_begin_at_once_make_one_index(tmp_path: Path) -> None:
    write(tmp_path / "client", [answer(1, (10, 20, 30, 40))])
    index = tmp_path / "usage" / "index.sqlite3"
    every = [reading(index, tmp_path / "client") for _ in range(4)]
    assert [process.communicate(timeout=LIMIT)[1] for process in every] == [b""] * 4
    assert whole(read_up(index, tmp_path / "client")) == [10, 20, 30, 40]
    assert not list(index.parent.glob("*.broken"))


def test_files_that_grow_while_they_are_read_are_read_to_a_whole_line(tmp_path: Path) -> None:
    path = write(tmp_path / "client", [])
    lines = [text(answer(at, (1, 2, 3, 4))) + "\n" for at in range(300)]
    pid = os.fork()
    if pid == 0:  # the client
        try:
            with path.open("a") as file:
                for line in lines:
                    half = len(line) // 2
                    for part in (line[:half], line[half:]):
                        file.write(part)
                        file.flush()
                    time.sleep(0.001)
        finally:
            os._exit(0)
    index = tmp_path / "usage" / "index.sqlite3"
    seen = []
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        seen.append(requests(read_up(index, tmp_path / "client")))
    assert seen == sorted(seen)
    assert whole(read_up(index, tmp_path / "client")) == [300, 600, 900, 1200]


def test_an_interrupt_in_the_middle_leaves_what_was_read(tmp_path: Path, client: Path, scratch: object) -> None:
    index = tmp_path / "usage" / "index.sqlite3"

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), usage_store.opened(index) as connection:
        usage_index.update(connection, [str(client)], stop)
    assert read_up(index, client) == scratch


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "usage").write_text("")  # a file is in the way: root may write everywhere
    else:
        (tmp_path / "usage").mkdir(mode=0o500)
    with pytest.raises(CcError) as caught:
        read_up(tmp_path / "usage" / "index.sqlite3", tmp_path / "client")
    assert caught.value.hint


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Paths that cannot be opened. (Root may read what it likes, so its rights are no test.)"""
    refused: set[str] = set()
    opened = os.open

    def refuse(path: Any, *args: Any, **named: Any) -> int:
        if str(path) in refused:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opened(path, *args, **named)

    monkeypatch.setattr(os, "open", refuse)
    return refused


def test_a_file_that_cannot_be_read_counts_as_soon_as_it_can(tmp_path: Path, unreadable: set[str]) -> None:
    config, index = tmp_path / "client", tmp_path / "usage" / "index.sqlite3"
    path = write(config, [answer(1, (10, 20, 30, 40))])
    other = write(config, [answer(2, (1, 2, 3, 4), session="other")], "other")
    unreadable.add(str(path))
    assert whole(read_up(index, config)) == [1, 2, 3, 4]
    unreadable.clear()
    assert whole(read_up(index, config)) == [11, 22, 33, 44]
    unreadable.add(str(other))
    with other.open("a") as file:
        file.write(f"{text(answer(3, (100, 0, 0, 0), session='other'))}\n")
    assert whole(read_up(index, config)) == [11, 22, 33, 44]
    unreadable.clear()
    assert whole(read_up(index, config)) == [111, 22, 33, 44]


def test_what_fails_in_the_middle_of_a_file_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails, or a share that has gone: of such a file all counts, or as much as before."""
    config, index = tmp_path / "client", tmp_path / "usage" / "index.sqlite3"
    path = write(config, [answer(at, (1, 1, 1, 1)) for at in range(3_000)])
    write(config, [answer(-1, (5, 5, 5, 5), session="other")], "other")
    monkeypatch.setattr(usage_reader, "_AT_ONCE", 100)
    whole_of = transcript_reader.Reader.read
    fails = True

    def read(self: Any, file: Any, since: Any, found: Any, taken: Any) -> Any:
        def then() -> None:
            taken()
            if fails and file.path == str(path) and calls.append(1) is None and len(calls) > 3:  # type: ignore[func-returns-value]
                raise OSError(errno.EIO, "Input/output error")

        calls: list[int] = []
        return whole_of(self, file, since, found, then)

    monkeypatch.setattr(transcript_reader.Reader, "read", read)
    assert whole(read_up(index, config)) == [5, 5, 5, 5]
    fails = False
    assert whole(read_up(index, config)) == [3_005] * 4
    fails = True
    write(config, [answer(at, (2, 2, 2, 2), cwd="/elsewhere") for at in range(2_500)])
    assert whole(read_up(index, config)) == [3_005] * 4
    fails = False
    assert whole(read_up(index, config)) == [5_005] * 4
    assert read_up(index, config) == read_up(tmp_path / "scratch.sqlite3", config)


def test_a_full_disk_is_said_and_with_room_it_comes_to_the_same(
    tmp_path: Path, client: Path, scratch: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "usage" / "index.sqlite3"
    connected = usage_file.connected

    def small(path: str) -> sqlite3.Connection:
        connection = connected(path)
        connection.execute("PRAGMA max_page_count = 30")
        return connection

    with monkeypatch.context() as patch:
        for module in (usage_file, usage_tables):
            patch.setattr(module, "connected", small)
        for _ in range(2):
            with pytest.raises(CcError, match="is full") as caught:
                read_up(index, client)
            assert "room" in caught.value.hint
    assert read_up(index, client) == scratch


def test_an_index_that_cannot_be_written_is_said_and_still_answers_where_nothing_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, index = tmp_path / "client", tmp_path / "usage" / "index.sqlite3"
    path = write(config, [answer(1, (10, 20, 30, 40))])
    before = read_up(index, config)
    connected = usage_file.connected

    def only_read(where: str) -> sqlite3.Connection:
        connection = connected(where)
        connection.execute("PRAGMA query_only = 1")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(usage_file, "connected", only_read)
        with usage_store.opened(index) as connection:
            usage_index.update(connection, [str(config)], lambda _, __: None)
            assert sorted(usage_sums.read(connection, *EVER), key=repr) == before
        with path.open("a") as file:
            file.write(f"{text(answer(2, (1, 2, 3, 4)))}\n")
        with pytest.raises(CcError, match="cannot be written"):
            read_up(index, config)
    assert whole(read_up(index, config)) == [11, 22, 33, 44]


def test_a_directory_that_is_a_link_counts_once(tmp_path: Path) -> None:
    config, index = tmp_path / "real", tmp_path / "usage" / "index.sqlite3"
    write(config, [answer(1, (10, 20, 30, 40))])
    (tmp_path / "link").symlink_to(config)
    (config / "projects" / "loop").symlink_to(config / "projects")
    assert whole(read_up(index, tmp_path / "link", config, tmp_path / "link")) == [10, 20, 30, 40]


@pytest.mark.parametrize("alone", [True, False])
def test_a_killed_one_leaves_nothing_that_was_said(tmp_path: Path, alone: bool) -> None:  # noqa: FBT001 - a parameter
    """Also not in what the database has beside its file while it is written."""
    config, index = tmp_path / "client", tmp_path / "usage" / "index.sqlite3"
    for number in range(200):
        session = f"s-{number}"
        line = answer(number, (1, 1, 1, 1), session=session, gitBranch=CANARY, slug=CANARY)
        line["message"]["content"] = [{"type": "text", "text": CANARY * 50}]
        said = {"type": "user", "message": {"role": "user", "content": CANARY}, "sessionId": session}
        write(config, [marked(0, "mine", session=session), said, line, f"{CANARY}\n"], session)
    seen = set()
    for statements in range(100, 900, 100):
        process = reading(index, config, 1, alone=alone, statements=statements)
        process.communicate(timeout=LIMIT)
        for path in index.parent.iterdir():
            seen.add(path.name)
            assert CANARY.encode() not in path.read_bytes(), path.name
            assert path.stat().st_mode & 0o077 == 0, path.name
    assert "index.sqlite3-wal" in seen
    assert requests(read_up(index, config)) == 200


def test_very_many_files_are_read_and_then_only_looked_at(tmp_path: Path) -> None:
    config, index = tmp_path / "client", tmp_path / "usage" / "index.sqlite3"
    line = text(answer(1, (1, 1, 1, 1), session="SESSION", requestRef="REFERENCE"))
    for number in range(MANY):
        directory = config / "projects" / f"-home-dev-{number % 97}"
        if number < 97:
            directory.mkdir(parents=True)
        content = line.replace("SESSION", f"s-{number}").replace("REFERENCE", f"r-{number}")
        (directory / f"s-{number}.jsonl").write_text(f"{content}\n")
    first = read_up(index, config)
    assert requests(first) == MANY
    assert whole(first) == [MANY] * 4
    assert read_up(index, config) == first
