"""Each test module is in one group, by its place."""

import tomllib
from pathlib import Path

import pytest

from tests.groups import GROUPS, NEEDS, QUICK, group_of, is_left_out
from tests.unit.conftest import REPOSITORY

MODULES = sorted(path.relative_to(REPOSITORY).as_posix() for path in Path(REPOSITORY, "tests").rglob("test_*.py"))


def test_this_module_has_the_mark_of_its_group_and_no_other(request: pytest.FixtureRequest) -> None:
    marks = {mark.name for mark in request.node.iter_markers()}
    assert marks & {*GROUPS} == {QUICK}


def test_every_collected_test_has_one_group(request: pytest.FixtureRequest) -> None:
    wrong = [
        item.nodeid
        for item in request.session.items
        if [mark.name for mark in item.iter_markers() if mark.name in GROUPS] != [group_of(item.nodeid)]
    ]
    assert wrong == []
    assert request.node in request.session.items


def test_the_groups_are_registered_and_each_is_used() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert [line.partition(":")[0] for line in settings["markers"]] == [*GROUPS, "alike(what)"]
    assert {group_of(module) for module in MODULES} == {*GROUPS}


def test_no_line_of_the_table_points_nowhere() -> None:
    assert [start for start in NEEDS if not any(module.startswith(start) for module in MODULES)] == []


@pytest.mark.parametrize(
    ("module", "group"),
    [
        ("tests/unit/core/text/test_urls.py", "quick"),
        ("tests/unit/cli/test_add.py::test_x[tests/client/]", "long"),
        ("tests/report/test_chromium.py", "browser"),
        ("tests/docs/test_docs.py", "quick"),
        ("tests/probe/test_agrees.py", "client"),
    ],
)
def test_the_group_of_a_module(module: str, group: str) -> None:
    assert group_of(module) == group


def test_only_what_cannot_be_meant_is_left_out() -> None:
    assert is_left_out("tests/client/test_add.py", "quick")
    assert not is_left_out("tests/client/test_add.py", "client")
    assert not is_left_out("tests/client/test_add.py", "client or quick")
    assert not is_left_out("tests/client/test_add.py", "not quick")
    assert not is_left_out("tests/client/test_add.py", "")
