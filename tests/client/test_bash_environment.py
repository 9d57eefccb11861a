"""What the commands of the model see of the secret: nothing, in any kind of launch."""

from functools import partial

import pytest

from tests.client import harness
from tests.client.exposure import EXPOSED_IN_COMMANDS, EXPOSED_IN_THE_CLIENT, files_with, seen_by_bash
from tests.client.stage import KEY_SOURCE, KINDS, Stage

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG


@pytest.mark.parametrize("version", [CURRENT, OLD])
@pytest.mark.parametrize("name", KINDS)
def test_the_secret_is_nowhere(stage: Stage, name: str) -> None:
    stage.profile(KINDS[name])
    harness.seed_login(stage.home)

    seen = seen_by_bash(stage, partial(stage.launch, KINDS[name]))

    for text in (seen.own, seen.of_client):
        assert f"HOME={stage.home}" in text
        assert f"{KEY_SOURCE}=" not in text
        assert harness.LOGIN_TOKEN not in text
    case = (name, stage.version)
    assert (stage.secret in seen.own) == (case in EXPOSED_IN_COMMANDS)
    assert (stage.secret in seen.of_client) == (case in EXPOSED_IN_THE_CLIENT)
    warned = "shows its whole environment to the commands of the model, the secret too" in seen.ended.stderr
    assert warned == (case in EXPOSED_IN_COMMANDS)
    # Nor in what the launch has left: transcripts, caches, logs. A transcript has what a command could see.
    assert bool(files_with(stage.secret, stage.home)) == (case in EXPOSED_IN_THE_CLIENT)
