"""What the tests with real gateways share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.conftest import stage, version
from tests.fakes.fake_collector import FakeCollector
from tests.gateways import served
from tests.gateways.running import Gateway
from tests.gateways.upstream import FakeUpstream

__all__ = ["stage", "version"]


@pytest.fixture(scope="session")
def collector() -> Iterator[FakeCollector]:
    """Who gets the spans."""
    with FakeCollector() as found:
        yield found


@pytest.fixture(scope="session")
def home_of_the_gateway(tmp_path_factory: pytest.TempPathFactory, collector: FakeCollector) -> Iterator[Gateway]:
    """One for all tests of a run, for each start of an engine takes 12 seconds of a processor."""
    with FakeUpstream() as upstream:
        found = served.made(tmp_path_factory.mktemp("gateway"), upstream, collector)
        try:
            yield found
        finally:
            found.end()


@pytest.fixture
def gateway(home_of_the_gateway: Gateway) -> Gateway:
    """The gateway, which serves. No test may count on what another one has done."""
    return served.up(home_of_the_gateway)
