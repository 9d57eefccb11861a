"""What a provider's answer to the shortest message says of a launch: of the key, of the model, of the money."""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from cc_launcher.core.errors import NO_SUCH, REFUSED, TIMED_OUT, UNREACHABLE, CcError
from cc_launcher.core.text import printable

# What can come of it
PASSED = "passed"
ODD = "odd"  # something about this message, which says nothing of a session
KEY = "key"
UNSENDABLE = "unsendable"
MODEL = "model"
CREDIT = "credit"
LIMITED = "limited"
FAULT = "fault"
SILENT = "silent"
DOWN = "down"
MOVED = "moved"

CODES = {
    KEY: REFUSED,
    UNSENDABLE: REFUSED,
    MODEL: NO_SUCH,
    CREDIT: REFUSED,
    LIMITED: TIMED_OUT,
    FAULT: UNREACHABLE,
    SILENT: TIMED_OUT,
    DOWN: UNREACHABLE,
    MOVED: UNREACHABLE,
}
# What another profile may have better luck with. The rest has to be fixed by a person.
MOVES_ON = frozenset({CREDIT, LIMITED, FAULT, SILENT, DOWN})

_SHOWN = 160
_READ = 4096
_LEAST = 8  # so many letters of a secret in a row are hidden
_HIDDEN = "(not shown)"
_MANY = 200  # strings of one answer that are looked at
_MONEY = re.compile(
    r"(?i)\bbalance|\bcredits?\b|\bbilling\b|\barrear|\brecharge|\btop[ -]?up\b|\bpayment|\binsufficient[ _-]?funds?\b"
    "|余额|欠费|充值"
)
_QUOTA = re.compile(r"(?i)quota|额度")
_RATE = re.compile(r"(?i)rate[ _-]?limit|too many requests|per (?:second|minute|hour)|concurren")
_MODEL = re.compile(
    r"(?i)model_?not_?found|invalid_?model|(?:unknown|invalid|no such|unsupported|unrecognized) model|not a valid model"
    r"|supported (?:api )?model names|模型不存在"
    r"|\bmodel\b[:=]?(?:\s+\S{1,120})?\s+(?:is\s+|was\s+|does\s+|could\s+)?"
    r"(?:not\s+(?:be\s+)?(?:found|exist|supported|available|recogni[sz]ed|valid)|unknown|invalid|unavailable)\b"
)


class Answer(NamedTuple):
    """What came of a request: a status and a text, or why there is none."""

    status: int = 0
    text: str = ""
    retry_after: str = ""
    fault: str = ""  # DOWN, SILENT or UNSENDABLE
    detail: str = ""  # of the fault


class Verdict(NamedTuple):
    """What an answer means."""

    kind: str
    words: str  # in short, with the status
    status: int = 0
    said: str = ""  # by the provider, fit to be shown

    @property
    def quoted(self) -> str:
        """What the provider says, to be put behind something else."""
        return f"; it says: {self.said}" if self.said else ""


class Unavailable(CcError):
    """A provider that is of no use just now, through no fault of the profile's. Another profile may do instead."""

    def __init__(self, what: str, hint: str, *, code: int, words: str) -> None:
        super().__init__(what, hint, code=code)
        self.words = words  # what is wrong, without whose it is


def judge(answer: Answer, secrets: Iterable[str] = ()) -> Verdict:
    """The verdict on an answer. None of these secrets is in it, should the provider repeat one."""
    if answer.fault:
        return Verdict(answer.fault, _FAULTS[answer.fault].format(answer.detail))
    texts = _texts(answer.text)
    said = _message(answer.text, texts)
    kind = _kind(answer, "\n".join(texts))
    words = _WORDS.get(kind, "").format(answer.status)
    if kind == LIMITED and (wait := _wait(answer.retry_after)):
        words += f", to be tried again {wait}"
    return Verdict(kind, words, answer.status, fit_to_show(said, secrets) if kind != PASSED else "")


def refusal(name: str, verdict: Verdict, model: str, base: str, *, key_hint: str) -> CcError:
    """Why nothing is launched. Addresses are as the profile has them, with no secret in them."""
    words = verdict.words
    if verdict.kind == MODEL:
        words = f"{model} is not served under {printable(base)} ({verdict.status})"
    elif verdict.kind in {DOWN, MOVED}:
        words = f"{printable(base)} {words}"
    hint = HINTS[verdict.kind].format(name=name) if verdict.kind in HINTS else key_hint
    what, code = f"{name}: {words}{verdict.quoted}", CODES[verdict.kind]
    if verdict.kind in MOVES_ON:
        return Unavailable(what, hint, code=code, words=words)
    return CcError(what, hint, code=code)


