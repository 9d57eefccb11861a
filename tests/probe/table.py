"""For each flaw of an endpoint: what a probe has to find, and what to advise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cc_launcher.core.probe.outcome import DEGRADED, FAILED
from tests.fakes.fake_flawed import MODELS


@dataclass(frozen=True)
class Row:
    """One flaw."""

    found: dict[str, str] = field(default_factory=dict)  # the checks that are not passed, and how they ended
    words: str = ""  # that one of them says
    advice: frozenset[str] = frozenset()  # all that is advised, as `cc edit` takes it
    untried: frozenset[str] = frozenset()  # of these
    left: dict[str, str] = field(default_factory=dict)  # what is found once the advice is followed
    deep: bool = False
    fit: bool = True  # whether a session would do, as the verdict has it


def _row(check: str, status: str, words: str = "", *advice: str, **more: object) -> Row:
    return Row({check: status}, words, frozenset(advice), **more)  # type: ignore[arg-type]  # as Row says


def _knob(name: str) -> str:
    return f"compat.{name}=true"


def _refused(check: str, knob: str) -> Row:
    """A field of the client's that is refused, and a knob that leaves it out."""
    return _row(check, FAILED, "refused (400): Bad request", _knob(knob), fit=False)


def _whole(words: str) -> Row:
    """A stream that the client cannot read: it asks again for a whole answer."""
    return Row({"sse": DEGRADED}, words)


def _recovered(check: str, knob: str) -> Row:
    """The same, where the client helps itself."""
    return _row(check, DEGRADED, "the client sees it, and sends again without", _knob(knob))


_CONTEXT = f'models."{MODELS[0]}".context'

_NO_SEARCH = "web_search=false"
_NOT_TRIED = frozenset({_NO_SEARCH})

