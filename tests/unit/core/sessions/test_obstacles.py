"""What of a history would be refused elsewhere: only what would be sent there."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.sessions import obstacles
from cc_launcher.core.sessions.blocks import DOCUMENTS, IMAGES, LENGTH, REDACTED, SEARCHES, THINKING
from cc_launcher.core.sessions.obstacles import Obstacles, Target
from tests.unit.core.sessions.told import (
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

THOUGHT = [user("1", None), assistant("2", "1", thinking()), assistant("3", "2", redacted()), user("4", "3")]
SHOWN = [user("1", None, [text("look"), PICTURE]), result("2", "1", [PICTURE]), user("3", "2", [PAPER])]


def found(*lines: dict[str, Any], model: str = "m", **more: Any) -> Obstacles:
    return obstacles.found(written(*lines), Target(model, **more))


def test_thinking_is_in_the_way_where_the_models_name_is_the_same() -> None:
    assert found(*THOUGHT).refused == (THINKING, REDACTED)
    assert found(*THOUGHT).needs_copy
    assert found(*THOUGHT, model="m[1m]").needs_copy
    assert not found(*THOUGHT, model="other").needs_copy
    assert found(*THOUGHT, model="other").thinking == 2
    assert not found(*THOUGHT, knows_signatures=True).needs_copy


def test_thinking_without_a_signature_is_in_the_way_of_every_other_model() -> None:
    """What a gateway makes of another API's reasoning has none, and the client sends it to all."""
    for unsigned in ({"type": "thinking", "thinking": "hm", "signature": ""}, {"type": "thinking", "thinking": "hm"}):
        lines = [user("1", None), assistant("2", "1", unsigned)]
        assert found(*lines, model="other").refused == (THINKING,)
        own = [marked("0", None, "mine"), *lines]
        assert not found(*own, model="other", profile="mine", host="h").needs_copy


def test_what_counts_is_the_name_that_the_answer_gives_itself() -> None:
    line = assistant("2", "1", thinking(), model="asked")
    line["message"]["model"] = "answered"
    assert not found(user("1", None), line, model="asked").needs_copy
    assert found(user("1", None), line, model="answered").needs_copy
    assert found(user("1", None), line).models == ("asked",)


def marked(uuid: str, parent: str | None, profile: str) -> dict[str, Any]:
    said = f'cc {{"v":1,"profile":"{profile}","provider":"zai","host":"h"}}'
    command = f"printf '%s\\n' '{said}' >&2"
    named = {"hookName": "SessionStart:resume", "command": command, "stderr": said, "stdout": ""}
    return attachment(uuid, parent, type="hook_success", **named)


def test_what_it_has_signed_itself_is_not_in_the_way() -> None:
    own = [marked("0", None, "mine"), *THOUGHT, assistant("5", "4", *SEARCH), marked("6", "5", "other"), user("7", "6")]
    assert found(*own, profile="mine", host="h").refused == ()
    assert found(*own, profile="mine", host="elsewhere").refused == (THINKING, REDACTED, SEARCHES)
    assert found(*own, profile="other", host="h").refused == (THINKING, REDACTED, SEARCHES)
    assert found(*own, assistant("8", "7", thinking()), profile="mine", host="h").refused == (THINKING,)


@pytest.mark.parametrize(
    ("target", "refused", "doubtful"),
    [
        (Target("m", images=False), (IMAGES, DOCUMENTS), ()),
        (Target("m"), (), (IMAGES, DOCUMENTS)),
        (Target("m", images=True), (), ()),
    ],
)
def test_images_are_in_the_way_where_none_are_taken(
    target: Target, refused: tuple[str, ...], doubtful: tuple[str, ...]
) -> None:
    of = obstacles.found(written(*SHOWN), target)
    assert (of.refused, of.doubtful, of.images) == (refused, doubtful, 3)


def test_an_image_of_an_attachment_counts() -> None:
    kept = {"type": "image", "file": {"base64": "iVBORw0K"}}
    lines = [user("1", None), attachment("2", "1", type="file", content=kept)]
    assert found(*lines, images=False).refused == (IMAGES,)


def test_what_a_providers_tools_found_is_in_the_way_of_every_other_one() -> None:
    assert found(assistant("1", None, *SEARCH), model="other").refused == (SEARCHES,)


def test_what_was_before_a_compaction_is_sent_to_nobody() -> None:
    before = [*THOUGHT, user("5", "4", [PICTURE])]
    after = found(*before, boundary("6", "5", postTokens=1_234), user("7", "6"), images=False)
    assert (after.refused, after.compactions, after.tokens) == ((), 1, 1_234)
    kept = boundary("6", "5", preservedMessages={"anchorUuid": "6", "uuids": ["5"], "allUuids": ["4", "5"]})
    assert found(*before, kept, images=False).refused == (IMAGES,)
    kept = boundary("6", "5", preservedSegment={"headUuid": "2", "tailUuid": "5", "anchorUuid": "6"})
    assert found(*before, kept, images=False).refused == (THINKING, REDACTED, IMAGES)


def test_what_a_subagent_said_is_not_in_the_history() -> None:
    assert not found(user("1", None), {**assistant("2", "1", thinking()), "isSidechain": True}).needs_copy


def test_how_much_there_is() -> None:
    task = {"type": "tool_use", "id": "toolu_1", "name": "Agent", "input": {}}
    of = found(
        user("1", None),
        assistant("2", "1", text("a"), task, model="one"),
        result("3", "2", "done"),
        assistant("4", "3", text("b"), model="two", request="r2"),
        assistant("5", "4", text("c"), model="two", request="r2"),
        window=148,
    )
    assert (of.requests, of.models, of.subagents, of.tokens, of.fits) == (2, ("one", "two"), 1, 100, False)
    assert found(assistant("1", None, text("a")), window=149).fits is True
    assert found(assistant("1", None, text("a"))).fits is None


def test_what_the_client_would_compact_for_all_goes_on_in_a_copy() -> None:
    assert found(assistant("1", None, text("a")), window=148).refused == (LENGTH,)
    assert not found(assistant("1", None, text("a")), window=149).needs_copy


def test_the_client_keeps_room_for_an_answer() -> None:
    line = assistant("1", None, text("a"))
    line["message"]["usage"] = {"input_tokens": 967_000}
    assert found(line, window=1_000_000).fits is True
    line["message"]["usage"] = {"input_tokens": 967_001}
    assert found(line, window=1_000_000).fits is False


def test_where_nothing_was_said_nobody_can_go_on() -> None:
    assert found({"type": "mode", "mode": "normal"}).cannot
    assert not found(user("1", None)).cannot


@pytest.mark.parametrize("odd", [b"[]\n", b"null\n", b'{"type":"user","uu\n', b"\xff\xfe\n"])
def test_odd_lines_are_counted_and_passed_over(odd: bytes) -> None:
    of = obstacles.found([odd, *written(*THOUGHT), b"\n"], Target("m"))
    assert (of.odd, of.needs_copy) == (1, True)
