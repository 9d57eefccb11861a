"""What a program's environment gets from a plan, and what is said of clients that it does not find on PATH."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core import plan as plans
from cc_launcher.core.plan import GIVEN, Plan, for_programs
from cc_launcher.core.plan.for_programs import EXECUTABLE, NO_KEY
from cc_launcher.core.plan.machine import SettingsFile
from tests.unit.conftest import BEFORE_HOST_FLAG, machine, plan_of, resolved

BEARER = 'auth = "bearer"\nbase_url = "https://h"\ntiers.main = "m"\nsecret = "file:/secret"\n'
KEY = BEARER.replace("bearer", "api-key")
LOGIN = 'auth = "login"\n'
NONE = 'auth = "none"\nbase_url = "http://127.0.0.1:1"\ntiers.main = "m"\n'
CLAUDE = "/cache/exec/0/claude"
FLAG = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"


def environment(plan: Plan, *secrets: str, keyless: bool = False, left: tuple[str, ...] = (), **parent: str) -> Any:
    made = for_programs.of(plan, keyless=keyless, claude=CLAUDE, left=left)
    assert len(made.slots) == len(secrets)
    return plans.environment(made, dict(parent), list(secrets))


def test_a_token_goes_into_its_variable_and_is_named_as_ours() -> None:
    found = environment(plan_of(BEARER), "s", ANTHROPIC_API_KEY="stray", ANTHROPIC_MODEL="stray", OWN="own")
    assert (found["ANTHROPIC_AUTH_TOKEN"], found["ANTHROPIC_BASE_URL"]) == ("s", "https://h")
    assert (found["ANTHROPIC_MODEL"], found["OWN"], found[FLAG]) == ("m", "own", "1")
    assert (found[GIVEN], found[EXECUTABLE]) == ("ANTHROPIC_AUTH_TOKEN", CLAUDE)
    assert "ANTHROPIC_API_KEY" not in found


def test_a_key_is_no_pipe_since_many_clients_may_read_it() -> None:
    found = environment(plan_of(KEY), "s", ANTHROPIC_AUTH_TOKEN="stray")
    assert (found["ANTHROPIC_API_KEY"], found[GIVEN]) == ("s", "ANTHROPIC_API_KEY")
    assert "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR" not in found
    assert "ANTHROPIC_AUTH_TOKEN" not in found


def test_headers_are_joined() -> None:
    text = f'{BEARER}headers.A = "a"\n[secret_headers.X]\nsecret = "file:/x"\nprefix = "B "\n'
    found = environment(plan_of(text), "x", "s")
    assert found["ANTHROPIC_CUSTOM_HEADERS"] == "A: a\nX: B x"
    assert found[GIVEN] == "ANTHROPIC_AUTH_TOKEN ANTHROPIC_CUSTOM_HEADERS"


def test_an_address_with_a_secret_in_it_is_filled() -> None:
    plan = plan_of('auth = "none"\nbase_url = "https://h/{acc}"\ntiers.main = "m"\nsecret_values.acc = "file:/s"\n')
    found = environment(plan, "a/b")
    assert found["ANTHROPIC_BASE_URL"] == "https://h/a%2Fb"
    assert GIVEN not in found
    assert "a%2Fb" not in str(environment(plan, keyless=True))


@pytest.mark.parametrize("plan", [plan_of(BEARER, sealed=True), plan_of(BEARER, version=BEFORE_HOST_FLAG)])
def test_a_sealed_launch_has_no_key_and_no_client_sends_a_login_in_its_place(plan: Plan) -> None:
    assert for_programs.is_keyless(plan, is_client=False)
    found = environment(plan, keyless=True)
    assert (found["ANTHROPIC_AUTH_TOKEN"], found[FLAG]) == (NO_KEY, "1")
    assert found[GIVEN] == "ANTHROPIC_AUTH_TOKEN"


def test_who_needs_no_key_gets_no_other_one_in_its_place() -> None:
    assert environment(plan_of(NONE), keyless=True)["ANTHROPIC_AUTH_TOKEN"] == "none"
    login = environment(plan_of(LOGIN), keyless=True, ANTHROPIC_BASE_URL="stray", ANTHROPIC_AUTH_TOKEN="stray")
    assert {name for name in login if name.startswith("ANTHROPIC_")} == set()
    assert FLAG not in login
    assert GIVEN not in login


def test_our_claude_reads_the_secret_by_itself() -> None:
    assert for_programs.is_keyless(plan_of(BEARER), is_client=True)
    assert not for_programs.is_keyless(plan_of(BEARER), is_client=False)


def test_what_our_claude_reads_the_secret_with_stays() -> None:
    """`cc run` takes it out of a session; here, each client in the program needs it."""
    plan = plan_of(BEARER.replace("file:/secret", "env:MY_KEY"))
    assert "MY_KEY" in plan.unset
    assert environment(plan, "s", MY_KEY="s")["MY_KEY"] == "s"
    plan = plan_of(f"{BEARER.replace('file:/secret', 'vault:kv/a#b')}scrub = true\n")
    assert "VAULT_TOKEN" in plan.unset
    assert environment(plan, "s", VAULT_TOKEN="t")["VAULT_TOKEN"] == "t"
    plan = plan_of(KEY.replace("file:/secret", "env:ANTHROPIC_API_KEY"))
    assert GIVEN not in environment(plan, "s", ANTHROPIC_API_KEY="s")  # which is the user's own


def test_of_a_surrounding_session_nothing_is_left() -> None:
    around = {"ANTHROPIC_BASE_URL": "https://a", "FOO": "bar", "MINE": "changed", "DISABLE_TELEMETRY": "1"}
    session = around | {"MINE": "as it was"}
    left = for_programs.left_by(session, around)
    assert left == ("ANTHROPIC_BASE_URL", "FOO")  # less traffic is the user's to ask for
    parent = around | {"CLAUDECODE": "1", GIVEN: "ANTHROPIC_API_KEY", "CC_OVER_BUDGET": "other"}
    found = environment(plan_of(LOGIN), left=left, **parent)  # type: ignore[arg-type]
    assert found.keys() & parent.keys() == {"MINE", "DISABLE_TELEMETRY"}


def said(text: str, *, keyless: bool = False, sealed: bool = False, **of_machine: Any) -> list[str]:
    plan = for_programs.of(plan_of(text, sealed=sealed, **of_machine), keyless=keyless, claude=CLAUDE)
    profile = resolved(text).profile
    return list(for_programs.said(plan, machine(**of_machine), profile, "agent", keyless=keyless))


def test_what_is_said_of_clients_that_are_not_on_path() -> None:
    [line] = said(BEARER)
    assert line.startswith("mine: a claude that agent finds on PATH is started as by cc run mine. One that it brings")
    assert line.endswith(", gets only these variables")
    assert said(LOGIN)[0].endswith("gets only these variables, which a settings file can override")
    assert said(BEARER, sealed=True, keyless=True)[0].endswith(
        "gets no key, because this launch is sealed, and does not work"
    )


def test_a_settings_file_that_decides_something_is_named() -> None:
    evil = SettingsFile("/home/me/.claude/settings.json", "user", frozenset({"ANTHROPIC_BASE_URL", "OWN"}))
    plain = SettingsFile("/w/.claude/settings.json", "project", frozenset({"OWN"}), frozenset({"permissions"}))
    odd = SettingsFile("/w/.claude/settings.local.json", "local", problem="is not JSON")
    follows = "mine: /home/me/.claude/settings.json sets ANTHROPIC_BASE_URL; such a client follows it"
    may = "mine: /w/.claude/settings.local.json cannot be read; such a client may follow it"
    old = " if it is older than 2.1.257"
    assert said(BEARER, settings=(evil, plain, odd))[1:] == [follows + old, may + old]
    assert said(LOGIN, settings=(evil, odd))[1:] == [follows, may]
    names = frozenset({"ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "HTTPS_PROXY"})
    many = SettingsFile("/f", "user", names, frozenset({"apiKeyHelper", "model"}))
    assert "sets ANTHROPIC_BASE_URL, ANTHROPIC_MODEL, HTTPS_PROXY and 2 more; such" in said(LOGIN, settings=(many,))[1]


def test_what_only_a_launch_has_is_named() -> None:
    text = f'{BEARER}fallback = ["zai"]\n[mcp_servers.s]\nurl = "https://s"\n'
    assert said(text)[1:] == ["mine: its MCP servers and fallback would not be for it"]
