"""What a profile says that its provider, or one of its models, can or cannot do, and who says so."""

from typing import NamedTuple

from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved

WEB_SEARCH, VISION = "web_search", "vision"


class Stated(NamedTuple):
    """A statement, and where it is from."""

    value: bool
    source: str
    by_catalog: bool = False  # and by nobody who uses it


def value(profile: Profile, key: str, model: str) -> bool | None:
    """What is said of this model, or else of the whole provider; nothing where nobody says anything."""
    about = profile.models.get(model)
    own: bool | None = getattr(about, key) if about is not None else None
    of_all: bool | None = getattr(profile, key)
    return of_all if own is None else own


def stated(resolved: Resolved, key: str, model: str) -> Stated | None:
    """The same with its source: a page, where the catalog says so, else the line of a file."""
    found = value(resolved.profile, key, model)
    if found is None:
        return None
    origin = resolved.origin("models", model, key) or resolved.origin(key)
    if origin is None:  # of a gateway, by what is behind it
        return Stated(found, "what is behind it")
    if not origin.source.shipped:
        return Stated(found, str(origin))
    pages = (line.rpartition(": ") for line in resolved.profile.sources)
    page = next((page for page, _, keys in pages if key in keys.split(", ")), "")
    return Stated(found, page or str(origin), by_catalog=True)
