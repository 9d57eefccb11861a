"""What a provider does not serve: what goes out of its sessions, and in which words that is said, and how often."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.plan import override, without
from cc_launcher.core.plan.without import Missing
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.serving import Stated
from cc_launcher.core.text.json_patch import BEHIND
from tests.unit.conftest import BEFORE_HOST_FLAG, plan_of, resolved

PROFILE = 'base_url = "https://h"\nauth = "bearer"\nsecret = "keyring:k"\n[tiers]\nmain = "m"\n'
OFFER = '[search_servers.{}]\nurl = "https://search.example/mcp"\n'
NO = "web_search = false\n"


def denied(text: str, word: str | None = None, **how: Any) -> Any:
    return json.loads(plan_of(text, word, **how).pins).get("permissions")


@pytest.mark.parametrize("how", [{}, {"version": None}, {"version": BEFORE_HOST_FLAG}, {"sealed": True}])
def test_only_a_search_that_is_said_to_be_missing_takes_the_tool_away(how: dict[str, Any]) -> None:
    assert denied(PROFILE, **how) is None
    assert denied(f"web_search = true\n{PROFILE}", **how) is None
    assert denied(f"{NO}{PROFILE}", **how) == {"deny": ["WebSearch"]}


def test_it_is_the_model_of_the_session_that_counts() -> None:
    text = f"{NO}{PROFILE}[models.n]\nweb_search = true\n"
    assert denied(text) == {"deny": ["WebSearch"]}
    assert denied(text, "n") is None
    assert denied(f"{PROFILE}[models.n]\nweb_search = false\n", "n") == {"deny": ["WebSearch"]}


def test_a_project_gets_it_behind_what_it_denies_itself() -> None:
    settings = override.settings_of(plan_of(f"{NO}{PROFILE}", sealed=True, version=None), ["helper"], {})
    assert settings["permissions"] == {"deny": ["WebSearch"], "defaultMode": "default"}
    assert (("permissions", "deny", BEHIND), "WebSearch") in override.leaves(settings)


def missing(text: str, *, images: bool | None = None) -> Missing:
    return without.of(resolved(text), "m", takes_images=images)


@pytest.mark.parametrize(
    ("text", "images", "line"),
    [
        ("", None, ""),
        ("", True, ""),
        ("web_search = true\n", True, ""),
        (NO, None, "mine: no web search (WebSearch is off): cc show mine"),
        ("", False, "mine: no images on m: cc show mine"),
        (NO, False, "mine: no web search (WebSearch is off) and no images on m: cc show mine"),
    ],
)
def test_it_is_said_in_one_line(text: str, images: object, line: str) -> None:
    assert without.note(missing(text + PROFILE, images=None if images is None else bool(images))) == line


def test_an_offer_is_hinted_at_and_one_that_is_taken_is_no_longer_missing() -> None:
    offered = f"{NO}{PROFILE}{OFFER.format('ours')}"
    assert without.note(missing(offered)) == "mine: no web search (WebSearch is off): cc show mine names another search"
    assert without.note(missing(f'search = "ours"\n{offered}')) == ""
    assert denied(f'search = "ours"\n{offered}') == {"deny": ["WebSearch"]}


@given(
    st.builds(Missing, st.just("mine"), st.just("m"), st.booleans(), st.booleans(), st.just(())),
    st.sets(st.sampled_from(["web_search", "vision:m", "vision:n"])),
)
def test_what_was_told_is_not_told_again_and_nothing_else_is_left_out(less: Missing, told: set[str]) -> None:
    line = without.note(less, told)
    assert ("no web search" in line) is (less.web_search and "web_search" not in told)
    assert ("no images on m" in line) is (less.images and "vision:m" not in told)
    assert without.note(less, {*told, *less.marks}) == ""


def shown(text: str, shipped: str = "") -> str:
    found = resolved(
        {"mine": text, "base": shipped} if shipped else text, shipped={"base": shipped} if shipped else None
    )
    return without.search(found, "m")


def test_who_says_it_and_what_to_do_instead_is_shown() -> None:
    assert shown(PROFILE) == ""
    assert shown(f"web_search = true\n{PROFILE}") == "the provider's own (mine.toml:1)"
    assert shown(f"{NO}{PROFILE}") == "none here (mine.toml:1), so WebSearch is off"
    offered = f"{NO}{PROFILE}{OFFER.format('a')}{OFFER.format('b')}"
    assert shown(offered).endswith("is off; instead: cc edit mine search=a|b")
    assert shown(f'search = "b"\n{offered}').endswith("is off; instead: b")
    of_catalog: Resolved = resolved({}, name="base", shipped={"base": offered})
    assert without.search(of_catalog, "m").endswith("instead: cc add base, then cc edit base search=a|b")


def test_images_are_told_with_whose_word_it_is() -> None:
    assert without.images("m", Stated(value=False, source="a page")) == "none on m (a page)"
    assert without.images("", Stated(value=True, source="a page")) == "taken (a page)"


@pytest.mark.parametrize(
    ("text", "images", "words"),
    [
        ("", None, ""),
        ("web_search = true\n", True, ""),
        (NO, None, "web search: cc show -v mine"),
        (NO, False, "web search and images: cc show -v mine"),
        ("", False, "images: cc show -v mine"),
    ],
)
def test_in_short_only_what_is_missing_is_said(text: str, images: object, words: str) -> None:
    assert without.short(missing(text + PROFILE, images=None if images is None else bool(images))) == words


def test_in_short_an_offer_is_named_and_what_was_chosen_is_not_missing() -> None:
    offered = f"{NO}{PROFILE}{OFFER.format('a')}{OFFER.format('b')}"
    assert without.short(missing(offered)) == "web search (a or b has one): cc show -v mine"
    assert without.short(missing(f'search = "b"\n{offered}')) == ""
