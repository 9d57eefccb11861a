"""Ask a provider whether it takes a key: the shortest message that there is, of one token."""

from collections.abc import Mapping
from typing import NamedTuple

import httpx2

from cc_launcher.core.errors import UNREACHABLE, USAGE, CcError
from cc_launcher.core.models import choose
from cc_launcher.core.plan import in_a_path
from cc_launcher.core.resolve import Resolved
from cc_launcher.core.text import printable

_PATIENCE = 20.0
_ANTHROPIC = "https://api.anthropic.com"
VERSION = "2023-06-01"
# What an answer says of the key, in words; everything below 500 that is not here says that the key was not the trouble.
_REFUSALS = {
    401: "the provider does not know this key (401)",
    402: "the provider knows the key, and wants to be paid first (402)",
    403: "the provider does not let this key in here (403): another region or plan, perhaps",
}
_LIMITED = 429


class Others(NamedTuple):
    """The secrets in places other than the token: whole headers, and parts of the address."""

    headers: Mapping[str, str]
    values: Mapping[str, str]


def key(resolved: Resolved, secret: str, others: Others | None = None) -> str:
    """What the provider says of the key, in one line; an error when it does not take it."""
    profile = resolved.profile
    if profile.cloud is not None:
        raise CcError(
            f"{resolved.name}: cc has no question for a cloud that only its key answers",
            f"ask with a launch: cc run {resolved.name} -p hi",
            code=USAGE,
        )
    choice = choose(profile, resolved.name, None)
    model = choice.slots.get("haiku") or choice.main or "claude-haiku-4-5"
    base = profile.base_url or _ANTHROPIC
    others = others or Others({}, {})
    address = base
    for name, value in others.values.items():
        address = address.replace(f"{{{name}}}", in_a_path(value))
    credential = {"Authorization": f"Bearer {secret}"} if profile.auth == "bearer" else {"x-api-key": secret}
    body = {"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}
    headers = {**profile.headers, **others.headers, "anthropic-version": VERSION, **credential}
    try:
        # A redirect is not followed: the key would go along.
        answer = httpx2.post(
            f"{address}/v1/messages", json=body, headers=headers, timeout=_PATIENCE, follow_redirects=False
        )
    except UnicodeEncodeError:
        raise CcError(
            f"{resolved.name}: the key has characters that no header can hold, so no provider can take it",
            "copy it again, and look for a character that does not belong there",
            code=1,
        ) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as bad:
        # The last three: what the environment says of proxies and certificates cannot be used.
        raise CcError(
            f"{resolved.name}: {printable(base)} cannot be reached ({type(bad).__name__})",
            "check the network, a proxy, and base_url; the key itself was not judged",
            code=UNREACHABLE,
        ) from None
    return _verdict(resolved, model, answer.status_code)


def _verdict(resolved: Resolved, model: str, status: int) -> str:
    if status in _REFUSALS:
        hint = f"a key: {resolved.profile.key_url}" if resolved.profile.key_url else "check where the key is from"
        raise CcError(f"{resolved.name}: {_REFUSALS[status]}", hint, code=1)
    if status == _LIMITED:
        return "the key is known, and has no more requests just now (429)"
    if status >= 500:
        raise CcError(
            f"{resolved.name}: the provider answers with a fault of its own ({status})",
            "try again later",
            code=UNREACHABLE,
        )
    if status == 404:
        return f"the key was not refused, but {model} is not served under this address (404)"
    if status < 400 and status >= 300:
        raise CcError(
            f"{resolved.name}: the provider sends requests on to another address ({status}); the key did not go along",
            "check base_url: this is probably not it",
            code=UNREACHABLE,
        )
    if status >= 400:
        return f"the key was not refused; the provider answers {status} to the shortest message"
    return f"the provider takes the key ({model} answered)"
