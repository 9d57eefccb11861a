"""The index of usage, when it is killed, when two read at once, when files grow: the same sums as from scratch."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.files import usage_index, usage_store
from tests.speed import transcripts as large
from tests.support import LIMIT, wait_until
from tests.thinning import ALL
from tests.transcripts import CORPUS, answer, read_up, requests, text, whole, write

READ = """
import sys
from pathlib import Path
from cc_launcher.files import second_reader, usage_index, usage_store, usage_sums
usage_index._STEP, second_reader.ENOUGH = map(int, sys.argv[3:])
with usage_store.opened(Path(sys.argv[1])) as connection:
    sys.stdout.write("ready\\n"); sys.stdout.flush()
    usage_index.update(connection, [sys.argv[2]], lambda done, total: None)
    usage_sums.refresh(connection)
"""
SIZE = 12_000_000
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


def reading(index: Path, config: Path, step: int = 100_000, *, alone: bool = True) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", READ, str(index), str(config), str(step), str(1 << 40 if alone else 1)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_whenever_it_is_killed_the_next_one_comes_to_the_same(tmp_path: Path, client: Path, scratch: object) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    index = tmp_path / "usage" / "index.sqlite3"
    killed = 0
    for _ in range(12):
        process = reading(index, client, dice.choice((1, 50_000, 1_000_000)), alone=dice.random() < 0.5)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(dice.random() * 0.25)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=LIMIT)
        killed += process.returncode == -signal.SIGKILL
    assert killed
    assert read_up(index, client) == scratch, seed


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
