"""What the tests of programs that start the client share."""

import pytest

from tests.client.conftest import stage, version

pytest.register_assert_rewrite("tests.programs.scenarios")

__all__ = ["stage", "version"]
