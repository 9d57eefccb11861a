"""Secrets in places other than the token: after a word, the own one, taken out, in the address; and parameters."""

from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.errors import INVALID, REFUSED, USAGE, CcError
from cc_launcher.core.plan import (
    BASE_URL,
    CUSTOM_HEADERS,
    DESCRIPTOR,
    HEADER,
    HOSTED,
    PINNED,
    TOKEN,
    URL,
    environment,
    in_a_path,
)
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.profile.parameters import MissingParameters
from tests.unit.conftest import BEFORE_HOST_FLAG, catalog_profile, plan_of, resolved

HOST = 'base_url = "https://gateway.example/v9"\n[tiers]\nmain = "m"\n'
BEARER = 'auth = "bearer"\nsecret = "vault:secret/k#key"\n' + HOST
KEYED = 'auth = "api-key"\nsecret = "keyring:k"\nbase_url = "https://gateway.example/{key}/x"\n[tiers]\nmain = "m"\n'
IN_ADDRESS = KEYED + '[secret_values]\nkey = "keyring:other"\n'


def test_a_word_stands_in_front_of_the_secret() -> None:
    plan = plan_of(BEARER + '[secret_headers]\nX-Auth = { secret = "env:A", prefix = "Bearer " }\n')
    (header, token) = plan.slots
    assert (header.delivery, header.before, token.delivery, token.before) == (HEADER, "Bearer ", TOKEN, "")
    child = environment(plan, {}, ["one", "two"])
    assert child[CUSTOM_HEADERS] == "X-Auth: Bearer one"


@pytest.mark.parametrize("written", ['"own"', '{ secret = "own" }', '{ prefix = "" }', "{}"])
def test_a_header_can_carry_the_profiles_own_secret_wherever_it_is_kept(written: str) -> None:
    plan = plan_of(f"{BEARER}[secret_headers]\nX-Key = {written}\n")
    assert [(slot.delivery, slot.reference) for slot in plan.slots] == [
        (HEADER, "vault:secret/k#key"),
        (TOKEN, "vault:secret/k#key"),
    ]


def test_the_own_secret_is_the_variables_when_that_is_set() -> None:
    text = f'auth = "api-key"\nkey_env = ["MY_KEY"]\n{HOST}[secret_headers]\nX-Key = "own"\n'
    assert {slot.reference for slot in plan_of(text).slots} == {"keyring:mine"}
    assert {slot.reference for slot in plan_of(text, present=frozenset({"MY_KEY"})).slots} == {"env:MY_KEY"}


@pytest.mark.parametrize("auth", ["none", "login"])
def test_a_profile_without_a_secret_has_none_for_a_header(auth: str) -> None:
    with pytest.raises(CcError, match="own secret") as caught:
        plan_of(f'auth = "{auth}"\n{HOST}[secret_headers]\nX-Key = "own"\n')
    assert (caught.value.code, "keyring:mine" in caught.value.hint) == (INVALID, True)


@pytest.mark.parametrize("written", ['"none"', '{ secret = "none" }'])
def test_a_profile_takes_the_header_of_its_base_out(written: str) -> None:
    base = BEARER + '[secret_headers]\nX-Key = { secret = "env:A", prefix = "Bearer " }\nX-Other = "env:B"\n'
    whole = resolved({"base": base, "mine": f'extends = "base"\n[secret_headers]\nX-Key = {written}\n'})
    assert [slot.name for slot in plan_of(whole).slots] == ["X-Other", "ANTHROPIC_AUTH_TOKEN"]
    assert ("secret_headers", "X-Key") not in whole.origins


def test_a_nearer_reference_leaves_no_prefix_of_the_base() -> None:
    base = BEARER + '[secret_headers]\nX-Key = { secret = "env:A", prefix = "Bearer " }\n'
    plan = plan_of(resolved({"base": base, "mine": 'extends = "base"\n[secret_headers]\nX-Key = "env:B"\n'}))
    assert (plan.slots[0].reference, plan.slots[0].before) == ("env:B", "")


def test_what_to_do_for_a_missing_secret_names_its_place() -> None:
    plan = plan_of(IN_ADDRESS + '[secret_headers]\nX-Key = "keyring:third"\n')
    assert [slot.hint for slot in plan.slots[:2]] == [
        "cc secret set mine --header X-Key",
        "cc secret set mine --value key",
    ]


