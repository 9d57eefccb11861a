"""Which cases of a large matrix a run has: enough of each test always, and of the rest each time others."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

SEED = "CC_TESTS_SEED"
ALL = "CC_TESTS_ALL"
WITHOUT_GIT = "0"
PAIRS, VALUES = 2, 1

Goal = tuple[tuple[str, int], ...]

COLLECTED = pytest.StashKey[set[str]]()
CHOSEN_BY = pytest.StashKey[str]()
KEPT = pytest.StashKey[set[str]]()


@dataclass(frozen=True)
class Thin:
    """How a file's matrices are thinned.

    Every combination of values of so many parameters is met: each pair of values, or only each value. Of the cases
    that this leaves over, one in so many is run.
    """

    share: int
    together: int = PAIRS


@dataclass(frozen=True)
class Case:
    """A case of a parametrized test: its whole name, and the value of each parameter.

    Of those that `@pytest.mark.alike` says to be alike, one is enough, whatever their values.
    """

    name: str
    values: Mapping[str, object]
    alike: str | None = None

    @property
    def function(self) -> str:
        return _function(self.name)

    @property
    def file(self) -> str:
        return self.name.partition("::")[0]


def thin(config: pytest.Config, items: list[pytest.Item], thinned: Mapping[str, Thin], chosen_by: str) -> None:
    """Leave cases out, unless somebody wants them all, or asks for one by its name."""
    config.stash[COLLECTED] = {_function(item.nodeid) for item in items}
    if not (os.environ.get(ALL) or config.option.keyword or any("::" in argument for argument in config.args)):
        names = left_out(_cases(items), thinned, chosen_by)
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in names])
        items[:] = [item for item in items if item.nodeid not in names]
    config.stash[KEPT] = {_function(item.nodeid) for item in items}


def _cases(items: Iterable[pytest.Item]) -> Iterator[Case]:
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            alike = item.get_closest_marker("alike")
            yield Case(item.nodeid, item.callspec.params, alike and alike.args[0])


def _function(name: str) -> str:
    return name.partition("[")[0]


def seed(directory: Path, environment: Mapping[str, str] = os.environ) -> str:
    """What the rest is chosen by: what is given, else the commit, so that a failure comes again."""
    given = environment.get(SEED)
    if given:
        return given
    try:
        told = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=directory, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return WITHOUT_GIT
    return told.stdout.strip()


def left_out(cases: Iterable[Case], thinned: Mapping[str, Thin], chosen_by: str) -> set[str]:
    """The names of the cases that are not run."""
    functions: dict[str, list[Case]] = {}
    for case in cases:
        if case.file in thinned:
            functions.setdefault(case.function, []).append(case)
    names: set[str] = set()
    for of_one in functions.values():
        names |= {case.name for case in of_one} - picked(of_one, thinned[of_one[0].file], chosen_by)
    return names


def picked(cases: Sequence[Case], thin: Thin, chosen_by: str) -> set[str]:
    """The cases of one test that are run: never none."""
    turn = {case.name: _number(f"{chosen_by} {case.name}") for case in cases}
    in_turn = sorted(cases, key=lambda case: (turn[case.name], case.name))
    kept = {case.name for case in in_turn if turn[case.name] % thin.share == 0}
    goals = dict(zip([case.name for case in in_turn], _goals(in_turn, thin.together), strict=True))
    unmet = set[Goal]().union(*goals.values()).difference(*(goals[name] for name in kept))
    while unmet:
        best = max(in_turn, key=lambda case: len(goals[case.name] & unmet)).name
        kept.add(best)
        unmet -= goals[best]
    return kept or {in_turn[0].name}


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def _goals(cases: Sequence[Case], together: int) -> Iterator[set[Goal]]:
    """What each case meets: combinations of values. A single parameter has none, or all its cases would be needed."""
    numbers: dict[tuple[str, object], int] = {}
    for case in cases:
        if case.alike is not None:
            yield {((case.alike, 0),)}
            continue
        values = [(name, numbers.setdefault((name, _comparable(of)), len(numbers))) for name, of in case.values.items()]
        yield set(combinations(values, together)) if len(values) > 1 else set()


def _comparable(value: object) -> object:
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return type(value), value  # or True would be 1
