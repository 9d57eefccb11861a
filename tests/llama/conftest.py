"""What the tests with the real llama-server share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.conftest import stage, version
from tests.llama import server
from tests.llama.server import Llama

__all__ = ["stage", "version"]


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    """One for all tests that only ask it."""
    server.require()
    with server.serving(tmp_path_factory.mktemp("llama")) as found:
        yield found
