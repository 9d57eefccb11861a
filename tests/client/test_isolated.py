"""A profile with a configuration directory of its own, and one without."""

from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import KINDS, PROMPT, Stage, first, said, tool_results
from tests.fakes.fake_provider import call

KIND = KINDS["token"]
MEMORY = "canary of the user's memory"
SKILL = "canary-skill"
both = pytest.mark.parametrize("version", [harness.CURRENT, harness.BEFORE_HOST_FLAG])


def furnish(stage: Stage) -> Path:
    """A home with settings, a memory and a skill of the user's."""
    stage.settings("user", {"env": {"FOO": "bar"}, "permissions": {"allow": ["Bash(printenv:*)"]}})
    user = stage.home / ".claude"
    (user / "CLAUDE.md").write_text(MEMORY)
    (user / "skills" / SKILL).mkdir(parents=True)
    (user / "skills" / SKILL / "SKILL.md").write_text(f"---\nname: {SKILL}\ndescription: says x\n---\nSay x.\n")
    stage.ours.script = first(call("Bash", command="printenv FOO; printenv CLAUDE_CONFIG_DIR", description="x"))
    return user


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@both
def test_the_users_directory_is_left_alone_but_for_what_is_shared(stage: Stage) -> None:
    stage.profile(KIND, 'isolated = true\nshare = ["CLAUDE.md", "skills"]')
    user = furnish(stage)
    before = contents(user)
    own = stage.home / ".local" / "share" / "cc-launcher" / "isolated" / "own"

    stage.launch(KIND, "-p", PROMPT, "--allowedTools", "Bash")

    assert tool_results(stage.ours.messages[-1].body) == [str(own)]  # no FOO: those are the user's settings
    assert MEMORY in said(stage.ours.messages[0])
    assert SKILL in said(stage.ours.messages[0])
    assert contents(user) == before
    assert not (stage.home / ".claude.json").exists()
    assert list(own.glob("projects/*/*.jsonl")), "the session is not where it belongs"
    stage.check_requests(KIND, stage.protection(KIND))


@both
def test_what_is_not_shared_is_not_there(stage: Stage) -> None:
    stage.profile(KIND, "isolated = true")
    furnish(stage)

    stage.launch(KIND, "-p", PROMPT)

    assert MEMORY not in said(stage.ours.messages[0])
    assert SKILL not in said(stage.ours.messages[0])


@both
def test_without_it_the_users_preferences_apply(stage: Stage) -> None:
    stage.profile(KIND)
    user = furnish(stage)

    stage.launch(KIND, "-p", PROMPT)

    assert tool_results(stage.ours.messages[-1].body)[0].splitlines()[-1] == "bar"
    assert MEMORY in said(stage.ours.messages[0])
    assert SKILL in said(stage.ours.messages[0])
    assert list(user.glob("projects/*/*.jsonl"))
    stage.check_requests(KIND, stage.protection(KIND))
