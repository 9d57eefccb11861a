"""A made-up probe for the tests: a provider that is good at most things, and some of whose answers are hostile."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from cc_launcher.core.probe.exchange import CUT, Answer, Ask, Exchange, Piece
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Advice, Outcome, Run

BEGAN = 1_794_662_760.0  # 2026-11-14 13:26 UTC
HOST = "api.example.com:443"
HOSTILE = (
    "</script><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
    "</pre></details>\x1b[2J\x1b]0;owned\x07\u202edesrever\u2066 & \u00e9 \U0001f600 ```` | @everyone [x](http://evil)"
)

# Each check: its group, its title, what was seen, seconds, tokens in and out
CHECKS: dict[str, tuple[str, str, str, float, int, int]] = {
    "reachable": ("connection", "The endpoint takes connections", "connected in 48 ms", 0.1, 0, 0),
    "tls": ("connection", "TLS is as it should be", "TLSv1.3", 0.1, 0, 0),
    "credential": (
        "connection",
        "The credential is accepted, and by which header",
        "Authorization: Bearer",
        0.8,
        12,
        1,
    ),
    "model": ("connection", "The model is known", "glm-5.3 answered", 0.7, 12, 1),
    "answer": ("connection", "A plain answer", '"Hello."', 0.9, 14, 4),
    "sse": ("streaming", "The order and framing of events", "message_start to message_stop, 14 events", 1.4, 20, 31),
    "pings": ("streaming", "Pings while it is silent", "none in 9.1 s", 9.1, 20, 12),
    "cadence": ("streaming", "Streamed, not buffered", "first token after 0.6 s, then 41 a second", 3.0, 22, 120),
    "usage": ("streaming", "Token usage is there and plausible", "20 in, 31 out", 1.3, 20, 31),
    "stop-reasons": ("streaming", "Stop reasons", "end_turn, max_tokens, tool_use, stop_sequence", 2.4, 80, 40),
    "tool-call": ("tools", "One tool call", "called read_file", 1.9, 310, 42),
    "tool-arguments": ("tools", "Arguments streamed as deltas, and whole", "input is {} in 3 of 3 calls", 2.0, 310, 50),
    "parallel-tools": ("tools", "Several calls in one turn", "2 calls, each with its own index", 2.1, 330, 88),
    "nested-arguments": ("tools", "Nested and long arguments", "depth 5 came back whole", 2.2, 350, 140),
    "edit": ("tools", "A real edit", "quotes, newlines, tabs and emoji came back as they were", 3.1, 420, 210),
    "tool-result": ("tools", "A tool result is answered", "answered with the number", 1.8, 380, 18),
    "tool-error": ("tools", "An error result is answered", "told of the error", 1.8, 380, 24),
    "tool-not-called": ("tools", "A tool that must not be called", "was not called", 1.2, 310, 12),
    "tool-choice": ("tools", "tool_choice", "any, tool and none were kept to", 3.6, 930, 60),
    "client-request": ("the client's fields", "The very request of the client", "taken", 4.2, 21_400, 30),
    "adaptive-thinking": ("the client's fields", "Adaptive thinking", "taken", 1.6, 60, 40),
    "effort": ("the client's fields", "Effort", "400: output_config: extra inputs are not permitted", 0.4, 0, 0),
    "context-management": ("the client's fields", "context_management", "taken", 1.1, 40, 10),
    "betas": ("the client's fields", "Beta headers", "taken", 1.1, 40, 10),
    "cache-control": ("the client's fields", "cache_control", "taken; nothing was read from the cache", 2.6, 2_400, 12),
    "system-role": ("the client's fields", "A system message in the middle", "taken", 1.2, 50, 8),
    "tool-search": ("the client's fields", "Deferred tools", "taken", 1.4, 400, 20),
    "max-output": ("the client's fields", "The largest max_tokens", "taken", 0.9, 20, 4),
    "thinking": ("thinking", "Thinking blocks", "none came, although asked for", 2.2, 60, 90),
    "thinking-back": ("thinking", "Signatures handed back", "no thinking to hand back", 0.0, 0, 0),
    "images": ("large", "An image", "saw the red square", 1.9, 1_500, 12),
    "long-prompt": ("large", "A prompt of 30,000 tokens", "found the word in it", 6.3, 30_200, 6),
    "window": ("large", "The claimed window", "only tried with --deep", 0.0, 0, 0),
    "count-tokens": ("large", "count_tokens", "404", 0.2, 0, 0),
    "models-list": ("large", "/v1/models", "31 models", 0.3, 0, 0),
    "wrong-key": ("errors", "A wrong key", "401 authentication_error", 0.2, 0, 0),
    "unknown-model": ("errors", "An unknown model", "404 not_found_error", 0.2, 0, 0),
    "rate-limit": ("errors", "Rate limits", "not met", 0.0, 0, 0),
    "too-long": ("errors", "A prompt that is too long", "400, in words that the client does not know", 1.1, 0, 0),
    "two-at-once": ("errors", "Two at once", "both answered, the second one 0.1 s later", 1.9, 40, 12),
    "unknown-claude": ("errors", "An unknown claude-* name", "refused", 0.2, 0, 0),
}
SEEN: dict[str, tuple[str, str, tuple[Advice, ...]]] = {
    "tool-arguments": (FAILED, "Each tool call comes without its arguments: no file is read, no edit is made.", ()),
    "pings": (DEGRADED, "A long silence looks like a dead connection, and the client gives up.", ()),
    "effort": (
        FAILED,
        "Each request of a session is refused with 400.",
        (Advice("compat.no-effort=true", tried=True, why="output_config is left out"),),
    ),
    "thinking": (
        DEGRADED,
        "The model does not think, or does not show it.",
        (Advice("compat.no-thinking=true", tried=False),),
    ),
    "thinking-back": (SKIPPED, "", ()),
    "window": (SKIPPED, "", ()),
    "rate-limit": (SKIPPED, "", ()),
    "count-tokens": (DEGRADED, "The client estimates how full the window is.", ()),
    "too-long": (DEGRADED, "The client does not compact by itself when the window is full.", ()),
}


def events(text: str) -> Iterator[bytes]:
    """An answer, as it is streamed."""

    def event(kind: str, **data: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind} | data, ensure_ascii=False)}\n\n".encode()

    yield event("message_start", message={"id": "msg_1", "usage": {"input_tokens": 20}})
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for word in text.split(" "):
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": f"{word} "})
    yield event("message_stop")


def exchange(text: str = "Hello there.", status: int = 200, **body: Any) -> Exchange:
    """One request and its streamed answer."""
    whole = {
        "model": "glm-5.3",
        "max_tokens": 300,
        "stream": True,
        "messages": [{"role": "user", "content": "Say hello."}],
    } | body
    pieces = tuple(Piece(0.6 + 0.024 * index, data) for index, data in enumerate(events(text)))
    if status != 200:
        message = {"type": "error", "error": {"type": "invalid_request_error", "message": text}}
        pieces = (Piece(0.2, json.dumps(message).encode()),)
    return Exchange(
        Ask(body=whole),
        Answer(
            status,
            {"content-type": "text/event-stream", "request-id": "req_0123"},
            pieces,
            pieces[-1].at,
            tls="TLSv1.3",
        ),
        f"https://{HOST}/v1/messages",
        {"content-type": "application/json", "anthropic-version": "2023-06-01", "authorization": "Bearer ***"},
    )


@cache  # asked for hundreds of times
def _special() -> dict[str, tuple[Exchange, ...]]:
    image = base64.b64encode(bytes(range(256)) * 400).decode()
    return {
        "effort": (exchange("output_config: extra inputs are not permitted", 400, output_config={"effort": "high"}),),
        "tool-arguments": (exchange(tools=[{"name": "read_file", "input_schema": {}}]), exchange(HOSTILE)),
        "images": (exchange(messages=[{"role": "user", "content": [{"type": "image", "source": {"data": image}}]}]),),
        "long-prompt": (exchange("word " * 900, system="All work and no play. " * 6_000),),
        "pings": (
            replace(
                exchange(),
                answer=Answer(200, {}, (Piece(0.5, b"event: \xff\xfe\xc3("),), 9.1, CUT, "the other side closed it"),
            ),
        ),
        "reachable": (),
    }


@cache
def _usual() -> Exchange:
    return exchange()


def _evidence(check: str) -> tuple[Exchange, ...]:
    return _special().get(check, (_usual(),) if CHECKS[check][4] else ())


def outcomes() -> tuple[Outcome, ...]:
    """What each check has found."""
    return tuple(outcome(check) for check in CHECKS)


def outcome(check: str) -> Outcome:
    """What this check has found."""
    group, title, said, seconds, tokens_in, tokens_out = CHECKS[check]
    status, harm, advice = SEEN.get(check, (PASSED, "", ()))
    cost = tokens_in * 0.6e-6 + tokens_out * 2.2e-6
    return Outcome(
        check,
        title,
        group,
        status,
        said,
        harm,
        advice,
        seconds=seconds,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cost=cost,
        evidence=_evidence(check),
    )


def run(**changed: Any) -> Run:
    """A whole probe that found the endpoint unfit."""
    made = Run(
        profile="zai",
        model="glm-5.3",
        host=HOST,
        client="2.1.329",
        began=BEGAN,
        seconds=62.4,
        verdict="do not use for editing; no thinking",
        fit=False,
        outcomes=outcomes(),
        knobs=("slow-start",),
    )
    return replace(made, **changed)


def good_run(**changed: Any) -> Run:
    """The same endpoint on a better day."""
    passed = tuple(
        replace(each, status=PASSED, harm="", advice=()) if each.status != SKIPPED else each for each in outcomes()
    )
    return run(**{"fit": True, "verdict": "works", "outcomes": passed} | changed)
