"""What a profile still needs, from given facts: `ready` means that a launch would reach a prompt."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.profile import state
from cc_launcher.core.profile.state import ANSWERS, HAS_NOT, MISSING, SILENT, THERE, UNKNOWN, Facts, State, Whose
from cc_launcher.core.profile.summary import TO_BE_NAMED, Summary

KEYED = Summary("mine", model="m", key_env=("A", "B"))
LOCAL = Summary("local", model="m", server=("localhost", "11434", "/api/tags", "ollama"))
CLOUD = Summary("cloud", model="m", cloud=("aws", "", "AWS_BEARER_TOKEN_BEDROCK"))


def at(summary: Summary, key: Any = MISSING, server: str = ANSWERS, **changed: Any) -> State:
    facts: dict[str, Any] = {"client": "", "present": frozenset(), "login": lambda *_: key}
    facts |= {"key": key if callable(key) else lambda _: key, "server": lambda _: server}
    return state.of(summary, Facts(**facts | changed))


def test_a_profile_that_lacks_nothing_is_ready() -> None:
    found = at(KEYED, THERE)
    assert (found.ready, found.sure, found.text, found.short, found.needs, found.key) == (
        True,
        True,
        "ready",
        "ready",
        (),
        THERE,
    )


@pytest.mark.parametrize(
    ("summary", "facts", "needs", "text"),
    [
        (KEYED, {}, ("key",), "needs a key"),
        (KEYED, {"key": THERE, "client": "none"}, ("client",), "needs Claude Code"),
        (KEYED, {"client": "none"}, ("key", "client"), "needs a key and Claude Code"),
        (Summary("mine", model=TO_BE_NAMED), {}, ("model",), "needs a model"),
        (Summary("mine", parameters=("region",)), {}, ("parameters",), "needs region"),
        (
            Summary("mine", parameters=("account", "gateway")),
            {"client": "none"},
            ("parameters", "client"),
            "needs account, gateway and Claude Code",
        ),
        (LOCAL, {"server": SILENT}, ("server",), "its server does not answer"),
        (LOCAL, {"server": HAS_NOT}, ("model-on-server",), "its server has no m"),
        (
            Summary("mine", model=TO_BE_NAMED, key_env=(), server=LOCAL.server),
            {"server": SILENT, "client": "none"},
            ("key", "server", "model", "client"),
            "needs a key, a model and Claude Code; its server does not answer",
        ),
        (Summary("mine", model=TO_BE_NAMED, server=LOCAL.server), {"server": HAS_NOT}, ("model",), "needs a model"),
        (CLOUD, {}, ("login",), "needs an AWS login"),
        (Summary("mine", fault="line 3"), {"client": "none"}, ("repair",), "invalid: line 3"),
    ],
)
def test_what_is_missing_is_said_in_plain_words(
    summary: Summary, facts: dict[str, Any], needs: tuple[str, ...], text: str
) -> None:
    found = at(summary, **facts)
    assert (found.ready, found.needs, found.text) == (False, needs, text)


def test_a_column_has_room_for_the_first_of_it() -> None:
    summary = Summary("mine", model=TO_BE_NAMED, key_env=(), server=LOCAL.server)
    assert at(summary, server=SILENT, client="none").short == "needs a key"
    assert at(summary, THERE, server=SILENT, client="none").short == "its server does not answer"


@pytest.mark.parametrize(
    ("summary", "facts", "text"),
    [
        (KEYED, {}, "ready (key not looked at)"),
        (Summary("mine", model="m", references=("op://a/b/c",)), {}, "ready (key not looked at)"),
        (CLOUD, {}, "ready (login not looked at)"),
        (LOCAL, {"key": THERE, "server": UNKNOWN}, "ready (server not looked at)"),
    ],
)
def test_what_nobody_has_looked_at_is_said(summary: Summary, facts: dict[str, Any], text: str) -> None:
    found = at(summary, **{"key": UNKNOWN} | facts)
    assert (found.ready, found.sure, found.text, found.short) == (True, False, text, text)


def test_a_profile_without_a_key_needs_none() -> None:
    assert at(Summary("claude", model="m")).key == state.NOT_NEEDED
    assert at(Summary("claude", model="m")).sure


def test_a_variable_that_is_set_comes_first() -> None:
    assert at(KEYED, present=frozenset({"B"})).sure
    assert not at(KEYED, present=frozenset({"C"})).ready


def test_each_secret_is_asked_about_once_and_the_worst_counts() -> None:
    asked: list[Whose] = []
    answers = {"keyring:mine": THERE, "op://a/b/c": UNKNOWN, "file:/k": MISSING}

    def key(whose: Whose) -> str:
        asked.append(whose)
        return answers[whose.reference]

    whole = Summary("mine", model="m", key_env=(), references=("op://a/b/c",))
    assert at(whole, key=key).key == UNKNOWN
    assert asked == [Whose("mine", "keyring:mine", named=False), Whose("mine", "op://a/b/c", named=True)]
    assert at(Summary("mine", model="m", key_env=(), references=("op://a/b/c", "file:/k")), key=key).key == MISSING


def test_a_cloud_with_a_key_beside_its_login_says_which_is_missing() -> None:
    beside = Summary("cloud", model="m", cloud=("aws", ""), references=("pass:a",))
    assert at(beside, login=lambda *_: THERE).text == "needs a key"
    assert at(beside, login=lambda *_: MISSING).text == "needs an AWS login"


MIX = Summary("mix", model="main", by_gateway=True, upstreams=("mine", "local"))
BEHIND = {"mine": KEYED, "local": LOCAL, "cloudflare": Summary("cloudflare", parameters=("account",))}


def mixed(summary: Summary = MIX, key: Any = MISSING, server: str = ANSWERS, **changed: Any) -> State:
    return at(summary, key, server, behind=BEHIND.get, **changed)


def test_a_gateway_needs_what_the_profiles_behind_it_need_each_by_its_name_and_its_engine() -> None:
    assert mixed().text == "needs a key for mine"
    assert mixed(key=THERE).sure
    assert mixed(key=UNKNOWN).text == "ready (key not looked at)"
    found = mixed(server=SILENT, engine=False, client="none")
    assert (
        found.text == "needs a key for mine, Claude Code and the gateway's engine; the server of local does not answer"
    )
    assert found.needs == ("key", "server", "client", "engine")
    wanted = Summary("x", by_gateway=True, upstreams=("cloudflare", "mine"))
    assert mixed(wanted).text == "needs account for cloudflare and a key for mine"


def test_a_model_that_routes_name_is_not_asked_of_the_profiles_behind_it() -> None:
    assert mixed(key=THERE, server=HAS_NOT).sure


def test_a_lone_provider_behind_a_gateway_needs_the_engine_beside_its_key() -> None:
    lone = Summary("groq", model="m", key_env=("A",), by_gateway=True)
    assert at(lone, engine=False).text == "needs a key and the gateway's engine"
    assert at(lone, THERE).sure


def test_a_gateway_of_what_cannot_be_behind_one_is_invalid() -> None:
    for name in ("nobody", "mix"):
        found = at(Summary("g", by_gateway=True, upstreams=(name,)), behind={"mix": MIX}.get)
        assert found.needs == ("repair",)
        assert name in found.text