TABLE: dict[str, Row] = {
    # connection
    "no-such-server": _row("reachable", FAILED, "Connection refused", fit=False),
    "bad-certificate": _row("tls", FAILED, "no trusted connection", fit=False),
    "wants-x-api-key": _row("credential", FAILED, "as x-api-key it is accepted", "auth=api-key", fit=False),
    "refuses-key": _row("credential", FAILED, "refused (401): Invalid bearer token", fit=False),
    "refuses-access": _row("credential", FAILED, "refused (403): Your plan", fit=False),
    "unknown-model": _row("model", FAILED, "refused (404): model: ", fit=False),
    "out-of-credit": _row("credential", FAILED, "no credit left (402)", fit=False),
    "html-answers": _row("credential", FAILED, "something else answers", fit=False),
    "sends-elsewhere": _row("credential", FAILED, "sent on to another address", fit=False),
    # plain
    "answer-without-content": _row("answer", FAILED, "the message is empty"),
    "usage-missing": _row("usage", FAILED, "does not say how many tokens"),
    "usage-implausible": _row("usage", DEGRADED, "1 tokens in", deep=True),  # so the window must be judged without
    "stop-reason-wrong": _row("stop-reasons", DEGRADED, "end_turn where it is max_tokens"),
    # stream
    "stream-without-content": _row("sse", FAILED, "the stream has no content", fit=False),
    "no-event-names": _whole("events have no name"),
    "openai-stream": _whole("events have no name"),
    "wrong-order": _whole("filled or closed that is not open"),
    "blocks-not-closed": _row("sse", FAILED, "not closed", fit=False),
    # The client takes these as they are: see test_agrees.
    "same-index": Row(),
    "strange-events": Row(),
    "no-message-stop": Row(),
    "unfinished": _row("sse", FAILED, "breaks off", fit=False),
    "cut-off": _row("sse", FAILED, "", fit=False),
    "error-in-stream": _whole("ends in an error: Overloaded"),
    "not-streamed": _whole("application/json, not a stream"),
    "no-pings": _row("pings", DEGRADED, "none come", _knob("slow-start")),
    "buffered": _row("cadence", DEGRADED, "pieces come at once", _knob("slow-start")),
    "usage-missing-in-stream": _row("usage", FAILED, "does not say how many tokens"),
    # tools
    "ignores-tools": _row("tool-call", FAILED, "says something instead of calling a tool", fit=False),
    "empty-arguments": _row("tool-arguments", FAILED, "streamed and whole: the arguments are empty", fit=False),
    "cut-arguments": _row("tool-arguments", FAILED, "in one piece they are right", fit=False),
    "arguments-whole-only": _row("tool-arguments", FAILED, "in one piece they are right", fit=False),
    "parallel-merged": _row("parallel-tools", FAILED, "1 call of 3", fit=False),
    "only-first-call": _row("parallel-tools", DEGRADED, "one call comes at a time"),
    "same-ids": _row("parallel-tools", FAILED, "the same id", fit=False),
    "nested-as-text": _row("nested-arguments", DEGRADED, "the client makes of it what it should be"),
    "numbers-as-text": _row("nested-arguments", FAILED, "text instead of a number", fit=False),
    "edit-newlines": _row("edit", FAILED, "line breaks have become \\n", fit=False),
    "edit-letters": _row("edit", FAILED, "gr??e", fit=False),
    "edit-quotes": _row("edit", FAILED, "new_string", fit=False),
    "tool-result-refused": _row("tool-result", FAILED, "what the tool said is refused (400)", fit=False),
    "tool-result-ignored": _row("tool-result", FAILED, "does not see what the tool has said", fit=False),
    "tool-error-refused": _row("tool-error", FAILED, "what the tool said is refused (400)", fit=False),
    "always-calls": _row("tool-not-called", DEGRADED, "weather is called"),
    "ignores-tool-choice": _row("tool-choice", DEGRADED, "prescribed is not called"),
    "stop-reason-not-tool-use": _row("stop-reasons", DEGRADED, "end_turn where it is tool_use"),
    # what the client sends
    "refuses-adaptive-thinking": _refused("adaptive-thinking", "no-adaptive-thinking"),
    "refuses-adaptive-thinking-in-known-words": _recovered("adaptive-thinking", "no-adaptive-thinking"),
    "refuses-thinking": _refused("adaptive-thinking", "no-thinking"),
    "refuses-effort": _refused("effort", "no-effort"),
    "refuses-effort-in-known-words": _recovered("effort", "no-effort"),
    "refuses-context-management": _refused("context-management", "no-context-management"),
    "refuses-context-management-in-known-words": _recovered("context-management", "no-context-management"),
    "refuses-betas": _row("betas", FAILED, "no knob takes the whole header out", fit=False),
    "refuses-betas-in-known-words": _row("betas", DEGRADED, "no knob takes the whole header out"),
    "refuses-new-betas": _refused("betas", "no-betas"),
    "refuses-new-betas-in-known-words": _recovered("betas", "no-betas"),
    "refuses-cache-control": _refused("cache-control", "no-caching"),
    "refuses-system-role": _refused("system-role", "no-system-role"),
    "refuses-system-role-in-known-words": _recovered("system-role", "no-system-role"),
    "refuses-tool-search": _recovered("tool-search", "no-tool-search"),
    "refuses-tool-reference": replace(
        _recovered("tool-reference", "no-tool-search"), untried=frozenset({_knob("no-tool-search")})
    ),
    "refuses-many-tools": _row("client-request", FAILED, "refused (400): Bad request", fit=False),
    "max-output-small": _row(
        "max-output", FAILED, "22500 > 8192", f'models."{MODELS[0]}".max_output=8192', fit=False
    ),
    # thinking
    "drops-thinking": _row("thinking", DEGRADED, "none comes", _knob("no-thinking")),
    "thinking-not-handed-back": _row("thinking-back", FAILED, "refused (400)", _knob("no-thinking"), fit=False),
    # The real client goes on with such thoughts, and so does their endpoint: see test_agrees.
    "signature-missing": Row(),
    # web search
    "refuses-searches": _row("web-search", DEGRADED, "refused (400): Bad request", _NO_SEARCH, untried=_NOT_TRIED),
    "makes-searches-up": _row("web-search", DEGRADED, "without having searched", _NO_SEARCH, untried=_NOT_TRIED),
    # images
    "refuses-images": _row("images", FAILED, "refused (400)"),
    "ignores-images": _row("images", DEGRADED, "I see no picture"),
    # size
    "refuses-long-prompts": _row("long-prompt", FAILED, "prompt is too long", fit=False),
    "small-window": _row("window", DEGRADED, "the client compacts once it is refused", f"{_CONTEXT}=", deep=True),
    "small-window-odd-words": _row(
        "window", FAILED, "90,000 tokens are claimed", f"{_CONTEXT}=",
        deep=True, fit=False, left={"too-long": DEGRADED},
    ),
    "too-long-odd-words": _row("too-long", DEGRADED, "does not see from this", deep=True),
    "truncates": _row("long-prompt", DEGRADED, "not see the beginning"),
    # the rest
    "no-count-tokens": _row("count-tokens", DEGRADED, "not served (404)"),
    "no-models-list": _row("models-list", DEGRADED, "not served"),
    "odd-errors": Row({"wrong-key": DEGRADED, "unknown-model": DEGRADED}, "no error object of this API"),
    "wrong-key-as-500": _row("wrong-key", DEGRADED, "500 instead of 401"),
    "wrong-key-accepted": _row("wrong-key", DEGRADED, "a wrong key is taken"),
    "unknown-model-as-500": _row("unknown-model", DEGRADED, "500 instead of"),
    "unknown-model-served": _row("unknown-model", DEGRADED, "does not exist is served"),
    "serves-unknown-claude": _row("unknown-claude", DEGRADED, "is served by fake-large"),
    "one-at-a-time": _row("two-at-once", DEGRADED, "the second is refused (429)"),
    "429-without-retry-after": Row({"two-at-once": DEGRADED, "rate-limit": DEGRADED}, "without retry-after"),
}  # fmt: skip
