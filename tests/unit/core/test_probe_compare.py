"""Two probes next to each other, and what a kept one says of a profile as it is now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cc_launcher.core.probe import kept
from cc_launcher.core.probe.compare import BETTER, GONE, NEW, SAME, UNKNOWN, WORSE, Figure, compare
from cc_launcher.core.probe.exchange import Piece
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome, Run
from tests.report import sample

DAY = 86_400.0


def outcome(status: str, check: str = "edit") -> Outcome:
    return replace(sample.outcome(check), status=status)


def run(*outcomes: Outcome, **changed: object) -> Run:
    return sample.run(outcomes=outcomes, **changed)


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        (PASSED, PASSED, SAME),
        (SKIPPED, SKIPPED, SAME),
        (PASSED, DEGRADED, WORSE),
        (DEGRADED, FAILED, WORSE),
        (FAILED, DEGRADED, BETTER),
        (FAILED, PASSED, BETTER),
        (SKIPPED, FAILED, UNKNOWN),
        (PASSED, SKIPPED, UNKNOWN),
    ],
)
def test_a_check_then_and_now(then: str, now: str, change: str) -> None:
    assert [row.change for row in compare(run(outcome(then)), run(outcome(now))).rows] == [change]


def test_a_check_that_only_one_has_is_new_or_gone() -> None:
    compared = compare(run(outcome(PASSED, "sse")), run(outcome(FAILED, "edit")))
    assert {row.check: row.change for row in compared.rows} == {"edit": NEW, "sse": GONE}
    assert compared.said == "nothing to compare: no check is in both"
    assert not compared.worse


def test_the_sentence_names_what_changed() -> None:
    good, bad = sample.good_run(), sample.run(began=sample.BEGAN + DAY)
    assert compare(good, bad).said == (
        "worse: pings, tool-arguments, effort, thinking, count-tokens, too-long (than on 2026-11-14)"
    )
    assert compare(bad, good).said.startswith("better: pings,")
    assert compare(good, good).said == "the same as on 2026-11-14"
    mixed = compare(
        run(outcome(PASSED, "sse"), outcome(FAILED, "edit")), run(outcome(FAILED, "sse"), outcome(PASSED, "edit"))
    )
    assert mixed.said == "worse: sse; better: edit (than on 2026-11-14)"
    assert mixed.worse


def test_very_many_changes_are_counted() -> None:
    then = run(*(replace(outcome(PASSED), check=f"c{number}") for number in range(9)))
    now = run(*(replace(outcome(FAILED), check=f"c{number}") for number in range(9)))
    assert compare(then, now).said.startswith("worse: c0, c1, c2, c3, c4, c5 and 3 more (")


def test_what_else_is_not_the_same_is_said() -> None:
    then = run(outcome(PASSED))
    now = run(outcome(PASSED), model="glm-6", client="2.2.0", knobs=("slow-start", "no-effort"), whole=False)
    assert compare(then, now).notes == (
        "not the same model: glm-5.3 then, glm-6 now",
        "not the same client: 2.1.329 then, 2.2.0 now",
        "not the same knobs: slow-start then, no-effort, slow-start now",
        "the probe of 2026-11-14 13:26 UTC was stopped early",
    )
    assert compare(then, then).notes == ()


def later(one: Outcome, seconds: float) -> Outcome:
    """The same, whose first token came so much later."""
    evidence = tuple(
        replace(each, answer=replace(each.answer, pieces=(Piece(each.answer.pieces[0].at + seconds, b""),)))
        for each in one.evidence
    )
    return replace(one, evidence=evidence)


def test_the_first_token_the_tokens_and_the_cost_are_compared_where_both_have_them() -> None:
    then, now = run(outcome(PASSED)), run(later(outcome(PASSED), 1.5))
    compared = compare(then, now)
    assert compared.figures[0] == Figure("first token after", "0.6 s", "2.1 s")
    assert compared.said == "slower to begin (than on 2026-11-14)"
    assert {figure.name for figure in compared.figures} >= {"tokens in", "tokens out", "cost"}
    free = replace(now, outcomes=(replace(outcome(PASSED), cost=None, evidence=(), output_tokens=0),))
    assert [figure.name for figure in compare(then, free).figures] == ["took", "tokens in"]


def test_what_a_check_has_measured_itself_counts_more_than_when_an_answer_began() -> None:
    then, now = (run(replace(outcome(PASSED), figures={"first_token": seconds})) for seconds in (0.8, 4.0))
    assert compare(then, now).figures[0] == Figure("first token after", "0.8 s", "4.0 s")


def test_a_little_slower_is_the_same() -> None:
    assert compare(run(outcome(PASSED)), run(later(outcome(PASSED), 0.9))).said.startswith("the same")


@pytest.mark.parametrize(
    ("host", "name", "same"),
    [
        ("api.z.ai:443", "api.z.ai", True),
        ("API.z.ai", "api.z.ai", True),
        ("[::1]:80", "::1", True),
        ("api.z.ai:443", "elsewhere.example", False),
        ("api.z.ai:443", "", True),
    ],
)
def test_a_probe_is_of_one_host(host: str, name: str, same: bool) -> None:  # noqa: FBT001
    assert kept.is_of_host(sample.run(host=host), name) is same


def test_what_helps_is_what_was_tried_and_is_not_done_yet() -> None:
    assert kept.helps(sample.outcomes(), frozenset()) == "compat.no-effort=true"
    assert kept.helps(sample.outcomes(), frozenset({"no-effort"})) == ""
    assert kept.helps(sample.good_run().outcomes, frozenset()) == ""


def test_a_probe_in_a_list_is_short() -> None:
    now = sample.BEGAN + 3.5 * DAY
    assert kept.short(sample.good_run(), now) == "works · 3 d"
    assert kept.short(sample.good_run(verdict="works, without thinking"), now) == "works with limits · 3 d"
    assert kept.short(sample.run(), sample.BEGAN) == "failed probe · today"
    assert len(kept.short(sample.good_run(verdict="x" * 99), now)) < 40
