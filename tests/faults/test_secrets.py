"""A launch whose secret cannot be had never starts, says what to do, and leaves nothing running."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes import fake_keyring
from tests.support import Result, Sandbox, require_tool, run

REFUSED, TIMED_OUT = 77, 75
HUGE = 64 * 1024 + 1
CHEAP = {"CC_SECRET_TIMEOUT": "0.5"}  # for what never comes
KEYRING = "keyring:zai"
PATIENT = {"CC_SECRET_TIMEOUT": "100"}  # for what comes, on a machine of any speed


def assert_refused(sandbox: Sandbox, result: Result, code: int = REFUSED) -> None:
    """The launch ended as it should: before it began."""
    lines = result.err.decode().splitlines()
    assert result.code == code, lines
    assert result.out == b""
    assert [line.partition(": ")[0] for line in lines] == ["cc", "hint"], lines
    assert not sandbox.fake.started
    assert sandbox.nothing_runs()


def launch(sandbox: Sandbox, secret: str, **more: str) -> Result:
    """Launch a profile whose secret is kept there."""
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    sandbox.profile("mine", f'extends = "zai"\nsecret = "{quoted}"\n')
    return sandbox.run("run", "mine", environment=sandbox.environment(**(PATIENT | more)))


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A sandbox in which a profile for each store has a cached plan, so that the many faults take little time."""
    sandbox = Sandbox(tmp_path_factory.mktemp("warm"))
    sandbox.hide("secret-tool")  # so that the library is asked
    fake_keyring.install(sandbox.outside / "library", "return 'sk-key'")
    environment = warm_environment(sandbox, MY_KEY="sk-key")
    for reference in ("env:MY_KEY", f"file:{sandbox.secret_file(b'sk-key')}", helper(sandbox, "echo sk-key"), KEYRING):
        store = reference.partition(":")[0]
        sandbox.profile(store, f'extends = "zai"\nsecret = "{reference}"\n')
        for cached in (False, True):
            result = sandbox.run("run", store, environment=environment, cached=cached)
            assert result.code == 0, result.err
            assert sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == b"sk-key"
    return sandbox


def warm_environment(sandbox: Sandbox, **more: str) -> dict[str, str]:
    """An environment in which the library of the keyring is the FAKE one."""
    return sandbox.environment(PYTHONPATH=str(sandbox.outside / "library"), **(PATIENT | more))


def helper(sandbox: Sandbox, lines: str) -> str:
    """A reference to a FAKE helper, which does what the lines of shell say."""
    path = sandbox.outside / "helper"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return f"cmd:{path}"


# What a store may hand out, and what is wrong with it
CONTENTS = {
    "empty": b"",
    "newline": b"\n",
    "blank": b"  \t \n",
    "carriage return": b"\r\n",
    "NUL": b"sk-\0-key\n",
    "escape": b"sk-\x1b[2J\n",
    "C1": "sk-\u009b2J\n".encode(),
    "right to left": "sk-\u202ekey\n".encode(),
    "two lines": b"sk-one\nsk-two\n",
    "header": b"sk-one\r\nX-Injected: yes\n",
    "huge": b"x" * HUGE,
    "not UTF-8": b"sk-\xff\xfe\n",
}


@pytest.mark.parametrize("name", [name for name in CONTENTS if name != "NUL"])
def test_bad_variable(warm: Sandbox, name: str) -> None:
    environment = {os.fsencode(name): os.fsencode(value) for name, value in warm_environment(warm).items()}
    result = warm.run("run", "env", environment=environment | {b"MY_KEY": CONTENTS[name]}, cached=True)
    assert_refused(warm, result)


def test_missing_variable(sandbox: Sandbox, warm: Sandbox) -> None:
    assert_refused(sandbox, launch(sandbox, "env:MY_KEY"))
    assert_refused(warm, warm.run("run", "env", environment=warm_environment(warm), cached=True))


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_bad_file(warm: Sandbox, content: bytes) -> None:
    warm.secret_file(content)
    assert_refused(warm, warm.run("run", "file", cached=True))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o777])
def test_file_for_others(warm: Sandbox, mode: int) -> None:
    warm.secret_file(b"sk-key", mode)
    result = warm.run("run", "file", cached=True)
    assert_refused(warm, result)
    assert b"chmod 600" in result.err


def _directory(path: Path) -> None:
    path.mkdir()


def _link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket must be short
        listener.bind(path.name)
        os.chdir(here)


def _nothing(path: Path) -> None:
    assert not path.exists()


NO_FILES: list[Callable[[Path], None]] = [_nothing, _directory, os.mkfifo, _socket, _link_to_nothing, _link_to_itself]


@pytest.mark.parametrize("make", NO_FILES)
def test_no_file(warm: Sandbox, make: Callable[[Path], None]) -> None:
    path = warm.secret_file(b"sk-key")
    path.unlink()
    make(path)
    try:
        assert_refused(warm, warm.run("run", "file", cached=True))
    finally:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)


