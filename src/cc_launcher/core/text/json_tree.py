"""JSON as a tree of places in its text, so that a part of the text can be changed and the rest be left alone.

What is JSON here is what the client takes for it, measured on 2.1.72 and 2.1.329 with settings files: the letter of the
standard (no comments, no comma too much), after one byte order mark; of keys that come twice, the last one counts; an
empty file is an empty object. With `comments`, what editors take beside that: comments, and a comma after the last.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

BOM = "\ufeff"
_SPACE = re.compile(r"[ \t\n\r]*")
_COMMENT = re.compile(r"//[^\n\r]*|/\*(?:[^*]|\*(?!/))*+\*/")
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z.+_-])")
_WORD = re.compile(r"(?:true|false|null)(?![0-9A-Za-z_])")
_LINE_END = re.compile(r"\r\n|\n|\r")
_CLOSING = {"{": "}", "[": "]"}
_LONG = 4000  # digits: Python refuses to make much longer ones a number

Part = str | int  # of a path: a key, or a place in a list


class NotJson(ValueError):
    """What the client would not read either, and the line that it is in."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


@dataclass
class Node:
    """A value, and where it stands."""

    kind: str  # `{`, `[`, or nothing for one without parts
    start: int
    end: int = -1
    scalar: Any = None
    members: "list[Member]" = field(default_factory=list)

    def member(self, part: Part) -> "Member | None":
        """The member of this name, the last one of several: it is the one that counts."""
        return next((found for found in reversed(self.members) if found.part == part), None)

    def takes(self, part: Part) -> bool:
        """Whether a member of this name could be put into it."""
        return self.kind == "{" if isinstance(part, str) else self.kind == "[" and part <= len(self.members)

    def value(self) -> Any:
        """What it means."""
        if self.kind == "{":
            return {member.part: member.node.value() for member in self.members}
        return [member.node.value() for member in self.members] if self.kind else self.scalar


@dataclass
class Member:
    """A part of an object or a list."""

    part: Part
    start: int  # of its key, or else of its value
    key_end: int
    node: Node
    comma: int = -1  # the one after it, if there is one


def line_at(text: str, place: int) -> int:
    """The line in which a place of the text is."""
    return 1 + sum(1 for _ in _LINE_END.finditer(text, 0, place))


@lru_cache(maxsize=4)  # what is done to a text comes in several steps
def parse(text: str, *, comments: bool = False) -> Node | None:
    """The tree of a text, not to be changed; nothing for one in which nothing stands."""
    return _Reader(text, comments=comments).document()


def after_space(text: str, place: int) -> int:
    """The end of the white space that begins here."""
    found = _SPACE.match(text, place)
    return found.end() if found else place


def after_comment(text: str, place: int) -> int:
    """The end of the comment that begins here, or the same place."""
    found = _COMMENT.match(text, place)
    return found.end() if found else place


def last_comment(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the last comment between two parts of a text begins and ends, if there is one."""
    found = None
    place = after_space(text, start)
    while place < end:
        ended = after_comment(text, place)
        if ended > place:
            found = place, ended
        place = after_space(text, ended if ended > place else place + 1)  # a comma
    return found


class _Reader:
    def __init__(self, text: str, *, comments: bool) -> None:
        self.text = text
        self.comments = comments
        self.place = 1 if text.startswith(BOM) else 0

    def document(self) -> Node | None:
        if not self._next():
            return None
        root = self._value()
        unfinished = [root] if root.kind else []  # a stack of our own: the client reads deeper nesting than Python
        while unfinished:
            node = unfinished[-1]
            if self._closed(node):
                unfinished.pop()
                continue
            child = self._member(node)
            if child.kind:
                unfinished.append(child)
        if self._next():
            raise self._not(self.place, "there is something after the end")
        return root

    def _next(self) -> str:
        """The next character that is neither white space nor in a comment; nothing at the end."""
        while True:
            self.place = after_space(self.text, self.place)
            if not self.text.startswith("/", self.place):
                return self.text[self.place : self.place + 1]
            end = after_comment(self.text, self.place)
            if end == self.place:
                raise self._not(self.place, "a / that does not begin a comment")
            if not self.comments:
                raise self._not(self.place, "a comment, which the client does not take")
            self.place = end

    def _closed(self, node: Node) -> bool:
        """Whether this object or list ends here; if not, a member comes next."""
        char, last = self._next(), node.members[-1] if node.members else None
        if last is not None and char == ",":
            last.comma = self.place
            self.place += 1
            char = self._next()
        elif last is not None and char and char != _CLOSING[node.kind]:
            raise self._not(self.place, "a comma is missing before this")
        if not char:
            raise self._not(node.start, f"a {node.kind} that is never closed")
        if char != _CLOSING[node.kind]:
            return False
        if last is not None and last.comma >= 0 and not self.comments:
            raise self._not(last.comma, "a comma with nothing after it")
        self.place += 1
        node.end = self.place
        return True

    def _member(self, node: Node) -> Node:
        start = self.place
        if node.kind == "[":
            node.members.append(Member(len(node.members), start, start, self._value()))
            return node.members[-1].node
        key = _TEXT.match(self.text, start)
        if key is None:
            raise self._not(start, "a key in double quotes is missing here")
        self.place = key.end()
        if self._next() != ":":
            raise self._not(self.place, "a colon is missing after the key")
        self.place += 1
        self._next()
        node.members.append(Member(json.loads(key[0]), start, key.end(), self._value()))
        return node.members[-1].node

    def _value(self) -> Node:
        start, char = self.place, self.text[self.place : self.place + 1]
        if char in _CLOSING:
            self.place += 1
            return Node(char, start)
        for pattern, read in ((_TEXT, json.loads), (_NUMBER, _number), (_WORD, json.loads)):
            if found := pattern.match(self.text, start):
                self.place = found.end()
                return Node("", start, found.end(), read(found[0]))
        raise self._not(start, next(_whys(char)))

    def _not(self, place: int, why: str) -> NotJson:
        return NotJson(line_at(self.text, place), why)


def _number(text: str) -> int | float:
    whole = text.removeprefix("-").isdigit() and len(text) < _LONG
    return int(text) if whole else float(text)


def _whys(char: str) -> Iterator[str]:
    if not char:
        yield "the text ends before a value"
    if char == '"':
        yield "a text that is not closed, or that holds what has to be written with a backslash"
    if char == "'":
        yield "a text in single quotes"
    yield "a value is missing here"
