"""The mark of a launch in its own transcript: which profile a session runs on, and where it begins anew."""

import json
from typing import Any, NamedTuple

from cc_launcher.core.plan.session_mark import KEY
from cc_launcher.core.text import has_control, names

# Of these a process begins; after `clear` and `compact` it is the same one.
_BEGINS = frozenset({"startup", "resume", "fork"})
_LONGEST = 256
# Where the hooks of one start name several: one of them is not ours, and nobody can say which. No profile is called so.
DOUBTFUL = "not attributed"


class Marker(NamedTuple):
    """A hook's line in a transcript. Without a profile it says only that a process began."""

    time: int  # milliseconds since 1970
    session: str
    profile: str
    provider: str
    host: str
    begins: bool


def read(time: int, session: str, attachment: dict[str, Any]) -> Marker | None:
    """The marker that a `hook_success` is, if it is one."""
    name = attachment.get("hookName")
    event, _, reason = name.partition(":") if isinstance(name, str) else ("", "", "")
    begins = event == "SessionStart" and reason in _BEGINS
    said = _said(attachment)
    profile = said.get("profile")
    if not isinstance(profile, str) or not names.is_profile(profile):
        return Marker(time, session, "", "", "", begins) if begins else None
    return Marker(time, session, profile, _text(said.get("provider")), _text(said.get("host")), begins)


def event_of(attachment: dict[str, Any]) -> str:
    """What all hooks that ran for the same reason have in common."""
    event = attachment.get("toolUseID")
    return event if isinstance(event, str) else ""


def together(before: Marker, after: Marker) -> Marker:
    """What two hooks of one event say."""
    return after if before[2:5] == after[2:5] else after._replace(profile=DOUBTFUL, provider="", host="")


def _said(attachment: dict[str, Any]) -> dict[str, Any]:
    errors, output = attachment.get("stderr"), attachment.get("stdout")
    for text in errors.splitlines() if isinstance(errors, str) else ():
        if text.startswith(f"{KEY} {{"):
            said = _object(text[len(KEY) + 1 :])
            if "v" in said and _is_constant(text, attachment):
                return said
    if isinstance(output, str) and f'"{KEY}"' in output:
        for text in (output, *output.splitlines()):
            inside = _object(text).get(KEY)
            if isinstance(inside, dict) and "v" in inside and _is_constant(text, attachment):
                return inside
    return {}


def _is_constant(text: str, attachment: dict[str, Any]) -> bool:
    """Whether the command is to print this very text, and does not only hand on what it found in some file."""
    command = attachment.get("command")
    return not isinstance(command, str) or text.strip() in command


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST and not has_control(value) else ""
