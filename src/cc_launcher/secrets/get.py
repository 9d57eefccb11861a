"""`cc secret get --reference REF`: what the helper of a sealed launch calls. It prints the secret and nothing else."""

import os
import sys

from cc_launcher.core import references
from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.launch import secret

USAGE = "cc secret get --reference REFERENCE"


def main(args: list[str]) -> int:
    """Print the secret that a reference names, to a pipe; to a terminal only with `--reveal`."""
    reveal = "--reveal" in args
    left = [argument for argument in args if argument != "--reveal"]
    if len(left) != 2 or left[0] != "--reference":
        raise CcError(f"usage: {USAGE} [--reveal]", "it is meant for the helper of a sealed launch")
    if sys.stdout.isatty() and not reveal:
        raise CcError("not shown on a terminal", "add --reveal, or pipe it", code=REFUSED)
    try:
        reference = references.parse(left[1])
    except references.BadReference as bad:
        raise CcError(f"--reference {bad.reason}", bad.hint) from None
    found = secret.value(
        references.how_to_read(reference, sys.executable),
        f"{reference.store} secret",
        references.how_to_keep(reference),
    )
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), found.encode() + b"\n")  # as UTF-8, whatever the locale
    return 0
