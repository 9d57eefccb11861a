"""A cleaned copy is the tree that it was, without what another provider would refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cc_launcher.core.sessions import clean
from cc_launcher.core.sessions.blocks import DOCUMENTS, IMAGES, REDACTED, SEARCHES, THINKING
from tests.unit.core.sessions.told import (
    NEW,
    OLD,
    PAPER,
    PICTURE,
    SEARCH,
    assistant,
    attachment,
    boundary,
    redacted,
    result,
    text,
    thinking,
    user,
    written,
)

EVERY = (THINKING, REDACTED, SEARCHES, IMAGES, DOCUMENTS)


def made(before: list[bytes], without: tuple[str, ...]) -> list[bytes]:
    return list(clean.cleaned(before, clean.gone(before, without), without, old=OLD, new=NEW))


def copied(*lines: dict[str, Any], without: tuple[str, ...] = EVERY) -> list[dict[str, Any]]:
    """The lines of the copy, without the one that says whose it is."""
    after = made(written(*lines), without)
    said, *found = [json.loads(line) for line in after]
    assert (said["type"], said["from"], said["sessionId"]) == (clean.KEY, OLD, NEW)
    return found


def tree(lines: list[dict[str, Any]]) -> dict[str, str | None]:
    return {line["uuid"]: line["parentUuid"] for line in lines}


def test_a_line_of_thinking_goes_and_its_children_are_its_parents() -> None:
    found = copied(user("1", None), assistant("2", "1", thinking()), assistant("3", "2", text("hi")), user("4", "3"))
    assert tree(found) == {"1": None, "3": "1", "4": "3"}


def test_a_chain_of_them_goes_and_so_does_one_at_the_root() -> None:
    found = copied(
        assistant("0", None, thinking()),
        user("1", "0"),
        assistant("2", "1", redacted()),
        assistant("3", "2", thinking(), redacted()),
        assistant("4", "3", thinking()),
        assistant("5", "4", text("hi")),
        assistant("6", "3", text("beside")),
    )
    assert tree(found) == {"1": None, "5": "1", "6": "1"}


def test_a_circle_of_them_ends() -> None:
    assert copied(assistant("1", "2", thinking()), assistant("2", "1", thinking())) == []


def test_thinking_beside_a_text_goes_alone() -> None:
    (line,) = copied(assistant("1", None, thinking(), text("hi"), redacted()))
    assert line["message"]["content"] == [text("hi")]


def test_every_line_that_names_one_that_is_gone_names_the_one_in_its_place() -> None:
    lines = [user("1", None), assistant("2", "1", thinking()), assistant("3", "2", text("hi")), boundary("4", "2")]
    *_, summary, compacted = copied(*lines[:3], {"type": "summary", "summary": "x", "leafUuid": "2"}, lines[3])
    assert (summary["leafUuid"], compacted["logicalParentUuid"]) == ("1", "1")


KEPT = [
    user("1", None),
    assistant("2", "1", thinking()),
    assistant("3", "2", text("hi")),
    assistant("4", "3", redacted()),
]
SEGMENT = {"headUuid": "2", "tailUuid": "4", "anchorUuid": "6"}


@pytest.mark.parametrize("lists", [True, False], ids=["listed", "only its ends"])
def test_what_a_compaction_kept_beside_its_summary_is_kept_still(lists: Any) -> None:
    more = {"preservedMessages": {"anchorUuid": "6", "uuids": ["2", "3", "4"], "allUuids": ["2", "3", "4"]}}
    compacted = boundary("5", "4", preservedSegment=SEGMENT, **(more if lists else {}))
    found = copied(*KEPT, compacted, user("6", "5"), user("7", "4"))
    assert tree(found) == {"1": None, "3": "1", "5": None, "6": "5", "7": "3"}
    about = found[2]["compactMetadata"]
    assert about["preservedSegment"] == {"headUuid": "3", "tailUuid": "3", "anchorUuid": "6"}
    assert about.get("preservedMessages") in ({"anchorUuid": "6", "uuids": ["3"], "allUuids": ["3"]}, None)


@pytest.mark.parametrize("lists", [True, False], ids=["listed", "only its ends"])
def test_where_nothing_is_left_of_it_the_summary_stands_there(lists: Any) -> None:
    kept = [user("1", None), assistant("2", "1", thinking()), assistant("4", "2", redacted())]
    more = {"preservedMessages": {"anchorUuid": "6", "uuids": ["2", "4"], "allUuids": ["2", "4"]}}
    compacted = boundary("5", "4", preservedSegment=SEGMENT, **(more if lists else {}))
    found = copied(*kept, compacted, user("6", "5"), user("7", "4"))
    assert tree(found) == {"1": None, "5": None, "6": "5", "7": "6"}
    assert found[1]["compactMetadata"] == {}


def test_each_line_is_the_new_sessions_and_a_request_is_still_the_old_ones() -> None:
    grandparent = "33333333-3333-4333-8333-333333333333"
    lines = [user("1", None), assistant("2", "1", text("a"), requestSessionId=grandparent)]
    first, second, third = copied(*lines, assistant("3", "2", text("b"), request="r2"))
    assert {line["sessionId"] for line in (first, second, third)} == {NEW}
    assert "requestSessionId" not in first
    assert (second["requestSessionId"], third["requestSessionId"]) == (grandparent, OLD)
    assert (third["requestId"], third["requestRef"]) == ("req_r2", "r2")


def test_an_image_is_a_text_wherever_it_stands_and_what_the_tool_gave_goes() -> None:
    kept = {"type": "image", "file": {"base64": "iVBORw0K", "type": "image/png"}}
    lines = copied(
        user("1", None, [text("look"), PICTURE, PAPER]),
        result("2", "1", [PICTURE], toolUseResult=kept),
        result("3", "2", [text("x"), PICTURE], toolUseResult=[text("x"), PICTURE]),
        attachment("4", "3", type="queued_command", prompt=[PICTURE]),
        attachment("5", "4", type="file", filename="x.png", content=kept),
    )
    assert "base64" not in json.dumps(lines)
    assert [line["uuid"] for line in lines] == ["1", "2", "3", "4", "5"]
    assert [block["type"] for block in lines[0]["message"]["content"]] == ["text"] * 3
    (told,) = lines[1]["message"]["content"]
    assert (told["tool_use_id"], told["content"][0]["type"]) == ("toolu_1", "text")
    assert "toolUseResult" not in lines[1]
    assert lines[4]["attachment"]["content"]["type"] == "text"


def test_what_is_not_refused_stays() -> None:
    lines = [
        user("1", None, [text("look"), PICTURE]),
        assistant("2", "1", thinking(), requestSessionId=OLD),
        attachment("3", "2", type="thinking_stripped", scope="all"),
        assistant("4", "3", *SEARCH, requestSessionId=OLD),
        result("5", "4", [PICTURE], toolUseResult=[PICTURE]),
    ]
    for was, line in zip(lines, copied(*lines, without=()), strict=True):
        assert line == {**was, "sessionId": NEW}


def test_what_the_providers_own_tools_found_is_told_in_words() -> None:
    cited = {"type": "text", "text": "see", "citations": [{"encrypted_index": "Eo8"}]}
    (line,) = copied(assistant("1", None, *SEARCH, cited))
    content = line["message"]["content"]
    assert [block["type"] for block in content] == ["text"] * 3
    assert "cats" in content[0]["text"]
    assert "https://c.example/" in content[1]["text"]
    assert content[2] == text("see")
    assert "encrypted" not in json.dumps(line)


@pytest.mark.parametrize(
    "kind",
    ["api-request", "cost-state", "last-prompt", "file-history-snapshot", "bridge-session", "new", clean.KEY, None],
)
def test_what_is_of_the_original_alone_is_not_copied(kind: str | None) -> None:
    assert copied(user("1", None), {"type": kind, "sessionId": OLD}) == copied(user("1", None))


def test_its_name_and_its_mode_are_copied() -> None:
    named = {"type": "custom-title", "customTitle": "mine", "sessionId": OLD}
    assert copied(named) == [{**named, "sessionId": NEW}]


@pytest.mark.parametrize("odd", [b"\n", b"[]\n", b"null\n", b'{"type":"user","uu\n', b"\xff\xfe\n", b'{"a":' * 9_999])
def test_what_is_no_line_is_not_copied(odd: bytes) -> None:
    before = [odd, *written(user("1", None)), odd]
    after = made(before, EVERY)
    assert [json.loads(line).get("uuid") for line in after] == [None, "1"]


@pytest.mark.parametrize(
    "content", [None, "thinking", [], [None], ["thinking"], [{"type": None}], [{"type": ["x"]}], 7]
)
def test_odd_content_stays_as_it_is(content: Any) -> None:
    line = assistant("1", None)
    line["message"]["content"] = content
    assert copied(line)[0]["message"]["content"] == content


def test_half_of_a_character_stays_one() -> None:
    before = [b'{"type":"user","uuid":"1","message":{"content":"\\ud83d"},"sessionId":"x"}\n']
    after = made(before, EVERY)
    assert json.loads(after[1])["message"]["content"] == "\ud83d"
    assert b"\\ud83d" in after[1]
