"""What a profile says of searching and seeing: whose word counts, and when it no longer does."""

from __future__ import annotations

import pytest

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile import serving
from cc_launcher.core.profile.serving import VISION, WEB_SEARCH, Stated
from tests.unit.conftest import resolved

SERVER = 'url = "https://search.example/mcp"\nsecret_headers.Authorization = "keyring:search"\n'
BASE = (
    'base_url = "https://h.example/v"\nauth = "bearer"\nweb_search = false\nvision = true\n'
    'sources = ["a page: prices", "docs.example/search: web_search", "docs.example/models: prices, vision"]\n'
    '[tiers]\nmain = "m"\n[models.m]\nvision = false\n[models.n]\nweb_search = true\n'
    f"[search_servers.ours]\n{SERVER}"
)
MINE = 'extends = "base"\n'


def said(text: str, key: str, model: str = "m") -> Stated | None:
    return serving.stated(resolved({"mine": text}, shipped={"base": BASE}), key, model)


@pytest.mark.parametrize(
    ("key", "model", "value", "page"),
    [
        (WEB_SEARCH, "m", False, "docs.example/search"),
        (WEB_SEARCH, "n", True, "docs.example/search"),
        (WEB_SEARCH, "another", False, "docs.example/search"),
        (VISION, "m", False, "docs.example/models"),
        (VISION, "another", True, "docs.example/models"),
    ],
)
def test_a_models_own_word_counts_before_its_providers_and_names_the_page(
    key: str, model: str, value: object, page: str
) -> None:
    assert said(MINE, key, model) == Stated(bool(value), page, by_catalog=True)


def test_nothing_is_known_of_what_nobody_says() -> None:
    bare = resolved('base_url = "https://h"\nauth = "bearer"\n[tiers]\nmain = "m"\n')
    assert serving.stated(bare, WEB_SEARCH, "m") is None
    assert serving.value(bare.profile, VISION, "m") is None


def test_the_users_word_for_all_counts_more_than_the_catalogs_for_one() -> None:
    assert said(f"vision = true\n{MINE}", VISION) == Stated(value=True, source="mine.toml:1")
    assert said(f"web_search = false\n{MINE}", WEB_SEARCH, "n") == Stated(value=False, source="mine.toml:1")
    assert said(f"{MINE}[models.m]\nvision = true\n", VISION) == Stated(value=True, source="mine.toml:3")


def test_another_host_may_search_and_its_models_still_see_what_they_see() -> None:
    away = f'{MINE}base_url = "https://other.example"\n'
    assert said(away, WEB_SEARCH) is None
    assert said(away, WEB_SEARCH, "n") is None
    assert said(away, VISION, "another") is None
    assert said(away, VISION) == Stated(value=False, source="docs.example/models", by_catalog=True)
    assert said(f'{MINE}base_url = "https://h.example/other/path"\n', WEB_SEARCH) is not None


def test_a_search_server_that_is_chosen_is_a_server_of_the_sessions() -> None:
    none = resolved({"mine": MINE}, shipped={"base": BASE})
    assert none.profile.mcp_servers == {}
    chosen = resolved({"mine": f'search = "ours"\n{MINE}'}, shipped={"base": BASE})
    assert chosen.profile.mcp_servers == chosen.profile.search_servers
    assert str(chosen.origin("mcp_servers", "ours", "url")) == str(chosen.origin("search_servers", "ours", "url"))
    own = f'search = "ours"\n{MINE}[mcp_servers.ours]\nurl = "https://mine.example/mcp"\n'
    assert resolved({"mine": own}, shipped={"base": BASE}).profile.mcp_servers["ours"].url == "https://mine.example/mcp"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        (f'search = "our"\n{MINE}', "mine.toml:1: no search server our", "did you mean ours?"),
        (f'search = "zebra"\n{MINE}', "mine.toml:1: no search server zebra", "there are ours"),
        (
            'search = "x"\nbase_url = "https://h"\nauth = "bearer"\n[tiers]\nmain = "m"\n',
            "mine.toml:1: no search server x",
            "there are none for this provider",
        ),
        (
            f'{MINE}[search_servers.two]\nurl = "https://a.example"\ncommand = "b"\n',
            "mine.toml:3: search_servers.two needs a `url` or a `command`, one of them",
            'such as url = "https://HOST/mcp"',
        ),
        (
            f'{MINE}[search_servers.two]\nurl = "http://a.example"\nsecret_headers.A = "keyring:a"\n',
            "mine.toml:3: search_servers.two url",
            "",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_with_its_line(text: str, what: str, hint: str) -> None:
    with pytest.raises(CcError) as caught:
        resolved({"mine": text}, shipped={"base": BASE})
    assert caught.value.code == INVALID
    assert caught.value.what.startswith(what)
    assert hint in caught.value.hint
