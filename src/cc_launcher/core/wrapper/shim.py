"""What scripts know of `cc exec`: whose the key in a variable is, and what a variable held before."""

from collections.abc import Iterator

from cc_launcher.core.plan import GIVEN
from cc_launcher.core.profile import variables
from cc_launcher.core.text.quote import sh
from cc_launcher.core.wrapper.way import Way

NAME = "claude"
AGAIN = "`cc exec`"  # what writes it


def not_given(ways: list[Way]) -> Iterator[str]:
    """Take out a key that `cc exec` has put where the user's own would be: it is for another provider, perhaps."""
    read = {name for way in ways for name in way.variables}
    read |= {slot.read[1] for way in ways for slot in way.plan.slots if slot.read[0] == "env"}
    for name in sorted(read & {*variables.CREDENTIALS.names}):
        yield f'case " ${{{GIVEN}-}} " in *" {name} "*) unset {name} ;; esac'


def restored(name: str, ours: str, before: str | None) -> str:
    """The line that gives a variable what it held before `cc exec`, unless somebody has changed it since."""
    given = f"unset {name}" if before is None else f"export {name}={sh(before)}"
    return f'if [ "${{{name}-}}" = {sh(ours)} ]; then {given}; fi'
