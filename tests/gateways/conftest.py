"""What the tests with real gateways share."""

from tests.client.conftest import stage, version

__all__ = ["stage", "version"]
