"""The one function that makes a plan."""

import json
import shlex
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, REFUSED, USAGE, CcError
from cc_launcher.core.plan import (
    AGENTS_OFF,
    BASE_URL,
    CUSTOM_HEADERS,
    DESCRIPTOR,
    HEADER,
    HELPER,
    HOSTED,
    PINNED,
    SEALED,
    TOKEN,
    Plan,
    arguments,
    background,
    environment,
)
from cc_launcher.core.plan import settings as pins_of
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.plan.make_plan import LOGIN, default_reference
from cc_launcher.core.plan.protection import PROXY_HELPER
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.knobs import KNOBS
from cc_launcher.core.stores.store import Tools
from tests.unit.conftest import BEFORE_HOST_FLAG, CATALOG, CURRENT, catalog_profile, plan_of, resolved

TOKEN_PROFILE = """\
base_url = "https://h"
auth = "bearer"
secret = "keyring:k"
[tiers]
main = "m"
"""
ENV_PROFILE = TOKEN_PROFILE.replace("keyring:k", "env:MY_KEY")
KEY_PROFILE = TOKEN_PROFILE.replace("bearer", "api-key")
HEADER_PROFILE = TOKEN_PROFILE + '[secret_headers]\nx-key = "keyring:other"\n'
NONE_PROFILE = 'base_url = "http://localhost:1"\nauth = "none"\n[tiers]\nmain = "m"\n'
LOGIN_PROFILE = 'auth = "login"\n'
OLD: dict[str, Any] = {"version": BEFORE_HOST_FLAG}
HOST_FLAG = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"
TIER_VARIABLES = [f"ANTHROPIC_DEFAULT_{tier}_MODEL" for tier in ("OPUS", "SONNET", "HAIKU", "FABLE")]


def marks(protection: str, profile: str = "mine") -> dict[str, str]:
    """What a launch leaves for the status line."""
    return {"CC_PROFILE": profile, "CC_PROTECTION": protection, "CC_PRICES": "none"}


def settings(
    path: str = "/a.json", *, env: Iterable[str] = (), keys: Iterable[str] = (), problem: str = ""
) -> SettingsFile:
    return SettingsFile(path, "user", frozenset(env), frozenset(keys), problem)


def pins(plan: Plan) -> dict[str, Any]:
    found = json.loads(plan.pins)
    assert isinstance(found, dict)
    return found


def refused(profile: str, **how: Any) -> CcError:
    with pytest.raises(CcError) as caught:
        plan_of(profile, **how)
    return caught.value


# How a launch is protected


@pytest.mark.parametrize(
    ("profile", "how", "protection"),
    [
        (TOKEN_PROFILE, {}, HOSTED),
        (KEY_PROFILE, {}, HOSTED),
        (NONE_PROFILE, {}, HOSTED),
        (HEADER_PROFILE, {}, HOSTED),
        (TOKEN_PROFILE, {"version": (2, 1, 257)}, HOSTED),
        (TOKEN_PROFILE, {"version": (2, 1, 252)}, SEALED),
        (TOKEN_PROFILE, {"version": (2, 1, 84)}, SEALED),
        (KEY_PROFILE, {"version": (2, 1, 198)}, PINNED),
        (ENV_PROFILE, {"version": (2, 1, 252)}, PINNED),
        (TOKEN_PROFILE, {"version": (3, 0, 0)}, HOSTED),
        (ENV_PROFILE, {"version": (2, 1, 83)}, PINNED),
        (ENV_PROFILE, OLD, PINNED),
        (ENV_PROFILE, {"version": None}, PINNED),
        (HEADER_PROFILE, OLD, PINNED),
        (KEY_PROFILE, OLD, PINNED),
        (NONE_PROFILE, OLD, PINNED),
        (LOGIN_PROFILE, {}, PINNED),
        (LOGIN_PROFILE, OLD, PINNED),
        (TOKEN_PROFILE, OLD, SEALED),
        (TOKEN_PROFILE, {"version": None}, SEALED),
        (TOKEN_PROFILE, {"sealed": True}, SEALED),
        (TOKEN_PROFILE, {"sealed": True, **OLD}, SEALED),
        (KEY_PROFILE, {"sealed": True}, SEALED),
        ("sealed = true\n" + TOKEN_PROFILE, {}, SEALED),
    ],
)
def test_how_a_launch_is_protected(profile: str, how: dict[str, Any], protection: str) -> None:
    plan = plan_of(profile, **how)
    assert plan.protection == protection
    assert (plan.set.get(HOST_FLAG) == "1") is (protection == HOSTED)
    assert (HOST_FLAG in plan.unset) is (protection != HOSTED)
    assert bool(pins(plan)["apiKeyHelper"]) is (protection == SEALED)


OLD_CLIENT_SHOWS = "this old client shows its whole environment to the commands of the model"


@pytest.mark.parametrize(
    ("profile", "how", "notes"),
    [
        (TOKEN_PROFILE, OLD, (f"mine: sealed, because {OLD_CLIENT_SHOWS}",)),
        (ENV_PROFILE, OLD, (f"mine: {OLD_CLIENT_SHOWS}, the secret too; to end that, update it (claude update)",)),
        (HEADER_PROFILE, OLD, (f"mine: {OLD_CLIENT_SHOWS}, the secret too; to end that, update it (claude update)",)),
        (KEY_PROFILE, OLD, ()),  # the key is in a pipe
        (NONE_PROFILE, OLD, ()),
        (LOGIN_PROFILE, OLD, ()),
        (TOKEN_PROFILE, {**OLD, "sealed": True}, ()),
        (TOKEN_PROFILE, {}, ()),
        (HEADER_PROFILE, {}, ()),
    ],
)
def test_what_the_user_is_told_of_the_protection(profile: str, how: dict[str, Any], notes: tuple[str, ...]) -> None:
    assert plan_of(profile, **how).notes == notes


