"""For each flaw of an endpoint the right check finds it, no other does, and the advice, followed, helps."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cc_launcher.cli.app import cli
from cc_launcher.core.probe.checks.catalog import BY_NAME
from cc_launcher.core.probe.outcome import SKIPPED, Outcome
from cc_launcher.core.probe.verdict import verdict
from tests.fakes.flaws import FLAWS
from tests.probe.probing import NAME, endpoint, not_passed, probe
from tests.probe.table import TABLE

ONLY_DEEP = {"window", "too-long"}


def skipped(outcomes: Mapping[str, Outcome]) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome.status == SKIPPED}


def advised(outcomes: Mapping[str, Outcome]) -> set[str]:
    return {advice.change for outcome in outcomes.values() for advice in outcome.advice}


def untried(outcomes: Mapping[str, Outcome]) -> set[str]:
    return {advice.change for outcome in outcomes.values() for advice in outcome.advice if not advice.tried}


def follow(changes: set[str]) -> None:
    """Change the profile as it was advised."""
    cli(["edit", NAME, *sorted(changes)])


def test_every_flaw_has_a_row() -> None:
    assert TABLE.keys() == FLAWS.keys()
    found = {check for row in TABLE.values() for check in row.found}
    assert found == BY_NAME.keys()  # and every check something to find


@pytest.mark.parametrize("deep", [False, True], ids=["", "deep"])
def test_without_a_flaw_nothing_is_found(home: Path, deep: bool) -> None:  # noqa: FBT001
    with endpoint(home):
        outcomes = probe(deep=deep)

    assert outcomes.keys() == BY_NAME.keys()
    assert not_passed(outcomes) == {}
    assert skipped(outcomes) == {"rate-limit"} | (set() if deep else ONLY_DEEP)
    assert advised(outcomes) == set()
    assert verdict(outcomes.values(), BY_NAME) == ("works", True)


@pytest.mark.parametrize("flaw", TABLE)
def test_the_right_check_finds_it_and_the_advice_helps(home: Path, flaw: str) -> None:
    row = TABLE[flaw]
    with endpoint(home, flaw):
        outcomes = probe(deep=row.deep)

        assert not_passed(outcomes) == row.found
        assert any(row.words in outcomes[check].said for check in row.found) or not row.found
        assert all(outcomes[check].harm for check in row.found)
        # Nothing is left out without a word.
        assert all(outcomes[check].said for check in skipped(outcomes))
        assert verdict(outcomes.values(), BY_NAME).fit is row.fit
        changes = advised(outcomes)
        # Of a window, how large it is was found by trying.
        assert {change[: change.index("=") + 1] if "context=" in change else change for change in changes} == row.advice
        # What can be tried from here, was: not how long the client waits, nor a session that searches for tools.
        assert untried(outcomes) == changes & {"compat.slow-start=true"} | row.untried
        if not changes:
            return

        follow(changes)
        then = probe(deep=row.deep)

    assert not_passed(then) == row.left
    # What had to wait for this is judged now.
    assert skipped(then) - ONLY_DEEP <= {"rate-limit"}
    assert verdict(then.values(), BY_NAME).fit
