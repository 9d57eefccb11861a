"""A key that is not what a provider's keys look like is told from one that is."""

import pytest

from cc_launcher.core.stores.key_shape import Shape, oddity
from tests.unit.conftest import CATALOG, catalog_profile

OTHERS = {
    "anthropic": Shape("sk-ant-api03-", ("ANTHROPIC_API_KEY",)),
    "cloudflare": Shape("sk-ant-", ("ANTHROPIC_API_KEY",)),
    "deepseek": Shape("sk-", ("DEEPSEEK_API_KEY",)),
    "openrouter": Shape("sk-or-v1-", ("OPENROUTER_API_KEY",)),
    "plan-a": Shape("sk-sp-", ("A_KEY",)),
    "plan-b": Shape("sk-sp-", ("B_KEY",)),
    "zai": Shape("", ("ZAI_API_KEY",)),
}
REST = "0123456789"


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("openrouter", "sk-or-v1-", ""),
        ("openrouter", "sk-", "a key of this provider begins with sk-or-v1-; this one does not"),
        ("openrouter", "sk-ant-api03-", "this looks like a key of anthropic or cloudflare (sk-ant-api03-…)"),
        ("deepseek", "sk-", ""),
        ("deepseek", "sk-or-v1-", "this looks like a key of openrouter (sk-or-v1-…)"),
        ("deepseek", "ms-", "a key of this provider begins with sk-; this one does not"),
        ("zai", "", ""),
        ("zai", "sk-", ""),
        ("zai", "sk-ant-oat01-", "this looks like a key of anthropic or cloudflare (sk-ant-…)"),
        ("plan-a", "sk-sp-", ""),
        ("zai", "sk-sp-", "this looks like a key of plan-a or plan-b (sk-sp-…)"),
        ("anthropic", "sk-ant-api03-", ""),
        ("anthropic", "sk-ant-oat01-", "a key of this provider begins with sk-ant-api03-; this one does not"),
        ("cloudflare", "sk-ant-api03-", ""),
    ],
)
def test_what_is_odd_about_a_key(name: str, key: str, said: str) -> None:
    others = {other: shape for other, shape in OTHERS.items() if other != name}
    assert oddity(key + REST, OTHERS[name], others) == said


def test_no_provider_of_the_catalog_finds_its_own_keys_odd() -> None:
    profiles = {path.stem: catalog_profile(path.stem).profile for path in CATALOG.glob("*.toml")}
    shapes = {name: Shape(profile.key_prefix or "", profile.key_env) for name, profile in profiles.items()}
    for name, shape in shapes.items():
        others = {other: its for other, its in shapes.items() if other != name}
        assert oddity(shape.prefix + REST, shape, others) == "", name
