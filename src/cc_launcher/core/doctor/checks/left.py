"""Sessions that left their profile: they went on under plain claude, as the client's own hint at the end has it."""

from collections.abc import Iterator
from shlex import quote

from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import Finding, Place, found
from cc_launcher.core.text import printable

CODES = ("session-left",)


def check(seen: Examined) -> Iterator[Finding]:
    """Each of them, with the line that takes it back."""
    for left in seen.left:
        what = f"{left.session} began on {left.profile}, and plain claude went on with it"
        there = f"cd {quote(printable(left.directory))} && " if left.directory else ""
        hint = f"{there}cc take-over {left.profile} {left.session}"
        yield found("session-left", what, Place(left.path, left.shown), hint=hint)
