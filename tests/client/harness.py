"""Run the real Claude Code in a test: install a pinned version, give it a home and an environment, watch its screen."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyte
from ptyprocess import PtyProcess  # type: ignore[import-untyped]  # it has no types of its own

from tests import warm
from tests.support import LIMIT, rests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

# The only place where versions of the client are named.
CURRENT = os.environ.get("CC_TEST_CLIENT", "2.1.329")
BEFORE_HOST_FLAG = "2.1.72"  # the newest one tried that does not know CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST

# Tests change HOME. The cache is shared by all of them, so where it is gets decided before any test runs.
REAL_HOME = Path.home()
CACHE = Path(os.environ.get("CC_TEST_CLIENT_CACHE") or REAL_HOME / ".cache" / "cc-launcher-tests" / "clients")

PACKAGE = "@anthropic-ai/claude-code"
KEEPS_MARKS = ("2.1.97", "2.1.133", "2.1.258", CURRENT, "2.1.332")  # the first that writes down what a hook says, and
BEFORE_MARKS = "2.1.96"  # those after it that were tried; and the newest one that does not
OLDEST = "2.0.64"
KNOWS_BEHAVES_AS = "2.1.258"  # the oldest one tried in which a model may be said to behave as another one

_MOMENT = 0.3  # seconds in which a program that draws something has drawn the next part of it
_BUSY = 10.0  # seconds after which a program is one that always has something to do

LOGIN_TOKEN = "sk-ant-oat01-LOGIN-CANARY-must-never-leave-this-machine"


@dataclass(frozen=True)
class Ended:
    """What a run of the client left."""

    returncode: int
    stdout: str
    stderr: str


def install(version: str = CURRENT) -> Path:
    """Install this version of the client, unless it is in the cache, and return its executable."""
    directory = CACHE / version
    executable = directory / "node_modules" / ".bin" / "claude"
    CACHE.mkdir(parents=True, exist_ok=True)
    with _locked(CACHE / f"{version}.lock"):  # the workers of pytest-xdist all come here at once
        if not executable.exists():
            with tempfile.TemporaryDirectory(dir=CACHE, prefix=f"{version}.") as scratch:
                unfinished = Path(scratch) / "client"
                unfinished.mkdir()
                _npm_install(version, unfinished)
                # A half-finished install never has the final name. npm's links are relative: they survive the move.
                unfinished.rename(directory)
    return executable


def packages(version: str = CURRENT) -> list[Path]:
    """The packages from which npm installs this version here, as files, fetched once."""
    client = json.loads((install(version).parents[1] / PACKAGE / "package.json").read_text())
    found = [
        CACHE.parent / "packages" / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz" for name in _parts(client)
    ]
    found[0].parent.mkdir(exist_ok=True)
    with _locked(found[0].parent / f"{version}.lock"):
        for name, path in zip(_parts(client), found, strict=True):
            if not path.exists():
                with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
                    _npm("pack", "--pack-destination", scratch, "--silent", f"{name}@{version}", cwd=scratch)
                    next(Path(scratch).glob("*.tgz")).rename(path)
    return found


def _parts(client: Mapping[str, Any]) -> list[str]:
    """The client's package, and the one of this kind of machine."""
    there = {path.name for path in (CACHE / str(client["version"]) / "node_modules" / "@anthropic-ai").iterdir()}
    return [PACKAGE, *(name for name in client.get("optionalDependencies", ()) if name.rpartition("/")[2] in there)]


def clean_environment(home: Path) -> dict[str, str]:
    """Build the least environment a client runs in; nothing of this machine's own Claude Code or proxies is in it."""
    scratch = home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    path = ["/usr/local/bin", "/usr/bin", "/bin"]
    if node := shutil.which("node"):  # older versions are scripts for node
        path.insert(0, str(Path(node).parent))
    return {
        "PATH": os.pathsep.join(dict.fromkeys(path)),
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "SHELL": "/bin/bash",
        "TMPDIR": str(scratch),
        "DISABLE_AUTOUPDATER": "1",  # or else an old client installs a newer one for the whole machine, with npm
        "CC_OFFLINE": "1",  # no launch asks for a list of models, but where a test is about that
    }


def seed_home(home: Path, trust: Sequence[Path] = ()) -> None:
    """Make the home look as after a first run, with these directories trusted."""
    projects = {str(directory.resolve()): {"hasTrustDialogAccepted": True} for directory in trust}
    settings = {"hasCompletedOnboarding": True, "lastOnboardingVersion": CURRENT, "projects": projects}
    home.mkdir(parents=True, exist_ok=True)
    (home / ".claude.json").write_text(json.dumps(settings))


