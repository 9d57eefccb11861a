"""The gateway on this machine: its engine, whether it runs as it should, and the keys that upstreams refuse."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined, GatewaySeen
from cc_launcher.core.doctor.findings import SWEEP, Finding, Fix, Place, found
from cc_launcher.core.profile.state import ENGINE

CODES = (
    "gateway-malicious",
    "gateway-outdated",
    "gateway-missing",
    "gateway-room",
    "gateway-left",
    "gateway-failed",
    "gateway-orphan",
    "gateway-port",
    "gateway-key",
)


def check(seen: Examined) -> Iterator[Finding]:
    """The engine first, then what runs on it."""
    gateway = seen.gateway
    if gateway.malicious[0]:
        yield found("gateway-malicious", gateway.malicious[0], hint=gateway.malicious[1])
    elif gateway.is_old:
        what = f"the gateway's engine is LiteLLM {gateway.engine}; this cc was tested with {gateway.newest}"
        yield found("gateway-outdated", what)
    wanted = [one.name for one in seen.profiles if one.state is not None and ENGINE in one.state.needs]
    if wanted:
        gone = f": {gateway.gone} is not there any more" if gateway.gone else ""
        yield found("gateway-missing", f"{', '.join(wanted)}: the gateway's engine is not installed{gone}")
        if gateway.room is not None and gateway.room < gateway.wants:
            what = f"{gateway.shown} has {gateway.room} MB of room, and an installation takes {gateway.wants} MB"
            yield found("gateway-room", what)
    if gateway.left:
        where = Place(gateway.directory, gateway.shown)
        what = f"{len(gateway.left)} engines that nobody uses, or that are not finished"
        fix = Fix(SWEEP, gateway.directory, f"remove what nobody uses in {gateway.shown}")
        yield found("gateway-left", what, where, fix=fix)
    yield from _running(gateway)
    for words, profile in gateway.refused:
        yield found("gateway-key", words, hint=f"cc secret set {profile}, then the next launch")


def _running(gateway: GatewaySeen) -> Iterator[Finding]:
    if gateway.fault:
        yield found("gateway-failed", gateway.fault)
    if gateway.orphan:
        yield found("gateway-orphan", f"process {gateway.orphan} serves without its parent, which was killed")
    if gateway.taken:
        yield found("gateway-port", f"another program has port {gateway.taken}, at which the gateway was last")
