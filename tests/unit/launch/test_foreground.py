"""A program that has the terminal to itself: its exit code, and what is said where there is none."""

from __future__ import annotations

import signal

import pytest

from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.launch import foreground


def test_the_exit_code_is_the_programs_and_signals_are_ours_again() -> None:
    before = signal.getsignal(signal.SIGINT)
    assert foreground.run(["sh", "-c", "exit 7"]) == 7
    assert foreground.run(["/bin/sh", "-c", "exit 0"]) == 0
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize("program", ["no-such-editor", "/nowhere/editor"])
def test_one_that_is_not_there_is_an_error_that_says_so(program: str) -> None:
    with pytest.raises(CcError) as caught:
        foreground.run([program, "file"])
    assert caught.value.code == NOT_FOUND
    assert program in caught.value.what
