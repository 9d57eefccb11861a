"""Server-sent events as the client reads them: cut out of the pieces of an answer, each with the time it came at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.probe.exchange import Answer, Piece
from cc_launcher.core.probe.json_as_client import parsed

PING = "ping"
NOT_OPEN = "a block is filled or closed that is not open"
_LINE_END = re.compile(rb"\r\n|\r|\n")
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
    faults: tuple[str, ...]  # empty for a stream from which the client gets all that it needs
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
    # Measured: the client reads a stream of any content type, and goes on past what it drops. That is no fault of a
    # stream from which nothing is missing; else it says why.
    reasons: dict[str, None] = {}
    faults: dict[str, None] = {}
    kind = answer.headers.get("content-type", "").lower()
    if "text/event-stream" not in kind:
        reasons[f"the answer is {kind.partition(';')[0] or 'of no type'}, not a stream of events"] = None
    events = []
    for name, text, at in _frames(answer.pieces):
        if name == PING:
            events.append(Event(PING, {}, at))  # the client does not look into it
        elif text == "[DONE]":
            continue  # OpenAI's end, which the client drops as well
        elif not name:
            reasons["events have no name (`event:` lines): the client drops them"] = None
        elif name not in _KNOWN:
            reasons[f"an event is called {name[:40]}, which the client drops"] = None
        elif not isinstance(data := parsed(text), dict):
            faults["an event's data is no JSON object"] = None
        else:
            if data.get("type") != name:
                faults[f"an event is called {name}, and its data says {str(data.get('type'))[:40]}"] = None
            events.append(Event(name, data, at))
    missing = [*_order(events)]
    if not missing and not any(event.name == "message_stop" for event in events):
        reasons["message_stop does not come, and the client does without"] = None
    odd = () if missing else tuple(reasons)
    return Stream(tuple(events), tuple(dict.fromkeys([*(reasons if missing else ()), *faults, *missing])), odd)


def _frames(pieces: tuple[Piece, ...]) -> Iterator[tuple[str, str, float]]:
    """Each event's name and data, and when it was there. An event ends with an empty line; one without is dropped."""
    name = ""
    data: list[str] = []
    for line, at in _lines(pieces):
        if not line:
            if name or data:
                yield name, "\n".join(data), at
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)


def _lines(pieces: tuple[Piece, ...]) -> Iterator[tuple[str, float]]:
    """Each line that ends, and when it did; however it ends, and wherever it was cut. A mark of UTF-8 is no text."""
    left: list[bytes] = []  # not one text that grows: a line may come byte by byte
    returned = False  # a `\r` was the last: a `\n` behind it belongs to it
    mark = "\ufeff"
    for piece in pieces:
        if not piece.data:
            continue
        *ended, rest = _LINE_END.split(piece.data.removeprefix(b"\n") if returned else piece.data)
        returned = piece.data.endswith(b"\r")
        for end in ended:
            yield b"".join([*left, end]).decode("utf-8", "replace").removeprefix(mark), piece.at
            left, mark = [], ""
        left.append(rest)


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
    yield from _blocks([event for event in events if event.name.startswith("content_block_")])
    # Either is enough for the client (measured); that the reason is missing is another check's.
    if not {"message_delta", "message_stop"} & {*names}:
        yield "the stream breaks off: it has neither message_delta nor message_stop"


def _blocks(events: list[Event]) -> Iterator[str]:
    """What is wrong with the blocks: each is opened, filled while it is open, and closed."""
    opened: set[object] = set()
    for event in events:
        index = event.data.get("index")
        if not isinstance(index, int):
            yield "a block has no number (index)"
        elif event.name == "content_block_start":
            if index in opened:  # one after the other may have the same (measured)
                yield f"two blocks have the same number ({index})"
            opened.add(index)
        elif index not in opened:
            yield NOT_OPEN
        elif event.name == "content_block_stop":
            opened.remove(index)
    if opened:
        yield "a block is not closed (content_block_stop)"


def _message(data: dict[str, Any]) -> str:
    error = data.get("error")
    return str(error.get("message", "") if isinstance(error, dict) else error)[:200]
