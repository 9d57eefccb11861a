"""The calls that came, held against those that were wanted."""

import json
from typing import Any

from cc_launcher.core.probe.difference import difference
from cc_launcher.core.probe.message import Block
from cc_launcher.core.probe.prompts import Body

Called = tuple[str, Body]


def wrong(found: list[Block], wanted: list[Called]) -> str:
    """What is wrong with these calls; nothing when they are what was wanted, in any order."""
    if len(found) != len(wanted):
        return f"{len(found) or 'no'} call{'' if len(found) == 1 else 's'} of {len(wanted)}" + _merged(found)
    left = [(name, json.dumps(given, sort_keys=True)) for name, given in wanted]
    for call in found:
        if call.input is None:
            return f"the arguments of {call.name[:60]} are no JSON: {call.text[:60]}"
        this = (call.name, json.dumps(call.input, sort_keys=True))
        if this in left:
            left.remove(this)
            continue
        expected = next((given for name, given in wanted if name == call.name), None)
        if expected is None:
            return f"{call.name[:60] or 'a tool without a name'} was not asked for"
        if not call.input:
            return "the arguments are empty"
        return difference(expected, call.input) or f"{call.name} is called twice with the same"
    return ""


def _merged(found: list[Block]) -> str:
    broken = [call for call in found if call.input is None]
    return f", with arguments that are no JSON: {broken[0].text[:60]}" if broken else ""


def read_again(given: Any, wanted: Body) -> Any:
    """The arguments, with JSON that came as text read as the client does it: for each alone, and not inside it."""
    if not isinstance(given, dict):
        return given
    return {name: _as_json(value, wanted.get(name)) for name, value in given.items()}


def _as_json(value: Any, wanted: Any) -> Any:
    if not isinstance(value, str) or isinstance(wanted, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
