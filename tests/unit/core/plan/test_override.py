"""A plan as a project's settings: what a launch pins is in there, and who cannot be written down is told why."""

from __future__ import annotations

import json

import pytest

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import override
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.profile import variables
from cc_launcher.core.text.json_patch import BEHIND
from tests.unit.conftest import all_of, catalog_profile, plan_of, resolved

PROFILE = """
base_url = "https://host.example/v"
auth = "bearer"
secret = "file:~/key"
timeout = "10m"
args = ["--verbose"]
[tiers]
main = "big"
haiku = "small"
[models.big]
context = 200000
[compat]
private = true
no-betas = true
[headers]
X-Title = "mine"
[env]
FOO = "bar"
"""
HELPER = ["/opt/my python", "-P", "-m", "cc_launcher", "secret", "get"]


def test_the_settings_hold_what_a_sealed_launch_pins() -> None:
    plan = plan_of(PROFILE, sealed=True, version=None)
    settings = override.settings_of(plan, HELPER, {"HTTPS_PROXY": "http://mine", "ALL_PROXY": "http://u:p@h"})
    pins = json.loads(plan.pins)
    assert settings["apiKeyHelper"] == "'/opt/my python' -P -m cc_launcher secret get"
    assert settings["availableModels"] == pins["availableModels"] == ["big", "small"]
    assert settings["modelOverrides"] == pins["modelOverrides"]
    assert settings["skipWebFetchPreflight"] is True
    network = dict.fromkeys(variables.NETWORK, "") | {"HTTPS_PROXY": "http://mine"}
    del network["ALL_PROXY"]  # a password is in no settings file of ours
    assert {name: value for name, value in settings["env"].items() if value} == plan.set | {
        "HTTPS_PROXY": "http://mine"
    }
    assert settings["env"].items() <= (pins["env"] | network).items()
    assert network.items() <= settings["env"].items()
    assert override.frozen(plan, {"HTTPS_PROXY": "http://mine"}) == ["HTTPS_PROXY"]
    assert settings["permissions"] == {"defaultMode": "default"}
    assert "statusLine" not in settings
    (hook,) = settings["hooks"]["SessionStart"][0]["hooks"]
    (pinned,) = pins["hooks"]["SessionStart"][0]["hooks"]
    assert hook["command"] == f'[ "$CC_PROFILE" != mine ] || {pinned["command"]}'


def test_what_a_shell_may_export_is_made_empty() -> None:
    env = override.settings_of(plan_of(PROFILE, sealed=True, version=None), HELPER, {})["env"]
    # Measured: each of these, exported, reroutes a session, is sent along, or changes its requests.
    measured = (
        *(name for name in variables.ROUTING.names if name.startswith("CLAUDE_CODE_USE_")),
        *("ANTHROPIC_UNIX_SOCKET", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"),
        *("CLAUDE_CODE_SUBPROCESS_ENV_SCRUB", "ANTHROPIC_BETAS", "CLAUDE_CODE_EXTRA_BODY", "MAX_THINKING_TOKENS"),
        *("CLAUDE_CODE_SUBAGENT_MODEL", "CLAUDE_CODE_AUTO_MODE_MODEL", "CLAUDE_CODE_MODEL_CAPABILITIES"),
    )
    assert [name for name in measured if env.get(name) != ""] == []
    assert "X-Title: mine" in env["ANTHROPIC_CUSTOM_HEADERS"]
    assert "CLAUDE_CODE_SKIP_BEDROCK_AUTH" not in env


def test_a_server_without_a_key_gets_a_placeholder_and_no_helper_of_the_users() -> None:
    settings = override.settings_of(plan_of(catalog_profile("ollama"), "some-model", version=None), HELPER, {})
    assert settings["apiKeyHelper"] == ""
    assert settings["env"]["ANTHROPIC_AUTH_TOKEN"]


def test_a_mode_that_the_user_has_chosen_stays() -> None:
    chosen = SettingsFile("/w/.claude/settings.json", "project", keys=frozenset({"permissions.defaultMode"}))
    assert "permissions" not in override.settings_of(
        plan_of(PROFILE, sealed=True, version=None, settings=(chosen,)), HELPER, {}
    )


def test_what_is_shared_sends_nobody_anywhere() -> None:
    plan = plan_of(PROFILE, sealed=True, version=None)
    shared = override.shared_of(plan, resolved(PROFILE).profile)
    assert shared["skipWebFetchPreflight"] is True
    assert shared["env"]["ANTHROPIC_DEFAULT_OPUS_MODEL"] == "big"
    assert shared["env"]["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "200000"
    assert shared["env"]["CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS"] == "1"
    assert set(shared) == {"env", "skipWebFetchPreflight"}
    private = {*variables.ROUTING.names, *variables.CREDENTIALS.names, "FOO"}
    assert private & set(shared["env"]) == set()
    assert "" not in shared["env"].values()
    assert "host.example" not in json.dumps(shared)


def test_an_editors_other_variables_stay_in_front() -> None:
    plan = plan_of(PROFILE, sealed=True, version=None)
    given = [{"name": "PATH", "value": "/x"}, {"name": "ANTHROPIC_MODEL", "value": "old"}, "odd"]
    made = override.for_editor(plan, given)
    assert made[:2] == [{"name": "PATH", "value": "/x"}, "odd"]
    values = {entry["name"]: entry["value"] for entry in made[2:]}
    assert values["ANTHROPIC_MODEL"] == "big"
    assert values["ANTHROPIC_API_KEY"] == ""
    assert override.for_editor(plan, made) == made


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('auth = "login"\n', "auth = login"),
        (PROFILE.replace("[headers]", '[secret_headers]\nX-Key = "file:~/k"\n[headers]'), "secret in a header"),
        (f"isolated = true\n{PROFILE}", "isolated"),
        (PROFILE.replace("file:~/key", "env:MY_KEY"), "env:MY_KEY"),
    ],
)
def test_who_cannot_be_written_down_is_told_why(text: str, reason: str) -> None:
    with pytest.raises(CcError) as raised:
        override.refuse("mine", resolved(text).profile)
    assert raised.value.code == USAGE
    assert reason in all_of(raised.value)
    assert raised.value.hint == "cc run mine"


def test_an_address_with_a_secret_in_it_and_a_cloud_are_refused() -> None:
    profile = resolved(PROFILE).profile
    with pytest.raises(CcError, match="a part of its address is a secret"):
        override.refuse("mine", profile.model_copy(update={"secret_values": {"account": "file:~/k"}}))
    with pytest.raises(CcError, match="it is for a cloud"):
        override.refuse("bedrock", catalog_profile("bedrock").profile)


def test_leaves_leave_room_for_what_stands_beside_them() -> None:
    assert override.leaves({"env": {"A": "1", "B": ""}, "x": [1], "y": True}) == [
        (("env", "A"), "1"),
        (("env", "B"), ""),
        (("x",), [1]),
        (("y",), True),
    ]


def test_what_a_team_shares_marks_nobodys_sessions() -> None:
    plan = plan_of(PROFILE, sealed=True, version=None)
    assert "hooks" not in override.shared_of(plan, resolved(PROFILE).profile)


def test_a_hook_is_put_behind_those_that_are_there() -> None:
    assert override.leaves({"hooks": {"SessionStart": [{"hooks": []}]}, "a": {"b": [1]}}) == [
        (("hooks", "SessionStart", BEHIND), {"hooks": []}),
        (("a", "b"), [1]),
    ]
