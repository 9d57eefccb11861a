"""A session of one provider that goes on at another, by `--resume` alone: what the client sends, and what fails.

What cc makes of that (`cc take-over`, cleaned copies) has its own tests. These hold what it is built on.
"""

from __future__ import annotations

import pytest

from tests.client.levers import ALLOWED, CLIENTS, NEW, Pair, held, refusing, signature, thoughtful, worked
from tests.fakes.fake_provider import Block, Body, Request, call, say

TEXT = {"command", "answer of a"}


@pytest.fixture
def pair(pair: Pair) -> Pair:
    pair.go_on_past_cc()
    return pair


GOES_ON = "and now?"


@CLIENTS
def test_other_names_of_models_leave_foreign_thinking_out_by_themselves(pair: Pair) -> None:
    session = worked(pair)

    there = pair.asked("b", GOES_ON, "--resume", session)

    assert (there["returncode"], there["session_id"], there["result"]) == (0, session, "b answers")
    assert [held(request) for request in pair.b.messages] == [{"image", *TEXT}]
    assert pair.a.messages == []
    told = "powered by the model model-b" in str(pair.b.messages[0].body["messages"])
    assert told is (pair.stage.version == NEW)  # the current client tells the model that it is another one
    pair.check_secrets()
    pair.forget()
    back = pair.asked("a", GOES_ON, "--resume", session)
    assert (back["returncode"], back["session_id"]) == (0, session)
    assert [held(request) for request in pair.a.messages] == [{"thinking of a", "image", *TEXT, "answer of b"}]
    pair.forget()
    again = pair.asked("b", GOES_ON, "--continue")
    assert (again["returncode"], again["session_id"]) == (0, session)
    assert [held(request) for request in pair.b.messages] == [{"thinking of b", "image", *TEXT, "answer of b"}]
    pair.check_secrets()


FOREIGN = "messages.1.content.0: Invalid `signature` in `thinking` block"  # claude-code#71111


def refuses_foreign_signatures(pair: Pair, words: str = FOREIGN) -> None:
    pair.b.also = refusing(400, words, lambda request: signature("a") in request.raw.decode())


@CLIENTS
def test_the_same_name_has_it_sent_refused_and_left_out(pair: Pair) -> None:
    pair.models("same", "same")
    session = worked(pair)
    refuses_foreign_signatures(pair)

    there = pair.asked("b", GOES_ON, "--resume", session)

    assert (there["returncode"], there["result"]) == (0, "b answers")
    assert [held(request) for request in pair.b.messages] == [{"thinking of a", "image", *TEXT}, {"image", *TEXT}]
    pair.forget()
    pair.asked("b", GOES_ON, "--resume", session)
    # The current client remembers what was refused. The older one tries again at each resume.
    asks = [{"thinking of b", "image", *TEXT, "answer of b"}]
    if pair.stage.version != NEW:
        asks = [asks[0] | {"thinking of a"}, asks[0] - {"thinking of b"}]
    assert [held(request) for request in pair.b.messages] == asks
    pair.forget()
    back = pair.asked("a", GOES_ON, "--resume", session)
    assert back["returncode"] == 0
    assert "thinking of b" in held(pair.a.messages[0])  # which a real one would refuse: there it costs a request, too


@CLIENTS
def test_neither_a_fork_nor_thinking_turned_off_takes_it_out(pair: Pair) -> None:
    pair.models("same", "same")
    session = worked(pair)

    fork = pair.asked("a", GOES_ON, "--resume", session, "--fork-session")
    pair.forget()
    pair.asked("b", GOES_ON, "--resume", fork["session_id"])
    assert fork["session_id"] != session
    assert "thinking of a" in held(pair.b.messages[0])
    pair.forget()
    off = pair.asked("b", GOES_ON, "--resume", session, options=("--env", "CLAUDE_CODE_DISABLE_THINKING=1"))
    assert off["returncode"] == 0
    assert "thinking" not in pair.b.messages[0].body
    assert "thinking of a" in held(pair.b.messages[0])


@CLIENTS
def test_compacted_on_a_first_it_is_a_summary_and_the_last_answer_as_it_was(pair: Pair) -> None:
    """So with models of one name, the thinking of that answer goes along: compacting helps only with the length."""
    pair.models("same", "same")
    session = worked(pair)
    pair.a.script = lambda _: [say("<summary>what was done</summary>")]

    compacted = pair.run("a", "--resume", session, "-p", "/compact")

    assert compacted.returncode == 0, compacted
    assert len(pair.a.messages) == 1
    pair.forget()
    there = pair.asked("b", GOES_ON, "--resume", session)
    assert there["returncode"] == 0
    (request,) = pair.b.messages
    assert held(request) == {"thinking of a", "answer of a"}
    assert "what was done" in str(request.body["messages"])


# The words of a refusal. Of each: the status, the words, and whether the client goes on without what was refused.

