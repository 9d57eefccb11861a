"""What the tests with the real stores share."""

from collections.abc import Iterator

import pytest

from tests.support import Sandbox

pytest.register_assert_rewrite("tests.stores.place")  # it checks, too
from tests.stores.place import Place  # noqa: E402 (see the line above)


@pytest.fixture
def place(sandbox: Sandbox) -> Iterator[Place]:
    """A home, a fake `claude`, a `cc`, a secret."""
    with Place(sandbox) as made:
        yield made
