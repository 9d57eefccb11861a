"""Transcripts of any kind, read in any number of steps: what they come to is what was put into them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.usage import transcript
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.found import Found
from tests.transcripts import FORK, SESSION, answer, by, compacted, four, marked, read_up, requests, summed, text, write

COUNTS = st.integers(0, 10_000)
FIGURES = st.tuples(COUNTS, COUNTS, COUNTS, COUNTS)
MODELS = st.sampled_from(["glm-5.3", "kimi-k3"])
SAID = st.text(max_size=40)


@st.composite
def blocks(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Some requests: figures, model, how many lines they have, whether their client calls them by name."""
    one = st.tuples(FIGURES, MODELS, st.integers(1, 4), st.booleans(), SAID, st.sampled_from(["", "user", "compact"]))
    return draw(st.lists(one, max_size=8))


def lines_of(requests_: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    lines = [marked(0, "mine")]
    for number, (figures, model, count, named, said, then) in enumerate(requests_):
        for block in range(count):
            line = answer(number + 1, figures, model=model) | ({} if named else {"requestRef": None})
            content = {"type": "text", "text": said}
            if block:
                content = {
                    "type": "tool_use",
                    "id": "t",
                    "name": "x",
                    "input": {"usage": {"input_tokens": 7}, "x": said},
                }
            line["message"] = line["message"] | {"content": [content]}
            if not named:
                del line["requestRef"]
            lines.append(line)
        if then == "user":
            lines.append({"type": "user", "message": {"role": "user", "content": said}, "sessionId": SESSION})
        elif then == "compact":
            lines.append(compacted(number + 1.5))
    return lines


def expected(requests_: list[tuple[Any, ...]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for figures, model, *_ in requests_:
        found[model] = [a + b for a, b in zip(found.get(model, [0] * 4), figures, strict=True)]
    return found


@settings(max_examples=60, deadline=None)
@given(blocks(), st.lists(st.integers(1, 4_000), max_size=12), st.booleans())
def test_in_any_steps_it_comes_to_what_was_put_in(
    made: list[tuple[Any, ...]],
    steps: list[int],
    forked: bool,  # noqa: FBT001 - drawn
) -> None:
    lines = lines_of(made)
    content = "".join(f"{text(line)}\n" for line in lines).encode()
    with tempfile.TemporaryDirectory() as root:
        index, config = Path(root) / "usage" / "i.sqlite3", Path(root) / "client"
        path = write(config, [])
        at = 0
        for step in [*steps, len(content)]:
            with path.open("ab") as file:
                file.write(content[at : at + step])
            at += step
            read_up(index, config)
        if forked:
            copies = [line | {"sessionId": FORK} for line in lines]
            copies = [line | {"requestSessionId": SESSION} if line["type"] == "assistant" else line for line in copies]
            write(config, copies, FORK)
        parts = read_up(index, config)
        assert by(parts, "model") == expected(made)
        assert requests(parts) == len(made)
        assert parts == read_up(Path(root) / "scratch.sqlite3", config)


@settings(max_examples=60, deadline=None)
@given(FIGURES, FIGURES, FIGURES)
def test_what_is_hidden_is_what_the_sum_has_beyond_the_lines(first: Any, second: Any, beyond: Any) -> None:
    total: Any = tuple(sum(each) for each in zip(first, second, beyond, strict=True))
    with tempfile.TemporaryDirectory() as root:
        lines = [marked(0, "mine"), answer(1, first), answer(2, second), summed({"glm-5.3": total})]
        write(Path(root) / "client", lines)
        parts = read_up(Path(root) / "i.sqlite3", Path(root) / "client")
        assert by(parts, "model").get("glm-5.3", [0] * 4) == list(total)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600), st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_are_a_fault(start: bytes, pieces: list[bytes]) -> None:
    good = text(answer(1, (1, 2, 3, 4))).encode()
    block = start + b"\n" + b"\n".join([good[: len(piece) * 9] + piece for piece in pieces] + [good]) + b"\n"
    found = Found("")
    assert transcript.read(block, found) == len(block)
    assert four(found.requests[-1].figures) == [1, 2, 3, 4]


@settings(max_examples=200, deadline=None)
@given(*[st.builds(Figures, *[COUNTS] * 7)] * 2)
def test_less_and_more_are_each_others_opposite(one: Figures, other: Figures) -> None:
    assert four(one.plus(other).beyond(other)) == four(one)
    assert min(one.beyond(other)) >= 0
    assert one.largest(other).beyond(one).plus(one).input == max(one.input, other.input)
