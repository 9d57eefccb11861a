"""The configuration directories of the client that are known: where sessions may be. It imports next to nothing."""

import os

from cc_launcher.launch import paths


def known() -> list[str]:
    """The one in use, the usual one, and those of isolated profiles, by their real paths: each once."""
    isolated = f"{paths.data()}/isolated"
    try:
        own = sorted(f"{isolated}/{name}" for name in os.listdir(isolated))
    except OSError:
        own = []
    return real([paths.client_config(), os.path.join(paths.home(), ".claude"), *filter(os.path.isdir, own)])


def real(directories: list[str]) -> list[str]:
    """Directories by their real paths, each once."""
    return list(dict.fromkeys(map(os.path.realpath, directories)))
