"""Where profiles are: the catalog that is shipped, and the user's own directory. Never the current directory."""

from functools import lru_cache
from pathlib import Path

from cc_launcher.core import names
from cc_launcher.core.errors import NO_SUCH, CcError
from cc_launcher.core.nearest import did_you_mean
from cc_launcher.core.resolve import Resolved, resolve
from cc_launcher.core.source import Source
from cc_launcher.core.text import printable
from cc_launcher.files import guard
from cc_launcher.launch import paths


def catalog_directory() -> Path:
    """The shipped profiles: inside the package in a wheel, at the top of the repository in an editable checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "profiles"
    return inside if inside.is_dir() else package.parent.parent / "profiles"


def user_directory() -> Path:
    """The user's profiles."""
    return Path(paths.config()) / "profiles"


def user_path(name: str) -> Path:
    """The file of a user's profile of this name."""
    return user_directory() / f"{name}.toml"


def find(name: str, only_shipped: bool = False) -> Source | None:  # noqa: FBT001, FBT002 - see resolve.Find
    """Read the user's profile of this name, or else the catalog's."""
    if not names.is_profile(name):
        return None
    if not only_shipped:
        guard.check_directory(user_directory())
        path = user_path(name)
        text = guard.read_text(path)
        if text is not None:
            return Source(name, str(path), guard.shown(path), text, shipped=False)
    return _shipped(name)


@lru_cache
def _shipped(name: str) -> Source | None:
    path = catalog_directory() / f"{name}.toml"
    if not path.is_file():
        return None
    return Source(name, str(path), f"catalog {path.name}", path.read_text(encoding="utf-8"), shipped=True)


def known() -> list[str]:
    """The names of all profiles, the user's and the catalog's."""
    return sorted({*user_names(), *catalog_names()})


def user_names() -> list[str]:
    """The names of the user's profiles."""
    return _stems(user_directory())


def catalog_names() -> list[str]:
    """The names of the catalog's providers."""
    return _stems(catalog_directory())


def load(name: str) -> Resolved:
    """The whole profile of this name."""
    if not names.is_profile(name):
        shown = printable(name)[:80]
        raise CcError(
            f"no profile can be named {shown}",
            did_you_mean(name, known()) or "cc list-profiles shows the ones there are",
            code=NO_SUCH,
        )
    return resolve(name, find, known)


def _stems(directory: Path) -> list[str]:
    try:
        return sorted(
            path.stem for path in directory.iterdir() if path.suffix == ".toml" and names.is_profile(path.stem)
        )
    except OSError:
        return []
