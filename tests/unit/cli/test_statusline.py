"""`cc statusline --install`: one key of the user's settings, and every other byte as it was."""

import json
from pathlib import Path

import pytest

from tests.support import run
from tests.unit.cli.scene import IN_THE_WAY, OK, USAGE, CommandScene

ODD = b'\xef\xbb\xbf{\r\n\t"model" : "opus",\r\n\t"env": { },\r\n\t"permissions": {"allow": ["Bash(ls)"]}\r\n}\r\n'
MINE = b'{"statusLine": {"type": "command", "command": "echo \\"it\'s mine\\"", "padding": 0}, "model": "x"}\n'


@pytest.fixture
def settings(scene: CommandScene) -> Path:
    path = scene.sandbox.home / ".claude" / "settings.json"
    path.parent.mkdir()
    return path


def line_in(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_bytes().decode("utf-8-sig"))["statusLine"]
    return found


def test_in_and_out_again_leaves_every_byte_as_it_was(scene: CommandScene, settings: Path) -> None:
    settings.write_bytes(ODD)
    settings.chmod(0o640)
    assert "your status line is ours now" in scene.told(OK, "statusline", "--install")
    assert line_in(settings)["type"] == "command"
    assert settings.stat().st_mode & 0o777 == 0o640
    installed = settings.read_bytes()
    assert "there already" in scene.told(OK, "statusline", "--install")
    assert settings.read_bytes() == installed
    assert "is out" in scene.told(OK, "statusline", "--uninstall")
    assert settings.read_bytes() == ODD
    assert "is not there" in scene.told(OK, "statusline", "--uninstall")


def test_a_line_of_ones_own_is_never_replaced_without_a_question(scene: CommandScene, settings: Path) -> None:
    settings.write_bytes(MINE)
    said = scene.told(IN_THE_WAY, "statusline", "--install")
    assert "there is a status line of yours: echo" in said
    assert "--wrap" in said
    assert settings.read_bytes() == MINE


@pytest.mark.parametrize(("answer", "option"), [("w", "--after"), ("r", "--instead-of")])
def test_who_is_asked_may_have_both_or_ours_alone_and_back_again(
    scene: CommandScene, settings: Path, answer: str, option: str
) -> None:
    settings.write_bytes(MINE)
    with scene.on_a_terminal("statusline", "--install") as session:
        session.answer("show both [w]", answer, "\r")
        assert session.ends() == OK
    command = line_in(settings)["command"]
    assert isinstance(command, str)
    assert f" {option} " in command
    assert line_in(settings)["padding"] == 0
    shown = run(["/bin/sh", "-c", command], scene.environment(NO_COLOR="1"), scene.sandbox.work, b"{}")
    text = shown.out.decode()
    assert ("it's mine" in text) == (answer == "w")
    assert "Claude" in text
    scene.told(OK, "statusline", "--uninstall")
    assert settings.read_bytes() == MINE


def test_who_says_no_keeps_it(scene: CommandScene, settings: Path) -> None:
    settings.write_bytes(MINE)
    with scene.on_a_terminal("statusline", "--install") as session:
        session.answer("show both [w]", "\r")
        assert session.ends() == IN_THE_WAY
    assert settings.read_bytes() == MINE


def test_wrapping_twice_wraps_once(scene: CommandScene, settings: Path) -> None:
    settings.write_bytes(MINE)
    scene.told(OK, "statusline", "--install", "--wrap")
    once = settings.read_bytes()
    scene.told(OK, "statusline", "--install", "--wrap")
    assert settings.read_bytes() == once
    scene.told(OK, "statusline", "--install", "--format", "short")
    assert " --format short --after " in str(line_in(settings)["command"])
    scene.told(OK, "statusline", "--uninstall")
    assert settings.read_bytes() == MINE


def test_a_dry_run_writes_nothing(scene: CommandScene, settings: Path) -> None:
    assert "not written" in scene.told(OK, "statusline", "--install", "--dry-run")
    assert not settings.exists()
    settings.write_bytes(MINE)
    assert "not written" in scene.told(OK, "statusline", "--install", "--wrap", "--dry-run")
    assert settings.read_bytes() == MINE


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"statusLine": 3}', b'{"statusLine": {"command": 3}}', b"\xff{"])
def test_settings_that_cannot_be_edited_stay(scene: CommandScene, settings: Path, content: bytes) -> None:
    settings.write_bytes(content)
    assert "settings.json" in scene.told(IN_THE_WAY, "statusline", "--install")
    assert settings.read_bytes() == content


def test_a_link_is_followed(scene: CommandScene, settings: Path) -> None:
    target = scene.sandbox.outside / "dotfiles.json"
    target.write_bytes(ODD)
    settings.symlink_to(target)
    scene.told(OK, "statusline", "--install")
    assert settings.is_symlink()
    assert line_in(target)
    scene.told(OK, "statusline", "--uninstall")
    assert target.read_bytes() == ODD


@pytest.mark.parametrize(
    "options", [("--install", "--uninstall"), ("--uninstall", "--wrap"), ("--wrap",), ("--nonsense",), ("x",)]
)
def test_what_does_not_go_together_is_refused(scene: CommandScene, settings: Path, options: tuple[str, ...]) -> None:
    scene.told(USAGE, "statusline", *options)
    assert not settings.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('segments = ["branch", "nonsense"]', "is not a segment"),
        ("thresholds = [80, 50]", "two numbers in their order"),
        ("thresholds = [50]", "two numbers in their order"),
        ("[statusline.colours]\ngood = 'pink'", "must be one of"),
        ("[statusline.colours]\nnonsense = 'red'", "not a name that has a colour"),
        ("preset = 'nonsense'", "must be one of"),
        ("enable = true", "did you mean enabled"),
    ],
)
def test_a_configuration_that_is_wrong_is_told_with_its_line(scene: CommandScene, text: str, said: str) -> None:
    config = scene.sandbox.home / ".config" / "cc-launcher" / "config.toml"
    config.parent.mkdir(parents=True, mode=0o700)
    config.write_text(f"[statusline]\n{text}\n")
    config.chmod(0o600)
    told = scene.told(78, "run", "zai", ZAI_API_KEY="k")
    assert said in told
    assert "config.toml:" in told
