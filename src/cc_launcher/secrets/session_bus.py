"""Whether this session has a D-Bus, without which no keyring of a Linux desktop answers."""

import os
import sys


def is_missing() -> bool:
    """On other systems a keyring needs none."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    there = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or (runtime and os.path.exists(f"{runtime}/bus"))
    return sys.platform == "linux" and not there
