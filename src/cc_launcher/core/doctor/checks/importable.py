"""What other tools have on this machine, and is no profile yet."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import Finding, found

CODES = ("profile-import",)
_MOST = 6


def check(seen: Examined) -> Iterator[Finding]:
    """All of it in one line."""
    if not seen.to_import:
        return
    names = [f"{name} ({tool})" for name, tool in seen.to_import]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    yield found("profile-import", f"cc import would bring {', '.join(names[:_MOST])}{more}")
