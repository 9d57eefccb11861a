"""The copy of a session, killed while it is made: a slice of what `python tests/faults/copy_kills.py` does."""

from __future__ import annotations

import random
from pathlib import Path

from tests.faults.copy_kills import killed


def test_a_kill_leaves_a_whole_copy_or_none(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    print(f"python tests/faults/copy_kills.py 8 {seed}")
    killed(tmp_path, 8, random.Random(seed), turns=300)
