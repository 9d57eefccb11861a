"""What `-p` prints, out of its JSON."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.sessions import printed


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (b'{"type":"result","result":"a"}', {"type": "result", "result": "a"}),
        (b'[{"type":"system"},{"type":"result","result":"b"},7]', {"type": "result", "result": "b"}),
        (b"[]", None),
        (b"Error: no", None),
        (b"", None),
    ],
)
def test_the_result_is_found(content: bytes, result: dict[str, Any] | None) -> None:
    assert printed.result_of(content) == result


@pytest.mark.parametrize(
    ("result", "given", "text"),
    [
        ({"result": "hello"}, [], b"hello\n"),
        ({"result": "hello\n"}, [], b"hello\n"),
        ({"subtype": "error_max_turns"}, ["-p", "--max-turns", "3"], b"Error: Reached max turns (3)"),
        ({"subtype": "error_max_budget_usd"}, ["--max-budget-usd=0.5"], b"Error: Exceeded USD budget (0.5)"),
        ({"subtype": "error_during_execution"}, [], b"Execution error"),
        ({"subtype": "error_of_tomorrow"}, [], None),
    ],
)
def test_the_text_is_what_the_client_prints(result: dict[str, Any], given: list[str], text: bytes | None) -> None:
    assert printed.text(result, given) == text
