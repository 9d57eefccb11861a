"""The list of a provider's models: live, kept, or as it was shipped; and what a launch makes of it."""

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cc_launcher.actions import secret_places, secret_values
from cc_launcher.core.errors import UNREACHABLE, CcError
from cc_launcher.core.models import merged, search
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.models.merged import Meant
from cc_launcher.core.models.search import Row
from cc_launcher.core.plan import Plan
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile import local_servers
from cc_launcher.core.profile.model_choice import ids_of, is_clients_own
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import urls
from cc_launcher.files import hosts, kept_lists
from cc_launcher.launch import planfile
from cc_launcher.net.fetch import UNAUTHORIZED, NoAnswer, offline

PATIENCE = 15.0  # seconds, for somebody who asked for the list
_AT_A_LAUNCH = 3.0  # for somebody who wants to start
_LOCAL = "local"
_QUIET_STORES = frozenset({"env", "file", "keyring"})  # nobody is asked anything for them that a launch would not ask
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
LIVE, KEPT, SHIPPED = "live", "kept", "shipped"


@dataclass(frozen=True)
class Answer:
    """A list, where it is from, how old it is in seconds, and why it is not the newest, if it is not."""

    listed: list[Listed]
    source: str
    age: float = 0.0
    trouble: str = ""
    hint: str = ""
    whose: str = "cc's own list"  # with the day on which somebody last looked at it, where nobody was asked

    @property
    def dated(self) -> str:
        """How old the list is, in words."""
        return {LIVE: "as of now", KEPT: f"as of {search.age(self.age)}"}.get(self.source, f"by {self.whose}")

    @property
    def instead(self) -> str:
        """What is shown in the place of the newest list."""
        return self.whose + (f" of {search.age(self.age)}" if self.source == KEPT else "")


def asked(resolved: Resolved, *, refresh: bool = False) -> Answer:
    """The list for somebody who wants to see it."""
    url = merged.address_of(resolved)
    if resolved.profile.gateway is not None and resolved.profile.by_gateway:
        return Answer([], SHIPPED, whose=_ours(resolved))  # its routes, which nobody else knows
    if not url:
        return Answer([], SHIPPED, trouble="this provider has no known list of models", whose=_ours(resolved))
    kept = kept_lists.read(resolved.name, url, time.time())
    if kept is not None and kept.is_fresh and not refresh and resolved.profile.kind != _LOCAL:
        return Answer(kept.listed, KEPT, kept.age)
    try:
        return Answer(_fetched(resolved, PATIENCE), LIVE)
    except CcError as bad:
        if kept is not None:
            return Answer(kept.listed, KEPT, kept.age, bad.what, bad.hint, f"the list of {urls.name_of(url)}")
        return Answer([], SHIPPED, trouble=bad.what, hint=bad.hint, whose=_ours(resolved))


def _ours(resolved: Resolved) -> str:
    """Whose the models are that a profile names, and of when."""
    origins = [origin for path, origin in resolved.origins.items() if path[0] in {"models", "tiers"}]
    if not origins or not all(origin.source.shipped for origin in origins):
        return f"your profile {resolved.name}"
    day = resolved.profile.checked
    return f"cc's own list{f' of {day}' if day else ''}"


def of_endpoint(resolved: Resolved, secret: str) -> list[Listed]:
    """What an endpoint lists that no profile is of yet; nothing where it lists none."""
    from cc_launcher.net.headers import headers_of

    try:
        return _answered(resolved, headers_of(resolved, secret, NO_HEADERS), _AT_A_LAUNCH)
    except (NoAnswer, CcError):
        return []


def rows(resolved: Resolved, answer: Answer) -> list[Row]:
    """The list as a launch would see it: with the profile's short names, and with what the list does not say."""
    profile = merged.applied(resolved, None, answer.listed).resolved.profile
    if answer.source == SHIPPED:
        return [_row(Listed(model), profile, is_live=False) for model in ids_of(profile)]
    return [_row(model, profile, is_live=True) for model in answer.listed]


def _row(model: Listed, profile: Profile, *, is_live: bool) -> Row:
    about = profile.models.get(model.id)
    if about is None:
        return Row(model, (), is_live)
    prices = about.prices if about.prices is not None and about.prices.currency == "USD" else None
    filled = dataclasses.replace(
        model,
        name=model.name or about.name or "",
        context=about.context or model.context,
        max_output=about.max_output or model.max_output,
        input_price=prices.input if prices else model.input_price,
        output_price=prices.output if prices else model.output_price,
        cache_read=prices.cache_read if prices else model.cache_read,
        cache_write=prices.cache_write if prices else model.cache_write,
        cache_write_1h=prices.cache_write_1h if prices else model.cache_write_1h,
        tools=model.tools if about.tools is None else about.tools,
    )
    return Row(filled, about.aliases, is_live)


