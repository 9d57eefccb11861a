"""What is tested here touches no file: no test needs the home that others get."""

import pytest


@pytest.fixture(autouse=True)
def home() -> None:
    """In the place of the one of the unit tests."""
