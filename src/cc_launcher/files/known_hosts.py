"""The file of which host each secret has gone to, each as `PROFILE REFERENCE`. What that means is for `hosts.py`."""

import json
import os
from pathlib import Path

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import atomic, places, regular

_MAX_BYTES = 4 * 1024 * 1024


def file() -> Path:
    """Where it is."""
    return Path(places.data()) / "hosts.json"


def read() -> dict[str, str]:
    """What it says; nothing where it is missing or damaged."""
    try:
        known = json.loads(_content())
        return {str(key): str(host) for key, host in known.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def profiles() -> set[str]:
    """The profiles whose secret has been handed out."""
    return {key.partition(" ")[0] for key in read()}


def write(known: dict[str, str]) -> None:
    """Write it, whole."""
    atomic.write(file(), json.dumps(known, indent=1, sort_keys=True).encode())


def refuse_other(name: str, reference: Reference, host: str) -> None:
    """Keep a stored secret from a host that was written down somewhere, when it belongs to another one by now."""
    known = "" if reference.store == "env" else read().get(f"{name} {reference}", "")
    if known and known != host:
        raise CcError(
            f"{name}: its key belongs to {known}, and this asks for {host}",
            f"cc use {name} in that project writes the new address",
            code=REFUSED,
        )


def _content() -> bytes:
    """The file, if nobody else can have written it. Who may look into its directory does not matter."""
    content, found = regular.read(file(), _MAX_BYTES, getattr(os, "O_NOFOLLOW", 0))
    if os.name != "nt" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
        raise ValueError
    return content
