"""The headers of a request in a profile's name, as the client would send it."""

from collections.abc import Mapping

from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.resolve import Resolved

VERSION = "2023-06-01"


def headers_of(resolved: Resolved, secret: str, secret_headers: Mapping[str, str]) -> dict[str, str]:
    """The profile's own headers, those with a secret in them, and the credential."""
    profile = resolved.profile
    token = secret or (profile.placeholder or "" if profile.auth == "none" else "")
    credential = {"x-api-key": token} if profile.auth == "api-key" else {"Authorization": f"Bearer {token}"}
    version = {} if profile.api == OPENAI else {"anthropic-version": VERSION}
    return {**profile.headers, **secret_headers, **version, **(credential if token else {})}
