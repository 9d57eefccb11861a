"""A fake registry of npm, for tests: it hands out packages that were fetched before, on a loopback port."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.fakes.loopback import Listening, Loopback, Quiet


class FakeRegistry(Loopback):
    """Knows these packages, each in one version, and no others."""

    def __init__(self, packages: list[Path]) -> None:
        super().__init__(Handler)
        self.files = {path.name: path for path in packages}
        self.about = {about["name"]: (about, path) for path in packages for about in [_about(path)]}
        self.asked: list[str] = []

    def document(self, name: str) -> dict[str, Any]:
        """What the registry says of a package."""
        about, path = self.about[name]
        digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
        dist = {"tarball": f"{self.url}/-/{path.name}", "integrity": f"sha512-{digest}"}
        version = about["version"]
        return {"name": name, "dist-tags": {"latest": version}, "versions": {version: {**about, "dist": dist}}}


class Handler(Quiet, BaseHTTPRequestHandler):
    """Answers npm."""

    server: Listening[FakeRegistry]

    def do_GET(self) -> None:
        registry = self.server.owner
        asked = unquote(self.path.partition("?")[0]).lstrip("/")
        registry.asked.append(asked)
        if asked in registry.about:
            self.send(200, json.dumps(registry.document(asked)).encode())
        elif (file := registry.files.get(asked.removeprefix("-/"))) is not None:
            self.send(200, file.read_bytes())
        else:
            self.send(404, b'{"error": "not found"}')

    def send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _about(package: Path) -> dict[str, Any]:
    with tarfile.open(package) as archive:
        found = archive.extractfile("package/package.json")
        assert found is not None
        about: dict[str, Any] = json.load(found)
    return about
