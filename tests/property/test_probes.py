"""Whatever a probe has found, and whatever is in it, it can be kept, reported and compared."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.probe import compare, record
from cc_launcher.core.probe.outcome import Run
from cc_launcher.core.probe.report_html import html
from cc_launcher.core.probe.report_markdown import markdown
from cc_launcher.core.text import has_control
from tests.property.probes import RUNS, TEXTS

few = settings(max_examples=40)  # each builds a whole probe
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)
PAGE_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "details", "summary"),
    *("h1", "h2", "h3", "h4", "p", "b", "a", "br", "small", "span", "code", "pre", "ul", "li", "dl", "dt", "dd", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@few
@given(RUNS)
def test_what_is_kept_comes_back(run: Run) -> None:
    text = record.encode(run)
    assert "\n" not in text
    assert text.isascii()
    assert record.decode(text) == record.kept(run)


@given(JSON)
def test_a_file_that_somebody_else_has_written_is_no_error(value: object) -> None:
    assert record.decode(json.dumps(value)) is None


@few
@given(RUNS, st.data())
def test_a_record_with_one_thing_changed_is_a_run_or_none(run: Run, data: st.DataObject) -> None:
    whole = json.loads(record.encode(run))
    key = data.draw(st.sampled_from(sorted(whole)))
    whole[key] = data.draw(JSON)
    found = record.decode(json.dumps(whole))
    assert found is None or record.decode(record.encode(found)) == found


@few
@given(RUNS)
def test_a_record_that_was_cut_off_is_none(run: Run) -> None:
    text = record.encode(run)
    assert all(record.decode(text[:length]) is None for length in range(0, len(text), max(1, len(text) // 20)))


class Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            assert self.open.pop() == tag


@few
@given(RUNS)
def test_nothing_in_a_page_is_markup_but_our_own(run: Run) -> None:
    page = html(run)
    seen = Tags(page)
    assert seen.tags <= PAGE_TAGS
    assert seen.attributes <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "scope",
        "colspan",
        "id",
        "href",
    }
    assert seen.open == []
    assert not has_control(page.replace("\n", ""))


@few
@given(RUNS)
def test_markdown_is_harmless_to_a_terminal_and_every_fence_is_closed_by_its_own(run: Run) -> None:
    text = markdown(run)
    assert not has_control(text.replace("\n", ""))
    fence = ""
    for line in text.split("\n"):
        if fence:
            fence = "" if line == fence else fence
            assert not line or line[0] != "`" or not fence or len(line) - len(line.lstrip("`")) < len(fence)
        elif line.startswith("```"):
            fence = line.removesuffix("text")
    assert fence == ""


@few
@given(RUNS)
def test_a_run_is_the_same_as_itself(run: Run) -> None:
    compared = compare.compare(run, run)
    assert {row.change for row in compared.rows} <= {compare.SAME}
    assert compared.said.startswith("the same as on " if run.outcomes else "nothing to compare")
    assert not compared.worse
    assert [note for note in compared.notes if note.startswith("not the same")] == []


@few
@given(RUNS, RUNS)
def test_what_got_worse_one_way_got_better_the_other_way(then: Run, now: Run) -> None:
    opposite = {
        compare.WORSE: compare.BETTER,
        compare.BETTER: compare.WORSE,
        compare.NEW: compare.GONE,
        compare.GONE: compare.NEW,
    }
    there = {row.check: row.change for row in compare.compare(then, now).rows}
    back = {row.check: row.change for row in compare.compare(now, then).rows}
    assert back == {check: opposite.get(change, change) for check, change in there.items()}
