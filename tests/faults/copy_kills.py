"""Copies of a session killed while they are made: `python tests/faults/copy_kills.py [KILLS [SEED]]`.

Each kill comes at a call of the system's that the seed decides, so that the same seed is the same again. After it there
is no copy or a whole one, and the original is as it was.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.unit.core.sessions.told import OLD, PICTURE, assistant, result, text, thinking, user, written

TURNS = 2_000
MAKE = """
import os, signal, sys
from pathlib import Path
from cc_launcher.core.sessions.obstacles import Target, found
from cc_launcher.files import session_copy
path, left = Path(sys.argv[1]), int(sys.argv[2])
def counted(call):
    def one(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return one
for name in ("open", "write", "fchmod", "fsync", "close", "replace", "rename"):
    setattr(os, name, counted(getattr(os, name)))
with path.open("rb") as lines:
    seen = found(lines, Target("m", images=False))
session_copy._PIECE = 1 << 15
print(session_copy.make(path, seen))
"""


def written_to(directory: Path, turns: int = TURNS) -> Path:
    """A transcript that is worth being copied."""
    path = directory / f"{OLD}.jsonl"
    with path.open("wb") as file:
        before = None
        for turn in range(turns):
            names = [f"{kind}{turn}" for kind in "utar"]
            file.writelines(
                written(
                    user(names[0], before, "x" * 400),
                    assistant(names[1], names[0], thinking("y" * 300), request=f"r{turn}"),
                    assistant(names[2], names[1], text("z" * 400), request=f"r{turn}"),
                    result(names[3], names[2], [PICTURE]),
                )
            )
            before = names[3]
    return path


def made(path: Path, kill_at: int) -> bool:
    """Make a copy, killed at this call of the system's; whether it was done before."""
    argv = [sys.executable, "-c", MAKE, str(path), str(kill_at)]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode in {0, -signal.SIGKILL}, ended
    return ended.returncode == 0


def check(path: Path, before: tuple[bytes, int], lines: int, done: int) -> None:
    """Each copy is whole, there are as many as were done, and the original is as it was."""
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    copies = [one for one in path.parent.glob("*.jsonl") if one != path]
    for copy in copies:
        assert [bool(json.loads(line)) for line in copy.read_bytes().splitlines()] == [True] * lines
    assert len(copies) >= done  # one that was killed after its last step is there, too
    for one in path.parent.iterdir():
        assert one.suffix == ".jsonl" or one.name.startswith(".")
        if one not in {path, *copies}:
            os.utime(one, (0, 0))


def killed(directory: Path, kills: int, dice: random.Random, turns: int = TURNS) -> int:
    """Kill so many of them; how many were done before."""
    path = written_to(directory, turns)
    before, done = (path.read_bytes(), path.stat().st_mtime_ns), 0
    for _ in range(kills):
        done += made(path, dice.randint(1, 16 + turns * 1_500 // (1 << 15)))
        check(path, before, 1 + 3 * turns, done)
    assert made(path, 0)
    check(path, before, 1 + 3 * turns, done + 1)
    assert not [one for one in path.parent.iterdir() if one.name.startswith(".")]  # what was left went with the last
    return done


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"{count} kills, seed {seed}")
    with tempfile.TemporaryDirectory() as scratch:
        before_it = killed(Path(scratch), count, random.Random(seed))
    print(f"every copy was whole or not there; {before_it} were done before the kill")
