"""`cc use` under the real client: plain `claude` goes where it should in that directory, and nowhere else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import KINDS, MODELS, PATIENCE, PLACEHOLDER, PROMPT, SEALED, Stage, first, said
from tests.fakes.fake_provider import call
from tests.watch import no_argument_holds, no_file_holds

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
AGENT = "---\nname: scout\ndescription: looks around\nmodel: claude-sonnet-4-6\n---\nLook around.\n"
# What a user's shell may export: none of it may be sent along, nor lead elsewhere.
EXPORTED = {
    "ANTHROPIC_API_KEY": "sk-ant-of-the-user",
    "ANTHROPIC_AUTH_TOKEN": "token-of-the-user",
    "ANTHROPIC_CUSTOM_HEADERS": "x-mine-token: of-the-user",
    "ANTHROPIC_MODEL": "claude-opus-4-5",
    "CLAUDE_CODE_SUBAGENT_MODEL": "claude-opus-4-5",
    "CLAUDE_CODE_EXTRA_BODY": '{"model": "claude-opus-4-5"}',
}


def claude(stage: Stage, *arguments: str, where: Path | None = None) -> harness.Ended:
    """Plain `claude`."""
    return harness.run([stage.client, *arguments], stage.environment, where or stage.work, timeout=PATIENCE)


def use(stage: Stage, *arguments: str) -> None:
    done = stage.cc("use", *arguments)
    assert done.returncode == 0, done


@pytest.fixture
def repository(stage: Stage) -> Stage:
    """A git checkout that ignores the local settings, with an agent in it that asks for a model of another provider."""
    subprocess.run(["git", "init", "-q", str(stage.work)], check=True, env=stage.environment)
    (stage.work / ".gitignore").write_text("settings.local.json\n")
    agents = stage.work / ".claude" / "agents"
    agents.mkdir(parents=True)
    (agents / "scout.md").write_text(AGENT)
    return stage


@pytest.mark.parametrize("version", [CURRENT, OLD])
def test_plain_claude_goes_there_with_the_key_and_the_models_whatever_is_exported(repository: Stage) -> None:
    stage, kind = repository, KINDS["token"]
    stage.profile(kind)
    harness.seed_login(stage.home)
    stage.environment |= EXPORTED | {"ANTHROPIC_BASE_URL": stage.hijacker.url, "CLAUDE_CODE_USE_BEDROCK": "1"}
    stage.settings("user", {"env": {"ANTHROPIC_MODEL": "claude-opus-4-5"}, "apiKeyHelper": "echo of-the-user"})
    tool = "Agent" if stage.is_current else "Task"
    agents = ("scout", "Explore", "general-purpose")
    stage.ours.script = first(
        *(call(tool, subagent_type=name, prompt="look", description="x") for name in agents),
        call(tool, subagent_type="general-purpose", prompt="look", description="x", model="sonnet"),
    )
    with no_argument_holds(stage.secret.encode()):
        use(stage, "own")
        ended = claude(stage, "-p", PROMPT)

    assert ended.returncode == 0, ended
    stage.check_requests(kind, SEALED)
    assert len(stage.ours.messages) > 2
    for request in stage.ours.messages:
        assert not any(value in said(request) for value in ("of-the-user", "claude-opus-4-5"))
    no_file_holds(stage.secret.encode(), [path for path in stage.home.rglob("*") if path.is_file()])
    assert stage.secret not in stage.settings_path("local").read_text()


def test_every_tier_is_one_of_the_profiles(repository: Stage) -> None:
    stage, kind = repository, KINDS["none"]
    stage.profile(kind)
    use(stage, "own")
    for tier in ("opus", "sonnet", "haiku", "fable", "default"):
        assert claude(stage, "-p", "--model", tier, PROMPT).returncode == 0
    stage.check_requests(kind, "pinned")
    assert stage.ours.models() >= {MODELS["sonnet"], MODELS["haiku"], MODELS["fable"]}
    assert stage.ours.credentials() == {f"Bearer {PLACEHOLDER}"}


def test_elsewhere_and_afterwards_plain_claude_is_as_before(repository: Stage) -> None:
    stage = repository
    stage.profile(KINDS["token"])
    stage.environment |= {"ANTHROPIC_BASE_URL": stage.hijacker.url, "ANTHROPIC_AUTH_TOKEN": "mine"}
    parent = stage.work.parent
    below = stage.work / "part"
    below.mkdir()
    use(stage, "own")

    assert claude(stage, "-p", PROMPT, where=parent).returncode == 0
    assert (len(stage.ours.messages), len(stage.hijacker.messages)) == (0, 1)
    stage.forget()
    assert claude(stage, "-p", PROMPT, where=below).returncode == 0  # the local file of the top of a checkout counts
    assert (len(stage.ours.messages), len(stage.hijacker.messages)) == (1, 0)
    stage.forget()
    use(stage, "--off")
    for where in (stage.work, below):
        assert claude(stage, "-p", PROMPT, where=where).returncode == 0
    assert (len(stage.ours.messages), len(stage.hijacker.messages)) == (0, 2)
    assert stage.hijacker.credentials() == {"Bearer mine"}


@pytest.mark.parametrize(("version", "name"), [(CURRENT, "token"), (CURRENT, "login"), (OLD, "token"), (OLD, "none")])
def test_a_launch_of_another_profile_is_as_without(repository: Stage, name: str) -> None:
    stage, kind = repository, KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    other = KINDS["token"].profile.replace("{url}", stage.hijacker.url).replace("v/", "other/")
    path = stage.home / ".config" / "cc-launcher" / "profiles" / "other.toml"
    helper = stage.elsewhere / "other"
    helper.write_text("key-of-the-other")
    path.write_text(other.replace("{secret_file}", str(helper)))
    use(stage, "other")

    ended = stage.launch(kind, "-p", PROMPT)

    assert ended.returncode == 0, ended
    stage.check_requests(kind, stage.protection(kind))
    assert not any(model.startswith("other/") for model in stage.ours.models())
    if name == "login" and stage.is_current:
        assert stage.ours.models() == {"claude-opus-5-5"}


def test_a_helper_that_fails_says_so(repository: Stage) -> None:
    stage = repository
    stage.profile(KINDS["token"])
    use(stage, "own")
    stage.secret_file.unlink()

    ended = claude(stage, "-p", PROMPT)

    assert "own: " in ended.stderr, ended
    assert "No such file" in ended.stderr
    assert not any(stage.secret in said(request) for request in stage.everything())


def test_a_secret_that_belongs_to_another_host_by_now_stays(repository: Stage) -> None:
    stage = repository
    stage.profile(KINDS["token"])
    use(stage, "own")
    hosts = stage.home / ".local" / "share" / "cc-launcher" / "hosts.json"
    known = json.loads(hosts.read_text())
    hosts.write_text(json.dumps(dict.fromkeys(known, "new.example")))

    ended = claude(stage, "-p", PROMPT)

    assert "own: its key belongs to new.example, and this asks for 127.0.0.1" in ended.stderr, ended
    assert not any(stage.secret in said(request) for request in stage.everything())
