"""Where our files are: by the XDG rules, but on Windows in its own places (untested), as in `files/places.py`."""

import os


def home() -> str:
    """The user's home directory."""
    return os.path.expanduser("~")


def config() -> str:
    """The directory of the user's profiles and of `config.toml`."""
    return os.environ.get("CC_CONFIG_DIR") or _base("XDG_CONFIG_HOME", ".config", "APPDATA")


def cache() -> str:
    """The directory of compiled plans and of what else can be made again."""
    return os.environ.get("CC_CACHE_DIR") or _base("XDG_CACHE_HOME", ".cache", "LOCALAPPDATA")


def data() -> str:
    """The directory of what cannot be made again, such as the configuration of isolated profiles."""
    return os.environ.get("CC_DATA_DIR") or _base("XDG_DATA_HOME", ".local/share", "LOCALAPPDATA")


def client_config() -> str:
    """The directory where the client keeps its settings."""
    return os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(home(), ".claude")


def here() -> str:
    """The directory that one is in. Of one that was deleted, nothing is left, settings files neither."""
    try:
        return os.getcwd()
    except OSError:
        return os.sep


def same(one: str, other: str) -> bool:
    """Whether two paths lead to the same place: through links (`/tmp` of macOS), and in whichever letters it takes."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _base(variable: str, default: str, windows: str) -> str:
    given = os.environ.get(windows if os.name == "nt" else variable, "")
    # The XDG specification: a relative path is to be ignored.
    root = given if os.path.isabs(given) else os.path.join(home(), default)
    return os.path.join(root, "cc-launcher")
