"""What the tests of the compiler share: our `cc` first on PATH, and a record of each call that went through it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.client.harness import Conversation
from tests.support import SYSTEM_PATH, Result, Text, console_script, run

NOTHING: Mapping[str, str] = MappingProxyType({})


class Build:
    """A directory to build in, with the compiler of this machine, or with ours in front of it."""

    def __init__(self, root: Path) -> None:
        self.sits = False  # whether somebody does at a terminal, in which all of it runs
        self.path = SYSTEM_PATH
        self.ours = root / "ours"
        self.log = root / "calls"
        self.home = root / "home"
        self.home.mkdir()
        self.work = root / "work"
        self.work.mkdir()
        console_script(self.ours, before=f"open({str(self.log)!r}, 'a').write('called\\n')\n")

    def environment(self, *, ours: bool, env: Mapping[str, str] = NOTHING) -> dict[str, str]:
        """A clean environment, with ours first on PATH or without."""
        path = f"{self.ours}:{self.path}" if ours else self.path
        return {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8"} | dict(env)

    def run(self, *argv: Text, ours: bool, stdin: bytes = b"", env: Mapping[str, str] = NOTHING) -> Result:
        """Run a program in the directory."""
        if self.sits:
            assert not stdin
            return self.at_a_terminal(*argv, ours=ours, env=env)
        return run(argv, self.environment(ours=ours, env=env), self.work, stdin)

    def at_a_terminal(self, *argv: Text, ours: bool, env: Mapping[str, str] = NOTHING) -> Result:
        """Run a program in a terminal, on which all that it writes is output."""
        environment = self.environment(ours=ours, env={"TERM": "xterm"} | dict(env))
        words = [os.fsdecode(word) for word in argv]
        words[0] = str(self.work / (shutil.which(words[0], path=environment["PATH"]) or words[0]))
        with Conversation(words, environment, self.work) as session:
            code = session.ends()
        return Result(code, bytes(session.written), b"")

    def must(self, *argv: Text, ours: bool, env: Mapping[str, str] = NOTHING) -> Result:
        """Run a program that has to end well."""
        result = self.run(*argv, ours=ours, env=env)
        assert result.code == 0, (argv, result)
        return result

    def write(self, name: str, text: str) -> Path:
        """Write a source file."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def calls(self) -> int:
        """How often ours was called since this was last asked."""
        if not self.log.exists():
            return 0
        count = len(self.log.read_text().splitlines())
        self.log.unlink()
        return count


HELLO = """\
#include <stdio.h>
int main(int argc, char **argv)
{
    printf("hello, %d arguments\\n", argc - 1);
    return argc - 1;
}
"""
