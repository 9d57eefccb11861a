"""What the tests of commands share."""

from pathlib import Path

import pytest

from tests.support import Sandbox
from tests.unit.cli.scene import CommandScene


@pytest.fixture
def scene(tmp_path: Path) -> CommandScene:
    """A sandbox beside the home of the unit tests, with a key and places to keep it in."""
    root = tmp_path / "sandbox"
    root.mkdir()
    return CommandScene(Sandbox(root))
