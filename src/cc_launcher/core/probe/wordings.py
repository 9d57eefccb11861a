"""From which refusals the client recovers by itself, and which answers it takes for a prompt that is too long.

A field that a provider refuses does little harm where the client leaves it out and asks again, for the rest of the
session; whether it does depends on the words of the refusal. Each of these was tried on the client, 2.1.329 (the cases
are in tests/data/refusals.json). Whatever stands in none of them ends the turn: after one request or two, or after six,
the last of them with fewer betas and without tool search.
"""

import re
from typing import NamedTuple

# Status codes that were tried. Others are not taken to be as good.
ANY = frozenset({400, 404, 422, 500})
BAD_REQUEST = frozenset({400})
_UNPROCESSABLE = frozenset({400, 422})


class Wording(NamedTuple):
    """Words of a refusal, and the status codes with which they are understood."""

    statuses: frozenset[int]
    words: re.Pattern[str]


def _wording(statuses: frozenset[int], words: str, *, any_case: bool = True) -> Wording:
    return Wording(statuses, re.compile(words, re.DOTALL | (re.IGNORECASE if any_case else re.NOFLAG)))


# What an endpoint may answer instead of a provider's words: the client's own text says so to those who write gateways.
def _token(of: str) -> Wording:
    return _wording(BAD_REQUEST, rf"\A(?:400 )?capability_rejected: {of}\Z", any_case=False)


_QUOTE = r"[\\'\"`]{1,2}"
_USER_OR_ASSISTANT = rf"{_QUOTE}(?:user|assistant)\b.{{0,2}} or {_QUOTE}(?:user|assistant)\b"
_ANYTHING = _wording(_UNPROCESSABLE, "")

# By the names of `client_request.parts`. Those that are missing here are never left out, whatever the words.
RECOVERS: dict[str, tuple[Wording, ...]] = {
    "thinking": (  # it goes on with a budget
        _wording(BAD_REQUEST, r"thinking\.type[^a-z]{1,8}adaptive.*not supported"),
        _wording(BAD_REQUEST, r"\badaptive thinking is not supported"),
        _token("thinking_type:adaptive"),
    ),
    "effort": (
        _wording(BAD_REQUEST, r"\A(?=.*effort parameter)(?=.*not support)"),
        _wording(BAD_REQUEST, r"\A(?=.*output_config)(?=.*effort)(?=.*extra inputs are not permitted)"),
        _token("effort_unsupported"),
    ),
    "context-management": (
        _wording(ANY - {404}, "context_management: Extra inputs are not permitted", any_case=False),
    ),
    "betas": (  # one request for each value that is named, if only those are named that were sent
        _wording(
            _UNPROCESSABLE, r"\AUnexpected value\(s\) `[^`]+`(?:, `[^`]+`)* for the `anthropic[-_]beta`", any_case=False
        ),
        _wording(
            BAD_REQUEST,
            r"\A(?=.*anthropic[-_]beta)(?=.*(?:context-management|mid-conversation-tool-changes|advanced-tool-use)-\d)",
            any_case=False,
        ),
        _token(r"beta_header:\S+"),
    ),
    "system-role": (
        _wording(ANY, r"\A(?=.*role .{0,2}system)(?-i:(?=.*not supported))"),
        _wording(ANY, rf"(?:unknown variant .{{0,2}}system\b.{{0,2}}, expected|Input should be) {_USER_OR_ASSISTANT}"),
        _wording(ANY, r"\A(?=.*Unexpected role)(?=.*input message role)", any_case=False),
        _wording(BAD_REQUEST, r"\A(?-i:(?=.*cache_control))(?=.*(?:system messages?\b|role .{0,2}system))"),
        _wording(ANY, r"role .{0,2}system.{0,2} must (?:precede an|follow a)"),
        _wording(ANY, r"use the top-level .{0,2}system.{0,2} parameter for the initial system prompt"),
        _wording(ANY, r"text-only role .{0,2}system.{0,2} messages require"),
        _token("mid_conv_system"),
    ),
    "tool-search": (_ANYTHING,),  # the third or fourth request has all tools at once
    "tool-reference": (_ANYTHING,),
}

_TOO_LONG = (
    "maximum context length",
    "context_length_exceeded",
    "exceeds the context window",
    "contextwindowexceedederror",
    "longer than the maximum model length",
    "longer than the model's context length",
    "exceeds the available context size",
    "exceeds the maximum number of tokens allowed",
    "exceeded model token limit",
    "input token length too long",
    "input tokens exceed the configured limit",
    "maximum context limit",
    "maximum prompt length",
    "prompt exceeds max length",
    "tokens in request more than max tokens allowed",
    "range of input length should be",
    "context window exceeds limit",
    "but model only supports up to",
    "reduce the length of the messages",
    "`inputs` tokens + `max_new_tokens` must be",
    "context exceeds your deployment",
)
_SOMETHING_ELSE = (  # that one of the above stands in, too
    "policy_blocked",
    "dlp_request_denied",
    "string too long. expected a string with maximum length",
    "expected maxlength",
)
_ANTHROPICS = (
    "prompt is too long",
    "input is too long for requested model",
    "input length and `max_tokens` exceed context limit",
)
_WHOLE = re.compile(
    r"\s*(?:400 )?(?:input is too long\.?|the (?:request|message) size \(\d+ bytes\) exceeds [\d.]+ ?MB limit\.?)\s*",
    re.IGNORECASE,
)


def recovers_from(part: str, status: int, message: str) -> bool:
    """Whether the client, refused with this error, leaves out this part of its request and goes on."""
    if is_too_long(message, status):
        return False
    return any(status in wording.statuses and wording.words.search(message) for wording in RECOVERS.get(part, ()))


def is_too_long(message: str, status: int = 400) -> bool:
    """Whether the client takes this for a prompt that is too long: then it makes the conversation shorter."""
    if status not in {400, 413, 422}:
        return False
    lower = message.lower()
    if any(words in lower for words in _ANTHROPICS) or (status == 413 and "context window" in lower):
        return True
    if status == 400 and _WHOLE.fullmatch(message):
        return True
    return any(words in lower for words in _TOO_LONG) and not any(words in lower for words in _SOMETHING_ELSE)
