"""The page on fakes has a row for each fake of the tests, and none for what is gone; it has the programs' versions."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.core.wrapper import editors
from tests import ccusage
from tests.client import harness
from tests.docs.pages import DOCS
from tests.gateways import engine, gateway
from tests.programs import versions

TESTS = Path(__file__).resolve().parents[1]
PAGE = DOCS / "explanation" / "fakes.md"
SUFFIXES = {".py", ".mjs", ".js", ".sh"}
# What has the looks of a fake, and is none.
NO_FAKES = {
    "client/dev_container.py": "a bridge from a container to loopback",
    "docs/test_fakes.py": "looks for them",
    "warm.py": "the socket of a process of ours, which forks",
}
KINDS = {"provider", "store", "system", "client"}
WORD = re.compile(r"\b[Aa]?n? ?FAKES?\b")
A_FAKE = re.compile(r"\bA FAKE\b|\bFAKES?, for tests")
# What answers on a port, by what a class is made of or what is called.
SERVERS = {
    "BaseHTTPRequestHandler",
    "SimpleHTTPRequestHandler",
    "BaseRequestHandler",
    "StreamRequestHandler",
    "Loopback",
}
LISTENS = {"create_server", "start_server", "start_unix_server", "listen", "ThreadingHTTPServer", "HTTPServer"}
LOOKS = re.compile("|".join(["FAKE", "Fake", "fake_", *sorted(SERVERS | LISTENS)]))


def shown_by(path: Path) -> list[str]:
    """What of a file of the tests is a fake, and in which line; nothing where there is none."""
    text = path.read_text(encoding="utf-8")
    if not LOOKS.search(text) and path.parent != TESTS / "fakes":  # most files are not read any further
        return []
    if path.suffix != ".py":
        return [f"line {number}: says FAKE" for number, line in enumerate(text.splitlines(), 1) if WORD.search(line)]
    named = ["its place"] if path.parent == TESTS / "fakes" else []
    return named + sorted({*_in_code(ast.parse(text)), *_in_comments(text)})


def _in_code(tree: ast.Module) -> Iterator[str]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) if name.lstrip("_").startswith("Fake"):
                yield f"line {node.lineno}: class {name}"
            case ast.ClassDef(name=name, bases=bases) if SERVERS & {_last(base) for base in bases}:
                yield f"line {node.lineno}: class {name}, a server"
            case ast.FunctionDef(name=name) if name.lstrip("_").startswith("fake_"):
                yield f"line {node.lineno}: {name}()"
            case ast.Call(func=called) if _last(called) in LISTENS:
                yield f"line {node.lineno}: {_last(called)}(), a server"
            case ast.Constant(value=str(said)) if id(node) not in docstrings and A_FAKE.search(said):
                yield f"line {node.lineno}: a program that says FAKE"


def _last(node: ast.AST) -> str:
    return ast.unparse(node).partition("[")[0].rpartition(".")[2]


def _in_comments(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and A_FAKE.search(token.string):
            yield f"line {token.start[0]}: a comment that says FAKE"


def files() -> dict[str, Path]:
    """All code of the tests."""
    found = (
        path for path in sorted(TESTS.rglob("*")) if path.suffix in SUFFIXES and TESTS / "data" not in path.parents
    )
    return {path.relative_to(TESTS).as_posix(): path for path in found}


def rows() -> dict[str, list[str]]:
    """The cells of each row of the table of fakes, by the files that its first cell names."""
    table = PAGE.read_text(encoding="utf-8").partition("\n## What is fake\n")[2].partition("\n## ")[0]
    found: dict[str, list[str]] = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            found |= dict.fromkeys(re.findall(r"`([^`]+)`", cells[0]), cells[1:])
    return found


def test_every_fake_has_a_row() -> None:
    here = {name: shown for name, path in files().items() if (shown := shown_by(path)) and name not in NO_FAKES}
    known = rows()
    missing = {name: shown for name, shown in here.items() if name not in known}
    told = "\n".join(
        f"| `{name}` | WHAT IT STANDS FOR | {' or '.join(sorted(KINDS))} | HOW SURE IT IS THAT IT ANSWERS LIKE THE "
        f"REAL ONE | YEAR-MONTH-DAY, WITH WHAT IT WAS COMPARED, or never … |   <- {'; '.join(shown)}"
        for name, shown in missing.items()
    )
    assert not missing, (
        f"docs/explanation/fakes.md, 'What is fake': add a row for each, or name the file in one that is there.\n"
        f"What is no fake goes to NO_FAKES of {Path(__file__).name}.\n{told}"
    )


def test_every_row_has_a_fake() -> None:
    known = files()
    gone = [name for name in rows() if name not in known or not (shown_by(known[name]) or _says_it(known[name]))]
    assert gone == [], f"docs/explanation/fakes.md has a row for what is no fake, or is gone: take it out of {gone}"


def _says_it(path: Path) -> bool:
    """Whether a docstring says it: a helper that is made where it is needed."""
    return "FAKE" in path.read_text(encoding="utf-8")


def test_a_row_says_all_that_it_should() -> None:
    for name, cells in rows().items():
        assert len(cells) == 4, (name, cells)
        assert all(cells), (name, cells)
        assert {kind.strip() for kind in cells[1].split(",")} <= KINDS, (name, cells[1])
        assert re.search(r"\b20\d\d-\d\d-\d\d\b|^never", cells[3]), (name, cells[3])


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("class FakeThing: ...", True),
        ("class Handler(http.server.BaseHTTPRequestHandler): ...", True),
        ("class X(Loopback): ...", True),
        ("def f():\n    server.listen()", True),
        ("PROGRAM = '#!/bin/sh\\n# A FAKE npm.'", True),
        ("# A FAKE npm\nPROGRAM = 'x'", True),
        ('def f():\n    """On a FAKE Ollama."""', False),
        ("x = 1  # the FAKE library is asked", False),
        ("said = listened", False),
    ],
)
def test_what_is_taken_for_a_fake(tmp_path: Path, code: str, seen: bool) -> None:  # noqa: FBT001 - what a case says
    path = tmp_path / "test_x.py"
    path.write_text(f"{code}\n")
    assert bool(shown_by(path)) == seen


OTHERS = ("CLIENT", "CCUSAGE", "AGENT_SDK_PYTHON", "AGENT_SDK_TYPESCRIPT", "ACP_ADAPTER")
as_named = pytest.mark.skipif(
    any(f"CC_TEST_{name}" in os.environ for name in OTHERS), reason="other versions are tried than those that are named"
)


@as_named
def test_the_pages_name_the_versions_that_are_tried() -> None:
    pages = {name: (DOCS / "how-to" / f"{name}.md").read_text(encoding="utf-8") for name in ("agent-sdk", "editors")}
    assert {*re.findall(r"claude-agent-acp@([\d.]+)", pages["editors"])} == {versions.ACP_ADAPTER}
    assert editors.ADAPTER.endswith(f"@{versions.ACP_ADAPTER}"), "what `cc env --format jetbrains` starts"
    assert f"the adapter {versions.ACP_ADAPTER}" in pages["editors"]
    assert f"the SDK for Python {versions.AGENT_SDK_PYTHON} " in pages["agent-sdk"]
    assert f"TypeScript {versions.AGENT_SDK_TYPESCRIPT}," in pages["agent-sdk"]
    for page in pages.values():
        assert f"the client {harness.CURRENT}" in page


@as_named
def test_the_real_programs_are_of_the_versions_that_the_tests_name() -> None:
    listed = dict(line.split()[0].split("==") for line in engine.LIST.read_text().splitlines() if "==" in line)
    named = {
        "Claude Code": harness.CURRENT,
        "ccusage": ccusage.VERSION,
        "claude-code-router": gateway.CCR,
        "LiteLLM": listed["litellm"],
        "Agent SDK for Python": versions.AGENT_SDK_PYTHON,
        "Agent SDK for TypeScript": versions.AGENT_SDK_TYPESCRIPT,
        "ACP adapter": versions.ACP_ADAPTER,
        "llama.cpp's llama-server": versions.LLAMA_SERVER,
        "act, which runs a workflow": versions.ACT,
    }
    table = PAGE.read_text(encoding="utf-8").partition("\n## What is real\n")[2].partition("\n## ")[0]
    for program, version in named.items():
        row = next((line for line in table.splitlines() if line.startswith(f"| {program}")), "")
        assert f"| {version}" in row or f", {version}" in row, f"fakes.md, 'What is real': {program} is {version} now"
