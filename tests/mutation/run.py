"""Break the code on purpose, one small change at a time, and see whether a test fails: `python tests/mutation/run.py`.

Each change is made in a copy of the tree, and the tests that are about the changed module are run on it. What no test
sees is printed with its file and line. The same seed makes the same changes; `--seed` gives one, or it is printed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.mutation.mutants import Mutant, is_python, of_python, of_shell  # noqa: E402 - found by the line above

PACKAGE = Path("src/cc_launcher")
# Where a mistake costs a secret, a bill or a launch; `--only` names others.
ABOUT = (
    r"launch/|core/.*(plan|pins|protect|resolve|store|wrapper|url|reference|cloud|client\b|mcp|models|quote|json_edit)"
)
SCRIPTS = re.compile(r"wrapper.*parts\.py$|parts\.py$")  # modules whose texts are shell scripts
OF_SCRIPTS = ("tests/shells/test_hand_over.py", "tests/shells/test_same_child.py", "tests/faults/test_wrappers.py")
LOOKED_AT = ("tests/unit", "tests/property")
TOO_SLOW = "tests/unit/cli/"  # for each change: they start programs
MOST_FILES = 5
LIMIT = 300.0  # seconds, for the tests of one change
NOT_SEEN = "NOT SEEN"
FAILED = (1, 2)  # as pytest says that a test has, or that a module could not even be imported


@dataclass(frozen=True)
class Broken:
    """A file with a change in it."""

    path: Path  # from the top of the tree
    text: str
    mutant: Mutant

    def __str__(self) -> str:
        before, after = self.mutant.shown(self.text)
        return f"{self.path}:{self.mutant.line(self.text)}: {self.mutant.kind}\n  - {before}\n  + {after}"


def chosen(only: str, count: int, seed: int) -> list[Broken]:
    """That many changes, of each kind about as many."""
    kinds: dict[str, list[Broken]] = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        here = path.relative_to(ROOT)
        if not re.search(only, str(path.relative_to(ROOT / PACKAGE))):
            continue
        text = path.read_text(encoding="utf-8")
        for mutant in of_shell(text) if SCRIPTS.search(path.name) else of_python(text):
            kinds.setdefault(mutant.kind, []).append(Broken(here, text, mutant))
    dice = random.Random(seed)
    for found in kinds.values():
        dice.shuffle(found)
    picked: list[Broken] = []
    while len(picked) < count and any(kinds.values()):
        round_ = [found.pop() for found in kinds.values() if found]
        picked += [broken for broken in round_ if is_python(broken.mutant.applied(broken.text))]
    return picked[:count]


@cache  # who adds a test meanwhile does not change a run
def judges_of(path: Path) -> tuple[str, ...]:
    """The test modules that are about a module: of its name, then by how many imports they are away from it."""
    if SCRIPTS.search(path.name):
        return OF_SCRIPTS
    away, steps = _away(_name(path)), {}
    for top in LOOKED_AT:
        for test in sorted((ROOT / top).rglob("test_*.py")):
            if str(test.relative_to(ROOT)).startswith(TOO_SLOW):
                continue
            through = [away.get(name, 99) for name in _imports(test)]
            if "tests.unit.conftest" in _imports(test):
                through += [away.get(name, 99) + 1 for name in _imports(ROOT / "tests/unit/conftest.py")]
            named = test.stem in {f"test_{path.stem}", f"test_{path.parent.name}"}
            steps[str(test.relative_to(ROOT))] = -1 if named else min(through, default=99)
    near = [name for name, step in steps.items() if step < 99]
    near.sort(key=lambda name: (steps[name], name.startswith("tests/property"), name))  # which are slower
    return tuple(near[:MOST_FILES])


@cache
def _away(module: str) -> dict[str, int]:
    """By how many imports each module of ours is away from this one."""
    found, newest = {module: 0}, {module}
    graph = {_name(path.relative_to(ROOT)): _imports(path) for path in sorted((ROOT / PACKAGE).rglob("*.py"))}
    while newest:
        users = {name for name, imported in graph.items() if imported & newest and name not in found}
        found |= dict.fromkeys(users, max(found.values()) + 1)
        newest = users
    return found


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


class Copy:
    """The tree as it stands, in a place of its own, with an interpreter that imports it from there."""

    def __init__(self, root: Path) -> None:
        self.root = root / "tree"
        argv = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name)
        environment = root / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        self.python = environment / "bin" / "python"
        (library,) = environment.glob("lib/python*/site-packages")
        # Its own tree first: a `.pth` in the other directory, of an editable installation, is not read from here.
        (library / "tree.pth").write_text(f"{self.root / 'src'}\n{sysconfig.get_path('purelib')}\n")

    def passes(self, tests: Sequence[str], limit: float) -> bool | None:
        """Whether these tests pass; nothing if they do not end in time."""
        argv: list[str | Path] = [self.python, "-m", "pytest", "-n", "0", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"  # a change within a second would not be seen in a kept one
        process = subprocess.Popen(
            argv,
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None
        if process.returncode not in {0, *FAILED}:
            raise SystemExit(f"pytest ended with {process.returncode}:\n{said.decode('utf-8', 'replace')}")
        return process.returncode == 0

    def outcome(self, broken: Broken, limit: float) -> str:
        """How the tests end on it."""
        place = self.root / broken.path
        place.write_text(broken.mutant.applied(broken.text), encoding="utf-8")
        try:
            return {True: NOT_SEEN, False: "seen", None: "no end"}[self.passes(judges_of(broken.path), limit)]
        finally:
            place.write_text(broken.text, encoding="utf-8")


def main() -> None:
    """Make the changes and print what no test has seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="how many changes (60)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what they are chosen by")
    parser.add_argument("--only", default=ABOUT, help="the modules, as a regular expression on the path in the package")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"seconds for the tests of one change ({LIMIT:g})")
    parser.add_argument("--first", type=int, default=1, help="begin with this one of them, to go on or to replay it")
    parser.add_argument("--trust", action="store_true", help="the tests have just passed: not first of all once more")
    parser.add_argument("--list", action="store_true", help="only say what would be changed")
    given = parser.parse_args()
    picked = chosen(given.only, given.count, given.seed)
    print(f"seed {given.seed}: {len(picked)} changes", flush=True)
    if given.list:
        print(*picked, sep="\n")
        return
    with tempfile.TemporaryDirectory(prefix="mutation-") as root:
        copy = Copy(Path(root))
        every = sorted({name for broken in picked for name in judges_of(broken.path)})
        if not given.trust and not copy.passes(every, 20 * given.limit):
            raise SystemExit("the tests do not pass before anything is changed")
        left = []
        for number, broken in list(enumerate(picked, 1))[given.first - 1 :]:
            begun = time.monotonic()
            outcome = copy.outcome(broken, given.limit)
            left += [broken] if outcome == NOT_SEEN else []
            print(f"{number} {outcome} in {time.monotonic() - begun:.0f} s: {broken}", flush=True)
    tried = len(picked) - given.first + 1
    print(f"\nseed {given.seed}: {tried - len(left)} of {tried} are seen. Not seen:")
    print(*left, sep="\n")


if __name__ == "__main__":
    main()
