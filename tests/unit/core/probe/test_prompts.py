"""What a probe says to a model."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

import pytest

from cc_launcher.core.probe import prompts
from cc_launcher.core.probe.prompts import Body, filler
from tests.fakes import fake_model

TOOLS = {tool["name"]: tool for tool in (prompts.WEATHER, prompts.NOTE, prompts.LOOK_UP, prompts.EDIT, prompts.PLAN)}
CALLS = [prompts.ONE_CALL, prompts.LONG_CALL, *prompts.SEVERAL_CALLS, prompts.NESTED_CALL, prompts.EDIT_CALL]
TYPES: dict[str, Any] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None), "array": list,
    "object": dict,
}  # fmt: skip


@pytest.mark.parametrize("tokens", [100, 600, 4_000, 30_000, 200_000])
def test_the_filler_is_about_as_long_as_it_says(tokens: int) -> None:
    text = filler(tokens)
    assert 0.7 * tokens < len(text) / 4 < 1.4 * tokens
    assert text == filler(tokens)


def test_the_filler_does_not_repeat_a_line() -> None:
    lines = filler(30_000).splitlines()
    assert len({*lines}) == len(lines)
    assert max(map(len, lines)) < 200


@pytest.mark.parametrize("tokens", [-5, 0, 1])
def test_of_nothing_there_is_an_end_of_a_line(tokens: int) -> None:
    assert filler(tokens).endswith("\n")
    assert len(filler(tokens)) < 200


def test_the_filler_does_not_hold_what_is_looked_for() -> None:
    assert not any(word in filler(30_000) for word in (prompts.CODE, prompts.PONG, prompts.RESULT))


def errors(schema: Body, value: Any) -> list[str]:
    """What of the value the schema does not allow: as much of JSON Schema as the tools use, and no more."""
    assert {*schema} <= {"type", "properties", "required", "additionalProperties", "items"}, schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, TYPES[kind]) and (isinstance(value, bool) <= (kind == "boolean")) for kind in kinds):
        return [f"{value!r} is no {kinds}"]
    if isinstance(value, list):
        return [error for held in value for error in errors(schema["items"], held)]
    if not isinstance(value, dict):
        return []
    assert {*schema["required"]} <= {*schema["properties"]}
    missing = [key for key in schema["required"] if key not in value]
    known = schema["properties"]
    return missing + [error for key, held in value.items() for error in errors(known.get(key, {"type": []}), held)]


@pytest.mark.parametrize(("name", "given"), CALLS)
def test_each_call_is_one_that_its_tool_takes(name: str, given: Body) -> None:
    schema = TOOLS[name]["input_schema"]
    assert schema["type"] == "object"
    assert errors(schema, given) == []
    assert errors(schema, {}) != []
    assert errors(schema, {**given, "other": 1}) != []


def test_a_model_can_read_the_calls_out_of_the_prompt() -> None:
    body = {"max_tokens": 4000, "tools": [*TOOLS.values()], "messages": [prompts.user(prompts.calls(CALLS))]}
    assert [*fake_model.answer(body).calls] == CALLS


def test_an_edit_has_what_breaks_edits() -> None:
    text = json.dumps(prompts.EDIT_CALL[1], ensure_ascii=False)
    for wanted in ("\\t", "\\n\\n", "\\\\", '\\"', "'", "“", "ß", "ï", "🦉", "$", "<b>", "&", "    "):
        assert wanted in text, wanted


def test_the_picture_is_a_red_square() -> None:
    data = base64.b64decode(prompts.PICTURE, validate=True)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(data):
        [size] = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.pack(">I", zlib.crc32(kind + content)) == data[at + 8 + size : at + 12 + size]
        chunks[kind] = content
        at += 12 + size
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (width, height, depth, colours) == (32, 32, 8, 2)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == height * (1 + 3 * width)
    for row in range(height):
        line = rows[row * (1 + 3 * width) :][: 1 + 3 * width]
        assert line[0] == 0  # no filter
        assert all(r > 180 and g < 60 and b < 60 for r, g, b in zip(line[1::3], line[2::3], line[3::3], strict=True))
