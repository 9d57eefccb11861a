"""What may be the name of a profile and of a model."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.text import names


@pytest.mark.parametrize("name", ["zai", "0", "a.b", "a_b-c", "glm-5.3", "x" * 64])
def test_what_may_name_a_profile(name: str) -> None:
    assert names.is_profile(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a..b", ".a", "-a", "_a", "A", "a/b", "a\\b", "a b", "a\n", "é", "ａ", "а", "x" * 65, "a\0", "~"],
)
def test_what_may_not(name: str) -> None:
    assert not names.is_profile(name)


@given(st.text())
def test_the_name_of_a_profile_is_one_harmless_file_name(name: str) -> None:
    if names.is_profile(name):
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name, re.ASCII)
        assert ".." not in name


@pytest.mark.parametrize(
    "name",
    [
        "claude-opus-5-5",
        "~anthropic/claude-opus-latest",
        "@cf/meta/llama",
        "qwen/qwen3:free",
        "glm-5.3[1m]",
        "a+b",
        "x" * 200,
    ],
)
def test_what_may_be_a_model(name: str) -> None:
    assert names.is_model(name)


@pytest.mark.parametrize(
    "name", ["", "-m", "a b", "a\n", "é", "a;b", "$(id)", "`id`", 'a"b', "a'b", "x" * 201, "/a", "[a]"]
)
def test_what_may_not_be_one(name: str) -> None:
    assert not names.is_model(name)
