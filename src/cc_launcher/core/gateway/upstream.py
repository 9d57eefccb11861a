"""From a profile to an upstream of a gateway: the API it is reached by, what is lost, or why it cannot be one."""

import hashlib
import re
from collections.abc import Iterator

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.gateway.description import Secret, Upstream
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile import durations, local_servers
from cc_launcher.core.profile.field_types import OWN
from cc_launcher.core.profile.gateway import ANTHROPIC, OPENAI
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import urls

THINKING = "thinking: LiteLLM drops it for a model that it does not know"
USUAL_TIMEOUT = 600  # seconds, the client's own, too
_NOT_IN_A_NAME = re.compile(r"[^A-Z0-9]")


def of(resolved: Resolved, alias: str, owner: str, where: str, present: frozenset[str] = frozenset()) -> Upstream:
    """The upstream that this profile is, for the gateway profile `owner`, which names it at `where`."""
    refuse(resolved, alias, where)
    profile = resolved.profile
    api, address = address_of(resolved)
    reference = reference_of(resolved, present)
    key = None
    if reference is not None:
        key = Secret(variable(owner, alias, "KEY"), str(reference))
    headers = _secret_headers(resolved, owner, alias, str(reference) if reference else "")
    local = profile.kind == "local"
    return Upstream(
        alias=alias,
        profile=resolved.name,
        title=resolved.title,
        api=api,
        address="" if profile.secret_values else address,
        address_secret=_in_address(resolved, address, owner, alias),
        key=key,
        bearer=_bearer(profile.auth or "", api, key, variable(owner, alias, "BEARER")),
        headers=tuple(profile.headers.items()),
        secret_headers=tuple(headers),
        placeholder=profile.placeholder or "",
        timeout=durations.milliseconds(profile.timeout) // 1000 if profile.timeout else USUAL_TIMEOUT,
        is_local=local,
        engine_name=profile.litellm or "",
        host=resolved.host,
        lost=() if api == OPENAI else (THINKING,),
        compat=frozenset(knob for knob, on in profile.compat.items() if on),
        named_tools=profile.named_tools or "",
    )


def _bearer(auth: str, api: str, key: Secret | None, name: str) -> Secret | None:
    """LiteLLM sends a key of Anthropic's API as x-api-key; a provider that wants it as a bearer token gets both."""
    wanted = auth == "bearer" and api == ANTHROPIC and key is not None
    return Secret(name, key.reference, "Bearer {secret}") if wanted and key is not None else None


def address_of(resolved: Resolved) -> tuple[str, str]:
    """The API and the address by which an engine reaches this profile: OpenAI's, where it has one."""
    profile = resolved.profile
    base = profile.base_url or urls.OWN_ADDRESS
    if profile.api == OPENAI:
        return OPENAI, base
    if profile.openai_url is not None and resolved.may_have_secret("openai_url"):
        return OPENAI, profile.openai_url
    if profile.kind == "local" and profile.server in local_servers.SERVERS:
        return OPENAI, f"{base}/v1"  # each of them has both APIs
    return ANTHROPIC, base


def refuse(resolved: Resolved, alias: str, where: str) -> None:
    """Refuse a profile that cannot be behind a gateway, with the reason."""
    profile = resolved.profile
    called = f"{where}: upstream {alias} is {resolved.name}" if alias else f"{where}: {resolved.name} is"
    hint = "take it out, or name another profile"
    if profile.gateway is not None or profile.kind == "gateway":
        why = "a gateway itself: its own routes and limits would be behind this one's"
        raise CcError(f"{called}, {why}", "name the providers behind it", code=INVALID)
    if profile.auth == "login":
        why = "which uses your claude.ai login: only Claude Code itself may send that"
        raise CcError(f"{called}, {why}", hint, code=INVALID)
    if profile.cloud is not None:
        raise CcError(f"{called}, a cloud, which Claude Code reaches by its own way", hint, code=INVALID)
    if len(profile.secret_values) > 1:
        raise CcError(f"{called}, whose address holds more than one secret", hint, code=INVALID)


def variable(owner: str, alias: str, what: str) -> str:
    """The variable that holds a secret of an upstream. One engine serves all profiles, so no two may be the same."""
    words = "_".join(_NOT_IN_A_NAME.sub("_", word.upper()) for word in (owner, alias) if word)
    sure = hashlib.sha256(f"{owner}/{alias}/{what}".encode()).hexdigest()[:8].upper()
    return f"CC_UPSTREAM_{words}_{_NOT_IN_A_NAME.sub('_', what.upper())}_{sure}"


def _secret_headers(resolved: Resolved, owner: str, alias: str, own: str) -> Iterator[tuple[str, Secret]]:
    for name, about in resolved.profile.secret_headers.items():
        reference = own if about.secret == OWN else about.secret
        form = f"{about.prefix}{{secret}}"
        yield name, Secret(variable(owner, alias, name), reference, form)


def _in_address(resolved: Resolved, address: str, owner: str, alias: str) -> Secret | None:
    """The whole address, where a part of it is a secret."""
    for name, reference in resolved.profile.secret_values.items():
        return Secret(variable(owner, alias, "ADDRESS"), reference, address.replace(f"{{{name}}}", "{secret}"))
    return None
