"""Profiles of the clouds: what they must say, and the plans that come of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, REFUSED, USAGE, CcError
from cc_launcher.core.plan import HOSTED, PINNED, TOKEN
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.profile.clouds import CLOUDS
from cc_launcher.core.profile.parameters import MissingParameters
from cc_launcher.core.profile.variables import CREDENTIALS, ROUTING
from cc_launcher.files import hosts
from tests.unit.conftest import BEFORE_HOST_FLAG, CATALOG, plan_of, resolved

NAMES = {
    "bedrock": "bedrock",
    "mantle": "bedrock-mantle",
    "anthropic-aws": "claude-platform-aws",
    "vertex": "vertex",
    "foundry": "foundry",
}
FILES = {name: (CATALOG / f"{name}.toml").read_text(encoding="utf-8") for name in NAMES.values()}
NEEDED = {"vertex": {"project": "p"}, "anthropic-aws": {"workspace": "w"}, "foundry": {"resource": "r"}}
GATEWAY = 'base_url = "https://gw.example/x"\n'
every_cloud = pytest.mark.parametrize("cloud", CLOUDS)


def of(cloud: str, keys: str = "", **values: str) -> Any:
    """A profile of the user's that extends the cloud's of the catalog, with what it needs."""
    given = NEEDED.get(cloud, {}) | values
    table = "\n".join(["[values]", *(f'{name} = "{value}"' for name, value in given.items())]) if given else ""
    return resolved({"mine": f'extends = "{NAMES[cloud]}"\n{keys}\n{table}'}, "mine", FILES)


def fault(cloud: str, keys: str, **values: str) -> CcError:
    with pytest.raises(CcError) as caught:
        of(cloud, keys, **values)
    assert caught.value.code == INVALID
    return caught.value


# What a profile must say


@pytest.mark.parametrize("cloud", NEEDED)
def test_what_is_missing_is_named_with_the_command_that_gives_it(cloud: str) -> None:
    [name] = NEEDED[cloud]
    with pytest.raises(MissingParameters) as caught:
        resolved({}, NAMES[cloud], FILES)
    assert caught.value.what.startswith(f"{NAMES[cloud]} needs {name} ({name}: ")
    assert f"cc add {NAMES[cloud]} --value {name}=…" in caught.value.hint


def test_a_gateways_address_takes_the_place_of_a_resource_but_not_of_a_project() -> None:
    assert resolved({"mine": 'extends = "foundry"\n' + GATEWAY}, "mine", FILES).profile.base_url
    with pytest.raises(MissingParameters):
        resolved({"mine": 'extends = "vertex"\n' + GATEWAY}, "mine", FILES)


@every_cloud
def test_a_value_that_the_cloud_does_not_know_is_refused(cloud: str) -> None:
    assert "no parameter account" in fault(cloud, "", account="x").what


@pytest.mark.parametrize(
    ("cloud", "keys", "said"),
    [
        ("bedrock", 'auth = "login"', "takes no claude.ai login"),
        ("bedrock", 'auth = "api-key"', "takes no x-api-key header"),
        ("vertex", 'auth = "bearer"', "itself does not take such a token"),
        ("anthropic-aws", 'auth = "bearer"', "itself does not take such a token"),
        ("foundry", 'auth = "none"', "itself does not take a request without a credential"),
        ("foundry", 'region = "eastus"', "takes no region"),
        ("bedrock", 'secret = "keyring:x"', "a key is given, but auth = cloud uses"),
    ],
)
def test_what_a_cloud_cannot_do_is_told_with_what_it_can(cloud: str, keys: str, said: str) -> None:
    error = fault(cloud, keys)
    assert said in error.what
    assert error.what.startswith("mine.toml:2: ")
    assert error.hint


def test_the_credentials_of_no_cloud_are_nothing() -> None:
    with pytest.raises(CcError, match="no cloud is named") as caught:
        resolved('auth = "cloud"\nbase_url = "https://x.example"\n[tiers]\nmain = "m"\n')
    assert all(name in caught.value.hint for name in CLOUDS)


# Plans


@every_cloud
def test_only_its_own_switch_is_set_and_no_address_credential_or_skip(cloud: str) -> None:
    plan = plan_of(of(cloud))
    own = CLOUDS[cloud]
    assert plan.set[own.switch] == "1"
    routing = {name for name in plan.set if name in {*ROUTING.names, *CREDENTIALS.names}}
    allowed = {own.switch, own.region, *(parameter.variable for parameter in own.parameters.values())}
    assert routing <= allowed
    assert {*ROUTING.names, *CREDENTIALS.names} <= {*plan.set, *plan.unset}
    assert plan.slots == ()
    assert plan.protection == PINNED  # under the host's flag, the client looks for no login of the cloud's tools
    assert json.loads(plan.pins)["env"][own.base_url] == ""


@pytest.mark.parametrize(("cloud", "auth"), [(cloud, auth) for cloud in CLOUDS for auth in CLOUDS[cloud].secrets])
def test_a_secret_goes_into_the_clouds_own_variable_and_the_launch_is_hosted(cloud: str, auth: str) -> None:
    plan = plan_of(of(cloud, f'auth = "{auth}"\nsecret = "pass:x"'))
    [slot] = plan.slots
    assert (slot.delivery, slot.name) == (TOKEN, CLOUDS[cloud].secrets[auth])
    assert slot.name not in plan.unset
    assert plan.protection == HOSTED
    # With the host's flag the client would talk to api.anthropic.com (measured), which it does not for a cloud.
    assert plan.set["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] == "1"


@pytest.mark.parametrize(("cloud", "auth"), [(cloud, auth) for cloud in CLOUDS for auth in CLOUDS[cloud].secrets])
def test_a_key_that_is_set_in_the_shell_comes_before_the_clouds_tools(cloud: str, auth: str) -> None:
    variable = CLOUDS[cloud].secrets[auth]
    plan = plan_of(of(cloud), present=frozenset({variable}))
    [slot] = plan.slots
    assert (slot.reference, slot.name, plan.protection) == (f"env:{variable}", variable, HOSTED)


def test_a_named_profile_of_awss_comes_before_every_key_of_the_shell() -> None:
    plan = plan_of(of("bedrock", aws_profile="work"), present=frozenset({"AWS_BEARER_TOKEN_BEDROCK"}))
    assert plan.set["AWS_PROFILE"] == "work"
    assert {"AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} <= {*plan.unset}
    assert plan.slots == ()


@pytest.mark.parametrize("cloud", ["bedrock", "mantle", "anthropic-aws"])
def test_the_shells_account_stays_and_its_endpoints_do_not(cloud: str) -> None:
    plan = plan_of(of(cloud))
    assert not {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_CONFIG_FILE"} & {*plan.unset}
    assert "AWS_ENDPOINT_URL_BEDROCK_RUNTIME" in plan.unset
    kept = plan_of(of(cloud, 'keep = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]'))
    assert "AWS_ENDPOINT_URL_BEDROCK_RUNTIME" not in kept.unset


@pytest.mark.parametrize("cloud", [name for name in CLOUDS if CLOUDS[name].region])
def test_a_region_is_the_clouds_to_know_and_is_set(cloud: str) -> None:
    assert plan_of(of(cloud, 'region = "eu-west-9"')).set[CLOUDS[cloud].region] == "eu-west-9"


@pytest.mark.parametrize(("auth", "slots"), [("none", 0), ("bearer", 1)])
@every_cloud
def test_a_gateway_in_front_gets_the_address_and_no_credential_of_the_cloud(cloud: str, auth: str, slots: int) -> None:
    plan = plan_of(of(cloud, f'auth = "{auth}"\n{GATEWAY}'))
    own = CLOUDS[cloud]
    version = "/v1" if cloud == "vertex" else ""
    assert plan.set[own.base_url] == f"https://gw.example/x{version}"
    assert "ANTHROPIC_BASE_URL" not in plan.set
    assert (own.skip in plan.set) == (auth == "none" or "bearer" not in own.secrets)
    assert len(plan.slots) == slots
    assert plan.protection == HOSTED
    assert "ANTHROPIC_FOUNDRY_RESOURCE" not in plan.set


def test_the_version_in_an_address_of_vertexs_may_be_there_and_is_not_corrected() -> None:
    whole = of("vertex", 'auth = "none"\nbase_url = "https://gw.example/v1"')
    assert whole.corrections == ()
    assert plan_of(whole).set["ANTHROPIC_VERTEX_BASE_URL"] == "https://gw.example/v1"


@every_cloud
def test_only_the_profiles_models_may_be_asked_for(cloud: str) -> None:
    plan = plan_of(of(cloud))
    assert plan.model in json.loads(plan.pins)["availableModels"]


@every_cloud
def test_no_cloud_is_sealed(cloud: str) -> None:
    auth = next(iter(CLOUDS[cloud].secrets), "bearer")
    with pytest.raises(CcError, match="cannot be sealed") as caught:
        plan_of(of(cloud, f'auth = "{auth}"\nsecret = "pass:x"\n{GATEWAY}'), sealed=True)
    assert caught.value.code == USAGE


def test_an_old_client_that_would_go_elsewhere_is_refused() -> None:
    for cloud, keys in (
        ("mantle", ""),
        ("anthropic-aws", ""),
        ("foundry", 'auth = "bearer"\nsecret = "pass:x"'),
        ("foundry", f'auth = "none"\n{GATEWAY}'),
    ):
        with pytest.raises(CcError, match="too old for") as caught:
            plan_of(of(cloud, keys), version=BEFORE_HOST_FLAG)
        assert caught.value.code == REFUSED


def test_an_old_client_gets_no_empty_token_which_it_would_send() -> None:
    pinned = json.loads(plan_of(of("bedrock"), version=BEFORE_HOST_FLAG).pins)["env"]
    assert not {"ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"} & set(pinned)
    intruder = SettingsFile("/s.json", "user", env=frozenset({"ANTHROPIC_AUTH_TOKEN"}))
    with pytest.raises(CcError, match="which this old client would send"):
        plan_of(of("bedrock"), version=BEFORE_HOST_FLAG, settings=(intruder,))


@pytest.mark.parametrize("scope", ["project", "local"])
@pytest.mark.parametrize(
    ("variables", "keys"), [({"AWS_PROFILE"}, set()), ({"GOOGLE_CLOUD_PROJECT"}, set()), (set(), {"awsAuthRefresh"})]
)
def test_a_project_does_not_choose_the_account(variables: set[str], keys: set[str], scope: str) -> None:
    def file(where: str) -> tuple[SettingsFile, ...]:
        return (SettingsFile("/p/s.json", where, env=frozenset(variables), keys=frozenset(keys)),)

    with pytest.raises(CcError, match="somebody else's account") as caught:
        plan_of(of("bedrock"), settings=file(scope))
    assert caught.value.code == REFUSED
    # The host's flag keeps those of a settings file out; and a user's own settings are the user's.
    hosted = plan_of(of("bedrock", 'auth = "bearer"\nsecret = "pass:x"'), settings=file(scope))
    assert hosted.protection == HOSTED
    assert plan_of(of("bedrock"), settings=file("user")).protection == PINNED


def test_an_administrators_account_is_not_gone_around() -> None:
    managed = (SettingsFile("/etc/m.json", "managed", env=frozenset({"AWS_PROFILE"})),)
    with pytest.raises(CcError, match="cc does not bypass them"):
        plan_of(of("bedrock"), managed=managed)


@every_cloud
def test_a_secret_belongs_to_its_cloud(cloud: str) -> None:
    host = hosts.host_of(of(cloud))
    assert host.endswith(CLOUDS[cloud].host)
    assert hosts.host_of(of(cloud, GATEWAY)) == "gw.example"
    if cloud == "foundry":
        assert hosts.host_of(of(cloud, resource="other")) != host


# The client's own words, as it was measured: a wrong one is only seen by a client that waits for ever.
SWITCHES = {
    "bedrock": "CLAUDE_CODE_USE_BEDROCK",
    "mantle": "CLAUDE_CODE_USE_MANTLE",
    "anthropic-aws": "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "vertex": "CLAUDE_CODE_USE_VERTEX",
    "foundry": "CLAUDE_CODE_USE_FOUNDRY",
}


@every_cloud
def test_a_plan_turns_on_its_own_cloud_and_no_other(cloud: str) -> None:
    plan = plan_of(of(cloud))
    on = {name: value for name, value in plan.set.items() if name.startswith("CLAUDE_CODE_USE_")}
    assert on == {SWITCHES[cloud]: "1"}
    assert {*SWITCHES.values()} - {SWITCHES[cloud]} <= {*plan.unset}
