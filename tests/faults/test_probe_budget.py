"""A probe keeps to its budget, as an honest endpoint counts, whatever things cost."""

from __future__ import annotations

import dataclasses
import json
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.actions.probing import Looked, Wishes, look
from cc_launcher.actions.screen import Screen
from cc_launcher.core.probe import exchange
from cc_launcher.core.probe.budget import TOKENS, Budget, Prices, Tokens, at_most
from cc_launcher.core.probe.check import Scene
from cc_launcher.core.probe.checks.catalog import CHECKS
from cc_launcher.core.probe.exchange import MESSAGES, Answer, Ask, Exchange, Piece
from cc_launcher.files import captured_request
from cc_launcher.net.probe_run import Runner
from tests.fakes.fake_hostile import FakeHostile, event
from tests.faults.desk import Desk, is_message
from tests.probe.silent import Silent

EASY = tuple(dataclasses.replace(check, needs=()) for check in CHECKS)  # one does not wait for another
PRICES = st.one_of(st.none(), st.builds(Prices, st.floats(0.001, 500), st.floats(0.001, 500)))


class Honest:
    """An endpoint that counts all that it is asked, and says so in its answers while it gives one."""

    def __init__(self, seed: int) -> None:
        self.counted: list[Tokens] = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def send(self, ask: Ask) -> Exchange:
        if ask.body is None or ask.path != MESSAGES:
            return Exchange(ask, Answer(200))
        most = at_most(ask)
        with self._lock:
            used = Tokens(self._random.randint(1, most.input), self._random.randint(0, most.output))
            how = self._random.choice(["refused", "late", "cut", *["answered"] * 5])
            if how != "refused":
                self.counted.append(used)
        if how == "refused":
            return Exchange(ask, Answer(400))
        if how == "late":
            return Exchange(ask, Answer(fault=exchange.NO_ANSWER))
        usage = {"input_tokens": used.input, "output_tokens": used.output}
        if not ask.body.get("stream"):
            whole = {"content": [{"type": "text", "text": "x"}], "usage": usage}
            return Exchange(ask, Answer(200, pieces=(Piece(0, json.dumps(whole).encode()),)))
        start = event("message_start", {"type": "message_start", "message": {"usage": {"input_tokens": 1}}})
        end = event("message_delta", {"type": "message_delta", "usage": usage}) if how == "answered" else b""
        fault = "" if how == "answered" else exchange.CUT
        return Exchange(ask, Answer(200, {"content-type": "text/event-stream"}, (Piece(0, start + end),), fault=fault))


@settings(max_examples=60)
@given(prices=PRICES, most=st.floats(0, 3), seed=st.integers(0, 10**6), alone=st.booleans())
def test_what_an_endpoint_counts_is_never_more_than_the_budget(
    *, prices: Prices | None, most: float, seed: int, alone: bool
) -> None:
    scene = Scene("m", captured_request.read(), context=60_000, deep=True)
    budget = Budget(prices, most if prices is not None else most * TOKENS)
    honest = Honest(seed)
    outcomes = Runner(scene, EASY, honest.send, budget, alone=alone).run(Silent())
    assert len(outcomes) == len(CHECKS)
    assert sum(budget.of(used) for used in honest.counted) <= budget.most * (1 + 1e-9)


@pytest.mark.parametrize("cents", [0, 0.05, 0.5, 2, 5])
def test_an_endpoint_is_asked_for_no_more_than_what_may_be_spent(desk: Desk, cents: float) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", f"http://{endpoint.host}")
        told = desk.run("own", "--json", "--max-cost", f"{cents}c")
        spent = json.loads(told.out)["data"]["dollars"]
        assert spent <= cents / 100
        assert bool(spent) is bool(cents)
        assert told.code == (0 if cents >= 2 else 1)
        if not cents:
            assert [request for request in endpoint.requests if is_message(request)] == []


@pytest.mark.parametrize(
    ("prices", "words"),
    [("", f"{TOKENS:,} tokens"), ("prices = { input = 0, output = 0 }", "nothing"), (None, "5.0 cents")],
)
def test_without_a_price_tokens_are_counted_and_what_is_free_has_no_limit(
    desk: Desk, prices: str | None, words: str
) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", f"http://{endpoint.host}")
        if prices is not None:
            path = desk.root / "config" / "profiles" / "own.toml"
            path.write_text(path.read_text().replace("prices = { input = 1.0, output = 4.0 }", prices))
        told = desk.run("own", "--dry-run")
        assert (told.code, endpoint.requests) == (0, [])
        assert f"for {words} at most" in told.out
        assert desk.run("own", "--yes").code == 0


def test_tokens_are_not_spent_at_an_unknown_price_unless_somebody_agrees(desk: Desk) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", f"http://{endpoint.host}")
        path = desk.root / "config" / "profiles" / "own.toml"
        path.write_text(path.read_text().replace("prices = { input = 1.0, output = 4.0 }", ""))
        told = desk.run("own")
        assert (told.code, endpoint.requests) == (2, [])
        assert f"there is no known price for fake-large at {endpoint.host} ({TOKENS:,} tokens at most)" in told.err
        assert "cc probe --yes own, or with a price in mind: cc probe --max-cost 20c own\n" in told.err
        told = desk.run("--all")
        assert (told.code, endpoint.requests) == (2, [])
        assert "cc probe --yes --all" in told.err
        assert desk.run("own", "--max-cost", "20c").code == 0


GOOD = {"0.2": 0.2, "20c": 0.2, ".5": 0.5, "$1": 1, "1 dollar": 1, " 3 ct ": 0.03, "0": 0, "7 CENTS": 0.07, "1.": 1}
BAD = [
    "-1",
    "1e5",
    "nan",
    "inf",
    "1,5",
    "five",
    "c",
    " ",
    "1 000",
    "0x10",
    "9" * 400,
    "1\n2",
    "\x1b[31m",
    "20%",
    "1..2",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_sum_is_understood(desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    seen: list[Wishes] = []

    def watched(name: str, word: str | None, wishes: Wishes, screen: Screen) -> Looked:
        seen.append(wishes)
        return look(name, word, wishes, screen)

    monkeypatch.setattr("cc_launcher.actions.probing.look", watched)
    desk.profile("own", "http://127.0.0.1:9")
    assert desk.run("own", "--dry-run", "--max-cost", text).code == 0
    assert seen[0].max_cost == pytest.approx(GOOD[text])


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_sum_is_refused(desk: Desk, text: str) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", f"http://{endpoint.host}")
        told = desk.run("own", f"--max-cost={text}")
        assert (told.code, endpoint.requests) == (2, [])
        assert "is not an amount" in told.err
