"""What `cc usage` costs over gigabytes: `python tests/speed/usage.py [GIGABYTES [DIRECTORY]]`.

The transcripts are made up (`tests/speed/transcripts.py` says how they are distributed), below the directory if one is
named, and are in the page cache. The yardsticks are `cat` of the same files, ccusage (from npm, where that can be had),
and a Typer program that prints a word. All take turns, and the least of each counts: other work of the machine only
adds to that. The clock's time says something only beside another one of the same run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.commands import BARE_TYPER
from tests.speed.scene import BARE, SpeedScene
from tests.speed.transcripts import make

CCUSAGE = "ccusage@20.0.24"
FIRST_TURNS = int(os.environ.get("CC_SPEED_TURNS", "3"))
WARM_TURNS = 11
_MEASURE = """
import os, sys, time
nothing = os.open(os.devnull, os.O_RDWR)
actions = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)]
begun = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - begun
print(os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
_OURS = "cc usage"
_TYPER = "a Typer program that prints a word"
# The index alone: is anything new, and what does this month come to?
_INDEX = """
import sys
from cc_launcher.files import usage_index, usage_rows, usage_store
with usage_store.opened(sys.argv[1]) as connection:
    usage_index.update(connection, [sys.argv[2]], lambda done, total: None)
    assert not usage_rows.is_due(connection)
    requests = sum(row[8] for row in usage_rows.sums(connection, int(sys.argv[3]) // 900_000, 1 << 40))
"""


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of the clock and of the processor, and the most memory, in MiB."""

    wall: float
    processor: float
    memory: float


def run(argv: list[str], environment: dict[str, str]) -> Cost:
    """Run it; what it writes is thrown away."""
    # Started by a small Python: the memory of this one would count as the program's.
    program = [sys.executable, "-I", "-S", "-c", _MEASURE, *argv]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    code, wall, processor, memory = map(float, done.stdout.split())
    if code:
        raise SystemExit(f"{argv[0]} ended with {code:.0f}")
    return Cost(wall, processor, memory / 1024)


def ccusage(root: Path) -> str:
    """The other tool, from npm; nothing where that cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        return ""
    done = subprocess.run(
        [npm, "install", "--silent", "--prefix", str(root), CCUSAGE], capture_output=True, check=False
    )
    program = root / "node_modules" / ".bin" / "ccusage"
    return str(program) if done.returncode == 0 and program.exists() else ""


def main() -> None:
    """Print the ratios."""
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as root:
        scene = SpeedScene(Path(root))
        client = scene.home / ".claude"
        made = make(client, round(size * 1e9))
        print(f"{made.size / 1e9:.2f} GB: {made.files} files, {made.lines} lines, {made.requests} requests")
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
        listing = Path(root) / "files"
        listing.write_text("\0".join(sorted(map(str, client.rglob("*.jsonl")))))
        cat = ["/bin/sh", "-c", 'xargs -0 cat <"$0"', str(listing)]
        environment = scene.environment | {"PATH": f"{scene.environment['PATH']}:{os.environ['PATH']}"}
        usage = scene.home / ".local" / "share" / "cc-launcher" / "usage"
        typer = [*BARE[:2], BARE_TYPER, "command", "--word", "x"]
        first = {"cat": cat, _TYPER: typer, _OURS: [str(scene.cc), "usage"]}
        if other := ccusage(Path(root)):
            first["ccusage"] = [other, "daily", "--json", "--offline"]
        costs = in_turns(first, environment, FIRST_TURNS, before=lambda: shutil.rmtree(usage, ignore_errors=True))
        say_first(costs)
        run(first[_OURS], environment)
        index = [str(usage / "index.sqlite3"), os.path.realpath(client), str(_month())]
        warm = {
            "cat": cat,
            _TYPER: typer,
            "the index alone": [*BARE[:2], _INDEX, *index],
            _OURS: [str(scene.cc), "usage"],
            "cc usage --by day --since 2026-09": [str(scene.cc), "usage", "--by", "day", "--since", "2026-09"],
        }
        say_warm(in_turns(warm, environment, WARM_TURNS), costs.get("ccusage"))


def in_turns(
    programs: dict[str, list[str]], environment: dict[str, str], turns: int, before: Callable[[], None] = lambda: None
) -> dict[str, Cost]:
    """The least that each cost, one after the other, so that what else the machine does hits all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for turn in range(turns + 1):
        for name, argv in programs.items():
            before()
            cost = run(argv, environment)
            if turn:  # the first is to warm up
                costs[name].append(cost)
    return {name: _least(each) for name, each in costs.items()}


def say_first(costs: dict[str, Cost]) -> None:
    """When nothing has been read yet."""
    print(f"\nthe first time, least of {FIRST_TURNS}: processor, × cat; wall; memory")
    for name, cost in costs.items():
        ratio = cost.processor / costs["cat"].processor
        print(f"  {name:<40} {cost.processor:6.2f} s {ratio:6.1f} × {cost.wall:6.2f} s {cost.memory:6.0f} MiB")
    if "ccusage" in costs:
        ratio = costs[_OURS].wall / costs["ccusage"].wall
        print(f"  cc usage takes {ratio:.2f} of ccusage's time by the clock")
    print(f"  memory above the Typer program's: {costs[_OURS].memory - costs[_TYPER].memory:.0f} MiB")
    print("  targets: at most 15 × cat; no more wall than ccusage; memory less than 60 MiB above the Typer program's")


def say_warm(costs: dict[str, Cost], other: Cost | None) -> None:
    """When nothing is new."""
    print(f"\nwhen nothing is new, least of {WARM_TURNS}: processor, × cat, × Typer; memory")
    for name, cost in costs.items():
        ratios = (cost.processor / costs["cat"].processor, cost.processor / costs[_TYPER].processor)
        print(
            f"  {name:<40} {1000 * cost.processor:6.0f} ms {ratios[0]:6.2f} × {ratios[1]:6.2f} × {cost.memory:6.0f} MiB"
        )
    if other is not None:
        print(f"  cc usage, warm, as a part of ccusage: {costs[_OURS].processor / other.processor:.2f}")
    print(f"  load {os.getloadavg()[0]:.1f}")
    print("  targets: the index alone at most 0.3 × cat; cc usage at most 1.5 × Typer")


def _month() -> int:
    now = time.localtime()
    return round(time.mktime((now.tm_year, now.tm_mon, 1, 0, 0, 0, 0, 0, -1)) * 1000)


def _least(costs: list[Cost]) -> Cost:
    return Cost(*(min(getattr(cost, name) for cost in costs) for name in ("wall", "processor", "memory")))


if __name__ == "__main__":
    main()
