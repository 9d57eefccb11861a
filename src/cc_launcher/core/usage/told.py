"""What was found in a transcript, as plain rows: so it goes into the index, and through a pipe."""

from typing import Any, NamedTuple

from cc_launcher.core.usage.found import Found, Request

Row = tuple[Any, ...]


class Told(NamedTuple):
    """Rows as the tables have them, with names instead of their numbers, and without the file."""

    requests: list[Row]
    markers: list[Row]
    states: list[Row]
    compactions: list[Row]
    unanswered: list[Row]
    parents: dict[str, str]
    calls: list[Row]


def told(found: Found, *, is_all: bool = True) -> Told:
    """What was found, each request once. Only where it is all, nothing can answer any more what waits for an answer."""
    waits = found.waits if is_all else None
    return Told(
        _merged(found.requests),
        [tuple(mark) for mark in found.markers],
        [
            (state.time, state.session, state.started, model, *figures)
            for state in found.states
            for model, figures in state.models.items()
        ],
        [tuple(one) for one in found.compactions],
        [(*one, 0) for one in found.unanswered] + ([(*waits, 1)] if waits is not None else []),
        dict(found.parents),
        list(found.calls.items()),
    )


def _merged(requests: list[Request]) -> list[Row]:
    """The lines of one request as one: its first time, and the largest of its figures."""
    by_key = {request.key: request for request in requests}
    if len(by_key) == len(requests):  # so it is in nearly every file
        return list(requests)
    by_key.clear()
    for request in requests:
        before = by_key.get(request.key)
        if before is not None:
            largest = before.figures.largest(request.figures)
            first, cut, old = min(before.time, request.time), min(before.cut, request.cut), max(before.old, request.old)
            request = Request(before.key, first, *before[2:7], cut, old, *largest)  # noqa: PLW2901 - it is the same one
        by_key[request.key] = request
    return list(by_key.values())
