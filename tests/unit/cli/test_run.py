"""The user's own `--settings` and models join what a launch pins."""

import json
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.cli import run_arguments
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import Plan
from tests.unit.conftest import plan_of
from tests.unit.core.plan.test_make_plan import ENV_PROFILE, OLD

PINS: dict[str, Any] = {"apiKeyHelper": "", "availableModels": ["m"], "env": {"A": "ours", "B": ""}}


def plan(pins: dict[str, Any] | None = None) -> Plan:
    text = json.dumps(PINS if pins is None else pins, separators=(",", ":"))
    return plan_of(ENV_PROFILE, **OLD).but(pins=text, mode_args=(), network=())


def pinned(user: list[str]) -> tuple[dict[str, Any], list[str]]:
    """What is pinned for these arguments, and the arguments that are left."""
    option, value, *left = run_arguments.of_client(plan(), user)
    assert option == "--settings"
    found = json.loads(value)
    assert isinstance(found, dict)
    return found, left


def refused(user: list[str]) -> CcError:
    with pytest.raises(CcError) as caught:
        run_arguments.of_client(plan(), user)
    assert caught.value.code == USAGE
    return caught.value


def test_without_any_of_them_the_pins_are_the_plans() -> None:
    assert pinned(["-c", "--setting-sources", "user"]) == (PINS, ["-c", "--setting-sources", "user"])


OWN = {
    "env": {"A": "theirs", "C": "theirs"},
    "apiKeyHelper": "theirs",
    "theme": "dark",
    "permissions": {"allow": ["x"]},
}
MERGED = {
    "env": {"A": "ours", "B": "", "C": "theirs"},
    "apiKeyHelper": "",
    "theme": "dark",
    "permissions": {"allow": ["x"]},
    "availableModels": ["m"],
}


@pytest.mark.parametrize(
    "given", ["inline", "inline with =", "inline with blanks", "a file", "a file in the home", "a file with a mark"]
)
def test_the_users_settings_keep_their_effect_but_for_what_is_pinned(home: Path, tmp_path: Path, given: str) -> None:
    text = json.dumps(OWN)
    (home / "own.json").write_text(text, encoding="utf-8")
    (tmp_path / "mark.json").write_text(text, encoding="utf-8-sig")
    user = {
        "inline": ["--settings", text],
        "inline with =": [f"--settings={text}"],
        "inline with blanks": ["--settings", f" \n{text}"],
        "a file": ["--settings", str(home / "own.json")],
        "a file in the home": ["--settings", "~/own.json"],
        "a file with a mark": ["--settings=mark.json"],
    }[given]
    assert pinned(["-c", *user, "-p", "hi"]) == (MERGED, ["-c", "-p", "hi"])


def test_of_several_the_last_counts_as_for_the_client() -> None:
    user = ["--settings", '{"theme": "one", "x": 1}', "--settings", '{"theme": "two"}']
    assert pinned(user) == (PINS | {"theme": "two"}, [])


def test_what_has_another_shape_than_ours_gives_way() -> None:
    assert pinned(["--settings", '{"env": ["A"]}']) == (PINS, [])


def test_behind_two_dashes_nothing_is_an_option() -> None:
    assert pinned(["--", "--settings", "nonsense"]) == (PINS, ["--", "--settings", "nonsense"])


@pytest.mark.parametrize(
    ("user", "models"),
    [
        (["--model", "x/new"], ["m", "x/new"]),
        (["--model=x/new", "--fallback-model", "y"], ["m", "x/new", "y"]),
        (["--model", "m"], ["m"]),
        (["--model", "opus"], ["m"]),  # the client's name for a slot that the plan has filled
        (["--model", "Sonnet"], ["m"]),
    ],
)
def test_a_model_that_the_user_names_may_be_asked_for(user: list[str], models: list[str]) -> None:
    found, left = pinned(user)
    assert found == PINS | {"availableModels": models}
    assert left == user


def test_where_any_model_may_be_asked_for_there_is_no_list() -> None:
    pins: dict[str, Any] = {"env": {}}
    assert run_arguments.of_client(plan(pins), ["--model", "x"]) == ["--settings", '{"env":{}}', "--model", "x"]


@pytest.mark.parametrize(
    ("user", "what"),
    [
        (["--settings"], "--settings needs a value"),
        (["--settings", "--settings"], "--settings: --settings: No such file or directory"),
        (["--settings", "missing.json"], "--settings: missing.json: No such file or directory"),
        (["--settings", "~nobody-of-this-name/x"], "--settings: ~nobody-of-this-name/x: No such file or directory"),
        (["--settings", "."], "--settings: .: Is a directory"),
        (["--settings", '{"a": 1,\n b}'], "--settings: the JSON given: not JSON (line 2)"),
        (["--settings", '{"a": ' * 5000], "--settings: the JSON given: not JSON (nested too deeply)"),
        (["--settings", "odd.json"], "--settings: odd.json: not JSON (not UTF-8)"),
        (["--settings", "list.json"], "--settings: list.json: is not a JSON object"),
        (["--settings", "\x1b[2J"], "--settings: \\x1b[2J: No such file or directory"),
        (["--model"], "--model needs a value"),
    ],
)
def test_what_cannot_be_merged_is_an_error_before_the_launch(tmp_path: Path, user: list[str], what: str) -> None:
    (tmp_path / "odd.json").write_bytes(b'{"a": "\xff"}')
    (tmp_path / "list.json").write_text("[]")
    assert refused(user).what == what
