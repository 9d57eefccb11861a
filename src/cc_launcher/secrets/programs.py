"""What this machine has to read secrets with."""

import os
import sys

from cc_launcher.core.stores import COMMANDS
from cc_launcher.core.stores.store import Tools
from cc_launcher.files import places
from cc_launcher.launch import paths, process


def found() -> Tools:
    """The commands of the stores by their whole paths, and the user's own age keys."""
    path = os.environ.get("PATH", os.defpath)
    # Only where a whole path leads: a command of the directory one happens to stand in is nobody's store.
    commands = {name: next(filter(os.path.isabs, process.find(name, path)), "") for name in COMMANDS}
    homes = (os.path.dirname(places.config()), f"{paths.home()}/.config")
    keys = [f"{home}/{keys}" for home in homes for keys in ("age/keys.txt", "sops/age/keys.txt")]
    return Tools(
        python=sys.executable,
        commands={name: place for name, place in commands.items() if place},
        identity=next(filter(os.path.isfile, keys), ""),
        home=paths.home(),
        macos=sys.platform == "darwin",
    )
