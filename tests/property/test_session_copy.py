"""Whatever tree the lines of a session are: its copy is that tree, without what was refused, and costs nothing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.sessions import blocks, clean, obstacles
from cc_launcher.core.sessions.blocks import DOCUMENTS, IMAGES, REDACTED, SEARCHES, THINKING
from cc_launcher.core.sessions.obstacles import Target
from cc_launcher.core.usage import transcript
from cc_launcher.core.usage.found import Found, Request
from tests.unit.core.sessions import told
from tests.unit.core.sessions.told import NEW, OLD

EVERY = (THINKING, REDACTED, SEARCHES, IMAGES, DOCUMENTS)
ODD = [b"\n", b"{}\n", b"[1]\n", b'{"type":"user","uu\n', b"\xff\n", b'{"type":"cost-state","sessionId":"x"}\n']
BLOCKS = [
    told.thinking(),
    told.redacted(),
    told.text("hi"),
    told.PICTURE,
    told.PAPER,
    *told.SEARCH,
    {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}},
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": [told.PICTURE, told.text("x")]},
    None,
    "thinking",
]
Lines = list[bytes]


@st.composite
def sessions(draw: st.DrawFn) -> Lines:
    """Lines of which each names an earlier one as its parent, itself, a later one, one that is not there, or none."""
    count = draw(st.integers(0, 24))
    names = [f"u{number}" for number in range(count)]
    lines: Lines = []
    for number, name in enumerate(names):
        parent = draw(st.sampled_from([*names[max(number - 3, 0) : number], *names[number : number + 2], None, "gone"]))
        content = draw(st.lists(st.sampled_from(BLOCKS), max_size=3))
        kind = draw(st.sampled_from(["user", "assistant", "assistant", "assistant", "attachment", "boundary"]))
        made: dict[str, Any]
        if kind == "assistant":
            made = told.assistant(name, parent, *content, request=draw(st.sampled_from(["r1", "r2", "r3"])))
        elif kind == "user":
            made = told.user(name, parent, content, toolUseResult=draw(st.sampled_from([told.PICTURE, [told.PICTURE]])))
        elif kind == "attachment":
            made = told.attachment(name, parent, type="queued_command", prompt=[told.PICTURE, told.PAPER])
        else:
            made = _compaction(draw, name, names[:number])
        lines += told.written(made)
        lines += [draw(st.sampled_from(ODD))] if draw(st.integers(0, 5)) == 0 else []
    return lines


def _compaction(draw: st.DrawFn, name: str, before: list[str]) -> dict[str, Any]:
    last = before[-1] if before else None
    kept = before[-draw(st.integers(1, 4)) :]
    if not kept or draw(st.booleans()):
        return told.boundary(name, last)
    segment = {"headUuid": kept[0], "tailUuid": kept[-1], "anchorUuid": name}
    listed = {"anchorUuid": name, "uuids": kept, "allUuids": kept}
    more = {"preservedMessages": listed} if draw(st.booleans()) else {}
    return told.boundary(name, last, preservedSegment=segment, **more)


def copied(lines: Lines, without: tuple[str, ...] = EVERY) -> Lines:
    return list(clean.cleaned(lines, clean.gone(lines, without), without, old=OLD, new=NEW))


def parsed(lines: Lines) -> list[dict[str, Any]]:
    return [line for text in lines if (line := blocks.line(text)) is not None and "uuid" in line]


def requests(*files: Lines) -> list[Request]:
    """What a ledger finds in these files, each request once."""
    found: dict[int, Request] = {}
    for lines in files:
        here = Found()
        transcript.read(b"".join(lines), here)
        for request in here.requests:
            found.setdefault(request.key, request)
    return sorted(found.values())


@given(sessions())
def test_it_is_the_same_tree_without_what_is_gone(lines: Lines) -> None:
    before, after = ({line["uuid"]: line["parentUuid"] for line in parsed(each)} for each in (lines, copied(lines)))
    assert list(after) == [uuid for uuid in before if uuid in after]
    for uuid, parent in after.items():
        # A parent is kept, or none, or was not there before; and it was above before, or kept beside a summary.
        assert parent is None or parent in after or parent not in before
        if parent != before[uuid]:
            above, at = [], before[uuid]
            while at in before and at not in above:
                above.append(at)
                at = before[at]
            summaries = {line["uuid"] for line in parsed(lines) if line.get("subtype") == "compact_boundary"}
            assert parent in {*above, *summaries, None, at}


@given(sessions())
def test_nothing_that_is_refused_is_left(lines: Lines) -> None:
    after = copied(lines)
    assert [kind for line in parsed(after) for kind in blocks.kinds_in(line)] == []
    text = b"".join(after)
    for secret in (b"iVBORw0K", b"JVBERi0x", b"Ep0BCkYICBgC", b"EmwKAhgBEgy3va3pz", b'"Eq"'):
        assert secret not in text
    of = obstacles.found(after, Target("m", images=False))
    assert (of.refused, of.odd) == ((), 0)


@given(sessions())
def test_what_a_compaction_kept_is_there(lines: Lines) -> None:
    after = parsed(copied(lines))
    names = {line["uuid"] for line in after}
    before = {line["uuid"] for line in parsed(lines)}
    for line in after:
        about = line.get("compactMetadata") or {}
        kept = about.get("preservedMessages", {})
        named = [*kept.get("uuids", ()), *kept.get("allUuids", ()), *about.get("preservedSegment", {}).values()]
        assert {uuid for uuid in named if uuid in before} <= names
        assert "uuids" not in kept or kept["uuids"]


@given(sessions())
def test_a_copy_of_the_copy_is_the_copy(lines: Lines) -> None:
    after = copied(lines)
    assert copied(after)[1:] == after[1:]


@given(sessions(), st.sets(st.sampled_from(EVERY)))
def test_what_is_not_refused_is_left_as_it_is(lines: Lines, refused: set[str]) -> None:
    without = tuple(kind for kind in EVERY if kind in refused)
    left = [kind for line in parsed(copied(lines, without)) for kind in blocks.kinds_in(line)]
    there = [kind for line in parsed(lines) for kind in blocks.kinds_in(line)]
    assert left == [kind for kind in there if kind not in refused] or refused & {IMAGES, DOCUMENTS}
    assert not refused & set(left)


@given(sessions())
def test_a_ledger_comes_to_the_same_with_the_copy_there(lines: Lines) -> None:
    before = requests(lines)
    assert requests(lines, copied(lines)) == before
    alone = requests(copied(lines))
    assert {request.key for request in alone} <= {request.key for request in before}
    assert {request.session for request in alone} <= {OLD}


@given(sessions(), st.data())
def test_a_file_that_was_torn_anywhere_is_copied_as_far_as_it_goes(lines: Lines, data: st.DataObject) -> None:
    whole = b"".join(lines)
    torn = whole[: data.draw(st.integers(0, len(whole)))]
    after = copied(torn.splitlines(keepends=True))
    assert all(isinstance(json.loads(line), dict) for line in after)
