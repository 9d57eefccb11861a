"""A probe on a terminal of 80 columns and 24 lines, and without one: the table fills, and nothing steers the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest

from tests.client.harness import Terminal
from tests.report import sample
from tests.support import Result, run

PLAY = Path(__file__).with_name("play.py")
ROWS, COLUMNS = 24, 80
DONE = 41


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    clean = {"PATH": os.defpath, "HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    return clean | {"PYTHONPATH": str(PLAY.parents[2])} | more


class Playing(Terminal):
    """A probe that is played, a step at a time, on a terminal that remembers what scrolled away."""

    def __init__(self, cwd: Path, kind: str, **more: str) -> None:
        self.cwd = cwd
        self.written = bytearray()
        super().__init__([sys.executable, PLAY, kind], environment(cwd, **more), cwd, size=(ROWS, COLUMNS))
        self._screen = pyte.HistoryScreen(COLUMNS, ROWS, history=500)
        stream = pyte.ByteStream(self._screen)
        feed = stream.feed

        def record(data: bytes) -> None:
            self.written.extend(data)
            feed(data)

        stream.feed = record  # type: ignore[method-assign]
        self._stream = stream

    def step(self, number: int) -> None:
        (self.cwd / str(number)).touch()

    def to_the_end(self) -> list[str]:
        """Every line, after the program has ended."""
        self.wait(60)
        self._read(0.2)
        assert isinstance(self._screen, pyte.HistoryScreen)
        gone = ["".join(line[x].data for x in range(COLUMNS)) for line in self._screen.history.top]
        return [line.rstrip() for line in (*gone, *self._screen.display)]


Play = Callable[..., Playing]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return lambda kind, **more: Playing(tmp_path, kind, **more)


def without_terminal(tmp_path: Path, kind: str) -> Result:
    for number in (1, 2, 3):
        (tmp_path / str(number)).touch()
    return run([sys.executable, PLAY, kind], environment(tmp_path), tmp_path)


def test_the_table_fills_while_it_runs(play: Play) -> None:
    with play("run") as terminal:
        terminal.wait_for("2 of 41")
        screen = terminal.screen()
        assert "reachable: The endpoint takes connections" in screen
        assert "passed    tls" in screen
        assert "tool-call" not in screen  # whose group has not begun
        assert "310 tokens in, 42 out · less than 0.1 cents" in screen
        terminal.step(1)
        terminal.wait_for("3 of 41")
        terminal.wait_for("and 2 more")
        assert "passed    reachable" in terminal.screen()
        terminal.step(2)
        terminal.wait_for("41 of 41")
        terminal.step(3)
        lines = terminal.to_the_end()
    # Nothing of what was drawn anew has stayed, and each check stands there once, under its group.
    assert not any(" of 41" in line or "more" in line for line in lines)
    rows = [line.split()[1] for line in lines if line.startswith(("  passed", "  degraded", "  failed", "  skipped"))]
    assert rows[:DONE] == ["tls", "reachable", *list(sample.CHECKS)[2:]]
    assert rows[DONE:] == ["tool-arguments", "effort", "pings", "thinking", "count-tokens", "too-long"]
    groups = list(dict.fromkeys(group for group, *_ in sample.CHECKS.values()))
    assert [line for line in lines if line in groups] == groups
    assert "  cc edit zai compat.no-effort=true    # tried: the endpoint passes with it" in lines
    *_, total, verdict = [line for line in lines if line]
    assert verdict == "zai, glm-5.3: do not use for editing; no thinking (do not use it for a session)"
    assert total == "41 checks in 62 s, 60,130 tokens in, 1,138 out, about 3.9 cents"


def test_what_a_provider_says_does_not_steer_the_terminal(play: Play) -> None:
    with play("run") as terminal:
        for number in (1, 2, 3):
            terminal.step(number)
        lines = terminal.to_the_end()
        written = bytes(terminal.written)
    assert b"\x1b]0;owned" not in written
    assert "\u202e".encode() not in written
    assert any(r"\x1b[2J\x1b]0;owned\x07" in line for line in lines)


def test_when_somebody_stops_it_all_that_was_found_is_shown(play: Play) -> None:
    with play("stop") as terminal:
        terminal.step(1)
        terminal.wait_for("3 of 41")
        terminal.step(2)
        lines = [line for line in terminal.to_the_end() if line]
    assert lines[3:5] == ["tools", "  passed    tool-call           called read_file                           1.9 s"]
    assert lines[-2].startswith("stopped after 2 checks in 62 s")
    assert lines[-1] == "zai, glm-5.3: stopped"


def test_an_interrupt_leaves_the_terminal_as_it_was(play: Play) -> None:
    with play("crash") as terminal:
        terminal.step(1)
        terminal.wait_for("3 of 41")
        terminal.step(2)
        lines = terminal.to_the_end()
        assert bytes(terminal.written).rfind(b"\x1b[?25h") > bytes(terminal.written).rfind(b"\x1b[?25l") >= 0
    assert not any(" of 41" in line for line in lines)


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR", False), ("FORCE_COLOR", True)])
def test_colour_is_only_where_it_is_wanted(play: Play, variable: str, coloured: bool) -> None:  # noqa: FBT001
    with play("run", **{variable: "1"}) as terminal:
        for number in (1, 2, 3):
            terminal.step(number)
        terminal.to_the_end()
        assert (b"\x1b[32m" in terminal.written) is coloured


def test_a_dumb_terminal_gets_plain_lines(play: Play) -> None:
    with play("run", TERM="dumb") as terminal:
        for number in (1, 2, 3):
            terminal.step(number)
        lines = terminal.to_the_end()
        assert b"\x1b[" not in terminal.written
    assert "cc: passed tls: TLSv1.3 (0.1 s)" in lines


def test_without_a_terminal_rows_are_data_and_the_rest_is_talk(tmp_path: Path) -> None:
    result = without_terminal(tmp_path, "run")
    assert result.code == 0, result.err
    rows = [line.split("\t") for line in result.out.decode().splitlines()]
    assert [row[1] for row in rows] == list(sample.CHECKS)
    assert rows[11][:4] == ["tools", "tool-arguments", "failed", "input is {} in 3 of 3 calls"]
    said = result.err.decode().splitlines()
    assert said[0] == "cc: passed tool-call: called read_file (1.9 s)"
    assert said[-1] == "cc: zai, glm-5.3: do not use for editing; no thinking (do not use it for a session)"
    assert said[-2] == "cc: 41 checks in 62 s, 60,130 tokens in, 1,138 out, about 3.9 cents"
    assert "cc edit zai compat.no-effort=true    # tried: the endpoint passes with it" in said
    assert b"\x1b" not in result.out + result.err


def test_beside_json_stdout_is_left_alone(tmp_path: Path) -> None:
    result = without_terminal(tmp_path, "json")
    assert (result.code, result.out) == (0, b"")
    assert b"cc: passed tls" in result.err


def test_two_runs_fit_next_to_each_other(play: Play, tmp_path: Path) -> None:
    with play("compare") as terminal:
        lines = [line for line in terminal.to_the_end() if line]
    assert any(line.startswith("worse: pings, tool-arguments, effort") for line in lines[-4:])
    assert "worse   tool-arguments  passed  failed    input is {} in 3 of 3 calls" in lines
    assert "first token after  0.6 s            0.6 s" in lines
    piped = without_terminal(tmp_path, "compare")
    assert b"worse\ttool-arguments\tpassed\tfailed\tinput is {} in 3 of 3 calls\n" in piped.out
    assert b"cc: worse: pings" in piped.err


def test_few_profiles_have_a_column_each_and_many_a_row_each(play: Play, tmp_path: Path) -> None:
    with play("side") as terminal:
        lines = terminal.to_the_end()
    assert "check               mine     zai       my-gateway" in lines
    assert "tool-arguments      passed   failed    failed" in lines
    assert "zai, glm-5.3: do not use for editing; no thinking" in lines
    with play("sides") as terminal:
        lines = terminal.to_the_end()
    assert "mine-0        glm-5.3  fit      38 passed, 3 skipped    works" in lines
    assert without_terminal(tmp_path, "side").out.count(b"\n") == 3
