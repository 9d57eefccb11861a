"""Read a transcript: the requests, markers and sums in its lines. Of what was said in it, nothing is looked at.

A line of an answer is its content, and figures behind it. The content is cut out before the rest is read as JSON,
which is a tenth of the work; where that does not come to a whole, the line is read as it is.
"""

import json
from datetime import datetime
from typing import Any

from cc_launcher.core.usage import line_values, marker, usual_answer, usual_line
from cc_launcher.core.usage.figures import Figures, of_answer, of_sum
from cc_launcher.core.usage.found import Asked, Compaction, Found, Request, State

LONGEST_LINE = 16 * 1024 * 1024  # bytes; of a longer one its beginning and its end are read
KEPT_HEAD = 64 * 1024
KEPT_TAIL = 256 * 1024

_HEAD = 6_000  # bytes of a line in which its kind stands: what may be in front of that is a path
_MESSAGE = b'"message":{'
_USER = b'"message":{"role":"user"'
_CONTENT = b'"content":['
_USAGE = b'"usage":{'
_BEGINNINGS = (usual_answer.LINE, b'{"type":"cost-state"')
_KINDS = (b'"hook_success"', b'"cost-state"', b'"compact_boundary"')
_ASKED = b'{"type":"api-request",'
_NOTICE = b'"model":"<synthetic>"'
_REFUSED = b'"isApiErrorMessage":true'
_SPACED = b'": '
_BEFORE_CONTENT = {"id", "model"}  # what is read of a message beside its figures: it may have been cut out, too
_NO_REQUEST = "<synthetic>"
_LONGEST_VERSION = 200
_LATEST = 1 << 53  # milliseconds


def read(block: bytes | bytearray, found: Found, start: int = 0, stop: int | None = None) -> int:
    """Read the whole lines of a piece, from the beginning of one; how far they reach."""
    find, is_there = block.find, block.startswith
    while (end := find(b"\n", start, stop)) >= 0:
        at = find(_MESSAGE, start, start + _HEAD)
        if not 0 <= at < end:
            if end > start:
                _other(block, start, end, found)
        elif not is_there(_USER, at):
            _answer(block, start, at, end, found)
        start = end + 1
    return start


def end(found: Found) -> None:
    """There are no more lines. The answer to what was asked last may come later."""
    if found.asked:
        found.waits, found.asked = _asked(found), b""


def _answer(block: bytes | bytearray, start: int, at: int, end: int, found: Found) -> None:
    """A line with a message that is not the user's."""
    if (found.asked or found.waits) and not _is_notice(block, at, end):
        found.asked, found.waits = b"", None
    usage = block.rfind(_USAGE, at, end)
    if usage < 0 or (found.reference and block.find(found.reference, usage, end) >= 0):
        return  # no figures, or another block of the request before
    stop = block.rfind(usual_line.BEGINNING, at, usage)
    if stop > 0 and block.startswith(b"],", stop - 2) and usual_answer.read(block, start, stop, end, found):
        return
    content = block.find(_CONTENT, at, usage)
    if content < 0 or block.find(usual_answer.LINE, content, usage) >= 0:
        _whole(block[start:end], found)
        return
    # Cut out at any other depth than the message's own, the rest has a brace too many or too few, and is no JSON.
    stop = block.rfind(usual_line.BEGINNING, content, usage)
    line = _object(block[start:content] + block[stop if stop >= 0 else usage : end])
    message = line and line.get("message")
    if line is None or "type" not in line or not isinstance(message, dict) or not message.keys() >= _BEFORE_CONTENT:
        _whole(block[start:end], found)
    elif line["type"] == "assistant":
        _request(line, found)
        reference = block.find(usual_answer.REFERENCE, usage, end)
        found.reference = bytes(block[reference : block.find(b'"', reference + 14, end) + 1]) if reference >= 0 else b""


def _is_notice(block: bytes | bytearray, at: int, end: int) -> bool:
    """Whether the client says this itself, of something else than a request that was refused."""
    return block.find(_NOTICE, at, min(end, at + _HEAD)) >= 0 and block.find(_REFUSED, at, end) < 0


