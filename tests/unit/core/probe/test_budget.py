"""What a probe may cost: reckoned from above before a request, settled after it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.probe.budget import Budget, Prices, Tokens, at_most, dollars, taken
from cc_launcher.core.probe.check import Scene
from cc_launcher.core.probe.exchange import MESSAGES, Answer, Ask, Exchange
from tests.unit.core.probe.made import DELTA, START, STOP, USAGE, answer, streamed, text

SCENE = Scene("m", {})
PRICES = Prices(3.0, 15.0)


def answered(ask: Ask, said: str, tokens_in: int | None, tokens_out: int | None) -> Exchange:
    usage = {"input_tokens": tokens_in, "output_tokens": tokens_out}
    if (ask.body or {}).get("stream"):
        start = {**START, "message": {"usage": {**usage, "output_tokens": 1 if tokens_out else None}}}
        return Exchange(ask, streamed(start, *text(0, said), {**DELTA, "usage": usage}, STOP))
    body = {"content": [{"type": "text", "text": said}], "usage": usage}
    return Exchange(ask, answer(json.dumps(body), headers={}))


@given(st.text(max_size=400), st.integers(1, 4000), st.booleans(), st.data())
def test_what_is_reckoned_with_is_never_less_than_an_honest_count(
    prompt: str,
    output: int,
    stream: bool,  # noqa: FBT001 - a case
    data: st.DataObject,
) -> None:
    ask = SCENE.ask(prompt, output=output, stream=stream)
    tokens_in = data.draw(st.none() | st.integers(1, len(prompt.encode()) // 3 + 1))
    tokens_out = data.draw(st.integers(1, output))
    letters = data.draw(st.integers(0, min(4 * tokens_out, 2000)))
    counted = data.draw(st.sampled_from([tokens_out, None]))
    most, took = at_most(ask), taken(answered(ask, "x" * letters, tokens_in, counted))
    assert took.input <= most.input
    assert took.output <= most.output
    for budget in (Budget(PRICES, 1), Budget(None, 1)):
        assert budget.of(took) <= budget.of(most)


def test_of_a_stream_all_is_reckoned_with_that_is_read_before_we_hang_up() -> None:
    ask = SCENE.ask("hi", output=600, max_tokens=32_000)
    assert at_most(ask).output == ask.end == 1000
    assert at_most(SCENE.ask("hi", output=600)).output == 600
    whole = SCENE.ask("hi", output=600, stream=False, max_tokens=32_000)
    assert at_most(whole).output == 32_000


@pytest.mark.parametrize(
    "ask", [Ask(None, "/"), Ask(None, "/v1/models", "GET"), Ask({"model": "m"}, f"{MESSAGES}/count_tokens")]
)
def test_what_no_model_sees_costs_nothing(ask: Ask) -> None:
    assert at_most(ask) == taken(Exchange(ask, Answer(200))) == (0, 0)


@pytest.mark.parametrize("status", [0, 400, 429, 500])
def test_a_refusal_costs_nothing(status: int) -> None:
    ask = SCENE.ask("hi")
    assert taken(Exchange(ask, answer("{}", status=status))) == (0, 0)


@pytest.mark.parametrize("stream", [True, False])
def test_what_is_not_counted_is_estimated(stream: bool) -> None:  # noqa: FBT001 - a case
    ask = SCENE.ask("x" * 4000, stream=stream)
    assert taken(answered(ask, "y" * 400, 900, 70)) == (900, 100)
    assert taken(answered(ask, "y" * 400, 900, 170)) == (900, 170)
    took = taken(answered(ask, "y" * 400, None, None))
    assert 1000 <= took.input < 1100
    assert took.output == 100
    assert taken(answered(ask, "y" * 400, 0, 0)) == took


def test_a_count_that_nobody_can_believe_is_no_count() -> None:
    took = taken(answered(SCENE.ask("hi"), "y", 10**400, 10**400))
    assert Budget(PRICES, 1).of(took) < 0.01


def test_a_stream_that_broke_off_has_cost_what_came() -> None:
    ask = SCENE.ask("hi")
    start = {**START, "message": {"usage": USAGE}}
    assert taken(Exchange(ask, streamed(start, *text(0, "y" * 400)[:-1], fault="cut"))) == (7, 100)


def test_prices_are_for_a_million() -> None:
    assert PRICES.of(1_000_000, 0) == 3.0
    assert PRICES.of(0, 1_000_000) == 15.0
    assert Budget(None, 1).of(Tokens(3, 4)) == 7


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0.0 cents"), (0.0000001, "less than 0.1 cents"), (0.0005, "0.1 cents"), (0.05, "5.0 cents"),
        (0.0123, "1.2 cents"), (0.99, "99.0 cents"), (0.9999, "1.00 dollars"), (1, "1.00 dollars"),
        (1234.5, "1,234.50 dollars"),
    ],
)  # fmt: skip
def test_small_sums(amount: float, said: str) -> None:
    assert dollars(amount) == said
    assert Budget(PRICES, 1).told(amount) == said


def test_without_prices_tokens_are_told() -> None:
    assert Budget(None, 1).told(1234.4) == "1,234 tokens"
