"""Which variables a shell file sets, and on which lines: read tolerantly, and without keeping a value.

It is no shell: what a file really does can depend on anything. It sees what people write.
"""

import re
import shlex
from bisect import bisect_left
from dataclasses import dataclass

SH, FISH, POWERSHELL, PLAIN = "sh", "fish", "powershell", "plain"  # plain: NAME=VALUE, in .env and environment.d

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ASSIGNED = re.compile(rf"({_NAME})\+?=", re.ASCII)
_TOKEN = re.compile(
    r"(?P<blank>[ \t]+|\\\r?\n)"
    r"|(?P<comment>\#[^\n]*)"  # only where a word could begin, or else it is a part of one
    r"|(?P<line>\r?\n)"
    r"|(?P<here><<-?[ \t]*(?:'[^'\n]*'|\"[^\"\n]*\"|\\?[A-Za-z0-9_.-]+))"
    r"|(?P<end><<<|[;&|()<>])"
    r"|(?P<word>\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\(|`[^`]*`|[^\s;&|()<>'\"\\`$#]+|.)",
    re.DOTALL,
)
_MANY = 50  # variables in one statement, which nobody writes by hand
_KEYWORDS = frozenset({"then", "do", "else", "elif", "if", "while", "until", "!", "{", "begin", "and", "or", "not"})
_DECLARES = frozenset({"export", "declare", "typeset", "readonly"})
_POWERSHELL = re.compile(
    rf"^[^\n#]*?\$(?:env:({_NAME})|\{{env:({_NAME})\}})[ \t]*=(?!=)[ \t]*(?P<a>[^\n]*)$"
    rf"|^[^\n#]*SetEnvironmentVariable\([ \t]*['\"]({_NAME})['\"][ \t]*,[ \t]*(?P<b>'[^'\n]*'|\"[^\"\n]*\"|[^,)\n]*)"
    rf"[^\n]*$",
    re.IGNORECASE | re.MULTILINE | re.ASCII,
)
_PLAIN = re.compile(rf"^[ \t]*(?:export[ \t]+)?({_NAME})[ \t]*=[ \t]*([^\n]*)$", re.MULTILINE | re.ASCII)


@dataclass(frozen=True)
class Assignment:
    """A variable that is set. Where its value stands, not what it is."""

    name: str
    line: int
    last: int  # the last line of the statement
    start: int  # of the value, in the text
    end: int
    literal: bool  # the value is there to read, rather than asked of a command or another variable
    alone: bool = False  # on its lines, nothing else is done
    beside: tuple[str, ...] = ()  # what else the same statement sets
    once: bool = False  # for one command only, or in an alias
    first: int = 0  # the first line of the statement
    means: str = ""  # what may be told of the value: see belongs.py


def assignments(text: str, dialect: str) -> list[Assignment]:
    """Everything that the text sets."""
    lines = _Lines(text)
    if dialect == POWERSHELL:
        return [
            _by_pattern(lines, match, match[1] or match[2] or match[4], "b" if match["a"] is None else "a")
            for match in _POWERSHELL.finditer(re.sub(r"<#.*?#>", _blanked, text, flags=re.DOTALL))
        ]
    if dialect == PLAIN:
        return [_by_pattern(lines, match, match[1], 2) for match in _PLAIN.finditer(text)]
    return _of_commands(text, dialect, lines)


def value(text: str, assignment: Assignment) -> str:
    """What is assigned, as the shell would see it."""
    raw = text[assignment.start : assignment.end].strip()
    try:
        return "".join(shlex.split(raw))
    except ValueError:
        return raw


