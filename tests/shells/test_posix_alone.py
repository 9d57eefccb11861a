"""The wrappers of the whole catalog where there is nothing but what POSIX names: no GNU option, and no `timeout`.

As on a Mac, whose `security` keeps the key. What a wrapper starts is the same as with this machine's own programs; so
is what the client starts of it, a hook or the command that fetches a key.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from cc_launcher.core.errors import CcError
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.way import PROGRAMS
from cc_launcher.files import places
from tests.fakes.fake_bsd import FakeBsd
from tests.rows import BY_GATEWAY
from tests.shells.scene import SHELLS, WrapperScene
from tests.shells.test_catalog import made, usable
from tests.support import LIMIT, require_tool, run, wait_until

BOXES = ("toybox", "busybox")
KEY = "sk-key"
STARTS = ([b"-p", b"hi"], [b"-p", b"hi", b"--output-format", b"stream-json", b"--verbose"])
SAID = b'{"session_id":"00000000-0000-4000-8000-000000000000","hook_event_name":"UserPromptSubmit","prompt":"x"}'


class BsdScene(WrapperScene):
    """A scene in which wrappers are made as on a Mac, and with the programs of a FAKE one."""

    def __init__(self, root: Path, box: str) -> None:
        super().__init__(root)
        self.bsd = FakeBsd(root / "bsd", box)
        self.sandbox.system_path = str(self.bsd.bin)

    def on_a_mac(self, wrapper: Callable[[], str]) -> str:
        """The script that is made there."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "platform", "darwin")
            return wrapper()

    def with_own_programs(self, text: str) -> str:
        """The same script, with this machine's programs in the place of the FAKES."""
        for name in PROGRAMS:
            text = text.replace(str(self.bsd.bin / name), require_tool(name))
        return text


def kind(name: str) -> str:
    """What the wrappers of some providers have in common: one of them is enough."""
    text = (places.catalog_directory() / f"{name}.toml").read_text()
    written = tomllib.loads(text)
    return " ".join(
        [written.get("auth", ""), *(key for key in ("cloud", "check", "headers", "models") if key in written)]
    )


def cases() -> list[ParameterSet]:
    found = []
    for at, name in enumerate(name for name in places.catalog_names() if name not in BY_GATEWAY):
        for number, shell in enumerate(SHELLS):
            for sealed in (False, True):
                box = BOXES[(at + number + sealed) % 2]
                alike = pytest.mark.alike(f"{kind(name)} {sealed}" if (at + number) % 3 else f"{shell} {sealed} {box}")
                found.append(pytest.param(name, shell, box, sealed, marks=alike))
    return found


@pytest.mark.parametrize(("name", "shell", "box", "sealed"), cases())
def test_a_wrapper_starts_the_same_with_what_posix_has(
    tmp_path: Path,
    name: str,
    shell: str,
    box: str,
    sealed: bool,  # noqa: FBT001
) -> None:
    scene = BsdScene(tmp_path, box)
    profile = usable(scene, name)
    scene.bsd.keeps(profile, KEY)
    try:
        text = scene.on_a_mac(lambda: made(scene, profile, sealed=sealed, modes={}))
    except CcError as refused:
        if sealed:
            return  # not every secret can be sealed
        raise refused from None
    assert re.search(r"/g?timeout\b", text) is None
    settings = scene.sandbox.work / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"env": {"FOO": "1"}}')
    environment = {os.fsencode(key): os.fsencode(value) for key, value in scene.sandbox.environment().items()}
    for arguments in STARTS:
        scene.place.write_text(scene.with_own_programs(text))
        expected = scene.run(shell, arguments, environment)
        scene.bsd.forget()
        scene.place.write_text(text)
        started, handed = scene.run(shell, arguments, environment)
        assert (started, handed and handed.arguments) == (expected[0], expected[1] and expected[1].arguments)
        assert scene.bsd.refused() == []
        if started is not None:
            what_the_client_starts(scene, shell, started.arguments)


def what_the_client_starts(scene: BsdScene, shell: str, arguments: list[bytes]) -> None:
    """Each hook of the pins, and the command that fetches the key."""
    if b"--settings" not in arguments:
        return
    pins = json.loads(arguments[arguments.index(b"--settings") + 1])
    hooks = [hook["command"] for listed in pins.get("hooks", {}).values() for each in listed for hook in each["hooks"]]
    fetches = [pins["apiKeyHelper"]] if pins.get("apiKeyHelper") else []
    program = [require_tool(SHELLS[shell][0]), *SHELLS[shell][1:], "-c"]
    for command in [*hooks, *fetches]:
        done = subprocess.run(
            [*program, command], env=scene.sandbox.environment(), input=SAID, capture_output=True, check=False
        )
        assert done.returncode == 0, (command, done)
        assert done.stdout == (f"{KEY}\n".encode() if command in fetches else b"")
    assert scene.bsd.refused() == []
    marks = scene.sandbox.home / ".local/share/cc-launcher/usage/marks/projects/all/marks.jsonl"
    if "UserPromptSubmit" in pins.get("hooks", {}):
        assert json.loads(marks.read_text().splitlines()[-1])["sessionId"] == "00000000-0000-4000-8000-000000000000"


# So that the comparison is of something: what a script does by itself there, with each of its programs.


@pytest.fixture(params=BOXES)
def bsd(tmp_path: Path, request: pytest.FixtureRequest) -> BsdScene:
    scene = BsdScene(tmp_path, request.param)
    scene.bsd.keeps("mine", KEY)
    return scene