def test_the_address_holds_a_secret_only_in_the_child() -> None:
    plan = plan_of(IN_ADDRESS)
    assert [(slot.delivery, slot.name) for slot in plan.slots] == [
        (URL, "key"),
        (DESCRIPTOR, "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"),
    ]
    assert plan.set["ANTHROPIC_BASE_URL"] == "https://gateway.example/{key}/x"
    assert "ANTHROPIC_BASE_URL" not in plan.pins
    assert plan.protection == HOSTED
    assert any("commands" in note and "ANTHROPIC_BASE_URL" in note for note in plan.notes)
    child = environment(plan, {"ANTHROPIC_BASE_URL": "https://elsewhere.example"}, ["sk-1", "7"])
    assert child["ANTHROPIC_BASE_URL"] == "https://gateway.example/sk-1/x"


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_no_secret_changes_what_the_rest_of_the_address_means(secret: str) -> None:
    child = environment(plan_of(IN_ADDRESS), {}, [secret, "7"])
    parts = urlsplit(child["ANTHROPIC_BASE_URL"])
    assert (parts.netloc, parts.query, parts.fragment) == ("gateway.example", "", "")
    _, found, last = parts.path.split("/")
    assert (unquote(found), last) == (secret, "x")
    assert in_a_path(secret) == quote(secret, safe="")


@pytest.mark.parametrize(
    ("text", "code", "what"),
    [
        (KEYED.replace("{key}", "k") + '[secret_values]\nkey = "keyring:o"\n', INVALID, "no {key} in the path"),
        (IN_ADDRESS.replace("gateway.example/{key}", "{key}.example/y"), INVALID, "no {key} in the path"),
        (IN_ADDRESS.replace("gateway.example", "{key}.example"), INVALID, "only in the path of base_url"),
        (IN_ADDRESS + '[values]\nkey = "x"\n[parameters.key]\ntitle = "t"\nexample = "e"\n', INVALID, "only once"),
        (IN_ADDRESS.replace('auth = "api-key"', 'auth = "login"'), INVALID, "auth = login"),
        ("sealed = true\n" + IN_ADDRESS, USAGE, "cannot be sealed: it has a secret in the address"),
    ],
)
def test_an_address_with_a_secret_that_cannot_be(text: str, code: int, what: str) -> None:
    with pytest.raises(CcError) as caught:
        plan_of(text)
    assert what in caught.value.what
    assert caught.value.hint
    assert caught.value.code == code


def asks_for(name: str, scope: str = "project") -> SettingsFile:
    return SettingsFile("/p", scope, asks_for=frozenset({name}))


def test_an_old_client_is_told_what_it_shows_and_refused_only_where_a_file_would_send_the_secret_away() -> None:
    for version, protection in ((BEFORE_HOST_FLAG, PINNED), ((2, 1, 84), HOSTED), ((2, 1, 252), HOSTED)):
        plan = plan_of(IN_ADDRESS, version=version)
        assert plan.protection == protection
        assert "the address holds a secret" in plan.notes[0]
        places: tuple[dict[str, Any], ...] = (
            {"settings": (asks_for(BASE_URL),)},
            {"mcp_lists": (asks_for(BASE_URL, "mcp"),)},
        )
        for files in places:
            with pytest.raises(CcError, match=r"^/p: asks for ANTHROPIC_BASE_URL") as caught:
                plan_of(IN_ADDRESS, version=version, **files)
            assert caught.value.code == REFUSED
        plan_of(IN_ADDRESS, version=version, settings=(asks_for("HOME"), asks_for(BASE_URL, "user")))
    elsewhere = SettingsFile("/p", "user", frozenset({BASE_URL}))
    with pytest.raises(CcError, match=r"^mine: /p sets ANTHROPIC_BASE_URL, which this old client follows"):
        plan_of(IN_ADDRESS, version=BEFORE_HOST_FLAG, settings=(elsewhere,))
    plan_of(IN_ADDRESS, version=(2, 1, 84), settings=(elsewhere,))
    plan_of(IN_ADDRESS, settings=(elsewhere, asks_for(BASE_URL)))


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        (BEARER + '[secret_headers]\nX-K = "keyring:other"\n', CUSTOM_HEADERS),
        (BEARER.replace("vault:secret/k#key", "env:MY_KEY"), "ANTHROPIC_AUTH_TOKEN"),
    ],
)
@pytest.mark.parametrize("version", [BEFORE_HOST_FLAG, (2, 1, 197), (2, 1, 252)])
def test_so_it_is_with_what_cannot_be_sealed(text: str, carrier: str, version: tuple[int, ...]) -> None:
    [note] = plan_of(text, version=version).notes
    assert "to the MCP servers of a project" in note if version == (2, 1, 252) else "its whole environment" in note
    with pytest.raises(CcError, match=f"^/p: asks for {carrier}") as caught:
        plan_of(text, version=version, mcp_lists=(asks_for(carrier, "mcp"),))
    assert caught.value.code == REFUSED
    with pytest.raises(CcError, match=r"^/p: cannot be judged"):
        plan_of(text, version=version, mcp_lists=(SettingsFile("/p", "mcp", problem="x", hidden=True),))
    assert plan_of(text, mcp_lists=(asks_for(carrier, "mcp"),)).notes == ()


