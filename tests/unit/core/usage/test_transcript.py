"""A transcript's lines: which count, as what, and which only look as if they did."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cc_launcher.core.usage import transcript
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.found import Found, Request
from cc_launcher.core.usage.marker import DOUBTFUL
from tests.transcripts import NAME, PROJECT, answer, compacted, marked, milliseconds, summed, text


def read(*lines: dict[str, Any] | str, directory: str = NAME) -> Found:
    found = Found(directory)
    block = "".join(line if isinstance(line, str) else f"{text(line)}\n" for line in lines).encode()
    assert transcript.read(block, found) == block.rfind(b"\n") + 1
    return found


def only(found: Found) -> Request:
    (request,) = found.requests
    return request


def test_a_line_of_an_answer() -> None:
    request = only(read(answer(1, (10, 20, 30, 40))))
    assert request.time == milliseconds(1)
    assert (request.model, request.project, request.agent, request.cut, request.old) == (
        "glm-5.3",
        PROJECT,
        False,
        False,
        False,
    )
    assert request.figures == Figures(10, 20, 30, 0, 0, 40)


def test_it_is_the_same_however_it_is_written() -> None:
    """With blanks, with its keys in another order, with figures in what was said."""
    line = answer(1, (10, 20, 30, 40))
    request = only(read(line))
    assert only(read(f"{json.dumps(line)}\n")) == request
    assert only(read(f"{json.dumps(line, indent=None, sort_keys=True)}\n")) == request
    assert only(read({key: line[key] for key in sorted(line)})) == request
    fake = {"type": "assistant", "message": {"usage": {"input_tokens": 999}}, "usage": {"input_tokens": 999}}
    for said in ({"type": "tool_use", "input": fake}, {"type": "text", "text": text(fake)}):
        quoting = json.loads(text(line))
        quoting["message"]["content"] = [said]
        assert only(read(quoting)) == request


def test_figures_beside_the_message_are_not_its_own() -> None:
    line = answer(1, (10, 20, 30, 40))
    request = only(read(line))
    for key in ("zzz", "aaa"):
        beside = line | {key: {"usage": {"input_tokens": 999}}}
        assert only(read(beside)) == request
        assert only(read(dict(reversed(beside.items())))) == request
        beside["message"].pop("stop_reason", None)
        assert only(read(beside)) == request


def test_only_answers_count() -> None:
    usage = {"input_tokens": 999}
    others = [
        {"type": "user", "message": {"role": "user", "content": "x"}, "toolUseResult": {"usage": usage}},
        {"type": "user", "toolUseResult": {"usage": usage}, "message": {"content": "x", "role": "user"}},
        {"type": "progress", "data": {"message": answer(1, (9, 9, 9, 9))}},
        {"type": "summary", "usage": usage},
        answer(1, (9, 9, 9, 9), message={"model": "<synthetic>"}),
        answer(1, (9, 9, 9, 9), message={"usage": None}),
        {"type": "assistant"},
    ]
    for line in others:
        assert read(line, f"{json.dumps(line)}\n").requests == [], line


def test_the_blocks_of_a_message_have_one_key_and_later_ones_are_not_even_read() -> None:
    blocks = [answer(at, (10, 20, 30, 40), requestRef="r") for at in (1, 1.1, 1.2)]
    assert len(read(*blocks).requests) == 1
    old = [answer(1, (10, output, 0, 0), requestRef=None, requestId="q", message={"id": "m"}) for output in (3, 163)]
    found = read(*old)
    assert len({request.key for request in found.requests}) == 1
    assert [request.figures.output for request in found.requests] == [3, 163]


def test_ids_that_are_always_the_same_do_not_make_two_requests_one() -> None:
    same: dict[str, Any] = {"requestRef": None, "requestId": None, "message": {"id": "msg_1"}}
    found = read(answer(1, (10, 20, 0, 0), **same), answer(2, (11, 20, 0, 0), **same), answer(3, (11, 9, 0, 0), **same))
    assert len({request.key for request in found.requests}) == 2


def test_a_write_without_a_class_is_one_without_a_class() -> None:
    usage = {
        "input_tokens": 1,
        "output_tokens": 2,
        "cache_creation_input_tokens": 899,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 99},
    }
    request = only(read(answer(1, (0, 0, 0, 0), message={"usage": usage})))
    assert request.figures == Figures(1, 2, 0, 99, 800, 0)


@pytest.mark.parametrize("odd", [None, -5, 1.5, "12", True, [1], 10**30, float("nan")])
def test_what_is_no_count_is_none(odd: object) -> None:
    usage = {"input_tokens": odd, "output_tokens": 2}
    assert only(read(answer(1, (0, 0, 0, 0), message={"usage": usage}))).figures.input in {0, 1}


def test_copies_of_a_fork_belong_to_where_they_are_from() -> None:
    found = read(answer(1, (1, 1, 1, 1), session="fork") | {"requestSessionId": "first"})
    assert (only(found).session, only(found).process) == ("first", "fork")
    assert found.parents == {"fork": "first"}


def test_the_name_that_was_asked_for_counts_without_the_clients_suffix() -> None:
    assert only(read(answer(1, (1, 1, 1, 1), model="answered", requestedModel="asked[1m]"))).model == "asked"


def test_an_answer_that_was_cut_off_and_one_of_an_old_client() -> None:
    assert only(read(answer(1, (1, 1, 1, 1), message={"stop_reason": None}))).cut
    old = only(read(answer(1, (1, 1, 1, 1), version="2.0.64", message={"stop_reason": None})))
    assert (old.cut, old.old) == (False, True)


def test_the_project_is_where_the_session_began() -> None:
    assert only(read(answer(1, (1, 1, 1, 1), cwd=f"{PROJECT}/src/deep"))).project == PROJECT
    assert only(read(answer(1, (1, 1, 1, 1), cwd="/elsewhere"))).project == "/elsewhere"


def test_markers_sums_and_compactions() -> None:
    found = read(marked(1, "mine"), summed({"m[1m]": (1, 2, 3, 4)}), compacted(5), json.dumps(marked(6, "b")) + "\n")
    assert [(mark.profile, mark.begins) for mark in found.markers] == [("mine", True), ("b", True)]
    (state,) = found.states
    assert (state.time, state.models) == (milliseconds(1), {"m": Figures(1, 2, 3, 0, 0, 4)})
    assert [one.time for one in found.compactions] == [milliseconds(5)]


def test_two_hooks_of_one_start_that_do_not_agree_are_a_doubt_until_the_next_start() -> None:
    def of(after: float, profile: str, event: str) -> dict[str, Any]:
        line = marked(after, profile)
        line["attachment"]["toolUseID"] = event
        return line

    found = read(of(1, "mine", "a"), of(2, "mine", "a"), of(3, "theirs", "b"), of(4, "mine", "b"), of(5, "mine", "c"))
    assert [mark.profile for mark in found.markers] == ["mine", "mine", "theirs", DOUBTFUL, "mine"]
    assert [mark.begins for mark in found.markers] == [True] * 5


def test_what_cannot_be_read_is_passed_over() -> None:
    deep = '{"type":"cost-state","x":' + "[" * 100_000 + "\n"
    found = read("\n", "no json\n", '{"type":"cost-state"\n', deep, "\x00\n", text(answer(1, (1, 1, 1, 1))) + "\n")
    assert len(found.requests) == 1
    assert found.odd == 2


def test_a_line_that_has_not_ended_is_left_for_later() -> None:
    found = Found(NAME)
    assert transcript.read(text(answer(1, (1, 1, 1, 1))).encode(), found) == 0
    assert found.requests == []


# Answers that did not come to their end


def asked(after: float, **changed: Any) -> dict[str, Any]:
    """The line that the client writes before it asks."""
    made = answer(after, (0, 0, 0, 0))
    about = {"sessionId": made["sessionId"], "id": made["requestRef"], "timestamp": made["timestamp"]}
    return {"type": "api-request", **about, "version": "2.1.332", "params": {"model": "glm-5.3[1m]"}} | changed


def ended(*lines: dict[str, Any]) -> Found:
    found = read(*lines)
    transcript.end(found)
    return found


def notice(after: float, **changed: Any) -> dict[str, Any]:
    """What the client says itself."""
    said = {"model": "<synthetic>", "stop_reason": "stop_sequence"}
    return answer(after, (0, 0, 0, 0), message=said, requestRef=None, **changed)


def test_an_answer_that_broke_off_is_cut_though_the_client_says_that_its_turn_was_over() -> None:
    line = answer(1, (10, 1, 30, 40))
    del line["message"]["stop_details"]
    assert only(read(line)).cut
    assert only(read(dict(reversed(line.items())))).cut
    assert not only(read(line | {"version": "2.1.133"})).cut  # which never tells details
    assert only(read(answer(1, (10, 1, 30, 40), message={"stop_reason": None}))).cut


def test_what_was_asked_last_and_has_no_answer_is_known() -> None:
    assert ended(asked(1), answer(1, (1, 2, 3, 4))).waits is None
    waits = ended(asked(1), answer(1, (1, 2, 3, 4)), asked(2)).waits
    assert waits is not None
    assert (waits.time, waits.model) == (milliseconds(2), "glm-5.3")
    assert waits.key == only(read(answer(2, (1, 2, 3, 4)))).key
    assert ended(asked(1), asked(2), answer(2, (1, 2, 3, 4))).unanswered == []  # asked again after a refusal
    assert ended(asked(1), {"type": "last-prompt"}, summed({})).waits is not None
    assert ended(asked(1, params=None)).waits is None


def test_a_new_process_leaves_behind_what_the_one_before_had_asked() -> None:
    found = ended(asked(1), notice(2), marked(3, "work", why="resume"), asked(4), answer(4, (1, 2, 3, 4)))
    assert [one.time for one in found.unanswered] == [milliseconds(1)]
    assert found.waits is None
    refused = notice(2, isApiErrorMessage=True)
    assert ended(asked(1), refused, marked(3, "work", why="resume")).unanswered == []
