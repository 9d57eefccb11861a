"""`cc usage` and the real ccusage on the same transcripts: `python tests/client/beside_ccusage.py`.

The transcripts are those in `tests/data/usage`; what the endpoint counted stands in `truth.json` there. Figures are
input, output, cache write and cache read.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import ccusage
from tests.transcripts import CORPUS, TRUTH, read_up, whole


def ours(configs: list[Path]) -> list[int]:
    """What we count."""
    with tempfile.TemporaryDirectory() as directory:
        return whole(read_up(Path(directory) / "usage" / "index.sqlite3", *configs))


def compared() -> dict[str, tuple[list[int], list[int], list[int] | None]]:
    """Each scenario: the truth, ours, and what ccusage counts."""
    found = {}
    for scenario, about in TRUTH.items():
        configs = [CORPUS / directory for directory in about["config_dirs"]]
        found[scenario] = about["totals"]["all"], ours(configs), ccusage.counted(configs)
    return found


def main() -> None:
    """Print them, one below the other."""
    every = compared()
    for scenario, (truth, mine, theirs) in every.items():
        print(f"{scenario}: {TRUTH[scenario]['what']}")
        print(f"  the endpoint  {_shown(truth)}")
        print(f"  cc usage      {_shown(mine)}  {_verdict(mine, truth)}")
        print(f"  ccusage       {_shown(theirs or [0, 0, 0, 0])}  {_verdict(theirs, truth)}")
    right = [sum(found[at] == found[0] for found in every.values()) for at in (1, 2)]
    print(f"equal to the endpoint: cc usage {right[0]}, ccusage {ccusage.VERSION} {right[1]} of {len(every)}")


def _shown(figures: list[int]) -> str:
    return "".join(f"{each:>10,}" for each in figures)


def _verdict(figures: list[int] | None, truth: list[int]) -> str:
    if figures is None:
        return "no row"
    if figures == truth:
        return "equal"
    return f"{100 * sum(figures) / max(sum(truth), 1):.0f} % of the tokens"


if __name__ == "__main__":
    main()
