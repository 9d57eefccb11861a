"""Our command in the client's settings: told from others, and put around the user's own without a letter lost."""

import pytest

from cc_launcher.core.status.our_command import HOLDS, around, inside, is_ours

OWN = ["/opt/my python", "-P", "-m", "cc_launcher.launch.entry", "statusline"]
THEIRS = ["date", "sh -c 'echo \"it'\\''s $PWD\"'", "a --after b", "~/line.sh | head -1", "printf '%s\\n' \\\\x"]


def test_alone_it_is_ours_and_holds_nothing() -> None:
    command = around(OWN, "")
    assert is_ours(command)
    assert inside(command) == (HOLDS[0], "")


@pytest.mark.parametrize("theirs", THEIRS)
@pytest.mark.parametrize("option", HOLDS)
def test_what_is_put_in_comes_out_as_it_was(theirs: str, option: str) -> None:
    command = around(OWN, theirs, option)
    assert is_ours(command)
    assert inside(command) == (option, theirs)


@pytest.mark.parametrize(
    "command",
    [
        *THEIRS,
        "",
        "statusline",
        "python -m cc_launcher.launch.entry run",
        "python -m another.launch.entry statusline",
        "python -m cc_launcher.launch.entry 'statusline",  # which no shell could read either
        "python -m cc_launcher.launch.entry mystatusline",
    ],
)
def test_what_is_somebody_elses_is_not_ours(command: str) -> None:
    assert not is_ours(command)


def test_an_option_without_a_command_holds_none() -> None:
    assert inside(" ".join([*OWN, "--after"])) == (HOLDS[0], "")
    assert inside("'") == (HOLDS[0], "")
