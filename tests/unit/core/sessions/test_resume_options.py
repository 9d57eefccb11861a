"""Which session the user's arguments go on with, and the same arguments for another one."""

from __future__ import annotations

import pytest

from cc_launcher.core.plan import resumes
from cc_launcher.core.sessions import resume_options
from cc_launcher.core.sessions.resume_options import CHOSEN, NEWEST, THIS

ID, NEW = "1b2c3d4e-0000-4000-8000-000000000000", "new"


@pytest.mark.parametrize(
    ("line", "which", "value", "left"),
    [
        (f"--resume {ID}", THIS, ID, ""),
        (f"--resume={ID} -p hi", THIS, ID, "-p hi"),
        (f"-p hi -r {ID}", THIS, ID, "-p hi"),
        (f"-r{ID}", THIS, ID, ""),
        (f"-pr {ID} hi", THIS, ID, "-p hi"),
        (f"-vr{ID}", THIS, ID, "-v"),
        ("--resume", CHOSEN, "", ""),
        ("--resume --model x", CHOSEN, "", "--model x"),
        ("-r -p", CHOSEN, "", "-p"),
        ("--resume=", CHOSEN, "", ""),
        ("--continue", NEWEST, "", ""),
        ("-c", NEWEST, "", ""),
        ("-pc hi", NEWEST, "", "-p hi"),
        ("-cp hi -- -c", NEWEST, "", "-p hi -- -c"),
        (f"-c --resume {ID}", THIS, ID, ""),
    ],
)
def test_what_is_gone_on_with(line: str, which: str, value: str, left: str) -> None:
    user = line.split()
    asked = resume_options.asked(user)
    assert asked is not None
    assert (asked.which, asked.value) == (which, value)
    assert resume_options.instead(user, NEW) == ["--resume", NEW, *left.split()]
    assert asked.prints == ("-p" in left.split())
    assert resumes(user)
    again = resume_options.asked(resume_options.instead(user, NEW))
    assert again is not None
    assert (again.which, again.value) == (THIS, NEW)


@pytest.mark.parametrize("line", ["", "-p hi", "hi", "-p -- --resume x", "--resumed", "--model -x", "-d", "-w tree"])
def test_what_begins_anew(line: str) -> None:
    user = line.split()
    assert resume_options.asked(user) is None


@pytest.mark.parametrize("line", ["-nc", "-dapi-requests", "-wbranch"])
def test_the_value_of_another_short_option_is_none_of_these(line: str) -> None:
    """A launch may look twice at such a line, and finds nothing."""
    assert resume_options.asked([line]) is None


def test_a_fork_is_told() -> None:
    asked = resume_options.asked(["--resume", ID, "--fork-session"])
    assert asked is not None
    assert asked.forks
