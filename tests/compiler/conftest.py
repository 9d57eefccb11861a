"""The fixture of the tests of the compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compiler.build import Build
from tests.support import require_tool


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A directory to build in."""
    require_tool("cc")
    return Build(tmp_path)
