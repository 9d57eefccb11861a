"""Conditions of routing rules in CEL, as Bifrost writes them: which names there are, and whether a text could be one.

The engine compiles them. Here only what it would say too late is looked for: a name that nothing has, a bracket or a
quote that is left open, a percentage that is compared with a whole number.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cc_launcher.core.text.nearest import did_you_mean

# Percentages: each is a double, and CEL compares a double with a double only.
BUDGET_USED = "budget_used"
PERCENTAGES = (BUDGET_USED, "tokens_used", "request")
# What Bifrost's engine knows (`gateways.md`, from its source).
NAMES = (
    "model",
    "provider",
    "request_type",
    "headers",
    "params",
    "virtual_key_id",
    "virtual_key_name",
    "user_id",
    "team_id",
    "team_name",
    "customer_id",
    "customer_name",
    *PERCENTAGES,
    "complexity_tier",
)
_MAPS = ("headers", "params")
_WORDS = frozenset({"true", "false", "null", "in", "has", "size", "int", "uint", "double", "string", "bool", "matches"})
_OPEN, _CLOSE = "([{", ")]}"
_COMPARES = frozenset({"<", "<=", ">", ">=", "==", "!="})
_TOKEN = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<text>[rR]?\"(?:\\.|[^\"\\])*\"|[rR]?'(?:\\.|[^'\\])*')"
    r"|(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?u?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>&&|\|\||<=|>=|==|!=|[-+*/%!<>?:.,()\[\]{}])",
    re.ASCII,
)


class Token(NamedTuple):
    """A piece of a condition."""

    kind: str
    text: str


def fault_of(condition: str) -> tuple[str, str]:
    """What is wrong with it, and what to do; nothing, twice, where nothing is seen."""
    tokens = list(_tokens(condition))
    if not tokens:
        return "is empty", "write a condition, such as budget_used > 85.0"
    odd = next((token for token in tokens if token.kind == "odd"), None)
    if odd is not None:
        if odd.text in {'"', "'"}:
            return "has a quote that is never closed", f"put {odd.text} behind the text"
        return f"has a sign that CEL does not know: {odd.text}", "the signs are && || ! == != < <= > >= + - * / % ? :"
    if not _is_closed(tokens):
        return "has a bracket that is never closed, or closed too early", "count ( and ), [ and ]"
    return _fault_of_names(_names(tokens))


def _fault_of_names(names: list[str]) -> tuple[str, str]:
    known = f"known: {', '.join(NAMES)}"
    unknown = next((name for name in names if name not in NAMES and name not in _WORDS), None)
    if unknown is not None:
        return f"names {unknown}, which no request has", did_you_mean(unknown, list(NAMES)) or known
    if not any(name in NAMES for name in names):
        return "asks for nothing of the request", known
    return "", ""


def used(condition: str) -> tuple[str, ...]:
    """What it asks of a request, each once, in its order."""
    return tuple(dict.fromkeys(name for name in _names(list(_tokens(condition))) if name in NAMES))


def with_doubles(condition: str) -> str:
    """The same with each percentage compared with a double: `budget_used > 85` is an error in CEL."""
    pieces = [Token("blank", "")] + [Token(match.lastgroup or "", match.group()) for match in _scan(condition)]
    solid = [index for index, piece in enumerate(pieces) if piece.kind != "blank"]
    for at, index in enumerate(solid):
        if pieces[index].kind != "number" or not pieces[index].text.isdecimal():
            continue
        before = [pieces[other].text for other in solid[max(at - 2, 0) : at]]
        after = [pieces[other].text for other in solid[at + 1 : at + 3]]
        if _compares(before[::-1]) or _compares(after):
            pieces[index] = Token("number", f"{pieces[index].text}.0")
    return "".join(piece.text for piece in pieces)


def _compares(near: list[str]) -> bool:
    """Whether a comparison and a percentage are what stands next, in this order."""
    return len(near) == 2 and near[0] in _COMPARES and near[1] in PERCENTAGES


def _scan(condition: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(condition):
        match = _TOKEN.match(condition, at)
        if match is None:
            match = re.compile("(?P<odd>.)", re.DOTALL).match(condition, at)
            assert match is not None  # noqa: S101 - any sign matches
        yield match
        at = match.end()


def _tokens(condition: str) -> Iterator[Token]:
    for match in _scan(condition):
        if match.lastgroup != "blank":
            yield Token(match.lastgroup or "", match.group())


def _is_closed(tokens: list[Token]) -> bool:
    open_: list[str] = []
    for token in tokens:
        if token.kind == "sign" and token.text in _OPEN:
            open_.append(_CLOSE[_OPEN.index(token.text)])
        elif token.kind == "sign" and token.text in _CLOSE and (not open_ or open_.pop() != token.text):
            return False
    return not open_


def _names(tokens: list[Token]) -> list[str]:
    """The names that stand alone: neither behind a dot (`headers.x`, `model.startsWith`) nor in a text."""
    return [
        token.text
        for before, token in zip([Token("", ""), *tokens], tokens, strict=False)
        if token.kind == "name" and before.text != "."
    ]
