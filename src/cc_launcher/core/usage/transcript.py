"""Read a transcript: the requests, markers and sums in its lines. Of what was said in it, nothing is looked at.

A line of an answer is its content, and figures behind it. The content is cut out before the rest is read as JSON,
which is a tenth of the work; where that does not come to a whole, the line is read as it is.
"""

import hashlib
import json
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from cc_launcher.core.text import has_control
from cc_launcher.core.usage import marker
from cc_launcher.core.usage.figures import Figures, classed, count
from cc_launcher.core.usage.marker import Marker

LONGEST_LINE = 16 * 1024 * 1024  # bytes; of a longer one its beginning and its end are read
KEPT_HEAD = 64 * 1024
KEPT_TAIL = 256 * 1024
FINAL = (2, 1, 133)  # the first client whose lines have the final figures

_HEAD = 6_000  # bytes of a line in which its kind stands: what may be in front of that is a path
_MESSAGE = b'"message":{'
_USER = b'"message":{"role":"user"'
_CONTENT = b'"content":['
_USAGE = b'"usage":{'
_STOP = b'"stop_reason":'
_REFERENCE = b'"requestRef":"'
_BEGINNINGS = (b'{"parentUuid":', b'{"type":"cost-state"')
_KINDS = (b'"hook_success"', b'"cost-state"', b'"compact_boundary"')
_SPACED = b'": '
_NO_REQUEST = "<synthetic>"
_LONGEST_NAME = 200
_LATEST = 1 << 53  # milliseconds
_LONGEST_PATH = 4_096
_SUFFIX = "[1m]"  # the client's own, no part of a model's name
_NO_LETTER = re.compile(r"[^A-Za-z0-9]")


class Request(NamedTuple):
    """One line of a request. Several may tell of the same: they have one key."""

    key: int
    time: int  # milliseconds since 1970
    session: str
    process: str  # the first session of the process that wrote it: a marker may stand there alone
    model: str
    project: str
    agent: bool
    figures: Figures
    cut: bool  # the answer did not come to its end
    old: bool  # written by a client that tells too few tokens of output


class State(NamedTuple):
    """The client's own sum of a session, up to here: of each model."""

    time: int
    session: str
    started: int
    models: dict[str, Figures]


class Compaction(NamedTuple):
    """A conversation was made shorter: requests of which no line exists."""

    time: int
    session: str


class Found:
    """What was found so far. What is known of the lines before goes on with it from one piece to the next."""

    def __init__(self, directory: str = "", newest: int = 0) -> None:
        self.directory = directory  # the name that the client gave the project
        self.newest = newest  # the newest time so far: a sum has none of its own
        self.requests: list[Request] = []
        self.markers: list[Marker] = []
        self.states: list[State] = []
        self.compactions: list[Compaction] = []
        self.parents: dict[str, str] = {}  # of a fork: the session from which it has its last copied line
        self.odd = 0  # lines that are none
        self.reference = b""
        self.event = ""  # for which the hook of the newest marker ran
        self.marker: Marker | None = None

    def clear(self) -> None:
        """Let go of what has been taken over elsewhere."""
        for each in (self.requests, self.markers, self.states, self.compactions):
            each.clear()
        self.parents.clear()


def read(block: bytes, found: Found, start: int = 0) -> int:
    """Read the whole lines of a piece, from the beginning of one; how far they reach."""
    while (end := block.find(b"\n", start)) >= 0:
        if end > start:
            at = block.find(_MESSAGE, start, min(end, start + _HEAD))
            if at < 0:
                _other(block, start, end, found)
            elif not block.startswith(_USER, at):
                _answer(block, start, at, end, found)
        start = end + 1
    return start


def _answer(block: bytes, start: int, at: int, end: int, found: Found) -> None:
    """A line with a message that is not the user's."""
    usage = block.rfind(_USAGE, at, end)
    if usage < 0 or (found.reference and block.find(found.reference, usage, end) >= 0):
        return  # no figures, or another block of the request before
    content = block.find(_CONTENT, at, usage)
    if content < 0 or block.find(_BEGINNINGS[0], content, usage) >= 0:
        _whole(block[start:end], found)
        return
    # Cut out at any other depth than the message's own, the rest has a brace too many or too few, and is no JSON.
    stop = block.rfind(_STOP, content, usage)
    line = _object(block[start:content] + block[stop if stop >= 0 else usage : end])
    if line is None or "type" not in line:
        _whole(block[start:end], found)
    elif line["type"] == "assistant":
        _request(line, found)
        reference = block.find(_REFERENCE, usage, end)
        found.reference = block[reference : block.find(b'"', reference + 14, end) + 1] if reference >= 0 else b""


def _other(block: bytes, start: int, end: int, found: Found) -> None:
    """A line without a message at its beginning: seldom one of ours, unless another program wrote it with blanks."""
    limit = min(end, start + _HEAD)
    known = any(block.find(kind, start, limit) >= 0 for kind in _KINDS)
    if known or (block.find(_SPACED, start, min(end, start + 100)) >= 0 and block.find(b'"usage"', start, end) >= 0):
        _whole(block[start:end], found)


