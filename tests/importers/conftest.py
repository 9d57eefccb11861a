"""What is tested here has the home of the unit tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importers.served import Server, serving
from tests.stores.place import Place
from tests.support import Sandbox
from tests.unit.conftest import home

__all__ = ["home", "place"]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on this machine that cc trusts."""
    with serving(tmp_path) as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Where a real store is tried, beside that home."""
    root = tmp_path / "sandbox"
    root.mkdir()
    with Place(Sandbox(root)) as made:
        yield made
