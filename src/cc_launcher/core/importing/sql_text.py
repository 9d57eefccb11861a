"""A dump of a database as text: the rows that it would insert. It is somebody else's program, and is never run."""

import re
from typing import Any

_TOKEN = re.compile(
    # What is never closed ends with the text, or each of its beginnings would be looked for to the end again.
    r"\s+|(?P<comment>--[^\n]*|/\*(?:.*?\*/|.*))|(?P<text>'[^']*(?:''[^']*)*(?:'|\Z))|(?P<blob>[xX]'[0-9A-Fa-f]*')"
    r'|(?P<name>"[^"]*(?:""[^"]*)*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)|[A-Za-z_][A-Za-z0-9_]*)'
    r"|(?P<number>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)|(?P<sign>.)",
    re.DOTALL,
)
_NO_COLUMNS = {"primary", "foreign", "unique", "check", "constraint"}

Token = tuple[str, str]


def tables(text: str) -> dict[str, list[dict[str, Any]]]:
    """The rows by table. What is anything but a row of plain values is passed over."""
    columns: dict[str, list[str]] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    for statement in _statements(text):
        words = [value.lower() for kind, value in statement[:3] if kind == "name"]
        if words[:2] == ["create", "table"]:
            _create(statement, columns)
        elif words[:2] == ["insert", "into"]:
            _insert(statement, columns, found)
    return found


def _statements(text: str) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None or kind == "comment":
            continue
        if kind == "sign" and match[0] == ";":
            found.append([])
        else:
            found[-1].append((kind, match[0]))
    return [statement for statement in found if statement]


def _create(statement: list[Token], columns: dict[str, list[str]]) -> None:
    begin = next((at for at, token in enumerate(statement) if token == ("sign", "(")), -1)
    if begin < 1:
        return
    names, depth, first = [], 0, True
    for kind, value in statement[begin:]:
        if kind == "sign" and value in "()":
            depth += 1 if value == "(" else -1
            first = first if value == ")" else depth == 1
        elif kind == "sign" and value == "," and depth == 1:
            first = True
        elif first and depth == 1:
            first = False
            names.append(_name(value))
    columns[_name(statement[begin - 1][1])] = [name for name in names if name.lower() not in _NO_COLUMNS]


def _insert(statement: list[Token], columns: dict[str, list[str]], found: dict[str, list[dict[str, Any]]]) -> None:
    at = next((at for at, (kind, word) in enumerate(statement) if kind == "name" and word.lower() == "values"), -1)
    if at < 3:
        return
    table = _name(statement[2][1])
    listed = [_name(value) for kind, value in statement[3:at] if kind == "name"] or columns.get(table, [])
    row: list[Any] = []
    depth = 0
    plain = True
    for kind, value in statement[at + 1 :]:
        if kind == "sign" and value in "()":
            depth += 1 if value == "(" else -1
            plain = plain and depth <= 1
            if depth == 0:
                if plain and listed and len(row) == len(listed):
                    found.setdefault(table, []).append(dict(zip(listed, row, strict=True)))
                row, plain = [], True
        elif kind != "sign":
            row.append(_value(kind, value))
        elif value != ",":
            plain = False  # a sum, a call: a program


def _value(kind: str, text: str) -> Any:
    if kind == "text":
        return text[1:-1].replace("''", "'")
    if kind == "number":
        return int(text) if text.lstrip("+-").isdecimal() and len(text) < 20 else text
    return None


def _name(text: str) -> str:
    return text[1:-1] if text[:1] in {'"', "`", "["} else text
