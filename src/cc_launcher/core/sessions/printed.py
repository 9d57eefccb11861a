"""What the client prints of a session that answers once: as JSON, and as the text that it would have been."""

import json
from typing import Any

_WORDS = {  # measured on 2.1.332: what `-p` prints in the place of an answer
    "error_max_turns": ("Error: Reached max turns ({})", "--max-turns"),
    "error_max_budget_usd": ("Error: Exceeded USD budget ({})", "--max-budget-usd"),
    "error_during_execution": ("Execution error", ""),
    "error_max_structured_output_retries": (
        "Error: Failed to provide valid structured output after maximum retries",
        "",
    ),
}


def result_of(content: bytes | bytearray) -> dict[str, Any] | None:
    """The result, of one JSON text: alone, or with --verbose the last of a list."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        dicts = (one for one in reversed(value) if isinstance(one, dict))
        value = next((one for one in dicts if one.get("type") == "result"), None)
    return value if isinstance(value, dict) else None


def text(result: dict[str, Any], given: list[str]) -> bytes | None:
    """What the client would have printed. `given` are its arguments, with the limits; nothing of a strange one."""
    said = result.get("result")
    if not isinstance(said, str):
        words, option = _WORDS.get(str(result.get("subtype")), ("", ""))
        if not words:
            return None
        return words.format(_value(given, option)).encode()  # measured: with no line's end
    return (said if said.endswith("\n") else f"{said}\n").encode("utf-8", "replace")


def _is_result(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") == "result"


def _value(given: list[str], option: str) -> str:
    for index, argument in enumerate(given):
        name, equals, value = argument.partition("=")
        if name == option:
            return value if equals else "".join(given[index + 1 : index + 2])
    return ""
