"""Small changes that break a program, made from its text: one condition turned round, one name left out of a list."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPERATORS = {
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "is not": "is",
    "is": "is not",
    "not in": "in",
    "in": "not in",
    "and": "or",
    "or": "and",
}
_OPERATOR = re.compile(r"==|!=|<=|>=|<|>|\b(?:is\s+not|is|not\s+in|in|and|or)\b")
# In a script: what is compared, joined, returned, and lines that do something by themselves.
_IN_SHELL = (
    ("comparison", re.compile(r"(?<= )(?:-eq|-ne|-gt|-lt|!=|=|-e|-f|-r|-x|-d|-n|-z)(?= )")),
    ("and, or", re.compile(r"&&|\|\|")),
    ("result", re.compile(r"(?<=return )[01]\b")),
    ("number", re.compile(r"(?<=[ =])\d{2,}\b")),
    ("not", re.compile(r"(?<=if )! ")),
    ("statement", re.compile(r"(?<=^)[ ]+(?:set|unset|export|shift|break|continue|_cc_\w+=)[^\n{}]*$", re.MULTILINE)),
)
_SHELL = {
    "-eq": "-ne",
    "-ne": "-eq",
    "-gt": "-lt",
    "-lt": "-gt",
    "!=": "=",
    "=": "!=",
    "-e": "! -e",
    "-f": "! -f",
    "-r": "! -r",
    "-x": "! -x",
    "-d": "! -d",
    "-n": "-z",
    "-z": "-n",
    "&&": "||",
    "||": "&&",
    "0": "1",
    "1": "0",
    "! ": "",
}


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of a text."""

    start: int
    end: int
    new: str
    kind: str

    def applied(self, text: str) -> str:
        """The text with the change in it."""
        return text[: self.start] + self.new + text[self.end :]

    def line(self, text: str) -> int:
        """The number of the line in which the change begins."""
        return text.count("\n", 0, self.start) + 1

    def shown(self, text: str) -> tuple[str, str]:
        """The lines of the change, before and after."""
        begin = text.rfind("\n", 0, self.start) + 1
        behind = text.find("\n", self.end)
        behind = len(text) if behind < 0 else behind
        return text[begin:behind], text[begin : self.start] + self.new + text[self.end : behind]


def of_python(text: str) -> list[Mutant]:
    """Every change of a Python module that is known here. Not each leaves one: see `is_python`."""
    return sorted(set(_Finder(text).all(ast.parse(text))))


def is_python(text: str) -> bool:
    """Whether this is a module at all."""
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def of_shell(text: str) -> list[Mutant]:
    """Every change of the scripts that stand in the texts of a Python module."""
    where = _Positions(text)
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count("\n") > 5:
            start, end = where.of(node)
            for kind, pattern in _IN_SHELL:
                for match in pattern.finditer(text, start, end):
                    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
                    if not line.lstrip().startswith("#"):
                        found.append(Mutant(match.start(), match.end(), _in_shell(kind, match[0]), kind))
    return sorted(set(found))


def _in_shell(kind: str, word: str) -> str:
    if kind == "statement":
        return word[: len(word) - len(word.lstrip())] + ":"
    return str(int(word) + 1) if kind == "number" else _SHELL[word]


class _Positions:
    """Where the nodes of a module stand in its text; Python counts in bytes of a line."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines(keepends=True)
        self.starts = [0, *itertools.accumulate(len(line) for line in self.lines)]

    def at(self, line: int, column: int) -> int:
        """The place of a line's byte."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The beginning and the end of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


class _Finder:
    """Looks through a module for what can be changed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.where = _Positions(text)

    def all(self, node: ast.AST) -> Iterator[Mutant]:
        """The changes of a node and of what is in it."""
        yield from self._own(node)
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not self._says_nothing(child):
                    yield from self.all(child)

    def _says_nothing(self, node: ast.AST) -> bool:
        """Docstrings; texts with values in them, whose pieces have no place; imports and what is for types alone."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return True
        return isinstance(node, (ast.JoinedStr, ast.Import, ast.ImportFrom))

    def _own(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                yield self._operator(left, right, "comparison")
            case ast.BoolOp(values=values):
                for one, other in itertools.pairwise(values):
                    yield self._operator(one, other, "and, or")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                start, _ = self.where.of(node)
                yield Mutant(start, self.where.of(operand)[0], "", "not")
            case ast.IfExp(test=test):
                yield self._negated(test)
            case ast.comprehension(ifs=tests):
                yield from map(self._negated, tests)
            case ast.Constant():
                yield from self._constant(node)
            case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
                yield from self._dropped(node)
            case ast.stmt():
                yield from self._statement(node)

    def _statement(self, node: ast.stmt) -> Iterator[Mutant]:
        match node:
            case ast.If(test=test) | ast.While(test=test):
                yield self._negated(test)
            case (
                ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom())
                | ast.Raise()
                | ast.AugAssign()
                | ast.Delete()
                | ast.Break()
                | ast.Continue()
            ):
                yield Mutant(*self.where.of(node), "pass", "statement")
            case ast.FunctionDef(body=body):
                first = body[1] if len(body) > 1 and self._says_nothing(body[0]) else body[0]
                start, _ = self.where.of(first)
                yield Mutant(start, start, f"return None\n{' ' * first.col_offset}", "early return")

    def _operator(self, one: ast.expr, other: ast.expr, kind: str) -> Mutant:
        start, end = self.where.of(one)[1], self.where.of(other)[0]
        found = _OPERATOR.search(self.text, start, end)
        assert found is not None
        return Mutant(found.start(), found.end(), _OPERATORS[" ".join(found[0].split())], kind)

    def _negated(self, test: ast.expr) -> Mutant:
        start, end = self.where.of(test)
        return Mutant(start, end, f"not ({self.text[start:end]})", "condition")

    def _constant(self, node: ast.Constant) -> Iterator[Mutant]:
        start, end = self.where.of(node)
        value = node.value
        if isinstance(value, bool):
            yield Mutant(start, end, repr(not value), "constant")
        elif isinstance(value, int):
            yield Mutant(start, end, repr(value + 1), "constant")
        elif isinstance(value, str) and value and not re.search(r"\s", value):  # others are said to people
            yield Mutant(start, end, repr(value + "_"), "constant")

    def _dropped(self, node: ast.Tuple | ast.List | ast.Set | ast.Dict) -> Iterator[Mutant]:
        if isinstance(node, ast.Dict):
            pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
            places = [(self.where.of(key)[0], self.where.of(value)[1]) for key, value in pairs]
        else:
            places = [self.where.of(part) for part in node.elts]
        for (start, _), (following, _) in itertools.pairwise(places):
            yield Mutant(start, following, "", "element")
        if len(places) > 1:
            yield Mutant(places[-2][1], places[-1][1], "", "element")
