"""The checks: how they hang together, and that each of them ends, whatever it is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.probe import check as checks
from cc_launcher.core.probe import exchange
from cc_launcher.core.probe.check import EDITING, FATAL, LOSS, MINOR, Check, Scene
from cc_launcher.core.probe.checks.catalog import BY_NAME, CHECKS
from cc_launcher.core.probe.checks.fields import REFUSED_KNOBS
from cc_launcher.core.probe.exchange import Answer, Ask
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Result
from cc_launcher.core.probe.prompts import CODE, CODE_LINE, SEVERAL_CALLS, filler
from cc_launcher.core.probe.words import STATUSES
from cc_launcher.core.profile.knobs import KNOBS
from cc_launcher.files import captured_request
from tests.unit.core.probe.made import DELTA, MESSAGES, START, STOP, answer, events_of, frames, streamed, text, tool

CAPTURED = captured_request.read()
SCENE = Scene("m", CAPTURED)
MOST_REQUESTS = 25
each = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)

# -- the table --------------------


def test_names_and_titles_are_unique() -> None:
    assert len(BY_NAME) == len(CHECKS)
    assert len({check.title for check in CHECKS}) == len(CHECKS)


def turn(check: Check) -> int:
    """When the runner comes to it: what stands apart is first."""
    return 2 if check.last else int(not check.apart)


@each
def test_what_a_check_needs_has_its_turn_no_later(check: Check) -> None:
    for name in check.needs:
        assert turn(BY_NAME[name]) <= turn(check), f"{name} runs after {check.name}"
        assert check.deep or not BY_NAME[name].deep


def test_there_is_no_circle() -> None:
    left = {check.name: {*check.needs} for check in CHECKS}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    assert left == {}


@each
def test_a_check_says_what_it_is_about(check: Check) -> None:
    assert check.weight in {FATAL, EDITING, LOSS, MINOR}
    assert (check.weight == LOSS) <= bool(check.without), "the verdict has to name the loss"
    assert not (check.weight == MINOR and check.without)
    assert len(check.harm) > 10
    assert check.harm[-1] not in ".;,:"
    assert not check.title.endswith(".")
    assert len(check.title) <= 40
    assert check.name.replace("-", "").isalpha()


# -- the scripts --------------------

WORDS = st.sampled_from(
    ["pong-271828", "heron-4711", "red", "", "prompt is too long: 90,000 > 50,000", "1e9 999999999999999999 8192"]
)
ERRORS = st.one_of(
    WORDS.map(lambda said: {"type": "error", "error": {"type": "invalid_request_error", "message": said}}),
    WORDS.map(lambda said: {"error": said}),
    st.recursive(
        st.none() | st.integers() | WORDS,
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["error", "message", "type", "detail", "data", "content", "id"]), inner)
        ),
        max_leaves=6,
    ),
    st.sampled_from([{"input_tokens": 7}, {"data": [{"id": "m"}, 4, {"id": []}]}]),
)
OWN_MESSAGES = st.one_of(
    MESSAGES,
    WORDS.map(
        lambda said: {
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s"},
                {"type": "text", "text": said},
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Lisbon"}},
            ],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 10**9, "output_tokens": 3},
        }
    ),
)
JSON = {"content-type": "application/json", "retry-after": "7"}


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """An answer that is right, odd, broken or none at all."""
    kind = draw(st.sampled_from(["message", "stream", "refusal", "bytes", "none"]))
    more: dict[str, Any] = {"ended": draw(st.sampled_from([0.0, 0.1, 30.0]))}
    if draw(st.integers(0, 9)) == 0:
        more |= {"fault": draw(st.sampled_from([exchange.CUT, exchange.TOO_LONG])), "why": "it breaks off"}
    if kind == "none":
        fault = draw(st.sampled_from([exchange.NO_CONNECTION, exchange.NO_TLS, exchange.NO_ANSWER]))
        return Answer(fault=fault, why="nobody is there")
    if kind == "message":
        return answer(json.dumps(draw(OWN_MESSAGES)), headers=JSON, **more)
    if kind == "stream":
        message = {"usage": {}, "stop_reason": None, **draw(OWN_MESSAGES)}
        events = draw(events_of(message))
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            del events[draw(st.integers(0, len(events) - 1)) : draw(st.integers(0, len(events)))]
            events = events or [STOP]
        return answer(frames(events), **more)
    if kind == "bytes":
        return answer(draw(st.binary(max_size=30)), status=draw(st.sampled_from([200, 400, 500])), **more)
    status = draw(st.sampled_from([201, 204, 307, 400, 401, 402, 403, 404, 405, 413, 422, 429, 500, 529]))
    headers = JSON if draw(st.booleans()) else {}
    return answer(json.dumps(draw(ERRORS)), status=status, headers=headers, **more)


SCENES = st.builds(
    Scene,
    model=st.just("m"),
    client=st.just(CAPTURED),
    auth=st.sampled_from(["bearer", "api-key", "none"]),
    secure=st.booleans(),
    knobs=st.frozensets(st.sampled_from(sorted(KNOBS)), max_size=3),
    context=st.sampled_from([None, 1_000, 9_000, 60_000]),
    max_output=st.sampled_from([None, 100, 8_192, 64_000]),
    deep=st.just(value=True),
    learnt=st.dictionaries(
        st.just(REFUSED_KNOBS), st.lists(st.sampled_from(sorted(KNOBS)), max_size=3, unique=True).map(" ".join)
    ),
)


def play(check: Check, scene: Scene, draw: Any) -> tuple[Result, list[Ask]]:
    """A script to its end, with what it asked."""
    script, given_back = check.script(scene), None
    asked: list[Ask] = []
    while True:
        try:
            ask = script.send(given_back)
        except StopIteration as ended:
            return ended.value, asked
        several = ask if isinstance(ask, tuple) else (ask,)
        asked += several
        assert len(asked) <= MOST_REQUESTS
        replies = tuple(draw(one) for one in several)
        given_back = replies if isinstance(ask, tuple) else replies[0]


@each
@settings(max_examples=40)
@given(data=st.data())
def test_a_script_ends_whatever_it_is_answered(check: Check, data: st.DataObject) -> None:
    found, asked = play(check, data.draw(SCENES), lambda _: data.draw(answers()))
    assert isinstance(found, Result)
    assert found.status in STATUSES
    assert found.said
    assert all(name in {"auth", "web_search"} or name.startswith(("compat.", "models.")) for name in
               (advice.change.partition("=")[0] for advice in found.advice))  # fmt: skip
    for ask in asked:
        assert ask.body is None or json.dumps(ask.body)
        assert ask.patience <= 60


NOBODY = Answer(fault=exchange.NO_ANSWER, why="no answer within 60 s")
BUSY = answer('{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}', status=429, headers=JSON)
REFUSED = answer('{"type":"error","error":{"type":"invalid_request_error","message":"Bad request"}}', status=400)


@each
def test_who_does_not_answer_is_not_asked_again_and_again(check: Check) -> None:
    found, asked = play(check, SCENE, lambda _: NOBODY)
    assert found.status != PASSED
    assert len(asked) <= 2


@each
def test_a_limit_on_the_rate_is_no_fault(check: Check) -> None:
    found, asked = play(check, SCENE, lambda _: BUSY)
    assert len(asked) <= 2
    if check.name not in {"two-at-once", "models-list", "reachable", "tls", "credential"}:
        assert found.status == SKIPPED


@pytest.mark.parametrize("then", [NOBODY, BUSY], ids=["nobody", "busy"])
@pytest.mark.parametrize("learnt", ["", "no-effort no-betas"])
@pytest.mark.parametrize("refusals", [1, 3])
def test_nobody_goes_on_looking_for_knobs_when_no_refusal_comes(then: Answer, learnt: str, refusals: int) -> None:
    replies = iter([REFUSED] * refusals)
    found, asked = play(
        BY_NAME["client-request"], SCENE.knowing({REFUSED_KNOBS: learnt}), lambda _: next(replies, then)
    )
    assert found == checks.trouble(then)
    assert len(asked) == refusals + 1


def test_the_knobs_that_help_are_the_ones_that_were_sent() -> None:
    replies = iter([REFUSED, REFUSED, REFUSED])
    taken = streamed(START, *text(0, "ok"), DELTA, STOP)
    found, asked = play(BY_NAME["client-request"], SCENE, lambda _: next(replies, taken))
    assert len(asked) == 4
    assert found.status == FAILED
    assert [advice.change for advice in found.advice] == ["compat.no-effort=true"]
    assert found.advice[0].tried
    assert "output_config" in (asked[0].body or {})
    assert "output_config" not in (asked[3].body or {})


def test_a_model_may_think_as_long_beside_a_tool_as_anywhere() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    events = [START, {"type": "content_block_start", "index": 0, "content_block": thought},
              {"type": "content_block_stop", "index": 0}, *tool(1, '{"city": "Lisbon"}'), DELTA, STOP]  # fmt: skip
    found, asked = play(BY_NAME["thinking-back"], SCENE, lambda _: streamed(*events))
    assert found.status == PASSED
    assert len(asked) == 4
    for ask in asked:
        assert ask.output == (ask.body or {})["max_tokens"] == 4000


# -- how scripts judge --------------------

SAID: dict[str, tuple[Answer, str]] = {
    "an error of this API": (REFUSED, "Bad request"),
    "one of OpenAI's": (answer('{"error": {"message": "no", "code": 1}}', status=400), "no"),
    "a text": (answer('{"error": "no"}', status=400), "no"),
    "a detail": (answer('{"detail": "no"}', status=400), "no"),
    "a detail within": (answer('{"error": {"detail": "no"}}', status=400), "no"),
    "a page": (answer("<html>\n  no\n</html>", status=400), "<html> no </html>"),
    "nothing": (answer("", status=400), "without a word"),
    "an empty message": (answer('{"error": {"message": ""}}', status=400), '{"error": {"message": ""}}'),
    "much": (answer(json.dumps({"error": "x" * 900}), status=400), "x" * 200),
}


@pytest.mark.parametrize("what", SAID)
def test_what_an_error_says(what: str) -> None:
    given_answer, said = SAID[what]
    assert checks.message_of(given_answer) == said
    assert checks.refusal(given_answer) == f"refused (400): {said}"


@pytest.mark.parametrize(
    ("given_answer", "status", "words"),
    [
        (REFUSED, FAILED, "refused (400): Bad request"),
        (NOBODY, FAILED, "no answer within 60 s"),
        (BUSY, SKIPPED, "not judged: rate limited (429, try again in 7 s)"),
        (answer("{}", status=529), SKIPPED, "not judged: rate limited (529)"),
        (answer("", fault=exchange.CUT), FAILED, "cut"),
        (answer('{"error": {"message": "Insufficient balance"}}', status=402), SKIPPED, "not judged: out of credit"),
    ],
)
def test_an_answer_that_is_none(given_answer: Answer, status: str, words: str) -> None:
    found = checks.trouble(given_answer)
    assert found is not None
    assert found.status == status
    assert found.said.startswith(words)


def test_an_answer_is_no_trouble() -> None:
    assert checks.trouble(answer("{}")) is None


def test_what_a_limit_teaches() -> None:
    assert checks.limited(BUSY) == {checks.LIMITED: "7"}
    assert checks.limited(answer("no", status=429)) == {checks.LIMITED: "none; it is no error object of this API"}


# -- how much is taken --------------------


def takes(window: int, asked: list[int], *said: int) -> Any:
    """An endpoint that refuses what is longer, and says these numbers; what it is asked is written down."""
    longest = len(f"{filler(int(0.95 * window - 1500))}{CODE_LINE}".split())  # with what is spared for the answer

    def reply(ask: Ask) -> Answer:
        (system,) = (ask.body or {})["system"]
        words = len(system["text"].split())
        asked.append(words)
        if words > longest:
            message = f"prompt is too long: {' > '.join(str(number) for number in said)}"
            error = {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
            return answer(json.dumps(error), status=400, headers=JSON)
        return streamed(START, *text(0, CODE), DELTA, STOP)

    return reply


@pytest.mark.parametrize(
    ("claimed", "true", "said", "found", "asks"),
    [
        (60_000, 60_000, (), PASSED, 1),
        (60_000, 50_000, (), 48_750, 5),  # halved until a tenth of what is claimed is left
        (60_000, 18_000, (20_000,), 15_000, 4),
        (60_000, 40_000, (40_000,), 40_000, 2),  # what it says itself is tried, and believed
        (60_000, 40_000, (59_000, 40_000), 40_000, 2),  # the longer one is what was sent
        (200_000, 9_000, (16_000, 9_000), 9_000, 3),  # and so is the next that it says
        (60_000, 5_000, (), FAILED, 3),
        (12_000, 5_000, (), FAILED, 1),  # less than that is no window for a session
    ],
)
def test_a_window_is_looked_for_in_a_few_requests(
    claimed: int, true: int, said: tuple[int, ...], found: str | int, asks: int
) -> None:
    asked: list[int] = []
    scene = Scene("m", CAPTURED, context=claimed)
    result, _ = play(BY_NAME["window"], scene, takes(true, asked, *said))
    if isinstance(found, int):
        assert [advice.change for advice in result.advice] == [f'models."m".context={found}']
        assert result.advice[0].tried
        assert result.status == DEGRADED
    else:
        assert (result.status, result.advice) == (found, ())
    assert len(asked) == asks


# -- several calls in one turn --------------------


def called(*ids: str) -> Answer:
    """These tools called, with ids of the endpoint's choice."""
    events = [START]
    for at, (id_, (name, wanted)) in enumerate(zip(ids, SEVERAL_CALLS, strict=False)):
        begun, *rest = tool(at, json.dumps(wanted), name=name)
        begun["content_block"]["id"] = id_
        events += [begun, *rest]
    return streamed(*events, DELTA, STOP)


@pytest.mark.parametrize(
    ("ids", "status", "said"),
    [
        (("a", "b", "c"), PASSED, "3 calls in one turn"),
        (("a", "b", "a"), FAILED, "several calls have the same id: their results cannot be told apart"),
        (("a", "a", "a"), FAILED, "several calls have the same id: their results cannot be told apart"),
        (("a",), DEGRADED, "one call comes at a time"),
        (("a", "b"), FAILED, "2 calls of 3"),
    ],
)
def test_calls_of_one_turn_can_be_told_apart(ids: tuple[str, ...], status: str, said: str) -> None:
    found, asked = play(BY_NAME["parallel-tools"], SCENE, lambda _: called(*ids))
    assert (found.status, found.said, len(asked)) == (status, said, 1)
