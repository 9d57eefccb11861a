"""A span for each request, to the collector that the profile names ([telemetry]): figures and names.

The engine could do so, too, but for one collector alone, and what an upstream says of a fault, which may repeat what it
was asked, would be in it.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

_PATIENCE = 10.0  # seconds for an export
_EVERY = 2000  # milliseconds between two
_SPAN = {
    "session": "session.id",
    "route": "gen_ai.request.model",
    "upstream": "gen_ai.response.model",
    "served": "cc.served",
    "rule": "cc.rule",
    "key": "cc.key",
    "team": "cc.team",
    "status": "http.response.status_code",
    "code": "error.type",
    "input": "gen_ai.usage.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "cache_read": "gen_ai.usage.cache_read.input_tokens",
    "cache_write": "gen_ai.usage.cache_creation.input_tokens",
    "cost": "cc.cost",
    "currency": "cc.currency",
    "call": "cc.call",
}


class NoSpans(ValueError):
    """The engine's Python cannot send any."""


class Spans:
    """Where those of one profile go."""

    def __init__(self, profile: str, told: dict[str, Any], environment: dict[str, str]) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - few
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - have a collector
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
            from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415
            from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415
        except ImportError:
            what = "opentelemetry-sdk and opentelemetry-exporter-otlp-proto-http, which the engine's Python lacks"
            raise NoSpans(f"{profile}: [telemetry] needs {what}") from None
        exporter = OTLPSpanExporter(
            endpoint=f"{told['otlp']}/v1/traces",
            headers=_headers(told, environment),
            timeout=_PATIENCE,
            session=_session(told["otlp"]),
        )
        about = {"service.name": "cc-gateway", **told["attributes"], "cc.profile": profile}
        provider = TracerProvider(resource=Resource(about))
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_EVERY))
        self._tracer = provider.get_tracer("cc")
        self._kind, self._fault = SpanKind.SERVER, StatusCode.ERROR
        self._context = tracecontext.TraceContextTextMapPropagator()

    def tell(self, row: dict[str, Any], tries: list[tuple[float, str, int, str]], parent: str) -> None:
        """A request is over. `tries` are those that failed before, `parent` is what the client says of its own span."""
        known = {name: row.get(column) for column, name in _SPAN.items()}
        attributes = {name: value for name, value in known.items() if value not in {None, ""}}
        span = self._tracer.start_span(
            f"chat {row['route']}",
            context=self._context.extract({"traceparent": parent}) if parent else None,
            kind=self._kind,
            attributes={"gen_ai.operation.name": "chat", **attributes},
            start_time=_nanoseconds(row["time"]),
        )
        for when, target, status, code in tries:
            about = {"cc.served": target, "http.response.status_code": status, "error.type": code}
            span.add_event("failed", about, _nanoseconds(when))
        if row["status"] >= 400:
            span.set_status(self._fault)
        span.end(_nanoseconds(row["time"] + row["ms"] / 1000))


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1_000_000_000)


def _headers(told: dict[str, Any], environment: dict[str, str]) -> dict[str, str]:
    """With the secrets, which are in variables."""
    found = dict(told["headers"])
    for name, about in told["secret_headers"].items():
        secret = environment.get(about["variable"], "")
        basic = base64.b64encode(f"{about['user']}:{secret}".encode()).decode()
        found[name] = f"Basic {basic}" if about["user"] else f"{about['prefix']}{secret}"
    return found


def _session(address: str) -> Any:
    """What asks the collector, and nobody else: it goes where no answer sends it, and sends no password of a file."""
    import requests  # noqa: PLC0415 - as above

    found = requests.Session()
    found.max_redirects = 0
    found.auth = lambda asked: asked
    if urlsplit(address).hostname in {"127.0.0.1", "::1", "localhost"}:
        found.trust_env = False  # no proxy
    return found
