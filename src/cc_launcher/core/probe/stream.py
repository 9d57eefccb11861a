"""Server-sent events as the client reads them: cut out of the pieces of an answer, each with the time it came at."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.probe.exchange import Answer, Piece

PING = "ping"
_NO_STOP = "the stream breaks off: it has no message_stop"
NOT_OPEN = "a block is filled or closed that is not open"
_KNOWN = frozenset(
    {
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        PING,
        "error",
    }
)


@dataclass(frozen=True)
class Event:
    """One event. The client goes by its name, and drops what has none that it knows."""

    name: str
    data: dict[str, Any]
    at: float  # seconds since the request was sent: when its end came


@dataclass(frozen=True)
class Stream:
    """What the client understands of an answer, and what is wrong with the rest."""

    events: tuple[Event, ...]
    faults: tuple[str, ...]  # in the order in which they show; empty for a stream as it should be
    odd: tuple[str, ...] = ()  # what is not as it should be, and does no harm

    def named(self, name: str) -> list[Event]:
        """The events of this name."""
        return [event for event in self.events if event.name == name]

    @property
    def asked_again(self) -> bool:
        """Whether the client, where it gets this, asks once more for a whole answer. One that breaks off it keeps."""
        if not self.faults:
            return False
        return not self.named("message_start") or bool(self.named("error")) or NOT_OPEN in self.faults


def read(answer: Answer) -> Stream:
    """The events of an answer, and the faults of its framing and of their order."""
    faults: dict[str, None] = {}
    odd: dict[str, None] = {}
    kind = answer.headers.get("content-type", "")
    if "text/event-stream" not in kind:
        faults[f"the answer is {kind.partition(';')[0] or 'of no type'}, not a stream of events"] = None
    events = []
    for name, text, at in _frames(answer.pieces):
        if text == "[DONE]":
            continue  # OpenAI's end, which the client drops as well
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if fault := _fault(name, data):
            faults[fault] = None
        if isinstance(data, dict) and name in _KNOWN:
            events.append(Event(name, data, at))
        elif isinstance(data, dict) and name:
            odd.setdefault(f"an event is called {name[:40]}, which the client drops")
    for fault in _order(events):
        faults.setdefault(fault)
    if [*faults] == [_NO_STOP] and any(event.name == "message_delta" for event in events):
        faults.clear()  # all is said by then
        odd["message_stop does not come, and the client does without"] = None
    return Stream(tuple(events), tuple(faults), tuple(odd))


def _fault(name: str, data: object) -> str:
    """What is wrong with one event."""
    if not isinstance(data, dict):
        return "an event's data is no JSON object"
    if not name:
        return "events have no name (`event:` lines): the client drops them"
    if name in _KNOWN and data.get("type") != name:
        return f"an event is called {name}, and its data says {str(data.get('type'))[:40]}"
    return ""


def _frames(pieces: tuple[Piece, ...]) -> Iterator[tuple[str, str, float]]:
    """Each event's name and data, and when it was there. An event ends with an empty line; one without is dropped."""
    name, left = "", b""
    data: list[str] = []
    for piece in pieces:
        left += piece.data
        # A `\r` at the end may be the half of a line's end.
        *lines, left = left.replace(b"\r\n", b"\n").split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace")
            if not line:
                if data:
                    yield name, "\n".join(data), piece.at
                name, data = "", []
                continue
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


def _order(events: list[Event]) -> Iterator[str]:
    """What is wrong with the order: a message begins, its blocks come, and it ends."""
    failed = next((event for event in events if event.name == "error"), None)
    if failed is not None:
        yield f"the stream ends in an error: {_message(failed.data)}"
        return
    names = [event.name for event in events if event.name != PING]
    if "message_start" not in names:
        yield "no message begins (message_start)"
        return
    if names[0] != "message_start":
        yield f"{names[0]} comes before message_start"
    if names.count("message_start") > 1:
        yield "the message begins twice"
    yield from _blocks([event for event in events if event.name.startswith("content_block_")])
    if "message_delta" not in names:
        yield "nothing says why the message ended (message_delta)"
    if "message_stop" not in names:
        yield _NO_STOP


def _blocks(events: list[Event]) -> Iterator[str]:
    """What is wrong with the blocks: each is opened once, filled while it is open, and closed."""
    opened: set[object] = set()
    closed: set[object] = set()
    for event in events:
        index = event.data.get("index")
        if not isinstance(index, int):
            yield "a block has no number (index)"
        elif event.name == "content_block_start":
            if index in opened | closed:
                yield f"two blocks have the same number ({index})"
            opened.add(index)
        elif index not in opened:
            yield NOT_OPEN
        elif event.name == "content_block_stop":
            opened.remove(index)
            closed.add(index)
    if opened:
        yield "a block is not closed (content_block_stop)"


def _message(data: dict[str, Any]) -> str:
    error = data.get("error")
    return str(error.get("message", "") if isinstance(error, dict) else error)[:200]