@pytest.mark.parametrize(
    ("profile", "how"),
    [(ENV_PROFILE, OLD), (KEY_PROFILE, OLD), (NONE_PROFILE, OLD), (TOKEN_PROFILE, {"sealed": True})],
    ids=["token", "key", "none", "sealed"],
)
def test_pins_hold_every_value_and_an_empty_one_for_what_a_settings_file_could_bring_back(
    profile: str, how: dict[str, Any]
) -> None:
    plan = plan_of(profile, **how)
    pinned = pins(plan)
    assert bool(pinned["apiKeyHelper"]) is (plan.protection == SEALED)
    assert {name: pinned["env"][name] for name in plan.set} == plan.set
    delivered = {slot.name for slot in plan.slots}
    if profile is KEY_PROFILE:
        delivered.add("ANTHROPIC_AUTH_TOKEN")  # beside a key by descriptor an empty token would be sent as one
    from_settings = {name for group in variables.GROUPS if group.from_settings for name in group.names}
    emptied = {name for name, value in pinned["env"].items() if value == ""}
    assert emptied == from_settings - set(plan.set) - delivered
    assert not delivered & set(pinned["env"])


@pytest.mark.parametrize("profile", [TOKEN_PROFILE, KEY_PROFILE, NONE_PROFILE], ids=["token", "key", "none"])
def test_a_hosted_launch_pins_all_that_it_decides_too(profile: str) -> None:
    plan = plan_of('timeout = "1m"\n' + profile + '[env]\nFOO = "bar"\n')
    further = {"API_TIMEOUT_MS": "60000", "FOO": "bar", "CLAUDE_CODE_DISABLE_AGENT_VIEW": "1"} | marks("hosted")
    pinned = pins(plan)["env"]
    assert further.items() <= pinned.items()
    from_settings = {name for group in variables.GROUPS if group.from_settings for name in group.names}
    delivered = {slot.name for slot in plan.slots} | ({"ANTHROPIC_AUTH_TOKEN"} if profile == KEY_PROFILE else set())
    assert from_settings - delivered <= pinned.keys()
    assert not delivered & pinned.keys()
    assert "API_TIMEOUT_MS" not in plan.unset


def test_an_address_with_a_secret_in_it_is_in_no_pin() -> None:
    plan = plan_of(catalog_profile("helicone"))
    assert BASE_URL in plan.set
    assert BASE_URL not in pins(plan)["env"]


@pytest.mark.parametrize("profile", [TOKEN_PROFILE, KEY_PROFILE, NONE_PROFILE, LOGIN_PROFILE])
@pytest.mark.parametrize("how", [{}, OLD, {"version": (2, 1, 252)}], ids=["current", "old", "between"])
def test_every_launch_pins_each_name_of_the_network(profile: str, how: dict[str, Any]) -> None:
    plan = plan_of(profile, network=(("HTTPS_PROXY", "http://p"), ("http_proxy", "http://u:p@h")), **how)
    as_they_are = [name for name in variables.NETWORK if name not in {"HTTPS_PROXY", "http_proxy"}]
    assert set(plan.network) == {*as_they_are, "HTTPS_PROXY=http://p", "http_proxy@"}
    assert not set(variables.NETWORK) & pins(plan)["env"].keys()


@pytest.mark.parametrize("scope", ["project", "local"])
@pytest.mark.parametrize("how", [OLD, {"sealed": True}], ids=["pinned", "sealed"])
def test_a_projects_settings_set_no_proxy_and_no_certificate_for_a_secret_to_pass(
    how: dict[str, Any], scope: str
) -> None:
    hostile = {"HTTPS_PROXY", "no_proxy", "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED"}
    of_project = SettingsFile("/p", scope, frozenset({*hostile, "FOO"}))
    plan = plan_of(TOKEN_PROFILE, settings=(of_project,), present=frozenset({"HTTPS_PROXY"}), **how)
    pinned = pins_of(plan, {"HTTPS_PROXY": "http://mine"})
    everything = dict.fromkeys(variables.NETWORK, "") | {"HTTPS_PROXY": "http://mine"}
    assert {name: json.loads(pinned)["env"].get(name) for name in everything} == everything


@pytest.mark.parametrize("scope", ["project", "local"])
@pytest.mark.parametrize("how", [OLD, {"sealed": True, "version": (2, 1, 282)}], ids=["old", "between"])
@pytest.mark.parametrize(
    "own", [{"present": frozenset({"HTTPS_PROXY", "HTTPS_PROXY@"})}, {"network": (("HTTPS_PROXY", "http://u:p@h"),)}]
)
def test_a_proxy_with_a_password_cannot_be_pinned_on_every_client(
    how: dict[str, Any], own: dict[str, Any], scope: str
) -> None:
    of_project = SettingsFile("/p", scope, frozenset({"HTTPS_PROXY"}))
    with pytest.raises(CcError, match=r"^/p: sets HTTPS_PROXY, in place of your own") as caught:
        plan_of(TOKEN_PROFILE, settings=(of_project,), has_memory=True, **own, **how)
    assert caught.value.code == REFUSED
    plan = plan_of(TOKEN_PROFILE, has_memory=True, **own, **how)
    assert any("HTTPS_PROXY holds a password, and this client takes no pin for it" in note for note in plan.notes)
    helper = shlex.split(pins(plan)["apiKeyHelper"])
    assert helper[-4:] == ["--reference", "keyring:k", "--unless-set", "HTTPS_PROXY"]


@pytest.mark.parametrize("how", [{}, {"sealed": True}, {"version": (2, 1, 300), "sealed": True}])
def test_elsewhere_it_is_held_by_the_flag_or_handed_over_in_memory(how: dict[str, Any]) -> None:
    of_project = SettingsFile("/p", "project", frozenset({"HTTPS_PROXY"}))
    present = frozenset({"HTTPS_PROXY", "HTTPS_PROXY@"})
    plan = plan_of(TOKEN_PROFILE, settings=(of_project,), present=present, has_memory=True, **how)
    assert plan.memory == ("1" if "sealed" in how else "")
    assert not any("holds a password" in note for note in plan.notes)
    assert "--unless-set" not in pins(plan)["apiKeyHelper"]


