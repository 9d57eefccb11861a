"""Play all cells of the matrix on many clients: `python tests/client/sweep.py [VERSION …]`, from the project's root.

Without versions: each boundary of the table in `plan/client.py` with its neighbour, some between them, and the newest.
What is not installed yet is fetched from npm, and taken away again unless `--keep` is given. With `--page`, the rows
go into that page of the docs, and those of other clients stay. A client takes some two minutes where nothing else runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cc_launcher.core.plan import client
from tests.client import harness, matrix
from tests.client.stage import Stage
from tests.docs import generate
from tests.fakes.fake_provider import FakeProvider

BETWEEN = ("2.1.220", "2.1.258", "2.1.300")  # no boundary, but long stretches without one are tried somewhere
COLUMNS = {
    "protection": "a token's launch is",
    "launch": "launch",
    "hijack": "files and shell against it",
    "visibility": "what sees the secret",
    "models": "models",
    "subcommands": "subcommands",
    "after launch": "files that change later",
    "plain": "plain `claude`, exported: the secret is seen by",
}


@dataclass(frozen=True)
class Played:
    """A cell that was played: what it says, or why it does not hold."""

    cell: matrix.Cell
    said: str
    fault: str = ""


def default_versions() -> list[str]:
    """Each first client that can something, the last that cannot, some between, the oldest and the newest."""
    known = {client.OLDEST, client.NEWEST, *(number_of(one) for one in BETWEEN)}
    known |= {version for ability in client.ABILITIES for version in (ability.since, ability.lacking)}
    return [".".join(map(str, version)) for version in sorted(known)]


def number_of(text: str) -> client.Version:
    """A version as the table has it."""
    return tuple(int(part) for part in text.split("."))


@contextmanager
def staged(version: str) -> Iterator[Stage]:
    """A stage of its own, away from this machine's own settings."""
    with ExitStack() as opened:
        root = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="sweep.", ignore_cleanup_errors=True)))
        providers = [opened.enter_context(FakeProvider()) for _ in range(3)]
        yield Stage(root / "stage", version, providers)


def play(version: str, cell: matrix.Cell) -> Played:
    """Play one cell. Whatever goes wrong in it is a fault, and the sweep goes on."""
    with staged(version) as stage:
        try:
            return Played(cell, cell.play(stage))
        except Exception as wrong:  # noqa: BLE001 - a report of many faults is what a sweep is for
            where = traceback.extract_tb(wrong.__traceback__)[-1]
            said = f"{wrong}\n" if str(wrong) else ""
            place = f"{Path(where.filename).name}:{where.lineno}: {where.line}"
            return Played(cell, "", f"{place}\n{said}{matrix.told(stage)}")


def row_of(played: Sequence[Played]) -> list[str]:
    """What the table shows of a client, column by column."""
    cells = []
    for column in COLUMNS:
        mine = [one for one in played if one.cell.column == column]
        faults = sum(bool(one.fault) for one in mine)
        said = ", ".join(dict.fromkeys(one.said for one in mine if one.said))
        if faults:
            cells.append(f"**{faults} of {len(mine)} fail**")
        elif column in {"protection", "plain"}:
            cells.append(said)
        else:
            held = "holds" if len(mine) == 1 else f"{len(mine)} hold"
            cells.append(f"{held}; {said}" if said else held)
    return cells


def sweep(version: str, wanted: str, jobs: int) -> list[Played]:
    """Play every cell on a client, some at the same time."""
    cells = [cell for cell in matrix.cells() if wanted in f"{cell.column}: {cell.name}"]
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda cell: play(version, cell), cells))


def write_page(page: Path, version: str, row: list[str], faults: list[str]) -> None:
    """Put a client's row into the page, below what `tests/docs/generate.py` makes. Those of other clients stay."""
    above, mark, below = page.read_text(encoding="utf-8").partition(generate.MEASURED)
    rows = {line.split("|")[1].strip(): line for line in below.splitlines() if line.startswith("| 2")}
    others = [line for line in below.splitlines() if line.startswith("- ") and not line.startswith(f"- {version},")]
    rows[version] = f"| {version} | {' | '.join(row)} | {datetime.now(UTC).date()} |"
    lines = [above + mark, "", f"| client | {' | '.join(COLUMNS.values())} | on |"]
    lines += ["| --- " * (len(COLUMNS) + 2) + "|", *(rows[one] for one in sorted(rows, key=number_of))]
    if faults := [*others, *(f"- {fault}" for fault in faults)]:
        lines += ["", "What did not hold:", "", *sorted(faults)]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Sweep, say what does not hold, and end with 1 if there is something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("versions", nargs="*", metavar="VERSION")
    parser.add_argument("--keep", action="store_true", help="leave installed what was not there before")
    parser.add_argument("--page", type=Path, help="write the rows into this page")
    parser.add_argument("--only", default="", metavar="TEXT", help="play the cells with this in `column: name`")
    parser.add_argument("--jobs", type=int, default=2, help="cells at the same time (default: 2)")
    asked = parser.parse_args()
    ended_well = True
    print(f"| client | {' | '.join(COLUMNS.values())} | took |", flush=True)
    for version in asked.versions or default_versions():
        was_there = (harness.CACHE / version).exists()
        begun = time.monotonic()
        try:
            harness.install(version)
            played = sweep(version, asked.only, asked.jobs)
        finally:
            if not (was_there or asked.keep):
                rmtree(harness.CACHE / version, ignore_errors=True)
                (harness.CACHE / f"{version}.lock").unlink(missing_ok=True)
        row = row_of(played)
        print(f"| {version} | {' | '.join(row)} | {time.monotonic() - begun:.0f} s |", flush=True)
        faults = {f"{version}, {one.cell.column}: {one.cell.name}": one.fault for one in played if one.fault}
        for name, fault in faults.items():
            print(f"--- {name}\n{fault}\n", file=sys.stderr, flush=True)
        ended_well = ended_well and not faults
        if asked.page:
            write_page(asked.page, version, row, list(faults))
    return 0 if ended_well else 1


if __name__ == "__main__":
    sys.exit(main())
