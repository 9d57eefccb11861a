"""A probe as it runs: what comes when, what is left out, what it may cost, and what happens when it is stopped."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.probe.budget import Budget, Prices, at_most
from cc_launcher.core.probe.check import LOSS, Check, Scene, Script, degraded, failed, knob, passed, skipped
from cc_launcher.core.probe.checks.fields import HELPS
from cc_launcher.core.probe.exchange import Answer, Ask, Exchange, Piece
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome, Result
from cc_launcher.net.probe_run import SIDE_BY_SIDE, Runner

SCENE = Scene("m", {})
AT_ONCE = "two-at-once"
PLENTY = Budget(None, 1e9)
WAIT = 20.0  # seconds, for what comes at once unless something is wrong
SAID: dict[str, Callable[[str], Result]] = {PASSED: passed, DEGRADED: degraded, FAILED: failed, SKIPPED: skipped}


def check(name: str, script: Callable[[Scene], Script] | None = None, **more: Any) -> Check:
    """A check that sends its name, unless it has a script of its own."""

    def asks(scene: Scene) -> Script:
        yield scene.ask(name)
        return passed(name)

    return Check(name, f"the {name}", "group", LOSS, script or asks, "a harm", **more)


def ends(status: str, **learnt: str) -> Callable[[Scene], Script]:
    def script(_: Scene) -> Script:
        yield from ()
        return dataclasses.replace(SAID[status]("so"), learnt=learnt)

    return script


def said(ask: Ask) -> str:
    """What the request asks."""
    assert ask.body is not None
    return str(ask.body["messages"][0]["content"])


def answered(ask: Ask) -> Exchange:
    return Exchange(ask, Answer(200))


class Watching:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def started(self, check: str) -> None:
        self.told.append(("started", check))

    def done(self, outcome: Outcome) -> None:
        self.told.append(("done", outcome.check))


def run(
    checks: Iterable[Check], send: Callable[[Ask], Exchange] = answered, budget: Budget = PLENTY, **more: Any
) -> tuple[dict[str, Outcome], list[tuple[str, str]]]:
    """The outcomes, and what a watcher was told."""
    watching = Watching()
    outcomes = Runner(more.pop("scene", SCENE), [*checks], send, budget, **more).run(watching)
    return {outcome.check: outcome for outcome in outcomes}, watching.told


TOGETHER = check(AT_ONCE, ends(PASSED), apart=True)

# -- order --------------------


@st.composite
def graphs(draw: st.DrawFn) -> list[Check]:
    """Checks that need each other without a circle, in any order; some of them apart, one of them last."""
    made: list[Check] = []
    for number in range(draw(st.integers(1, 9))):
        names = draw(st.lists(st.sampled_from(made), max_size=3, unique=True)) if made else []
        status = draw(st.sampled_from([PASSED, PASSED, DEGRADED, FAILED, SKIPPED]))
        apart = draw(st.booleans()) and all(one.apart for one in names)
        last = not apart and (any(one.last for one in names) or draw(st.integers(0, 8)) == 0)
        needs = tuple(one.name for one in names)
        made.append(
            check(
                f"c{number}",
                ends(status),
                needs=needs,
                apart=apart,
                last=last,
            )
        )
    at_once = [check(AT_ONCE, ends(draw(st.sampled_from([PASSED, DEGRADED]))), apart=True)]
    return draw(st.permutations(made + at_once[: draw(st.integers(0, 1))]))


@settings(max_examples=80)
@given(graphs(), st.booleans())
def test_each_check_ends_once_and_begins_after_what_it_needs(checks: list[Check], alone: bool) -> None:  # noqa: FBT001
    outcomes, told = run(checks, alone=alone)
    assert [*outcomes] == [one.name for one in checks]
    for word in ("started", "done"):
        assert sorted(name for what, name in told if what == word) == sorted(outcomes)
    for one in checks:
        began = told.index(("started", one.name))
        assert all(told.index(("done", name)) < began for name in one.needs)
        unmet = [name for name in one.needs if outcomes[name].status in {FAILED, SKIPPED}]
        assert (outcomes[one.name].said != "so") is bool(unmet)
        if unmet:
            assert outcomes[one.name].status == SKIPPED
            assert outcomes[one.name].said == f"not judged: it needs the {unmet[0]}"
        if one.apart:
            assert told[began + 1] == ("done", one.name)
        if one.last:
            assert all(told.index(("done", other.name)) < began for other in checks if not other.last)


def test_what_needs_a_check_that_nobody_wanted_is_not_left_out() -> None:
    outcomes, _ = run([check("a", needs=("elsewhere",))])
    assert outcomes["a"].status == PASSED


def test_a_check_knows_what_was_learnt_before_it() -> None:
    def asks(scene: Scene) -> Script:
        yield from ()
        return passed(scene.learnt["word"])

    outcomes, _ = run([check("a", ends(DEGRADED, word="heron"), apart=True), check("b", asks)])
    assert outcomes["b"].said == "heron"


@pytest.mark.parametrize("deep", [False, True])
def test_what_costs_much_is_asked_on_demand_alone(deep: bool) -> None:  # noqa: FBT001 - a case
    sent: list[str] = []

    def send(ask: Ask) -> Exchange:
        sent.append(said(ask))
        return answered(ask)

    outcomes, _ = run([check("a", deep=True)], send, scene=dataclasses.replace(SCENE, deep=deep))
    assert sent == (["a"] if deep else [])
    assert outcomes["a"].status == (PASSED if deep else SKIPPED)


# -- side by side --------------------


class Meeting:
    """Sends requests that wait for each other: it is known how many were under way at once."""

    def __init__(self, wanted: int, *, patience: float = WAIT) -> None:
        self.most = self.now = 0
        self.wanted = wanted
        self.patience = patience
        self.changed = threading.Condition()

    def send(self, ask: Ask) -> Exchange:
        with self.changed:
            self.now += 1
            self.most = max(self.most, self.now)
            self.changed.notify_all()
            met = self.changed.wait_for(lambda: self.most >= self.wanted, self.patience)
            assert met or self.patience < WAIT
        with self.changed:
            self.now -= 1
        return answered(ask)


def test_some_run_side_by_side() -> None:
    meeting = Meeting(SIDE_BY_SIDE)
    run([TOGETHER, *(check(f"c{number}") for number in range(9))], meeting.send)
    assert meeting.most == SIDE_BY_SIDE


@pytest.mark.parametrize("why", ["one's own machine", "refused", "not looked at"])
def test_one_at_a_time_where_more_are_not_taken(why: str) -> None:
    meeting = Meeting(2, patience=0.05)  # time enough for another one to come, if one does
    first = {"one's own machine": [TOGETHER], "refused": [check(AT_ONCE, ends(DEGRADED), apart=True)]}.get(why, [])
    run([*first, *(check(f"c{number}") for number in range(9))], meeting.send, alone=why == "one's own machine")
    assert meeting.most == 1


def test_a_check_waits_for_one_that_is_under_way() -> None:
    begun = threading.Event()

    class Sees(Watching):
        def started(self, check: str) -> None:
            super().started(check)
            if check == "b":
                begun.set()

    def send(ask: Ask) -> Exchange:
        if said(ask) == "a":
            assert not begun.wait(0.2)
        return answered(ask)

    watching = Sees()
    Runner(SCENE, [TOGETHER, check("a"), check("b", needs=("a",)), check("c")], send, PLENTY).run(watching)
    assert watching.told.index(("done", "a")) < watching.told.index(("started", "b"))


def test_a_script_may_ask_two_things_at_once_and_gets_the_answers_in_their_order() -> None:
    meeting = Meeting(2)

    def script(scene: Scene) -> Script:
        one, two = yield (scene.ask("one"), scene.ask("two"))
        return passed(f"{one.why} {two.why}")

    def send(ask: Ask) -> Exchange:
        meeting.send(ask)
        return Exchange(ask, Answer(200, why=said(ask)))

    outcomes, _ = run([check("a", script)], send)
    assert outcomes["a"].said == "one two"
    assert [said(one.ask) for one in outcomes["a"].evidence] == ["one", "two"]


# -- faults --------------------


class Broken(Exception):
    """A bug."""


def breaks(_: Scene) -> Script:
    yield from ()
    raise Broken


@pytest.mark.parametrize("first", [[], [TOGETHER]], ids=["one by one", "side by side"])
def test_a_bug_in_a_script_is_raised_where_somebody_waits(first: list[Check]) -> None:
    with pytest.raises(Broken):
        run([*first, check("a", breaks), *(check(f"c{number}") for number in range(5))])


def test_a_bug_in_sending_is_raised_where_somebody_waits() -> None:
    def send(_: Ask) -> Exchange:
        raise Broken

    def twice(scene: Scene) -> Script:
        yield (scene.ask("one"), scene.ask("two"))
        return passed("")

    for script in (None, twice):
        with pytest.raises(Broken):
            run([check("a", script)], send)


@pytest.mark.parametrize("first", [[], [TOGETHER]], ids=["one by one", "side by side"])
def test_who_interrupts_it_has_what_is_done_and_no_more_is_asked(first: list[Check]) -> None:
    checks = [*first, *(check(f"c{number}") for number in range(20)), check("z", last=True)]
    sent: list[str] = []
    going_on = threading.Event()

    def send(ask: Ask) -> Exchange:
        sent.append(said(ask))
        if len(sent) > 3:
            assert going_on.wait(WAIT)
        return answered(ask)

    class Interrupts(Watching):
        def done(self, outcome: Outcome) -> None:
            super().done(outcome)
            if outcome.check not in {AT_ONCE, "c0"}:
                raise KeyboardInterrupt

    runner = Runner(SCENE, checks, send, PLENTY)
    with pytest.raises(KeyboardInterrupt):
        runner.run(Interrupts())
    outcomes = [outcome.check for outcome in runner.in_order()]
    assert outcomes == [one.name for one in checks if one.name in outcomes]
    assert {"c0", "c1"} & {*outcomes}
    assert "z" not in outcomes
    going_on.set()
    assert len(sent) <= 3 + SIDE_BY_SIDE


def test_one_that_was_stopped_before_it_began_does_nothing() -> None:
    runner = Runner(SCENE, [TOGETHER, check("a")], answered, PLENTY)
    runner.stop()
    assert runner.run(Watching()) == []


# -- what it costs --------------------


def costs(tokens_in: int, tokens_out: int) -> Callable[[Ask], Exchange]:
    body = {"content": [], "usage": {"input_tokens": tokens_in, "output_tokens": tokens_out}}

    def send(ask: Ask) -> Exchange:
        return Exchange(ask, Answer(200, pieces=(Piece(0.0, json.dumps(body).encode()),)))

    return send


def one_ask(scene: Scene) -> Script:
    yield scene.ask("hi", stream=False, output=100)
    return passed("taken")


RESERVED = sum(at_most(next(one_ask(SCENE))))  # type: ignore[arg-type]  # it asks one thing


@pytest.mark.parametrize(("most", "taken"), [(RESERVED - 1, 0), (RESERVED, 1), (RESERVED + 9, 1), (RESERVED + 10, 2)])
def test_nothing_is_asked_that_could_cost_more_than_what_is_left(most: int, taken: int) -> None:
    outcomes, _ = run([check("a", one_ask), check("b", one_ask)], costs(6, 4), Budget(None, most))
    statuses = [outcome.status for outcome in outcomes.values()]
    assert statuses == [PASSED] * taken + [SKIPPED] * (2 - taken)
    if taken == 1:
        left = most - 10
        assert outcomes["b"].said == f"not asked: it could take {RESERVED} tokens, and {left} tokens are left"


def test_what_a_check_has_asked_before_the_money_ended_is_counted_and_kept() -> None:
    def twice(scene: Scene) -> Script:
        yield from one_ask(scene)
        yield from one_ask(scene)
        return passed("both")

    outcomes, _ = run([check("a", twice)], costs(6, 4), Budget(None, RESERVED + 9))
    found = outcomes["a"]
    assert (found.status, found.input_tokens, found.output_tokens, len(found.evidence)) == (SKIPPED, 6, 4, 1)


def test_requests_that_are_under_way_are_reckoned_with() -> None:
    meeting = Meeting(2)
    budget = Budget(None, 2.5 * RESERVED)

    def send(ask: Ask) -> Exchange:
        meeting.send(ask)
        return costs(6, 100)(ask)

    outcomes, _ = run([TOGETHER, *(check(f"c{number}", one_ask) for number in range(3))], send, budget)
    assert meeting.most == 2
    assert sorted(outcome.status for outcome in outcomes.values()) == [PASSED, PASSED, PASSED, SKIPPED]


@pytest.mark.parametrize(("prices", "cost"), [(None, None), (Prices(0, 0), 0.0), (Prices(1.0, 10.0), 0.000046)])
def test_an_outcome_says_what_it_took(prices: Prices | None, cost: float | None) -> None:
    outcomes, _ = run([check("a", one_ask)], costs(6, 4), Budget(prices, 1e9))
    found = outcomes["a"]
    assert (found.input_tokens, found.output_tokens) == (6, 4)
    assert found.cost == (cost if cost is None else pytest.approx(cost))
    assert found.seconds >= 0


# -- what is said --------------------


def test_what_an_endpoint_has_said_is_told_in_one_line() -> None:
    def script(_: Scene) -> Script:
        yield from ()
        return failed("another tool is called: a\n\tb\u2028 c")

    outcomes, _ = run([check("a", script)])
    assert outcomes["a"].said == "another tool is called: a b c"


@pytest.mark.parametrize("status", SAID)
def test_the_harm_is_told_where_there_is_some(status: str) -> None:
    outcomes, _ = run([check("a", ends(status))])
    assert outcomes["a"].harm == ("a harm" if status in {DEGRADED, FAILED} else "")
    assert (outcomes["a"].title, outcomes["a"].group, outcomes["a"].said) == ("the a", "group", "so")


def test_advice_is_confirmed_when_the_whole_request_was_taken_with_it() -> None:
    def advises(_: Scene) -> Script:
        yield from ()
        return failed("no", knob("no-effort", tried=False), knob("no-betas", tried=False), knob("private", tried=True))

    checks = [check("a", advises, apart=True), check("b", ends(PASSED, **{HELPS: "no-effort no-caching"}))]
    for named in ([], ["b"]):
        found, _ = run([one for one in checks if one.name == "a" or one.name in named])
        tried = {advice.change: advice.tried for advice in found["a"].advice}
        assert tried == {
            "compat.no-effort=true": bool(named),
            "compat.no-betas=true": False,
            "compat.private=true": True,
        }
