"""From a whole profile to what a list says of it."""

from urllib.parse import urlsplit

from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import beside, clouds, local_servers
from cc_launcher.core.profile.field_types import OWN
from cc_launcher.core.profile.model_choice import choose, ids_of
from cc_launcher.core.profile.profile import Model, Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.summary import CLIENTS_LOGIN, OWN_CHOICE, TO_BE_NAMED, Summary
from cc_launcher.core.text import urls


def summarize(resolved: Resolved) -> Summary:
    """What the list says of this profile."""
    profile = resolved.profile
    behind = tuple(dict.fromkeys(profile.gateway.upstreams.values())) if profile.by_gateway and profile.gateway else ()
    with_token = profile.auth in {"bearer", "api-key"} and not behind  # else each of those has its own
    token = [profile.secret] if with_token and profile.secret is not None else []
    of_others = dict.fromkeys(str(secret.reference) for secret in beside.of(profile))
    return Summary(
        name=resolved.name,
        title=resolved.title,
        host=endpoint(resolved).removeprefix("https://"),
        model=_main(resolved),
        references=(*_beside(profile), *token, *of_others),
        models=_models(resolved),
        key_env=clouds.key_variables(profile) if with_token and not token else None,
        cloud=_cloud(profile),
        server=() if behind else _server(resolved),
        budget=profile.budget or "",
        by_gateway=profile.by_gateway,
        upstreams=behind,
    )


def endpoint(resolved: Resolved) -> str:
    """Where requests go, as far as that is known here."""
    profile = resolved.profile
    if profile.gateway is not None and profile.base_url is None:
        return f"a gateway of {', '.join(profile.gateway.upstreams.values())}"
    return profile.base_url or (clouds.host(profile) if profile.cloud else OWN_CHOICE)


def _server(resolved: Resolved) -> tuple[str, ...]:
    """The server that a launch needs to find: one on this machine, or one of models that is spoken to in clear text."""
    profile = resolved.profile
    parts = urlsplit(profile.base_url or "")
    host, known = parts.hostname or "", local_servers.of(profile)
    if not urls.is_loopback(host) and known is None:
        return ()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if places := local_servers.places(resolved):
        first, *others = [str(urlsplit(place).port) for place in places]
        return (host, first, f"{parts.path}{local_servers.PROPERTIES}", profile.server or "", *others)
    path = f"{parts.path}{known.models}" if known is not None else ""
    return (host, str(port), path, profile.server or "" if known is not None else "")


def _cloud(profile: Profile) -> tuple[str, ...] | None:
    """What tells whose identity the cloud's own tools have, or the client itself."""
    if profile.auth == "login":
        return CLIENTS_LOGIN
    cloud = clouds.of(profile)
    if cloud is None or profile.auth != "cloud":
        return None
    return (cloud.family, profile.values.get("aws_profile", ""), *profile.key_env)


def _beside(profile: Profile) -> list[str]:
    """Where the secrets are that are not the token."""
    headers = [about.secret for about in profile.secret_headers.values() if about.secret != OWN]
    return [*headers, *profile.secret_values.values()]


def _models(resolved: Resolved) -> tuple[str, ...]:
    """What may be typed for a model: ids and aliases, and the ids that only a tier names."""
    models = resolved.profile.models
    found = [name for model in ids_of(resolved.profile) for name in (model, *_aliases(models.get(model)))]
    return tuple(dict.fromkeys(found))


def _aliases(about: Model | None) -> tuple[str, ...]:
    return about.aliases if about is not None else ()


def _main(resolved: Resolved) -> str:
    try:
        return choose(resolved.profile, resolved.name, None).main or OWN_CHOICE
    except CcError:
        return TO_BE_NAMED
