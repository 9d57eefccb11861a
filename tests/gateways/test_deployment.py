"""What a team deploys, in short: one real engine by the files that we write, on a real Redis. More: `deployment.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.gateways import gateway
from tests.gateways.deployment import MIX, Deployed, without_celpy
from tests.gateways.running import Gateway, wait_for
from tests.gateways.upstream import FakeUpstream
from tests.support import require_tool


class Scene(NamedTuple):
    """What runs."""

    deployed: Deployed
    upstream: FakeUpstream
    port: int


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An engine that has no more than LiteLLM's own image: a profile without rules needs no more."""
    require_tool("redis-server")
    root: Path = tmp_path_factory.mktemp("deployment")
    with FakeUpstream() as upstream:
        deployed = Deployed(Gateway(root / "home", upstream), root / "team", MIX)
        path = f"{deployed.directory}:{without_celpy(root)}"
        with deployed.redis(), deployed.engine("one", PYTHONPATH=path) as port:
            yield Scene(deployed, upstream, port)


def test_its_check_says_what_is_so(scene: Scene) -> None:
    assert scene.deployed.gateway_is_healthy(scene.port)
    assert not scene.deployed.gateway_is_healthy(gateway.free_port())


def test_the_keys_that_are_handed_out_are_taken_and_no_other(scene: Scene) -> None:
    assert [scene.deployed.ask(scene.port, who).status for who in ("alice", "bob")] == [200, 200]
    assert scene.deployed.ask(scene.port, "sk-nobodys").status == 401


def test_prometheus_gets_the_metrics_with_its_key_and_nobody_without(scene: Scene) -> None:
    scene.deployed.ask(scene.port)
    keys = (scene.deployed.variables["LITELLM_MASTER_KEY"], scene.deployed.variables["CC_KEY_MIX_ALICE"], "")
    answers = [scene.deployed.home.raw("/metrics/", key, port=scene.port) for key in keys]
    assert [status for status, _, _ in answers] == [200, 401, 401]
    assert "litellm_" in answers[0][2]
    assert scene.deployed.ask(scene.port, keys[0]).status == 401, "it is for the metrics alone"


def test_what_fails_is_told_to_the_others_by_redis(scene: Scene) -> None:
    scene.upstream.broken.add("a")
    try:
        assert scene.deployed.ask(scene.port, session="other").text == "b"
        wait_for(lambda: "cooldown" in scene.deployed.in_redis("--scan"), "the failed target in Redis")
    finally:
        scene.upstream.broken.discard("a")