@pytest.mark.parametrize("how", [{}, OLD, {"sealed": True}], ids=["hosted", "old", "sealed"])
def test_a_program_that_signs_in_at_ones_own_proxy_is_not_a_projects(how: dict[str, Any]) -> None:
    of_project = SettingsFile("/p", "project", keys=frozenset({"proxyAuthHelper"}))
    plan_of(TOKEN_PROFILE, settings=(of_project,), **how)  # what turns it on is pinned empty
    own: tuple[dict[str, Any], ...] = ({"present": frozenset({PROXY_HELPER})}, {"network": ((PROXY_HELPER, "1"),)})
    for on in own:
        with pytest.raises(CcError, match=r"^/p: its proxyAuthHelper signs in to your proxy") as caught:
            plan_of(TOKEN_PROFILE, settings=(of_project,), **on, **how)
        assert caught.value.code == REFUSED


@pytest.mark.parametrize("scope", ["user", "project", "local"])
@pytest.mark.parametrize("profile", [TOKEN_PROFILE, KEY_PROFILE, NONE_PROFILE, LOGIN_PROFILE])
def test_a_socket_that_would_beat_the_pins_is_refused(profile: str, scope: str) -> None:
    file = SettingsFile("/f", scope, frozenset({"ANTHROPIC_UNIX_SOCKET"}))
    followers: tuple[tuple[int, ...] | None, ...] = ((2, 1, 84), (2, 1, 150), (2, 1, 197), None)
    for version in followers:
        with pytest.raises(CcError, match=r"^/f: sets ANTHROPIC_UNIX_SOCKET, which") as caught:
            plan_of(profile, settings=(file,), version=version)
        assert caught.value.code == REFUSED
        with pytest.raises(CcError, match=r"^~/.claude.json: sets ANTHROPIC_UNIX_SOCKET, which"):
            plan_of(profile, own_file=file.env, version=version)
    for version in (BEFORE_HOST_FLAG, (2, 1, 198), (2, 1, 257), CURRENT):
        plan_of(profile, settings=(file,), own_file=file.env, version=version)


def test_a_project_cannot_add_to_the_models_that_may_be_asked_for() -> None:
    of_project = SettingsFile("/p", "project", models=frozenset({"claude-sonnet-4-6"}))
    with pytest.raises(CcError, match="ask for claude-sonnet-4-6") as caught:
        plan_of(TOKEN_PROFILE, settings=(of_project,))
    assert caught.value.code == REFUSED
    plan_of("any_model = true\n" + TOKEN_PROFILE, settings=(of_project,))
    plan_of(TOKEN_PROFILE, settings=(SettingsFile("/u", "user", models=frozenset({"claude-sonnet-4-6"})),))


def test_no_settings_file_renames_a_model_that_is_only_listed() -> None:
    plan = plan_of(TOKEN_PROFILE + 'subagent = "a"\n[models.listed]\n[models."claude-opus-5"]\n')
    renamed = {name: name for name in ("m", "a", "listed", "claude-opus-5")}
    assert pins(plan)["modelOverrides"] == renamed


def test_no_settings_file_renames_a_model() -> None:
    text = (
        'base_url = "https://h"\nauth = "bearer"\nsecret = "keyring:k"\n[tiers]\nmain = "claude-opus-5"\nhaiku = "m"\n'
    )
    assert pins(plan_of(text))["modelOverrides"] == {"claude-opus-5": "claude-opus-5", "m": "m"}
    assert "modelOverrides" not in pins(plan_of(LOGIN_PROFILE))


def test_a_sealed_launch_has_the_secret_in_a_pinned_helper_and_all_credentials_empty() -> None:
    plan = plan_of(TOKEN_PROFILE, sealed=True, tools=Tools("/a b/python"))
    (slot,) = plan.slots
    assert (slot.delivery, slot.name, slot.reference) == (HELPER, "apiKeyHelper", "keyring:k")
    library = ["/a b/python", "-P", "-m", "cc_launcher.secrets.keyring_program", "get", "k"]
    assert shlex.split(pins(plan)["apiKeyHelper"]) == library
    for name in variables.CREDENTIALS.names:
        assert name in plan.unset
        assert pins(plan)["env"][name] == ""


@pytest.mark.parametrize(
    ("secret", "helper"),
    [
        ("file:/k y/it's", "cc-launcher secret get --reference 'file:/k y/it'\\''s'"),
        ("cmd:sh -c 'pass x | head -1'", "env 'GPG_TTY=' sh -c 'pass x | head -1'"),
        ("keyring:my key", "/bin/secret-tool lookup service cc-launcher username 'my key'"),
        ("op://a/b c/d", "env 'GPG_TTY=' op read --no-newline 'op://a/b c/d'"),
        # Of these, only a part of what the store's command prints is the secret.
        ("gpg:/k y", "cc-launcher secret get --reference 'gpg:/k y'"),
        ("aws-sm:my/id#key", "cc-launcher secret get --reference 'aws-sm:my/id#key'"),
    ],
)
def test_the_helper_is_a_command_that_a_shell_reads_right(secret: str, helper: str) -> None:
    text = TOKEN_PROFILE.replace('"keyring:k"', json.dumps(secret))
    plan = plan_of(text, sealed=True, tools=Tools("python3", {"secret-tool": "/bin/secret-tool"}))
    assert pins(plan)["apiKeyHelper"] == helper


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (ENV_PROFILE, "its secret is in the environment already (env:MY_KEY)"),
        (NONE_PROFILE, "it has no secret"),
        (LOGIN_PROFILE, "it has no secret"),
        (HEADER_PROFILE, "it has a secret in a header, and the client's helper fetches only the token"),
    ],
    ids=["env", "none", "login", "header"],
)
@pytest.mark.parametrize("in_profile", [True, False], ids=["asked by the profile", "asked by the command line"])
def test_what_cannot_be_sealed_is_refused_with_the_reason(profile: str, reason: str, in_profile: bool) -> None:  # noqa: FBT001
    error = refused(("sealed = true\n" if in_profile else "") + profile, sealed=not in_profile)
    assert error.what == f"{'mine.toml:1' if in_profile else 'mine'}: cannot be sealed: {reason}"
    assert error.code == USAGE


