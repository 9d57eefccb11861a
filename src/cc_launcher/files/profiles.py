"""Read profiles: from the catalog that is shipped and from the user's own directory, never from the current one."""

import tomllib
from functools import lru_cache

from cc_launcher.core.errors import NO_SUCH, CcError
from cc_launcher.core.profile.explanation import Explanation
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved, resolve
from cc_launcher.core.profile.source import Source
from cc_launcher.core.profile.source import load as load_text
from cc_launcher.core.stores.key_shape import Shape
from cc_launcher.core.text import names, printable
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import guard, places

_given: dict[str, str] = {}  # profiles that are in no file, only in this process


def give(name: str, text: str) -> None:
    """Have this be the profile of this name, for this process alone; an empty text takes that back."""
    _given[name] = text


def find(name: str, only_shipped: bool = False) -> Source | None:  # noqa: FBT001, FBT002 - see resolve.Find
    """Read the user's profile of this name, or else the catalog's."""
    if not names.is_profile(name):
        return None
    if not only_shipped and _given.get(name):
        return Source(name, str(places.user_path(name)), "your answers", _given[name], shipped=False)
    if not only_shipped:
        guard.check_directory(places.user_directory())
        path = places.user_path(name)
        text = guard.read_text(path)
        if text is not None:
            return Source(name, str(path), guard.shown(path), text, shipped=False)
    return _shipped(name)


@lru_cache
def _shipped(name: str) -> Source | None:
    path = places.catalog_directory() / f"{name}.toml"
    if not path.is_file():
        return None
    return Source(name, str(path), f"catalog {path.name}", path.read_text(encoding="utf-8"), shipped=True)


def load(name: str) -> Resolved:
    """The whole profile of this name."""
    if not names.is_profile(name):
        shown = printable(name)[:80]
        raise CcError(
            f"no profile can be named {shown}",
            did_you_mean(name, places.known()) or "cc list-profiles shows the ones there are",
            code=NO_SUCH,
        )
    if find(name) is None:
        explained = explain(name)
        if explained is not None:
            raise explained.error(name)
    return resolve(name, find, places.known)


def key_shapes(but: str) -> dict[str, Shape]:
    """What the keys of the catalog's providers look like, but for this one's."""
    sources = [source for name in places.catalog_names() if name != but and (source := _shipped(name))]
    return {
        source.name: Shape(source.data.get("key_prefix", ""), tuple(source.data.get("key_env", ())))
        for source in sources
    }


def shipped(name: str) -> Resolved:
    """The catalog's profile of this name, whatever the user has made of it."""
    return resolve(name, lambda wanted, _: _shipped(wanted), places.catalog_names)


def catalog() -> dict[str, Profile]:
    """The profiles of the catalog as they are written, also those that need to know something of the user first."""
    sources = [source for name in places.catalog_names() if (source := _shipped(name))]
    # Checked once, and not twice: what is wrong with a file of the catalog, a test says.
    return {source.name: Profile.model_validate(tomllib.loads(source.text)) for source in sources}


def explain(name: str) -> Explanation | None:
    """Why there is no such provider, where people may expect one."""
    if not names.is_profile(name):
        return None
    path = places.explanation_path(name)
    longer = sorted(path.parent.glob(f"{name}-*.toml"))  # `cdata` is CData Connect AI
    if not path.is_file() and len(longer) == 1:
        path = longer[0]
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    return Explanation.model_validate(load_text(text, f"catalog {path.name}", Explanation))