PARAMETERS = '[parameters.slug]\ntitle = "the slug"\nexample = "abc"\n'


def test_a_parameter_stands_in_a_header_too() -> None:
    text = BEARER + '[headers]\nX-P = "@{slug}"\nX-Other = "{braces} {"\n' + PARAMETERS
    with pytest.raises(MissingParameters, match="slug: the slug") as caught:
        plan_of(text)
    assert "values.slug=…" in caught.value.hint
    plan = plan_of(f'{text}[values]\nslug = "mine-1"\n')
    assert plan.set[CUSTOM_HEADERS] == "X-P: @mine-1\nX-Other: {braces} {"


@pytest.mark.parametrize(("more", "fits"), [("path = true\n", True), ("", False)])
def test_only_a_path_may_have_several_parts(more: str, fits: bool) -> None:  # noqa: FBT001 - a case of the test
    text = BEARER.replace("/v9", "/{slug}") + PARAMETERS + more + '[values]\nslug = "a/b.c"\n'
    if fits:
        assert plan_of(text).set["ANTHROPIC_BASE_URL"] == "https://gateway.example/a/b.c"
        return
    with pytest.raises(CcError, match="cannot have a / in it"):
        plan_of(text)


@pytest.mark.parametrize("value", ["/a", "a/", "a//b", "a/../b", "a/./b", "a/.b", "a b", "a?b", "a/{b}", ""])
def test_what_no_path_may_be(value: str) -> None:
    text = BEARER.replace("/v9", "/{slug}") + PARAMETERS + f'path = true\n[values]\nslug = "{value}"\n'
    with pytest.raises(CcError) as caught:
        plan_of(text)
    assert caught.value.code == INVALID


@pytest.mark.parametrize(
    ("name", "present", "slots"),
    [
        ("cloudflare", (), [("cf-aig-authorization", "Bearer ", "keyring:cloudflare-gateway")]),
        ("portkey", (), [("x-portkey-api-key", "", "keyring:portkey")]),
        ("portkey", ("PORTKEY_API_KEY",), [("x-portkey-api-key", "", "env:PORTKEY_API_KEY")]),
        ("helicone", (), [("helicone_key", "", "keyring:helicone-gateway")]),
    ],
)
def test_the_gateways_of_the_catalog(name: str, present: tuple[str, ...], slots: list[tuple[str, str, str]]) -> None:
    plan = plan_of(catalog_profile(name), "claude-opus-5-5", present=frozenset(present))
    assert [(slot.name, slot.before, slot.reference) for slot in plan.slots[:-1]] == slots
    if name == "portkey":
        assert plan.set[CUSTOM_HEADERS] == "x-portkey-provider: @anthropic-prod"


def test_a_model_of_claude_code_router_has_a_comma() -> None:
    plan = plan_of(catalog_profile("claude-code-router"), "openrouter,z-ai/glm-5.3")
    assert plan.set["ANTHROPIC_MODEL"] == "openrouter,z-ai/glm-5.3"