def fit_to_show(text: str, secrets: Iterable[str]) -> str:
    """The beginning of what somebody says, in one line, with no secret in it, nor a longer part of one."""
    text = text[:_READ]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = _without(text.replace(secret, _HIDDEN), secret)
    line = printable(" ".join(text.split()))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


_FAULTS = {
    DOWN: "cannot be reached ({})",
    SILENT: "no answer within {}",
    UNSENDABLE: "the key contains characters that cannot be sent, so no provider can accept it",
}
_WORDS = {
    KEY: "the provider does not accept this key ({})",
    CREDIT: "out of credit ({})",
    LIMITED: "rate limited ({})",
    FAULT: "the provider has a problem of its own ({})",
    SILENT: "no answer in time ({})",
    DOWN: "cannot be reached: a proxy asks for a password ({})",
    MODEL: "the model is not served there ({})",
    MOVED: "redirects to another address ({}); the key was not sent there",
    ODD: "the provider answers {} to the shortest message",
}
_OTHER = "use another one: cc run --fallback PROFILE {name}"
HINTS = {
    MODEL: "cc models {name} lists what is; if all are missing, base_url is wrong",
    CREDIT: f"top it up, or {_OTHER}",
    LIMITED: f"wait, or {_OTHER}",
    FAULT: f"try again later, or {_OTHER}",
    SILENT: f"try again, or {_OTHER}",
    DOWN: f"check the network, a proxy, and base_url; or {_OTHER}",
    MOVED: "check base_url: this is probably not it",
    UNSENDABLE: "copy it again, and look for a character that does not belong there",
}

_BY_STATUS = {401: KEY, 402: CREDIT, 403: KEY, 404: MODEL, 407: DOWN, 408: SILENT, 429: LIMITED}
_BY_HUNDRED = {3: MOVED, 5: FAULT}


def _kind(answer: Answer, text: str) -> str:
    status = answer.status
    if 200 <= status < 300:
        return PASSED if _is_message(answer.text) else _by_words(text, money=True) or ODD
    if status in {400, 403, 429} and _speaks_of_money(answer, text):
        return CREDIT
    if status in {400, 422}:
        return _by_words(text, money=False)
    return _BY_STATUS.get(status) or _BY_HUNDRED.get(status // 100, ODD)


def _by_words(text: str, *, money: bool) -> str:
    if money and _MONEY.search(text):
        return CREDIT
    return MODEL if _MODEL.search(text) else ODD


def _speaks_of_money(answer: Answer, text: str) -> bool:
    """A quota may also be one of requests, which comes back by itself."""
    if _MONEY.search(text):
        return True
    by_itself = answer.status == 429 and (answer.retry_after or _RATE.search(text))
    return bool(_QUOTA.search(text)) and not by_itself


def _is_message(text: str) -> bool:
    """Whether this is an answer of a model: some gateways report their own faults with 200."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return "message_start" in text  # streamed, although nobody asked for that
    return isinstance(data, dict) and (data.get("type") == "message" or isinstance(data.get("content"), list))


def _texts(text: str) -> list[str]:
    """All strings of a JSON answer; of another one, the whole."""
    try:
        left: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return [text]
    found: list[str] = []
    while left and len(found) < _MANY:
        value = left.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict | list):
            left += value.values() if isinstance(value, dict) else value
    return found


def _message(text: str, texts: list[str]) -> str:
    """The words for people in an answer. A page of HTML has none."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.lstrip().startswith("<") else text
    for _ in range(3):
        if isinstance(data, list) and data:
            data = data[0]
        if isinstance(data, dict):
            keys = ("error", "errors", "message", "msg", "detail", "base_resp", "status_msg", "type")
            data = next((data[key] for key in keys if data.get(key)), "")
    return data if data and isinstance(data, str) else next(iter(texts), "")


def _wait(retry_after: str) -> str:
    """When to try again, as the provider says: in seconds, or at a time."""
    text = printable(retry_after.strip())[:40]
    if text.isascii() and text.isdecimal():
        return f"in {int(text)} s"
    return f"after {text}" if text else ""


def _without(text: str, secret: str) -> str:
    """The text without any longer part of a secret: a provider may show its beginning and its end."""
    kept: list[str] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and text[at : end + 1] in secret:
            end += 1
        if end - at >= _LEAST:
            kept.append(_HIDDEN)
            at = end
        else:
            kept.append(text[at])
            at += 1
    return "".join(kept)
