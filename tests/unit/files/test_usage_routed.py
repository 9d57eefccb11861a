"""What the gateway's log says of requests, joined with what the transcripts have: each request counts once."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.usage.rollup import Amount, Part
from cc_launcher.files import gateway_places, usage_index, usage_refresh, usage_routed, usage_store, usage_sums
from cc_launcher.files.usage_tables import _TABLES
from tests.transcripts import EVER, FORK, SESSION, START, answer, marked, summed, write

Found = list[tuple[Part, Amount]]
SCHEMA = (gateway_places.OURS / "cc_log.sql").read_text()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "data" / "usage" / "index.sqlite3"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "client"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.sqlite3"
    begin(path)
    return path


def begin(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.executescript(SCHEMA)


def request(log: Path, call: str, cost: float | None, **changed: Any) -> None:
    """A row, as the engine writes it."""
    row = {"time": START + 5, "session": SESSION, "profile": "mix", "route": "main", "upstream": "a/glm-5.3"}
    row |= {"status": 200, "input": 100, "output": 10, "cache_read": 0, "cache_write": 0, "cost": cost}
    row |= {"currency": "USD" if cost is not None else "", "call": call} | changed
    names = ", ".join(row)
    with contextlib.closing(sqlite3.connect(log)) as into, into:
        into.execute(f"INSERT INTO request ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def routed(after: float, call: str, **changed: Any) -> dict[str, Any]:
    return answer(after, (100, 10, 0, 0), model="main", requestId=f"cc-{call}", **changed)


def report(index: Path, config: Path, log: Path, *, is_all: bool = True) -> Found:
    with usage_store.opened(index) as connection:
        usage_index.update(connection, [str(config)], lambda _, __: None)
        usage_routed.take(connection, str(log), is_all=is_all)
        usage_refresh.refresh(connection)
        return list(usage_sums.read(connection, *EVER))


def cost(found: Found) -> float:
    return round(sum(amount.cost for _, amount in found), 9)


def told(found: Found) -> list[tuple[str, str, str, bool, int, float]]:
    return sorted(
        (part.profile, part.model, part.served, part.hidden, amount.requests, round(amount.cost, 9))
        for part, amount in found
    )


@pytest.mark.parametrize("as_json", [False, True])
def test_a_request_costs_what_the_log_says_and_counts_once(
    index: Path,
    config: Path,
    log: Path,
    as_json: bool,  # noqa: FBT001 - of a table
) -> None:
    """The same where a line is read as JSON, since it is not as the client writes it today."""
    more: dict[str, Any] = {"requestedModel": {"odd": 1}} if as_json else {}
    write(config, [marked(0, "mix"), routed(5, "one", **more), routed(6, "two", **more), answer(7, (5, 5, 0, 0))])
    request(log, "one", 0.25)
    request(log, "two", 0.5, upstream="b/glm-5.3")
    expected = [
        ("mix", "glm-5.3", "", False, 1, 0.0),
        ("mix", "main", "a/glm-5.3", False, 1, 0.25),
        ("mix", "main", "b/glm-5.3", False, 1, 0.5),
    ]
    for _ in range(2):
        found = report(index, config, log)
        assert told(found) == expected
    assert {part.host for part, _ in found} == {"h.example"}
    assert sum(amount.figures.input for _, amount in found) == 205


@pytest.mark.parametrize("session", [SESSION, FORK])
def test_a_row_that_comes_later_is_joined_then(index: Path, config: Path, log: Path, session: str) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    assert told(report(index, config, log)) == [("mix", "main", "", False, 1, 0.0)]
    request(log, "one", 0.25, session=session)
    assert told(report(index, config, log)) == [("mix", "main", "a/glm-5.3", False, 1, 0.25)]


def test_a_row_whose_line_comes_later_is_joined_then(index: Path, config: Path, log: Path) -> None:
    request(log, "one", 0.25)
    request(log, "two", 0.25, session=FORK)  # which is no session of that line
    assert {(row[3], row[4]) for row in told(report(index, config, log))} == {(True, 1)}
    write(config, [marked(0, "mix"), routed(5, "one"), routed(6, "two")])
    found = report(index, config, log)
    assert told(found) == [("mix", "main", "a/glm-5.3", False, 2, 0.5)]


def test_what_is_in_no_transcript_is_told_apart_and_the_clients_sum_adds_nothing_to_it(
    index: Path, config: Path, log: Path
) -> None:
    lines = [marked(0, "mix"), routed(5, "one"), summed({"main": (100, 10, 0, 0), "cheap": (100, 10, 0, 0)})]
    write(config, lines)
    request(log, "one", 0.25)
    request(log, "title", 0.125, route="cheap", upstream="b/small")
    request(log, "failed", None, status=500)
    request(log, "counted", 0.0, input=0, output=0)  # of a count of tokens nothing is paid
    found = report(index, config, log)
    assert told(found) == [
        ("mix", "cheap", "b/small", True, 1, 0.125),
        ("mix", "main", "a/glm-5.3", False, 1, 0.25),
    ]
    assert {part.project for part, _ in found} == {"/home/dev/project"}


def test_what_was_paid_of_an_answer_that_nobody_waited_for_counts(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", 0.25)
    request(log, "gone", 0.5, status=499)
    assert cost(report(index, config, log)) == 0.75


def test_nothing_is_lost_when_the_log_is_begun_anew(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one"), routed(6, "two")])
    request(log, "one", 0.25)
    report(index, config, log)
    log.unlink()
    assert cost(report(index, config, log)) == 0.25
    begin(log)
    request(log, "two", 0.5)
    assert cost(report(index, config, log)) == 0.75


def test_rows_that_were_pruned_stay_in_the_sums(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", 0.25)
    request(log, "beside", 0.5)
    before = told(report(index, config, log))
    with contextlib.closing(sqlite3.connect(log)) as theirs, theirs:
        theirs.execute("DELETE FROM request")
    assert told(report(index, config, log)) == before


def test_of_named_directories_only_their_own_sessions_count(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", 0.25)
    request(log, "title", 0.5)
    request(log, "other", 1.0, session=FORK)
    assert cost(report(index, config, log, is_all=False)) == 0.75


def test_an_answer_without_a_price_says_who_gave_it(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", None)
    ((part, amount),) = report(index, config, log)
    assert (part.served, part.currency, amount.cost) == ("a/glm-5.3", "", 0.0)


def test_of_a_gateway_of_one_provider_the_model_says_enough(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", 0.25, upstream="mix/main")
    ((part, amount),) = report(index, config, log)
    assert (part.served, amount.cost) == ("", 0.25)


def test_two_rows_of_one_name_count_both(index: Path, config: Path, log: Path) -> None:
    """The name of a call is what a program may choose for itself."""
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", 0.25)
    request(log, "one", 0.5)
    assert [row[3:] for row in told(report(index, config, log))] == [(False, 1, 0.25), (True, 1, 0.5)]


def test_a_broken_log_is_no_broken_report(index: Path, config: Path, log: Path) -> None:
    write(config, [marked(0, "mix"), routed(5, "one")])
    log.write_bytes(b"no database at all" * 100)
    assert len(report(index, config, log)) == 1
    log.unlink()
    assert len(report(index, config, log)) == 1
    assert not log.exists()


def test_an_index_of_before_keeps_what_is_in_it(index: Path, config: Path, log: Path) -> None:
    """What the client has deleted since could not be read again."""
    path = write(config, [marked(0, "zai"), answer(5, (100, 10, 0, 0))])
    before = report(index, config, log)
    _as_version_1(index)
    path.unlink()
    found = report(index, config, log)
    assert found == before
    write(config, [marked(0, "mix"), routed(5, "one")])
    request(log, "one", 0.25)
    assert cost(report(index, config, log)) == 0.25


def _as_version_1(index: Path) -> None:
    with contextlib.closing(sqlite3.connect(index)) as connection:
        for column in ("served", "currency", "cost"):
            connection.execute(f"ALTER TABLE sum DROP COLUMN {column}")
        connection.executescript("DROP TABLE routed; DROP TABLE paid; DROP TABLE log; PRAGMA user_version = 1")
    assert "CREATE TABLE routed" in _TABLES
