"""`cc env --format` for other places: what is printed, what is said beside it, and what is refused."""

from __future__ import annotations

import json

import pytest
import yaml  # type: ignore[import-untyped] # it comes without types

from cc_launcher.core.plan import exports
from tests.unit.cli.scene import IN_THE_WAY, INVALID, NOT_FOUND, OK, REFUSED, USAGE, CommandScene

WITHOUT_CC = ("github", "github-action", "devcontainer")
KEEPS = {
    "github": "cc secret get mine | gh secret set ZAI_API_KEY",
    "github-action": "cc secret get mine | gh secret set ZAI_API_KEY",
    "devcontainer": 'export ZAI_API_KEY="$(cc secret get mine)"',
}


def both(scene: CommandScene, *args: str, **more: str) -> tuple[str, str]:
    """The data and the words of a command that succeeds."""
    result = scene.run("env", *args, stdin=b"", **more)
    assert result.code == OK, result
    assert scene.key not in (text := result.out.decode() + result.err.decode()), text
    return result.out.decode(), result.err.decode()


@pytest.fixture
def mine(scene: CommandScene) -> CommandScene:
    scene.keep(scene.key)
    scene.profile()
    return scene


@pytest.mark.parametrize("place", WITHOUT_CC)
def test_the_secret_is_put_there_by_a_pipe(mine: CommandScene, place: str) -> None:
    out, err = both(mine, "mine", "--format", place)
    found = json.loads(out) if place == "devcontainer" else yaml.safe_load(out)
    assert "ZAI_API_KEY" in json.dumps(found)
    assert KEEPS[place] in err.replace("cc-launcher", "cc")
    assert "before 2.1.257" in err


@pytest.mark.parametrize("place", WITHOUT_CC)
def test_neither_this_machines_client_nor_its_settings_have_a_say_there(mine: CommandScene, place: str) -> None:
    before = both(mine, "mine", "--format", place)
    settings = mine.sandbox.work / ".claude" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('{"env": {"ANTHROPIC_BASE_URL": "https://evil.example"}}', encoding="utf-16")
    mine.told(REFUSED, "env", "mine")  # a launch here would be refused
    assert both(mine, "mine", "--format", place) == before
    settings.unlink()
    mine.sandbox.fake.answer_version("2.1.150 (Claude Code)")
    assert "sealed" in mine.told(USAGE, "env", "mine")
    assert both(mine, "mine", "--format", place) == before
    assert both(mine, "mine", "--format", place, CC_CLAUDE="/nonexistent") == before


@pytest.mark.parametrize("place", WITHOUT_CC)
def test_servers_beside_the_model_stay_here_and_that_is_said(scene: CommandScene, place: str) -> None:
    scene.keep(scene.key)
    (scene.sandbox.outside / "servers.json").write_text('{"mcpServers": {"a": {"command": "true"}}}')
    server = '[mcp_servers.b]\nurl = "https://b.example"\nsecret_headers.x-key = "keyring:other"\n'
    scene.profile(f'mcp = "{scene.sandbox.outside}/servers.json"\n{server}')
    out, err = both(scene, "mine", "--format", place)
    assert "only a launch by cc can do that: MCP servers" in err
    assert "other" not in out + err


def test_a_model_is_the_one_of_the_word(mine: CommandScene) -> None:
    out, _ = both(mine, "mine", "glm-4.7", "--format", "github")
    assert yaml.safe_load(out)[-1]["env"]["ANTHROPIC_MODEL"] == "glm-4.7"


@pytest.mark.parametrize("editor", exports.EDITORS)
def test_an_editor_gets_the_wrapper_that_is_there_or_the_command_that_writes_it(
    mine: CommandScene, editor: str
) -> None:
    path = mine.sandbox.home / ".local" / "bin" / "claude-mine"
    out, err = both(mine, "mine", "--format", editor)
    assert str(path) in out
    assert "no such wrapper yet; first: cc install-wrapper mine\n" in err.replace("cc-launcher", "cc")
    assert not path.exists()
    other = mine.sandbox.outside / "bin"
    mine.run("install-wrapper", "mine", "--name", "glm", "--dir", str(other))
    found, err = both(mine, "mine", "--format", editor)
    assert found == out.replace(str(path), str(other / "glm"))
    assert "no such wrapper" not in err
    assert mine.run("install-wrapper", "mine").code == OK
    assert both(mine, "mine", "--format", editor)[0] == out  # the usual name comes first


