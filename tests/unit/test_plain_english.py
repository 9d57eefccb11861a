"""What the program says to people is plain English: the signs of worse do not come back.

Looked at: each text in the code that is not a docstring, what is made from docstrings (the help, the
man page, the schema), and the providers of the catalog.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests import house

ROOT = Path(__file__).parents[2]
SIGNS = re.compile(
    r"\b(anew|in vain|who(m)?ever|but for|mend(s|ed|ing|able)?|is none of|as it stands|of no( more)? use|"
    r"all the same|meanwhile|likewise|wherever it goes)\b",
    re.IGNORECASE,
)
FROM_AN_INDEX = re.compile(r"(?<!un)install( --?[\w-]+)* cc-launcher\b")  # no index has the package
TEXTS = [
    ROOT / "docs" / "cc-launcher.1",
    ROOT / "docs" / "profile.schema.json",
    ROOT / "docs" / "reference" / "commands.md",
    *sorted((ROOT / "profiles").glob("*.toml")),
]


def _texts(tree: ast.AST) -> list[tuple[int, str]]:
    """The texts in a module, each with its line, without docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def _found(signs: re.Pattern[str], tree: ast.AST) -> list[tuple[int, str]]:
    return [(line, found[0]) for line, text in _texts(tree) for found in signs.finditer(text)]


@pytest.mark.parametrize("signs", [SIGNS, FROM_AN_INDEX], ids=["plain", "no index"])
def test_the_texts_of_the_code(signs: re.Pattern[str]) -> None:
    there = {module: found for module, tree in house.trees().items() if (found := _found(signs, tree))}
    assert there == {}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_the_help_and_the_catalog(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [found[0] for signs in (SIGNS, FROM_AN_INDEX) for found in signs.finditer(text)] == []


def test_a_sign_is_seen_in_an_error_and_not_in_a_docstring() -> None:
    tree = ast.parse(
        'def f(x):\n    """Written anew."""\n    raise Bad(f"{x}: mend it", hint="pipx install cc-launcher")\n'
    )
    assert _found(SIGNS, tree) == [(3, "mend")]
    assert _found(FROM_AN_INDEX, tree) == [(3, "install cc-launcher")]
