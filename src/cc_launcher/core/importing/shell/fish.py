"""What fish's files say: `set -gx`, `env` in aliases and functions, and its universal variables."""

import re
from collections import ChainMap
from collections.abc import MutableMapping

from cc_launcher.core.importing.shell.line_numbers import LineNumbers
from cc_launcher.core.importing.shell.scopes import File, Scope, Set, is_claude
from cc_launcher.core.importing.shell.words import COMMAND, EMPTY, NOBODY_KNOWS, TEXT, VARIABLE, Value

_TOKEN = re.compile(
    r"(?P<blank>[ \t]+|\\\n)|(?P<comment>#[^\n]*)|(?P<end>[\n;|&<>])|(?P<command>\()|(?P<close>\))"
    r"|(?P<single>'(?:[^'\\]|\\.)*')|(?P<double>\"(?:[^\"\\]|\\.)*\")|(?P<escape>\\.)"
    r"|(?P<variable>\$[A-Za-z_][A-Za-z0-9_]*)|(?P<text>[^\s;|&<>()'\"\\$]+|.)",
    re.DOTALL,
)
_SETUVAR = re.compile(r"^SETUVAR (?P<options>(?:--\w+ )*)(?P<name>\w+):(?P<value>.*)$", re.MULTILINE)
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)")
_OPENS = frozenset({"if", "while", "for", "switch", "begin", "function"})


def read(text: str, known: MutableMapping[str, Set]) -> File:
    """A file of fish."""
    found = File()
    top = Scope("exports", "", 1)
    found.literals = top.env  # what is set at the top, as it grows
    stack: list[tuple[str, Scope]] = [("", top)]
    for words, line in _commands(text):
        first = words[0].text if words[0].kind == TEXT else ""
        if first == "function" and len(words) > 1:
            stack.append(("function", Scope("function", words[1].text, line, line)))
        elif first in _OPENS:
            stack.append((first, stack[-1][1]))
        elif first == "end":
            _end(stack, line, found)
        else:
            _simple(words, line, stack[-1][1], found, known)
    if top.telling:
        found.scopes.append(top)
    return found


def _end(stack: list[tuple[str, Scope]], line: int, found: File) -> None:
    if len(stack) > 1:
        kind, scope = stack.pop()
        if kind == "function" and scope.telling:
            scope.last = line
            found.scopes.append(scope)


def _simple(words: list[Value], line: int, scope: Scope, found: File, known: MutableMapping[str, Set]) -> None:
    every = ChainMap(found.literals, known)
    if words[0].text == "alias":
        _alias(words[1:], line, found, every)
    elif words[0].text in {"source", "."} and len(words) > 1:
        found.sourced.append(words[1].text)
    else:
        _command(words, line, scope, every)


def universal(text: str) -> Scope:
    """The universal variables that are exported."""
    scope = Scope("universal", "", 1)
    lines = LineNumbers(text)
    for match in _SETUVAR.finditer(text):
        if "--export" in match["options"]:
            value = _HEX.sub(
                lambda each: chr(int(each[1] or each[2], 16)) if each[1] or each[2] else each[3], match["value"]
            )
            scope.env[match["name"]] = Set(Value(TEXT, value), lines.at(match.start()))
    return scope


def _alias(words: list[Value], line: int, found: File, known: MutableMapping[str, Set]) -> None:
    if len(words) == 1 and "=" in words[0].text:
        name, _, body = words[0].text.partition("=")
    elif len(words) > 1:
        name, body = words[0].text, words[1].text
    else:
        return
    scope = Scope("alias", name, line, line)
    for inner, _ in _commands(body):
        _command(inner, line, scope, known)
    if scope.telling or scope.starts:
        found.scopes.append(scope)


