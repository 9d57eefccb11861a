"""`cc probe` on a terminal: it asks before it spends tokens at an unknown price, and its verdict is the last line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.harness import Terminal
from tests.fakes.fake_flawed import SECRET
from tests.fakes.fake_hostile import FakeHostile
from tests.faults.desk import is_message, profile_text
from tests.support import Sandbox, wait_until
from tests.unit.cli.scene import CTRL_C, ENTER, INTERRUPTED, OK, USAGE, CommandScene

PRICES = "prices = { input = 1.0, output = 4.0 }\n"
QUESTION = "Probe anyway?"


@pytest.fixture
def endpoint() -> Iterator[FakeHostile]:
    with FakeHostile() as listening:
        yield listening


@pytest.fixture
def scene(tmp_path: Path, endpoint: FakeHostile) -> CommandScene:
    root = tmp_path / "sandbox"
    root.mkdir()
    made = CommandScene(Sandbox(root))
    made.keep(SECRET)
    text = profile_text(f"http://{endpoint.host}", made.file)
    assert PRICES in text
    made.sandbox.profile("own", text.replace(PRICES, ""))
    made.sandbox.profile("priced", text)
    return made


def test_who_says_no_has_spent_nothing(scene: CommandScene, endpoint: FakeHostile) -> None:
    with scene.on_a_terminal("probe", "own") as session:
        session.answer(QUESTION, ENTER)
        assert session.ends() == USAGE
        screen = session.screen().replace("\n", " ")
        assert f"There is no known price for fake-large at {endpoint.host} (150,000 tokens at most)." in screen
        assert "nothing was asked" in screen
    assert endpoint.requests == []


def test_a_price_in_yuan_is_none_in_dollars(scene: CommandScene, endpoint: FakeHostile) -> None:
    yuan = PRICES.replace(" }", ', currency = "CNY" }')
    text = profile_text(f"http://{endpoint.host}", scene.file)
    scene.sandbox.profile("yuan", text.replace(PRICES, yuan))
    with scene.on_a_terminal("probe", "yuan") as session:
        session.answer(QUESTION, ENTER)
        assert session.ends() == USAGE


def test_ctrl_c_at_the_question(scene: CommandScene, endpoint: FakeHostile) -> None:
    with scene.on_a_terminal("probe", "own") as session:
        session.answer(QUESTION, CTRL_C)
        assert session.ends() == INTERRUPTED
    assert endpoint.requests == []


def test_who_says_yes_gets_a_verdict(scene: CommandScene, endpoint: FakeHostile) -> None:
    with scene.on_a_terminal("probe", "own", "--only", "credential") as session:
        session.answer(QUESTION, "y", ENTER)
        assert session.ends() == OK
        assert session.screen().split("\n")[-1] == "own, fake-large: works"
    assert endpoint.requests


@pytest.mark.parametrize("args", [["own", "--yes"], ["own", "--max-cost", "20c"], ["priced"]], ids=" ".join)
def test_nobody_is_asked_where_the_price_is_known_or_agreed_to(scene: CommandScene, args: list[str]) -> None:
    with scene.on_a_terminal("probe", *args, "--only", "credential") as session:
        assert session.ends() == OK
        assert QUESTION not in session.text


@pytest.mark.parametrize("columns", [80, 120])
def test_the_verdict_is_the_last_line(scene: CommandScene, columns: int) -> None:
    argv: list[str | Path] = [scene.sandbox.cc, "probe", "priced", "--only", "credential,model"]
    with Terminal(argv, scene.environment(), scene.sandbox.work, size=(60, columns)) as seen:
        assert seen.wait(60) == OK, seen.screen()
        lines = seen.screen().split("\n")
    assert lines[-1] == "priced, fake-large: works"
    assert lines[-2].split(" in ")[0].endswith("checks")
    assert all(len(line) <= columns for line in lines)


def test_one_that_is_interrupted_has_no_verdict(scene: CommandScene, endpoint: FakeHostile) -> None:
    with scene.on_a_terminal("probe", "priced") as session:
        wait_until(lambda: any(is_message(request) for request in endpoint.requests), "the first request")
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED
        last = session.screen().split("\n")[-1]
        assert last == "priced, fake-large: no verdict: the probe was stopped early"
        assert "not fit" not in session.text