def written(scene: BsdScene, secret: str, *, sealed: bool = False) -> None:
    profile = scene.sandbox.profile("mine", f'extends = "zai"\nsecret = "{secret}"\n')
    os.utime(profile, (1, 1))
    scene.on_a_mac(lambda: scene.install(Wrapper("claude-mine", "mine", sealed=sealed)))


def block(scene: BsdScene, **more: str) -> dict[bytes, bytes]:
    return {os.fsencode(key): os.fsencode(value) for key, value in scene.sandbox.environment(**more).items()}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_reads_the_keychain_by_itself(bsd: BsdScene, shell: str) -> None:
    written(bsd, "keyring:mine")
    project = bsd.sandbox.work / ".claude" / "settings.json"
    project.parent.mkdir()
    project.write_text("{}")
    started, _ = bsd.run(shell, [b"-p", b"hi"], block(bsd))
    assert started is not None
    assert started.environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()
    assert bsd.bsd.used() >= {"security", "head", "tr", "grep"}
    assert bsd.bsd.refused() == []
    assert bsd.sandbox.nothing_runs()


ODD = ["a b", "it's", "-w", "$(id)", "`id`", "é", "%s", "a#b", "*", "~"]


@pytest.mark.parametrize("sealed", [False, True], ids=["hosted", "sealed"])
@pytest.mark.parametrize("account", ODD)
@pytest.mark.parametrize("shell", SHELLS)
def test_an_odd_account_is_the_one_that_security_is_asked_for(
    tmp_path: Path,
    shell: str,
    account: str,
    sealed: bool,  # noqa: FBT001
) -> None:
    scene = BsdScene(tmp_path, BOXES[0])
    scene.bsd.keeps(account, KEY)
    written(scene, f"keyring:{account}", sealed=sealed)
    started, _ = scene.run(shell, [b"-p", b"hi"], block(scene))
    assert started is not None
    assert sealed or started.environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()
    what_the_client_starts(scene, shell, started.arguments)
    assert "security" in scene.bsd.used()
    assert scene.bsd.refused() == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_reads_a_file_by_itself(bsd: BsdScene, shell: str) -> None:
    written(bsd, f"file:{bsd.sandbox.secret_file(KEY.encode())}")
    started, _ = bsd.run(shell, [b"-p", b"hi"], block(bsd))
    assert started is not None
    assert started.environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()
    assert bsd.bsd.used() >= {"find", "cat", "head", "tr"}
    assert bsd.bsd.refused() == []


@pytest.mark.parametrize("deaf", [False, True], ids=["ends", "deaf"])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_that_hangs_is_ended_without_a_timeout(bsd: BsdScene, shell: str, deaf: bool) -> None:  # noqa: FBT001
    """It is asked to, first. What was to be the secret is none, and cc is asked, which says so."""
    asked = bsd.sandbox.outside / "asked"
    helper = bsd.sandbox.bin / "helper"
    on_end = "" if deaf else f": >'{asked}'; exit 1"
    helper.write_text(f"#!/bin/sh\ntrap \"{on_end}\" TERM\necho {KEY}\nwhile :; do read -r x <'{_fifo(bsd)}'; done\n")
    helper.chmod(0o755)
    written(bsd, f"cmd:{helper}")
    started, handed = bsd.run(shell, [b"-p", b"hi"], block(bsd, CC_SECRET_TIMEOUT="1"))
    assert started is None
    assert handed is not None
    assert bsd.bsd.refused() == []
    assert asked.exists() is not deaf
    wait_until(bsd.sandbox.nothing_runs, "the helper to end")


def test_shellcheck_has_nothing_to_say_of_what_stands_in_for_a_timeout(bsd: BsdScene) -> None:
    written(bsd, "keyring:mine")
    assert "_cc_limited" in bsd.place.read_text()
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    told = run([require_tool("shellcheck"), "-s", "sh", bsd.place], environment, bsd.sandbox.work)
    assert (told.code, told.out.decode()) == (0, "")


def _fifo(scene: BsdScene) -> Path:
    """What a helper can wait at for ever."""
    place = scene.sandbox.outside / "never"
    os.mkfifo(place)
    return place


@pytest.mark.parametrize("seconds", ["0.5", "1.5", ".5"])
def test_a_part_of_a_second_is_left_to_cc_where_no_timeout_counts_it(bsd: BsdScene, seconds: str) -> None:
    written(bsd, "keyring:mine")
    started, handed = bsd.run("dash", [b"-p", b"hi"], block(bsd, CC_SECRET_TIMEOUT=seconds))
    assert (started, handed is not None) == (None, True)
    assert bsd.bsd.refused() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_signal_ends_a_wrapper_that_waits_and_what_it_waits_for(
    bsd: BsdScene, shell: str, number: signal.Signals
) -> None:
    """As Ctrl-C on a terminal, which is for the whole group."""
    begun = bsd.sandbox.outside / "begun"
    helper = bsd.sandbox.bin / "helper"
    helper.write_text(f"#!/bin/sh\n: >'{begun}'\nwhile :; do read -r line <'{_fifo(bsd)}'; done\n")
    helper.chmod(0o755)
    written(bsd, f"cmd:{helper}")
    program = [require_tool(SHELLS[shell][0]), *SHELLS[shell][1:], str(bsd.place)]
    waiting = subprocess.Popen(
        program, env=block(bsd, CC_SECRET_TIMEOUT="600"), cwd=bsd.sandbox.work, start_new_session=True
    )
    wait_until(begun.exists, "the helper to begin")
    os.killpg(waiting.pid, number)
    assert waiting.wait(LIMIT) != 0
    assert not bsd.dump.exists()
    wait_until(bsd.sandbox.nothing_runs, "the helper to end")
