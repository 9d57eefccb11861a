"""A turn that failed: whether another profile may do better, what is said of it, and when the first one is back.

Measured on 2.1.84 to 2.1.332: what the client says of a failed turn (its StopFailure hook, its JSON, its transcript) is
a word, a status and a text. The word is "unknown" for every 402 that is not in Anthropic's own words, and for all on
old clients; so the status decides where there is one.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from cc_launcher.core.plan import first_answer
from cc_launcher.core.plan.first_answer import Answer


class Failure(NamedTuple):
    """How a turn failed, as the client tells it."""

    error: str = ""  # its word for it
    status: int = 0  # of the provider's answer; 0: none came, or it does not say
    said: str = ""


class Mark(NamedTuple):
    """What the hook of a session has left: whose turn failed, and how."""

    session: str
    transcript: str
    failure: Failure


class Outage(NamedTuple):
    """What another profile may get over."""

    words: str
    said: str = ""  # by the provider, fit to be shown
    back: str = ""  # when the first one answers again, where it says that

    def line(self, name: str, following: str) -> str:
        """What is said when a session goes on elsewhere."""
        quoted = f"; it says: {self.said}" if self.said else ""
        back = f"; {name} is back {self.back}" if self.back and self.back not in self.said else ""
        return f"{name}: {self.words}{quoted}; on to {following}{back}. To go back later: cc take-over --back"


def judged(failure: Failure, secrets: Iterable[str] = ()) -> Outage | None:
    """What passes by itself, or costs money; nothing for what a person has to fix, or has wanted."""
    text = _CLIENTS_OWN.sub("", failure.said)
    if _OWN_BUDGET.search(text):
        return None
    status = failure.status or _status(failure.said)
    if status:
        retry = _RETRY.search(text)
        verdict = first_answer.judge(Answer(status, text), secrets)
        if verdict.kind not in first_answer.MOVES_ON:
            return None
        return Outage(verdict.words, verdict.said, _back(retry))
    words = _BY_WORD.get(failure.error, "")
    if not words and failure.error in _ANY and _LOST.search(text):
        words = _NO_ANSWER
    if not words:
        return None
    return Outage(words, first_answer.fit_to_show(text, secrets), _back(_RETRY.search(text)))


def mark(content: bytes) -> Mark | None:
    """What the hook wrote down; nothing where that is not what the client says to such a hook."""
    said = _object(content)
    session, transcript = said.get("session_id"), said.get("transcript_path")
    if not (isinstance(session, str) and isinstance(transcript, str)) or said.get("agent_id"):
        return None  # what fails for a subagent fails for the session soon, or is told to its model
    return Mark(session, transcript, Failure(_text(said, "error"), 0, _text(said, "last_assistant_message")))


def prompt(content: bytes) -> str:
    """The prompt that another hook wrote down."""
    return _text(_object(content), "prompt")


def of_result(result: dict[str, Any]) -> Failure | None:
    """The failure that the last line of `-p` tells. Measured: its `subtype` is "success" even then."""
    if result.get("is_error") is not True or result.get("subtype") != "success":
        return None  # a limit of turns or of money, which somebody has set
    status = result.get("api_error_status")
    reason = result.get("terminal_reason")
    if reason not in {None, "api_error"}:
        return None
    return Failure("", status if isinstance(status, int) else 0, _text(result, "result"))


def last_failure(lines: Iterable[bytes]) -> Failure | None:
    """How the last turn of a transcript failed; nothing where it did not, or has not begun."""
    found = None
    for line in lines:
        if b'"type":"assistant"' not in line and b'"type":"user"' not in line:
            continue
        entry = _object(line)
        if entry.get("isSidechain") or entry.get("type") not in {"assistant", "user"}:
            continue
        found = _failure_of(entry) if entry.get("isApiErrorMessage") else None
    return found


_ANY = frozenset({"", "unknown"})
_NO_ANSWER = "no answer"
_BY_WORD = {
    "billing_error": "out of credit",
    "overloaded": "overloaded",
    "rate_limit": "rate limited",
    "server_error": _NO_ANSWER,  # measured: of a status there is always one, so this is silence, or nobody there
}
# What the client itself puts around the provider's words
_CLIENTS_OWN = re.compile(
    r"^(?:Failed to authenticate\. )?API Error: (?:Request rejected \(\d{3}\) · |\d{3} )?"
    r"|\. This is a server-side issue, usually temporary.*$",
    re.DOTALL,
)
_STATUS = re.compile(r"^(?:Failed to authenticate\. )?API Error: (?:Request rejected \()?(\d{3})\b")
_LOST = re.compile(r"(?i)timed? ?out|connection|unable to connect|network|socket|fetch failed|E(?:CONN|HOST|NET)[A-Z]+")
# A limit that somebody has set for himself: our gateway's (see docs/how-to/gateways.md), LiteLLM's
_OWN_BUDGET = re.compile(r"(?i)\bcc: (?:the |your )?[^.]*budget|budget has been exceeded|exceeded ?budget")
_RETRY = re.compile(
    r"(?i)\b(?:resets?|try again|retry|available again)\s+((?:in|at|after)\s+[^.;,·\"}]{1,40}|\d[^.;,·\"}]{0,40})"
)


def _status(said: str) -> int:
    found = _STATUS.match(said)
    return int(found[1]) if found else 0


def _back(found: re.Match[str] | None) -> str:
    when = " ".join(found[1].split()) if found else ""
    return f"at {when}" if when[:1].isdigit() else when


def _failure_of(entry: dict[str, Any]) -> Failure:
    status, message = entry.get("apiErrorStatus"), entry.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    blocks = content if isinstance(content, list) else []
    said = "\n".join(_text(block, "text") for block in blocks if isinstance(block, dict))
    return Failure(_text(entry, "error"), status if isinstance(status, int) else 0, said)


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
