"""What the client says while it does a task: the lines of `--output-format stream-json`, read as they come.

Measured on 2.1.72 and 2.1.332: a line of an answer (`assistant`) has the output of its beginning, which is 1. The true
figures are in the events of the provider's own stream, which the client passes on with `--include-partial-messages`.
"""

import json
from typing import Any, NamedTuple

from cc_launcher.core.ask.limit import Asked
from cc_launcher.core.text import printable
from cc_launcher.core.usage.figures import NOTHING, Figures, of_answer, of_sum

_ABOUT = ("file_path", "path", "command", "url", "pattern", "query", "notebook_path")  # what a tool is called for
_LONGEST = 120  # letters of such a value that are told


class Denied(NamedTuple):
    """A tool that was not allowed, and what it was called for."""

    tool: str
    about: str = ""


class Stream:
    """What was heard so far."""

    def __init__(self) -> None:
        self.session = ""
        self.model = ""
        self.doing = ""  # now, in a few words
        self.answer = ""  # all of it, once it has ended
        self.error = ""  # why there is no answer
        self.has_ended = False
        self.calls = 0
        self.parts: list[str] = []  # what it said in its newest turn
        self.denied: list[Denied] = []
        self._open: dict[str, Denied] = {}  # tools that were called, by the number of the call
        self._requests: list[tuple[str, Figures]] = []
        self._ids: list[str] = []  # of the requests
        self._saying = ""  # the id of the newest turn
        self._totals: list[Asked] = []  # as the client itself adds up, once it has ended

    @property
    def requests(self) -> list[Asked]:
        """The requests, each with its model and figures; in the end with what stood in no event."""
        return [*self._requests, *_beyond(self._totals, self._requests)]

    @property
    def said(self) -> str:
        """The answer, or as much as there is of one."""
        return self.answer or "\n".join(self.parts)

    def hear(self, line: bytes) -> bool:
        """A line; whether it says something new of what the task takes or does."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return False
        if not isinstance(said, dict):
            return False
        self.session = self.session or _text(said.get("session_id"))
        hears = {"system": self._system, "stream_event": self._event, "assistant": self._turn, "result": self._result}
        kind = hears.get(_text(said.get("type")))
        return kind(said) if kind is not None else False

    def _system(self, said: dict[str, Any]) -> bool:
        if said.get("subtype") == "init":
            self.model = _text(said.get("model")).removesuffix("[1m]")
            return True
        if said.get("subtype") == "permission_denied":
            tool = _text(said.get("tool_name"))
            self.denied.append(self._open.get(_text(said.get("tool_use_id")), Denied(tool)))
            return True
        return False

    def _event(self, said: dict[str, Any]) -> bool:
        event = _object(said.get("event"))
        if event.get("type") == "message_start":
            message = _object(event.get("message"))
            self._ids.append(_text(message.get("id")))
            self._requests.append((self.model, of_answer(_object(message.get("usage")))))
            return True
        if event.get("type") == "message_delta" and self._requests:
            model, known = self._requests[-1]
            self._requests[-1] = (model, known.largest(of_answer(_object(event.get("usage")))))
            return True
        return False

    def _turn(self, said: dict[str, Any]) -> bool:
        """A block of an answer. Where the provider's own events are not passed on, its figures are all there is."""
        message = _object(said.get("message"))
        name = _text(message.get("id"))
        if name not in self._ids[-1:]:
            self._ids.append(name)
            self._requests.append((self.model, NOTHING))
        if name != self._saying:
            self._saying, self.parts = name, []
        model, known = self._requests[-1]
        self._requests[-1] = (model, known.largest(of_answer(_object(message.get("usage")))))
        for block in _blocks(message):
            if block.get("type") == "text" and (text := _text(block.get("text")).strip()):
                self.parts.append(text)
                self.doing = ""
            elif block.get("type") == "tool_use":
                called = Denied(_text(block.get("name")), _about(block.get("input")))
                self._open[_text(block.get("id"))] = called
                self.calls += 1
                self.doing = f"{called.tool} {called.about}".strip()
        return True

    def _result(self, said: dict[str, Any]) -> bool:
        self.has_ended = True
        self.doing = ""
        text = _text(said.get("result")).strip()
        if said.get("is_error") is True or said.get("subtype") != "success":
            self.error = text or _text(said.get("subtype")).replace("_", " ") or "it ended without an answer"
        else:
            self.answer = text
        denied = said.get("permission_denials")
        if isinstance(denied, list):
            self.denied = [
                Denied(_text(one.get("tool_name")), _about(one.get("tool_input")))
                for one in denied
                if isinstance(one, dict)
            ]
        used = _object(said.get("modelUsage"))
        self._totals = [(name.removesuffix("[1m]"), of_sum(_object(values))) for name, values in used.items()]
        return True


def _beyond(totals: list[Asked], requests: list[Asked]) -> list[Asked]:
    """What the client's own sums have more than its lines: requests that it told nobody of."""
    found = []
    for model, whole in totals:
        told = NOTHING
        for name, figures in requests:
            told = told.plus(figures) if name == model else told
        left = whole.beyond(told)
        found += [(model, left)] if any(left) else []
    return found


def _about(given: object) -> str:
    values = _object(given)
    found = next((_text(values[name]) for name in _ABOUT if _text(values.get(name))), "")
    shown = printable(found.partition("\n")[0])
    return f"{shown[:_LONGEST]}…" if len(shown) > _LONGEST else shown


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
