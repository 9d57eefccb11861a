"""Profiles: whether they can be used, and whether what they say is still so."""

from collections.abc import Iterator
from datetime import timedelta

from cc_launcher.core.doctor.examined import Examined, OwnProfile
from cc_launcher.core.doctor.findings import BASE_URL, RIGHTS, Finding, Fix, Place, found
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.model_choice import choose, known
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.state import LISTED, MODEL, REPAIR
from cc_launcher.core.text import urls

CODES = (
    "profile-invalid",
    "profile-writable",
    "profile-alias",
    "profile-v1",
    "profile-model",
    "profile-window",
    "profile-needs",
    "profile-old",
)
_OLD = timedelta(days=183)


def check(seen: Examined) -> Iterator[Finding]:
    """Each profile by itself, then all together."""
    if seen.config_fault[0]:
        yield found("profile-invalid", seen.config_fault[0], hint=seen.config_fault[1])
    for place in seen.shared:
        fix = Fix(RIGHTS, place.path, f"let nobody else write {place.shown}")
        yield found("profile-writable", "others can write it", place, hint=f"chmod go-w {place.shown}", fix=fix)
    for profile in seen.profiles:
        if profile.resolved is None:
            if not any(place.path in {profile.path, *_above(profile.path)} for place in seen.shared):
                yield found("profile-invalid", f"{profile.name}: {profile.fault}", hint=profile.hint)
            continue
        yield from _v1(profile, profile.resolved)
        yield from _tiers(seen, profile.name, profile.resolved)
        yield from _windows(seen, profile.name, profile.resolved)
        yield from _needs(profile)
    yield from _aliases(seen)
    yield from _old(seen)


def _above(path: str) -> list[str]:
    return [path.rpartition("/")[0]]


def _v1(profile: OwnProfile, resolved: Resolved) -> Iterator[Finding]:
    origin = resolved.origin("base_url")
    if not resolved.corrections or origin is None or origin.source.shipped:
        return
    written = str(origin.source.data.get("base_url", ""))
    right = urls.tidy(written)
    fix = None
    if origin.path == ("base_url",) and origin.source.path == profile.path and right != written:
        does = f"write base_url = {right}"
        fix = Fix(BASE_URL, profile.path, does, origin.line, (right,), profile.name)
    where = Place(origin.source.path, origin.source.shown, origin.line)
    yield found("profile-v1", f"{profile.name}: base_url ends in what the client appends itself", where, fix=fix)


def _tiers(seen: Examined, name: str, resolved: Resolved) -> Iterator[Finding]:
    profile = resolved.profile
    base = seen.catalog.get(resolved.provider)
    if profile.open_ended or base is None or not base.profile.models:
        return
    try:
        choice = choose(profile, name, None)
    except CcError:
        return  # no model is chosen, and a launch says so
    for tier, model in {**choice.slots, **({"subagent": choice.subagent} if choice.subagent else {})}.items():
        origin = resolved.origin("tiers", tier)
        if model not in profile.models and origin is not None and not origin.source.shipped:
            where = Place(origin.source.path, origin.source.shown, origin.line)
            what = f"{name}: {tier} is {model}, which {base.title} is not known to serve"
            yield found("profile-model", what, where, hint=f"it serves {', '.join(list(base.profile.models)[:8])}")


def _windows(seen: Examined, name: str, resolved: Resolved) -> Iterator[Finding]:
    profile = resolved.profile
    base = seen.catalog.get(resolved.provider) or _same_host(seen, resolved)
    if base is None:
        return
    for model in dict.fromkeys([*profile.models, *(value for _, value in profile.tiers if value)]):
        better = known(base.profile, model).context
        says = known(profile, model).context
        origin = resolved.origin("models", model, "context")
        if better is None or says == better or (origin is not None and origin.source.shipped):
            continue
        where = Place(origin.source.path, origin.source.shown, origin.line) if origin is not None else None
        said = f"{says:,}" if says is not None else "nothing, so the client assumes 1,000,000"
        what = f"{name}: {model} has a window of {better:,} tokens; the profile says {said}"
        yield found("profile-window", what, where)


def _needs(profile: OwnProfile) -> Iterator[Finding]:
    """What a launch would stop at and no other check finds."""
    if profile.state is None:
        return
    for need, words in zip(profile.state.needs, profile.state.words, strict=True):
        if need == MODEL:
            hint = f"cc run {profile.name} MODEL, or cc edit {profile.name} tiers.main=MODEL"
            yield found("profile-needs", f"{profile.name}: needs {words}", hint=hint)
        elif need == REPAIR:  # it can be read, and no gateway can be made of what it names
            what = words.removeprefix("invalid: ")
            yield found("profile-invalid", f"{profile.name}: {what}", hint=f"cc edit {profile.name}")
        elif need == LISTED:
            yield found("profile-needs", f"{profile.name}: {words}", hint=f"cc models {profile.name} shows what it has")


def _same_host(seen: Examined, resolved: Resolved) -> Resolved | None:
    """The provider of the catalog at the address of a profile that extends none."""
    url = resolved.profile.base_url
    if not url or urls.is_loopback(urls.name_of(url)):
        return None
    same = (base for base in seen.catalog.values() if base.profile.base_url == url)
    return next(same, None)


def _aliases(seen: Examined) -> Iterator[Finding]:
    """Aliases of the user's own files that mean different models, or are called like a profile."""
    owners: dict[str, tuple[str, str]] = {}
    names = {profile.name for profile in seen.profiles}
    for profile in seen.profiles:
        resolved = profile.resolved
        if resolved is None:
            continue
        for model, about in resolved.profile.models.items():
            origin = resolved.origin("models", model, "aliases")
            if origin is None or origin.source.shipped or origin.source.path != profile.path:
                continue
            where = Place(origin.source.path, origin.source.shown, origin.line)
            for alias in about.aliases:
                other, meant = owners.setdefault(alias, (profile.name, model))
                if meant != model:
                    what = f"{alias} is {model} in {profile.name}, and {meant} in {other}"
                    yield found("profile-alias", what, where)
                if alias in names:
                    yield found("profile-alias", f"{alias} is an alias in {profile.name}, and a profile", where)


def _old(seen: Examined) -> Iterator[Finding]:
    used: dict[str, list[str]] = {}
    for profile in seen.profiles:
        if profile.resolved is not None and profile.resolved.chain[-1].shipped:
            used.setdefault(profile.resolved.provider, []).append(profile.name)
    for provider, names in used.items():
        base = seen.catalog.get(provider)
        checked = base.profile.checked if base is not None else None
        if checked is not None and seen.today - checked > _OLD:
            others = f" (for {', '.join(names)})" if names != [provider] else ""
            yield found("profile-old", f"{provider}: the facts about it were last checked on {checked}{others}")
