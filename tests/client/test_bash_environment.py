"""What the commands of the model see of the secret: nothing, in any kind of launch."""

from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import KEY_SOURCE, KINDS, PROMPT, Stage, first, tool_results
from tests.fakes.fake_provider import call

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
MARK = "=" * 10
LOOK = f"env; tr '\\0' '\\n' </proc/self/environ; echo {MARK};"
LOOK += " cat /proc/$PPID/environ /proc/$PPID/cmdline | tr '\\0' '\\n'"
# What docs/explanation/protection.md says is not protected. Who runs as the same user can read the client's own
# environment, where a hosted launch has its token; and what stands in the environment already cannot be sealed.
EXPOSED_IN_COMMANDS = {("token from env", OLD)}
EXPOSED_IN_THE_CLIENT = {("token", CURRENT), ("token from env", CURRENT), *EXPOSED_IN_COMMANDS}


def seen_by_bash(stage: Stage, name: str) -> tuple[str, str, str]:
    """Launch, and say what a command sees: in its own environment, and of the client; and what the launch said."""
    stage.profile(KINDS[name])
    harness.seed_login(stage.home)
    stage.ours.script = first(call("Bash", command=LOOK, description="x"))
    ended = stage.launch(KINDS[name], "-p", PROMPT, "--allowedTools", "Bash")
    [result] = tool_results(stage.ours.messages[-1].body)
    own, mark, of_client = result.partition(MARK)
    assert mark, result
    return own, of_client, ended.stderr


@pytest.mark.parametrize("version", [CURRENT, OLD])
@pytest.mark.parametrize("name", KINDS)
def test_the_secret_is_nowhere(stage: Stage, name: str) -> None:
    own, of_client, said = seen_by_bash(stage, name)

    for text in (own, of_client):
        assert f"HOME={stage.home}" in text
        assert f"{KEY_SOURCE}=" not in text
        assert harness.LOGIN_TOKEN not in text
    case = (name, stage.version)
    assert (stage.secret in own) == (case in EXPOSED_IN_COMMANDS)
    assert (stage.secret in of_client) == (case in EXPOSED_IN_THE_CLIENT)
    assert ("shows its whole environment to the commands of the model, the secret too" in said) == (
        case in EXPOSED_IN_COMMANDS
    )
    # Nor in what the launch has left: transcripts, caches, logs. A transcript has what a command could see.
    assert bool(files_with(stage.secret, stage.home)) == (case in EXPOSED_IN_THE_CLIENT)


def files_with(text: str, directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
