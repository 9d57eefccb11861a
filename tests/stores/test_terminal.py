"""While a helper waits for somebody to answer on the terminal: Ctrl-Z and fg, Ctrl-C, a terminal that goes away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.client.harness import Terminal
from tests.stores.place import Place
from tests.support import require_tool, wait_until

SHELLS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "dash": ["dash", "-i"]}
PROMPT = "ready> "
QUESTION = "the answer, please: "
# It has a child that waits, too: all of it has to stop, to go on and to end.
HELPER = f"""\
#!/bin/sh
sleep 600 &
printf '{QUESTION}' >/dev/tty
read -r answer </dev/tty
kill $!
[ "$answer" = 42 ] && exec cat "$0.secret"
exit 1
"""


@pytest.fixture
def asking(place: Place) -> Place:
    """A profile whose secret a FAKE helper prints to who gives the right answer."""
    helper = place.sandbox.outside / "helper"
    helper.write_text(HELPER)
    helper.chmod(0o755)
    secret = place.sandbox.outside / "helper.secret"
    secret.write_text(place.secret)
    place.kept_in(f"cmd:{helper}")
    return place


@contextmanager
def shell(place: Place, name: str) -> Iterator[Terminal]:
    """An interactive shell."""
    require_tool(name)
    with place.terminal(*SHELLS[name], env={"PS1": PROMPT, "ENV": ""}) as terminal:
        terminal.wait_for(PROMPT.strip())
        yield terminal


def shell_has_it(terminal: Terminal) -> bool:
    return terminal.foreground == terminal.leader


def says(terminal: Terminal, command: str, answer: str) -> None:
    """The shell listens to what is typed, and answers: with what is no part of the line that was typed."""
    assert answer not in command
    terminal.send(f"{command}\r")
    terminal.wait_for(answer)


def stopped(place: Place) -> set[str]:
    """The states of all that was started from the shell: T for what is stopped."""
    states = set()
    for pid in place.sandbox.processes():
        try:
            with open(f"/proc/{pid}/stat") as file:
                name, _, rest = file.read().partition("(")[2].rpartition(")")
        except OSError:
            continue
        if name not in SHELLS:
            states.add(rest.split()[0])
    return states


@pytest.mark.parametrize("name", SHELLS)
def test_stopped_and_taken_up_again(asking: Place, name: str) -> None:
    with shell(asking, name) as terminal:
        terminal.send(f"{asking.sandbox.cc} run mine\r")
        terminal.wait_for(QUESTION.strip())
        wait_until(lambda: not shell_has_it(terminal), "the helper in the foreground")
        for number in range(2):
            terminal.send("\x1a")
            wait_until(lambda: shell_has_it(terminal), "the shell in the foreground")
            wait_until(lambda: stopped(asking) == {"T"}, "all of it stopped")
            says(terminal, f"echo $((4{number} * 2))", f"8{2 * number}")
            terminal.send("fg\r")
            wait_until(lambda: not shell_has_it(terminal), "the helper in the foreground again")
            wait_until(lambda: "T" not in stopped(asking), "all of it going on")
        terminal.send("42\r")
        wait_until(asking.sandbox.fake.dump.exists, "the launch")
        says(terminal, "echo code=$?", "code=0")
        assert asking.secret not in terminal.screen()
    asking.handed_over()


@pytest.mark.parametrize("name", SHELLS)
def test_stopped_and_ended(asking: Place, name: str) -> None:
    with shell(asking, name) as terminal:
        terminal.send(f"{asking.sandbox.cc} run mine\r")
        terminal.wait_for(QUESTION.strip())
        terminal.send("\x1a")
        wait_until(lambda: shell_has_it(terminal), "the shell in the foreground")
        terminal.send("kill %1; fg\r")
        says(terminal, "echo code=$? still $((40 + 2))", "still 42")
        assert shell_has_it(terminal)
        terminal.send("exit\r")
        terminal.wait()
    assert not asking.sandbox.fake.started
    assert asking.sandbox.nothing_runs()


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("key", ["\x03", "\x1c"], ids=["Ctrl-C", "Ctrl-backslash"])
def test_interrupted(asking: Place, name: str, key: str) -> None:
    with shell(asking, name) as terminal:
        terminal.send(f"{asking.sandbox.cc} run mine\r")
        terminal.wait_for(QUESTION.strip())
        terminal.send(key)
        wait_until(lambda: shell_has_it(terminal), "the shell in the foreground")
        says(terminal, "echo code=$? still $((40 + 2))", "code=130" if key == "\x03" else "still 42")
        wait_until(lambda: asking.names_of_processes() <= {*SHELLS}, "the end of the helper")
        assert shell_has_it(terminal)
        terminal.send("exit\r")
        terminal.wait()
    assert not asking.sandbox.fake.started
    assert asking.sandbox.nothing_runs()


def test_an_interrupt_ends_a_loop_of_the_shell(asking: Place) -> None:
    with shell(asking, "bash") as terminal:
        terminal.send(f"for i in 1 2 3; do {asking.sandbox.cc} run mine; done; echo over\r")
        terminal.wait_for(QUESTION.strip())
        terminal.send("\x03")
        wait_until(lambda: shell_has_it(terminal), "the shell in the foreground")
        says(terminal, "echo code=$? still $((40 + 2))", "code=130")
        assert terminal.screen().count(QUESTION.strip()) == 1
    assert not asking.sandbox.fake.started


def test_interrupted_without_a_shell(asking: Place) -> None:
    with asking.terminal() as terminal:
        terminal.wait_for(QUESTION.strip())
        terminal.send("\x03")
        assert terminal.wait() == -signal.SIGINT
    assert not asking.sandbox.fake.started
    assert asking.sandbox.nothing_runs()


def test_answered(asking: Place) -> None:
    with asking.terminal() as terminal:
        terminal.wait_for(QUESTION.strip())
        terminal.send("42\r")
        asking.launched_on(terminal)
    assert asking.sandbox.nothing_runs()


def test_a_wrong_answer(asking: Place) -> None:
    with asking.terminal() as terminal:
        terminal.wait_for(QUESTION.strip())
        terminal.send("41\r")
        terminal.wait_for("hint: ")
        assert terminal.wait() == 77
    assert not asking.sandbox.fake.started


def test_no_answer(asking: Place) -> None:
    with shell(asking, "bash") as terminal:
        terminal.send(f"CC_SECRET_TIMEOUT=3 {asking.sandbox.cc} run mine\r")
        terminal.wait_for("waiting for mine: secret (Ctrl-C to stop)")
        terminal.wait_for("no answer within 3 seconds")
        says(terminal, "echo code=$?", "code=75")
        assert shell_has_it(terminal)
        terminal.send("exit\r")
        terminal.wait()
    assert asking.sandbox.nothing_runs()


def test_a_pause_is_none_of_the_helpers(asking: Place) -> None:
    """While everything is stopped, the deadline waits, too."""
    with shell(asking, "bash") as terminal:
        terminal.send(f"CC_SECRET_TIMEOUT=8 {asking.sandbox.cc} run mine\r")
        terminal.wait_for(QUESTION.strip())
        terminal.send("\x1a")
        wait_until(lambda: shell_has_it(terminal), "the shell in the foreground")
        says(terminal, "sleep 9; echo slept $((1 + 1))", "slept 2")
        terminal.send("fg\r")
        wait_until(lambda: not shell_has_it(terminal), "the helper in the foreground again")
        terminal.send("42\r")
        wait_until(asking.sandbox.fake.dump.exists, "the launch")
    asking.handed_over()


def test_the_terminal_goes_away(asking: Place) -> None:
    with asking.terminal() as terminal:
        terminal.wait_for(QUESTION.strip())
        terminal._child.fileobj.close()
        terminal._child.closed = True
        assert asking.sandbox.nothing_runs()
    assert not asking.sandbox.fake.started


def test_in_the_background_the_terminal_is_not_taken(asking: Place) -> None:
    with shell(asking, "bash") as terminal:
        terminal.send(f"{asking.sandbox.cc} run mine &\r")
        terminal.wait_for("has to ask something")
        says(terminal, "wait %1; echo code=$?", "code=77")
        assert shell_has_it(terminal)
    assert not asking.sandbox.fake.started
