"""The mark of a launch: as we write it, as the client keeps it, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.plan import session_mark
from cc_launcher.core.text import names
from cc_launcher.core.usage import marker
from cc_launcher.core.usage.marker import Marker

LINE = session_mark.line("zai", "zai", "api.z.ai")


def read(name: str = "SessionStart:startup", **said: Any) -> Marker | None:
    return marker.read(7, "s", {"hookName": name} | said)


def test_what_we_write_is_what_we_read() -> None:
    assert LINE == 'cc {"v":1,"profile":"zai","provider":"zai","host":"api.z.ai"}'
    assert read(stderr=f"another hook\n{LINE}\n") == Marker(7, "s", "zai", "zai", "api.z.ai", begins=True)


def test_only_a_line_that_the_command_itself_holds_is_a_mark() -> None:
    ours = f"printf '%s\\n' '{LINE}' >&2"
    for command, profile in ((ours, "zai"), (f"true || {ours}", "zai"), ("cat NOTES >&2", ""), ("", "")):
        found = read(stderr=f"{LINE}\n", command=command)
        assert found is not None
        assert found.profile == profile, command
    said = '{"suppressOutput":true,"cc":{"v":1,"profile":"alpha"}}'
    assert read("UserPromptSubmit", stdout=f"{said}\n", command=f"printf '%s\\n' '{said}'") is not None
    assert read("UserPromptSubmit", stdout=f"{said}\n", command="cat NOTES") is None


def test_of_two_hooks_of_one_start_that_name_different_profiles_neither_is_believed() -> None:
    one, same, other = (Marker(time, "s", name, "p", "h", begins=True) for time, name in ((1, "a"), (2, "a"), (3, "b")))
    assert marker.together(one, same) == same
    assert marker.together(one, other) == Marker(3, "s", marker.DOUBTFUL, "", "", begins=True)
    assert not names.is_profile(marker.DOUBTFUL)


def test_the_older_way_in_stdout_is_read_too() -> None:
    said = '{"suppressOutput":true,"cc":{"v":1,"profile":"alpha","provider":"a","host":"h"}}\n'
    assert read(stdout=said) == Marker(7, "s", "alpha", "a", "h", begins=True)
    assert read("UserPromptSubmit", stdout=f"x\n{said}") == Marker(7, "s", "alpha", "a", "h", begins=False)


@pytest.mark.parametrize(("why", "begins"), [("resume", True), ("fork", True), ("clear", False), ("compact", False)])
def test_a_process_begins_at_some_of_them(why: str, begins: bool) -> None:  # noqa: FBT001 - a parameter
    found = read(f"SessionStart:{why}", stderr=LINE)
    assert found is not None
    assert found.begins is begins


@pytest.mark.parametrize(
    "stderr",
    [
        "",
        "cc",
        "cc {",
        'cc {"profile":"zai"}',
        'cc {"v":1,"profile":"../x"}',
        'cc {"v":1,"profile":7}',
        f" {LINE}",
        'cc ["v"]',
        'cc {"v":1,"profile":"Zai\\u001b"}',
        None,
        7,
    ],
)
def test_what_is_no_mark_of_ours_names_no_profile(stderr: object) -> None:
    assert read(stderr=stderr) == Marker(7, "s", "", "", "", begins=True)
    assert read("PostToolUse", stderr=stderr) is None


def test_a_host_that_could_steer_a_terminal_is_left_out() -> None:
    found = read(stderr='cc {"v":1,"profile":"a","host":"\\u001b[2J"}')
    assert found is not None
    assert found.host == ""
