"""Which secrets a profile has: its own, those in headers and in the address, of MCP servers and of telemetry."""

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan.make_plan import carried_by, reference_of
from cc_launcher.core.profile import beside
from cc_launcher.core.profile.field_types import OWN
from cc_launcher.core.profile.mcp_servers import slot_named, slots_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.references import Reference
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.launch import planfile


def all_of(resolved: Resolved, present: frozenset[str] | None = None) -> list[tuple[str, Reference]]:
    """Each secret of a profile, with the header or the MCP server that it is for."""
    there = planfile.present() if present is None else present
    own = reference_of(resolved, there)
    others = [(other.label, other.reference) for other in beside.of(resolved.profile)]
    return [*([("", own)] if own is not None else []), *_beside(resolved), *others]


def goes_to_provider(place: str) -> bool:
    """Whether the secret for this is sent to the provider."""
    return not place.startswith(("mcp ", f"{beside.TELEMETRY}."))


def _beside(resolved: Resolved) -> list[tuple[str, Reference]]:
    """The secrets in headers and in the address that are not the profile's own."""
    return [(carried.name, carried.reference) for carried in carried_by(resolved, None)]


def one_of(resolved: Resolved, header: str, mcp: str, own: Reference | None) -> Reference:
    """The secret that a command is about: of a header, of the address, of an MCP server, or the own one."""
    servers = [slot.label for slot in slots_of(resolved.profile.mcp_servers)]
    if mcp:
        return slot_named(resolved.name, mcp, resolved.profile.mcp_servers).reference
    collector = {other.label: other.reference for other in beside.of_collector(resolved.profile)}
    headers = collector | dict(_beside(resolved))
    if header:
        about = resolved.profile.secret_headers.get(header)
        if about is not None and about.secret == OWN and own is not None:
            return own
        if header not in headers:
            known = ", ".join(headers) or "this profile has no such header"
            hint = did_you_mean(header, list(headers)) or f"headers with a secret: {known}"
            raise CcError(f"{resolved.name}: no secret header {header}", hint)
        return headers[header]
    if own is not None:
        return own
    if len(headers) == 1:
        return next(iter(headers.values()))
    if headers:
        raise CcError(f"{resolved.name}has several secrets: which one?", f"--header {' or '.join(headers)}")
    if servers:
        raise CcError(f"{resolved.name}has several secrets: which one?", f"--mcp {' or '.join(servers)}")
    if resolved.profile.by_gateway and resolved.profile.gateway is not None:
        steps = [f"cc secret set {name}" for name in dict.fromkeys(resolved.profile.gateway.upstreams.values())]
        what = f"{resolved.name} has no secret of its own: the providers behind it have theirs"
        raise CcError(what, ", ".join(steps), code=USAGE)
    raise CcError(
        f"{resolved.name} needs no secret (auth = {resolved.profile.auth})", f"cc run {resolved.name}", code=USAGE
    )
