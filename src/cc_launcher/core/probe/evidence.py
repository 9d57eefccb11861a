"""What was sent and what came back, as text that can be shown: whole where it is short, and bounded where it is not."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.probe import exchange, words
from cc_launcher.core.probe.exchange import Answer, Exchange, Piece
from cc_launcher.core.text import printable

_LONG = 400  # characters of a text in a body: one that is longer is shortened
_HEAD, _TAIL = 200, 60  # to this
_ITEMS, _FIRST_ITEMS, _LAST_ITEMS = 60, 40, 5  # of a list in a body
_FIRST_PIECES, _LAST_PIECES = 40, 15  # of an answer
_PIECE = 3_000  # bytes of one piece
_BODY = 40_000  # characters of one request
_HEADERS = 60
_LINE = 2_000  # characters: a longer line is broken, so that one alone cannot use up all the room

_FAULTS = {
    exchange.NO_CONNECTION: "no connection",
    exchange.NO_TLS: "no TLS connection",
    exchange.NO_ANSWER: "no answer in time",
    exchange.CUT: "cut off",
    exchange.TOO_LONG: "cut off, because it ran past the budget",
}


@dataclass(frozen=True)
class Shown:
    """One exchange, each part as lines that are harmless anywhere but not yet escaped."""

    title: str  # POST https://host/v1/messages: 200 after 1.2 s
    request: str
    response: str


def shown(one: Exchange) -> Shown:
    """One request and its answer."""
    ask, answer = one.ask, one.answer
    address = short(one.url or ask.path, 500)
    request = [f"{ask.method} {address}", *_headers(one.sent)]
    if ask.body is not None:
        request += ["", *_body(ask.body)]
    return Shown(f"{ask.method} {address}: {_end(answer)}", "\n".join(request), "\n".join(_response(answer)))


def short(text: str, most: int) -> str:
    """A text on one line, with a note of how long it was where that is more."""
    if len(text) <= most:
        return printable(text)
    return f"{printable(text[:most])}… ({len(text):,} characters)"


def within(text: str, most: int, escape: Callable[[str], str]) -> str:
    """The text, escaped, as far as it fits: whole lines, and a note of how many more there are."""
    lines = text.split("\n")
    kept: list[str] = []
    left = most
    for line in lines:
        safe = escape(line)
        left -= len(safe.encode()) + 1
        if left < 0:
            return "\n".join([*kept, f"… {words.counted(len(lines) - len(kept), 'more line')} …"])
        kept.append(safe)
    return "\n".join(kept)


def _end(answer: Answer) -> str:
    said = str(answer.status) if answer.status else ""
    fault = _FAULTS.get(answer.fault, answer.fault)
    return f"{', '.join(filter(None, [said, fault])) or 'no answer'} after {words.duration(answer.ended)}"


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in list(headers.items())[:_HEADERS]:
        yield f"{short(name, 100)}: {short(value, _LONG)}"
    if len(headers) > _HEADERS:
        yield f"… {len(headers) - _HEADERS} more headers"


# -- what was sent --------------------


def _body(body: Mapping[str, Any]) -> Iterator[str]:
    try:
        text = json.dumps(_shortened(body), indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        yield "(a body that cannot be shown)"
        return
    yield from _lines(text[:_BODY])
    if len(text) > _BODY:
        yield f"… {len(text) - _BODY:,} more characters"


def _shortened(value: Any) -> Any:
    """The same, with long texts and long lists cut in the middle."""
    if isinstance(value, str) and len(value) > _LONG:
        return f"{value[:_HEAD]} […] {value[-_TAIL:]} [shortened: {len(value):,} characters]"
    if isinstance(value, Mapping):
        return {key: _shortened(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        if len(value) <= _ITEMS:
            return [_shortened(held) for held in value]
        note = f"[shortened: {len(value):,} in all]"
        first, last = value[:_FIRST_ITEMS], value[-_LAST_ITEMS:]
        return [*map(_shortened, first), note, *map(_shortened, last)]
    return value


# -- what came back --------------------


def _response(answer: Answer) -> Iterator[str]:
    if answer.status:
        yield f"HTTP {answer.status}{f', {printable(answer.tls)}' if answer.tls else ''}"
    yield from _headers(answer.headers)
    pieces = answer.pieces
    if answer.status or pieces:
        yield ""
    if len(pieces) <= _FIRST_PIECES + _LAST_PIECES:
        for piece in pieces:
            yield from _piece(piece)
    else:
        left_out = pieces[_FIRST_PIECES:-_LAST_PIECES]
        for piece in pieces[:_FIRST_PIECES]:
            yield from _piece(piece)
        size = sum(len(piece.data) for piece in left_out)
        between = f"from {left_out[0].at:.3f} s to {left_out[-1].at:.3f} s"
        yield f"… {len(left_out):,} pieces left out, {size:,} bytes, {between} …"
        for piece in pieces[-_LAST_PIECES:]:
            yield from _piece(piece)
    if answer.fault:
        why = f": {short(answer.why, _LONG)}" if answer.why else ""
        yield f"+{answer.ended:.3f} s  {_FAULTS.get(answer.fault, short(answer.fault, 40))}{why}"
    elif pieces:
        yield f"+{answer.ended:.3f} s  end"


def _piece(piece: Piece) -> Iterator[str]:
    """When it came, and what is in it. What is no UTF-8 is shown byte by byte, so that it is seen."""
    yield f"+{piece.at:.3f} s  {words.counted(len(piece.data), 'byte')}"
    data = piece.data
    if len(data) > _PIECE:
        half = _PIECE // 2
        yield from _indented(data[:half])
        yield f"    … {len(data) - 2 * half:,} bytes left out …"
        data = data[-half:]
    yield from _indented(data)


def _indented(data: bytes) -> Iterator[str]:
    for line in _lines(data.decode("utf-8", "backslashreplace").removesuffix("\n")):
        yield f"    {line}" if line else ""


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, each of them harmless. Only a newline ends one: a return is to be seen."""
    for line in text.split("\n"):
        whole = printable(line)
        yield from (whole[at : at + _LINE] for at in range(0, len(whole), _LINE)) if whole else ("",)
