"""What a profile of PowerShell says: `$env:NAME = …`, at the top and in functions."""

import re

from cc_launcher.core.importing.shell.line_numbers import LineNumbers
from cc_launcher.core.importing.shell.scopes import File, Scope, Set, is_claude
from cc_launcher.core.importing.shell.words import COMMAND, NOBODY_KNOWS, TEXT, Value

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_SET = re.compile(rf"\$(?:env:({_NAME})|\{{env:({_NAME})\}})[ \t]*=(?!=)[ \t]*([^;\n}}]*)", re.IGNORECASE)
_CALLED = re.compile(
    rf"SetEnvironmentVariable\([ \t]*['\"]({_NAME})['\"][ \t]*,[ \t]*('[^'\n]*'|\"[^\"\n]*\")", re.IGNORECASE
)
_FUNCTION = re.compile(r"^[ \t]*function[ \t]+([A-Za-z0-9_:-]+)[^\n{]*\{", re.IGNORECASE | re.MULTILINE)
_VARIABLE = re.compile(rf"\$(?:env:({_NAME})|\{{env:({_NAME})\}})", re.IGNORECASE)
_STARTS = re.compile(r"(?:^|[;{&\n])[ \t]*&?[ \t]*([\w./\\-]+)((?:[ \t]+[^\s;}]+)*)")
_BLOCK = re.compile(r"<#.*?#>", re.DOTALL)
_COMMENT = re.compile(r"(?m)^[ \t]*#[^\n]*")


def read(text: str) -> File:
    """A whole profile."""
    text = _BLOCK.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    text = _COMMENT.sub(lambda match: " " * len(match[0]), text)
    found = File()
    inside: list[tuple[int, int]] = []
    functions = []
    for match in _FUNCTION.finditer(text):
        if inside and match.start() < inside[-1][1]:
            continue
        end = _closed(text, match.end())
        inside.append((match.start(), end))
        functions.append((match[1], match.end(), end))
    outside = list(text)
    for begin, end in inside:
        outside[begin:end] = [char if char == "\n" else " " for char in text[begin:end]]
    lines = LineNumbers(text)
    top = Scope("exports", "", 1)
    _fill("".join(outside), 0, top, found)
    found.literals |= top.env
    if top.telling:
        found.scopes.append(top)
    for name, begin, end in functions:
        scope = Scope("function", name, lines.at(begin), lines.at(end))
        body = text[begin : end - 1]
        _fill(body, scope.line - 1, scope, found)
        _started(body, scope)
        if scope.telling or scope.settings:
            found.scopes.append(scope)
    return found


def _fill(text: str, before: int, scope: Scope, found: File) -> None:
    lines = LineNumbers(text)
    for match in (*_SET.finditer(text), *_CALLED.finditer(text)):
        name = next(each for each in match.groups()[:-1] if each)
        line = before + lines.at(match.start())
        value, origin = _value(match.groups()[-1].strip(), found, scope)
        scope.env[name] = origin if origin is not None else Set(value, line)


def _value(raw: str, found: File, scope: Scope) -> tuple[Value, Set | None]:
    repeated = _VARIABLE.fullmatch(raw.strip('"'))
    if repeated:
        name = repeated[1] or repeated[2]
        origin = scope.env.get(name) or found.literals.get(name)
        return (Value("variable", name), origin)
    if raw[:1] == "'" and raw[-1:] == "'" and len(raw) > 1:
        return Value(TEXT, raw[1:-1].replace("''", "'")), None
    if raw[:1] == '"' and raw[-1:] == '"' and len(raw) > 1 and "$" not in raw:
        return Value(TEXT, re.sub(r"`(.)", r"\1", raw[1:-1])), None
    command = re.fullmatch(r"\$?\(([^()]*)\)", raw.strip('"'))
    if command:
        return Value(COMMAND, command[1].strip()), None
    if re.fullmatch(r"[0-9]+", raw):
        return Value(TEXT, raw), None
    return NOBODY_KNOWS, None


def _started(text: str, scope: Scope) -> None:
    for match in _STARTS.finditer(text):
        if is_claude(match[1]):
            scope.starts = True
            words = match[2].split()
            if "--settings" in words[:-1]:
                scope.settings = words[words.index("--settings") + 1]
            if "--model" in words[:-1]:
                scope.args += ["--model", words[words.index("--model") + 1].strip("'\"")]


def _closed(text: str, at: int) -> int:
    depth = 1
    while at < len(text) and depth:
        if text[at] in "'\"":
            end = text.find(text[at], at + 1)
            at = end if end >= 0 else len(text)
        else:
            depth += (text[at : at + 1] == "{") - (text[at : at + 1] == "}")
        at += 1
    return at
