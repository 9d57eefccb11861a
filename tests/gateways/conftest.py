"""What the tests with real gateways share."""

import pytest

from tests.client.conftest import stage, version

pytest.register_assert_rewrite("tests.gateways.gateway")

__all__ = ["stage", "version"]
