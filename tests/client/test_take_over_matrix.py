"""Taken over, taken back and gone on with as it was: every kind of history, on the real client.

`take_over_matrix.py` plays all rows on both clients; of these a run has a part.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import take_over_matrix
from tests.support import require_tool


@pytest.mark.parametrize("version", take_over_matrix.VERSIONS)
@pytest.mark.parametrize("row", take_over_matrix.ROWS)
def test_there_back_and_the_original(row: str, version: str, tmp_path: Path) -> None:
    require_tool("npm")
    played = take_over_matrix.play(row, version, tmp_path)
    assert (played.there != played.original) is take_over_matrix.ROWS[row].copied
