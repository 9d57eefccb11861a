"""The changes that break the code on purpose: each is one, of what it says, and the same seed makes the same."""

from __future__ import annotations

import pytest

from tests.mutation.mutants import is_python, of_python, of_shell
from tests.mutation.run import ABOUT, PACKAGE, ROOT, chosen, judges_of

MODULE = '''\
"""What it is."""

NAMES = ("é", "b")


def f(a: int, b: str = "x y") -> bool:
    """What it does."""
    if not a and b in NAMES:
        raise ValueError(f"{a} is {b}")
    return a < 3
'''
SCRIPT = '''\
TEXT = """\\
# -n and && in a comment stay
f() {
    if [ -n "$x" ] && [ "${#x}" -gt 4000 ]; then return 1; fi
    unset x
}
g() {
    return 0
}
"""
'''


@pytest.mark.parametrize(
    ("kind", "was", "becomes"),
    [
        ("condition", "    if not a and b in NAMES:", "    if not (not a and b in NAMES):"),
        ("not", "    if not a and b in NAMES:", "    if a and b in NAMES:"),
        ("and, or", "    if not a and b in NAMES:", "    if not a or b in NAMES:"),
        ("comparison", "    if not a and b in NAMES:", "    if not a and b not in NAMES:"),
        ("comparison", "    return a < 3", "    return a <= 3"),
        ("constant", "    return a < 3", "    return a < 4"),
        ("constant", 'NAMES = ("é", "b")', "NAMES = (\"é\", 'b_')"),
        ("element", 'NAMES = ("é", "b")', 'NAMES = ("b")'),
        ("element", 'NAMES = ("é", "b")', 'NAMES = ("é")'),
        ("statement", '        raise ValueError(f"{a} is {b}")', "        pass"),
    ],
)
def test_a_change_of_a_module(kind: str, was: str, becomes: str) -> None:
    found = {(mutant.kind, *mutant.shown(MODULE)) for mutant in of_python(MODULE)}
    assert (kind, was, becomes) in found


def test_what_is_said_to_people_and_what_is_for_types_stays() -> None:
    for mutant in of_python(MODULE):
        changed = mutant.applied(MODULE)
        assert is_python(changed)
        assert changed != MODULE
        assert '"""What it is."""' in changed
        assert 'a: int, b: str = "x y") -> bool:' in changed


@pytest.mark.parametrize(
    "becomes",
    [
        '    if [ -z "$x" ] && [ "${#x}" -gt 4000 ]; then return 1; fi',
        '    if [ -n "$x" ] || [ "${#x}" -gt 4000 ]; then return 1; fi',
        '    if [ -n "$x" ] && [ "${#x}" -lt 4000 ]; then return 1; fi',
        '    if [ -n "$x" ] && [ "${#x}" -gt 4001 ]; then return 1; fi',
        '    if [ -n "$x" ] && [ "${#x}" -gt 4000 ]; then return 0; fi',
        "    :",
        "    return 1",
    ],
)
def test_a_change_of_a_script(becomes: str) -> None:
    found = of_shell(SCRIPT)
    assert becomes in {mutant.shown(SCRIPT)[1] for mutant in found}
    assert all("# -n and && in a comment stay" in mutant.applied(SCRIPT) for mutant in found)


def test_the_same_seed_makes_the_same_changes_and_each_has_tests() -> None:
    picked = chosen(ABOUT, 20, 1)
    assert len(picked) == 20
    assert [str(broken) for broken in picked] == [str(broken) for broken in chosen(ABOUT, 20, 1)]
    assert [str(broken) for broken in picked] != [str(broken) for broken in chosen(ABOUT, 20, 2)]
    assert len({broken.mutant.kind for broken in picked}) > 5
    for broken in picked:
        tests = judges_of(broken.path)
        assert tests, broken.path
        assert all((ROOT / name).is_file() for name in tests)
        assert (ROOT / PACKAGE) in (ROOT / broken.path).parents
