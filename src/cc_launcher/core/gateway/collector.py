"""The collector to which a gateway sends a span for each request: that of the profile's [telemetry]."""

from typing import Any

from cc_launcher.core.gateway import upstream
from cc_launcher.core.gateway.description import Collector, CollectorHeader, Secret
from cc_launcher.core.profile.resolve import Resolved


def of(resolved: Resolved) -> Collector | None:
    """The collector of this profile; nothing where it has none."""
    telemetry = resolved.profile.telemetry
    if telemetry is None:
        return None
    secret = tuple(
        CollectorHeader(
            name,
            Secret(upstream.variable(resolved.name, "telemetry", name), about.secret),
            about.prefix or "",
            about.user or "",
        )
        for name, about in telemetry.secret_headers.items()
    )
    plain = tuple(telemetry.headers.items())
    return Collector(telemetry.otlp, plain, secret, tuple(telemetry.attributes.items()))


def told(collector: Collector | None) -> dict[str, Any] | None:
    """What our hooks are told of it. Each secret is a variable's name."""
    if collector is None:
        return None
    return {
        "otlp": collector.address,
        "headers": dict(collector.headers),
        "secret_headers": {
            header.name: {"variable": header.secret.variable, "prefix": header.prefix, "user": header.user}
            for header in collector.secret_headers
        },
        "attributes": dict(collector.attributes),
    }
