"""The Agent SDK for Python and the adapter of the editors, on our wrappers. All of it: `python -m tests.programs`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client.stage import KINDS, Stage
from tests.programs import programs, scenarios, versions
from tests.programs.programs import Program
from tests.programs.scenarios import FIRST, SCENARIOS

Make = Callable[[Path], Program]
MAKES = (programs.python_sdk, programs.acp_adapter)
CASES = [
    *((make, name, "tools and a yes") for make in MAKES for name in ("token", "sealed")),
    *((make, "token", scenario) for make in MAKES for scenario in ("a no", "interrupted")),
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


def test_the_programs_are_of_the_versions_that_are_named(tmp_path: Path) -> None:
    assert f"python-{versions.AGENT_SDK_PYTHON}/" in programs.python_sdk(tmp_path / "a").argv[0]
    package = Path(programs.acp_adapter(tmp_path / "b").adapter).parents[1] / "package.json"
    assert json.loads(package.read_text())["version"] == versions.ACP_ADAPTER
