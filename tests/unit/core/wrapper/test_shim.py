"""What scripts know of `cc exec`: a key that it has put somewhere is not the user's own."""

from __future__ import annotations

import pytest

from cc_launcher.core.plan import GIVEN
from cc_launcher.core.wrapper import shim
from cc_launcher.core.wrapper.way import Way
from tests.unit.conftest import SHELLS, in_shell, plan_of

KEYED = 'auth = "api-key"\nbase_url = "https://h"\ntiers.main = "m"\n'
SH = sorted(SHELLS.keys() - {"fish"})


def lines(*ways: Way) -> str:
    return "set -eu\n" + "\n".join(shim.not_given(list(ways))) + '\necho "${ANTHROPIC_API_KEY-none}"\n'


@pytest.mark.parametrize("shell", SH)
def test_a_key_of_cc_exec_is_taken_out_and_the_users_own_stays(shell: str) -> None:
    text = lines(Way(plan_of(KEYED), ("mine",), variables=("ANTHROPIC_API_KEY", "OTHER_KEY")))
    theirs = {"ANTHROPIC_API_KEY": "mine"}
    assert in_shell(shell, text, theirs) == b"mine\n"
    assert in_shell(shell, text, theirs | {GIVEN: "ANTHROPIC_API_KEY_2 MY_ANTHROPIC_API_KEY"}) == b"mine\n"
    for names in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY X"):
        assert in_shell(shell, text, theirs | {GIVEN: names}) == b"none\n"


def test_a_secret_that_is_read_from_such_a_variable_counts_too() -> None:
    way = Way(plan_of(KEYED + 'secret = "env:ANTHROPIC_AUTH_TOKEN"\n'), ("mine",))
    assert [line for line in shim.not_given([way]) if "unset ANTHROPIC_AUTH_TOKEN" in line]


def test_a_script_that_reads_none_of_these_has_no_such_line() -> None:
    way = Way(plan_of(KEYED + 'secret = "env:MY_KEY"\n'), ("mine",), variables=("ZAI_API_KEY",))
    assert list(shim.not_given([way])) == []


@pytest.mark.parametrize("shell", SH)
def test_a_variable_is_as_it_was_unless_somebody_has_changed_it(shell: str) -> None:
    said = '\necho "${X-unset}"\n'
    assert in_shell(shell, f"set -eu\n{shim.restored('X', 'our own', None)}{said}", {"X": "our own"}) == b"unset\n"
    back = f"set -eu\n{shim.restored('X', 'our own', chr(39) + 'before $(x)')}{said}"
    assert in_shell(shell, back, {"X": "our own"}) == b"'before $(x)\n"
    assert in_shell(shell, back, {"X": "another"}) == b"another\n"
    assert in_shell(shell, back, {}) == b"unset\n"
