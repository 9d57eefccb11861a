"""The reports of a probe: bounded, without what is not in the run, and with what a reader needs."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest

from cc_launcher.core.probe import report_html, report_markdown, words
from cc_launcher.core.probe.exchange import NO_CONNECTION, TOO_LONG, Answer, Ask, Exchange, Piece
from cc_launcher.core.probe.outcome import PASSED, Outcome, Run
from cc_launcher.core.probe.report_html import html
from cc_launcher.core.probe.report_markdown import markdown
from tests.report import sample
from tests.unit.conftest import CANARY

REPORTS = {"html": (html, report_html.MOST), "markdown": (markdown, report_markdown.MOST)}
both = pytest.mark.parametrize("report", [report for report, _ in REPORTS.values()], ids=REPORTS)


def only(*evidence: Exchange, check: str = "effort", **changed: object) -> Run:
    """A run of one check that was not passed, with this evidence."""
    one = dataclasses.replace(sample.outcome(check), evidence=evidence, **changed)  # type: ignore[arg-type]
    return sample.run(outcomes=(one,))


def answered(*pieces: bytes, **answer: object) -> Exchange:
    made = tuple(Piece(index / 10, data) for index, data in enumerate(pieces, start=1))
    return Exchange(Ask(), Answer(200, {}, made, 9.0, **answer), "https://h/v1/messages")  # type: ignore[arg-type]


@both
def test_a_report_says_what_was_found_and_what_helps(report: Callable[[Run], str]) -> None:
    text = report(sample.run()).replace("\\", "").replace("&#39;", "'")
    for wanted in (
        *sample.CHECKS,
        "do not use for editing; no thinking",
        "32 passed, 4 degraded, 2 failed, 3 skipped",
        "cc edit zai compat.no-effort=true",
        "Each tool call comes without its arguments",
        "41 checks in 62 s, 60,130 tokens in, 1,138 out, about 3.9 cents",
        "2026-11-14 13:26 UTC",
        "2.1.329",
        "slow-start",
        sample.HOST,
        "+0.600 s",
    ):
        assert wanted in text, wanted


@both
def test_what_is_not_in_the_evidence_cannot_get_in(
    report: Callable[[Run], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The headers of an Ask are as they were wished for; only those that were sent went through the mask.
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", CANARY)
    one = Exchange(Ask(body={"a": 1}, headers={"x-api-key": CANARY}), Answer(200), "https://h/", {"x-api-key": "***"})
    text = report(only(one))
    assert CANARY not in text
    assert "x-api-key: ***" in text


@pytest.mark.parametrize("name", REPORTS)
def test_the_size_of_a_report_is_bounded(name: str) -> None:
    report, most = REPORTS[name]
    nasty = "<&`\x1b\u202e\U0001f600" * 180_000  # more than a megabyte, and each character grows
    huge = Exchange(
        Ask(body={"system": nasty, "tools": [{"a": nasty}] * 500, nasty[:9]: {"x": [nasty] * 90}}),
        Answer(400, {nasty: nasty, "b": nasty}, (Piece(1.0, nasty.encode()),) * 300, 9.0, why=nasty),
        f"https://h/{nasty}",
        {f"x-{n}": nasty for n in range(200)},
    )
    one = dataclasses.replace(
        sample.outcome("effort"), title=nasty, said=nasty, harm=nasty, group=nasty, evidence=(huge,) * 30
    )
    many = tuple(dataclasses.replace(one, check=f"check-{n}") for n in range(45))
    text = report(sample.run(outcomes=many, verdict=nasty, model=nasty))
    assert len(text.encode()) <= most
    assert len(text.encode()) > most / 3  # there was much to say
    assert "left out" in text


@both
def test_long_texts_and_lists_are_shortened_with_a_note_of_how_long_they_were(report: Callable[[Run], str]) -> None:
    body = {"system": "s" * 120_000, "tools": [{"name": f"tool-{n}"} for n in range(300)]}
    text = report(only(Exchange(Ask(body=body), Answer(200), "https://h/")))
    assert "[shortened: 120,000 characters]" in text
    assert "[shortened: 300 in all]" in text
    assert "s" * 500 not in text
    assert all(name in text for name in ("tool-0", "tool-299")) or report is markdown
    assert "tool-150" not in text


@both
def test_of_a_long_stream_the_first_and_the_last_pieces_are_shown(report: Callable[[Run], str]) -> None:
    text = report(only(answered(*(f"data: piece-{n}-\n\n".encode() for n in range(400)))))
    assert "piece-0-" in text
    assert "piece-399-" in text
    assert "piece-200-" not in text
    assert re.search(r"… 345 pieces left out, [\d,]+ bytes, from 4\.100 s to 38\.500 s …", text)


@both
def test_bytes_that_are_no_text_are_seen(report: Callable[[Run], str]) -> None:
    text = report(only(answered(b"data: \xff\x00\x1b[2J\r\n\r\n", "\u202eé".encode())))
    assert r"data: \xff\x00\x1b[2J\x0d" in text
    assert r"\u202eé" in text


@both
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(fault=NO_CONNECTION, why="connection refused", ended=0.1), "no connection: connection refused"),
        (Answer(200, fault=TOO_LONG, ended=2.0), "cut off"),
        (Answer(529, ended=2.0), "HTTP 529"),
    ],
)
def test_an_answer_that_is_not_there_or_not_whole_says_why(
    report: Callable[[Run], str], answer: Answer, said: str
) -> None:
    assert said in report(only(Exchange(Ask(), answer, "https://h/")))


def test_a_body_that_no_json_can_hold_is_no_error() -> None:
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    assert "cannot be shown" in html(only(Exchange(Ask(body={"a": deep}), Answer(200), "https://h/")))


def test_nothing_of_a_page_comes_from_elsewhere_or_runs() -> None:
    page = html(sample.run())
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert re.findall(r"<script|<link|<img|<iframe|url\(|@import|\bon\w+=\"", page.partition("Evidence")[0]) == []
    assert {href[:1] for href in re.findall(r'href="([^"]*)"', page)} == {"#"}


def test_each_link_of_a_page_leads_to_the_evidence_of_its_check() -> None:
    page = html(sample.run())
    ids = re.findall(r'id="(e\d+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#(e\d+)"', page)) == set(ids)


def test_the_evidence_of_what_failed_gets_its_room_first() -> None:
    big = answered(*[b"x" * 2_900] * 50)
    passed = (Outcome(f"check-{n}", "t", "g", PASSED, "fine", evidence=(big,)) for n in range(40))
    failed = dataclasses.replace(sample.outcome("effort"), evidence=(answered(b"the reason"),))
    page = html(sample.run(outcomes=(*passed, failed)))
    assert "the reason" in page
    assert "1 request left out" in page


def test_markdown_calls_nobody_and_links_nowhere() -> None:
    said = "@someone #12 [x](https://e.example) <b> ![i](//e) www.e.example | a_b"
    one = dataclasses.replace(sample.outcome("effort"), said=said, harm="")
    row = next(line for line in markdown(sample.run(outcomes=(one,))).split("\n") if line.startswith("| failed"))
    assert "`@`someone `#`12 \\[x\\](https`://`e.example) \\<b\\> \\!\\[i\\](//e) www`.`e.example \\| a\\_b" in row


def test_the_words_of_a_total() -> None:
    assert words.total(sample.run(whole=False)).startswith("stopped after 41 checks in 62 s")
    assert [words.price(dollars) for dollars in (None, 0, 0.0004, 0.034, 2.5)] == [
        "cost unknown",
        "free",
        "less than 0.1 cents",
        "about 3.4 cents",
        "about 2.50 dollars",
    ]
    assert [words.duration(seconds) for seconds in (0.04, 9.94, 9.96, 42, 600)] == [
        "0.0 s",
        "9.9 s",
        "10 s",
        "42 s",
        "10 min",
    ]
    assert words.when(1e300) == "9999-12-31 23:59 UTC"
