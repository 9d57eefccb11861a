"""Programs that are started to hand us what they print."""

import os
import signal
import time
from pathlib import Path

import pytest

from cc_launcher.core.errors import REFUSED, TIMED_OUT, USAGE, CcError
from cc_launcher.launch import helper, terminal
from cc_launcher.launch.helper import HelperFailed, HelperMissing, Manner

LONG = 60.0


def sh(script: str, deadline: float = LONG, manner: Manner | None = None) -> bytes:
    return helper.read(("sh", "-c", script), "mine: secret", deadline, manner)


def test_what_it_prints_is_handed_over_as_it_is() -> None:
    assert sh("printf 'a\\nb\\377'") == b"a\nb\xff"
    assert sh("exit 0") == b""


def test_it_may_print_what_a_secret_can_be_long_and_a_byte_more_is_refused() -> None:
    assert len(sh(f"head -c {helper.MAX_OUTPUT} /dev/zero")) == helper.MAX_OUTPUT == 64 * 1024 + 2
    for script in (f"head -c {helper.MAX_OUTPUT + 1} /dev/zero", "exec tr '\\0' x </dev/zero"):
        with pytest.raises(CcError, match="mine: secret: prints more than a key can be") as caught:
            sh(script)
        assert caught.value.code == REFUSED


def test_its_standard_input_is_empty_or_what_is_given() -> None:
    assert sh("cat; echo end") == b"end\n"
    assert sh("cat", manner=Manner(given=b"x" * 60_000)) == b"x" * 60_000
    with pytest.raises(CcError, match="longer than a pipe holds") as caught:
        sh("cat", manner=Manner(given=b"x" * 2_000_000))
    assert caught.value.code == USAGE


def test_what_it_says_is_let_through_or_listened_to(capfd: pytest.CaptureFixture[str]) -> None:
    assert sh("echo said >&2; echo out") == b"out\n"
    assert capfd.readouterr().err == "said\n"
    with pytest.raises(HelperFailed) as caught:
        sh("echo said >&2; exit 3", manner=Manner(listen=True))
    assert (caught.value.status, caught.value.said, caught.value.code) == (3, "said\n", REFUSED)
    assert capfd.readouterr().err == ""


def test_of_very_much_that_it_says_the_end_is_kept() -> None:
    with pytest.raises(HelperFailed) as caught:
        sh("seq 1 100000 >&2; echo last >&2; exit 1", manner=Manner(listen=True))
    assert caught.value.said.endswith("100000\nlast\n")
    assert len(caught.value.said) <= helper.MAX_OUTPUT


@pytest.mark.parametrize(
    ("script", "status", "how"),
    [("exit 3", 3, "exit code 3"), ("kill -KILL $$", -9, "signal 9"), ("kill -INT $$", -2, "signal 2")],
)
def test_how_it_failed_is_told(script: str, status: int, how: str) -> None:
    with pytest.raises(HelperFailed, match=f"mine: secret: sh failed .{how}.") as caught:
        sh(script)
    assert caught.value.status == status


@pytest.mark.parametrize("program", ["no-such-command", "/no/such/command"])
def test_one_that_is_missing_is_told(program: str) -> None:
    with pytest.raises(HelperMissing, match=f"mine: secret: command {program} not found") as caught:
        helper.read((program,), "mine: secret", LONG)
    assert caught.value.code == REFUSED


def test_it_has_the_whole_deadline_and_no_more() -> None:
    assert sh("sleep 0.3; echo x", 30) == b"x\n"
    begun = time.monotonic()
    with pytest.raises(CcError, match=r"no answer within 0\.3 seconds") as caught:
        sh("echo x; sleep 60 & sleep 60", 0.3)
    assert caught.value.code == TIMED_OUT
    assert 0.3 <= time.monotonic() - begun < 30


def test_nothing_of_it_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(CcError, match="no answer"):
        sh(f"sleep 600 & echo $! >{tmp_path}/child; echo $$ >{tmp_path}/own; wait", 2)
    with pytest.raises(ChildProcessError):
        os.waitpid(int((tmp_path / "own").read_text()), 0)
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    deadline = time.monotonic() + 30
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_descriptor_is_left_open() -> None:
    before = os.listdir("/proc/self/fd")
    sh("echo x", manner=Manner(listen=True, given=b"x"))
    with pytest.raises(CcError):
        helper.read(("/",), "mine", LONG, Manner(listen=True, given=b"x"))
    with pytest.raises(CcError):
        sh("sleep 60", 0.1, Manner(listen=True, given=b"x"))
    assert os.listdir("/proc/self/fd") == before


def test_the_handlers_of_signals_are_put_back() -> None:
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = [signal.getsignal(name) for name in names]
    sh("echo x")
    with pytest.raises(CcError):
        sh("sleep 60", 0.1)
    assert [signal.getsignal(name) for name in names] == before
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, [])


_WHERE = "exec cut -d' ' -f1,5,6,7 /proc/self/stat"


def test_it_leads_a_group_of_its_own_in_our_session() -> None:
    pid, group, session, _ = map(int, sh(_WHERE).split())
    assert (group, session) == (pid, os.getsid(0))


def test_alone_it_is_in_a_session_of_its_own_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPG_TTY", "/dev/pts/99")
    pid, group, session, tty = map(int, sh(_WHERE, manner=Manner(alone=True)).split())
    assert (group, session, tty) == (pid, pid, 0)
    assert sh("(: </dev/tty) 2>/dev/null || echo none", manner=Manner(alone=True)) == b"none\n"
    assert sh('echo "[$GPG_TTY]"', manner=Manner(alone=True)) == b"[]\n"


def test_our_own_environment_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPG_TTY", "/dev/pts/99")
    sh("exit 0", manner=Manner(alone=True))
    assert os.environ["GPG_TTY"] == "/dev/pts/99"
    assert sh('echo "$GPG_TTY"') == b"/dev/pts/99\n"
    assert sh("env", manner=Manner(environment={"ONLY": "this"})).startswith((b"ONLY=this", b"PWD="))


def test_without_a_terminal_there_is_none_to_lend() -> None:
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os._exit(0 if terminal.ours() is None else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
