"""What no line shows: compaction, titles, broken streams. The client's own sum of a session has it.

A sum counts on over all processes of a session, and a fork goes on from its parent's. So what a process adds is its
last sum less the one that it began with, and what is hidden is that less the lines of the process. One that was
killed left no sum: its lines count, and are held against no other's.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cc_launcher.core.usage.figures import NOTHING, Figures


class Line(NamedTuple):
    """A request of the session, as far as it matters here."""

    time: int
    model: str
    figures: Figures


class Sum(NamedTuple):
    """A sum of the client's, in the order in which they were written."""

    time: int
    started: int
    models: Mapping[str, Figures]


class Hidden(NamedTuple):
    """What a process had beyond its lines."""

    time: int
    model: str
    figures: Figures


def found(
    lines: Iterable[Line], sums: Sequence[Sum], begins: Iterable[int], base: Mapping[str, Figures]
) -> list[Hidden]:
    """What is hidden in a session: its processes began at these times; a fork's sum began with this base."""
    starts = sorted(set(begins))
    last: dict[int, Sum] = {}
    for one in sums:  # of several in a process, the last
        last[bisect_right(starts, one.time)] = one
    shown: dict[int, dict[str, Figures]] = {}
    numbers = sorted(last)
    for line in lines:
        process = bisect_right(starts, line.time)
        of_process = shown.setdefault(process, {})
        of_process[line.model] = of_process.get(line.model, NOTHING).plus(line.figures)
    result = []
    before = dict(base)
    for process in numbers:
        one = last[process]
        again = any(figures.is_less(before[model]) for model, figures in one.models.items() if model in before)
        began = {} if again else before
        added = {model: figures.beyond(began.get(model, NOTHING)) for model, figures in one.models.items()}
        result += [
            Hidden(one.time, model, figures)
            for model, figures in _beyond(added, shown.get(process, {})).items()
            if any(figures[:6])
        ]
        before = dict(one.models)
    return result


def base_of(sums: Sequence[Sum], first: Sum, since: int) -> Mapping[str, Figures]:
    """What a fork began with: the newest sum of its parent, by the time of the fork, of the same first process."""
    fitting = [one for one in sums if one.started == first.started and one.time <= since]
    for one in reversed(fitting):
        if not any(first.models.get(model, NOTHING).is_less(figures) for model, figures in one.models.items()):
            return one.models
    return {}


def _beyond(added: dict[str, Figures], shown: dict[str, Figures]) -> dict[str, Figures]:
    """What was added less what is shown. Where each has one model that the other lacks, it is the same one.

    Old clients write down what the answer calls itself, but count by what was asked for.
    """
    apart = [model for model in shown if model not in added]
    alone = [model for model, figures in added.items() if model not in shown and any(figures)]
    if len(apart) == 1 and len(alone) == 1:
        shown = shown | {alone[0]: shown[apart[0]]}
    return {model: figures.beyond(shown.get(model, NOTHING)) for model, figures in added.items()}
