"""What was found in a transcript, as plain rows: so it goes into the index, and through a pipe."""

from collections.abc import Iterable
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


def told(found: Found, *, is_all: bool = True) -> Told:
    """What was found, each request once. Only where it is all, nothing can answer any more what waits for an answer."""
    waits = found.waits if is_all else None
    return Told(
        [
            (key, time, session, process, model, project, int(agent), int(cut), int(old), *figures)
            for key, time, session, process, model, project, agent, figures, cut, old in _merged(found.requests)
        ],
        [tuple(mark) for mark in found.markers],
        [
            (state.time, state.session, state.started, model, *figures)
            for state in found.states
            for model, figures in state.models.items()
        ],
        [tuple(one) for one in found.compactions],
        [(*one, 0) for one in found.unanswered] + ([(*waits, 1)] if waits is not None else []),
        dict(found.parents),
    )


def _merged(requests: Iterable[Request]) -> Iterable[Request]:
    """The lines of one request as one: its first time, and the largest of its figures."""
    by_key: dict[int, Request] = {}
    for request in requests:
        before = by_key.get(request.key)
        if before is not None:
            request = before._replace(  # noqa: PLW2901 - it is the same request
                time=min(before.time, request.time),
                figures=before.figures.largest(request.figures),
                cut=before.cut and request.cut,
                old=before.old or request.old,
            )
        by_key[request.key] = request
    return by_key.values()
