"""What starts sessions that carry no mark of their profile."""

from collections.abc import Iterator
from shlex import quote

from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import Finding, Place, found
from cc_launcher.core.plan import client
from cc_launcher.core.text import printable

CODES = ("usage-wrapper", "usage-project")


def check(seen: Examined) -> Iterator[Finding]:
    """Wrappers and projects from before. A client that would not write it down is another finding."""
    if not client.can(seen.clients.version, client.KEEPS_MARKS):
        return
    for script in seen.search_path.scripts:
        if script.unmarked:
            what = f"{script.name} does not mark its sessions with their profile"
            yield found("usage-wrapper", what, Place(f"{script.directory}/{script.name}", script.shown))
    for use in seen.unmarked:
        what = f"plain claude in {use.shown} does not mark its sessions with {use.profile}"
        words = ["cc", "use", use.profile, *(["--model", use.model] if use.model else [])]
        yield found(
            "usage-project",
            what,
            use.place,
            hint=f"cd {quote(printable(use.directory))} && {' '.join(map(quote, words))}",
        )
