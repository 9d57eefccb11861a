"""`cc usage` killed again and again: `python tests/faults/usage_kills.py [KILLS [SEED]]`.

Between the kills the transcripts grow, as a client lets them: also by half a line. What a last run comes to is what
reading all of it from scratch comes to. Half of the kills come at a statement of the database's that the seed decides,
so that the same seed is the same again; half after a time, which is also in the middle of a statement.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed import transcripts as large
from tests.support import LIMIT
from tests.transcripts import read_up

SIZE = 12_000_000
_MOST = 300  # statements: of what has grown between two kills, reading takes about so many
READ = """
import os, signal, sys
from pathlib import Path
from cc_launcher.files import second_reader, usage_index, usage_reader, usage_refresh, usage_store
usage_reader._STEP, second_reader.ENOUGH, left = map(int, sys.argv[3:])
def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
with usage_store.opened(Path(sys.argv[1])) as connection:
    connection.set_trace_callback(count if left else None)
    sys.stdout.write("ready\\n"); sys.stdout.flush()
    usage_index.update(connection, [sys.argv[2]], lambda done, total: None)
    usage_refresh.refresh(connection)
"""


def reading(
    index: Path, config: Path, step: int = 100_000, *, alone: bool = True, statements: int = 0
) -> subprocess.Popen[bytes]:
    """One of us that reads, and kills itself after so many statements, if any."""
    numbers = (str(step), str(1 << 40 if alone else 1), str(statements))
    argv = [sys.executable, "-c", READ, str(index), str(config), *numbers]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def killed(index: Path, source: Path, config: Path, kills: int, dice: random.Random) -> int:
    """Read what grows in `config` up to what is in `source`, killed so often; how often that was before it was done."""
    left = {path: path.read_bytes() for path in sorted(source.rglob("*.jsonl"))}
    done = 0
    for number in range(kills):
        for path in dice.sample(list(left), -(-len(left) // (kills - number))):
            grown = config / path.relative_to(source)
            grown.parent.mkdir(parents=True, exist_ok=True)
            content = left.pop(path)
            taken = len(content) if dice.random() < 0.7 else dice.randrange(len(content) or 1)
            with grown.open("ab") as file:
                file.write(content[:taken])
            if taken < len(content):
                left[path] = content[taken:]
        at_statement = dice.random() < 0.5
        statements = round(_MOST ** dice.random()) if at_statement else 0
        process = reading(
            index, config, dice.choice((1, 50_000, 1_000_000)), alone=dice.random() < 0.5, statements=statements
        )
        assert process.stdout is not None
        process.stdout.readline()
        if not at_statement:
            time.sleep(dice.random() * 0.08)
            process.send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=LIMIT)
        assert said == b"", said.decode()
        done += process.returncode == -signal.SIGKILL
    for path, content in left.items():
        grown = config / path.relative_to(source)
        grown.parent.mkdir(parents=True, exist_ok=True)
        with grown.open("ab") as file:
            file.write(content)
    return done


def main() -> int:
    """Say how often it was killed, and whether it came to the same."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as root:
        source, config = Path(root) / "source", Path(root) / "client"
        large.make(source, SIZE, seed=seed)
        index = Path(root) / "usage" / "index.sqlite3"
        done = killed(index, source, config, kills, random.Random(seed))
        same = read_up(Path(root) / "usage" / "index.sqlite3", config) == read_up(
            Path(root) / "scratch.sqlite3", source
        )
    print(f"{done} of {kills} were killed before they were done: {'the same sums' if same else 'OTHER SUMS'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
