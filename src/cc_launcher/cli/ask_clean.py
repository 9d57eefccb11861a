"""`cc ask --clean`: the work trees that tasks have left, and away with them."""

import time
from typing import Any

from cc_launcher.cli import questions, render
from cc_launcher.files import worktrees
from cc_launcher.files.worktrees import Tree
from cc_launcher.launch import paths

_DAY = 86_400


def run(*, yes: bool, as_json: bool) -> int:
    """List them, ask, and remove those that no task is at work in."""
    held = [tree for tree in worktrees.known() if worktrees.is_held(tree)]
    free = [worktrees.settled(tree) for tree in worktrees.known() if not worktrees.is_held(tree)]
    if as_json:
        told = [_data(tree, removed=yes) for tree in free]
        if yes:
            _remove(free)
        render.envelope("ask", {"work_trees": told, "in_use": [tree.branch for tree in held]})
        return 0
    for tree in held:
        render.talk(f"{tree.branch}: a task is at work there: left alone")
    if not free:
        render.talk("no work tree of a task is left")
        return 0
    lost = [tree for tree in free if worktrees.stat_of(tree) and not worktrees.is_merged(tree)]
    render.table(("branch", "repository", "made", "changes"), [_row(tree, is_lost=tree in lost) for tree in free])
    many = f"{len(free)} work trees and their branches" if len(free) > 1 else "this work tree and its branch"
    warning = (
        f" {len(lost)} of them {'has' if len(lost) == 1 else 'have'} changes that are nowhere else." if lost else ""
    )
    questions.confirm(f"Remove {many}?{warning}", yes=yes)
    _remove(free)
    render.talk(f"removed: {', '.join(tree.branch for tree in free)}")
    return 0


def _remove(trees: list[Tree]) -> None:
    for tree in trees:
        worktrees.remove(tree)


def _row(tree: Tree, *, is_lost: bool) -> tuple[str, ...]:
    home = paths.home()
    top = f"~{tree.top[len(home) :]}" if tree.top.startswith(f"{home}/") else tree.top
    days = int((time.time() - tree.made) // _DAY)
    when = "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
    changes = worktrees.stat_of(tree)
    where = ", in no other branch" if is_lost else ", merged" if changes else ""
    return tree.branch, top, when, f"{changes or 'none'}{where}"


def _data(tree: Tree, *, removed: bool) -> dict[str, Any]:
    return {
        "branch": tree.branch,
        "repository": tree.top,
        "path": tree.path,
        "profile": tree.profile,
        "base": tree.base,
        "made": tree.made,
        "changes": worktrees.stat_of(tree) or None,
        "merged": worktrees.is_merged(tree),
        "removed": removed,
    }