INTRUDERS: dict[str, tuple[dict[str, Any], str]] = {
    "a token": ({"env": {"ANTHROPIC_AUTH_TOKEN"}}, "ANTHROPIC_AUTH_TOKEN"),
    "a key and a header": (
        {"env": {"ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_API_KEY", "FOO"}},
        "ANTHROPIC_API_KEY, ANTHROPIC_CUSTOM_HEADERS",
    ),
    "a helper": ({"keys": {"apiKeyHelper", "theme"}}, "an apiKeyHelper"),
    "a helper and a key": (
        {"keys": {"apiKeyHelper"}, "env": {"ANTHROPIC_API_KEY"}},
        "ANTHROPIC_API_KEY, an apiKeyHelper",
    ),
    "who knows what": ({"problem": "cannot be read (JSONDecodeError)"}, "what cannot be read"),
}


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize("profile", [TOKEN_PROFILE, KEY_PROFILE], ids=["token", "key"])
def test_an_old_client_is_sealed_against_a_settings_file_with_a_credential_and_the_file_named(
    profile: str, intruder: str
) -> None:
    found, what = INTRUDERS[intruder]
    plan = plan_of(profile, settings=(settings("/a.json", env={"FOO"}), settings("/b.json", **found)), **OLD)
    assert plan.protection == SEALED
    assert plan.notes == (f"mine: sealed, because /b.json holds {what}, which this old client would send",)


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (ENV_PROFILE, "its secret is in the environment already (env:MY_KEY)"),
        (HEADER_PROFILE, "it has a secret in a header, and the client's helper fetches only the token"),
    ],
    ids=["env", "header"],
)
def test_an_old_client_that_cannot_be_sealed_against_one_is_not_started(
    profile: str, reason: str, intruder: str
) -> None:
    found, what = INTRUDERS[intruder]
    error = refused(profile, settings=(settings("/b.json", **found),), **OLD)
    would_send = f"mine: /b.json holds {what}, which this old client would send"
    assert error.what == f"{would_send}, and its key cannot be kept out of the environment: {reason}"
    assert error.code == REFUSED


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize("profile", [NONE_PROFILE, LOGIN_PROFILE], ids=["none", "login"])
def test_where_there_is_no_secret_pins_are_enough(profile: str, intruder: str) -> None:
    plan = plan_of(profile, settings=(settings("/b.json", **INTRUDERS[intruder][0]),), **OLD)
    assert (plan.protection, plan.notes) == (PINNED, ())
    assert pins(plan)["apiKeyHelper"] == ""


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_a_secret_in_a_header_is_one_where_there_is_no_other(intruder: str) -> None:
    text = NONE_PROFILE + '[secret_headers]\nx-key = "env:K"\n'
    found, what = INTRUDERS[intruder]
    error = refused(text, settings=(settings("/b.json", **found),), **OLD)
    assert error.what.startswith(f"mine: /b.json holds {what}, which this old client would send, and its key cannot")
    assert error.code == REFUSED
    plan = plan_of(text, **OLD)
    assert plan.protection == PINNED
    assert plan.notes == (f"mine: {OLD_CLIENT_SHOWS}, the secret too; to end that, update it (claude update)",)
    asks = SettingsFile("/p", "project", asks_for=frozenset({CUSTOM_HEADERS}))
    assert "/p: asks for ANTHROPIC_CUSTOM_HEADERS" in refused(text, settings=(asks,), **OLD).what
    assert plan_of(NONE_PROFILE, settings=(asks,), **OLD).notes == ()


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_a_current_client_ignores_settings_files_by_itself(intruder: str) -> None:
    assert plan_of(TOKEN_PROFILE, settings=(settings(**INTRUDERS[intruder][0]),)).protection == HOSTED


# An administrator's settings

