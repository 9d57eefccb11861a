"""What the tests with the real client share."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.client import harness
from tests.fakes.fake_provider import FakeProvider
from tests.support import require_tool

for module in (
    "cost_scenarios",
    "counted",
    "exposure",
    "gatewayed",
    "hostile",
    "levers",
    "stage",
    "take_over_matrix",
):  # they check, too
    pytest.register_assert_rewrite(f"tests.client.{module}")
from tests.client.gatewayed import Desk, Served, serving  # noqa: E402 (see the line above)
from tests.client.levers import Pair  # noqa: E402 (see the line above)
from tests.client.stage import Stage  # noqa: E402
from tests.client.stayed import Chain, chain  # noqa: E402


@pytest.fixture
def version() -> str:
    """The version of the client. A test that is for another one, or for both, parametrizes it."""
    return harness.CURRENT


@pytest.fixture
def stage(tmp_path: Path, version: str) -> Iterator[Stage]:
    """A home without anything in it, and three fakes: the provider that is meant, a hijacker, the rest of the world."""
    require_tool("npm")
    with ExitStack() as open_for_the_test:
        providers = [open_for_the_test.enter_context(FakeProvider()) for _ in range(3)]
        yield Stage(tmp_path / "stage", version, providers)


@pytest.fixture
def pair(stage: Stage) -> Iterator[Pair]:
    """Two profiles on that stage, at a provider each."""
    with FakeProvider() as second:
        yield Pair(stage, second)


@pytest.fixture
def three(stage: Stage) -> Iterator[Chain]:
    """Three profiles on that stage, of which each goes on for the one before."""
    with chain(stage) as found:
        yield found


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway for all tests: each start of its engine takes 10 seconds of a processor."""
    require_tool("npm")
    with serving(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture
def desk(_served: Served, tmp_path: Path, version: str) -> Desk:
    """A new home, with that gateway."""
    _served.calm()
    return Desk(_served, tmp_path / "desk", version)
