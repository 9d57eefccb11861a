"""A fake collector: OTLP over HTTP on a loopback port, in JSON or as protobuf. It keeps what it is sent, and does
nothing with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]  # it has no types of its own
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.fakes.loopback import Listening, Loopback, Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

METRICS, LOGS, TRACES = "/v1/metrics", "/v1/logs", "/v1/traces"
_MESSAGES: dict[str, Any] = {
    METRICS: ExportMetricsServiceRequest,
    LOGS: ExportLogsServiceRequest,
    TRACES: ExportTraceServiceRequest,
}
_PARTS = {
    METRICS: ("resourceMetrics", "scopeMetrics", "metrics"),
    LOGS: ("resourceLogs", "scopeLogs", "logRecords"),
    TRACES: ("resourceSpans", "scopeSpans", "spans"),
}


@dataclass(frozen=True)
class Export:
    """One request as it arrived. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    raw: bytes
    body: Any


@dataclass(frozen=True)
class Point:
    """A value of a metric, an event or a span."""

    name: str
    unit: str
    attributes: dict[str, Any]  # its own
    resource: dict[str, Any]  # those of whoever sent it
    value: float = 0.0


class FakeCollector(Loopback):
    """A fake collector that takes exports while its context is open."""

    def __init__(self, status: int = 200) -> None:
        super().__init__(Handler)
        self.status = status
        self.exports: list[Export] = []

    @property
    def kinds(self) -> set[str]:
        """Which kinds of exports there were, by their path."""
        return {export.path for export in list(self.exports)}

    def holds(self, text: str) -> bool:
        """Whether this text is in an export, or in its headers."""
        return any(text.encode() in export.raw or text in str(export.headers) for export in list(self.exports))

    def points(self, path: str) -> list[Point]:
        """Every point of this kind."""
        return [point for export in list(self.exports) if export.path == path for point in _points(export)]


class Handler(Quiet, BaseHTTPRequestHandler):
    """Keeps what is exported."""

    server: Listening[FakeCollector]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self._read_all()
        path, coded = self.path.partition("?")[0], self.headers.get("content-type", "")
        body = json.loads(raw) if "json" in coded else _read(path, raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.owner.exports.append(Export(path, headers, raw, body))
        self.send_response(self.server.owner.status)
        self.send_header("content-length", "2")
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def _read_all(self) -> bytes:
        if "content-length" in self.headers:
            return self.rfile.read(int(self.headers["content-length"]))
        raw = b""  # in chunks, as the client of old sends it
        while size := int(self.rfile.readline(), 16):
            raw += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return raw


def _read(path: str, raw: bytes) -> Any:
    return MessageToDict(_MESSAGES[path].FromString(raw)) if path in _MESSAGES else None


def _points(export: Export) -> Iterator[Point]:
    outer, middle, inner = _PARTS[export.path]
    for group in export.body.get(outer, ()):
        resource = _attributes(group.get("resource", {}))
        for scope in group.get(middle, ()):
            for item in scope.get(inner, ()):
                if export.path != METRICS:
                    name = item.get("name") or item.get("body", {}).get("stringValue", "")
                    yield Point(name, "", _attributes(item), resource)
                    continue
                values = next(item[kind] for kind in ("sum", "gauge", "histogram") if kind in item)
                for point in values.get("dataPoints", ()):
                    value = float(point.get("asDouble", point.get("asInt", 0)))
                    yield Point(item["name"], item.get("unit", ""), _attributes(point), resource, value)


def _attributes(item: Any) -> dict[str, Any]:
    return {pair["key"]: next(iter(pair.get("value", {}).values()), None) for pair in item.get("attributes", ())}
