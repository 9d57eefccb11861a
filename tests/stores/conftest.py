"""What the tests with the real stores share."""

from collections.abc import Iterator

import pytest

from tests.stores.place import Place
from tests.support import Sandbox


@pytest.fixture
def place(sandbox: Sandbox) -> Iterator[Place]:
    """A home, a fake `claude`, a `cc`, a secret."""
    with Place(sandbox) as made:
        yield made
