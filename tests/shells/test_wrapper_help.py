"""`claude-zai --help` is the client's own help, and then what the wrapper adds to it. In every shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.script import SEALED
from tests.shells.scene import SHELLS, WrapperScene
from tests.support import Result, require_tool, run

# A FAKE client, which says how it was asked, and ends with a code of its own.
CLIENT = '#!/bin/sh\necho "help of claude: $*"\ncase $* in *die*) kill -TERM $$ ;; esac\nexit 3\n'
PROFILE = 'extends = "zai"\nsecret = "cmd:echo k"\n[modes.local]\nextends = "ollama"\nmodel = "x:1b"\n'


@pytest.fixture
def scene(tmp_path: Path) -> WrapperScene:
    made = WrapperScene(tmp_path)
    made.sandbox.fake.path.write_text(CLIENT)
    made.sandbox.profile("mine", PROFILE)
    made.install(Wrapper("claude-mine", "mine", sealed=True, modes={"other": "deepseek"}))
    return made


def started(scene: WrapperScene, shell: str, *arguments: str) -> Result:
    program = require_tool(SHELLS[shell][0])
    return run([program, *SHELLS[shell][1:], scene.place, *arguments], scene.sandbox.environment(), scene.sandbox.work)


def ours(scene: WrapperScene, shell: str) -> bytes:
    told = started(scene, shell, "--cc-help")
    assert (told.code, told.err) == (0, b"")
    return told.out


@pytest.mark.parametrize("shell", SHELLS)
def test_the_help_of_a_wrapper_ends_with_its_modes(scene: WrapperScene, shell: str) -> None:
    lines = ours(scene, shell).decode().splitlines()
    for line in ("  (no mode)       mine, glm-5.3", "  --other         deepseek", "  --local         ollama, x:1b"):
        assert any(said.startswith(line) for said in lines), (line, lines)
    assert lines[-1] == SEALED
    for asked in ("--help", "-h"):
        told = started(scene, shell, asked)
        first, _, rest = told.out.partition(b"\n")
        assert (told.code, told.err, rest) == (3, b"", b"\n" + ours(scene, shell))
        assert first.startswith(b"help of claude: --settings ")
        assert first.endswith(asked.encode())
    assert started(scene, shell, "--help", "die").code == 128 + 15


@pytest.mark.parametrize("shell", SHELLS)
def test_a_help_that_the_wrapper_does_not_have_is_the_clients_alone(scene: WrapperScene, shell: str) -> None:
    for arguments in (["mcp", "--help"], ["-p", "--help"], ["--", "--help"], ["-p", "hi"]):
        told = started(scene, shell, *arguments)
        assert (told.code, told.err) == (3, b"")
        assert told.out.count(b"\n") == 1
