"""Where profiles are, and which there are. Cheap to import: lists and completion need no more than names."""

from pathlib import Path

from cc_launcher.core.text import names
from cc_launcher.launch import paths


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
    return Path(paths.config()) / "profiles"


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
    return Path(paths.data()) / "probes"


def probed() -> set[str]:
    """The profiles of which a probe is kept, at the price of looking into one directory."""
    try:
        return {path.name for path in probe_directory().iterdir() if names.is_profile(path.name)}
    except OSError:
        return set()


def _stems(directory: Path) -> list[str]:
    try:
        return sorted(
            path.stem for path in directory.iterdir() if path.suffix == ".toml" and names.is_profile(path.stem)
        )
    except OSError:
        return []
