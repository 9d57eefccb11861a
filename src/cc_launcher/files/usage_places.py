"""Where the index of usage is, and of which configuration directories of the client it is when none is named."""

import os

from cc_launcher.launch import paths


def index(name: str = "index") -> str:
    """The file of the index."""
    return f"{paths.data()}/usage/{name}.sqlite3"


def configs() -> list[str]:
    """The configuration directories of the client that are known: each once, by its real path."""
    isolated = f"{paths.data()}/isolated"
    try:
        own = sorted(f"{isolated}/{name}" for name in os.listdir(isolated))
    except OSError:
        own = []
    known = (paths.client_config(), os.path.join(paths.home(), ".claude"), *filter(os.path.isdir, own))
    return list(dict.fromkeys(map(os.path.realpath, known)))


def marks() -> str:
    """A directory like one of the client's: there launches write what no transcript of its own has."""
    return os.path.realpath(f"{paths.data()}/usage/marks")
