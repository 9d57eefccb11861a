"""One imported profile of each tool, launched with the real client: its host gets its key, and is asked for its model.

A run has some of them, each time others; `python -m tests.importers.launches` prints a table of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importers import launches
from tests.stores.place import Place, require_system_tool
from tests.support import require_tool


@pytest.fixture(scope="module")
def real_pass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    require_tool("npm")
    require_system_tool("pass")
    with launches.real_pass(tmp_path_factory.mktemp("of-pass") / "pass") as place:
        yield place


def test_each_home_has_a_profile_that_is_launched() -> None:
    assert {*launches.PROFILES, *launches.NOT_LAUNCHED} == {*launches.CASES}


@pytest.mark.parametrize("name", launches.PROFILES)
def test_an_imported_profile_is_launched(real_pass: Place, name: str, tmp_path: Path) -> None:
    wanted, got = launches.launched(launches.CASES[name], tmp_path / "case", real_pass)
    assert launches.difference(wanted, got) == []
