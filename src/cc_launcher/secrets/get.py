"""`cc secret get --reference REF`: what the client calls as its helper. It prints the secret and nothing else.

With `--for PROFILE --host HOST`, as a project's settings have it, only while the secret still belongs to that host.
"""

import os
import sys

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.stores import references
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import programs

USAGE = "cc secret get PROFILE, or cc secret get --reference REFERENCE"


def main(args: list[str]) -> int:
    """Print the secret that a reference names."""
    reveal = "--reveal" in args
    left = [argument for argument in args if argument != "--reveal"]
    bound = len(left) == 6 and (left[2], left[4]) == ("--for", "--host")
    if not (bound or len(left) == 2) or left[0] != "--reference":
        raise CcError(f"usage: {USAGE} [--reveal]", "cc help secret get")
    try:
        reference = references.parse(left[1])
    except references.BadReference as bad:
        raise CcError(f"--reference {bad.reason}", bad.hint) from None
    if not bound:
        return show(reference, reference.store, reference.kept_by.keep(reference.name, "PROFILE"), reveal=reveal)
    from cc_launcher.files import known_hosts  # noqa: PLC0415 - brings what a sealed launch's helper does without

    profile, host = left[3], left[5]
    known_hosts.refuse_other(profile, reference, host)
    return show(reference, profile, reference.kept_by.keep(reference.name, profile), reveal=reveal, alone=True)


def show(reference: references.Reference, whose: str, hint: str, *, reveal: bool, alone: bool = False) -> int:
    """Print a secret to a pipe; to a terminal only when it is to be revealed."""
    if sys.stdout.isatty() and not reveal:
        raise CcError("not shown on a terminal", "add --reveal, or pipe it", code=REFUSED)
    found = secret_reader.value(reference.read(programs.found()), whose, hint, alone=alone)
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), found.encode() + b"\n")  # as UTF-8, whatever the locale
    return 0
