"""The user's own profile files: made, changed and removed. A file is only ever replaced by one that is valid."""

from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, USAGE, CcError
from cc_launcher.core.profile.resolve import Resolved, resolve
from cc_launcher.core.profile.source import Source
from cc_launcher.core.text import names, printable
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import atomic, guard, places, profiles


def check(name: str, text: str, shown: str) -> Resolved:
    """The profile that this text would make, or everything that is wrong with it."""
    if not names.is_profile(name):  # it becomes a part of a path
        raise CcError(
            f"no profile can be named {printable(name)[:80]}",
            "small letters, digits, '.', '_' and '-', at most 64, a letter or digit first",
            code=USAGE,
        )

    def find(wanted: str, only_shipped: bool = False) -> Source | None:  # noqa: FBT001, FBT002 - see resolve.Find
        if wanted == name and not only_shipped:
            return Source(name, str(places.user_path(name)), shown, text, shipped=False)
        return profiles.find(wanted, only_shipped)

    return resolve(name, find, places.known)


def read(name: str) -> str:
    """The text of a profile of the user's."""
    text = guard.read_text(places.user_path(name)) if names.is_profile(name) else None
    if text is not None:
        return text
    if name in places.catalog_names():
        raise CcError(
            f"{name} is a provider of the catalog and cannot be changed",
            f"cc add {name} makes a profile of your own that starts from it",
            code=USAGE,
        )
    hint = did_you_mean(name, places.user_names()) or "cc list-profiles shows the ones there are"
    raise CcError(f"no profile of yours is named {name}", hint, code=NO_SUCH)


def refuse_existing(name: str) -> None:
    """A profile that is there is never overwritten."""
    path = places.user_path(name)
    if path.exists() or path.is_symlink():
        raise CcError(
            f"{guard.shown(path)} exists already",
            f"cc edit {name} changes it; or choose another name",
            code=IN_THE_WAY,
        )


def create(name: str, text: str) -> Path:
    """Write a new profile."""
    check(name, text, f"{name}.toml")
    refuse_existing(name)
    path = places.user_path(name)
    atomic.directory(path.parent)
    guard.check_directory(path.parent)
    atomic.write(path, text.encode())
    return path


def replace(name: str, text: str) -> None:
    """Write a changed profile in the place of the old one."""
    check(name, text, f"{name}.toml")
    path = places.user_path(name)
    # Where people keep such files in a repository and link them from here, the link is to stay.
    target = path.resolve() if path.is_symlink() else path
    atomic.write(target, text.encode(), mode=target.stat().st_mode & 0o777)


def delete(name: str) -> None:
    """Remove a profile of the user's."""
    path = places.user_path(name)
    try:
        path.unlink()
    except OSError as bad:
        raise CcError(f"{guard.shown(path)}: {bad.strerror}", "check the directory's rights", code=IN_THE_WAY) from None


def extending(name: str) -> list[str]:
    """The user's other profiles that start from this one."""
    found = []
    for other in places.user_names():
        try:
            chain = profiles.load(other).chain
        except CcError:
            continue
        if any(source.name == name and not source.shipped for source in chain[1:]):
            found.append(other)
    return found