def _whole(text: bytes, found: Found) -> None:
    """A line as it is. Behind one that was torn off, another one may have gone on."""
    line = _object(text)
    if line is None:
        again = max(text.rfind(beginning) for beginning in _BEGINNINGS)
        line = _object(text[again:]) if again > 0 else None
    if line is None:
        found.odd += 1
        return
    kind, attachment = line.get("type"), line.get("attachment")
    if kind == "assistant":
        _request(line, found)
        found.reference = b""
    elif kind == "cost-state":
        _state(line, found)
    elif kind == "system" and line.get("subtype") == "compact_boundary":
        time = _time(line, found)
        found.compactions.append(Compaction(time, _name(line.get("sessionId"))))
    elif kind == "attachment" and isinstance(attachment, dict) and attachment.get("type") == "hook_success":
        mark = marker.read(_time(line, found), _name(line.get("sessionId")), attachment)
        if mark is not None:
            if mark.profile:
                event = marker.event_of(attachment)
                if found.marker is not None and event and event == found.event:
                    mark = marker.together(found.marker, mark)
                found.event, found.marker = event, mark
            found.markers.append(mark)


def _request(line: dict[str, Any], found: Found) -> None:
    message = line.get("message")
    usage = message.get("usage") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(usage, dict) or message.get("model") == _NO_REQUEST:
        return
    figures = _figures(usage)
    here = _name(line.get("sessionId"))
    # The lines of a fork are copies that name the session in which they were written first.
    session = _name(line.get("requestSessionId")) or here
    if session != here:
        found.parents[here] = session
    version = line.get("version")
    old = isinstance(version, str) and _is_old(version)
    found.requests.append(
        Request(
            key=_key(line, message, figures),
            time=_time(line, found),
            session=session,
            process=_name(line.get("session_id")) or here,
            # What was asked for, not what the answer calls itself: sums and prices go by that.
            model=model_name(line.get("requestedModel")) or model_name(message.get("model")),
            project=project_of(line.get("cwd"), found.directory),
            agent=line.get("isSidechain") is True,
            figures=figures,
            cut=message.get("stop_reason", "") is None and not old,
            old=old,
        )
    )


def _figures(usage: dict[str, Any]) -> Figures:
    split, tools = usage.get("cache_creation"), usage.get("server_tool_use")
    by_class = split if isinstance(split, dict) else {}
    write_5m, write_1h, write = classed(
        count(usage.get("cache_creation_input_tokens")),
        count(by_class.get("ephemeral_5m_input_tokens")),
        count(by_class.get("ephemeral_1h_input_tokens")),
    )
    return Figures(
        count(usage.get("input_tokens")),
        count(usage.get("output_tokens")),
        write_5m,
        write_1h,
        write,
        count(usage.get("cache_read_input_tokens")),
        count(tools.get("web_search_requests")) if isinstance(tools, dict) else 0,
    )


def _state(line: dict[str, Any], found: Found) -> None:
    used, started = line.get("modelUsage"), line.get("startTime")
    if not isinstance(used, dict):
        return
    if not isinstance(started, int) or not 0 < started < _LATEST:
        started = 0
    models: dict[str, Figures] = {}
    for name, values in used.items():
        if isinstance(values, dict) and (model := model_name(name)):
            models[model] = models.get(model, Figures()).plus(_summed(values))
    found.states.append(State(max(found.newest, started), _name(line.get("sessionId")), started, models))


def _summed(values: dict[str, Any]) -> Figures:
    write_5m, write_1h, write = classed(
        count(values.get("cacheCreationInputTokens")),
        count(values.get("cacheCreationEphemeral5mInputTokens")),
        count(values.get("cacheCreationEphemeral1hInputTokens")),
    )
    return Figures(
        count(values.get("inputTokens")),
        count(values.get("outputTokens")),
        write_5m,
        write_1h,
        write,
        count(values.get("cacheReadInputTokens")),
        count(values.get("webSearchRequests")),
    )


def _key(line: dict[str, Any], message: dict[str, Any], figures: Figures) -> int:
    """What tells requests apart. Ids alone do not: a gateway may always send the same one."""
    reference, ours, theirs = line.get("requestRef"), message.get("id"), line.get("requestId")
    if isinstance(reference, str) and reference:
        text = f"ref {reference}"
    elif isinstance(theirs, str) and theirs:
        text = f"id {ours} {theirs}"
    elif ours:
        text = f"figures {ours} {figures.input} {figures.cache_write} {figures.read}"
    else:
        text = f"line {line.get('uuid')} {line.get('timestamp')}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def model_name(value: object) -> str:
    """A model as it is asked for, without what the client alone adds to it."""
    return _name(value).removesuffix(_SUFFIX)


def project_of(cwd: object, directory: str) -> str:
    """The project's directory: where the session began, though it may have gone further down since."""
    return _project(cwd, directory) if isinstance(cwd, str) and len(cwd) <= _LONGEST_PATH else ""


@lru_cache(256)
def _project(cwd: str, directory: str) -> str:
    if has_control(cwd):
        return ""
    path = cwd
    while path:
        if _NO_LETTER.sub("-", path) == directory:
            return path
        path = path.rpartition("/")[0]
    return cwd


def _time(line: dict[str, Any], found: Found) -> int:
    stamp = line.get("timestamp")
    try:
        time = round(datetime.fromisoformat(stamp).timestamp() * 1000) if isinstance(stamp, str) else 0
    except (ValueError, OverflowError):
        time = 0
    found.newest = max(found.newest, time)
    return time if time > 0 else found.newest


@lru_cache(64)
def _is_old(version: str) -> bool:
    """Whether a client of this version told the output too soon."""
    parts = version[:_LONGEST_NAME].split(".")
    return all(map(str.isdecimal, parts)) and tuple(map(int, parts)) < FINAL


def _name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and not has_control(value) else ""


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
