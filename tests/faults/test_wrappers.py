"""Wrappers where things go wrong: helpers that fail, shells with a past, installers that die, disks that are full."""

from __future__ import annotations

import errno
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cc_launcher.core.wrapper.mark import Wrapper, read
from cc_launcher.files import wrappers
from tests.shells.scene import OF_SHELLS, SHELLS, WrapperScene
from tests.support import Result, Text, console_script, missing, require_tool, run, start, wait_until
from tests.watch import no_argument_holds, no_file_holds

IN_THE_WAY, TIMED_OUT, REFUSED = 73, 75, 77
REAL = (sys.executable, "-P", "-m", "cc_launcher")
LIMIT = 64 * 1024  # of a secret


class WrapperCanary(WrapperScene):
    """A wrapper whose secret is new for each test, and kept by a FAKE helper."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.own = REAL
        self.secret = f"sk-canary-{secrets.token_hex(16)}"
        self.kept = self.sandbox.secret_file(self.secret.encode())
        self.environment = self.sandbox.environment(CC_SECRET_TIMEOUT="60")

    def profile(self, secret: str, provider: str = "zai", more: str = "") -> None:
        self.sandbox.profile("mine", f'extends = "{provider}"\nsecret = "{secret}"\n{more}')
        self.install(Wrapper("claude-mine", "mine"))

    def helper(self, lines: str, provider: str = "zai") -> None:
        """A FAKE helper, which does what the lines of shell say."""
        path = self.sandbox.outside / "helper"
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)
        self.profile(f"cmd:{path}", provider)

    def start(self, *argv: str | Path, **more: str) -> Result:
        """Run the wrapper in the dash of the system, or by another command."""
        return run([*(argv or ("dash",)), self.place], self.environment | more, self.sandbox.work)

    def without_canary(self, *texts: bytes) -> None:
        assert not any(self.secret.encode() in text for text in texts)
        no_file_holds(self.secret.encode(), [self.place, *self.sandbox.home.rglob("*"), *self.sandbox.work.rglob("*")])


@pytest.fixture
def canary(tmp_path: Path) -> WrapperCanary:
    return WrapperCanary(tmp_path)


# What a helper may do, and how that ends. @ is a secret.
HELPERS = {
    "exit 1": ("exit 1", REFUSED),
    "exit 1 after a secret": ("echo @; exit 1", REFUSED),
    "killed after a secret": ("echo @; kill -KILL $$", REFUSED),
    "empty": (":", REFUSED),
    "newline": ("echo", REFUSED),
    "newlines after a secret": ("echo @; echo", REFUSED),
    "blank": ("echo ' '", REFUSED),
    "NUL": (r"printf '@\0\n'", REFUSED),
    "NUL alone": (r"printf '\0'", REFUSED),
    "escape": (r"printf '@\033[2J\n'", REFUSED),
    "not UTF-8": (r"printf '@\377\n'", REFUSED),
    "64 KiB and 1": (f"printf '%0{LIMIT + 1}d' 1", REFUSED),
    "endless": ("exec tr '\\0' x </dev/zero", REFUSED),
    "endless lines": ("exec yes @", REFUSED),
    "two lines": ("echo @; echo @", REFUSED),
    "hang": ("echo @; exec sleep 600", TIMED_OUT),
    "deaf": ("trap '' TERM INT HUP; echo @; sleep 600; sleep 600", TIMED_OUT),
}


@pytest.mark.parametrize(("does", "code"), HELPERS.values(), ids=HELPERS)
def test_a_client_never_starts_on_what_is_no_secret(canary: WrapperCanary, does: str, code: int) -> None:
    """In no shell, in the shape of no key; and what is said is what `cc run` says."""
    canary.helper(does.replace("@", canary.secret))
    more = {"CC_SECRET_TIMEOUT": "1"} if code == TIMED_OUT else {}
    result = canary.start(**more)
    assert result.code == code, result
    assert result.out == b""
    *_, first, hint = result.err.decode().splitlines()  # before them, what a shell says of a signal
    assert (first.partition(":")[0], hint.partition(":")[0]) == ("cc", "hint")
    assert not canary.dump.exists()
    canary.without_canary(result.err)
    assert canary.sandbox.nothing_runs()


@pytest.mark.parametrize("command", ["/nonexistent/helper", "no-such-helper", "/etc/passwd", "/"])
def test_a_helper_that_cannot_run_ends_as_cc_run_does(canary: WrapperCanary, command: str) -> None:
    canary.profile(f"cmd:{command}")
    by_script = canary.outcome([canary.place], canary.environment)
    by_cc = canary.outcome([*REAL, "run", "mine", "--"], canary.environment)
    assert by_script.code == by_cc.code == REFUSED
    assert by_script.err.endswith(by_cc.err)  # after what `timeout` says
    assert by_script.child is None


@pytest.mark.parametrize("shell", SHELLS)
def test_no_shell_takes_for_a_secret_what_is_none(canary: WrapperCanary, shell: str) -> None:
    """Quickly, with a cc that only writes down that it was asked."""
    slow = ("endless", "endless lines") if shell == "mksh" else ()  # with so much in one variable
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    for name, (does, code) in HELPERS.items():
        if code == REFUSED and name not in slow:
            canary.helper(does.replace("@", canary.secret))
            child, handed = canary.run(shell, [], encoded(canary.environment))
            assert (child, handed is not None) == (None, True), name


@pytest.mark.parametrize("length", [1, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_long_secret_is_one(canary: WrapperCanary, shell: str, length: int) -> None:
    canary.helper(f"printf '%0{length}d' 1")
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    child, handed = canary.run(shell, [], encoded(canary.environment))
    assert handed is None
    assert child is not None
    assert child.environment[b"ANTHROPIC_AUTH_TOKEN"] == b"1".rjust(length, b"0")


def test_a_script_takes_64_kib_and_leaves_more_to_cc(canary: WrapperCanary) -> None:
    """With the line end, if there is one."""
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    for length, end in ((LIMIT - 1, "\\n"), (LIMIT, ""), (LIMIT, "\\n"), (LIMIT + 1, "")):
        canary.helper(f"printf '%0{length}d{end}' 1")
        child, handed = canary.run("dash", [], encoded(canary.environment))
        taken = length + bool(end) <= LIMIT
        assert (child is not None, handed is not None) == (taken, not taken), (length, end)


def test_a_deadline_that_is_none_is_left_to_cc(canary: WrapperCanary) -> None:
    """GNU timeout would take 0, 5m and infinity for something else than cc does."""
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.helper(f"echo {canary.secret}")
    for seconds in ("", "0", "0.0", "-1", "5m", "infinity", "nan", "1.2.3", "99999", " 5"):
        _, handed = canary.run("dash", [], encoded(canary.environment | {"CC_SECRET_TIMEOUT": seconds}))
        assert (handed is not None) == bool(seconds), seconds


def test_then_no_secret_stands_in_the_place_of_the_next(canary: WrapperCanary) -> None:
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.profile(f"cmd:cat {canary.kept}", more='secret_headers = { X-First = "env:MY_FIRST" }\n')
    environment = canary.environment | {"MY_FIRST": "sk-first"}
    child, _ = canary.run("dash", [], encoded(environment))
    assert child is not None
    assert child.environment[b"ANTHROPIC_AUTH_TOKEN"] == canary.secret.encode()
    for seconds in ("0", "5m"):
        child, handed = canary.run("dash", [], encoded(environment | {"CC_SECRET_TIMEOUT": seconds}))
        assert (child, handed is not None) == (None, True), seconds


@pytest.mark.parametrize("shell", SHELLS)
def test_a_grandchild_that_keeps_the_pipe_is_not_waited_for(canary: WrapperCanary, shell: str) -> None:
    """As a helper that starts an agent of its own may leave it behind; its secret is a good one."""
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.helper(f"sleep 60 2>/dev/null & echo {canary.secret}")
    begun = time.monotonic()
    child, handed = canary.run(shell, [], encoded(canary.environment))
    assert time.monotonic() - begun < 45
    assert handed is None
    assert child is not None
    assert child.environment[b"ANTHROPIC_AUTH_TOKEN"] == canary.secret.encode()


def test_neither_is_one_that_goes_on_writing(canary: WrapperCanary) -> None:
    """What it writes may come in time or not: then the secret is none, or it is the one that was said before."""
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.helper(f"echo {canary.secret}; yes 2>/dev/null &")
    begun = time.monotonic()
    child, handed = canary.run("dash", [], encoded(canary.environment))
    assert time.monotonic() - begun < 45
    assert (child is None) is (handed is not None)
    assert child is None or child.environment[b"ANTHROPIC_AUTH_TOKEN"] == canary.secret.encode()


def test_a_key_in_a_file_that_anybody_else_may_touch_is_handed_out_by_no_wrapper(canary: WrapperCanary) -> None:
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.profile(f"file:{canary.kept}")
    for mode in (0o600, 0o400, 0o640, 0o620, 0o610, 0o604, 0o602, 0o601):
        canary.kept.chmod(mode)
        child, handed = canary.run("dash", [], encoded(canary.environment))
        assert (child is not None, handed is not None) == (not mode & 0o077, bool(mode & 0o077)), oct(mode)


# Where the secret may not be


@pytest.mark.parametrize("provider", ["zai", "anthropic"])
@pytest.mark.parametrize("source", ["file", "cmd", "env", "key_env"])
@pytest.mark.parametrize("options", [["-x"], ["-xaev"]], ids=" ".join)
@pytest.mark.parametrize("shell", ["dash", "bash --posix"])
def test_a_traced_script_shows_no_secret(
    canary: WrapperCanary, shell: str, options: list[str], source: str, provider: str
) -> None:
    require_tool(SHELLS[shell][0])
    where = {"file": f"file:{canary.kept}", "cmd": f"cmd:cat {canary.kept}", "env": "env:MY_CANARY"}
    variable = {"zai": "ZAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}[provider]
    if source == "key_env":
        canary.sandbox.profile("mine", f'extends = "{provider}"\n')
        canary.install(Wrapper("claude-mine", "mine"))
    else:
        canary.profile(where[source], provider)
    name = {"env": "MY_CANARY", "key_env": variable}.get(source, "OTHER")
    result = canary.start(*SHELLS[shell], *options, **{name: "x" if name == "OTHER" else canary.secret})
    assert result.code == 0, result
    child = canary.started()
    canary.without_canary(result.out, result.err, *child.arguments)
    token = child.environment.get(b"ANTHROPIC_AUTH_TOKEN") if provider == "zai" else child.key
    assert (token or b"").strip() == canary.secret.encode()
    names = {name for name in child.environment if name.startswith(b"_cc")}
    assert names == set()
    assert [name for name, value in child.environment.items() if canary.secret.encode() in value] == (
        [b"ANTHROPIC_AUTH_TOKEN"] if provider == "zai" else []
    )


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("provider", ["zai", "anthropic"])
def test_the_secret_is_no_argument_and_goes_to_no_file(canary: WrapperCanary, shell: str, provider: str) -> None:
    """In all that the kernel is asked for: programs are started without it, and only pipes are written with it."""
    tracer = require_tool("strace")
    program = require_tool(SHELLS[shell][0])
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    log = canary.sandbox.outside / "trace"
    argv: list[Text] = [tracer, "-f", "-y", "-o", log, "-e", "trace=execve,write,writev,pwrite64", "-s", "200000"]
    key = canary.secret.encode()
    for where in (f"file:{canary.kept}", f"cmd:cat {canary.kept}", "env:MY_CANARY"):
        canary.profile(where, provider)
        environment = canary.environment | {"MY_CANARY": canary.secret}
        result = run([*argv, program, *SHELLS[shell][1:], canary.place], environment, canary.sandbox.work)
        assert result.code == 0, result
        canary.without_canary(result.err)
        lines = log.read_bytes().splitlines()
        assert any(b"execve(" in line for line in lines)
        assert not [line for line in lines if b"execve(" in line and key in line]
        for line in lines:
            if b"write" in line and key in line:  # and to the dump of the FAKE, whose job it is
                assert b"<pipe:[" in line or b"<%s" % bytes(canary.dump) in line or bytes(canary.handed) in line, line


def test_a_wrapper_that_waits_shows_no_secret_to_others(canary: WrapperCanary) -> None:
    """The second secret hangs while the first is known."""
    slow = canary.sandbox.outside / "slow"
    waiting, go = canary.sandbox.outside / "waiting", canary.sandbox.outside / "go"
    slow.write_text(f"#!/bin/sh\ntouch '{waiting}'\nuntil [ -e '{go}' ]; do sleep 0.05; done\necho sk-second\n")
    slow.chmod(0o755)
    canary.profile(f"cmd:{slow}", more=f'secret_headers = {{ X-First = "file:{canary.kept}" }}\n')
    with no_argument_holds(canary.secret.encode()):
        process = start([canary.place], canary.environment, canary.sandbox.work)
        wait_until(waiting.exists, "the second secret")
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in canary.sandbox.processes()]
        go.touch()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert environments
    canary.without_canary(*environments, out, err)


# A shell with a past


def encoded(environment: dict[str, str]) -> dict[bytes, bytes]:
    return {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}


OURS = re.compile(r"\b(_cc_[a-z]+)=|for (_cc_[a-z]+)")
PAST = {
    "IFS": {"IFS": "/sc_ -e\n"},
    "CDPATH": {"CDPATH": "/:/tmp"},
    "ENV": {"ENV": "{rc}"},
    "PS4": {"PS4": "$(echo >{mark})+"},
    "xtrace and allexport": {"SHELLOPTS": "xtrace:allexport"},
    "other options": {"SHELLOPTS": "noglob:errexit:nounset:pipefail:noclobber", "BASHOPTS": "failglob:nocasematch"},
    "POSIXLY_CORRECT": {"POSIXLY_CORRECT": "1"},
    "other shells": {"ZSH_VERSION": "5", "BASH_VERSION": "3", "KSH_VERSION": "1"},
    "grep": {"GREP_OPTIONS": "--bad", "GREP_COLOR": "x"},
    "zsh": {"NULLCMD": "false", "ZDOTDIR": "/nonexistent", "status": "9", "argv": "x", "path": "/nonexistent"},
    "a function": {"BASH_FUNC_cat%%": "() {  echo >{mark}\n}", "BASH_FUNC__cc_fetch%%": "() {  echo >{mark}\n}"},
}
# What these shells set, forget or cannot hold, whoever wrote the script.
THEIRS = re.compile(rb"(IFS|PS4|SHELLOPTS|BASHOPTS|POSIXLY_CORRECT|(ZSH|BASH|KSH)_VERSION|BASH_FUNC_.*)")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("provider", ["zai", "anthropic"])
def test_a_hostile_environment_changes_nothing(canary: WrapperCanary, shell: str, provider: str) -> None:
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.profile(f"file:{canary.kept}", provider, '[modes.local]\nextends = "ollama"\n')
    mark, rc = canary.sandbox.outside / "mark", canary.sandbox.outside / "rc"
    rc.write_text(f"echo >{mark}\n")
    plain = canary.run(shell, [b"--x y"], encoded(canary.environment))
    for name, hostile in PAST.items():
        more = {key: value.replace("{rc}", str(rc)).replace("{mark}", str(mark)) for key, value in hostile.items()}
        for one, other in zip(plain, canary.run(shell, [b"--x y"], encoded(canary.environment | more)), strict=True):
            assert (one is None) == (other is None), name
            if one is None or other is None:
                continue
            assert one.arguments == other.arguments, name
            assert one.key == other.key
            left = {key: value for key, value in other.environment.items() if not THEIRS.fullmatch(key)}
            added = {key: value for key, value in encoded(more).items() if not THEIRS.fullmatch(key)}
            before = {key: value for key, value in one.environment.items() if key not in OF_SHELLS}
            assert {key: value for key, value in left.items() if key not in OF_SHELLS} == before | added, name
            canary.without_canary(other.said)
            if shell.startswith("bash"):
                assert b"SHELLOPTS" not in other.environment
        assert not mark.exists(), name


@pytest.mark.parametrize("shell", SHELLS)
def test_variables_called_like_ours_have_no_say_and_go_no_further(canary: WrapperCanary, shell: str) -> None:
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.profile(f"file:{canary.kept}", "anthropic", '[modes.local]\nextends = "ollama"\n')
    text = canary.place.read_text()
    ours = {name for pair in OURS.findall(text) for name in pair if name}
    assert len(ours) > 20
    plain = canary.run(shell, [b"a"], encoded(canary.environment))
    for value in ("local", "1", "/bin/false"):
        found = canary.run(shell, [b"a"], encoded(canary.environment | dict.fromkeys(ours, value)))
        for one, other in zip(plain, found, strict=True):
            assert (one and one.without_shells()) == (other and other.without_shells())


def test_a_shell_of_the_parent_in_bash_is_not_started_by_a_function_of_somebody_else(canary: WrapperCanary) -> None:
    """Exported functions shadow what is no special builtin: then cc is asked, and the secret goes to none of them."""
    canary.own = (str(canary.stub), "-P", "-m", "cc_launcher")
    canary.profile(f"file:{canary.kept}")
    seen = canary.sandbox.outside / "seen"
    for name in ("printf", "command", "true", "cat", "grep", "head", "tr", "find", "test", "claude"):
        function = {f"BASH_FUNC_{name}%%": f'() {{  builtin printf "%s " "$@" >>{seen}\n}}'}
        child, handed = canary.run("bash --posix", [b"a"], encoded(canary.environment | function))
        assert (child is None) != (handed is None)
        if child is not None:
            assert child.arguments[-1] == b"a"
            assert child.environment[b"ANTHROPIC_AUTH_TOKEN"] == canary.secret.encode()
    canary.without_canary(seen.read_bytes() if seen.exists() else b"")


# Installers that die, disks that are full, several at once

PATIENCE = int(os.environ.get("CC_TEST_KILLS", "12"))
NEW, OLD = "x" * 200_000, "o"


def script(body: str, name: str = "claude-mine") -> str:
    """A whole script of ours with this in it, which says what a real one would."""
    from cc_launcher.core.wrapper.mark import MARK, _digest

    described = Wrapper(name, "mine").as_json()
    body = f"# {body}\n"
    return f"#!/bin/sh\n{MARK} 1 {described} {_digest(described, body)}\n{body}"


_INSTALLER = """\
import sys
from pathlib import Path
from cc_launcher.files import wrappers
place, text = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
print("ready", flush=True)
while True:
    wrappers.install(place, text, force=False)
