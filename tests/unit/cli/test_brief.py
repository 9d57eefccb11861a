"""`cc show` and `cc run --dry-run` as a person reads them: about ten lines, and no word of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.client.harness import Terminal
from tests.support import Sandbox
from tests.unit.cli.scene import OK, USAGE, CommandScene

ENOUGH = 18  # of the 24 lines of a terminal: eleven things, of which some take two or three at 80 columns
NO_WORDS = ("hosted", "pinned", "sealed", "slot", "open_ended", "placeholder", "ANTHROPIC_", "=")


@pytest.fixture
def scene(tmp_path: Path) -> CommandScene:
    root = tmp_path / "sandbox"
    root.mkdir()
    made = CommandScene(Sandbox(root))
    made.log_in()
    return made


def screen(scene: CommandScene, columns: int, *args: str, **more: str) -> list[str]:
    """What is on a terminal of that width."""
    with Terminal([scene.sandbox.cc, *args], scene.environment(**more), scene.sandbox.work, size=(60, columns)) as seen:
        assert seen.wait(60) == OK, seen.screen()
        return seen.screen().split("\n")


def texts(lines: list[str]) -> dict[str, str]:
    """What each thing says, its further lines joined."""
    found: dict[str, str] = {}
    about = ""
    for line in lines[1:]:
        about = line[:12].strip() or about
        found[about] = f"{found.get(about, '')} {line[12:].strip()}".strip()
    return found


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(
    "args",
    [
        ["show", "zai"],
        ["show", "openrouter", "glm-5.3"],
        ["show", "anthropic"],
        ["show", "claude"],
        ["run", "--dry-run", "deepseek"],
    ],
    ids=" ".join,
)
def test_a_screen(scene: CommandScene, columns: int, args: list[str]) -> None:
    lines = screen(scene, columns, *args)
    assert 6 <= len(lines) <= ENOUGH, lines
    assert all(len(line) <= columns for line in lines), lines
    said = texts(lines)
    assert {"where", "as", "models", "safe", "more"} <= set(said)
    assert ("missing" in said) == (args[-1] != "claude")
    words = " ".join(lines)
    assert not [word for word in NO_WORDS if word in words], words


@pytest.mark.parametrize("args", [["show", "zai"], ["run", "--dry-run", "zai"]], ids=" ".join)
def test_what_a_person_wants(scene: CommandScene, args: list[str]) -> None:
    said = texts(screen(scene, 120, *args))
    assert said["where"] == "https://api.z.ai/api/anthropic"
    assert said["as"] == "the key in the keyring (keyring:zai)"
    assert said["models"] == "glm-5.3, and glm-5.3-flash for small jobs"
    assert said["window"] == "1M tokens"
    assert "glm-5.3 $1.40 in, $4.40 out" in said["costs"]
    assert said["missing"].startswith("a key: cc run zai asks for it (get one: https://z.ai/")
    assert "state" not in said
    ready = texts(screen(scene, 120, *args, ZAI_API_KEY="k"))
    assert ready["as"] == "the key in the variable ZAI_API_KEY"
    assert (ready["state"], "missing" in ready) == ("ready", False)


def test_a_client_that_is_missing(scene: CommandScene) -> None:
    scene.sandbox.bin.joinpath("claude").unlink()
    said = texts(screen(scene, 120, "run", "--dry-run", "zai", ZAI_API_KEY="k"))
    assert said["missing"].startswith("Claude Code: npm install -g")


def test_the_rest_is_said_when_asked_for(scene: CommandScene) -> None:
    for args in (["show", "-v", "zai"], ["show", "zai", "--verbose"], ["run", "-v", "--dry-run", "zai"]):
        whole = scene.shown(*args)
        assert "  ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic" in whole
        assert "hosted: " in whole
    assert "catalog zai.toml:" in scene.shown("show", "-v", "zai")
    assert "cc run --verbose goes with --dry-run" in scene.told(USAGE, "run", "-v", "zai").replace(
        "cc run: ", "cc run "
    )


def test_behind_the_profile_it_is_an_option_of_the_client(scene: CommandScene) -> None:
    for option in ("-v", "--verbose"):
        assert scene.run("run", "zai", option, ZAI_API_KEY="k").code == OK
        assert scene.sandbox.fake.take().arguments[-1:] == [option.encode()]


def test_programs_are_told_what_is_missing(scene: CommandScene) -> None:
    data = json.loads(scene.shown("run", "--dry-run", "--json", "zai"))["data"]
    assert data["needs"] == ["key"]
    assert json.loads(scene.shown("show", "--json", "zai", ZAI_API_KEY="k"))["data"]["plan"]["needs"] == []


def test_models_that_differ_are_named_with_what_they_are_for(scene: CommandScene) -> None:
    tiers = "".join(f'{tier} = "m/{tier}"\n' for tier in ("main", "opus", "sonnet", "haiku", "fable"))
    prices = '[models."m/main"]\nprices = { input = 1, output = 2 }\n'
    scene.sandbox.profile("mine", f'base_url = "https://h.example"\nauth = "none"\n[tiers]\n{tiers}{prices}')
    said = texts(scene.shown("show", "mine").splitlines())
    assert said["as"] == "no key: the server needs none"
    assert said["models"] == "m/main, m/opus (opus), m/sonnet (sonnet), m/haiku (haiku), m/fable (fable)"
    assert said["costs"].startswith("for a million tokens: m/main $1.00 in, $2.00 out; m/opus not known; ")


def test_a_server_that_is_not_there_is_missing_once_with_what_starts_it(scene: CommandScene) -> None:
    lines = screen(scene, 80, "run", "--dry-run", "ollama")
    assert [line for line in lines if " server " in line] == [
        "  as        no key: the server needs none",
        "  missing   its server does not answer: ollama serve",
    ]
