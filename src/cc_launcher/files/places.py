"""Where our files are, and which profiles there are. Cheap to import: lists need no more than names.

`platformdirs` decides on the directories. The launch path cannot pay for it and has lines of its own, in
`launch/paths.py`; a test holds the two equal.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cc_launcher.core.text import names

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC

_NAME = "cc-launcher"


def config() -> str:
    """The directory of the user's profiles and of `config.toml`."""
    return os.environ.get("CC_CONFIG_DIR") or _directories().user_config_dir


def cache() -> str:
    """The directory of compiled plans and of what else can be made again."""
    return os.environ.get("CC_CACHE_DIR") or _directories(roaming=False).user_cache_dir


def data() -> str:
    """The directory of what cannot be made again, such as the configuration of isolated profiles."""
    return os.environ.get("CC_DATA_DIR") or _directories(roaming=False).user_data_dir


def marks_root() -> str:
    """A directory like one of the client's, for the marks that are in no transcript of its own."""
    return f"{data()}/usage/marks"


def marks() -> str:
    """The file of these marks."""
    return f"{marks_root()}/projects/all/marks.jsonl"


def _directories(*, roaming: bool = True) -> "PlatformDirsABC":
    """As command line users expect them, on macOS, too: by the rules of XDG. On Windows in its own places."""
    if os.name == "nt":
        from platformdirs.windows import Windows  # a hundredth of a second, which a list of names does not pay

        return Windows(_NAME, appauthor=False, roaming=roaming, opinion=False)
    from platformdirs.unix import Unix

    return Unix(_NAME)


def catalog_directory() -> Path:
    """The shipped profiles: inside the package in a wheel, at the top of the repository in an editable checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "profiles"
    return inside if inside.is_dir() else package.parent.parent / "profiles"


def explanation_path(name: str) -> Path:
    """The file that says why a service cannot be used directly."""
    return catalog_directory() / "not-direct" / f"{name}.toml"


def user_directory() -> Path:
    """The user's profiles."""
    return Path(config()) / "profiles"


def user_path(name: str) -> Path:
    """The file of a user's profile of this name."""
    return user_directory() / f"{name}.toml"


def known() -> list[str]:
    """The names of all profiles, the user's and the catalog's."""
    return sorted({*user_names(), *catalog_names()})


def user_names() -> list[str]:
    """The names of the user's profiles."""
    return _stems(user_directory())


def catalog_names() -> list[str]:
    """The names of the catalog's providers."""
    return _stems(catalog_directory())


def probe_directory() -> Path:
    """The probes that are kept, a file a profile."""
    return Path(data()) / "probes"


def probed() -> set[str]:
    """The profiles of which a probe is kept, at the price of looking into one directory."""
    try:
        return {path.name for path in probe_directory().iterdir() if names.is_profile(path.name)}
    except OSError:
        return set()


def key_file(name: str) -> Path:
    """Where a key is kept in a file of ours, by a user who wants that."""
    return Path(data()) / "keys" / name


def _stems(directory: Path) -> list[str]:
    try:
        return sorted(filter(None, map(_profile_in, directory.iterdir())))
    except OSError:
        return []


def _profile_in(path: Path) -> str:
    """The profile that this file is. Where `Zai.toml` is opened as `zai.toml`, too (macOS), it is that of zai."""
    if path.suffix == ".toml" and names.is_profile(path.stem):
        return path.stem
    lower = path.name.lower()
    is_odd = lower != path.name and lower.endswith(".toml") and names.is_profile(lower[: -len(".toml")])
    return lower[: -len(".toml")] if is_odd and os.path.lexists(path.with_name(lower)) else ""