"""


def installer(scene: WrapperScene, place: Path, text: str) -> subprocess.Popen[bytes]:
    """A process that installs again and again."""
    source = scene.sandbox.outside / f"text-{len(text)}"
    source.write_text(text)
    process = start([sys.executable, "-c", _INSTALLER, place, source], scene.sandbox.environment(), scene.sandbox.work)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def assert_whole(place: Path, texts: set[str]) -> None:
    assert place.read_text() in texts
    assert os.access(place, os.X_OK)


def test_an_installer_that_is_killed_leaves_the_old_script_or_the_new_one(
    canary: WrapperCanary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """12 times at random moments; CC_TEST_KILLS=500 for as many as you like (five minutes)."""
    monkeypatch.setenv("HOME", str(canary.sandbox.home))
    monkeypatch.setenv("PATH", str(canary.sandbox.home / "bin"))
    place = canary.sandbox.home / "bin" / "claude-mine"
    old, new = script(OLD), script(NEW)
    wrappers.install(place, old, force=False)
    for _ in range(PATIENCE):
        wrappers.install(place, old, force=False)
        process = installer(canary, place, new)
        time.sleep(random.uniform(0, 0.02))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert_whole(place, {old, new})
        assert [found.path for found in wrappers.installed()] == [place]
    assert wrappers.uninstall(place, force=False) == (None, None)
    assert wrappers.installed() == []


def test_what_a_killed_installer_leaves_is_no_wrapper(canary: WrapperCanary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its temporary file, whole but without its name."""
    monkeypatch.setenv("HOME", str(canary.sandbox.home))
    place = canary.sandbox.home / "bin" / "claude-mine"
    wrappers.install(place, script(OLD), force=False)
    killed = console_script(
        canary.sandbox.outside / "bin",
        before="import os, signal, pathlib\npathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    canary.helper("echo sk-key")
    argv: list[Text] = [killed, "install-wrapper", "mine", "--dir", place.parent]
    assert run(argv, canary.environment, canary.sandbox.work).code == -signal.SIGKILL
    left = [path for path in place.parent.iterdir() if path != place]
    assert len(left) == 1
    assert read(left[0].read_text()) is not None  # it would pass for one
    monkeypatch.setenv("PATH", str(place.parent))
    assert [found.path for found in wrappers.installed()] == [place]
    assert place.read_text() == script(OLD)


def test_several_installers_at_once_leave_one_of_their_scripts(
    canary: WrapperCanary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(canary.sandbox.home))
    place = canary.sandbox.home / "bin" / "claude-mine"
    texts = [script(f"{number}" * 1000 * number) for number in range(1, 9)]
    processes = [installer(canary, place, text) for text in texts]
    wait_until(place.exists, "the first script")
    until = time.monotonic() + 1
    while time.monotonic() < until:
        assert_whole(place, set(texts))
        time.sleep(0.005)
    for process in processes:
        assert process.poll() is None, process.communicate()
        os.kill(process.pid, signal.SIGTERM)
        process.communicate()
    assert_whole(place, set(texts))
    assert [found.path for found in wrappers.installed()] == [place]


def test_installers_of_several_directories_lose_none(canary: WrapperCanary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(canary.sandbox.home))
    places = [canary.sandbox.home / f"bin{number}" / "claude-mine" for number in range(8)]
    processes = [installer(canary, place, script(OLD)) for place in places]
    wait_until(lambda: all(place.exists() for place in places), "all scripts")
    time.sleep(0.2)
    for process in processes:
        os.kill(process.pid, signal.SIGTERM)
        process.communicate()
    assert {found.path for found in wrappers.installed()} == set(places)


def test_a_full_disk_leaves_what_was_there(canary: WrapperCanary) -> None:
    """A file system of 16 KiB; or, where none can be mounted, a limit of the size of files."""
    canary.helper("echo sk-key")
    directory = canary.sandbox.home / "full"
    directory.mkdir()
    victim = script(OLD)
    cc = " ".join(str(part) for part in (sys.executable, "-P", "-m", "cc_launcher"))
    install = f"{cc} install-wrapper mine --dir {directory}"
    mounted = (
        f"mount -t tmpfs -o size=16k none {directory} && echo mounted && cp {canary.sandbox.outside}/victim "
        f"{directory}/claude-mine && chmod 755 {directory}/claude-mine && {{ {install}; echo $?; }} && "
        f"cat {directory}/claude-mine && ls -A {directory} | wc -l"
    )
    (canary.sandbox.outside / "victim").write_text(victim)
    result = run(["unshare", "-rm", "sh", "-c", mounted], canary.environment, canary.sandbox.work)
    if not result.out.startswith(b"mounted"):
        (directory / "claude-mine").write_text(victim)
        limited = f"ulimit -f 8; {install}; echo $?; cat {directory}/claude-mine; ls -A {directory} | wc -l"
        result = run(["bash", "-c", limited], canary.environment, canary.sandbox.work)
    lines = result.out.decode().removeprefix("mounted\n").split("\n", 1)
    assert lines == [str(IN_THE_WAY), f"{victim}1\n"], result
    assert b"cannot be written" in result.err
    assert b"hint: make room" in result.err


@pytest.mark.parametrize("was", ["foreign", "edited"])
def test_where_the_new_script_cannot_be_written_the_backup_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str
) -> None:
    place = tmp_path / "bin" / "claude-mine"
    place.parent.mkdir()
    place.write_text("#!/bin/sh\necho mine\n" if was == "foreign" else script(OLD) + "echo edited\n")
    before = place.read_bytes()

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Exception, match="No space left"):
        wrappers.install(place, script(NEW), force=True)
    assert [path.name for path in place.parent.iterdir()] == ["claude-mine"]
    assert place.read_bytes() == before


def test_a_directory_that_cannot_be_written_stays_as_it_is(canary: WrapperCanary) -> None:
    canary.helper("echo sk-key")
    directory = canary.sandbox.home / "bin"
    directory.mkdir()
    place = directory / "claude-mine"
    place.write_text(script(OLD))
    directory.chmod(0o555)
    argv: list[str | Path] = [*REAL, "install-wrapper", "mine", "--dir", directory]
    if os.geteuid() == 0:  # who may write anywhere
        if not can_drop_rights():
            missing("root's rights cannot be dropped here (setpriv)")
        argv = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *argv]
    result = run(argv, canary.environment, canary.sandbox.work)
    directory.chmod(0o755)
    assert result.code == IN_THE_WAY, result
    assert b"check the directory's rights" in result.err
    assert place.read_text() == script(OLD)
    assert [path.name for path in directory.iterdir()] == ["claude-mine"]


def can_drop_rights() -> bool:
    try:
        done = subprocess.run(["setpriv", "--bounding-set=-all", "--inh-caps=-all", "true"], check=False)
    except OSError:
        return False
    return done.returncode == 0