POLICIES: dict[str, tuple[dict[str, Any], str]] = {
    "a URL": ({"env": {"ANTHROPIC_BASE_URL"}}, "set ANTHROPIC_BASE_URL"),
    "a cloud": ({"env": {"CLAUDE_CODE_USE_BEDROCK"}}, "set CLAUDE_CODE_USE_BEDROCK"),
    "a token": ({"env": {"ANTHROPIC_AUTH_TOKEN"}}, "set ANTHROPIC_AUTH_TOKEN"),
    "a tier": ({"env": {"ANTHROPIC_DEFAULT_OPUS_MODEL"}}, "set ANTHROPIC_DEFAULT_OPUS_MODEL"),
    "a model": ({"keys": {"model"}}, "set model"),
    "a list of models": ({"keys": {"availableModels", "theme"}}, "set availableModels"),
    "a way to log in": ({"keys": {"forceLoginMethod", "forceLoginOrgUUID"}}, "set forceLoginMethod, forceLoginOrgUUID"),
    **{
        f"{key} alone": ({"keys": {key}}, f"set {key}")
        for key in ("apiKeyHelper", "modelOverrides", "fallbackModel", "forceLoginMethod", "forceLoginOrgUUID")
    },
    "a helper and a URL": (
        {"keys": {"apiKeyHelper"}, "env": {"ANTHROPIC_BASE_URL"}},
        "set ANTHROPIC_BASE_URL, apiKeyHelper",
    ),
    "who knows what": ({"problem": "cannot be read (PermissionError)"}, "cannot be read (PermissionError)"),
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("how", [{}, OLD, {"sealed": True}], ids=["current", "old", "sealed"])
def test_an_administrators_decision_is_not_gone_around(how: dict[str, Any], policy: str) -> None:
    found, what = POLICIES[policy]
    managed = (settings("/etc/m.json", env={"FOO"}), settings("/etc/n.json", **found))
    error = refused(TOKEN_PROFILE, managed=managed, **how)
    assert error.what == f"/etc/n.json: an administrator's settings {what}; cc does not bypass them"
    assert error.code == REFUSED


@pytest.mark.parametrize("policy", POLICIES)
def test_the_plain_login_follows_the_administrator_by_itself(policy: str) -> None:
    managed = (settings("/etc/n.json", **POLICIES[policy][0]),)
    assert plan_of(LOGIN_PROFILE, managed=managed).protection == PINNED
    assert refused(LOGIN_PROFILE + 'base_url = "https://h"', managed=managed).code == REFUSED


def test_an_administrators_other_settings_are_none_of_our_business() -> None:
    managed = (settings("/etc/m.json", env={"FOO", "DISABLE_TELEMETRY"}, keys={"permissions", "permissions.deny"}),)
    assert plan_of(TOKEN_PROFILE, managed=managed).protection == HOSTED


# The secret


@pytest.mark.parametrize(
    ("profile", "slots"),
    [
        (ENV_PROFILE, [(TOKEN, "ANTHROPIC_AUTH_TOKEN", "env:MY_KEY")]),
        (KEY_PROFILE, [(DESCRIPTOR, "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR", "keyring:k")]),
        (NONE_PROFILE, []),
        (LOGIN_PROFILE, []),
        (HEADER_PROFILE, [(HEADER, "x-key", "keyring:other"), (TOKEN, "ANTHROPIC_AUTH_TOKEN", "keyring:k")]),
        (NONE_PROFILE + '[secret_headers]\nx-key = "env:K"\n', [(HEADER, "x-key", "env:K")]),
    ],
    ids=["token", "key", "none", "login", "header", "only a header"],
)
@pytest.mark.parametrize("how", [{}, OLD], ids=["current", "old"])
def test_how_the_secret_reaches_the_client(
    profile: str, slots: list[tuple[str, str, str]], how: dict[str, Any]
) -> None:
    plan = plan_of(profile, **how)
    assert [(slot.delivery, slot.name, slot.reference) for slot in plan.slots] == slots
    # What is delivered or set is not taken out, and everything else that could stand in its place is.
    own = {"ANTHROPIC_CUSTOM_HEADERS" if delivery == HEADER else name for delivery, name, _ in slots}
    own.update(plan.set, LOGIN if profile is LOGIN_PROFILE else ())
    assert set(variables.CREDENTIALS.names) - set(plan.unset) == set(variables.CREDENTIALS.names) & own


def test_a_slot_holds_how_the_secret_is_read_with_nothing_left_to_work_out() -> None:
    (slot,) = plan_of(TOKEN_PROFILE.replace("keyring:k", "cmd:pass show 'a b'")).slots
    assert slot.read == ("command", "pass", "show", "a b")


def test_scrub_takes_out_what_the_store_of_the_profile_needs_for_itself_and_no_other_store() -> None:
    text = TOKEN_PROFILE.replace("keyring:k", "vault:kv/x#key") + '[secret_headers]\nx-key = "bw:item"\n'
    assert not {"VAULT_TOKEN", "BW_SESSION"} & set(plan_of(text).unset)
    scrubbed = set(plan_of(f'scrub = true\nkeep = ["BW_SESSION"]\n{text}').unset)
    assert {"VAULT_TOKEN", "BW_PASSWORD"} <= scrubbed
    assert not {"BW_SESSION", "AWS_SECRET_ACCESS_KEY"} & scrubbed


def test_a_sealed_launch_whose_helper_needs_what_is_scrubbed_is_refused() -> None:
    error = refused("scrub = true\n" + TOKEN_PROFILE.replace("keyring:k", "vault:kv/x#key"), sealed=True)
    assert (error.what.partition(": ")[0], error.code) == ("mine", INVALID)
    assert "Vault" in error.what
    assert plan_of("scrub = true\n" + TOKEN_PROFILE, sealed=True).protection == SEALED


def test_the_variable_that_a_secret_is_read_from_is_not_handed_on() -> None:
    text = ENV_PROFILE + '[secret_headers]\nx-key = "env:OTHER_KEY"\n'
    assert {"MY_KEY", "OTHER_KEY"} < set(plan_of(text).unset)
    kept = set(plan_of('keep = ["MY_KEY"]\n' + text).unset)
    assert "MY_KEY" not in kept
    assert "OTHER_KEY" in kept


def test_the_variable_of_a_secret_may_be_the_one_that_it_is_read_from() -> None:
    assert "ANTHROPIC_AUTH_TOKEN" not in plan_of(ENV_PROFILE.replace("MY_KEY", "ANTHROPIC_AUTH_TOKEN")).unset
    assert plan_of(ENV_PROFILE.replace("MY_KEY", "ANTHROPIC_API_KEY")).unset.count("ANTHROPIC_API_KEY") == 1


@pytest.mark.parametrize(
    ("present", "reference"),
    [
        (set(), "keyring:mine"),
        ({"SECOND"}, "env:SECOND"),
        ({"SECOND", "FIRST"}, "env:FIRST"),
        ({"first", "OTHER"}, "keyring:mine"),
    ],
)
def test_where_the_secret_is_when_the_profile_does_not_say(present: set[str], reference: str) -> None:
    text = 'key_env = ["FIRST", "SECOND"]\n' + TOKEN_PROFILE.replace('secret = "keyring:k"\n', "")
    assert default_reference(resolved(text), frozenset(present)) == reference
    assert plan_of(text, present=frozenset(present)).slots[0].reference == reference
    said = plan_of('key_env = ["FIRST"]\n' + TOKEN_PROFILE, present=frozenset(present))
    assert said.slots[0].reference == "keyring:k"


def test_a_server_without_authentication_gets_a_dummy_and_never_nothing() -> None:
    assert plan_of(NONE_PROFILE).set["ANTHROPIC_AUTH_TOKEN"] == "none"
    assert plan_of('placeholder = "ollama"\n' + NONE_PROFILE).set["ANTHROPIC_AUTH_TOKEN"] == "ollama"
    assert plan_of('placeholder = ""\n' + NONE_PROFILE).set["ANTHROPIC_AUTH_TOKEN"] == "none"


def test_the_login_keeps_its_own_variables_and_nothing_else_of_routing_and_credentials() -> None:
    plan = plan_of(LOGIN_PROFILE)
    assert not set(LOGIN) & set(plan.unset)
    taken_out = [name for name in (*variables.ROUTING.names, *variables.CREDENTIALS.names) if name not in LOGIN]
    assert set(taken_out) <= set(plan.unset)
    # Models and the shape of requests are for the user's own settings to choose, as in plain claude.
    pinned = {"env": dict.fromkeys(taken_out, "") | marks("pinned"), "apiKeyHelper": ""}
    assert {name: value for name, value in pins(plan).items() if name != "hooks"} == pinned
    assert plan.set == marks("pinned")


def test_a_model_for_the_login_is_a_name_that_the_client_resolves() -> None:
    plan = plan_of(LOGIN_PROFILE, "opus")
    assert (plan.model, plan.set) == ("opus", {"ANTHROPIC_MODEL": "opus"} | marks("pinned"))
    assert pins(plan)["env"]["ANTHROPIC_MODEL"] == "opus"
    assert set(TIER_VARIABLES) <= set(plan.unset)


def test_a_login_at_another_address_is_pinned_in_full() -> None:
    plan = plan_of(LOGIN_PROFILE + 'base_url = "https://h"\n')
    assert plan.set["ANTHROPIC_BASE_URL"] == "https://h"
    assert not set(LOGIN) & {*plan.unset, *pins(plan)["env"]}
    assert set(variables.SHAPE.names) <= set(pins(plan)["env"])


# Models, window, timeout, knobs, variables


def test_the_models_reach_every_slot_of_the_client_with_a_name() -> None:
    text = TOKEN_PROFILE.replace('main = "m"', 'main = "m"\nopus = "o"\nsonnet = "s"\nhaiku = "h"\nfable = "f"')
    values = plan_of('label = "L"\n' + text + '[models.o]\nname = "Big O"\n').set
    assert {name: value for name, value in values.items() if "MODEL" in name} == {
        "ANTHROPIC_MODEL": "m",
        "ANTHROPIC_SMALL_FAST_MODEL": "h",
        "ANTHROPIC_DEFAULT_OPUS_MODEL": "o",
        "ANTHROPIC_DEFAULT_OPUS_MODEL_NAME": "Big O (L)",
        "ANTHROPIC_DEFAULT_SONNET_MODEL": "s",
        "ANTHROPIC_DEFAULT_SONNET_MODEL_NAME": "s (L)",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": "h",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL_NAME": "h (L)",
        "ANTHROPIC_DEFAULT_FABLE_MODEL": "f",
        "ANTHROPIC_DEFAULT_FABLE_MODEL_NAME": "f (L)",
    }


def test_a_subagent_tier_and_a_model_of_the_command_line_reach_the_subagents() -> None:
    named = TOKEN_PROFILE + 'subagent = "a"\n'
    assert plan_of(named).set["CLAUDE_CODE_SUBAGENT_MODEL"] == "a"
    assert plan_of(named + "[models.b]\n", "b").set["CLAUDE_CODE_SUBAGENT_MODEL"] == "b"
    assert "CLAUDE_CODE_SUBAGENT_MODEL" in plan_of(TOKEN_PROFILE).unset


@pytest.mark.parametrize("how", [{}, OLD], ids=["current", "old"])
def test_only_the_profiles_models_may_be_asked_for_by_whatever_names_one(how: dict[str, Any]) -> None:
    text = ENV_PROFILE + 'haiku = "h"\nsubagent = "a"\n[models.other]\n[models.m]\n'
    assert pins(plan_of(text, **how))["availableModels"] == ["m", "h", "a", "other"]
    assert pins(plan_of("open_ended = true\n" + text, "x/new", **how))["availableModels"] == ["x/new", "other", "m"]


@pytest.mark.parametrize("profile", ["any_model = true\n" + TOKEN_PROFILE, LOGIN_PROFILE, 'auth = "api-key"\n'])
def test_any_model_may_be_asked_for_where_the_profile_says_so_or_the_client_is_at_home(profile: str) -> None:
    assert "availableModels" not in pins(plan_of(profile))


@pytest.mark.parametrize(
    ("models", "word", "window", "output"),
    [
        ("", None, None, None),
        ("[models.m]\ncontext = 200000\n", None, "200000", None),
        ("[models.m]\nmax_output = 64000\n", None, None, "64000"),
        ("[models.m]\nmax_output = 500000\n", None, None, "128000"),  # the client's own limit
        ("[models.m]\ncontext = 1000000\nmax_output = 64000\n", None, "1000000", "64000"),
        ("[models.m]\ncontext = 131072\nmax_output = 131072\n", None, "131072", "32768"),  # a quarter of the window
        ("[models.m]\ncontext = 32001\nmax_output = 131072\n", None, "32001", "8000"),
        (
            "[models.m]\ncontext = 1000000\nmax_output = 64000\nsmall = 's'\n[models.s]\nmax_output = 8192\n",
            None,
            "1000000",
            "8192",  # the smallest of all that may be asked
        ),
        ("[models.m]\nmax_output = 64000\n[models.o]\nmax_output = 8192\n", None, None, "64000"),
        ("[models.m]\ncontext = 1000000\n[models.o]\ncontext = 65536\nmax_output = 8192\n", "o", "65536", "8192"),
    ],
)
def test_the_window_and_the_longest_answer_are_those_of_the_models(
    models: str, word: str | None, window: str | None, output: str | None
) -> None:
    values = plan_of(TOKEN_PROFILE + models, word).set
    assert values.get("CLAUDE_CODE_MAX_CONTEXT_TOKENS") == window
    assert values.get("CLAUDE_CODE_MAX_OUTPUT_TOKENS") == output


def test_the_timeout_is_the_profiles() -> None:
    assert plan_of('timeout = "50m"\n' + TOKEN_PROFILE).set["API_TIMEOUT_MS"] == "3000000"
    assert "API_TIMEOUT_MS" in plan_of(TOKEN_PROFILE).unset


@pytest.mark.parametrize("name", sorted(KNOBS))
def test_a_knob_does_what_it_says_and_nothing_when_it_is_off(name: str) -> None:
    knob = KNOBS[name]
    off = plan_of(TOKEN_PROFILE + f"[compat]\n{name} = false\n")
    assert off == plan_of(TOKEN_PROFILE)
    on = plan_of(TOKEN_PROFILE + f"[compat]\n{name} = true\n")
    lacks = {"CLAUDE_CODE_MODEL_CAPABILITIES": ",".join(f"-{one}" for one in knob.lacks)} if knob.lacks else {}
    assert on.set == off.set | knob.env | lacks
    assert pins(on) == pins(off) | dict(knob.settings) | {"env": pins(off)["env"] | knob.env | lacks}
    assert on != off


def test_knobs_add_up() -> None:
    plan = plan_of(TOKEN_PROFILE + "[compat]\nno-effort = true\nno-system-role = true\nprivate = true\n", **OLD)
    assert plan.set["CLAUDE_CODE_MODEL_CAPABILITIES"] == "-effort,-mid_conv_system"
    assert pins(plan)["skipWebFetchPreflight"] is True
    assert pins(plan)["env"]["CLAUDE_CODE_MODEL_CAPABILITIES"] == "-effort,-mid_conv_system"


def test_headers_become_lines_of_one_variable() -> None:
    plan = plan_of(TOKEN_PROFILE + '[headers]\nx-title = "cc: it"\nx-b = ""\n')
    assert plan.set["ANTHROPIC_CUSTOM_HEADERS"] == "x-title: cc: it\nx-b: "
    assert "ANTHROPIC_CUSTOM_HEADERS" in plan_of(TOKEN_PROFILE).unset


def test_headers_that_a_secret_joins_are_not_pinned_or_the_secret_would_be_lost() -> None:
    plan = plan_of(HEADER_PROFILE + '[headers]\nx-title = "cc"\n', **OLD)
    assert plan.set["ANTHROPIC_CUSTOM_HEADERS"] == "x-title: cc"
    assert "ANTHROPIC_CUSTOM_HEADERS" not in {*pins(plan)["env"], *plan.unset}


def test_the_profiles_variables_are_set_and_what_it_keeps_is_not_taken_out() -> None:
    keep = 'keep = ["CLAUDECODE", "ANTHROPIC_BETAS", "FOO"]\n'
    plan = plan_of(keep + TOKEN_PROFILE + '[env]\nBAR = "b"\nAI_AGENT = "x"\n')
    assert (plan.set["BAR"], plan.set["AI_AGENT"]) == ("b", "x")
    assert not {"CLAUDECODE", "ANTHROPIC_BETAS", "FOO", "BAR", "AI_AGENT"} & set(plan.unset)
    assert {"CLAUDECODE", "ANTHROPIC_BETAS", "AI_AGENT"} < set(plan_of(TOKEN_PROFILE).unset)


@pytest.mark.parametrize("name", ["ANTHROPIC_MODEL", "API_TIMEOUT_MS", "CLAUDE_CODE_MAX_OUTPUT_TOKENS", "FOO"])
def test_the_command_line_has_the_last_word_on_a_variable(name: str) -> None:
    text = 'timeout = "1m"\n' + ENV_PROFILE + '[env]\nFOO = "profile"\n[models.m]\nmax_output = 64000\n'
    plan = plan_of(text, env=((name, "first"), (name, "line\nand é")), **OLD)
    assert plan.set[name] == "line\nand é"
    assert name not in plan.unset
    assert pins(plan)["env"][name] == "line\nand é"


@pytest.mark.parametrize("group", [variables.ROUTING, variables.CREDENTIALS], ids=["routing", "credentials"])
def test_the_command_line_sets_no_routing_and_no_credential(group: variables.Group) -> None:
    for name in group.names:
        error = refused(TOKEN_PROFILE, env=(("FOO", "x"), (name, "x")))
        assert error.what == f"--env: {name} cannot be set: it {group.reason}"
        assert error.code == USAGE


@pytest.mark.parametrize("name", ["A-B", "1A", "A B", "Ä", "A.B", ""])
def test_the_command_line_sets_nothing_that_is_no_variable(name: str) -> None:
    assert refused(TOKEN_PROFILE, env=((name, "x"),)).what == f"--env: {name!r} is not a variable name"


# The session


def test_an_isolated_profile_has_a_directory_of_its_own() -> None:
    assert plan_of("isolated = true\n" + TOKEN_PROFILE).set["CLAUDE_CONFIG_DIR"] == "/data/isolated/mine"
    assert "CLAUDE_CONFIG_DIR" not in {*plan_of(TOKEN_PROFILE).set, *plan_of(TOKEN_PROFILE).unset}


def test_background_agents_are_off_but_for_the_login_and_where_a_job_fetches_its_own_key() -> None:
    for text in (TOKEN_PROFILE, KEY_PROFILE, NONE_PROFILE, "isolated = true\n" + TOKEN_PROFILE):
        assert plan_of(text).set[AGENTS_OFF] == "1"
    assert AGENTS_OFF not in plan_of(LOGIN_PROFILE).set
    for text in (TOKEN_PROFILE, "isolated = true\n" + TOKEN_PROFILE):
        assert AGENTS_OFF not in plan_of(text, sealed=True).set
        assert AGENTS_OFF not in plan_of(text, sealed=True, version=background.TRIED).set
        for version in ((2, 1, 196), None):  # not tried, and who knows
            assert plan_of(text, sealed=True, version=version).set[AGENTS_OFF] == "1"


@pytest.mark.parametrize(
    ("profile", "files", "mode"),
    [
        (TOKEN_PROFILE, (), ("--permission-mode", "default")),
        (TOKEN_PROFILE, (settings(keys={"permissions", "permissions.allow"}),), ("--permission-mode", "default")),
        (TOKEN_PROFILE, (settings(keys={"defaultMode"}),), ("--permission-mode", "default")),
        (TOKEN_PROFILE, (settings(keys={"permissions", "permissions.defaultMode"}),), ()),
        (TOKEN_PROFILE, (settings(), settings(keys={"permissions.defaultMode"})), ()),
        (TOKEN_PROFILE, (settings(problem="cannot be read"),), ()),
        (LOGIN_PROFILE, (), ()),
    ],
)
def test_the_plain_permission_mode_is_asked_for_where_no_settings_choose_one(
    profile: str, files: tuple[SettingsFile, ...], mode: tuple[str, ...]
) -> None:
    assert plan_of(profile, settings=files).mode_args == mode


def test_the_profiles_arguments_come_before_the_users() -> None:
    plan = plan_of('args = ["--verbose"]\n' + TOKEN_PROFILE)
    ours = ["--settings", "PINS", "--managed-settings", plan.managed, "--permission-mode", "default"]
    assert arguments(plan, ["-c"], "PINS") == [*ours, "--verbose", "-c"]


# The whole


def test_a_plan_says_what_it_is_of_and_what_it_was_made_from() -> None:
    whole = resolved({"mine": 'extends = "base"\nlabel = "M"', "base": TOKEN_PROFILE}, "mine")
    plan = plan_of(whole, target="/usr/bin/claude", watched=("/w",))
    assert (plan.profile, plan.label, plan.model, plan.target) == ("mine", "M", "m", "/usr/bin/claude")
    assert plan.sources == ("/profiles/mine.toml", "/profiles/base.toml", "/w")


def test_a_model_that_is_taken_on_trust_is_told_in_a_note() -> None:
    plan = plan_of("open_ended = true\n" + TOKEN_PROFILE, "x/new")
    assert plan.model == "x/new"
    assert plan.notes == ("mine: cc does not know the model x/new; it is sent as typed",)


@pytest.mark.parametrize("version", [CURRENT, BEFORE_HOST_FLAG], ids=["current", "old"])
@pytest.mark.parametrize("name", sorted(path.stem for path in CATALOG.glob("*.toml")))
def test_every_provider_of_the_catalog_makes_the_same_whole_plan_each_time(name: str, version: tuple[int, ...]) -> None:
    whole = catalog_profile(name)
    word = "some-model" if whole.profile.tiers.main is None and name != "claude" else None
    if name in {"bedrock-mantle", "claude-platform-aws"} and version == BEFORE_HOST_FLAG:
        with pytest.raises(CcError, match="too old"):  # or it would go to another provider
            plan_of(whole, word, version=version)
        return
    plan = plan_of(whole, word, version=version)
    assert repr(plan) == repr(plan_of(catalog_profile(name), word, version=version))
    assert len(set(plan.unset)) == len(plan.unset)
    assert not set(plan.set) & set(plan.unset)
    # Each variable of the table is set, delivered or taken out, but for the login's.
    delivered = {CUSTOM_HEADERS if slot.delivery == HEADER else slot.name for slot in plan.slots}
    decided = {*plan.set, *plan.unset, *delivered, *(LOGIN if name == "claude" else ())}
    assert {variable for group in variables.GROUPS for variable in group.names} <= decided
    if name != "claude":
        slots = {"ANTHROPIC_MODEL", "ANTHROPIC_SMALL_FAST_MODEL", *TIER_VARIABLES}
        assert {variable for variable in slots if plan.set.get(variable)} == slots


def test_litellm_asks_for_a_model() -> None:
    with pytest.raises(CcError, match="no model is chosen") as caught:
        plan_of(catalog_profile("litellm"))
    assert caught.value.code == INVALID


OURS = SettingsFile(
    "/w/.claude/settings.local.json",
    "local",
    env=frozenset({"ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_MAX_OUTPUT_TOKENS"}),
    keys=frozenset({"availableModels", "apiKeyHelper"}),
    models=frozenset({"of-another-profile"}),
    ours=True,
)


def test_the_list_that_cc_use_has_written_is_no_strangers() -> None:
    plan = plan_of(TOKEN_PROFILE, settings=(OURS,))
    assert "of-another-profile" not in plan.pins
    with pytest.raises(CcError, match="of-another-profile"):
        plan_of(TOKEN_PROFILE, settings=(replace(OURS, ours=False),))


def test_the_login_in_a_project_of_another_profile_has_its_own_models() -> None:
    made = pins(plan_of(LOGIN_PROFILE, settings=(OURS,)))
    assert set(made["availableModels"]) >= {"opus", "sonnet", "haiku", "fable"}
    assert made["env"]["ANTHROPIC_MODEL"] == made["env"]["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] == ""
    assert "ANTHROPIC_MODEL" not in pins(plan_of(LOGIN_PROFILE))["env"]


def test_any_model_is_named_where_a_file_has_a_list() -> None:
    """The client joins all lists, and replaces a model that is in none of them."""
    assert pins(plan_of("any_model = true\n" + TOKEN_PROFILE, settings=(OURS,)))["availableModels"]


# Past a proxy


@pytest.mark.parametrize(
    ("profile", "direct"),
    [
        (NONE_PROFILE, "localhost"),
        (NONE_PROFILE.replace("localhost:1", "[::1]:8080"), "::1"),
        (TOKEN_PROFILE.replace("https://h", "http://127.0.0.1:4000"), "127.0.0.1"),
        (TOKEN_PROFILE, ""),
        ("plain_http = true\n" + NONE_PROFILE.replace("localhost", "10.0.0.7"), ""),  # nobody says whose it is
        (LOGIN_PROFILE, ""),
        ('auth = "api-key"\n', ""),
    ],
)
def test_what_stays_on_this_machine_goes_through_no_proxy(profile: str, direct: str) -> None:
    assert plan_of(profile).direct == direct


@pytest.mark.parametrize("name", ["ollama", "lmstudio", "llamacpp", "vllm", "sglang"])
def test_neither_does_what_is_for_a_server_of_models_in_ones_own_network(name: str) -> None:
    shipped = {name: (CATALOG / f"{name}.toml").read_text()}
    address = 'base_url = "http://gpu.lan:11434"\nplain_http = true\ntiers.main = "m"\n'
    assert plan_of(resolved({"mine": f'extends = "{name}"\n{address}'}, "mine", shipped)).direct == "gpu.lan"


# The status line

LINE = ("python", "-c", "it's ours", "statusline")


@pytest.mark.parametrize("how", [{}, OLD, {"sealed": True}], ids=["hosted", "pinned", "sealed"])
def test_a_session_is_told_what_it_was_launched_on_and_nobody_can_say_otherwise(how: dict[str, Any]) -> None:
    own_words = '[env]\nCC_PROFILE = "another"\n'
    plan = plan_of(TOKEN_PROFILE + own_words, **how)
    expected = marks(plan.protection)
    assert {name: plan.set[name] for name in expected} == expected
    assert {name: pins(plan)["env"][name] for name in expected} == expected
    assert not set(expected) & set(plan.unset)
    inherited = {"CC_PROFILE": "outer", "CC_PROTECTION": "sealed"}  # of the session in which this one is launched
    child = environment(plan, inherited, ["s"] * len(plan.slots))
    assert {name: child[name] for name in expected} == expected


def test_the_status_line_is_pinned_where_the_machine_has_one() -> None:
    command = pins(plan_of(TOKEN_PROFILE, status_line=LINE))["statusLine"]
    assert command == {"type": "command", "command": "python -c 'it'\\''s ours' statusline"}
    assert "statusLine" not in pins(plan_of(TOKEN_PROFILE))