def test_a_wrapper_for_a_model_is_another_one(mine: CommandScene) -> None:
    assert mine.run("install-wrapper", "mine").code == OK
    out, err = both(mine, "mine", "glm-4.7", "--format", "zed")
    assert "/claude-mine-glm-4-7" in out
    command = "install-wrapper mine --model glm-4.7 --name claude-mine-glm-4-7"
    assert command in err
    assert mine.run(*command.split()).code == OK
    assert both(mine, "mine", "glm-4.7", "--format", "zed") == (out, err.partition("\n")[2])


def test_a_sealed_profile_is_for_editors_alone(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile("sealed = true\n")
    for place in WITHOUT_CC:
        assert "a sealed launch needs cc" in scene.told(USAGE, "env", "mine", "--format", place)
    for editor in exports.EDITORS:
        assert "/claude-mine" in both(scene, "mine", "--format", editor)[0]


def test_a_profile_of_a_gateway_is_for_editors_alone(scene: CommandScene) -> None:
    for place in WITHOUT_CC:
        said = scene.told(USAGE, "env", "groq", "--format", place)
        assert "reached by a gateway on this machine" in said
        assert "cc gateway render" in said.replace("cc-launcher", "cc")
    for editor in exports.EDITORS:
        assert "/claude-groq" in both(scene, "groq", "--format", editor)[0]


def test_a_key_in_a_variable_is_what_an_editor_may_lack(scene: CommandScene) -> None:
    scene.profile(secret="env:MY_KEY")
    _, err = both(scene, "mine", "--format", "vscode", MY_KEY=scene.key)
    assert "the key is in MY_KEY, which an editor has only when" in err
    _, err = both(scene, "mine", "--format", "devcontainer", MY_KEY=scene.key)
    assert "MY_KEY has to be set where the editor is started" in err


@pytest.mark.parametrize("place", exports.PLACES)
def test_no_place_gets_the_secret_itself(mine: CommandScene, place: str) -> None:
    said = mine.told(USAGE, "env", "mine", "--format", place, "--reveal")
    assert f"--format {place} never holds a secret" in said


def test_a_format_that_is_none_names_those_that_are(mine: CommandScene) -> None:
    assert "did you mean github?" in mine.told(USAGE, "env", "mine", "--format", "gihub")
    said = mine.told(USAGE, "env", "mine", "--format", "qqqqq")
    assert f"one of {', '.join((*exports.FORMATS, 'json', *exports.PLACES))}" in said


@pytest.mark.parametrize("place", exports.PLACES)
def test_what_no_launch_could_do_is_refused_there_too(scene: CommandScene, place: str) -> None:
    assert "needs project" in scene.told(INVALID, "env", "vertex", "--format", place)
    scene.keep(scene.key)
    scene.profile()
    assert scene.run("env", "mine", "--format", "sh").code == OK  # from now on, the key is for its host
    scene.profile('base_url = "https://elsewhere.example"\n')
    assert scene.key not in scene.told(REFUSED, "env", "mine", "--format", place)


def test_another_program_of_that_name_stays_and_a_wrapper_may_have_another_one(mine: CommandScene) -> None:
    program = mine.sandbox.bin / "claude-mine"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    said = mine.told(IN_THE_WAY, "env", "mine", "--format", "zed").replace("cc-launcher", "cc")
    assert "claude-mine is already another command" in said
    assert "cc install-wrapper mine --name NAME, then this again" in said
    assert mine.run("install-wrapper", "mine", "--name", "glm").code == OK
    assert "/glm" in both(mine, "mine", "--format", "zed")[0]


@pytest.mark.parametrize("editor", exports.EDITORS)
def test_without_a_client_there_is_no_wrapper(mine: CommandScene, editor: str) -> None:
    said = mine.told(NOT_FOUND, "env", "mine", "--format", editor, CC_CLAUDE="/nonexistent/claude")
    assert "/nonexistent/claude" in said
