"""What the tests share: tools that must be there, homes that are thrown away, programs run to their end."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from tests import warm
from tests.fakes.fake_claude import DO, DUMP, FakeClaude

Text = str | bytes | Path
Environment = Mapping[str, str] | Mapping[bytes, bytes]

LIMIT = 120.0  # how long anything may take before it counts as hanging
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
# Of this machine's own, nothing of these gets into a test.
_FOREIGN = ("ANTHROPIC_", "CLAUDE", "CC_", "XDG_", "PYTHON_KEYRING", "DBUS_SESSION", "AI_AGENT")
_FOREIGN_ENDS = ("_API_KEY", "_AUTH_TOKEN")


def require_tool(name: str) -> str:
    """The path of a program that a test cannot do without. In CI it must be there; elsewhere the test is skipped."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed")
    return found


def require_module(name: str) -> None:
    """The same for a module of Python."""
    if importlib.util.find_spec(name) is None:
        missing(f"the module {name} is not installed")


def missing(what: str) -> NoReturn:
    """Skip a test for want of something, and have the summary name the test, not this line. In CI it is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    not_here(what)


def not_here(why: str) -> NoReturn:
    """Skip what this machine cannot do and nobody could install, in CI, too. The summary names the test."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    pytest.skip(f"{test}: {why}")


def is_foreign(name: str) -> bool:
    """Whether this variable of the machine could change what a test sees."""
    return (name.startswith(_FOREIGN) and not name.startswith("CC_TEST_")) or name.endswith(_FOREIGN_ENDS)


@dataclass(frozen=True)
class Result:
    """What a program left: its exit code (negative for a signal) and what it wrote."""

    code: int
    out: bytes
    err: bytes


def run(argv: Sequence[Text], environment: Environment, cwd: Path, stdin: bytes = b"") -> Result:
    """Run a program to its end."""
    words = [os.fsencode(word) for word in argv]
    variables = {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}
    if warm.can_run(words, variables):
        code, out, err, late = warm.run(words, variables, os.fsencode(cwd), stdin, LIMIT, kill_session)
        if late:
            pytest.fail(f"{argv!r} hangs; it wrote {out!r} and {err!r}")
        return Result(code, out, err)
    process = start(argv, environment, cwd)
    try:
        out, err = process.communicate(stdin, LIMIT)
    except subprocess.TimeoutExpired:
        kill_session(process.pid)
        out, err = process.communicate()
        pytest.fail(f"{argv!r} hangs; it wrote {out!r} and {err!r}")
    return Result(process.returncode, out, err)


def start(argv: Sequence[Text], environment: Environment, cwd: Path) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own."""
    return subprocess.Popen(
        argv,
        env=environment,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill_session(leader: int) -> None:
    """End a program that was started in a session of its own, with all that it started there."""
    for directory in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            pid = int(directory.name)
            if os.getsid(pid) == leader:
                os.kill(pid, signal.SIGKILL)


def environment_of(pid: int) -> list[bytes]:
    """The environment of a process; of one that has ended, none.

    While a process becomes another program, there is a moment in which it shows none: it is waited for. Whoever took
    that for its environment would say that nothing runs when something was started just now.
    """
    with contextlib.suppress(OSError):
        for _ in range(1000):
            begun = bool(_told(pid, "cmdline"))
            if (content := _told(pid, "environ")) or begun:
                return content.split(b"\0")
            os.readlink(f"/proc/{pid}/exe")  # which neither the kernel's own have, nor those that have ended
            time.sleep(0.001)
    return []


def _told(pid: int, what: str) -> bytes:
    with open(f"/proc/{pid}/{what}", "rb", buffering=0) as file:
        return file.read()


def processes_of(home: Path) -> list[int]:
    """The processes whose HOME this is and that have not ended, but for this one."""
    mark = f"HOME={home}".encode()
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if pid != os.getpid() and mark in environment_of(pid)]


def rests(group: int) -> bool:
    """Whether each process of this group waits for something, and none would go on if the machine had time for it."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        if _state(name)[2:3] == [b"%d" % group]:
            with contextlib.suppress(OSError):
                threads = os.listdir(f"/proc/{name}/task")
                if any(_state(f"{name}/task/{thread}")[:1] in ([b"R"], [b"D"]) for thread in threads):
                    return False
    return True


