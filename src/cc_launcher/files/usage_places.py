"""Where the index of usage is."""

import os

from cc_launcher.launch import paths


def index(name: str = "index") -> str:
    """The file of the index."""
    return f"{paths.data()}/usage/{name}.sqlite3"


def gateway_log() -> str:
    """The log of our gateway, which knows what its requests cost: as in gateway_places.py, which few reports need."""
    return f"{paths.data()}/gateway/log.sqlite3"


def marks() -> str:
    """A directory like one of the client's: there launches write what no transcript of its own has."""
    return os.path.realpath(f"{paths.data()}/usage/marks")