def _other(block: bytes | bytearray, start: int, end: int, found: Found) -> None:
    """A line without a message at its beginning: seldom one of ours, unless another program wrote it with blanks."""
    if block.startswith(_ASKED, start):
        found.asked, found.waits = bytes(block[start:end]), None
        return
    if usual_line.ATTACHMENT.match(block, start, end):
        return
    limit = min(end, start + _HEAD)
    known = any(block.find(kind, start, limit) >= 0 for kind in _KINDS)
    if known or (block.find(_SPACED, start, min(end, start + 100)) >= 0 and block.find(b'"usage"', start, end) >= 0):
        _whole(block[start:end], found)


def _whole(text: bytes | bytearray, found: Found) -> None:
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
        found.compactions.append(Compaction(time, line_values.name(line.get("sessionId"))))
    elif kind == "attachment" and isinstance(attachment, dict) and attachment.get("type") == "hook_success":
        _mark(line, attachment, found)


def _mark(line: dict[str, Any], attachment: dict[str, Any], found: Found) -> None:
    mark = marker.read(_time(line, found), line_values.name(line.get("sessionId")), attachment)
    if mark is not None:
        if mark.begins and (found.asked or found.waits):  # of a process that is gone
            gone = found.waits or _asked(found)
            found.unanswered += [gone] if gone is not None else []
            found.asked, found.waits = b"", None
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
    figures = of_answer(usage)
    here = line_values.name(line.get("sessionId"))
    # The lines of a fork are copies that name the session in which they were written first.
    session = line_values.name(line.get("requestSessionId")) or here
    if session != here:
        found.parents[here] = session
    key, call = _key(line, message, figures), line.get("requestId")
    if isinstance(call, str) and usual_line.CALL.fullmatch(call):
        found.calls[key] = call.removeprefix("cc-")
    given = line.get("version")
    version = given[:_LONGEST_VERSION] if isinstance(given, str) else ""
    found.requests.append(
        Request(
            key,
            _time(line, found),
            session,
            line_values.name(line.get("session_id")) or here,
            # What was asked for, not what the answer calls itself: sums and prices go by that.
            line_values.model_name(line.get("requestedModel")) or line_values.model_name(message.get("model")),
            line_values.project_of(line.get("cwd"), found.directory),
            int(line.get("isSidechain") is True),
            int(
                line_values.is_cut(
                    version,
                    has_reason=message.get("stop_reason", "") is not None,
                    has_details="stop_details" in message,
                )
            ),
            int(line_values.is_before(version, line_values.FINAL)),
            *figures,
        )
    )


def _asked(found: Found) -> Asked | None:
    """The request that has no answer yet."""
    line = _object(found.asked)
    reference, about = (line.get("id"), line.get("params")) if line is not None else (None, None)
    model = line_values.model_name(about.get("model")) if isinstance(about, dict) else ""
    if line is None or not model or not isinstance(reference, str):
        return None
    key = line_values.hashed(f"ref {reference}".encode("utf-8", "surrogatepass"))
    return Asked(key, _time(line, found), line_values.name(line.get("sessionId")), model)


def _state(line: dict[str, Any], found: Found) -> None:
    used, started = line.get("modelUsage"), line.get("startTime")
    if not isinstance(used, dict):
        return
    if not isinstance(started, int) or not 0 < started < _LATEST:
        started = 0
    models: dict[str, Figures] = {}
    for name, values in used.items():
        if isinstance(values, dict) and (model := line_values.model_name(name)):
            models[model] = models.get(model, Figures()).plus(of_sum(values))
    found.states.append(State(max(found.newest, started), line_values.name(line.get("sessionId")), started, models))


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
    return line_values.hashed(text.encode("utf-8", "surrogatepass"))


def _time(line: dict[str, Any], found: Found) -> int:
    stamp = line.get("timestamp")
    try:
        time = round(datetime.fromisoformat(stamp).timestamp() * 1000) if isinstance(stamp, str) else 0
    except (ValueError, OverflowError):
        time = 0
    found.newest = max(found.newest, time)
    return time if time > 0 else found.newest


def _object(text: bytes | bytearray) -> dict[str, Any] | None:
    try:
        value = json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
