"""What a session costs, as the client, our status line and `cc usage` have it: to the last digit what was billed.

The providers are fakes that count what they serve (`tests/fakes/fake_counting.py`); the rule of comparison stands in
`counted.py`. Here is a thin slice: `python tests/client/costs.py` plays every scenario in every way.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.client import harness
from tests.client.cost_scenarios import SCENARIOS
from tests.client.counted import OWN, RATES, Counted, Read, counted, rounded
from tests.client.stage import MODELS, PATIENCE
from tests.fakes.fake_counting import STYLES, WHOLE, Rates, total
from tests.support import require_tool

MAIN = MODELS["main"]


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    require_tool("npm")
    with ExitStack() as stack:
        yield stack


def row_of(play: Counted, **wanted: str) -> dict[str, Any]:
    """The only row, or the only one of that kind."""
    [row] = [row for row in play.usage()["rows"] if all(row[key] == value for key, value in wanted.items())]
    return dict(row)


@pytest.mark.parametrize(
    ("scenario", "way", "style"),
    [
        pytest.param("interactive", "run", "anthropic", id="on a terminal"),
        pytest.param("print", "wrapper", "late", id="through a wrapper"),
        pytest.param("two profiles", "run", "constant", id="two profiles in one session"),
        pytest.param("forks", "run without a key", "anthropic", id="forks"),
    ],
)
def test_every_witness_says_what_was_billed(
    opened: ExitStack, tmp_path: Path, scenario: str, way: str, style: str
) -> None:
    play = opened.enter_context(counted(tmp_path, way, style=STYLES[style]))
    SCENARIOS[scenario](play)
    play.check()


@pytest.mark.parametrize("way", ["sealed", "use", "login"])
def test_where_the_client_is_told_no_prices_cc_usage_counts_as_the_provider(
    opened: ExitStack, tmp_path: Path, way: str
) -> None:
    play = opened.enter_context(counted(tmp_path, way))
    play.printed("bash", "agent:haiku")
    play.check()
    assert play.reads or not play.way.is_priced


def test_a_sealed_session_keeps_its_estimate_in_the_status_line(opened: ExitStack, tmp_path: Path) -> None:
    play = opened.enter_context(counted(tmp_path, "sealed"))
    with play.session() as session:
        session.step()
        session.terminal.wait_for("~$", timeout=PATIENCE)
        session.leave()
    play.check()


def test_the_client_counts_writes_for_an_hour_at_the_price_of_five_minutes_and_cc_usage_does_not(
    opened: ExitStack, tmp_path: Path
) -> None:
    """The gap is named in docs/how-to/costs.md: `modelPricing` has one price for both."""
    play = opened.enter_context(counted(tmp_path, keeps_for_an_hour=True))
    play.printed("bash", "bash", "bash")
    assert play.own.tokens().write_1h
    play.check_tokens()
    play.read_usage()
    *by_client, ours = play.reads
    assert ours.is_right
    as_for_minutes = Rates(*RATES[MAIN]._replace(write_1h=RATES[MAIN].write_5m)).cost(play.own.tokens())
    assert [Read(one.where, one.said, as_for_minutes).is_right for one in by_client] == [True] * len(by_client)
    assert not any(one.is_right for one in by_client)


def test_no_settings_file_changes_a_price(opened: ExitStack, tmp_path: Path) -> None:
    play = opened.enter_context(counted(tmp_path))
    nothing = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}
    hostile = {"modelPricing": {"multiplier": 0.1, "overrides": dict.fromkeys(RATES, nothing)}}
    for place in ("project", "local"):
        play.stage.settings(place, hostile)
    play.stage.settings("user", hostile)
    play.printed("bash", "agent:haiku")
    play.check()


def test_a_stream_for_programs_begins_as_ever_and_is_counted(opened: ExitStack, tmp_path: Path) -> None:
    play = opened.enter_context(counted(tmp_path))
    (play.stage.home / ".config" / "cc-launcher" / "profiles" / "other.toml").unlink()  # one alone has the models
    ended = play.ended("-p", play.prompt("bash"), "--output-format", "stream-json", "--verbose")
    assert ended.stdout.startswith('{"type":"system","subtype":"init"'), ended.stdout[:300]
    result = json.loads(ended.stdout.splitlines()[-1])
    play.read("result", result["total_cost_usd"], play.own.bill())
    play.check_tokens()
    row = row_of(play)
    play.read("cc usage", row["cost"], play.own.bill())
    assert row["basis"] in {"guessed", "exact"}
    assert play.wrong() == []


def test_a_session_that_is_not_kept_has_no_row(opened: ExitStack, tmp_path: Path) -> None:
    play = opened.enter_context(counted(tmp_path))
    play.ended("-p", play.prompt("bash"), "--no-session-persistence")
    assert play.own.ledger
    assert play.usage()["rows"] == []


@pytest.mark.parametrize("how", ["broken off", "SIGINT", "SIGTERM", "SIGKILL"])
def test_an_answer_that_did_not_come_to_its_end_is_an_estimate(opened: ExitStack, tmp_path: Path, how: str) -> None:
    play = opened.enter_context(counted(tmp_path))
    if how == "broken off":
        play.ended("-p", play.prompt("bash", "break"))
    else:
        play.stopped(signal.Signals[how], "bash", "wait")
    row = row_of(play)
    assert row["basis"] == "estimate"
    whole = play.own.served(ending=WHOLE)
    ended = play.own.ledger if how in {"broken off", "SIGINT"} else whole
    known = total(one.tokens for one in ended)
    assert (row["requests"], row["input"], row["cache_write"], row["cache_read"]) == (
        len(ended),
        known.input,
        *known.four[2:],
    )
    assert total(one.tokens for one in whole).output <= row["output"] < play.own.tokens().output
    assert rounded(play.own.bill(), 2) > row["cost"]


@pytest.mark.parametrize("version", ["2.0.64", harness.BEFORE_HOST_FLAG])
def test_old_clients_start_as_before_and_what_they_write_down_is_counted(
    opened: ExitStack, tmp_path: Path, version: str
) -> None:
    play = opened.enter_context(counted(tmp_path, version=version))
    (play.stage.home / ".config" / "cc-launcher" / "profiles" / "other.toml").unlink()
    ended = play.ended("-p", play.prompt("bash", "text+bash"))
    assert ended.stdout.startswith("done 1.")
    row = row_of(play, model=MAIN)
    served = play.own.tokens(model=MAIN)
    assert (row["profile"], row["basis"]) == (OWN, "guessed")
    assert (row["requests"], row["input"], row["cache_write"], row["cache_read"]) == (
        len(play.own.served(model=MAIN)),
        served.input,
        *served.four[2:],
    )
    assert row["output"] <= served.output
    assert play.usage()["output_too_low"]