def _command(words: list[Value], line: int, scope: Scope, known: MutableMapping[str, Set]) -> None:
    texts = [word.text if word.kind == TEXT else "" for word in words]
    while texts and texts[0] in {"exec", "command", "and", "or", "not"}:
        texts, words = texts[1:], words[1:]
    if not texts:
        return
    if texts[0] == "set":
        _set(words[1:], line, scope, known)
        return
    if texts[0] == "env":
        texts, words = texts[1:], words[1:]
    index = 0
    given = []
    while index < len(words) and (split := _assigned(words[index])) is not None:
        given.append(split)
        index += 1
    if index < len(words) and not is_claude(texts[index]):
        return
    for name, value in given:
        scope.env[name] = _known(value, line, known)
    if index < len(words):
        scope.starts = True
        scope.args += [text for text in texts[index + 1 :] if text]


def _assigned(word: Value) -> tuple[str, Value] | None:
    """`NAME=value`, where the value may be a variable or a command."""
    name, equals, value = word.text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return None
    if word.kind == TEXT:
        return name, Value(TEXT, value)
    return name, Value(word.kind, value)


def _set(words: list[Value], line: int, scope: Scope, known: MutableMapping[str, Set]) -> None:
    options = [word.text for word in words if word.text.startswith("-")]
    plain = [word for word in words if not word.text.startswith("-")]
    letters = "".join(option[1:] for option in options if not option.startswith("--"))
    if not plain or set(letters) & set("eqn"):
        return
    value = plain[1] if len(plain) == 2 else EMPTY if len(plain) == 1 else NOBODY_KNOWS
    scope.env[plain[0].text] = _known(value, line, known)


def _known(value: Value, line: int, known: MutableMapping[str, Set]) -> Set:
    if value.kind == VARIABLE and value.text in known:
        origin = known[value.text]
        return Set(origin.value, origin.line, origin.file)
    return Set(value, line)


class _Line:
    """Commands, as they are read."""

    def __init__(self) -> None:
        self.found: list[tuple[list[Value], int]] = []
        self.words: list[Value] = []
        self.word: Value | None = None
        self.begin = 1

    def end_word(self) -> None:
        if self.word is not None:
            self.words.append(self.word)
        self.word = None

    def end(self, line: int) -> None:
        self.end_word()
        if self.words:
            self.found.append((self.words, self.begin))
        self.words = []
        self.begin = line

    def add(self, more: Value, line: int) -> None:
        if not self.words and self.word is None:
            self.begin = line
        self.word = _joined(self.word, more)


def _commands(text: str) -> list[tuple[list[Value], int]]:
    made = _Line()
    at, line = 0, 1
    while match := _TOKEN.match(text, at):
        kind, token, at = match.lastgroup, match[0], match.end()
        if kind == "comment" and made.word is not None:
            kind, token, at = "text", "#", match.start() + 1
        if kind in {"blank", "comment"}:
            made.end_word()
        elif kind == "end":
            made.end(line + (token == "\n"))
        elif kind == "command":
            end = _close(text, at)
            made.add(Value(COMMAND, text[at : end - 1].strip()), line)
            token, at = text[match.start() : end], end
        else:
            made.add(_piece(str(kind), token), line)
        line += token.count("\n")
    made.end(line)
    return made.found


def _joined(word: Value | None, more: Value) -> Value:
    """Two pieces of a word: behind `NAME=`, a variable or a command keeps that in front of it."""
    if word is None:
        return more
    if word.kind == TEXT and more.kind != TEXT and word.text.endswith("="):
        return Value(more.kind, word.text + more.text)
    return word.with_text(more)


def _piece(kind: str, token: str) -> Value:
    if kind == "single":
        return Value(TEXT, re.sub(r"\\([\\'])", r"\1", token[1:-1]))
    if kind == "double":
        inner = token[1:-1]
        named = re.fullmatch(r"\$([A-Za-z_][A-Za-z0-9_]*)", inner)
        if named:
            return Value(VARIABLE, named[1])
        return NOBODY_KNOWS if re.search(r"(?<!\\)\$", inner) else Value(TEXT, re.sub(r"\\([\\\"$])", r"\1", inner))
    if kind == "escape":
        return Value(TEXT, token[1:])
    return Value(VARIABLE, token[1:]) if kind == "variable" else Value(TEXT, token)


def _close(text: str, at: int) -> int:
    depth = 1
    while at < len(text) and depth:
        depth += (text[at] == "(") - (text[at] == ")")
        at += 1
    return at
