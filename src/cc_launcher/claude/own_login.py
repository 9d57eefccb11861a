"""Whether the client has a login of its own, as far as one can see without reading it."""

import os
import sys

from cc_launcher.launch import paths

# On macOS it is in the Keychain, which may ask back: there, nobody looks.
IN_A_FILE = sys.platform != "darwin"


def seen() -> bool:
    """Whether its file is there. No more than that: what is in it is the client's own."""
    return IN_A_FILE and os.path.isfile(f"{paths.client_config()}/.credentials.json")
