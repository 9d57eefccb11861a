"""Of the settings files that the client reads in a directory, we look at all: `cc` and the functions of a wrapper.

A part of what `python tests/client/differential.py` tries by the thousand; and cases by hand that need no client.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client import differential, harness
from tests.client.differential import OUTRIGHT, SHELLS
from tests.client.layouts import Layout
from tests.support import require_tool
from tests.thinning import SEED

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
# Of the first, a run has some. Those in which earlier versions of ours had seen less it always has.
SEEDS = [
    *(pytest.param(CURRENT, seed, marks=pytest.mark.alike("the first")) for seed in range(1, 31)),
    *(pytest.param(CURRENT, seed, marks=pytest.mark.alike(f"{CURRENT} {seed}")) for seed in (51, 185)),
    *(pytest.param(OLD, seed, marks=pytest.mark.alike(f"{OLD} {seed}")) for seed in (1, 7, 22, 84)),
]
# One that is new with each commit, as the cases of a thinned matrix are: what fails comes again.
ROTATING = 1_000_000 + zlib.crc32(os.environ.get(SEED, "").encode())


@pytest.mark.parametrize(("version", "seed"), SEEDS)
def test_the_client_reads_nothing_that_we_do_not_look_at(version: str, seed: int) -> None:
    try_one(version, seed)


def test_nor_in_a_layout_that_is_new_with_each_commit() -> None:
    try_one(CURRENT, ROTATING)


def try_one(version: str, seed: int) -> None:
    for tool in ("npm", "git", "dash"):
        require_tool(tool)
    print(again := differential.replay(seed, version))
    outcome = differential.attempt(seed, version)
    assert not outcome.differences, "\n".join([*outcome.differences, outcome.told, again])


# What the functions of a wrapper do in every shell, where the layouts seldom come.


def _nothing(root: Path) -> Path:
    return root


def _deep(root: Path) -> Path:
    return _made(root.joinpath(*["d"] * 70))


def _odd(root: Path) -> Path:
    return _made(root / "e\u0301")


def _odd_by_a_link(root: Path) -> Path:
    (root / "plain").symlink_to(_made(root / os.fsdecode(b"x\xff") / "below"))
    return root / "plain"


def _plain_by_a_link(root: Path) -> Path:
    (root / "\xe9").symlink_to(_made(root / "plain"))
    return root / "\xe9"


def _signs(root: Path) -> Path:
    return _made(root / "it's [a] {b} (c) & d, e=1 #2 ~ 50% @x !")


def _submodule(root: Path) -> Path:
    _made(root / ".git" / "modules" / "x")
    return _with_mark(root / "x", "gitdir: ../.git/modules/x\n")


def _work_tree(root: Path, name: str = "main/.git", common: str = "../..\n") -> Path:
    (_made(root / name / "worktrees" / "w") / "commondir").write_text(common)
    return _with_mark(root / "top", f"gitdir: ../{name}/worktrees/w\n")


def _settings_in_the_checkout(root: Path) -> Path:
    top = _work_tree(root)
    (_made(root / "main" / ".claude") / "settings.local.json").write_text("{}")
    return _made(top / "below")


def _settings_in_a_bare_one(root: Path) -> Path:
    (_made(root / "bare" / ".claude") / "settings.local.json").write_text("{}")
    return _work_tree(root, "bare")


def _two_lines(root: Path) -> Path:
    return _work_tree(root, common="../..\nx")


def _short(root: Path) -> Path:
    (_made(root / "top" / "x") / "commondir").write_text("../..\n")
    return _with_mark(root / "top", "gitdir: x\n")


def _long(root: Path) -> Path:
    return _with_mark(root / "top", f"gitdir: a{' ' * 70_000}b")


def _with_mark(top: Path, text: str) -> Path:
    (_made(top) / ".git").write_text(text)
    return top


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


# The work directory, and whether cc has to look.
CASES: dict[str, tuple[Callable[[Path], Path], bool]] = {
    "nothing": (_nothing, False),
    "deeper than a wrapper looks": (_deep, True),
    "an odd name": (_odd, True),
    "an odd name by a link": (_odd_by_a_link, True),
    "a plain name by an odd link": (_plain_by_a_link, False),
    "a name with signs": (_signs, False),
    "a submodule": (_submodule, False),
    "a work tree": (_work_tree, False),
    "settings in the checkout": (_settings_in_the_checkout, True),
    "settings in a bare one": (_settings_in_a_bare_one, True),
    "two lines": (_two_lines, True),
    "a short path": (_short, True),
    "blanks without end": (_long, True),  # which no shell may try to match for minutes
}


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("case", CASES)
def test_what_a_wrapper_leaves_to_cc(tmp_path: Path, case: str, shell: tuple[str, ...]) -> None:
    require_tool(shell[0])
    make, cc_has_to = CASES[case]
    layout = Layout(0, str(tmp_path), str(make(_made(tmp_path / "root"))))
    found = differential.asked_in(shell, layout)
    assert ("=any" in found) == cc_has_to, found
    assert OUTRIGHT not in found or cc_has_to
