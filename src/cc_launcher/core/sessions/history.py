"""Whose a session has been so far: its stretches, each on one profile, from the marks in its transcript.

A start without a mark is plain claude: no launch of ours, or one whose hooks were turned off. It is told by the
client's own sum, which says when its process began (from about 2.1.258 on), and by the models of Anthropic's that no
profile of ours asked for.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from cc_launcher.core.usage import line_values, marker
from cc_launcher.core.usage.marker import DOUBTFUL, Marker

_TELL = (b'"hook_success"', b'"assistant"', b'"user"', b'"cost-state"')
_RESULT, _ASSISTANT = b'"type":"tool_result"', b'"role":"assistant"'  # of a tool's results, which are long, nothing
_NO_ANSWER = "<synthetic>"
_SECOND = 1000  # milliseconds
PLAIN = ""  # in the place of a profile: no launch of ours
_OWN_MODELS = "claude-"


class Stretch(NamedTuple):
    """Requests of one session that follow each other on one profile."""

    profile: str  # PLAIN: none that is known
    provider: str
    host: str
    models: tuple[str, ...]
    begins: int  # milliseconds since 1970

    @property
    def is_own_login(self) -> bool:
        """Whether this was plain claude with the models that its own login has."""
        return self.profile == PLAIN and bool(self.models) and all(one.startswith(_OWN_MODELS) for one in self.models)


class Read:
    """The lines of a transcript, as far as they tell whose it was."""

    def __init__(self) -> None:
        self._marks: list[Marker] = []
        self._event = ""
        self._starts: list[int] = []
        self.parents: dict[str, int] = {}  # of a fork or a copy: the sessions before, and when their newest answer was
        self._said_at: list[tuple[int, str]] = []  # when, and the model that was asked; none of a prompt

    def add(self, text: bytes, until: int | None = None) -> None:
        """One more line; where it is of the session from which this one was copied, no younger than that."""
        if any(kind in text for kind in _TELL) and not (_RESULT in text and _ASSISTANT not in text):
            line = _object(text)
            if until is not None and _time(line) > until:
                return
            kind = line.get("type")
            if kind == "attachment":
                self._marked(line)
            elif kind == "cost-state":
                self._summed(line)
            elif kind in ("assistant", "user") and line.get("isSidechain") is not True:
                self._said(line)

    def stretches(self, serves: Callable[[str], Collection[str]] = lambda _: ()) -> list[Stretch]:
        """The stretches in their order. `serves` are the models of a profile, as far as they are known."""
        marks = sorted(self._marks, key=lambda mark: mark.time)
        times = [mark.time for mark in marks]
        starts = sorted(self._starts)
        found: list[Stretch] = []
        for time, model in self._said_at:
            at = bisect_right(times, time)
            mark = marks[at - 1] if at else None
            if not at and not model and marks and marks[0].time - time < _SECOND:
                mark = marks[0]  # a prompt may stand a moment before the mark of its own process
            if mark is not None and _is_of_another_process(mark, time, starts):
                mark = None
            if mark is not None and model.startswith(_OWN_MODELS) and model not in serves(mark.profile):
                mark = None if serves(mark.profile) else mark
            whose = (PLAIN, "", "") if mark is None or mark.profile == DOUBTFUL else mark[2:5]
            last = found[-1] if found else None
            if last is not None and last[:3] == whose:
                if model and model not in last.models:
                    found[-1] = last._replace(models=(*last.models, model))
            else:
                found.append(Stretch(*whose, (model,) if model else (), time))
        return found

    def _marked(self, line: dict[str, Any]) -> None:
        attachment = line.get("attachment")
        if not isinstance(attachment, dict) or attachment.get("type") != "hook_success":
            return
        mark = marker.read(_time(line), line_values.name(line.get("sessionId")), attachment)
        if mark is None or not mark.profile:
            return
        event = marker.event_of(attachment)
        if self._marks and event and event == self._event:
            self._marks[-1] = marker.together(self._marks[-1], mark)
        else:
            self._marks.append(mark)
        self._event = event

    def _summed(self, line: dict[str, Any]) -> None:
        started = line.get("startTime")
        if isinstance(started, int) and not isinstance(started, bool) and started > 0:
            self._starts.append(started)

    def _said(self, line: dict[str, Any]) -> None:
        """An answer; or a prompt, which somebody may have seen who never answered."""
        message = line.get("message")
        if isinstance(message, dict):
            asked = line_values.model_name(line.get("requestedModel")) or line_values.model_name(message.get("model"))
            if parent := line_values.name(line.get("requestSessionId")):
                self.parents[parent] = max(self.parents.get(parent, 0), _time(line))
            if asked != _NO_ANSWER and not (line.get("type") == "user" and line.get("isMeta") is True):
                self._said_at.append((_time(line), asked))


def read(lines: Iterable[bytes]) -> Read:
    """All of a transcript."""
    made = Read()
    for line in lines:
        made.add(line)
    return made


def _is_of_another_process(mark: Marker, time: int, starts: list[int]) -> bool:
    """Whether a process has begun between the mark and the answer. Its own mark would be younger than its start.

    A mark that stands apart from the transcript is of a second, and so up to a second older than it was.
    """
    at = bisect_right(starts, time)
    return bool(at) and starts[at - 1] >= mark.time + _SECOND


def _time(line: dict[str, Any]) -> int:
    stamp = line.get("timestamp")
    try:
        return round(datetime.fromisoformat(stamp).timestamp() * 1000) if isinstance(stamp, str) else 0
    except (ValueError, OverflowError):
        return 0


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
