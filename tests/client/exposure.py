"""What the commands of the model see of a launch's secret, and where else it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.client import harness
from tests.client.stage import PROMPT, Stage, first, tool_results
from tests.fakes.fake_provider import call

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
MARK = "=" * 10
LOOK = "env; tr '\\0' '\\n' </proc/self/environ"
LOOK_AT_CLIENT = "cat /proc/$PPID/environ /proc/$PPID/cmdline | tr '\\0' '\\n'"
# What docs/explanation/protection.md says is not protected. Who runs as the same user can read the client's own
# environment, where a hosted launch has its token; and what stands in the environment already cannot be sealed.
EXPOSED_IN_COMMANDS = {("token from env", OLD)}
EXPOSED_IN_THE_CLIENT = {("token", CURRENT), ("token from env", CURRENT), *EXPOSED_IN_COMMANDS}


@dataclass(frozen=True)
class Seen:
    """What a command of the model sees: of itself, and of the client; and how the client ended."""

    own: str
    of_client: str
    ended: harness.Ended


def seen_by_bash(stage: Stage, launch: Callable[..., harness.Ended], look: str = LOOK) -> Seen:
    """Launch, and have the model look around."""
    stage.ours.script = first(call("Bash", command=f"{look}; echo {MARK}; {LOOK_AT_CLIENT}", description="x"))
    ended = launch("-p", PROMPT, "--allowedTools", "Bash")
    [result] = tool_results(stage.ours.messages[-1].body)
    own, mark, of_client = result.partition(MARK)
    assert mark, result
    return Seen(own, of_client, ended)


def files_with(text: str, directory: Path) -> list[Path]:
    """The files below a directory that have this text in them."""
    return [path for path in directory.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
