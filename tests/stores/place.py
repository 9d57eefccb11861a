"""Where a real store is tried: a home, the real `cc`, a fake client, and a directory for what the store keeps."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

from tests.client.harness import Terminal
from tests.support import LIMIT, SYSTEM_PATH, Result, Sandbox, Text, missing, run
from tests.watch import no_argument_holds, no_file_holds

REFUSED, TIMED_OUT = 77, 75
PATIENT = {"CC_SECRET_TIMEOUT": "100"}  # for what comes, on a machine of any speed
PROFILE = "mine"

Environment = Mapping[str, str]
NOTHING: Environment = MappingProxyType({})


def require_system_tool(name: str) -> str:
    """As `require_tool`, but where the programs of the sandbox look for it."""
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        missing(f"{name} is not installed")
    return found


class Place:
    """A sandbox with a secret that is new for each test, which is found nowhere but where it belongs."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.secret = f"canary-{secrets.token_hex(16)}"
        self.own = Path(tempfile.mkdtemp(prefix="cc-", dir="/tmp"))  # short, for the sockets of agents
        self.variables = {"XDG_RUNTIME_DIR": str(self._directory("run"))} | PATIENT

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.sandbox.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.own, ignore_errors=True)

    def _directory(self, name: str) -> Path:
        made = self.own / name
        made.mkdir(mode=0o700)
        return made

    def directory(self, name: str, variable: str = "") -> Path:
        """A directory of the store's own, named by a variable."""
        made = self._directory(name)
        if variable:
            self.variables[variable] = str(made)
        return made

    def environment(self, env: Environment = NOTHING) -> dict[str, str]:
        """What `cc` and the store's programs run in."""
        return self.sandbox.environment(**self.variables) | dict(env)

    def tool(self, *argv: Text, stdin: str = "") -> str:
        """Run one of the store's own programs, which has to go well."""
        program = require_system_tool(str(argv[0]))
        result = run([program, *argv[1:]], self.environment(), self.sandbox.work, stdin.encode())
        assert result.code == 0, (argv, result.err)
        return result.out.decode()

    def kept_in(self, reference: str, more: str = "") -> None:
        """Write the profile, whose secret is kept there."""
        self.sandbox.profile(PROFILE, f'extends = "zai"\nsecret = "{reference}"\n{more}')

    def run(self, *args: str, stdin: str = "", cached: bool = False, env: Environment = NOTHING) -> Result:
        """Run `cc`, and look for the secret in all that it leaves, and in the arguments of all that runs meanwhile."""
        with no_argument_holds(self.secret.encode()):
            result = self.sandbox.run(*args, environment=self.environment(env), stdin=stdin.encode(), cached=cached)
        self._found_nowhere(result.out + result.err)
        return result

    def launched(self, *, expected: str | None = None, env: Environment = NOTHING) -> None:
        """Launch, twice, the second time from the cached plan; both times the client gets the secret."""
        for cached in (False, True):
            result = self.run("run", PROFILE, "-p", "hi", cached=cached, env=env)
            assert result.code == 0, result.err
            assert result.err == b""
            self.handed_over(expected)

    def handed_over(self, expected: str | None = None) -> None:
        """The client has got the secret, and nobody else."""
        dump = self.sandbox.fake.take()
        assert dump.environment[b"ANTHROPIC_AUTH_TOKEN"].decode() == (expected or self.secret)
        assert [name for name, value in dump.environment.items() if self.secret.encode() in value] in (
            [],
            [b"ANTHROPIC_AUTH_TOKEN"],
        )
        assert self.secret.encode() not in b"\0".join(dump.arguments)

    def refused(self, *args: str, codes: Sequence[int] = (REFUSED,), env: Environment = NOTHING) -> str:
        """Try to launch, which ends before it begins; what is said."""
        result = self.run("run", *args, PROFILE, env=env)
        said = result.err.decode()
        assert result.code in codes, said
        assert result.out == b""
        assert said.splitlines()[0].startswith(f"cc: {PROFILE}: "), said
        assert "hint: " in said
        assert not self.sandbox.fake.started
        return said

    def names_of_processes(self) -> set[str]:
        """What runs in this sandbox, by name."""
        found = set()
        for pid in self.sandbox.processes():
            with contextlib.suppress(OSError):
                found.add((Path("/proc") / str(pid) / "comm").read_text().strip())
        return found

    def terminal(self, *argv: Text, env: Environment = NOTHING) -> Terminal:
        """A program on a terminal; without one, a launch."""
        environment = self.environment({"TERM": "xterm-256color"} | dict(env))
        words: list[str | Path] = [word if isinstance(word, Path) else os.fsdecode(word) for word in argv]
        return Terminal(words or [self.sandbox.cc, "run", PROFILE], environment, self.sandbox.work)

    def launched_on(self, terminal: Terminal) -> None:
        """A launch on a terminal goes well; nothing of the secret is on the screen."""
        assert terminal.wait(LIMIT) == 0, terminal.screen()
        self._found_nowhere(terminal.screen().encode())
        self.handed_over()

    def _found_nowhere(self, said: bytes) -> None:
        assert self.secret.encode() not in said
        for place in (self.sandbox.home, self.sandbox.work, self.sandbox.bin, self.own):
            no_file_holds(self.secret.encode(), place.rglob("*"))
