"""Why a launch of a profile needs a gateway first, or cannot have the one that it names."""

from cc_launcher.core.errors import INVALID, UNREACHABLE, CcError
from cc_launcher.core.profile.gateway import BIFROST
from cc_launcher.core.profile.resolve import Resolved


def fault_of(resolved: Resolved) -> CcError | None:
    """What a launch would stop at; nothing for a profile that Claude Code reaches directly."""
    profile, name = resolved.profile, resolved.name
    if profile.gateway is not None and profile.gateway.engine == BIFROST and profile.base_url is None:
        where = resolved.origin("gateway", "engine") or name
        return CcError(
            f'{where}: engine = "bifrost" without base_url: cc does not run Bifrost',
            f'cc gateway render --for bifrost {name} writes its configuration; then add base_url = "https://HOST/anthropic"',
            code=INVALID,
        )
    if profile.by_gateway:
        return CcError(
            f"{name} is reached by a gateway, which this cc cannot start for a launch yet",
            f"cc gateway render --for litellm {name} writes what LiteLLM needs; cc show {name}",
            code=UNREACHABLE,
        )
    return None
