"""What each key of a profile may hold."""

import json

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.field_types import SHAREABLE
from cc_launcher.core.profile.knobs import KNOBS
from cc_launcher.core.profile.profile import Profile, schema
from cc_launcher.core.profile.source import load

SLOTS = ["ANTHROPIC_MODEL", "ANTHROPIC_SMALL_FAST_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL"] + [
    f"ANTHROPIC_DEFAULT_{tier}_MODEL" for tier in ("OPUS", "SONNET", "HAIKU", "FABLE")
]


def fault_of(text: str) -> tuple[str, str]:
    with pytest.raises(CcError) as caught:
        load(text, "mine.toml", Profile)
    return caught.value.what, caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        'extends = "zai"',
        'auth = "login"',
        'base_url = "https://api.z.ai/api/anthropic"',
        'base_url = "http://192.168.1.5:8080"',
        'secret = "keyring:zai"',
        'secret = "env:ZAI_API_KEY"',
        'secret = "file:~/.keys/zai"',
        "secret = \"cmd:sh -c 'pass show zai | head -1'\"",
        'label = "exactly 24 letters long!"',
        'timeout = "1.5h"',
        '[models."~anthropic/claude-opus-latest"]\naliases = ["claude-opus"]',
        '[models."qwen/qwen3-coder:free"]\nprices = { input = 0, output = 0.5 }',
        '[models."@cf/meta/llama-3.3[1m]"]\ncontext = 1000000',
        '[modes.local]\nextends = "ollama"\nmodel = "glm-4.7-flash"',
        '[env]\nMAX_THINKING_TOKENS = "0"\nhttp_proxy = ""',
        '[headers]\nx-title = "cc"\nanthropic-beta = "a,b"',
        '[secret_headers]\nx-portkey-api-key = "env:PORTKEY"',
        'keep = ["CLAUDECODE", "ANTHROPIC_BETAS"]',
        "checked = 2026-11-21",
        'checked = "2026-11-21"',
        "[compat]\nprivate = false",
        'isolated = true\nshare = ["skills", "CLAUDE.md"]',
        'args = ["--verbose", ""]',
        "",
    ],
)
def test_what_a_profile_may_say(text: str) -> None:
    load(text, "mine.toml", Profile)


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('timeout = "0s"', "timeout must be a time", ""),
        ('timeout = "50"', "timeout must be a time", ""),
        ('timeout = "5 m"', "timeout must be a time", ""),
        ('timeout = "-5m"', "timeout must be a time", ""),
        ('timeout = "25d"', "timeout must be a time", ""),
        ('timeout = "600h"', "timeout must be a time", ""),
        ('tiers.main = "a b"', "tiers.main cannot be a model id", ""),
        ('tiers.main = ""', "tiers.main cannot be a model id", ""),
        ('tiers.main = "-x"', "tiers.main cannot be a model id", ""),
        ('[models."ä"]', "models.ä cannot be a model id", ""),
        (f'tiers.main = "{"m" * 201}"', "tiers.main cannot be a model id", ""),
        ('[modes."../x"]', 'modes."../x" is not a valid profile name', ""),
        ("[modes.Local]", "modes.Local is not a valid profile name", ""),
        ('[env]\n"A-B" = "x"', "env.A-B is not a variable name", ""),
        ('[env]\n"1A" = "x"', "env.1A is not a variable name", ""),
        ('[env]\n"A=B" = "x"', 'env."A=B" is not a variable name', ""),
        ('[env]\nPATH = "/tmp"', "env.PATH cannot be set or kept here", ""),
        ('[env]\nLD_PRELOAD = "/tmp/x.so"', "env.LD_PRELOAD cannot be set or kept here", ""),
        ('keep = ["DYLD_INSERT_LIBRARIES"]', "keep.0 cannot be set or kept here", ""),
        ('[headers]\n"a b" = "x"', 'headers."a b" is not a valid header name', ""),
        ('[headers]\n"a:b" = "x"', 'headers."a:b" is not a valid header name', ""),
        ('[headers]\nAuthorization = "x"', "headers.Authorization carries a credential",
         "that is what `auth` and `secret` are for"),
        ('[headers]\nX-API-Key = "x"', "headers.X-API-Key carries a credential", "that is what"),
        ('[headers]\nCookie = "x"', "headers.Cookie carries a credential", "that is what"),
        ('[secret_headers]\nProxy-Authorization = "env:X"', "Proxy-Authorization carries", "that is what"),
        ('[secret_headers]\nx-key = "abc"', "secret_headers.x-key does not say where", "write one of keyring:"),
        ("[compat]\nno-beta = true", "compat.no-beta is not a compat setting", "known: no-adaptive-thinking, no-betas"),
        ('share = ["history.jsonl"]', "share.0 cannot be shared", "what can: agents"),
        ('secret = "zai"', "secret does not say where the key is kept", "write one of keyring:NAME"),
        ('secret = "op://vault/item"', "secret does not look like", "write op://VAULT/ITEM/FIELD"),
        ('secret = "keyrin:zai"', "secret does not say where", "did you mean keyring?; or write one of"),
        ('secret = "keyring:"', "secret is empty after the colon", "write keyring:NAME"),
        ('secret = "env:A B"', "secret does not name a variable", "write env:NAME"),
        ('secret = "file:key"', "secret is a relative path", "write file:/PATH"),
        ('secret = "file:~root/key"', "secret is a relative path", "write file:/PATH"),
        ("secret = \"cmd:pass 'x\"", "secret is not a command", "write cmd:COMMAND"),
        ('secret = "cmd: "', "secret is not a command", "write cmd:COMMAND"),
        ('args = ["--settings", "{}"]', "args.0 cannot be an argument here", ""),
        ('args = ["--settings={}"]', "args.0 cannot be an argument here", ""),
        ('base_url = ""', "base_url is empty", "leave the key out"),
        ('base_url = "ftp://h"', "base_url has the scheme 'ftp'", "only https:// and http:// work"),
    ],
)  # fmt: skip
def test_what_a_profile_may_not_say(text: str, what: str, hint: str) -> None:
    found = fault_of(text)
    assert what in found[0]
    assert found[1].startswith(hint)


