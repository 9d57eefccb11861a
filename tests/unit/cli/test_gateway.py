"""`cc gateway render`, `cc show` of a gateway, and the other end: what a user types, and what comes of it."""

from __future__ import annotations

import json
import tomllib

from tests.unit.cli.scene import IN_THE_WAY, INVALID, OK, UNREACHABLE, USAGE, CommandScene
from tests.unit.core.gateway.samples import MINE, MIX


def with_mix(scene: CommandScene) -> CommandScene:
    scene.sandbox.profile("my-openai", MINE)
    scene.sandbox.profile("mix", MIX)
    return scene


def test_files_are_written_and_nothing_of_somebodys_is_replaced(scene: CommandScene) -> None:
    with_mix(scene)
    out = scene.sandbox.home / "team"
    result = scene.run("gateway", "render", "--for", "litellm", "--out", str(out), "mix")
    assert result.code == OK, result
    written = {path.name for path in out.iterdir()}
    assert {"config.json", "rules.json", "variables.env.example"} <= written
    assert json.loads((out / "config.json").read_text())["model_list"][0]["model_name"] == "mix/main@0"
    assert scene.run("gateway", "render", "--for", "litellm", "--out", str(out), "mix").code == OK  # the very same
    (out / "config.json").write_text("{}")
    assert "config.json" in scene.told(IN_THE_WAY, "gateway", "render", "--for", "litellm", "--out", str(out), "mix")
    assert (out / "config.json").read_text() == "{}"
    assert scene.run("gateway", "render", "--for", "litellm", "--force", "--out", str(out), "mix").code == OK


def test_without_a_directory_they_are_printed_with_what_is_to_be_known_before(scene: CommandScene) -> None:
    result = with_mix(scene).run("gateway", "render", "--for", "bifrost", "mix")
    assert "==> config.json <==" in result.out.decode()
    assert "its coding plan is for the tools that Z.ai names" in result.err.decode()
    answer = json.loads(scene.run("gateway", "render", "--json", "--for", "compose", "mix").out)
    assert "compose.yaml" in answer["data"]["files"]


def test_what_cannot_be_rendered_says_why(scene: CommandScene) -> None:
    with_mix(scene)
    assert "did you mean bifrost?" in scene.told(USAGE, "gateway", "render", "--for", "bifrots", "mix")
    assert "zai is no gateway" in scene.told(INVALID, "gateway", "render", "--for", "litellm", "zai")


def test_a_launch_says_in_a_line_what_is_missing(scene: CommandScene) -> None:
    with_mix(scene)
    for name in ("mix", "groq", "my-openai"):
        said = scene.told(UNREACHABLE, "run", "--dry-run", name, "glm-5.3" if name == "my-openai" else "")
        assert f"cc gateway render --for litellm {name}" in said


def test_show_has_what_is_behind_it_and_what_is_lost_there(scene: CommandScene) -> None:
    text = with_mix(scene).run("show", "mix").out.decode()
    for part in (
        "a is zai, https://api.z.ai/api/anthropic, by Anthropic's API",
        "a: thinking: LiteLLM drops it",
        "main: a/glm-5.3 70%, b/glm-5.3 30%, then cheap",
        "saver: budget_used > 85.0 && model == 'main' → cheap",
        "its coding plan is for the tools that Z.ai names",
    ):
        assert part in text
    assert json.loads(scene.run("show", "--json", "mix").out)["data"]["gateway"]["routes"][0]["name"] == "main"
    assert "https://api.groq.com/openai/v1, by OpenAI's API" in scene.run("show", "groq").out.decode()
    assert "mix.toml:" in scene.run("show", "-v", "mix").out.decode()


def test_the_other_end(scene: CommandScene) -> None:
    assert scene.run("add", "team", "--gateway", "https://llm.example.com").code == OK
    written = tomllib.loads((scene.profiles / "team.toml").read_text())
    assert written == {
        "kind": "gateway",
        "base_url": "https://llm.example.com",
        "auth": "bearer",
        "tiers": {"main": "main"},
    }
    assert "--provider" in scene.told(USAGE, "add", "x", "--provider", "zai", "--gateway", "https://llm.example.com")