def _state(place: str) -> list[bytes]:
    """The state of a process or a thread, its parent, its group, and so on; of one that has ended, nothing."""
    try:
        with open(f"/proc/{place}/stat", "rb", buffering=0) as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that comes by itself, however slow this machine is."""
    deadline = time.monotonic() + LIMIT
    while True:
        begun = time.monotonic()
        if true():
            return
        now = time.monotonic()
        if now > deadline:
            pytest.fail(f"it did not come: {what}")
        time.sleep(min(max(0.005, 2 * (now - begun)), 0.2))  # what is waited for needs the processor, too


def console_script(directory: Path, name: str = "cc", before: str = "") -> Path:
    """A console script as pip makes it for this installation, with lines that run before it."""
    directory.mkdir(parents=True, exist_ok=True)
    script = directory / name
    script.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        f"{before}"
        "from cc_launcher.main import main\n"
        "if __name__ == '__main__':\n"
        "    sys.exit(main())\n"
    )
    script.chmod(0o755)
    if not before:
        warm.scripts.add(os.fsencode(script))
    return script


@cache  # for this process: they are thousands
def system_without(names: tuple[str, ...]) -> str:
    """A directory with links to all programs of the system but these."""
    links = Path(tempfile.mkdtemp(prefix="system-"))
    atexit.register(shutil.rmtree, links)
    for directory in reversed(SYSTEM_PATH.split(":")):
        for program in os.listdir(directory):
            link = links / program
            link.unlink(missing_ok=True)
            if program not in names:
                link.symlink_to(f"{directory}/{program}")
    return str(links)


class Sandbox:
    """A home of its own, a fake `claude` and a `cc` on PATH, a directory to work in, and one outside of HOME."""

    def __init__(self, root: Path) -> None:
        if not Path("/proc/self/environ").exists():
            missing("needs /proc, which Linux has")
        self.home = root / "home"
        self.work = root / "work"
        self.bin = root / "bin"
        self.outside = root / "outside"
        self.system_path = SYSTEM_PATH
        for directory in (self.home, self.work, self.bin, self.outside):
            directory.mkdir(mode=0o700)
        self.fake = FakeClaude(self.bin, self.outside / "dump")
        self.cc = console_script(self.bin)
        # The same, where only a cached plan can end in a launch.
        self.cached_cc = console_script(root / "cached", before="sys.modules['cc_launcher.cli'] = None\n")

    def environment(self, **more: str) -> dict[str, str]:
        """A clean environment."""
        return {
            "PATH": f"{self.bin}:{self.system_path}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.outside),
            "CC_OFFLINE": "1",
            DUMP: str(self.fake.dump),
        } | more

    def hide(self, *names: str) -> None:
        """Leave these programs of the system out of PATH."""
        self.system_path = system_without(names)

    def told(self, what: str, **more: str) -> dict[str, str]:
        """A clean environment in which the fake does as it is told."""
        return self.environment(**{DO: what}, **more)

    def profile(self, name: str, text: str, *, told: bool = True) -> Path:
        """Write a profile of the user's. With `told`, launches on Z.ai no longer say what it does not serve."""
        if not told:
            self._missing(name).unlink(missing_ok=True)
        elif 'extends = "zai"' in text.replace("'", '"'):
            self.was_told(name)
        directory = self.home / ".config" / "cc-launcher" / "profiles"
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        path = directory / f"{name}.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    def was_told(self, *profiles: str) -> None:
        """Somebody was told what is missing on these, of Z.ai, which most tests launch: no launch says it again."""
        for name in profiles:
            file = self._missing(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.parent.parent.chmod(0o700)  # as we make it: what others can write is not believed
            file.write_text("web_search\nvision:glm-5.3")

    def _missing(self, profile: str) -> Path:
        """Where it is written down that somebody was told."""
        return self.home / ".local" / "share" / "cc-launcher" / "said" / f"missing-{profile}"

    def secret_file(self, content: bytes, mode: int = 0o600) -> Path:
        """A file for a secret, outside of HOME."""
        path = self.outside / "secret"
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def run(
        self, *args: Text, environment: Environment | None = None, stdin: bytes = b"", cached: bool = False
    ) -> Result:
        """Run `cc`; with `cached`, one that fails where no cached plan serves."""
        program = self.cached_cc if cached else self.cc
        return run([program, *args], self.environment() if environment is None else environment, self.work, stdin)

    def kept_files(self) -> dict[Path, bytes]:
        """Every file of the home with what is in it, but for the cache and what is remembered of launches."""
        data = self.home / ".local" / "share" / "cc-launcher"
        ours = (self.home / ".cache", data / "hosts.json", data / "records.json", data / "said")
        return {
            path: path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file() and not any(path.is_relative_to(own) for own in ours)
        }

    @property
    def plans(self) -> list[Path]:
        """The cached plans."""
        return sorted((self.home / ".cache" / "cc-launcher" / "plans").glob("*"))

    def processes(self) -> list[int]:
        """The processes of this sandbox: those whose environment has its home."""
        return processes_of(self.home)

    def nothing_runs(self) -> bool:
        """Whether no process of this sandbox is left. One that was killed may need a moment to go."""
        wait_until(lambda: not self.processes(), "the end of what was started")
        return True
