"""What the provider of a launch does not serve: what of the client's is dead there, and what is said of it."""

from collections.abc import Collection
from typing import NamedTuple

from cc_launcher.core.profile import serving
from cc_launcher.core.profile.model_choice import Choice
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.serving import Stated

TOOL = "WebSearch"  # the client's, which asks the provider to search


class Missing(NamedTuple):
    """What a launch on this model is without."""

    profile: str
    model: str
    web_search: bool  # it is missing, and nothing takes its place
    images: bool
    offers: tuple[str, ...]  # the servers that could search instead

    @property
    def marks(self) -> tuple[str, ...]:
        """What is written down of it once it was said."""
        found = [serving.WEB_SEARCH] if self.web_search else []
        return (*found, *([f"{serving.VISION}:{self.model}"] if self.images else []))


def is_dead(profile: Profile, model: str) -> bool:
    """Whether somebody says that the provider does not search: of what nobody says, nothing is changed."""
    return serving.value(profile, serving.WEB_SEARCH, model) is False


def setting(profile: Profile, choice: Choice) -> dict[str, object]:
    """What takes a tool out of the session that is dead there.

    Measured on 2.0.64 and 2.1.332: the model is not told of a tool that is denied, whatever other settings allow.
    """
    return {"permissions": {"deny": [TOOL]}} if is_dead(profile, choice.main) else {}


def of(resolved: Resolved, model: str, *, takes_images: bool | None) -> Missing:
    """What is missing where the session starts on this model."""
    profile = resolved.profile
    dead = is_dead(profile, model) and profile.search is None
    return Missing(resolved.name, model, dead, takes_images is False, tuple(profile.search_servers) if dead else ())


def note(missing: Missing, told: Collection[str] = ()) -> str:
    """A line for the user, of what they were not told yet."""
    name, found = missing.profile, []
    if missing.web_search and serving.WEB_SEARCH not in told:
        found.append(f"no web search ({TOOL} is off)")
    if missing.images and missing.marks[-1] not in told:
        found.append(f"no images{f' on {missing.model}' if missing.model else ''}")
    more = " names another search" if missing.offers else ""
    return f"{name}: {' and '.join(found)}: cc show {name}{more}" if found else ""


def search(resolved: Resolved, model: str) -> str:
    """Whether there is a web search, and by whose word; nothing where nobody says anything."""
    found, name = serving.stated(resolved, serving.WEB_SEARCH, model), resolved.name
    if found is None:
        return ""
    if found.value:
        return f"the provider's own ({found.source})"
    profile = resolved.profile
    instead = f"; instead: {profile.search}" if profile.search is not None else ""
    if not instead and profile.search_servers:
        first = f"cc add {name}, then " if resolved.chain[0].shipped else ""  # the catalog's own cannot be changed
        instead = f"; instead: {first}cc edit {name} search={'|'.join(profile.search_servers)}"
    return f"none here ({found.source}), so {TOOL} is off{instead}"


def short(missing: Missing) -> str:
    """What is missing, and what could take its place, in a few words; nothing where nothing is."""
    could = f" ({' or '.join(missing.offers)} has one)" if missing.offers else ""
    found = [*([f"web search{could}"] if missing.web_search else []), *(["images"] if missing.images else [])]
    return f"{' and '.join(found)}: cc show -v {missing.profile}" if found else ""


def images(model: str, takes: Stated) -> str:
    """Whether the model takes images, and by whose word."""
    return f"{'taken' if takes.value else 'none'}{f' on {model}' if model else ''} ({takes.source})"
