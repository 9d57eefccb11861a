"""Which profile a request ran on: by the markers in its session and by time; never silently by a guess."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from cc_launcher.core.usage.marker import DOUBTFUL, Marker

MARKED = "marked"
GUESSED = "guessed"
NONE = "none"


class Ran(NamedTuple):
    """A profile, where requests went with it, and how we know."""

    profile: str = ""
    host: str = ""
    how: str = NONE


class Marks:
    """The markers of the sessions that matter."""

    def __init__(self, markers: Iterable[Marker]) -> None:
        self._of: dict[str, list[Marker]] = {}
        # Of two in the same millisecond, it is the doubt that counts.
        for marker in sorted((marker for marker in markers if marker.profile), key=_doubt_last):
            self._of.setdefault(marker.session, []).append(marker)

    def of(self, session: str, process: str, time: int) -> Marker | None:
        """The newest marker of the session that is not younger; without one there, of the process's first session."""
        for name in dict.fromkeys((session, process)):
            marks = self._of.get(name)
            if marks:
                at = bisect_right(marks, time, key=_time_of)
                return marks[at - 1] if at and marks[at - 1].profile != DOUBTFUL else None
        return None


def _doubt_last(marker: Marker) -> tuple[int, bool]:
    return marker.time, marker.profile == DOUBTFUL


def _time_of(marker: Marker) -> int:
    return marker.time


def decided(profile: str, host: str, model: str, beside: Collection[Ran], served: Mapping[str, Collection[str]]) -> Ran:
    """The profile of a request whose marker names this one, or none.

    `beside` are the others that the session was marked with: two may have run in it at once, and then the model tells.
    `served` are the models of the profiles that come into question.
    """
    if profile:
        if model in served.get(profile, (model,)):
            return Ran(profile, host, MARKED)
        others = [ran for ran in beside if ran.profile != profile and model in served.get(ran.profile, ())]
        if len(others) == 1:
            return Ran(others[0].profile, others[0].host, GUESSED)
        return Ran(profile, host, MARKED)
    able = [name for name, models in served.items() if model in models]
    return Ran(able[0], "", GUESSED) if len(able) == 1 else Ran()
