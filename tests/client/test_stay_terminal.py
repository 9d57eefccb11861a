"""A provider that fails in the middle of a session on a terminal, with the real client: as if we were not there."""

from __future__ import annotations

import os
import signal

import pytest

from tests.client import harness
from tests.client.stage import PATIENCE, READY, Stage, leave_by_ctrl_c
from tests.client.stayed import (
    BUSY,
    CREDIT,
    GO_ON,
    KEY,
    LIMIT,
    NEWEST,
    OLDER,
    PROMPT,
    READY_SHELL,
    Chain,
    cc_pid,
    chain,
    client_pid,
    family,
    modes,
    shell,
    shell_has_it,
)
from tests.fakes.fake_provider import ErrorReply
from tests.support import wait_until

BOTH = pytest.mark.parametrize("version", [NEWEST, OLDER])
COMMAND = "cc run --fallback other,third --stay own"


@pytest.fixture
def version() -> str:
    return NEWEST


def begin(terminal: harness.Terminal, command: str = COMMAND) -> None:
    """Type the command, and wait until this session takes a prompt, whatever an earlier one has left on the screen."""
    terminal.send("clear\r")
    wait_until(lambda: READY not in terminal.screen() and READY_SHELL in terminal.screen(), "an empty screen")
    terminal.send(f"{command}; echo ended with $?\r")
    terminal.wait_for(READY, timeout=PATIENCE)


def ask(terminal: harness.Terminal, text: str) -> None:
    terminal.enter(text, PATIENCE)


def end(terminal: harness.Terminal) -> None:
    """By its command: two keys that must follow each other quickly are lost on a machine that is busy."""
    terminal.wait_for_quiet()
    ask(terminal, "/exit")


def leave(three: Chain, terminal: harness.Terminal) -> None:
    """End the session as people do, and see that all is as before."""
    end(terminal)
    sane(three, terminal, 0)


def sane(three: Chain, terminal: harness.Terminal, code: int) -> None:
    terminal.wait_for(f"ended with {code}", timeout=PATIENCE)
    wait_until(lambda: len(family(three)) == 1, "the end of all but the shell")
    terminal.send("echo still $((40 + 2))\r")
    terminal.wait_for("still 42", timeout=PATIENCE)
    assert three.left() == []
    three.check_secrets()


@BOTH
@pytest.mark.parametrize("fault", [LIMIT, CREDIT, BUSY])
def test_the_next_profile_answers_and_the_session_stays_there(three: Chain, fault: ErrorReply) -> None:
    three.models["own"].fails, three.models["own"].tools = fault, 2
    with shell(three) as terminal:
        before = modes(terminal)
        begin(terminal, f"{COMMAND} --allowedTools Bash")
        ask(terminal, PROMPT)
        terminal.wait_for("answer of other", timeout=PATIENCE)
        assert "cc: own: " in terminal.screen()
        assert "on to other (v/other)" in terminal.screen()
        terminal.wait_for_quiet()
        ask(terminal, "and now the footer")
        wait_until(lambda: len(three.requests("other")) == 2, "the second answer")
        assert three.ran() == ["own0", "own1"]
        leave(three, terminal)
        wait_until(lambda: modes(terminal) == before, "the terminal as it was")
    assert three.wire("other")[0] == PROMPT
    assert {*three.wire("other")[1:]} == {GO_ON}
    assert len(three.requests("own")) <= 5
    assert three.requests("third") == []


def test_what_a_person_has_to_fix_stays_on_the_screen(three: Chain) -> None:
    three.models["own"].fails = KEY
    with shell(three) as terminal:
        begin(terminal)
        ask(terminal, PROMPT)
        terminal.wait_for("Not logged in", timeout=PATIENCE)
        terminal.wait_for_quiet()
        assert client_pid(three)
        leave(three, terminal)
    assert three.requests("other") == []


def test_the_last_one_keeps_the_session(three: Chain) -> None:
    for name in three.NAMES:
        three.models[name].fails = CREDIT
    with shell(three) as terminal:
        begin(terminal)
        ask(terminal, PROMPT)
        terminal.wait_for("on to third", timeout=PATIENCE)
        wait_until(lambda: bool(three.requests("third")), "the last one")
        terminal.wait_for(READY, timeout=PATIENCE)
        leave(three, terminal)
    assert [len(three.requests(name)) for name in three.NAMES] == [1, 1, 1]