def seed_login(home: Path) -> None:
    """Save a claude.ai login in the home. The client believes it; its token is a canary."""
    login = {
        "accessToken": LOGIN_TOKEN,
        "refreshToken": LOGIN_TOKEN.replace("oat01", "ort01"),
        "expiresAt": 4_102_444_800_000,  # the year 2100: an expired token would be refreshed at Anthropic's
        "scopes": ["user:inference", "user:profile", "user:sessions:claude_code"],
        "subscriptionType": "max",
        "rateLimitTier": "default_claude_max_5x",
    }
    path = home / ".claude" / ".credentials.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"claudeAiOauth": login}))


def run(
    argv: Sequence[str | Path],
    env: Mapping[str, str],
    cwd: Path,
    stdin: str = "",
    *,
    timeout: float = LIMIT,
    pass_fds: Sequence[int] = (),
) -> Ended:
    """Run a client that needs no terminal (`-p`, a subcommand), or `cc` with one, to its end."""
    words = [os.fsencode(word) for word in argv]
    variables = {os.fsencode(name): os.fsencode(value) for name, value in env.items()}
    if not pass_fds and warm.can_run(words, variables):
        code, out, err, late = warm.run(words, variables, os.fsencode(cwd), stdin.encode(), timeout, _kill_group)
        assert not late, f"still running after {timeout} s\nstdout: {out!r}\nstderr: {err!r}"
        return Ended(code, *(text.decode().replace("\r\n", "\n") for text in (out, err)))
    process = subprocess.Popen(
        argv,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
    )
    try:
        stdout, stderr = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired as late:
        _kill_group(process.pid)
        stdout, stderr = process.communicate()
        message = f"still running after {timeout} s\nstdout: {stdout}\nstderr: {stderr}"
        raise AssertionError(message) from late
    return Ended(process.returncode, stdout, stderr)


