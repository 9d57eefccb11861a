"""A model of Ollama's with another window: what it is called, what it is made of, what the profile says then."""

import tomllib

import pytest

from cc_launcher.core.models import variant
from cc_launcher.core.models.variant import Variant
from tests.unit.conftest import resolved

MINE = """\
base_url = "http://localhost:11434"
auth = "none"
[tiers]
main = "glm"
haiku = "small"
opus = "g"
[models.glm]
aliases = ["g"]
"""


@pytest.mark.parametrize(
    ("model", "tokens", "name"),
    [
        ("qwen3:8b", 65_536, "qwen3:8b-64k"),
        ("glm:latest", 131_072, "glm-128k"),
        ("glm", 1 << 20, "glm-1m"),
        ("glm", 3 << 20, "glm-3m"),
        ("glm", 100_000, "glm-100000"),
        ("glm", 1536, "glm-1536"),
        ("glm", (1 << 20) + 1024, "glm-1025k"),
    ],
)
def test_its_name_says_the_window(model: str, tokens: int, name: str) -> None:
    assert variant.name_of(model, tokens) == name
    assert variant.bases_of(name)[0] == model.removesuffix(":latest")


@pytest.mark.parametrize(
    ("model", "bases"),
    [
        ("glm", ["glm"]),
        ("glm-64k", ["glm", "glm-64k"]),
        ("glm-4.7", ["glm-4.7"]),
        ("a-0k", ["a-0k"]),
        ("-64k", ["-64k"]),
    ],
)
def test_a_variant_is_made_of_what_a_variant_is_of(model: str, bases: list[str]) -> None:
    assert variant.bases_of(model) == bases


def test_ollama_is_asked_for_the_model_with_that_window() -> None:
    made = Variant("glm", "glm-64k", 65_536)
    assert made.request == {"model": "glm-64k", "from": "glm", "parameters": {"num_ctx": 65_536}}


def test_a_tier_that_had_the_model_gets_the_variant_and_another_keeps_its_own() -> None:
    """Two of them in memory at once is what nobody wants."""
    text = variant.text_with(MINE, resolved(MINE), Variant("glm", "glm-64k", 65_536))
    found = tomllib.loads(text)
    assert found["tiers"] == {"main": "glm-64k", "haiku": "small", "opus": "glm-64k"}
    assert found["models"] == {"glm": {"aliases": ["g"]}, "glm-64k": {"context": 65_536}}


def test_without_a_file_of_the_users_a_new_one_extends_the_catalogs() -> None:
    found = tomllib.loads(variant.text_with(None, resolved(MINE), Variant("glm", "glm-64k", 65_536)))
    assert found == {"extends": "mine", "tiers": {"main": "glm-64k"}, "models": {"glm-64k": {"context": 65_536}}}


GB = 1_000_000_000


@pytest.mark.parametrize(
    ("size", "video", "said"),
    [
        (None, None, "Ollama does not say how much memory it takes"),
        (None, GB, "Ollama does not say how much memory it takes"),
        (8 * GB, None, "it takes 8.0 GB"),
        (8 * GB, 8 * GB, "it takes 8.0 GB, all of it video memory"),
        (8 * GB, 3 * GB, "it takes 8.0 GB, 3.0 GB video memory (the part outside video memory is slow)"),
        (8 * GB, 0, "it takes 8.0 GB, 0.0 GB video memory (the part outside video memory is slow)"),
    ],
)
def test_how_much_memory_it_takes(size: int | None, video: int | None, said: str) -> None:
    assert variant.memory(size, video) == said
