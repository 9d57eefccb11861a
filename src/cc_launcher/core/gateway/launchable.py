"""Whether a profile that names a gateway can be launched: only what cc cannot run is refused."""

from cc_launcher.core.errors import INVALID, CcError
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
    return None
