"""A fake client, for tests: a shell script named `claude` that writes down how it was started and ends as it is told.

It is no client and speaks to nobody. It writes its dump into the directory that FAKE_CLAUDE_DUMP names, and does what
FAKE_CLAUDE_DO says: `exit 3`, `kill TERM`, `wait` (until a signal comes), `stdin` (keep what can be read there). Asked
for its version, with neither of them set, it only answers, with the text of the file `version` beside it if there is
one. What it tells is read from /proc, so that the shell that runs it cannot colour it; so it needs Linux.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

VERSION = "2.1.332"
DUMP = "FAKE_CLAUDE_DUMP"
DO = "FAKE_CLAUDE_DO"

_SCRIPT = f"""\
#!/bin/sh
# A FAKE claude, for tests: it writes down how it was started and ends as it is told.
if [ "${{1-}}" = --version ]; then
    cat "${{0%/*}}/version" 2>/dev/null || echo "{VERSION} (Claude Code)"
fi
[ -n "${{{DUMP}-}}" ] || exit 0
new={"${" + DUMP + "}"}.$$
mkdir "$new"
cat "/proc/$$/cmdline" >"$new/cmdline"
cat "/proc/$$/environ" >"$new/environ"
# With nothing but the shell itself: while it starts another program, it blocks all signals.
while IFS= read -r line; do printf '%s\\n' "$line"; done <"/proc/$$/status" >"$new/status"
(exec ls -l "/proc/$$/fd" >"$new/descriptors") # the shell itself would keep what it redirects
if [ -n "${{CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR-}}" ]; then
    cat "/proc/$$/fd/$CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR" >"$new/key"
fi
if [ "${{{DO}-}}" = stdin ]; then
    cat >"$new/stdin"
fi
mv "$new" "${DUMP}"
case "${{{DO}-}}" in
exit\\ *) exit "${{{DO}#* }}" ;;
kill\\ *) kill -s "${{{DO}#* }}" $$ ;;
wait) exec sleep 600 ;;
esac
"""


@dataclass(frozen=True)
class Dump:
    """How the fake was started."""

    pid: int
    arguments: list[bytes]
    environment: dict[bytes, bytes]
    ignored: int  # signals, as the kernel's mask
    blocked: int
    descriptors: dict[int, str]  # what each open one leads to
    key: bytes | None  # what waited in the pipe that CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR names
    stdin: bytes | None


def package_around(client: Path, version: str = VERSION) -> None:
    """Make a file pass for a part of the client's own package, so that it is no script that starts any client."""
    (client.parent / "package.json").write_text(f'{{"name": "@anthropic-ai/claude-code", "version": "{version}"}}')


class FakeClaude:
    """One fake in a directory, and the place of its dump."""

    def __init__(self, directory: Path, dump: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / "claude"
        self.dump = dump
        self.path.write_text(_SCRIPT)
        self.path.chmod(0o755)
        package_around(self.path)

    def answer_version(self, text: str) -> None:
        """What it says to `--version`, as one that is in no package: a script that may start any client."""
        (self.path.parent / "package.json").unlink(missing_ok=True)
        (self.path.parent / "version").write_text(text)

    @property
    def started(self) -> bool:
        """Whether it ran, for anything but its version."""
        return any(self.dump.parent.glob(f"{self.dump.name}*"))

    def take(self) -> Dump:
        """The dump of the last run; the next run writes a new one."""
        found = _read(self.dump)
        shutil.rmtree(self.dump)
        return found


def _read(dump: Path) -> Dump:
    status = dict(line.split(":\t", 1) for line in (dump / "status").read_text().splitlines() if ":\t" in line)
    command = (dump / "cmdline").read_bytes().split(b"\0")
    block = (dump / "environ").read_bytes().split(b"\0")
    return Dump(
        pid=int(status["Pid"]),
        arguments=command[2:-1],  # without the shell, the script and what follows the last NUL
        environment=dict(entry.split(b"=", 1) for entry in block if b"=" in entry),
        ignored=int(status["SigIgn"], 16),
        blocked=int(status["SigBlk"], 16),
        descriptors={
            int(number): leads_to
            for number, leads_to in re.findall(r" (\d+) -> (.*)$", (dump / "descriptors").read_text(), re.MULTILINE)
        },
        key=_if_there(dump / "key"),
        stdin=_if_there(dump / "stdin"),
    )


def _if_there(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
