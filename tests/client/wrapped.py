"""A wrapper on the stage of a launch: installed as a user would, started as a script, and whether it needed `cc`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.client import harness
from tests.client.stage import PATIENCE, Stage
from tests.support import console_script, require_tool

# The Python that a wrapper hands over to: the real one, which leaves a note when it is to launch.
_NOTING = """\
#!/bin/sh
for word do
    if [ "$word" = run ]; then echo run >>'{note}'; fi
done
exec '{python}' "$@"
"""


class Wrapped:
    """A wrapper for a profile of the stage. Its `claude` is the one on PATH: CC_CLAUDE would be a reason for `cc`."""

    def __init__(self, stage: Stage, *options: str, profile: str = "own") -> None:
        self._stage = stage
        self._note = stage.elsewhere / "handed-over"
        noting = stage.elsewhere / "python"
        noting.write_text(_NOTING.format(note=self._note, python=sys.executable))
        noting.chmod(0o755)
        program = console_script(stage.elsewhere / "bin", before=f"sys.executable = {str(noting)!r}\n")
        done = harness.run(
            [program, "install-wrapper", *options, profile], self.environment(), stage.work, timeout=PATIENCE
        )
        assert done.returncode == 0, done
        self.said = done.stdout + done.stderr
        self.path = stage.home / ".local" / "bin" / f"claude-{profile}"

    def environment(self) -> dict[str, str]:
        """The stage's, with its client on PATH."""
        environment = dict(self._stage.environment)
        del environment["CC_CLAUDE"]
        return environment | {"PATH": f"{self._stage.client.parent}:{environment['PATH']}"}

    def launch(self, *arguments: str) -> harness.Ended:
        """Start the script, and wait for the client's end."""
        argv: list[str | Path] = [require_tool("sh"), self.path, *arguments]
        return harness.run(argv, self.environment(), self._stage.work, timeout=PATIENCE)

    @contextmanager
    def session(self, *arguments: str) -> Iterator[harness.Terminal]:
        """An interactive session."""
        argv = ["sh", str(self.path), *arguments]
        with harness.Terminal(argv, self.environment(), self._stage.work) as terminal:
            yield terminal

    @property
    def handed_over(self) -> bool:
        """Whether the script has left a launch to `cc run`."""
        return self._note.exists()


def profile(stage: Stage, name: str, text: str) -> None:
    """Write another profile of the user's."""
    directory = stage.home / ".config" / "cc-launcher" / "profiles"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{name}.toml").write_text(text)
