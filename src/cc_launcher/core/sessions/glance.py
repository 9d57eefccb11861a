"""What a list says of a session, from the beginning and the end of its transcript: never kept anywhere.

Measured on 2.1.220 and 2.1.332: a title stands in lines of its own, `custom-title` where the user gave it and
`ai-title` where the client did, and the client writes them again near the end; older clients wrote `summary`.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from cc_launcher.core.text import printable
from cc_launcher.core.usage import line_values

_TITLES = (("custom-title", "customTitle"), ("ai-title", "aiTitle"), ("summary", "summary"))
_LONGEST = 120
_KINDS = (b'"user"', b'"assistant"', b"-title", b'"summary"', b'"attachment"')
_NO_ANSWER = "<synthetic>"
_WRAPPED = re.compile(r"\s*<(?:command-|local-command-|system-reminder|bash-|user-prompt-submit-hook|ide_)")
_BY_PROGRAM = "sdk"  # how the entry point of a session without a terminal begins: -p


class Glance(NamedTuple):
    """What is seen at once."""

    title: str = ""
    named: str = ""  # the title that the user gave, as it is: one can resume by that
    model: str = ""  # of the newest answer that is in sight
    cwd: str = ""
    thread: str = ""  # what all copies and forks of a session have in common: the id of its first prompt
    by_program: bool = False
    begun: bool = False  # somebody has said something in it


def seen(head: bytes, tail: bytes) -> Glance:
    """Of the first lines and the last ones; the last may be empty where the first are all there are."""
    first = _Seen(_lines(head))
    last = _Seen(_lines(tail, torn=True)) if tail else first
    titles = {kind: last.titles.get(kind) or first.titles.get(kind, "") for kind, _ in _TITLES}
    title = next((titles[kind] for kind, _ in _TITLES if titles[kind]), "") or first.prompt or last.prompt
    return Glance(
        _short(title),
        titles["custom-title"],
        last.model or first.model,
        first.cwd or last.cwd,
        first.thread,
        first.by_program,
        first.begun or last.begun,
    )


class _Seen:
    def __init__(self, lines: Iterable[dict[str, Any]]) -> None:
        self.titles: dict[str, str] = {}
        self.prompt = self.model = self.cwd = self.thread = ""
        self.by_program = self.begun = False
        for line in lines:
            kind = line.get("type")
            for name, key in _TITLES:
                if kind == name and isinstance(line.get(key), str):
                    self.titles[name] = line[key]
            if kind in ("user", "assistant", "attachment") and not self.cwd:
                self.cwd = line_values.project_of(line.get("cwd"), "")
                self.by_program = str(line.get("entrypoint", "")).startswith(_BY_PROGRAM)
            if kind in ("user", "assistant") and line.get("isSidechain") is not True:
                self._said(line, user=kind == "user")

    def _said(self, line: dict[str, Any], *, user: bool) -> None:
        message = line.get("message")
        if not isinstance(message, dict):
            return
        self.begun = True
        if not user:
            if message.get("model") != _NO_ANSWER:
                model = line_values.model_name(line.get("requestedModel"))
                self.model = model or line_values.model_name(message.get("model"))
            return
        self.thread = self.thread or line_values.name(line.get("uuid"))
        text = _text(message.get("content"))
        if not self.prompt and line.get("isMeta") is not True and text and not _WRAPPED.match(text):
            self.prompt = text


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict) and block.get("type") == "text" and isinstance(block.get("text"), str):
            return str(block["text"])
    return ""


def _lines(block: bytes, *, torn: bool = False) -> Iterable[dict[str, Any]]:
    """The lines that tell something; of a piece from the middle the first is not whole."""
    lines = block.split(b"\n")
    for text in lines[1:] if torn else lines:
        if any(kind in text for kind in _KINDS):
            try:
                line = json.loads(text)
            except (ValueError, RecursionError):
                continue  # cut off, or none
            if isinstance(line, dict):
                yield line


def _short(text: str) -> str:
    line = " ".join(text[: 4 * _LONGEST].split())
    return printable(line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…")
