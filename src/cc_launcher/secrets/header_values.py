"""Headers whose values are secrets, as JSON: what the client's helpers print for it, and for nobody else."""

import binascii
import json
import os
import sys

from cc_launcher.core.errors import CcError
from cc_launcher.core.stores import references
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import programs


def show(parts: list[str], kept: str) -> None:
    """Print them. Of each: its name, what stands before the secret, a user for HTTP Basic, and where it is kept."""
    found = {}
    for name, prefix, user, where in zip(*(iter(parts),) * 4, strict=True):
        value = secret(where, kept)
        basic = binascii.b2a_base64(f"{user}:{value}".encode(), newline=False).decode()
        found[name] = f"Basic {basic}" if user else prefix + value
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), json.dumps(found).encode() + b"\n")


def secret(where: str, kept: str) -> str:
    """The secret of a reference. `kept` says how it is named to `cc secret`, for the hint."""
    try:
        reference = references.parse(where)
    except references.BadReference as bad:
        raise CcError(f"what is given for a secret {bad.reason}", bad.hint) from None
    hint = reference.kept_by.keep(reference.name, kept)
    return secret_reader.value(reference.read(programs.found()), reference.store, hint, alone=True)
