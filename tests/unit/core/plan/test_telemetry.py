"""What a launch pins of the client's telemetry, and whose secrets go to whom."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, USAGE, CcError
from cc_launcher.core.plan import BY_ITSELF, COLLECTOR, Plan, environment, settings, telemetry
from cc_launcher.core.profile import variables
from cc_launcher.launch import request
from tests.unit.conftest import BEFORE_HOST_FLAG, CURRENT, plan_of

BEARER = 'base_url = "https://h"\nauth = "bearer"\n[tiers]\nmain = "m"\n'
NONE = 'base_url = "http://localhost:1"\nauth = "none"\n[tiers]\nmain = "m"\n'
TABLE = '[telemetry]\notlp = "https://collector.example/otlp"\n'
SECRET = 'secret_headers.Authorization = { secret = "keyring:c", user = "42" }\nsecret_headers.X-B = "pass:a b"\n'
OWN = ("/py thon", "-P", "-m", "cc_launcher")


def pinned(plan: Plan, **given: str) -> dict[str, Any]:
    return dict(json.loads(settings(plan, given)))


@pytest.mark.parametrize("version", [CURRENT, BEFORE_HOST_FLAG, None])
@pytest.mark.parametrize("profile", [BEARER, NONE, BEARER.replace("bearer", "api-key"), 'auth = "login"\n'])
def test_each_variable_that_has_a_say_is_pinned(profile: str, version: tuple[int, ...] | None) -> None:
    env = pinned(plan_of(profile + TABLE, version=version))["env"]
    assert set(variables.TELEMETRY) <= set(env)
    assert env["CLAUDE_CODE_ENABLE_TELEMETRY"] == "1"
    assert env["OTEL_EXPORTER_OTLP_ENDPOINT"] == "https://collector.example/otlp"
    assert {env[name] for name in variables.EXPORTERS} == {"otlp"}
    assert {env[name] for name in variables.CONTENT} == {"0"}
    others = [name for name in variables.OF_COLLECTOR if "METRICS" in name or "LOGS" in name or "TRACES" in name]
    assert {env[name] for name in others} == {""}
    assert env["BETA_TRACING_ENDPOINT"] == ""


def test_it_is_in_the_pins_alone() -> None:
    without, plan = plan_of(BEARER), plan_of(BEARER + TABLE + SECRET)
    assert plan.set == without.set
    assert plan.unset == without.unset
    secrets = ["" if slot.delivery in BY_ITSELF else "s" for slot in plan.slots]
    assert environment(plan, {}, secrets) == environment(without, {}, ["s"])
    assert plan.pins.endswith("}}")


def test_a_profile_that_says_nothing_leaves_it_to_the_user() -> None:
    found = pinned(plan_of(BEARER), OTEL_RESOURCE_ATTRIBUTES="team=core")
    assert set(variables.TELEMETRY) & set(found["env"]) == set()
    assert "otelHeadersHelper" not in found


def test_prompts_and_headers() -> None:
    text = f'{BEARER}{TABLE}prompts = true\nheaders.X-A = "a b"\nheaders.X-C = "d"\n'
    env = pinned(plan_of(text))["env"]
    assert env["OTEL_LOG_USER_PROMPTS"] == "1"
    assert env["OTEL_LOG_ASSISTANT_RESPONSES"] == env["OTEL_LOG_TOOL_DETAILS"] == "0"
    assert env["OTEL_EXPORTER_OTLP_HEADERS"] == "X-A=a b,X-C=d"


@pytest.mark.parametrize(
    ("of_files", "given", "found"),
    [
        ((), {}, "stage=n,cc.profile=mine"),
        ((), {"OTEL_RESOURCE_ATTRIBUTES": ""}, "stage=n,cc.profile=mine"),
        ((), {"OTEL_RESOURCE_ATTRIBUTES": "a=b"}, "a=b,stage=n,cc.profile=mine"),
        (
            (("OTEL_RESOURCE_ATTRIBUTES", 'c="d"'),),
            {"OTEL_RESOURCE_ATTRIBUTES": "a=b"},
            'c="d",stage=n,cc.profile=mine',
        ),
        ((("OTEL_RESOURCE_ATTRIBUTES", ""),), {"OTEL_RESOURCE_ATTRIBUTES": "a=b"}, "stage=n,cc.profile=mine"),
    ],
)
def test_the_users_attributes_come_first(
    of_files: tuple[tuple[str, str], ...], given: dict[str, str], found: str
) -> None:
    plan = plan_of(f'{BEARER}{TABLE}attributes.stage = "n"\n', network=of_files)
    assert pinned(plan, **given)["env"]["OTEL_RESOURCE_ATTRIBUTES"] == found


def test_a_helper_of_ours_fetches_the_secrets_and_no_other_one_is_asked() -> None:
    plan = plan_of(BEARER + TABLE + SECRET, own_command=OWN)
    helper = shlex.split(pinned(plan)["otelHeadersHelper"])
    assert helper[:7] == [*OWN, "__otel", "mine", "collector.example"]
    assert helper[7:] == ["Authorization", "", "42", "keyring:c", "X-B", "", "", "pass:a b"]
    assert telemetry.COMMAND == request.OTEL
    found = [(slot.name, slot.reference) for slot in plan.slots if slot.delivery == COLLECTOR]
    assert found == [("telemetry.Authorization", "keyring:c"), ("telemetry.X-B", "pass:a b")]
    assert plan.slots[-2].hint == "cc secret set mine --header telemetry.Authorization"
    assert pinned(plan_of(BEARER + TABLE))["otelHeadersHelper"] == ""


@pytest.mark.parametrize(
    "text",
    [
        BEARER.replace("[tiers]", 'secret = "keyring:c"\n[tiers]') + TABLE + SECRET,
        f'{BEARER}{TABLE}{SECRET}[mcp_servers.s]\nurl = "https://s"\nsecret_headers.X = "keyring:c"\n',
    ],
)
def test_no_secret_goes_to_two(text: str) -> None:
    with pytest.raises(CcError) as caught:
        plan_of(text)
    assert caught.value.code == INVALID
    assert "keyring:c would go to collector.example and to" in caught.value.what
    assert caught.value.hint == 'give each its own: secret = "keyring:telemetry"'


@pytest.mark.parametrize("more", [TABLE, "[compat]\nprivate = true\n"])
def test_the_command_line_does_not_say_otherwise(more: str) -> None:
    with pytest.raises(CcError) as caught:
        plan_of(BEARER + more, env=(("OTEL_TRACES_EXPORTER", "otlp"),))
    assert caught.value.code == USAGE
    assert plan_of(BEARER, env=(("OTEL_TRACES_EXPORTER", "otlp"),)).set["OTEL_TRACES_EXPORTER"] == "otlp"


def test_private_turns_it_off_in_the_pins_too() -> None:
    plan = plan_of(f"{BEARER}[compat]\nprivate = true\n")
    env = pinned(plan)["env"]
    assert env["CLAUDE_CODE_ENABLE_TELEMETRY"] == env["ENABLE_BETA_TRACING_DETAILED"] == "0"
    assert {env[name] for name in variables.EXPORTERS} == {"none"}


def test_scrub_takes_out_what_the_helper_needs() -> None:
    text = f'scrub = true\n{BEARER}{TABLE}secret_headers.X = "vault:kv/c#k"\n'
    with pytest.raises(CcError, match="needs to be read for telemetry"):
        plan_of(text)
