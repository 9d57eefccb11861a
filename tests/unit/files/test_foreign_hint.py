"""The glance of an overview: it knows no place that `cc import` does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from cc_launcher.files import foreign_hint, foreign_home


def test_every_place_is_one_of_the_imports() -> None:
    assert {*foreign_hint.TOOLS, *foreign_hint.TEXTS} <= {*foreign_home.places()}


def test_an_empty_home(home: Path) -> None:
    assert home.exists()
    assert not foreign_hint.something()


@pytest.mark.parametrize("path", foreign_hint.TOOLS)
def test_what_a_tool_left(home: Path, path: str) -> None:
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    (home / path).write_text("")
    assert foreign_hint.something()


@pytest.mark.parametrize("path", foreign_hint.TEXTS)
def test_a_file_with_an_address(home: Path, path: str) -> None:
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    (home / path).write_text("nothing\n")
    assert not foreign_hint.something()
    (home / path).write_text("export ANTHROPIC_BASE_URL=https://h\n")
    assert foreign_hint.something()
