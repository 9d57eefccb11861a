"""`cc gateway render`, `cc show` of a gateway, and the other end: what a user types, and what comes of it."""

from __future__ import annotations

import json
import tomllib

from tests.unit.cli.scene import CTRL_C, ENTER, IN_THE_WAY, INTERRUPTED, INVALID, OK, USAGE, CommandScene
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


def test_a_dry_run_tells_what_each_provider_lacks_and_that_a_launch_starts_the_gateway(scene: CommandScene) -> None:
    with_mix(scene)
    said = scene.shown("run", "--dry-run", "mix")
    for part in (
        "where     the gateway on this machine, which the launch starts",
        "as        a key of its own for each session",
        "engine    LiteLLM, which is not installed yet",
        "a is zai, https://api.z.ai/api/anthropic, by Anthropic's API",
        "missing   a key for zai: cc run mix asks for it (get one: https://z.ai/",
        "missing   a key for my-openai: cc run mix asks for it",
        "missing   the gateway's engine: cc run mix asks, and installs it",
    ):
        assert part in said, said
    assert "does not answer" not in said  # that the gateway does not run is no fault
    assert "CC_GATEWAY_KEY" not in said
    told = json.loads(scene.shown("run", "--dry-run", "--json", "mix"))["data"]
    assert told["needs"] == ["key", "key", "engine"]
    lone = scene.shown("run", "--dry-run", "groq", GROQ_API_KEY="x")
    assert "missing   the gateway's engine" in lone
    assert "missing   a key" not in lone


def test_with_an_engine_and_keys_all_is_ready(scene: CommandScene) -> None:
    with_mix(scene)
    python = scene.sandbox.home / ".local" / "share" / "cc-launcher" / "gateway" / "engine.json"
    python.parent.mkdir(parents=True, mode=0o700)
    python.write_text(json.dumps({"python": "/bin/sh", "version": "1.110.2"}))
    python.chmod(0o600)
    scene.sandbox.profile("my-openai", 'key_env = ["MINE_KEY"]\n' + MINE)
    keys = {"ZAI_API_KEY": "x", "MINE_KEY": "y"}
    assert scene.shown("ls", "mix", **keys).split("\t")[3].strip() == "ready"
    shown = scene.shown("show", "mix", **keys)
    assert "engine    LiteLLM 1.110.2; the next launch starts the gateway" in shown
    assert "state     ready" in shown
    assert scene.shown("ls", "groq", GROQ_API_KEY="x").split("\t")[3].strip() == "ready"


def test_bifrost_is_rendered_and_not_run(scene: CommandScene) -> None:
    with_mix(scene)
    scene.sandbox.profile("bf", MIX.replace("litellm", "bifrost"))
    said = scene.told(INVALID, "run", "bf", "-p", "hi")
    assert "bf.toml:2: engine" in said
    assert "cc gateway render --for bifrost bf" in said
    assert scene.shown("ls", "bf").split("\t")[3].startswith("invalid: ")
    shown = scene.shown("show", "bf")
    assert "engine    Bifrost, which cc does not run" in shown
    assert "stops     " in shown


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


def test_a_gateway_of_bifrost_that_runs_elsewhere_is_gone_to_directly_with_the_profiles_key(
    scene: CommandScene,
) -> None:
    with_mix(scene)
    scene.keep(scene.key)
    first = f'base_url = "http://127.0.0.1:9/anthropic"\nsecret = "file:{scene.file}"\n'
    scene.sandbox.profile("bf", first + MIX.replace("litellm", "bifrost"))
    assert scene.shown("ls", "bf").split("\t")[3].startswith("ready") is False  # nobody listens there
    assert "where     http://127.0.0.1:9/anthropic" in scene.shown("run", "--dry-run", "bf")
    assert scene.run("run", "bf", "-p", "hi").code == OK
    environment = scene.sandbox.fake.take().environment
    assert environment[b"ANTHROPIC_BASE_URL"] == b"http://127.0.0.1:9/anthropic"
    assert environment[b"ANTHROPIC_AUTH_TOKEN"].decode() == scene.key
    assert environment[b"ANTHROPIC_MODEL"] == b"main"


def test_an_endpoint_of_openais_api_is_added_in_a_line(scene: CommandScene) -> None:
    line = ("add", "mine", "--base-url", "https://llm.example.com/v1/chat/completions", "--model", "glm-5.3")
    assert scene.run(*line, "--api", "openai").code == OK
    assert tomllib.loads((scene.profiles / "mine.toml").read_text()) == {
        "base_url": "https://llm.example.com/v1",
        "api": "openai",
        "auth": "bearer",
        "tiers": {"main": "glm-5.3"},
    }
    assert "https://llm.example.com/v1, by OpenAI's API" in scene.shown("show", "mine")
    other = scene.run("add", "other", "--base-url", "https://llm.example.com/v1", "--model", "m")
    assert "cc edit other api=openai" in other.err.decode()
    assert scene.run("edit", "other", "api=openai").code == OK
    assert "by OpenAI's API" in scene.shown("show", "other")
    assert "did you mean openai?" in scene.told(USAGE, "add", "x", "--api", "opnai", "--base-url", "https://a.example")


def test_an_address_that_may_be_openais_is_asked_about(scene: CommandScene) -> None:
    with scene.on_a_terminal("add", "custom", PROMPT_TOOLKIT_NO_CPR="1") as session:
        session.answer("Which provider?", ENTER)
        session.answer("Its base URL", "https://llm.example.com/v1" + ENTER)
        session.answer("Which API does it speak?", ENTER)
        session.answer("How does it take the key?", CTRL_C)
        assert session.ends() == INTERRUPTED
    assert not scene.profiles.exists() or not list(scene.profiles.iterdir())


def test_its_routes_are_its_models_and_its_providers_have_the_keys(scene: CommandScene) -> None:
    with_mix(scene)
    listed = {row["id"]: row for row in json.loads(scene.shown("models", "mix", "--json"))["data"]["models"]}
    assert set(listed) == {"main", "cheap"}
    # The dearest of its targets, and of any length: what a session counts with.
    assert (listed["main"]["context"], listed["main"]["input_price"]) == (131072, 2.0)
    assert "no list" not in scene.run("models", "mix").err.decode()
    said = scene.told(USAGE, "secret", "set", "mix", "--stdin", stdin=b"x")
    assert "cc secret set zai, cc secret set my-openai" in said


def test_what_would_write_a_key_down_is_refused_in_words(scene: CommandScene) -> None:
    with_mix(scene)
    for name in ("mix", "groq"):
        for line in (("env", name), ("env", "--json", name), ("use", name)):
            result = scene.run(*line)
            assert result.code == USAGE, result
            assert b"key of its own" in result.err
            assert f"cc run {name}, or cc install-wrapper {name}".encode() in result.err
