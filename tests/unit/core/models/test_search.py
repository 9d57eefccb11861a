"""Searching, filtering and sorting models."""

import pytest

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.models import search
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.models.search import Row

ROWS = [
    Row(Listed("z-ai/glm-5.3", "GLM 5.3", 1_048_576, None, 0.93, 3.0, tools=True), ("glm",)),
    Row(Listed("z-ai/glm-5.3-flash", "GLM 5.3 Flash", 1_048_576, None, 0.1, 0.4, tools=True)),
    Row(Listed("google/gemma:free", "Gemma", 8_192, None, 0.0, 0.0, tools=False)),
    Row(Listed("a/unknown")),
]


def ids(rows: list[Row]) -> list[str]:
    return [row.listed.id.rsplit("/", 1)[-1] for row in rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["glm-5.3", "glm-5.3-flash", "gemma:free", "unknown"]),
        ("glm", ["glm-5.3", "glm-5.3-flash"]),
        ("flash GLM", ["glm-5.3-flash"]),
        ("GEMMA", ["gemma:free"]),
        ("glm-5.3", ["glm-5.3", "glm-5.3-flash"]),
        ("5.3", ["glm-5.3", "glm-5.3-flash"]),
        ("unkonwn", ["unknown"]),
        ("xyzzyxyzzy", []),
        ("   ", ["glm-5.3", "glm-5.3-flash", "gemma:free", "unknown"]),
    ],
)
def test_a_search(query: str, found: list[str]) -> None:
    assert ids(search.searched(ROWS, query)) == found


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"free": True}, ["gemma:free"]),
        ({"tools": True}, ["glm-5.3", "glm-5.3-flash"]),
        ({"min_context": "1m"}, ["glm-5.3", "glm-5.3-flash"]),
        ({"min_context": "8k"}, ["glm-5.3", "glm-5.3-flash", "gemma:free"]),
        ({"max_price": 0.5}, ["glm-5.3-flash", "gemma:free"]),
        ({"max_price": 0.0}, ["gemma:free"]),
        ({"free": True, "tools": True}, []),
    ],
)
def test_filters_let_through_what_is_known_to_fit(options: dict[str, object], found: list[str]) -> None:
    whole = {"free": False, "tools": False, "min_context": "", "max_price": None} | options
    conditions = search.filters(**whole)  # type: ignore[arg-type]
    assert ids(search.passing(ROWS, conditions)) == found


def test_what_to_loosen_is_named_with_what_it_would_give() -> None:
    conditions = search.filters(free=True, tools=True, min_context="", max_price=None)
    assert search.to_loosen(ROWS, conditions) == "without --free: 2, without --tools: 1"
    strict = search.filters(free=True, tools=True, min_context="2m", max_price=None)
    assert search.to_loosen(ROWS, strict) == "leave out --free and --tools and --min-context"


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ("name", ["unknown", "gemma:free", "glm-5.3", "glm-5.3-flash"]),
        ("context", ["glm-5.3", "glm-5.3-flash", "gemma:free", "unknown"]),
        ("price", ["gemma:free", "glm-5.3-flash", "glm-5.3", "unknown"]),
    ],
)
def test_sorting_puts_the_unknown_last(by: str, found: list[str]) -> None:
    assert ids(search.ordered(ROWS, by)) == found


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("200k", 200_000), ("1M", 1_000_000), ("131072", 131_072), ("1.5m", 1_500_000), (" 64K ", 64_000)],
)
def test_a_number_of_tokens(text: str, tokens: int) -> None:
    assert search.count_of(text) == tokens


@pytest.mark.parametrize("text", ["", "k", "-1", "1g", "1e9", "²", "nan", "1" * 50])
def test_no_number_of_tokens(text: str) -> None:
    with pytest.raises(CcError) as caught:
        search.count_of(text)
    assert caught.value.code == USAGE


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3 * 3600 + 5, "3 h ago"),
        (3 * 86_400, "3 d ago"),
        (float("inf"), "unknown"),
    ],
)
def test_an_age(seconds: float, shown: str) -> None:
    assert search.age(seconds) == shown
