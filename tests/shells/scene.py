"""What the tests of wrappers share: the shells, a wrapper made in this process, and what `cc run` does in its place."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cc_launcher.actions import wrapping
from cc_launcher.claude import installed_version, this_machine
from cc_launcher.cli import run as run_command
from cc_launcher.core.plan import DESCRIPTOR, Plan
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.script import render
from cc_launcher.core.wrapper.way import Way
from cc_launcher.launch import process
from tests.support import LIMIT, Environment, Sandbox, Text, require_tool, run

# As a user's /bin/sh may be any of them.
SHELLS = {
    "dash": ["dash"],
    "bash": ["bash"],
    "bash --posix": ["bash", "--posix"],
    "zsh": ["zsh"],
    "busybox sh": ["busybox", "sh"],
    "mksh": ["mksh"],
}
# One more, by its whole path: bash 3.2, which is macOS's /bin/sh and in no package here. Its options follow it.
GIVEN = os.environ.get("CC_TEST_SHELL", "").split()
if GIVEN:
    SHELLS[" ".join(GIVEN)] = GIVEN
KEEPS_ODD_NAMES = ("bash", "bash --posix", "zsh")  # of variables, such as `X-A`: the others lose them
WITH_PIPES = ("dash", "bash", "bash --posix", "busybox sh")  # in which a here-document is no file
# What a shell sets by itself, and the number of a pipe.
OF_SHELLS = (b"_", b"SHLVL", b"PWD", b"OLDPWD", b"LOGNAME")
DESCRIPTOR_NAME = b"CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"
_SEPARATOR = b"\0== and now\0"
# FAKES, for tests: programs that write down how they were started, quicker than fake_claude.py's.
_TARGET = """\
#!/bin/sh
{{
    /bin/cat /proc/$$/cmdline '{separator}' /proc/$$/environ '{separator}'
    [ -z "${{{variable}-}}" ] || /bin/cat "/proc/$$/fd/${variable}"
}} >'{dump}'
"""
_CC = """\
#!/bin/sh
if [ "$2" = -c ]; then exit 0; fi
/bin/cat /proc/$$/cmdline '{separator}' /proc/$$/environ >'{dump}'
"""


@dataclass(frozen=True)
class Child:
    """How a program was started: what a wrapper became, or what `cc run` would have become."""

    arguments: list[bytes]
    environment: dict[bytes, bytes]
    key: bytes | None = None  # what waited in the pipe
    said: bytes = b""  # on standard error, before

    def without_shells(self) -> Child:
        """The same without what a shell adds by itself, and without the number of the pipe."""
        left = {name: value for name, value in self.environment.items() if name not in (*OF_SHELLS, DESCRIPTOR_NAME)}
        # A here-document ends with a line end, which the client takes off.
        return Child(self.arguments, left, None if self.key is None else self.key.removesuffix(b"\n"), self.said)


@dataclass(frozen=True)
class Outcome:
    """How a start ended."""

    code: int
    out: bytes
    err: bytes
    child: Child | None


class WrapperScene:
    """A sandbox in which wrappers are made and run."""

    def __init__(self, root: Path) -> None:
        self.sandbox = Sandbox(root)
        self.sandbox.was_told("mine")
        self.place = root / "wrapper"
        self.dump = self.sandbox.outside / "started"
        self.handed = self.sandbox.outside / "handed"
        self.stub = self.sandbox.outside / "cc-stub"
        separator = self.sandbox.outside / "separator"
        separator.write_bytes(_SEPARATOR)
        target = self.sandbox.fake.path
        target.write_text(_TARGET.format(separator=separator, dump=self.dump, variable=DESCRIPTOR_NAME.decode()))
        self.stub.write_text(_CC.format(separator=separator, dump=self.handed))
        self.stub.chmod(0o755)
        # The real cc reads it here, too.
        (target.parent / "package.json").write_text('{"name": "@anthropic-ai/claude-code", "version": "2.1.329"}')
        self.own: tuple[str, ...] = (str(self.stub), "-P", "-m", "cc_launcher")
        self.version: tuple[int, ...] | None = (2, 1, 329)
        self.ways: list[Way] = []

    @contextlib.contextmanager
    def being(self, environment: Mapping[str, str], cwd: Path | None = None) -> Iterator[None]:
        """This process as `cc` is in that environment, on a client of the scene's version."""
        with pytest.MonkeyPatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.chdir(cwd or self.sandbox.work)
            patch.setattr(installed_version, "of", lambda _: self.version)
            patch.setattr(this_machine, "OWN_COMMAND", self.own)
            yield

    def install(self, wrapper: Wrapper, **more: str) -> str:
        """Write the script of a wrapper, as `cc install-wrapper` does in a clean environment; returns its text."""
        with self.being(self.sandbox.environment(**more)):
            self.ways = wrapping.ways_of(wrapper)
            text = render(wrapper, self.ways, wrapping.surroundings())
        self.place.write_text(text)
        self.place.chmod(0o755)
        return text

    def run(
        self, shell: str, arguments: list[bytes], environment: Mapping[bytes, bytes], cwd: Path | None = None
    ) -> tuple[Child | None, Child | None]:
        """Run the wrapper: the client that it became, or the `cc run` that it left things to."""
        program = require_tool(SHELLS[shell][0])
        for path in (self.dump, self.handed):
            path.unlink(missing_ok=True)
        done = subprocess.run(
            [program, *SHELLS[shell][1:], self.place, *arguments],
            env=environment,
            cwd=cwd or self.sandbox.work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=LIMIT,
        )
        assert (done.returncode, done.stdout) == (0, b""), (shell, done)
        assert self.dump.exists() != self.handed.exists(), (shell, done)
        if self.handed.exists():
            command, block = self.handed.read_bytes().split(_SEPARATOR)
            return None, Child(command.split(b"\0")[5:-1], _block(block), said=done.stderr)
        return self.started(done.stderr), None

    def started(self, said: bytes = b"") -> Child:
        """How the client was started last."""
        command, block, key = self.dump.read_bytes().split(_SEPARATOR)
        environment = _block(block)
        has_key = DESCRIPTOR_NAME in environment
        return Child(command.split(b"\0")[2:-1], environment, key if has_key else None, said).without_shells()

    def outcome(self, argv: Sequence[Text], environment: Environment, cwd: Path | None = None) -> Outcome:
        """How a program ends, and the client that it became."""
        self.dump.unlink(missing_ok=True)
        result = run(argv, environment, cwd or self.sandbox.work)
        return Outcome(result.code, result.out, result.err, self.started() if self.dump.exists() else None)

    def cc_run(self, words: list[str], environment: Mapping[str, str], cwd: Path | None = None) -> Child:
        """What `cc run` becomes, in this process and up to the very end."""
        caught: list[Child] = []
        said = io.StringIO()

        def become(_program: str, argv: list[str], child: dict[str, str]) -> int:
            block = {os.fsencode(name): os.fsencode(value) for name, value in child.items()}
            key = None
            if DESCRIPTOR_NAME in block:
                with open(int(block[DESCRIPTOR_NAME]), "rb") as pipe:
                    key = pipe.read()
            caught.append(Child([os.fsencode(word) for word in argv[1:]], block, key))
            return 0

        with self.being(environment, cwd), contextlib.redirect_stderr(said), pytest.MonkeyPatch.context() as patch:
            patch.setattr(process, "become", become)
            assert run_command.execute(words) == 0
        (found,) = caught
        return Child(found.arguments, found.environment, found.key, said.getvalue().encode())


def _block(content: bytes) -> dict[bytes, bytes]:
    return dict(entry.split(b"=", 1) for entry in content.split(b"\0") if b"=" in entry)


def has_pipe(plan: Plan) -> bool:
    """Whether a launch hands its key over in a pipe, which some shells leave to cc."""
    return any(slot.delivery == DESCRIPTOR for slot in plan.slots)