class _Lines:
    """A text, and which line is where in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [match.start() for match in re.finditer("\n", text)]

    def of(self, at: int) -> int:
        """The line, from 1."""
        return bisect_left(self.ends, at) + 1

    def are_whole(self, first: int, last: int) -> bool:
        """Whether the lines from here to there hold nothing but this and a comment."""
        text = self.text
        begin = text.rfind("\n", 0, first) + 1
        end = text.find("\n", last)
        after = text[last : end if end >= 0 else len(text)].strip().removeprefix(";").strip()
        continued = text[max(0, begin - 3) : begin].rstrip("\r\n").endswith("\\")
        return not text[begin:first].strip() and (not after or after.startswith("#")) and not continued


def _blanked(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _by_pattern(lines: _Lines, match: re.Match[str], name: str, group: int | str) -> Assignment:
    start, end = match.span(group)
    line = lines.of(match.start())
    raw = lines.text[start:end]
    quoted = re.match(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", raw)
    raw = quoted[0] if quoted else re.split(r"[ \t]#", raw, maxsplit=1)[0].rstrip("; \t\r}")
    alone = match[0].lstrip().lower().startswith(("$", "[", "export", name.lower()))
    return Assignment(name, line, line, start, start + len(raw), _is_literal(raw.strip()), alone, first=line)


def _is_literal(raw: str) -> bool:
    if raw.startswith("'"):
        return raw.strip("'") != ""
    return raw.strip("\"'") != "" and "$" not in raw and "`" not in raw


@dataclass
class _Command:
    """A simple command: the words of it, each from where to where."""

    words: list[tuple[int, int]]

    def text(self, text: str, index: int) -> str:
        return text[self.words[index][0] : self.words[index][1]]


def _of_commands(text: str, dialect: str, lines: _Lines, *, inside: int = -1) -> list[Assignment]:
    """What commands set: those of a whole file, or those inside of an alias, which begins there."""
    found: list[Assignment] = []
    offset = max(inside, 0)
    for command in _commands(text):
        spans, once = _set_by(text, command, dialect)
        first, last = command.words[0][0] + offset, command.words[-1][1] + offset
        alone = inside < 0 and not once and len(spans) < _MANY and lines.are_whole(first, last)
        names = [name for name, _, _ in spans[:_MANY]]
        for name, start, end in spans:
            found.append(
                Assignment(
                    name,
                    lines.of(start + offset),
                    lines.of(last),
                    start + offset,
                    end + offset,
                    _is_literal(text[start:end]),
                    alone,
                    tuple(other for other in names if other != name),
                    once or inside >= 0,
                    lines.of(first),
                )
            )
        if inside < 0 and command.text(text, 0) == "alias":
            for start, end in command.words[1:]:
                body = text[start:end].partition("=")[2] or text[start:end]
                begin = end - len(body)
                if body[:1] in {"'", '"'}:
                    body, begin = body[1:-1], begin + 1
                found += _of_commands(body, dialect, lines, inside=begin)
    return found


def _set_by(text: str, command: _Command, dialect: str) -> tuple[list[tuple[str, int, int]], bool]:
    """What a command sets, with the place of each value; and whether that is for another command only."""
    words = [command.text(text, index) for index in range(len(command.words))]
    index = 0
    while index < len(words) and words[index] in _KEYWORDS:
        index += 1
    begin = index
    while index < len(words) and _ASSIGNED.match(words[index]):
        index += 1
    given = [_span(words[at], command.words[at]) for at in range(begin, index)]
    if index == len(words):
        return given, False
    name, left = words[index], range(index + 1, len(words))
    if name in _DECLARES:
        if any(words[at] == "-n" for at in left):
            return [], False
        return [_span(words[at], command.words[at]) for at in left if _ASSIGNED.match(words[at])], False
    if name == "env":
        return [_span(words[at], command.words[at]) for at in left if _ASSIGNED.match(words[at])], True
    if name == "setenv" or (dialect == FISH and name == "set"):
        return _set_like_fish(words, command, left, plain=name == "setenv"), False
    return given, True


def _set_like_fish(words: list[str], command: _Command, left: range, *, plain: bool) -> list[tuple[str, int, int]]:
    """`set -gx NAME VALUE`, and `setenv NAME VALUE`."""
    options = [words[at] for at in left if words[at].startswith("-")]
    plain_words = [at for at in left if not words[at].startswith("-")]
    exported = plain or any("x" in option if option[:2] != "--" else option == "--export" for option in options)
    erased = any("e" in option or "q" in option for option in options if option[:2] != "--")
    if not exported or erased or not plain_words:
        return []
    at = plain_words[0]
    if not re.fullmatch(_NAME, words[at], re.ASCII):
        return []
    begin = command.words[plain_words[1]][0] if len(plain_words) > 1 else command.words[at][1]
    return [(words[at], begin, command.words[plain_words[-1]][1])]


def _span(word: str, where: tuple[int, int]) -> tuple[str, int, int]:
    match = _ASSIGNED.match(word)
    assert match is not None  # noqa: S101 - every caller has looked
    return match[1], where[0] + match.end(), where[1]


def _commands(text: str) -> list[_Command]:
    """The commands of a script, those inside of `$(...)` left out."""
    return _Script(text).commands()


class _Script:
    """A script that is read from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[_Command] = []
        self.words: list[tuple[int, int]] = []  # of the command that is being read
        self.word = -1  # where the word begins that is being read
        self.inside = 0  # how deep in a command inside of that word
        self.heres: list[tuple[str, bool]] = []  # the ends of the here-documents that begin on the next line

    def commands(self) -> list[_Command]:
        at = 0
        while match := _TOKEN.match(self.text, at):
            at = self._token(at, match)
        self._end_word(len(self.text))
        self._end_command()
        return self.found

    def _token(self, at: int, match: re.Match[str]) -> int:
        """Take a token; returns where the next one begins."""
        kind, token = match.lastgroup, match[0]
        if kind == "comment" and (self.word >= 0 or self.inside):
            return at + 1  # a `#` inside of a word
        if self.inside:  # where it ends is all that counts
            self.inside += (token in {"(", "$("}) - (token == ")")
        elif kind == "word":
            self.word = at if self.word < 0 else self.word
            self.inside = int(token == "$(")
        elif kind != "comment":
            self._end_word(at)
            if kind == "here":
                self.heres.append((token.lstrip("<-").strip().strip("'\"\\"), token.startswith("<<-")))
            elif kind != "blank":
                self._end_command()
            if kind == "line" and self.heres:
                heres, self.heres = self.heres, []
                return _after_here(self.text, match.end(), heres)
        return match.end()

    def _end_word(self, at: int) -> None:
        if self.word >= 0:
            self.words.append((self.word, at))
            self.word = -1

    def _end_command(self) -> None:
        if self.words:
            self.found.append(_Command(self.words))
            self.words = []


def _after_here(text: str, at: int, heres: list[tuple[str, bool]]) -> int:
    """Where a script goes on behind its here-documents."""
    for mark, tabs in heres:
        while at < len(text):
            end = text.find("\n", at)
            line = text[at : end if end >= 0 else len(text)].rstrip("\r")
            at = end + 1 if end >= 0 else len(text)
            if (line.lstrip("\t") if tabs else line) == mark:
                break
    return at