def test_ctrl_z_stops_both_and_fg_brings_both_back(three: Chain) -> None:
    with shell(three) as terminal:
        before = modes(terminal)
        begin(terminal)
        terminal.wait_for_quiet()
        terminal.send("\x1a")
        terminal.wait_for("Stopped", timeout=PATIENCE)
        terminal.send("echo at the $((1 + 1))nd prompt\r")
        terminal.wait_for("at the 2nd prompt", timeout=PATIENCE)
        wait_until(lambda: modes(terminal) == before, "the terminal as it was")
        terminal.send("fg\r")
        wait_until(lambda: not shell_has_it(terminal), "the client in the foreground")
        terminal.wait_for_silence()
        terminal.wait_for_quiet()
        ask(terminal, PROMPT)
        terminal.wait_for("answer of own", timeout=PATIENCE)
        end(terminal)
        terminal.wait_for(READY_SHELL, timeout=PATIENCE)
        wait_until(lambda: len(family(three)) == 1, "the end of all but the shell")


def test_ctrl_c_twice_ends_it(three: Chain) -> None:
    with shell(three) as terminal:
        begin(terminal)
        terminal.wait_for_quiet()
        leave_by_ctrl_c(terminal, lambda: shell_has_it(terminal))
        sane(three, terminal, 0)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_us_is_one_to_the_client(three: Chain, number: signal.Signals, code: int) -> None:
    with shell(three) as terminal:
        before = modes(terminal)
        begin(terminal)
        terminal.wait_for_quiet()
        os.kill(cc_pid(three), number)
        sane(three, terminal, code)
        wait_until(lambda: modes(terminal) == before, "the terminal as it was")


def test_a_client_that_is_killed_is_passed_on_as_such(three: Chain) -> None:
    with shell(three) as terminal:
        before = modes(terminal)
        begin(terminal)
        terminal.wait_for_quiet()
        os.kill(client_pid(three), signal.SIGKILL)
        sane(three, terminal, 137)
        wait_until(lambda: modes(terminal) == before, "the terminal as it was")
        assert terminal.written.count(b"\x1b[?2004l")
    assert three.requests("other") == []


def test_nobody_is_left_when_we_are_killed(three: Chain) -> None:
    with shell(three) as terminal:
        begin(terminal)
        terminal.wait_for_quiet()
        os.kill(cc_pid(three), signal.SIGKILL)
        terminal.wait_for("ended with 137", timeout=PATIENCE)
        wait_until(lambda: len(family(three)) == 1, "the end of the client")
        terminal.send("echo still $((40 + 2))\r")
        terminal.wait_for("still 42", timeout=PATIENCE)
        assert three.left() != []
        assert three.run("-p", PROMPT).returncode == 0
        begin(terminal)
        leave(three, terminal)


def test_with_p_a_signal_is_passed_on_too(three: Chain) -> None:
    import threading

    done = threading.Event()
    three.models["own"].fails, three.models["own"].silent = LIMIT, lambda: (done.wait(60), None)[1]
    for number, code in ((signal.SIGTERM, 143), (signal.SIGKILL, 137)):
        with shell(three) as terminal:
            terminal.send(f"{COMMAND} -p '{PROMPT}'; echo ended with $?\r")
            wait_until(lambda: bool(three.requests("own")), "the request")
            os.kill(cc_pid(three), number)
            terminal.wait_for(f"ended with {code}", timeout=PATIENCE)
            wait_until(lambda: len(family(three)) == 1, "the end of the client")
        three.providers["own"].requests.clear()
    done.set()
    assert three.requests("other") == []


def test_who_may_see_it_is_asked_before_anything_is_sent(stage: Stage) -> None:
    with chain(stage, agreed=False) as three:
        path = stage.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
        path.write_text(f"{path.read_text()}[compat]\nprivate = true\n")
        hosts = {name: provider.host for name, provider in three.providers.items()}
        three.models["own"].fails = CREDIT
        with shell(three) as terminal:
            terminal.send(f"clear; {COMMAND}; echo ended with $?\r")
            terminal.wait_for("own is private", timeout=PATIENCE)
            terminal.wait_for("type other", timeout=PATIENCE)
            assert [provider.requests for provider in three.providers.values()] == [[], [], []]
            terminal.send("other\r")
            terminal.wait_for("type third", timeout=PATIENCE)
            terminal.send("third\r")
            terminal.wait_for(f"Send what {hosts['other']} has seen to {hosts['third']}?", timeout=PATIENCE)
            terminal.send("y\r")
            terminal.wait_for(READY, timeout=PATIENCE)
            ask(terminal, PROMPT)
            terminal.wait_for("answer of other", timeout=PATIENCE)
            leave(three, terminal)
            begin(terminal)  # and not again
            leave(three, terminal)


def test_who_says_no_starts_nothing(stage: Stage) -> None:
    with chain(stage, agreed=False) as three:
        with shell(three) as terminal:
            terminal.send(f"clear; {COMMAND}; echo ended with $?\r")
            terminal.wait_for("(asked once)", timeout=PATIENCE)
            terminal.send("n\r")
            terminal.wait_for("ended with 77", timeout=PATIENCE)
        assert [provider.requests for provider in three.providers.values()] == [[], [], []]
