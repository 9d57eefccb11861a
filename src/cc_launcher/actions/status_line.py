"""Our line in the client's settings: whether it is there, and how it comes out again."""

from cc_launcher.core.errors import CcError
from cc_launcher.core.status import our_command
from cc_launcher.core.text import json_edit
from cc_launcher.files import client_settings

KEY = "statusLine"
BACK, OUT, ABSENT = "your own status line is back", "our status line is out", "our status line is not there"


def is_there() -> bool:
    """Whether the client draws our line."""
    there = False

    def look(text: str) -> str:
        nonlocal there
        there = _command(text) != ""
        return text

    try:
        if client_settings.path().exists():
            client_settings.change(look, dry=True)
    except CcError:
        return False  # what is no JSON starts nothing
    return there


def take_out(*, dry: bool = False) -> tuple[str, bool]:
    """Take it out, and put back what was there before. In words, and whether anything is changed by it."""
    said = ABSENT

    def edited(text: str) -> str:
        nonlocal said
        command = _command(text)
        if not command:
            said = ABSENT
            return text
        theirs = our_command.inside(command)[1]
        said = BACK if theirs else OUT
        return json_edit.put(text, [KEY, "command"], theirs) if theirs else json_edit.drop(text, [KEY])

    changed = client_settings.path().exists() and client_settings.change(edited, dry=dry)
    return said, changed


def _command(text: str) -> str:
    found = json_edit.get(text, [KEY, "command"])
    return found if isinstance(found, str) and our_command.is_ours(found) else ""
