"""Words of a shell, as it would see them: text, a variable, a command, or what nobody can tell without running it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

TEXT, VARIABLE, COMMAND, UNKNOWN = "text", "variable", "command", "unknown"

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ALONE = re.compile(rf"\$(?:({_NAME})|\{{({_NAME})(?:(:?[-?])((?:[^{{}}]|\$\{{[^{{}}]*\}})*))?\}})")
_PLAIN = re.compile(r"[^ \t\n;|&<>()'\"$`\\]*")  # in which nothing means anything but itself
_QUOTED = re.compile(r"[^\"$`\\]*")  # the same between double quotes
_MEANS_MORE = re.compile(r"[A-Za-z_{(0-9@*#?!$-]")  # behind a $; else that is one
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "e": "\x1b", "a": "\a"}


@dataclass(frozen=True)
class Value:
    """What a word comes to."""

    kind: str
    text: str  # of a variable its name, of a command its line

    def with_text(self, more: "Value") -> "Value":
        """The two of them side by side."""
        if self.kind == TEXT:
            if not self.text:
                return more
            if more.kind == TEXT:
                return Value(TEXT, self.text + more.text)
        return self if more.kind == TEXT and not more.text else NOBODY_KNOWS


EMPTY = Value(TEXT, "")
NOBODY_KNOWS = Value(UNKNOWN, "")


def literal(raw: str) -> str | None:
    """The text that an assignment's right side stands for, if that needs nothing but reading; a comment is left out."""
    value, _ = value_of(raw.strip())
    return value.text if value.kind == TEXT else None


def value_of(raw: str, known: Mapping[str, Value] | None = None, at: int = 0) -> tuple[Value, int]:
    """What the word that begins there comes to, and where it ends."""
    found = EMPTY
    values = {} if known is None else known  # not `or`: a length is counted
    while at < len(raw) and raw[at] not in " \t\n;|&<>()":
        piece, at = _piece(raw, at, values)
        found = found.with_text(piece)
    return found, at


def _piece(raw: str, at: int, known: Mapping[str, Value]) -> tuple[Value, int]:
    char = raw[at]
    if char == "'":
        end = raw.find("'", at + 1)
        return (Value(TEXT, raw[at + 1 : end]), end + 1) if end >= 0 else (NOBODY_KNOWS, len(raw))
    if char == '"' or raw.startswith('$"', at):  # behind a $: a text that a shell may translate
        return _double(raw, raw.index('"', at) + 1, known)
    if raw.startswith("$'", at):
        return _ansi(raw, at + 2)
    if char in "$`":
        return _expansion(raw, at, known)
    if char == "\\":
        taken = raw[at + 1 : at + 2]
        return Value(TEXT, "" if taken == "\n" else taken), at + 2
    end = _end(_PLAIN, raw, at)
    return Value(TEXT, raw[at:end]), end


def _end(what: re.Pattern[str], raw: str, at: int) -> int:
    match = what.match(raw, at)
    return match.end() if match is not None else at


def _double(raw: str, at: int, known: Mapping[str, Value]) -> tuple[Value, int]:
    found = EMPTY
    while at < len(raw) and raw[at] != '"':
        if raw[at] in "$`":
            piece, at = _expansion(raw, at, known)
        elif raw[at] == "\\":
            taken = raw[at + 1 : at + 2]
            piece, at = Value(TEXT, taken if taken in '$`"\\' else "" if taken == "\n" else f"\\{taken}"), at + 2
        else:
            end = _end(_QUOTED, raw, at)
            piece, at = Value(TEXT, raw[at:end]), end
        found = found.with_text(piece)
    return (found, at + 1) if at < len(raw) else (NOBODY_KNOWS, len(raw))


def _ansi(raw: str, at: int) -> tuple[Value, int]:
    made = []
    while at < len(raw) and raw[at] != "'":
        if raw[at] == "\\" and at + 1 < len(raw):
            code = re.match(r"x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|[0-7]{1,3}", raw[at + 1 : at + 6])
            if code:
                digits = code[0]
                made.append(chr(int(digits[1:], 16) if digits[0] in "xu" else int(digits, 8)))
                at += 1 + len(digits)
                continue
            made.append(_ESCAPES.get(raw[at + 1], f"\\{raw[at + 1]}"))
            at += 2
        else:
            made.append(raw[at])
            at += 1
    return Value(TEXT, "".join(made)), at + 1


def _expansion(raw: str, at: int, known: Mapping[str, Value]) -> tuple[Value, int]:
    if raw.startswith("$((", at):
        return NOBODY_KNOWS, _closed(raw, at + 1)
    if raw.startswith("$(", at):
        end = _closed(raw, at + 1)
        return Value(COMMAND, raw[at + 2 : end - 1].strip()), end
    if raw[at] == "`":
        end = raw.find("`", at + 1)
        return (Value(COMMAND, raw[at + 1 : end].strip()), end + 1) if end >= 0 else (NOBODY_KNOWS, len(raw))
    match = _ALONE.match(raw, at)
    if match is not None:
        return _repeated(match, known), match.end()
    if _MEANS_MORE.match(raw, at + 1) is None:  # as at the end of a pattern: "^name$"
        return Value(TEXT, "$"), at + 1
    end = raw.find("}", at) + 1 if raw.startswith("${", at) else at + 2
    return NOBODY_KNOWS, end if end > at else len(raw)


def _repeated(match: re.Match[str], known: Mapping[str, Value]) -> Value:
    """The value of a variable, what stands for it, or its name."""
    name = match[1] or match[2]
    value = known.get(name)
    if value is not None and value != EMPTY:
        return value
    if match[3] in {"-", ":-"}:
        return value_of(match[4], known)[0]
    return value if value is not None else Value(VARIABLE, name)


def _closed(raw: str, at: int) -> int:
    """Where the bracket that opens here is closed; quotes in it count."""
    depth, quote = 0, ""
    while at < len(raw):
        char = raw[at]
        if quote:
            if char == "\\" and quote == '"':
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "\\":
            at += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return len(raw)
