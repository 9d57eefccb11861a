"""The secrets that go to somebody beside the provider: an MCP server, or the collector of telemetry."""

from collections.abc import Iterator
from typing import NamedTuple

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile import mcp_servers
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.text import urls

TELEMETRY = "telemetry"


class Beside(NamedTuple):
    """One such secret."""

    reference: references.Reference
    place: str  # to whom it belongs: a host, or a program
    whose: str  # in words
    address: tuple[str, ...]  # the key that names the place
    label: str  # what it is called in a list
    option: str  # how `cc secret` is told that it is this one


def of(profile: Profile) -> Iterator[Beside]:
    """Every secret of this profile that is not the provider's."""
    for slot in mcp_servers.slots_of(profile.mcp_servers):
        whose, address = f"the MCP server {slot.server}", ("mcp_servers", slot.server, "url")
        yield Beside(slot.reference, slot.place, whose, address, f"mcp {slot.label}", f"--mcp {slot.label}")
    yield from of_collector(profile)


def of_collector(profile: Profile) -> Iterator[Beside]:
    """Those of the collector."""
    if profile.telemetry is None:
        return
    for name, about in profile.telemetry.secret_headers.items():
        label = f"{TELEMETRY}.{name}"
        yield Beside(
            references.parse(about.secret),
            urls.name_of(profile.telemetry.otlp),
            "the collector of telemetry",
            (TELEMETRY, "otlp"),
            label,
            f"--header {label}",
        )


def refuse_shared(resolved: Resolved, own: set[str], own_host: str) -> None:
    """Keep each secret with one host: the provider's key goes neither to an MCP server nor to a collector."""
    places = dict.fromkeys(own, own_host)
    for secret in of(resolved.profile):
        place = places.setdefault(str(secret.reference), secret.place)
        if place != secret.place:
            suggested = secret.address[1] if secret.address[0] == "mcp_servers" else TELEMETRY
            raise CcError(
                f"{resolved.origin(*secret.address) or resolved.name}: {secret.reference} would go "
                f"to {secret.place} and to {place}",
                f'give each its own: secret = "keyring:{suggested}"',
                code=INVALID,
            )
