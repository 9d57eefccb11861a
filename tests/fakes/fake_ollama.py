"""A FAKE Ollama, for tests: it answers what cc asks of one, on a loopback port, in the shapes of Ollama's docs/api.md.

It runs no model: what it "has" is a table that the test fills. A `trouble` makes it one that cannot be used.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Listening, Loopback, Quiet

Json = Any

# What each of them answers with, whatever it is asked: a status and a body, or something worse.
BODIES: dict[str, tuple[int, bytes]] = {
    "malformed": (200, b'{"models": ['),
    "deep": (200, b"[" * 200_000),
    "html": (200, b"<html>Ollama is running</html>"),
    "not text": (200, b"\xff\xfe\x00"),
    "an odd shape": (200, b'{"models": {"name": 7}, "data": [[1], {"id": {"a": 1}}]}'),
    "a bare number": (200, b"17"),
    "locked": (401, b'{"error": "unauthorized"}'),
    "loading": (503, b'{"error":{"message":"Loading model","type":"unavailable_error","code":503}}'),
    "a fault": (500, b'{"error": "out of memory"}'),
    "another program": (404, b"404 page not found"),
    "a redirect": (302, b""),
}
TROUBLES = (*BODIES, "huge", "hangs up", "no HTTP", "silent", "trickle")


@dataclass
class Seen:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json


class FakeServer(Loopback):
    """A server on a loopback port while its context is open; what it answers is for `reply` to say."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.requests: list[Seen] = []
        self.trouble = ""
        self.key = ""  # that it wants as a bearer token, or as x-api-key
        self.open: frozenset[str] = frozenset()  # what it tells without one
        self.title = ""  # what it calls itself in the head of an answer
        self.over = threading.Event()

    def stop(self) -> None:
        """Go away: nothing listens there any more."""
        if not self.over.is_set():
            self.over.set()
            super().stop()

    @property
    def paths(self) -> list[str]:
        """What was asked, in its order."""
        return [seen.path for seen in self.requests]

    def reply(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        raise NotImplementedError


class FakeOllama(FakeServer):
    """A FAKE Ollama with a table of models."""

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, Json] = {}
        self.loaded: dict[str, int] = {}  # the window of each model in memory
        self.creating = threading.Event()  # something is being created
        self.goes_on = threading.Event()  # and may be finished
        self.goes_on.set()
        self.fails = ""  # what it says instead of creating

    def add(
        self,
        name: str,
        *,
        num_ctx: int | None = None,
        largest: int | None = 202_752,
        tools: bool = True,
        remote: bool = False,
        parent: str = "",
    ) -> None:
        """Have a model."""
        self.models[_tagged(name)] = {
            "num_ctx": num_ctx,
            "largest": largest,
            "tools": tools,
            "remote": remote,
            "parent": parent,
        }

    def reply(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        match method, path:
            case "GET", "/api/tags":
                return 200, {"models": [self._listed(name) for name in self.models]}
            case "GET", "/api/ps":
                return 200, {"models": [self._running(name, window) for name, window in self.loaded.items()]}
            case "POST", "/api/show":
                name = _tagged(body["model"])
                return (
                    (200, self._shown(name)) if name in self.models else (404, {"error": f"model '{name}' not found"})
                )
            case "POST", "/api/generate":
                name = _tagged(body["model"])
                self.loaded[name] = self.models[name]["num_ctx"] or 4096
                return 200, {"model": name, "response": "", "done": True}
            case "POST", "/api/create":
                return 200, self._create(body)
        return 404, {"error": "404 page not found"}

    def _listed(self, name: str) -> Json:
        about = self.models[name]
        return {
            "name": name,
            "model": name,
            "modified_at": "2026-11-01T08:06:48.639712648Z",
            "size": 19_019_270_152,
            "digest": f"{hash((name, about['num_ctx'])) & 0xFFFFFFFF:064x}",
            "details": {"parent_model": about["parent"], "format": "gguf", "context_length": about["largest"]},
            "capabilities": ["completion", *(["tools"] if about["tools"] else [])],
            **({"remote_host": "https://ollama.com:443"} if about["remote"] else {}),
        }

    def _shown(self, name: str) -> Json:
        about = self.models[name]
        lines = ['stop                           "<|user|>"', "temperature                    1"]
        if about["num_ctx"]:
            lines.insert(1, f"num_ctx                        {about['num_ctx']}")
        return {
            "modelfile": "# Modelfile generated by a FAKE",
            "parameters": "\n".join(lines),
            "template": "{{ .Prompt }}",
            "details": {"parent_model": about["parent"], "family": "glm4moelite"},
            "model_info": {
                "general.architecture": "glm4moelite",
                **({"glm4moelite.context_length": about["largest"]} if about["largest"] else {}),
            },
            "capabilities": ["completion", *(["tools"] if about["tools"] else [])],
            **({"remote_host": "https://ollama.com:443"} if about["remote"] else {}),
        }

    def _running(self, name: str, window: int) -> Json:
        return {
            "name": name,
            "model": name,
            "size": 23_000_000_000,
            "digest": "0",
            "details": {},
            "expires_at": "2026-11-21T10:00:00Z",
            "size_vram": 18_000_000_000,
            "context_length": window,
        }

    def _create(self, body: Json) -> list[Json]:
        self.creating.set()
        self.goes_on.wait(60)
        if self.fails:
            return [{"status": "reading model metadata"}, {"error": self.fails}]
        base = self.models[_tagged(body["from"])]
        self.models[_tagged(body["model"])] = base | body["parameters"] | {"parent": body["from"]}
        return [
            {"status": "using already created layer sha256:22f7f8ef5f4c791c1b03d7eb4143"},
            {"status": "writing manifest"},
            {"status": "success"},
        ]


def _tagged(name: str) -> str:
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


class _Handler(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeServer]

    def version_string(self) -> str:
        return self.server.owner.title or super().version_string()

    def answer(self) -> None:
        fake = self.server.owner
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(raw) if raw else None
        fake.requests.append(Seen(self.command, self.path, headers, body))
        if fake.trouble:
            self.be(fake.trouble)
        elif (
            fake.key
            and self.path not in fake.open
            and fake.key
            not in {
                headers.get("x-api-key"),
                headers.get("authorization", "")[len("Bearer ") :],
            }
        ):
            self.send(*BODIES["locked"])
        else:
            status, found = fake.reply(self.command, self.path, body)
            lines = found if isinstance(found, list) else [found]
            self.send(status, b"\n".join(json.dumps(line, separators=(",", ":")).encode() for line in lines) + b"\n")

    do_GET = do_POST = answer  # noqa: N815 - http.server's names

    def be(self, trouble: str) -> None:
        """Answer as one with this trouble."""
        fake = self.server.owner
        if trouble in BODIES:
            self.send(*BODIES[trouble])
        elif trouble == "no HTTP":
            self.wfile.write(b"220 a mail server\r\n\r\n")
        elif trouble == "silent":
            fake.over.wait()
        elif trouble in {"huge", "trickle"}:
            self.send_response(200)
            self.end_headers()
            while not fake.over.wait(0.02 if trouble == "trickle" else 0):
                self.wfile.write(b" " * (1 if trouble == "trickle" else 65_536))
        # hangs up: nothing

    def send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if status == 302:
            self.send_header("location", "http://127.0.0.1:9/")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
