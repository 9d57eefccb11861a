"""What is tested here has the home of the unit tests."""

from tests.unit.conftest import home

__all__ = ["home"]
