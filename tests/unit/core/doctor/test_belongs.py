"""Whose an address and a key are, and that nothing of a key is told that not all keys of its provider have."""

from __future__ import annotations

import pytest

from cc_launcher.core.doctor import belongs
from cc_launcher.core.doctor.belongs import Key
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import places, profiles

BEGINNINGS = ("sk-", "sk-or-v1-", "sk-ant-api03-")
SECRET = "0123456789abcdef"


@pytest.fixture(scope="module")
def catalog() -> dict[str, Resolved]:
    found = {}
    for name in places.catalog_names():
        try:
            found[name] = profiles.shipped(name)
        except CcError:
            continue
    return found


@pytest.mark.parametrize(
    ("name", "raw", "value", "told"),
    [
        ("ANTHROPIC_AUTH_TOKEN", "", f"sk-or-v1-{SECRET}", "sk-or-v1-"),
        ("ANTHROPIC_AUTH_TOKEN", "", f"sk-{SECRET}", "sk-"),
        ("ANTHROPIC_AUTH_TOKEN", "", SECRET, ""),
        ("ANTHROPIC_AUTH_TOKEN", '"$ZAI_API_KEY"', "$ZAI_API_KEY", "$ZAI_API_KEY"),
        ("ANTHROPIC_AUTH_TOKEN", "${ZAI_API_KEY}", "${ZAI_API_KEY}", "$ZAI_API_KEY"),
        ("ANTHROPIC_AUTH_TOKEN", f'"$(cat {SECRET})"', "", "$()"),
        ("ANTHROPIC_AUTH_TOKEN", f'"$A{SECRET}-b"', f"$A{SECRET}-b", ""),
        ("ANTHROPIC_BASE_URL", "", f"https://u:{SECRET}@api.z.ai/api/anthropic/", "https://api.z.ai/api/anthropic"),
        ("ANTHROPIC_BASE_URL", "", f"https://api.z.ai/?key={SECRET}", ""),
        ("ANTHROPIC_BASE_URL", "", f"not an address {SECRET}", ""),
        ("ANTHROPIC_MODEL", "", "glm-5.2[1m]", "glm-5.2"),
        ("ANTHROPIC_MODEL", "", f"$(x {SECRET})", ""),
        ("SOMETHING", "", SECRET, ""),
    ],
)
def test_what_is_told_of_a_value_is_no_secret(name: str, raw: str, value: str, told: str) -> None:
    assert belongs.told(name, raw, value, BEGINNINGS) == told
    assert SECRET not in told


@pytest.mark.parametrize(
    ("raw", "command"),
    [("$(pass show x)", "pass show x"), ('"$(pass x)"', "pass x"), ("$(a)$(b)", ""), ("x$(a)", ""), ("$(a $(b))", "")],
)
def test_a_command_is_only_taken_where_it_is_the_whole_value(raw: str, command: str) -> None:
    assert belongs.asked(raw) == command


MATCHES = {
    "by the address": ("https://api.z.ai/api/anthropic", Key(), "zai"),
    "by the host": ("https://api.z.ai/api/coding/paas/v4", Key(), "zai"),
    "with its prefix": ("https://openrouter.ai/api", Key("sk-or-v1-"), "openrouter"),
    "by the variable": ("https://api.z.ai/api/anthropic", Key(repeats="ZAI_API_KEY"), "zai"),
    "another provider's variable": ("https://api.z.ai/api/anthropic", Key(repeats="OPENROUTER_API_KEY"), None),
    "another provider's prefix": ("https://api.z.ai/api/anthropic", Key("sk-or-v1-"), None),
    "a telling prefix where a short one is usual": ("https://api.deepseek.com/anthropic", Key("sk-or-v1-"), None),
    "the short one": ("https://api.deepseek.com/anthropic", Key("sk-"), "deepseek"),
    "not its prefix": ("https://openrouter.ai/api", Key("sk-"), None),
    "nobody's address": ("https://llm.example.com", Key("sk-or-v1-"), None),
    "a host that only begins alike": ("https://api.z.ai.example.com/api/anthropic", Key(), None),
    "no address": ("", Key("sk-or-v1-"), None),
}


@pytest.mark.parametrize("kind", MATCHES)
def test_an_address_and_a_key_fit_one_provider_or_none(kind: str, catalog: dict[str, Resolved]) -> None:
    address, key, name = MATCHES[kind]
    matched = belongs.match(address, key, [], catalog)
    assert (matched.name if matched else None) == name


def test_a_region_is_recognised(catalog: dict[str, Resolved]) -> None:
    places_of = [
        (name, region, about.base_url)
        for name, resolved in catalog.items()
        for region, about in resolved.profile.regions.items()
    ]
    assert places_of
    for name, region, address in places_of:
        prefix = catalog[name].profile.key_prefix or ""
        matched = belongs.match(address, Key(prefix), [], {name: catalog[name]})
        assert matched is not None
        assert matched.name == name
        assert matched.region in {region, ""}  # one of them may be the address of the profile itself
