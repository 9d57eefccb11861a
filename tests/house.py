"""The house as it stands: which file imports which, which room that is, and where imports go round in a circle.

`python -m tests.house` prints it, from the project's root; with a directory, that of another checkout. Imports inside
functions count.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "cc_launcher"
_NAME = "cc_launcher"

# From the ground up: a file imports from its own room and from those before it.
ROOMS = (
    "core/errors",
    "core/text",
    "core/stores",
    "core/profile",
    "core/plan",
    "core/wrapper",
    "core/status",
    "core/models",
    "core/gateway",
    "core/probe",
    "core/usage",
    "core/ask",
    "core/sessions",
    "core/importing",
    "core/doctor",
    "core/demo_script",
    "launch",
    "files",
    "net",
    "secrets",
    "claude",
    "actions",
    "cli",
    "main",
    "__main__",
)

Graph = Mapping[str, frozenset[str]]


# A room beside the house: what is there runs in the Python of the gateway's engine. `test_in_engine.py` holds it.
IN_ENGINE = "in_engine"


def trees(package: Path = PACKAGE) -> dict[str, ast.Module]:
    """Each file of the package by its path in it, read as code."""
    files = {path.relative_to(package).as_posix(): path for path in sorted(package.rglob("*.py"))}
    return {name: ast.parse(path.read_bytes()) for name, path in files.items() if not name.startswith(f"{IN_ENGINE}/")}


def imported(tree: ast.AST) -> set[str]:
    """The full names of all modules (or of what is taken from them) that are imported anywhere in the tree."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def file_of(name: str, files: Iterable[str]) -> str | None:
    """The file that an imported name of ours is, or is in."""
    path = name.removeprefix(f"{_NAME}.").replace(".", "/")
    there = set(files)
    tried = (
        f"{path}.py",
        f"{path}/__init__.py",
        f"{path.rpartition('/')[0]}.py",
        f"{path.rpartition('/')[0]}/__init__.py",
    )
    return next((file for file in tried if file in there), None)


def graph(of: Mapping[str, ast.Module]) -> Graph:
    """Which file imports which."""
    found = {}
    for file, tree in of.items():
        ours = (file_of(name, of) for name in imported(tree) if name.startswith(f"{_NAME}."))
        found[file] = frozenset(other for other in ours if other is not None and other != file)
    return found


def room_of(file: str) -> str:
    """The room that a file is in; a file that stands by itself is one of its own."""
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return "/".join(parts[:2]) if parts[0] == "core" else parts[0]


def circles(of: Graph) -> list[list[str]]:
    """The files that import each other, in groups (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(file: str) -> None:
        number[file] = lowest[file] = len(number)
        stack.append(file)
        for other in of[file]:
            if other not in number:
                visit(other)
                lowest[file] = min(lowest[file], lowest[other])
            elif other in stack:
                lowest[file] = min(lowest[file], number[other])
        if lowest[file] == number[file]:
            group = [stack.pop()]
            while group[-1] != file:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for file in of:
        if file not in number:
            visit(file)
    return found


def upwards(of: Graph, rooms: tuple[str, ...] = ROOMS) -> list[str]:
    """Each import of a room that comes later."""
    rank = {room: place for place, room in enumerate(rooms)}
    return [
        f"{file} imports {other}"
        for file, others in of.items()
        for other in sorted(others)
        if rank.get(room_of(file), -1) < rank.get(room_of(other), -1)
    ]


def printed(package: Path) -> str:
    """The house, for people."""
    files = trees(package)
    of = graph(files)
    between = Counter((room_of(file), room_of(other)) for file, others in of.items() for other in others)
    length = Counter[str]()
    for file in files:
        length[room_of(file)] += len((package / file).read_text(encoding="utf-8").splitlines())
    known = [room for room in ROOMS if room in length]
    lines = [
        f"{len(files)} files, {sum(length.values())} lines, {sum(map(len, of.values()))} imports of each other",
        "",
    ]
    for room in [*known, *sorted(set(length) - set(known))]:
        count = sum(room_of(file) == room for file in files)
        uses = ", ".join(
            f"{to} {times}" for (here, to), times in sorted(between.items()) if here == room and to != room
        )
        lines.append(f"{room:<18}{count:>4} files {length[room]:>6} lines   {uses}")
    found = circles(of)
    lines += ["", f"circles: {len(found)}", *(f"  {len(group)}: {', '.join(group)}" for group in found)]
    if known:
        lines += [f"imports of a room further up: {len(upwards(of))}", *(f"  {line}" for line in upwards(of))]
    return "\n".join(lines)


if __name__ == "__main__":
    print(printed(Path(sys.argv[1]) / "src" / _NAME if len(sys.argv) > 1 else PACKAGE))
