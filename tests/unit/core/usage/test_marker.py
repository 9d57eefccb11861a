"""The mark of a launch: as we write it, as the client keeps it, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.usage import marker
from cc_launcher.core.usage.marker import Marker

LINE = marker.line("zai", "zai", "api.z.ai")


def read(name: str = "SessionStart:startup", **said: Any) -> Marker | None:
    return marker.read(7, "s", {"hookName": name} | said)


def test_what_we_write_is_what_we_read() -> None:
    assert LINE == 'cc {"v":1,"profile":"zai","provider":"zai","host":"api.z.ai"}'
    assert read(stderr=f"another hook\n{LINE}\n") == Marker(7, "s", "zai", "zai", "api.z.ai", begins=True)


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