@pytest.mark.parametrize("group", [variables.ROUTING, variables.CREDENTIALS], ids=["routing", "credentials"])
@pytest.mark.parametrize("place", ['[env]\n{} = "x"', 'keep = ["{}"]'])
def test_routing_and_credentials_can_be_neither_set_nor_kept(place: str, group: variables.Group) -> None:
    for name in group.names:
        what, hint = fault_of(place.format(name))
        assert "cannot be set or kept here" in what
        assert group.reason in what
        assert hint.startswith("that is what `")


@pytest.mark.parametrize(
    "group", [variables.MODELS, variables.SHAPE, variables.SURROUNDING], ids=["models", "shape", "surrounding"]
)
def test_everything_else_that_a_launch_takes_out_can_be_set_and_kept(group: variables.Group) -> None:
    for name in group.names:
        load(f'keep = ["{name}"]', "mine.toml", Profile)
        if name not in SLOTS:
            load(f'[env]\n{name} = "x"', "mine.toml", Profile)


@pytest.mark.parametrize("name", SLOTS)
def test_the_slots_for_models_are_filled_by_tiers_and_not_by_variables(name: str) -> None:
    what, hint = fault_of(f'[env]\n{name} = "x"')
    assert f"env.{name} cannot be set here: it fills a slot of the client" in what
    assert hint == "that is what [tiers] is for"


def test_every_knob_can_be_turned_on_and_off_and_every_shareable_thing_shared() -> None:
    for knob in KNOBS:
        load(f"[compat]\n{knob} = true", "mine.toml", Profile)
        load(f"[compat]\n{knob} = false", "mine.toml", Profile)
    load(f"share = {json.dumps(SHAREABLE)}", "mine.toml", Profile)


def test_a_profile_cannot_be_changed_after_it_was_checked() -> None:
    profile = Profile.model_validate({"auth": "login"})
    with pytest.raises(ValueError, match="frozen"):
        profile.auth = "bearer"  # type: ignore[misc]  # that is the point


def test_the_schema_tells_an_editor_all_keys_and_refuses_others() -> None:
    made = schema()
    assert set(made["properties"]) == set(Profile.model_fields)
    tables = [made, *(way for inner in made["$defs"].values() for way in inner.get("anyOf", [inner]))]
    assert [table for table in tables if table["type"] == "object" and table["additionalProperties"]] == []
    assert made["$schema"].startswith("https://json-schema.org/")
