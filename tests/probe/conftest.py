"""What the tests of probes share."""

import pytest

from tests.client.conftest import stage, version
from tests.unit.conftest import home

pytest.register_assert_rewrite("tests.probe.probing", "tests.probe.session")

__all__ = ["home", "stage", "version"]
