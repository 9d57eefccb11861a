"""Homes of the corpus with something broken in them: never a traceback, never a key on a screen, nothing changed.

A few here, always the same; `python -m tests.importers.mutations 4000 10000` tries as many as you like.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.importers import corpus, mutations

# Each of them was wrong once: what SQLite says of a broken schema is no text, a key in what is a host no more, a number
# of five thousand digits.
ONCE_WRONG = (1267, 1403, 1921)


@pytest.mark.parametrize("number", [*ONCE_WRONG, *range(40)])
def test_a_home_with_something_broken_in_it(number: int, tmp_path: Path) -> None:
    assert mutations.one(number, tmp_path) == ""


def test_the_same_number_breaks_the_same(tmp_path: Path) -> None:
    case = corpus.cases()[0]
    contents = []
    for at in (tmp_path / "a", tmp_path / "b"):
        mutations.broken(case.make(at), random.Random(7))
        contents.append({str(path.relative_to(at)): path.read_bytes() for path in at.rglob("*") if path.is_file()})
    assert contents[0] == contents[1]