class Terminal:
    """A program on a terminal of its own, and what is on its screen."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        env: Mapping[str, str],
        cwd: Path,
        pass_fds: Sequence[int] = (),
        size: tuple[int, int] = (60, 160),
    ) -> None:
        rows, columns = size

        def keep_open() -> None:  # what Python opens closes at exec, and ptyprocess, unlike subprocess, leaves that so
            for fd in pass_fds:
                os.set_inheritable(fd, True)  # noqa: FBT003 (its name says what the flag is)

        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lines: list[str] = []
        self._text = ""
        self._child = PtyProcess.spawn(
            [str(word) for word in argv],
            cwd=str(cwd),
            env=dict(env),
            dimensions=(rows, columns),
            pass_fds=tuple(pass_fds),
            preexec_fn=keep_open,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def handle(self) -> int:
        """Our end of it, which knows the terminal's modes."""
        return int(self._child.fd)

    def screen(self) -> str:
        """Return the text that is on the screen now, without its empty lines.

        Whoever waits looks often. So only lines that have changed are put together, without pyte's own `display`, which
        takes ten milliseconds for them all.
        """
        self._read(0)
        screen = self._screen
        if screen.dirty or len(self._lines) != screen.lines:
            changed = screen.dirty if len(self._lines) == screen.lines else range(screen.lines)
            self._lines = [*self._lines[: screen.lines], *[""] * (screen.lines - len(self._lines))]
            for y in changed:
                if y < screen.lines:
                    row = screen.buffer[y]
                    # A character that is two columns wide has nothing in the second one.
                    self._lines[y] = "".join(row[x].data for x in range(screen.columns)).rstrip()
            screen.dirty.clear()
            self._text = "\n".join(filter(None, self._lines))
        return self._text

    @property
    def leader(self) -> int:
        """The process that was started on it."""
        return int(self._child.pid)

    @property
    def foreground(self) -> int:
        """The process group that the terminal listens to."""
        return os.tcgetpgrp(self.handle)

    def wait_for(self, *texts: str, timeout: float = LIMIT) -> str:
        """Wait until one of these texts is on the screen, and return that one."""
        deadline = time.monotonic() + timeout
        over = False
        while True:
            screen = self.screen()
            for text in texts:
                if text in screen:
                    return text
            if over or time.monotonic() > deadline:
                message = f"none of {texts} came on the screen, which is:\n{screen}"
                raise AssertionError(message)
            # What a program writes last is looked at once more.
            over = not (self._read(0.1) or self._child.isalive())

    def wait_for_silence(self, timeout: float = LIMIT) -> None:
        """Wait until what is typed is not shown: a program asks for a password first, and turns the echo off then."""
        deadline = time.monotonic() + timeout
        while self._child.getecho():
            if time.monotonic() > deadline or not self._child.isalive():
                message = f"what is typed is shown still; on the screen is:\n{self.screen()}"
                raise AssertionError(message)
            self._read(0.02)

    def wait_for_quiet(self, timeout: float = LIMIT) -> None:
        """Wait until nothing more is drawn for a moment, and nobody in the foreground is at work, however slow."""
        self._wait_until_still(_MOMENT, timeout)

    def wait_for_rest(self, timeout: float = LIMIT) -> None:
        """Wait until the programs in the foreground wait, too."""
        self._wait_until_still(0.005, timeout)

    def _wait_until_still(self, moment: float, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while self._read(moment) or not self._rests():
            if time.monotonic() > deadline:
                message = f"it does not come to rest; on the screen is:\n{self.screen()}"
                raise AssertionError(message)

    def _rests(self) -> bool:
        try:
            return rests(self.foreground)
        except OSError:  # nobody is left on the other side
            return True

    def enter(self, text: str, timeout: float = LIMIT) -> None:
        """Type a line into a program that shows it itself, and send it off.

        Before the program has turned the echo off, the line and its Enter would come to it at once, and would be taken
        for something pasted; so would they where the text is found on the screen because it was there before.
        """
        self.write(text, timeout)
        self.send("\r")

    def write(self, text: str, timeout: float = LIMIT) -> None:
        """The same without the Enter."""
        self.wait_for_silence(timeout)
        before = self.screen().count(text)
        self.send(text)
        deadline = time.monotonic() + timeout
        while (found := self.screen().count(text)) <= before:
            if not self._read(_MOMENT) and found and self._rests():
                break  # what was there before has gone meanwhile
            if time.monotonic() > deadline or not self._child.isalive():
                message = f"{text!r} came not on the screen, which is:\n{self.screen()}"
                raise AssertionError(message)

    def send(self, text: str) -> None:
        """Type something, as people do: to a program that waits, if it ever does. The Enter key is a carriage return.

        What was drawn is not yet asked. A key that comes in between may be lost: nobody reads the terminal yet, its
        modes are those of before, or nobody listens to Ctrl-C.
        """
        with suppress(AssertionError):
            self.wait_for_rest(_BUSY)
        self._child.write(text.encode())

    def is_over(self) -> bool:
        """Whether the program has ended."""
        self._read(0)
        return not self._child.isalive()

    def wait(self, timeout: float = LIMIT) -> int:
        """Wait for the program to end by itself, and return its exit code (for a signal, its negative number)."""
        deadline = time.monotonic() + timeout
        while self._child.isalive():
            if time.monotonic() > deadline:
                message = f"still running after {timeout} s; on the screen is:\n{self.screen()}"
                raise AssertionError(message)
            self._read(0.05)
        return -self._child.signalstatus if self._child.signalstatus else self._child.exitstatus or 0

    def close(self) -> None:
        """End the program and what it started, if it is still there."""
        _kill_group(self._child.pid)
        self._child.close(force=True)

    def _read(self, patience: float) -> bool:
        """Put on the screen what the program has written, waiting so long for more; return whether there was any."""
        some = False
        while not self._child.closed and select.select([self._child.fd], [], [], patience)[0]:
            try:
                written = os.read(self._child.fd, 65536)
            except OSError:  # on Linux, how a terminal says that nobody is left on the other side
                written = b""
            if not written:
                break
            self._stream.feed(written)
            some, patience = True, 0
        return some


class Conversation(Terminal):
    """A program that asks, on a terminal, with all that it ever wrote there."""

    def __init__(
        self, argv: Sequence[str | Path], env: Mapping[str, str], cwd: Path, size: tuple[int, int] = (60, 160)
    ) -> None:
        super().__init__(argv, env, cwd, size=size)
        self.written = bytearray()
        feed = self._stream.feed

        def record(data: bytes) -> None:
            self.written.extend(data)
            feed(data)

        self._stream.feed = record  # type: ignore[method-assign]

    def answer(self, question: str, *keys: str, timeout: float = LIMIT) -> None:
        """Wait until it is asked, then type. What was asked before may be on the screen still, above."""
        self.wait_for(question, timeout=timeout)
        for key in keys:
            self.send(key)

    def ends(self) -> int:
        """The exit code, as a shell has it for a signal, too, after all that is written was read."""
        code = self.wait()
        self._read(0)
        return code if code >= 0 else 128 - code


def _kill_group(leader: int) -> None:
    """Kill a process that leads a group of its own, and the group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def npm_program(package: str, version: str) -> Path:
    """Another program from npm, in the same way."""
    directory = CACHE.parent / package / version
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _locked(directory.parent / f"{version}.lock"):
        if not directory.exists():
            with tempfile.TemporaryDirectory(dir=directory.parent, prefix=f"{version}.") as scratch:
                unfinished = Path(scratch) / "program"
                unfinished.mkdir()
                _npm_install(version, unfinished, package)
                unfinished.rename(directory)
    return directory / "node_modules" / ".bin" / package


def _npm_install(version: str, directory: Path, package: str = PACKAGE) -> None:
    _npm("install", "--no-audit", "--no-fund", "--prefix", str(directory), f"{package}@{version}", cwd=directory)


def _npm(*arguments: str, cwd: str | Path) -> None:
    subprocess.run(
        ["npm", *arguments],
        env={**os.environ, "HOME": str(REAL_HOME)},  # npm finds its registry in the real home's .npmrc
        cwd=cwd,
        check=True,
        capture_output=True,
        timeout=300,
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
