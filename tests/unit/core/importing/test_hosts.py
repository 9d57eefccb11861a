"""Whose an address is: by its host and path, and never by a name that somebody gave it."""

from __future__ import annotations

from functools import cache

import pytest

from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.files import providers


@cache
def catalog() -> Catalog:
    return Catalog(providers.catalog())


@pytest.mark.parametrize(
    ("url", "name", "written"),
    [
        ("https://api.z.ai/api/anthropic", "zai", ""),
        ("https://API.z.ai/api/anthropic/v1/", "zai", ""),
        ("https://open.bigmodel.cn/api/anthropic/v1/messages", "zhipu", ""),
        ("https://openrouter.ai/api/v1", "openrouter", ""),
        ("https://api.z.ai.evil.example/api/anthropic", "", "https://api.z.ai.evil.example/api/anthropic"),
        ("https://api.z.ai/other", "", "https://api.z.ai/other"),
        ("", "anthropic", ""),
        ("https://api.anthropic.com/v1", "anthropic", ""),
        ("http://localhost:11434", "ollama", ""),
        ("http://127.0.0.1:11434/v1", "ollama", "http://127.0.0.1:11434"),
        ("http://127.0.0.1:3456", "claude-code-router", ""),
        ("http://127.0.0.1:9999", "", "http://127.0.0.1:9999"),
    ],
)
def test_an_address(url: str, name: str, written: str) -> None:
    owner = catalog().owner(url)
    assert (owner.name, owner.base_url) == (name, written)


def test_a_port_of_more_than_one_program_is_a_guess() -> None:
    assert "8080" in catalog().owner("http://localhost:8080").guess
    assert catalog().owner("http://localhost:11434").guess == ""


def test_an_address_of_chat_leads_to_the_provider_that_has_another_one_for_us() -> None:
    assert catalog().owner("https://api.deepseek.com", chat=True).name == "deepseek"
    assert catalog().owner("https://llm.example.com/v1", chat=True).openai_only