def test_device(sandbox: Sandbox) -> None:
    assert_refused(sandbox, launch(sandbox, "file:/dev/zero"))


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_bad_answer(warm: Sandbox, content: bytes) -> None:
    answer = warm.outside / "answer"
    answer.write_bytes(content)
    helper(warm, f"cat '{answer}'")
    assert_refused(warm, warm.run("run", "cmd", cached=True))


@dataclass(frozen=True)
class Fault:
    """What a helper does instead of answering."""

    lines: str
    code: int = REFUSED
    environment: dict[str, str] = field(default_factory=dict)


FAULTS = {
    "exit 1": Fault("echo sk-key; exit 1"),
    "exit 77": Fault("echo sk-key; exit 77"),
    "killed": Fault("echo sk-key; kill -KILL $$"),
    "terminated": Fault("echo sk-key; kill -TERM $$"),
    "endless": Fault("while :; do echo sk-key; done"),
    "endless without a line": Fault("exec cat /dev/zero"),
    "endless for its grandchild": Fault("cat /dev/zero & wait"),
    "hangs": Fault("exec sleep 600", TIMED_OUT, CHEAP),
    "hangs after an answer": Fault("echo sk-key; exec sleep 600", TIMED_OUT, CHEAP),
    "hangs with a grandchild": Fault("sleep 600 & echo sk-key; wait", TIMED_OUT, CHEAP),
    "hangs and ignores signals": Fault("trap '' TERM INT HUP; sleep 600; sleep 600", TIMED_OUT, CHEAP),
    "hangs with its output closed": Fault("echo sk-key; exec sleep 600 >&-", TIMED_OUT, CHEAP),
    "stops itself": Fault("kill -STOP $$; echo sk-key"),
    "fails and leaves a grandchild": Fault("sleep 600 & exit 1"),
    "reads standard input": Fault("read line || exit 3; echo sk-key"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_helper_at_fault(warm: Sandbox, fault: Fault) -> None:
    helper(warm, fault.lines)
    result = warm.run("run", "cmd", environment=warm_environment(warm, **fault.environment), cached=True)
    assert_refused(warm, result, fault.code)


def test_helper_at_fault_on_the_first_launch(sandbox: Sandbox) -> None:
    fault = FAULTS["hangs with a grandchild"]
    result = launch(sandbox, helper(sandbox, fault.lines), **fault.environment)
    assert_refused(sandbox, result, fault.code)


def test_an_answer_is_not_kept_waiting_by_a_grandchild(warm: Sandbox) -> None:
    """The helper has answered and ended; that something of it still holds the pipe does not matter."""
    helper(warm, "sleep 600 & echo sk-key")
    assert warm.run("run", "cmd", cached=True).code == 0
    assert warm.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == b"sk-key"
    assert warm.nothing_runs()


@pytest.mark.parametrize(
    "command", ["no-such-command", "/no/such/command", "{outside}/plain", "{outside}", "{outside}/no-interpreter"]
)
def test_no_helper(sandbox: Sandbox, command: str) -> None:
    (sandbox.outside / "plain").write_text("#!/bin/sh\necho sk-key\n")
    (sandbox.outside / "no-interpreter").write_text("#!/no/such/interpreter\n")
    (sandbox.outside / "no-interpreter").chmod(0o755)
    assert_refused(sandbox, launch(sandbox, f"cmd:{command.format(outside=sandbox.outside)}"))


@pytest.mark.parametrize("deadline", ["soon", "0", "-1", "nan", "inf", "1e9"])
def test_no_deadline(warm: Sandbox, deadline: str) -> None:
    helper(warm, "echo sk-key")
    environment = warm_environment(warm, CC_SECRET_TIMEOUT=deadline)
    assert_refused(warm, warm.run("run", "cmd", environment=environment, cached=True), 2)


def with_fake_keyring(warm: Sandbox, body: str, **more: str) -> Result:
    """Launch with a FAKE keyring library that answers as the line of Python says."""
    fake_keyring.install(warm.outside / "library", body)
    return warm.run("run", "keyring", environment=warm_environment(warm, **more), cached=True)


def test_what_the_keyring_is_asked(warm: Sandbox) -> None:
    assert with_fake_keyring(warm, "return 'sk-of-' + service + '-' + name").code == 0
    assert warm.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == b"sk-of-cc-launcher-zai"


KEPT = {name: content for name, content in CONTENTS.items() if name != "not UTF-8"}


@pytest.mark.parametrize("content", KEPT.values(), ids=KEPT.keys())
def test_bad_entry(warm: Sandbox, content: bytes) -> None:
    assert_refused(warm, with_fake_keyring(warm, f"return {content.decode()!r}"))


KEYRING_FAULTS = {
    "missing": Fault("return None"),
    "locked": Fault("raise KeyringLocked('sk-key')"),
    "raises what it should not": Fault("raise RuntimeError('sk-key')"),
    "not UTF-8": Fault("return '\\udcff'"),
    "killed": Fault("os.kill(os.getpid(), signal.SIGKILL)"),
    "exits": Fault("sys.exit(1)"),
    "endless": Fault("[sys.stdout.write('x' * 100000) for _ in iter(int, 1)]"),
    "hangs": Fault("time.sleep(600)", TIMED_OUT, CHEAP),
    "hangs with a grandchild": Fault("print('sk-key', flush=True), subprocess.run(['sleep', '600'])", TIMED_OUT, CHEAP),
}


@pytest.mark.parametrize("fault", KEYRING_FAULTS.values(), ids=KEYRING_FAULTS.keys())
def test_keyring_at_fault(warm: Sandbox, fault: Fault) -> None:
    assert_refused(warm, with_fake_keyring(warm, fault.lines, **fault.environment), fault.code)


# A backend as keyrings.alt has it: it keeps secrets in a file, readable by whoever reads the file.
PLAINTEXT = """\
import os
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 0.5
    def get_password(self, service, name):
        open(os.path.expanduser("~/plaintext"), "a").close()
        return "sk-in-the-clear"
    def set_password(self, service, name, value):
        open(os.path.expanduser("~/plaintext"), "a").write(value)
"""


def _no_bus(_sandbox: Sandbox) -> dict[str, str]:
    return {}


def _plaintext_named(sandbox: Sandbox) -> dict[str, str]:
    (sandbox.outside / "fake_plaintext.py").write_text(PLAINTEXT)
    return {"PYTHONPATH": str(sandbox.outside), "PYTHON_KEYRING_BACKEND": "fake_plaintext.Keyring"}


def _plaintext_installed(sandbox: Sandbox) -> dict[str, str]:
    (sandbox.outside / "fake_plaintext.py").write_text(PLAINTEXT)
    metadata = sandbox.outside / "fake_plaintext-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-plaintext\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[keyring.backends]\nplaintext = fake_plaintext\n")
    return {"PYTHONPATH": str(sandbox.outside)}


def _plaintext_configured(sandbox: Sandbox) -> dict[str, str]:
    (sandbox.outside / "fake_plaintext.py").write_text(PLAINTEXT)
    configuration = sandbox.home / ".config" / "python_keyring"
    configuration.mkdir(parents=True)
    (configuration / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=fake_plaintext.Keyring\nkeyring-path={sandbox.outside}\n"
    )
    return {}


def _null_named(_sandbox: Sandbox) -> dict[str, str]:
    return {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def _fail_named(_sandbox: Sandbox) -> dict[str, str]:
    return {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def _named_badly(_sandbox: Sandbox) -> dict[str, str]:
    return {"PYTHON_KEYRING_BACKEND": "no.such.Backend"}


NO_KEYRINGS = [
    _no_bus,
    _plaintext_named,
    _plaintext_installed,
    _plaintext_configured,
    _null_named,
    _fail_named,
    _named_badly,
]


@pytest.mark.parametrize("arrange", NO_KEYRINGS)
def test_no_keyring_of_the_system(sandbox: Sandbox, arrange: Callable[[Sandbox], dict[str, str]]) -> None:
    """The real library, without a session bus: what keeps secrets in the clear is refused, and nothing is written."""
    more = arrange(sandbox)
    sandbox.profile("mine", "")
    before = set(sandbox.kept_files())
    assert_refused(sandbox, launch(sandbox, KEYRING, **more))
    assert set(sandbox.kept_files()) == before


def test_a_bus_that_never_answers(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sandbox.outside)
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind("bus")  # a path that is short enough for a socket
        bus.listen()
        result = launch(
            sandbox,
            KEYRING,
            DBUS_SESSION_BUS_ADDRESS=f"unix:path={_short(sandbox.outside / 'bus')}",
            **CHEAP,
        )
    assert_refused(sandbox, result, TIMED_OUT)


def _short(path: Path) -> str:
    """The same file by a path that fits into the address of a socket."""
    return str(path) if len(str(path)) < 100 else f"/proc/{os.getpid()}/cwd/{path.name}"


def test_a_library_in_the_current_directory_is_not_ours(sandbox: Sandbox) -> None:
    (sandbox.work / "keyring.py").write_text("open('hijacked', 'w').close()\n")
    (sandbox.work / "cc_launcher.py").write_text("open('hijacked', 'w').close()\n")
    assert_refused(sandbox, launch(sandbox, KEYRING))
    assert not (sandbox.work / "hijacked").exists()


def test_the_real_keyring(sandbox: Sandbox) -> None:
    """The Secret Service of GNOME, on a bus of its own: kept by the library, read by a launch."""
    bus, _ = require_tool("dbus-run-session"), require_tool("gnome-keyring-daemon")
    sandbox.profile("mine", 'extends = "zai"\nsecret = "keyring:mine"\n')
    script = (
        "printf 'open\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "
        f"printf sk-of-the-real-keyring | '{sys.executable}' -m keyring set cc-launcher mine && "
        f"exec '{sandbox.cc}' run mine"
    )
    environment = sandbox.environment(**PATIENT) | {"XDG_RUNTIME_DIR": str(sandbox.outside)}
    result = run([bus, "--", "sh", "-c", script], environment, sandbox.work)
    assert result.code == 0, result.err
    assert sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == b"sk-of-the-real-keyring"
