"""What a probe comes to: the words, and whether a session would do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.probe.check import EDITING, FATAL
from cc_launcher.core.probe.checks.catalog import BY_NAME, CHECKS
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Advice, Outcome
from cc_launcher.core.probe.verdict import verdict
from cc_launcher.core.probe.words import STATUSES

NEEDED = ("credential", "model", "sse", "tool-call", "tool-arguments", "edit", "client-request")
TRIED, UNTRIED = Advice("compat.no-effort=true", tried=True), Advice("compat.no-effort=true", tried=False)


def outcome(check: str, status: str, *advice: Advice) -> Outcome:
    return Outcome(check, BY_NAME[check].title, BY_NAME[check].group, status, "said", advice=advice)


def all_passed_but(**changed: str) -> list[Outcome]:
    statuses = {check.name: PASSED for check in CHECKS} | {name.replace("_", "-"): how for name, how in changed.items()}
    return [outcome(name, status) for name, status in statuses.items()]


TABLE: dict[str, tuple[dict[str, str], str, bool]] = {
    "all passed": ({}, "works", True),
    "a small thing": ({"count_tokens": FAILED, "pings": DEGRADED, "wrong_key": DEGRADED}, "works", True),
    "a loss": ({"thinking": FAILED}, "works, without thinking", True),
    "a loss that is half": ({"images": DEGRADED}, "works, without pictures", True),
    "two losses": ({"thinking": DEGRADED, "images": FAILED}, "works, without thinking and pictures", True),
    "an editing check that is half": ({"parallel_tools": DEGRADED}, "works, without several calls in one turn", True),
    "a field from which the client recovers": ({"effort": DEGRADED}, "works", True),
    "many losses": (
        {"cadence": DEGRADED, "usage": FAILED, "stop_reasons": FAILED, "thinking": FAILED, "images": FAILED},
        "works, without streaming, a count of tokens, true stop reasons and 2 more",
        True,
    ),
    "no stream": ({"sse": FAILED}, "does not work: the stream's events", False),
    "no edits": ({"edit": FAILED}, "do not use for editing: exact edits", False),
    "both": (
        {"effort": FAILED, "edit": FAILED, "thinking": FAILED},
        "does not work: the effort level (`output_config`); do not use for editing: exact edits",
        False,
    ),
    "what is needed was not judged": ({"model": SKIPPED}, "could not be tested: the model", False),
    "something else was not judged": ({"images": SKIPPED, "nested_arguments": SKIPPED}, "works", True),
    "nothing was judged": (
        {check.name.replace("-", "_"): SKIPPED for check in CHECKS},
        "could not be tested: the key, the model, the stream's events and 4 more",
        False,
    ),
}


@pytest.mark.parametrize("what", TABLE)
def test_the_table(what: str) -> None:
    changed, said, fit = TABLE[what]
    assert verdict(all_passed_but(**changed), BY_NAME) == (said, fit)


@pytest.mark.parametrize(
    ("advice", "said"),
    [((TRIED,), "does not work as it is: "), ((UNTRIED, TRIED), "does not work as it is: "),
     ((UNTRIED,), "does not work: "), ((), "does not work: ")],
)  # fmt: skip
def test_what_would_mend_it_is_hinted_at(advice: tuple[Advice, ...], said: str) -> None:
    assert verdict([outcome("effort", FAILED, *advice)], BY_NAME).words.startswith(said)


def test_nothing_is_mended_as_long_as_one_thing_is_not() -> None:
    both = [outcome("effort", FAILED, TRIED), outcome("betas", FAILED)]
    assert verdict(both, BY_NAME).words.startswith("does not work: ")


STOPPED: dict[str, list[Outcome]] = {
    "at once": [],
    "before the edits": [outcome(name, PASSED) for name in NEEDED if name != "edit"],
    "after all that is needed": [outcome(name, PASSED) for name in NEEDED],
    "after a failure": [outcome("model", FAILED)],
}


@pytest.mark.parametrize("when", STOPPED)
@pytest.mark.parametrize("some", [False, True])
def test_one_that_was_stopped_has_no_verdict(when: str, some: bool) -> None:  # noqa: FBT001 - a case
    found = verdict(STOPPED[when], BY_NAME, whole=False, some=some)
    assert found == ("no verdict: the probe was stopped early", False)


SOME: dict[str, tuple[dict[str, str], str, bool]] = {
    "passed": ({"reachable": PASSED, "credential": PASSED}, "works", True),
    "failed": ({"credential": FAILED}, "does not work: the key", False),
    "needed, and not judged": ({"credential": PASSED, "model": SKIPPED}, "could not be tested: the model", False),
    "not needed, and not judged": ({"credential": PASSED, "rate-limit": SKIPPED}, "works", True),
}


@pytest.mark.parametrize("what", SOME)
def test_of_some_checks(what: str) -> None:
    statuses, said, fit = SOME[what]
    assert verdict([outcome(*one) for one in statuses.items()], BY_NAME, some=True) == (said, fit)


@given(
    st.dictionaries(st.sampled_from(sorted(BY_NAME)), st.sampled_from(STATUSES), max_size=len(BY_NAME)),
    st.booleans(),
    st.booleans(),
)
def test_it_is_never_fit_when_a_session_could_not_work(statuses: dict[str, str], whole: bool, some: bool) -> None:  # noqa: FBT001
    found = verdict([outcome(*one) for one in statuses.items()], BY_NAME, whole=whole, some=some)
    broken = [name for name, how in statuses.items() if how == FAILED and BY_NAME[name].weight in {FATAL, EDITING}]
    assert not (found.fit and broken)
    if not whole:
        assert found.words.startswith("no verdict")
    elif broken:
        assert found.words.startswith(("does not work", "do not use for editing"))
    judged = [name for name in NEEDED if statuses.get(name, SKIPPED) != SKIPPED]
    assert some or not found.fit or len(judged) == len(NEEDED)
    assert found.fit is found.words.startswith("works")