def meant(resolved: Resolved, word: str | None, *, with_secret: bool) -> Meant:
    """The profile and the word as a launch takes them, after a look into the list that is kept.

    Only for a word that nobody knows, or for a window, is the provider asked, shortly: with the profile's secret in a
    launch alone, and where that is read without asking anybody.
    """
    url = merged.address_of(resolved)
    if not url or is_clients_own(resolved.profile):
        return Meant(resolved, word)
    kept = kept_lists.read(resolved.name, url, time.time())
    listed = kept.listed if kept is not None else []
    asks = merged.needs_list(resolved, word, listed) and resolved.profile.kind != _LOCAL
    if asks and (kept is None or not kept.is_fresh) and _can_be_asked(resolved, with_secret=with_secret):
        try:
            listed = _fetched(resolved, _AT_A_LAUNCH)
        except CcError:  # one can do without it
            kept_lists.failed(resolved.name)
    if resolved.profile.kind == _LOCAL:
        # Which window a server on this machine has is decided at each of its starts.
        listed = [dataclasses.replace(model, context=None, max_output=None) for model in listed]
    found = merged.applied(resolved, word, listed)
    used = asks or merged.is_used(found, listed)
    return dataclasses.replace(found, sources=(kept_lists.path_of(resolved.name),) if used else ())


def noted(plan: Plan, of: Meant) -> Plan:
    """The plan, with what is to be said of the word, and with the list among what it was made from."""
    notes = tuple(filter(None, (of.note, *plan.notes)))
    return plan.but(notes=notes, sources=(*plan.sources, *of.sources))


def _can_be_asked(resolved: Resolved, *, with_secret: bool) -> bool:
    """Whether asking for the list bothers nobody."""
    if offline() or kept_lists.has_just_failed(resolved.name, time.time()):
        return False
    if resolved.profile.models_public or resolved.profile.auth == "none":
        return True
    own = [reference for place, reference in secret_places.all_of(resolved) if secret_places.goes_to_provider(place)]
    return with_secret and all(reference.store in _QUIET_STORES for reference in own)


def _fetched(resolved: Resolved, patience: float) -> list[Listed]:
    """The list, from the provider, and kept."""
    try:
        listed = _from_server(resolved, patience)
    except NoAnswer as bad:
        host = urls.name_of(merged.address_of(resolved))
        what = f"{resolved.name}: no list of models: {host}: {bad.reason}"
        hint = f"it may need a key: cc secret set {resolved.name}" if bad.status in UNAUTHORIZED else ""
        raise CcError(what, hint, code=UNREACHABLE) from None
    if listed:
        from cc_launcher.files import price_entries

        price_entries.outdated(resolved, listed)
        kept_lists.write(resolved.name, merged.address_of(resolved), listed)
    return listed


def _from_server(resolved: Resolved, patience: float) -> list[Listed]:
    from cc_launcher.net.headers import headers_of

    profile = resolved.profile
    if profile.models_public or not merged.may_have_secret(resolved):
        return _answered(resolved, {}, patience)
    # A key that is not there, or that was kept for another host, is no reason not to ask: some lists are public.
    own, headers, trouble = "", NO_HEADERS, None
    try:
        reference = reference_of(resolved, planfile.present())
        own = secret_values.value_of(resolved, reference) if reference is not None else ""
        headers = secret_values.others_of(resolved, own).headers
        if reference is not None:
            hosts.confirm(resolved, reference)
    except CcError as bad:
        own, headers, trouble = "", NO_HEADERS, bad
    try:
        return _answered(resolved, headers_of(resolved, own, headers), patience)
    except NoAnswer as bad:
        if trouble is not None and bad.status in UNAUTHORIZED:
            raise trouble from None
        raise


def _answered(resolved: Resolved, headers: dict[str, str], patience: float) -> list[Listed]:
    """What is there: by the way of its own that a server on this machine has, or as all others have it."""
    if local_servers.of(resolved.profile) is not None:
        from cc_launcher.net import local_server

        return local_server.listed(resolved, headers, patience)
    from cc_launcher.net import list_request

    return list_request.fetched(resolved, headers, patience)
