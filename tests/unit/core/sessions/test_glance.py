"""What is seen of a session at a glance: its title, its newest model, what its copies have in common with it."""

from __future__ import annotations

import json
from typing import Any

from cc_launcher.core.sessions import glance
from cc_launcher.core.sessions.glance import Glance


def block(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


def user(text: object, **more: Any) -> dict[str, Any]:
    about = {"cwd": "/work", "entrypoint": "cli", "uuid": "first"}
    return {"type": "user", "message": {"role": "user", "content": text}, **about, **more}


def assistant(model: str, **more: Any) -> dict[str, Any]:
    return {"type": "assistant", "message": {"model": model, "content": []}, **more}


def test_titles_come_before_each_other_and_before_the_first_prompt() -> None:
    first = [user("fix the login\nbutton"), assistant("glm-5.3")]
    assert glance.seen(block(*first), b"") == Glance(
        "fix the login button", "", "glm-5.3", "/work", "first", begun=True
    )
    made = {"type": "ai-title", "aiTitle": "Fix login button"}
    given = {"type": "custom-title", "customTitle": "mine"}
    old = {"type": "summary", "summary": "Old one"}
    assert glance.seen(block(old, *first), b"").title == "Old one"
    assert glance.seen(block(made, old, *first), b"").title == "Fix login button"
    seen = glance.seen(block(made, given, *first), b"")
    assert (seen.title, seen.named) == ("mine", "mine")
    later = block({"type": "custom-title", "customTitle": "later"}, assistant("deepseek-v4", requestedModel="ds[1m]"))
    seen = glance.seen(block(made, given, *first), b"half a line\n" + later)
    assert (seen.title, seen.model, seen.thread) == ("later", "ds", "first")


def test_what_the_client_puts_into_the_users_mouth_is_no_title() -> None:
    lines = [
        user("<command-name>/model</command-name>"),
        user("<local-command-stdout>Set model</local-command-stdout>"),
        user("caveat", isMeta=True),
        user([{"type": "tool_result", "content": "x"}]),
        user([{"type": "image"}, {"type": "text", "text": "what is this?"}], uuid="later"),
    ]
    seen = glance.seen(block(*lines), b"")
    assert (seen.title, seen.thread) == ("what is this?", "first")


def test_a_title_is_one_short_line_and_steers_no_terminal() -> None:
    seen = glance.seen(block(user("\x1b]0;evil\x07 " + "x" * 500)), b"")
    assert len(seen.title) < 140
    assert seen.title.isprintable()
    assert seen.title.endswith("…")


def test_a_session_in_which_nothing_was_said_has_not_begun() -> None:
    assert not glance.seen(block({"type": "mode", "mode": "normal"}), b"").begun
    assert not glance.seen(b"", b"").begun


def test_a_session_without_a_terminal_is_told() -> None:
    assert glance.seen(block(user("x", entrypoint="sdk-cli")), b"").by_program
    assert not glance.seen(block(user("x")), b"").by_program


def test_odd_lines_are_no_trouble() -> None:
    odd = (
        b'{"type":"user"\n\xff"user"\n["user"]\n{"type":"user","message":[]}\n{"type":"user","message":{"content":7}}\n'
    )
    odd += b'{"type":"assistant","message":{"model":{}}}\n{"type":"ai-title","aiTitle":[1]}\n'
    seen = glance.seen(odd + block(user("hi")), odd)
    assert seen.title == "hi"
