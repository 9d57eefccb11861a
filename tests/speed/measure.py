"""Compare programs side by side. Ratios, no times to hold anybody to: another machine is another time, and so is noon.

The programs take turns (A B C A B C …), so that whatever else the machine does hits all of them, and what is printed
is the median over the turns: of the elapsed time, which the targets are about, and of the processor's time, which a
busy machine changes less.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TURNS = int(os.environ.get("CC_SPEED_TURNS", "21"))
_WARM_UP = 3


@dataclass(frozen=True)
class Program:
    """A program to measure: what it is called in the table, its arguments and its environment."""

    name: str
    argv: Sequence[str | Path]
    environment: Mapping[str, str]
    code: int = 0


@dataclass(frozen=True)
class Cost:
    """What one run took, in milliseconds."""

    elapsed: float
    processor: float


def in_turns(programs: Sequence[Program], turns: int = TURNS) -> list[list[Cost]]:
    """The costs of each program, turn by turn."""
    costs: list[list[Cost]] = [[] for _ in programs]
    for turn in range(turns + _WARM_UP):
        for program, row in zip(programs, costs, strict=True):
            cost = once(program)
            if turn >= _WARM_UP:
                row.append(cost)
    return costs


def say(what: str, costs: Sequence[Sequence[Cost]], value: Callable[..., float], target: float | None = None) -> None:
    """One line of the table: what is computed from each turn's costs, as the median over the turns."""
    turns = list(zip(*costs, strict=True))
    elapsed = [value(*(cost.elapsed for cost in turn)) for turn in turns]
    processor = statistics.median(value(*(cost.processor for cost in turn)) for turn in turns)
    low, middle, high = statistics.quantiles(elapsed, n=4)
    verdict = "" if target is None else f"  target {target:.2f}: {'met' if middle <= target else 'MISSED'}"
    sys.stdout.write(f"  {what:<50} {middle:5.2f} ({low:.2f} … {high:.2f})   {processor:5.2f}{verdict}\n")


def say_times(programs: Sequence[Program], costs: Sequence[Sequence[Cost]]) -> None:
    """What each of them took here, for the curious."""
    sys.stdout.write("  in milliseconds, here and now:\n")
    for program, row in zip(programs, costs, strict=True):
        elapsed = statistics.median(cost.elapsed for cost in row)
        processor = statistics.median(cost.processor for cost in row)
        sys.stdout.write(f"  {program.name:<50} {elapsed:5.1f}                 {processor:5.1f}\n")


def title(text: str) -> None:
    """What stands above a table."""
    sys.stdout.write(f"\n{text}\n  {f'median of {TURNS} turns':<50} elapsed (quartiles)   processor\n")


def once(program: Program) -> Cost:
    """Run a program, and tell what it took."""
    nothing = os.open(os.devnull, os.O_RDWR)
    streams = (0, 1) if program.code == 0 else (0, 1, 2)
    try:
        begun = time.perf_counter_ns()
        child = os.posix_spawn(
            program.argv[0],
            [str(word) for word in program.argv],
            program.environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, nothing, stream) for stream in streams],
        )
        _, status, usage = os.wait4(child, 0)
        elapsed = time.perf_counter_ns() - begun
    finally:
        os.close(nothing)
    code = os.waitstatus_to_exitcode(status)
    if code != program.code:
        raise SystemExit(f"{program.name} ended with {code}")
    return Cost(elapsed / 1e6, 1e3 * (usage.ru_utime + usage.ru_stime))
