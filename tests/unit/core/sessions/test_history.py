"""Whose a session was: by the marks in its transcript, the client's own sums, and Anthropic's models."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cc_launcher.core.plan import session_mark
from cc_launcher.core.sessions import history
from cc_launcher.core.sessions.history import PLAIN, Stretch

ID = "1b2c3d4e-0000-4000-8000-000000000000"


def line(at: float, kind: str, **more: Any) -> bytes:
    stamp = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "sessionId": ID, "timestamp": stamp, **more}, separators=(",", ":")).encode()


def mark(at: float, profile: str, host: str, event: str = "") -> bytes:
    said = session_mark.line(profile, profile, host)
    command = session_mark.in_pins(session_mark.setting(said))["SessionStart"][0]["hooks"][0]["command"]
    attachment = {"type": "hook_success", "hookName": "SessionStart:startup", "stderr": said, "command": command}
    return line(at, "attachment", attachment={**attachment, "toolUseID": event or f"event-{at}"})


def answer(at: float, model: str, **more: Any) -> bytes:
    return line(at, "assistant", message={"role": "assistant", "model": model, "content": []}, **more)


def prompt(at: float, **more: Any) -> bytes:
    return line(at, "user", message={"role": "user", "content": "hi"}, **more)


def summed(started: float) -> bytes:
    return json.dumps({"type": "cost-state", "sessionId": ID, "startTime": round(started * 1000)}).encode()


def stretches(*lines: bytes, **served: tuple[str, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    found = history.read(lines).stretches(lambda profile: served.get(profile, ()))
    return [(one.profile, one.host, one.models) for one in found]


def test_marks_tell_the_stretches() -> None:
    lines = [
        mark(1, "zai", "api.z.ai"),
        prompt(2),
        answer(3, "glm-5.3"),
        answer(4, "glm-4.7-flash", isSidechain=True),
        mark(10, "deepseek", "api.deepseek.com"),
        answer(11, "deepseek-v4"),
        mark(20, "zai", "api.z.ai"),
        answer(21, "glm-5.3"),
        mark(30, "zai", "api.z.ai"),
        answer(31, "glm-5.3[1m]"),
    ]
    assert stretches(*lines) == [
        ("zai", "api.z.ai", ("glm-5.3",)),
        ("deepseek", "api.deepseek.com", ("deepseek-v4",)),
        ("zai", "api.z.ai", ("glm-5.3",)),
    ]


def test_a_start_that_nobody_used_shows_nothing_to_anybody() -> None:
    assert stretches(mark(1, "zai", "h"), mark(2, "deepseek", "d"), answer(3, "m")) == [("deepseek", "d", ("m",))]
    assert stretches(mark(1, "zai", "h")) == []


def test_a_prompt_that_was_never_answered_was_shown() -> None:
    lines = [mark(1, "ollama", "localhost"), prompt(2), answer(3, "<synthetic>")]
    assert stretches(*lines) == [("ollama", "localhost", ())]
    assert stretches(mark(1, "ollama", "localhost"), prompt(2, isMeta=True)) == []


def test_a_process_that_began_after_the_mark_is_plain_claude() -> None:
    lines = [mark(10, "zai", "h"), answer(11, "m"), summed(9), answer(30, "m"), summed(29)]
    assert stretches(*lines) == [("zai", "h", ("m",)), (PLAIN, "", ("m",))]
    lines.append(mark(40, "zai", "h"))
    assert stretches(*lines, answer(41, "m"), summed(39)) == [
        ("zai", "h", ("m",)),
        (PLAIN, "", ("m",)),
        ("zai", "h", ("m",)),
    ]


def test_where_no_sum_tells_anthropics_own_models_do() -> None:
    lines = [mark(10, "zai", "h"), answer(11, "glm"), answer(30, "claude-opus-5-5")]
    assert stretches(*lines, zai=("glm",)) == [("zai", "h", ("glm",)), (PLAIN, "", ("claude-opus-5-5",))]
    assert stretches(*lines, zai=("glm", "claude-opus-5-5")) == [("zai", "h", ("glm", "claude-opus-5-5"))]
    assert stretches(*lines) == [("zai", "h", ("glm", "claude-opus-5-5"))]  # of that profile nothing is known


def test_two_marks_of_one_start_that_do_not_agree_are_believed_neither() -> None:
    lines = [mark(1, "zai", "h", "one"), mark(1, "other", "o", "one"), answer(2, "m")]
    assert stretches(*lines) == [(PLAIN, "", ("m",))]


def test_lines_that_are_none_are_no_trouble() -> None:
    odd = [b"", b"\xff\xfe", b'{"type":"assistant"', b'"assistant"', b'["user"]', b'{"type":"assistant","message":7}']
    odd += [b'{"type":"cost-state","startTime":"x"}', b'{"type":"attachment","attachment":"hook_success"}']
    odd += [b'{"type":"attachment","attachment":{"type":"hook_success","stderr":"cc {"},"timestamp":"yesterday"}']
    assert stretches(*odd, mark(1, "zai", "h"), answer(2, "m"), *odd) == [("zai", "h", ("m",))]


def test_plain_claude_with_its_own_models_is_told_from_one_that_went_elsewhere() -> None:
    assert Stretch(PLAIN, "", "", ("claude-opus-5-5",), 0).is_own_login
    assert not Stretch(PLAIN, "", "", ("claude-opus-5-5", "glm"), 0).is_own_login
    assert not Stretch(PLAIN, "", "", (), 0).is_own_login
    assert not Stretch("anthropic", "", "", ("claude-opus-5-5",), 0).is_own_login


def test_a_prompt_may_stand_a_moment_before_the_mark_of_its_process() -> None:
    said = [prompt(1.5), mark(2, "zai", "api.z.ai"), answer(3, "glm-5.3")]
    assert stretches(*said) == [("zai", "api.z.ai", ("glm-5.3",))]
    assert stretches(prompt(0), *said[1:]) == [(PLAIN, "", ()), ("zai", "api.z.ai", ("glm-5.3",))]


def test_a_mark_apart_from_the_transcript_is_of_a_second() -> None:
    said = [mark(5, "zai", "api.z.ai"), summed(5.4), prompt(5.5), answer(6, "glm-5.3")]
    assert stretches(*said) == [("zai", "api.z.ai", ("glm-5.3",))]
    assert stretches(mark(5, "zai", "api.z.ai"), summed(6), answer(7, "glm-5.3")) == [(PLAIN, "", ("glm-5.3",))]
