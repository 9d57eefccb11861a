"""`cc __otel`: what the client's helper for telemetry calls. It prints the collector's headers, with their secrets.

They are for the host of the profile's collector alone: not for another one that the profile names by now, and not for
one that somebody else's settings send the session to.
"""

import os
import sys

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.profile import variables
from cc_launcher.core.stores import references
from cc_launcher.core.text import urls
from cc_launcher.files import known_hosts  # not `hosts`: an export waits for this, and for no profile to be read
from cc_launcher.secrets import header_values

USAGE = "cc __otel PROFILE HOST [NAME PREFIX USER REFERENCE]…"


def main(args: list[str]) -> int:
    """Print the headers as JSON, for the client."""
    if len(args) < 6 or (len(args) - 2) % 4:
        raise CcError(f"usage: {USAGE}", "cc run calls it by itself, for a profile with [telemetry]")
    if sys.stdout.isatty():
        raise CcError("not shown on a terminal", "only Claude Code reads it, from a pipe", code=REFUSED)
    profile, host, *parts = args
    for name in (*variables.COLLECTORS, "BETA_TRACING_ENDPOINT"):  # the client's own, which its helper inherits
        asked = os.environ.get(name, "")
        if asked and urls.name_of(asked) != host:
            what = f"{profile}: the secret of its telemetry is only for {host}, and {name} names another host"
            raise CcError(what, f"an administrator's settings may do that; cc run {profile} pins it", code=REFUSED)
    for where in parts[3::4]:
        known_hosts.refuse_other(profile, references.parse(where), host)
    header_values.show(parts, "PROFILE --header telemetry.NAME")
    return 0
