"""A probe as text, for keeping: all of it but what was said. Of each request, how it ended and how long it took.

What comes back from a file is foreign, and as little to be trusted as what a provider sends.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cc_launcher.core.probe.exchange import Answer, Ask, Exchange, Piece
from cc_launcher.core.probe.outcome import Advice, Outcome, Run
from cc_launcher.core.probe.words import STATUSES

VERSION = 1
MOST_TEXT = 600  # characters of what was said in one place
_MOST = 200  # of anything that comes in numbers
_LARGEST = 1e12  # of any figure


def kept(run: Run) -> Run:
    """What is left of a run when it is kept."""
    return replace(
        run,
        **_cut(run, _FIELDS),
        outcomes=tuple(_kept_outcome(outcome) for outcome in run.outcomes[:_MOST]),
        knobs=tuple(_short(knob) for knob in run.knobs[:_MOST]),
    )


def encode(run: Run) -> str:
    """A run as one line of ASCII. What stands first is what lists ask for."""
    run = kept(run)
    whole = {"version": VERSION} | {key: getattr(run, key) for key in _FIELDS} | {"knobs": run.knobs}
    return json.dumps(whole | {"outcomes": [_encoded(outcome) for outcome in run.outcomes]}, separators=(",", ":"))


def decode(text: str) -> Run | None:
    """The run that was kept in this line; none where it is no such line, or one of another version."""
    try:
        whole = json.loads(text)
        if whole["version"] != VERSION:
            return None
        outcomes = tuple(_outcome(about) for about in _few(whole["outcomes"]))
        knobs = tuple(_text(knob) for knob in _few(whole["knobs"]))
        return Run(**_taken(whole, _FIELDS), outcomes=outcomes, knobs=knobs)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _kept_outcome(outcome: Outcome) -> Outcome:
    return replace(
        outcome,
        **_cut(outcome, _OF_OUTCOME),
        advice=tuple(replace(advice, **_cut(advice, _OF_ADVICE)) for advice in outcome.advice[:_MOST]),
        figures={_short(name): figure for name, figure in list(outcome.figures.items())[:_MOST]},
        evidence=tuple(_kept_exchange(exchange) for exchange in outcome.evidence[:_MOST]),
    )


def _kept_exchange(exchange: Exchange) -> Exchange:
    ask, answer = exchange.ask, exchange.answer
    first = tuple(Piece(piece.at, b"") for piece in answer.pieces[:1])
    short = Answer(status=answer.status, pieces=first, ended=answer.ended, fault=_short(answer.fault))
    return Exchange(Ask(path=_short(ask.path), method=_short(ask.method)), short)


def _encoded(outcome: Outcome) -> dict[str, Any]:
    return {key: getattr(outcome, key) for key in _OF_OUTCOME} | {
        "advice": [{key: getattr(advice, key) for key in _OF_ADVICE} for advice in outcome.advice],
        "figures": dict(outcome.figures),
        "requests": [_encoded_exchange(exchange) for exchange in outcome.evidence],
    }


def _encoded_exchange(exchange: Exchange) -> dict[str, Any]:
    ask, answer = exchange.ask, exchange.answer
    first = answer.pieces[0].at if answer.pieces else None
    about = {"method": ask.method, "path": ask.path, "first": first}
    return about | {key: getattr(answer, key) for key in _OF_ANSWER}


def _outcome(about: Any) -> Outcome:
    if about["status"] not in STATUSES:
        raise ValueError
    advice = tuple(Advice(**_taken(one, _OF_ADVICE)) for one in _few(about["advice"]))
    evidence = tuple(_exchange(one) for one in _few(about["requests"]))
    figures = {_text(name): _figure(figure) for name, figure in _few(list(about["figures"].items()))}
    return Outcome(**_taken(about, _OF_OUTCOME), advice=advice, figures=figures, evidence=evidence)


def _exchange(about: Any) -> Exchange:
    pieces = () if about["first"] is None else (Piece(_figure(about["first"]), b""),)
    ask = Ask(path=_text(about["path"]), method=_text(about["method"]))
    return Exchange(ask, Answer(**_taken(about, _OF_ANSWER), pieces=pieces))


# -- one value --------------------


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise TypeError
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _figure(value: Any) -> float:
    # What is no number compares as false, so it is refused, too.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST:
        raise ValueError
    return float(value)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError
    return int(_figure(value))


def _dollars(value: Any) -> float | None:
    return None if value is None else _figure(value)


def _few(values: Any) -> Iterable[Any]:
    if not isinstance(values, list) or len(values) > _MOST:
        raise TypeError
    return values


def _short(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


_Fields = Mapping[str, Callable[[Any], Any]]
_FIELDS: _Fields = {
    "profile": _text,
    "model": _text,
    "began": _figure,
    "fit": _yes,
    "verdict": _text,
    "whole": _yes,
    "host": _text,
    "client": _text,
    "seconds": _figure,
}
_OF_OUTCOME: _Fields = {
    "check": _text,
    "title": _text,
    "group": _text,
    "status": _text,
    "said": _text,
    "harm": _text,
    "seconds": _figure,
    "input_tokens": _number,
    "output_tokens": _number,
    "cost": _dollars,
}
_OF_ADVICE: _Fields = {"change": _text, "tried": _yes, "why": _text}
_OF_ANSWER: _Fields = {"status": _number, "ended": _figure, "fault": _text}


def _taken(values: Any, fields: _Fields) -> dict[str, Any]:
    """These fields of what a file says, each as it has to be."""
    return {key: take(values[key]) for key, take in fields.items()}


def _cut(values: Any, fields: _Fields) -> dict[str, Any]:
    """Those of these fields that are text, no longer than is kept."""
    return {key: _short(getattr(values, key)) for key, take in fields.items() if take is _text}