OF_SIGNATURES = (
    (400, FOREIGN, True),
    (
        400,
        "***.***.content.0: Invalid `signature` in `thinking` block",
        True,
    ),  # Bedrock behind a gateway: opencode#15074
    (400, "Invalid signature in thinking block", True),  # cc-switch#991
    (400, "messages.1.content.0.thinking.signature: Field required", True),
    (400, "thinking signature verification failed", False),  # invented: any words that it does not know
)
OF_IMAGES = (
    (
        400,
        "messages.5.content.0.image.source.base64.data: Image format image/png not supported",
        True,
    ),  # claude-code#55767
    (400, "Could not process image", True),  # claude-code#50693
    (400, "This model does not support image input", False),
    (400, "image_url is only supported by certain models", False),
    (400, "unknown variant `image_url`, expected `text`", False),  # DeepSeek: cc-switch#3663
    (404, "No endpoints found that support image input", False),  # OpenRouter
)


def is_shown(what: str, request: Request) -> bool:
    return what in held(request)


@CLIENTS
@pytest.mark.parametrize(
    ("what", "status", "words", "recovers"),
    [
        pytest.param(what, *row, marks=pytest.mark.alike(f"{what}, {row[-1]}"))
        for what, rows in (("thinking of a", OF_SIGNATURES), ("image", OF_IMAGES))
        for row in rows
    ],
)
def test_words_that_the_client_recovers_from_and_others(
    pair: Pair, what: str, status: int, words: str, *, recovers: bool
) -> None:
    pair.models("same", "same")
    session = worked(pair)
    pair.b.also = refusing(status, words, lambda request: is_shown(what, request))

    there = pair.asked("b", GOES_ON, "--resume", session)

    tried = len(pair.b.messages)
    pair.forget()
    later = pair.asked("b", GOES_ON, "--resume", session)
    if recovers:
        assert (there["returncode"], there["result"], tried) == (0, "b answers", 2)
        assert later["returncode"] == 0
        return
    # What was refused stays in the history: each later turn fails, too.
    assert [(one["returncode"], one["is_error"], one["terminal_reason"]) for one in (there, later)] == [
        (1, True, "api_error")
    ] * 2
    new = 6 if pair.stage.version == NEW else 1  # the current one tries without this and that
    assert tried == (2 if status == 404 else new)


@CLIENTS
def test_a_provider_that_wants_thinking_back_refuses_what_another_one_did(pair: Pair) -> None:
    """DeepSeek's words (9router#2397, and many more): the tool calls of others come without any."""
    wanted = "The `content[].thinking` in the thinking mode must be passed back to the API."

    def lacks_thinking(request: Request) -> bool:
        calls = [
            message["content"]
            for message in request.body["messages"]
            if message["role"] == "assistant" and any(block["type"] == "tool_use" for block in message["content"])
        ]
        return "thinking" in request.body and any(
            all(block["type"] != "thinking" for block in content) for content in calls
        )

    session = worked(pair)
    pair.b.also = refusing(400, wanted, lacks_thinking)
    there = pair.asked("b", GOES_ON, "--resume", session)
    assert (there["returncode"], wanted in there["result"]) == (1, True)
    pair.forget()
    off = pair.asked("b", GOES_ON, "--resume", session, options=("--env", "CLAUDE_CODE_DISABLE_THINKING=1"))
    assert (off["returncode"], off["result"], len(pair.b.messages)) == (0, "b answers", 1)


# A smaller window

WINDOW = 64_000
FILES, LETTERS = 6, 68_000  # some 100,000 tokens


def requests_there(pair: Pair) -> list[tuple[str, bool]]:
    """What B was asked for, and whether that was too long for it."""
    return [
        ("compaction" if "<summary>" in str(request.body["messages"][-2:]) else "answer", is_too_long(request))
        for request in pair.b.messages
    ]


def is_too_long(request: Request) -> bool:
    return len(request.raw) // 4 > WINDOW


@CLIENTS
@pytest.mark.parametrize("declared", [True, False])
def test_a_history_that_is_too_long_is_compacted_there_and_that_is_paid_there(pair: Pair, *, declared: bool) -> None:
    files = [pair.stage.work / f"part{number}.txt" for number in range(FILES)]
    for file in files:
        file.write_text(f"line of {file.name}\n" * (LETTERS // 18))
    pair.a.script = thoughtful("a", *(call("Read", file_path=str(file)) for file in files))
    first = pair.asked("a", "read all parts", *ALLOWED)
    assert is_too_long(pair.a.messages[-1])
    pair.profile("b", "model-b", tables=f'[models."model-b"]\ncontext = {WINDOW}\n' if declared else "")
    pair.b.script = summarizes
    words = f"prompt is too long: 102000 tokens > {WINDOW} maximum"
    pair.b.also = refusing(400, words, is_too_long)

    there = pair.asked("b", GOES_ON, "--resume", first["session_id"])

    asked = requests_there(pair)
    # A window that is known spares the request that is sure to be refused; not what compacting costs.
    assert asked[0] == ("compaction" if declared else "answer", True)
    assert [what for what, _ in asked].count("compaction") > 1
    if pair.stage.version == NEW:
        assert (there["returncode"], there["result"], asked[-1]) == (0, "b answers", ("answer", False))
    else:  # after compacting it sends the files again that were read, which are too long by themselves
        assert (there["returncode"], there["result"]) == (1, "Prompt is too long")


def summarizes(body: Body) -> list[Block]:
    return [say("<summary>in short</summary>" if "<summary>" in str(body["messages"][-2:]) else "b answers")]
