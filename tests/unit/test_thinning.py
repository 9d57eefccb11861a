"""The choice of cases: each test has some, each pair of values is met, the rest comes in turn."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.thinning import (
    ALL,
    COLLECTED,
    KEPT,
    PAIRS,
    SEED,
    VALUES,
    WITHOUT_GIT,
    Case,
    Thin,
    left_out,
    picked,
    seed,
    thin,
)

SEEDS = [str(number) for number in range(20)]


def matrix(*axes: Sequence[object], function: str = "tests/test_a.py::test_b") -> list[Case]:
    """The cases of a test with these values for each of its parameters."""
    return [
        Case(f"{function}[{'-'.join(map(str, values))}]", {f"p{place}": value for place, value in enumerate(values)})
        for values in product(*axes)
    ]


def met(cases: Sequence[Case], names: set[str], together: int) -> set[object]:
    return {
        goal for case in cases if case.name in names for goal in combinations(sorted(case.values.items()), together)
    }


@pytest.mark.parametrize("chosen_by", SEEDS)
@pytest.mark.parametrize("together", [VALUES, PAIRS])
def test_each_combination_of_so_many_values_is_met(chosen_by: str, together: int) -> None:
    cases = matrix(range(4), "xyz", [True, False])
    names = picked(cases, Thin(1000, together), chosen_by)
    everything = {case.name for case in cases}
    assert met(cases, names, together) == met(cases, everything, together)
    assert names < everything


def test_pairs_take_few_cases() -> None:
    cases = matrix(range(4), range(4), range(4), range(4))
    assert all(len(picked(cases, Thin(10_000), chosen_by)) <= 32 for chosen_by in SEEDS[:4])  # of 256; 16 is the least


@pytest.mark.parametrize("chosen_by", SEEDS)
def test_a_test_with_one_parameter_has_a_case(chosen_by: str) -> None:
    assert len(picked(matrix(range(20)), Thin(10_000), chosen_by)) == 1


def test_with_every_pair_two_parameters_are_whole() -> None:
    cases = matrix(range(3), range(3))
    assert picked(cases, Thin(10_000), "any") == {case.name for case in cases}


def test_the_rest_comes_in_turn() -> None:
    cases = matrix(range(12))
    names = [picked(cases, Thin(4), chosen_by) for chosen_by in SEEDS]
    assert set[str]().union(*names) == {case.name for case in cases}
    assert len({frozenset(chosen) for chosen in names}) > 1
    assert 1 < sum(map(len, names)) / len(names) < 6  # about one in four


def test_the_same_seed_has_the_same_cases_in_whatever_order_they_come() -> None:
    cases = matrix(range(5), "xyz", "ab")
    assert picked(cases, Thin(7), "once") == picked(cases[::-1], Thin(7), "once")


def test_a_value_may_be_anything() -> None:
    cases = matrix([{"a": 1}, {"a": 2}, [1]], [1, True, None], [lambda: 1, print])
    names = picked(cases, Thin(10_000), "any")
    assert len(names) < len(cases)
    kinds = {(type(case.values["p0"]), repr(case.values["p1"])) for case in cases if case.name in names}
    assert kinds == set(product((dict, list), ("1", "True", "None")))


def test_a_value_that_differs_from_case_to_case_by_its_place_alone_is_the_same() -> None:
    cases = [
        Case(f"tests/test_a.py::test_b[{number}]", {"p0": [1], "p1": "x", "p2": number % 2}) for number in range(9)
    ]
    assert len(picked(cases, Thin(10_000), "any")) == 2


def test_of_those_that_are_alike_there_is_one() -> None:
    cases = [
        Case(f"tests/test_a.py::test_b[{number}]", {"p0": number, "p1": "x"}, "ab"[number % 2]) for number in range(9)
    ]
    names = [picked(cases, Thin(10_000), chosen_by) for chosen_by in SEEDS]
    assert {len(chosen) for chosen in names} == {2}
    assert {tuple(sorted(case.alike or "" for case in cases if case.name in chosen)) for chosen in names} == {
        ("a", "b")
    }
    assert len({frozenset(chosen) for chosen in names}) > 3


def test_only_files_of_the_table_are_thinned_and_each_function_by_itself() -> None:
    whole = matrix(range(9), function="tests/test_whole.py::test_b")
    thin = [case for name in ("b", "c", "d") for case in matrix(range(9), function=f"tests/test_a.py::test_{name}")]
    names = left_out(whole + thin, {"tests/test_a.py": Thin(10_000)}, "any")
    assert len(names) == 3 * 8
    assert {case.function for case in thin if case.name not in names} == {case.function for case in thin}


def test_the_seed_is_the_one_that_is_given(tmp_path: Path) -> None:
    assert seed(tmp_path, {SEED: "mine"}) == "mine"


def test_without_git_the_seed_is_always_the_same(tmp_path: Path) -> None:
    assert seed(tmp_path, {"PATH": "/nowhere"}) == WITHOUT_GIT


def test_with_git_the_seed_is_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "x")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "x@example.com")
    seen = [seed(tmp_path, {})]
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for word in ("one", "two"):
        subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", word], cwd=tmp_path, check=True)
        seen += [seed(tmp_path, {}), seed(tmp_path, {})]
    assert seen[0] == WITHOUT_GIT
    assert seen[1] == seen[2] != seen[3] == seen[4]


# In a run of pytest


class Hook:
    """Stands for what pytest tells others."""

    def __init__(self) -> None:
        self.left_out: list[pytest.Item] = []

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.left_out += items


@dataclass
class Config:
    """Stands for a run of pytest, with these arguments."""

    args: Sequence[str] = ("tests",)
    keyword: str = ""
    stash: pytest.Stash = field(default_factory=pytest.Stash)
    hook: Hook = field(default_factory=Hook)

    @property
    def option(self) -> "Config":
        return self


@pytest.fixture
def items(request: pytest.FixtureRequest) -> list[pytest.Item]:
    """The cases of a test of this module, as pytest has them."""
    found: list[pytest.Item] = []
    for number in range(20):
        item = pytest.Function.from_parent(request.node.parent, name=f"test_made[{number}]", callobj=lambda: None)
        item.callspec = SimpleNamespace(params={"number": number})  # type: ignore[assignment]
        if number < 4:
            item.add_marker(pytest.mark.alike("these"))
        found.append(item)
    return found


THINNED = {"tests/unit/test_thinning.py": Thin(10_000)}


def left_of(config: Config, items: list[pytest.Item]) -> int:
    left = [*items]
    thin(config, left, THINNED, "any")  # type: ignore[arg-type]
    assert {item.name for item in left} | {item.name for item in config.hook.left_out} == {item.name for item in items}
    assert config.stash[COLLECTED] == config.stash[KEPT]
    return len(left)


def test_a_run_leaves_cases_out(items: list[pytest.Item], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALL, raising=False)
    assert left_of(Config(), items) == 1


@pytest.mark.parametrize("config", [Config(keyword="made"), Config(args=["tests/unit/test_thinning.py::test_made"])])
def test_what_is_asked_for_by_name_is_whole(
    config: Config, items: list[pytest.Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ALL, raising=False)
    assert left_of(config, items) == 20


def test_all_can_be_had(items: list[pytest.Item], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALL, "1")
    assert left_of(Config(), items) == 20


def test_each_test_of_this_very_run_has_a_case(request: pytest.FixtureRequest) -> None:
    """Of all that this worker has collected, whatever is chosen."""
    collected, kept = request.config.stash[COLLECTED], request.config.stash[KEPT]
    assert collected - kept == set()
    assert request.node.originalname in str(kept)
