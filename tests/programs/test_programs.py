"""The Agent SDK for Python and the adapter of the editors, on our wrappers. All of it: `python -m tests.programs`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import KINDS, PATIENCE, Stage, tool_results
from tests.client.wrapped import Wrapped, profile
from tests.docs.pages import DOCS, blocks
from tests.fakes.fake_provider import FakeProvider, call
from tests.programs import programs, scenarios, versions
from tests.programs.programs import Program
from tests.programs.scenarios import FIRST, SCENARIOS

Make = Callable[[Path], Program]
MAKES = (programs.python_sdk, programs.acp_adapter)
CASES = [
    *((make, name, "tools and a yes") for make in MAKES for name in ("token", "sealed")),
    *((make, "token", scenario) for make in MAKES for scenario in ("a no", "interrupted", "gone on with")),
    (programs.python_sdk, "token", "401"),
    (programs.acp_adapter, "token", "429"),
]


@pytest.mark.parametrize(("make", "name", "scenario"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_a_session_with_hostile_settings(stage: Stage, make: Make, name: str, scenario: str) -> None:
    session = scenarios.on_a_wrapper(stage, make, name)
    SCENARIOS[scenario](session, KINDS[name])


def test_the_adapter_begins_in_auto_mode_which_asks_the_profiles_model(stage: Stage) -> None:
    """So the page on editors says how to choose another mode. It is the profile's money all the same."""
    session = scenarios.on_a_wrapper(stage, programs.acp_adapter, "token")
    seen = session(FIRST, mode=None)
    [begun] = seen.of("init")
    assert begun["chosen"]["mode"] == "auto"
    scenarios.nothing_foreign(session, KINDS["token"])


def test_settings_of_the_users_choose_the_mode_in_which_the_adapter_begins(stage: Stage) -> None:
    session = scenarios.on_a_wrapper(stage, programs.acp_adapter, "token")
    path = stage.settings_path("user")
    path.write_text(json.dumps({**json.loads(path.read_text()), "permissions": {"defaultMode": "default"}}))
    seen = session(FIRST, mode=None)
    [begun] = seen.of("init")
    assert begun["chosen"]["mode"] == "default"
    scenarios.nothing_foreign(session, KINDS["token"])


def test_a_session_of_another_profile_is_not_sent_elsewhere_unasked(stage: Stage) -> None:
    session = scenarios.on_a_wrapper(stage, programs.python_sdk, "token")
    [begun] = session(FIRST).results
    with FakeProvider() as other:
        text = f'base_url = "{other.url}"\nauth = "none"\n[tiers]\nmain = "w/main"\n'
        profile(stage, "other", text)
        session.claude = Wrapped(stage, profile="other").path
        seen = session("AND AGAIN", resume=begun["session"])
        assert other.messages == []
    assert [event["kind"] for event in seen.events] == ["failed"], seen
    assert "you have not agreed to that" in seen.ended.stderr
    assert "cc take-over --allow own other" in seen.ended.stderr


PAGE = DOCS / "how-to" / "agent-sdk.md"


@pytest.mark.parametrize(("language", "make"), [("python", programs.python_sdk), ("js", programs.typescript_sdk)])
def test_the_program_on_the_page_runs(stage: Stage, language: str, make: Make) -> None:
    session = scenarios.on_a_wrapper(stage, make, "token")
    [text] = [block.text for block in blocks(PAGE) if block.language == language]
    program = (
        Path(session.program.argv[0]),
        stage.elsewhere / "program" / ("page.mjs" if language == "js" else "page.py"),
    )
    program[1].parent.mkdir(exist_ok=True)
    program[1].write_text(text.replace("claude-zai", "claude-own"))
    asked = "Make an empty file new.txt"
    stage.ours.script = scenarios.answers(
        asked,
        call("Bash", command="touch new.txt", description="x"),
        call("Bash", command="rm new.txt", description="x"),
    )

    ended = harness.run(program, session.environment, stage.work, timeout=PATIENCE)

    assert ended.returncode == 0, ended
    assert ended.stdout.startswith("done "), ended
    assert (stage.work / "new.txt").exists()
    results = [text for request in stage.ours.messages for text in tool_results(request.body)]
    assert any("nothing but touch" in text for text in results), results
    scenarios.nothing_foreign(session, KINDS["token"])


def test_the_programs_are_of_the_versions_that_are_named(tmp_path: Path) -> None:
    assert f"python-{versions.AGENT_SDK_PYTHON}/" in programs.python_sdk(tmp_path / "a").argv[0]
    package = Path(programs.acp_adapter(tmp_path / "b").adapter).parents[1] / "package.json"
    assert json.loads(package.read_text())["version"] == versions.ACP_ADAPTER
