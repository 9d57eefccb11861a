"""Which version a client is: asked once for each binary, and remembered."""

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.files import atomic
from cc_launcher.launch import paths, planfile, process

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_PACKAGE = "@anthropic-ai/claude-code"
_DEADLINE = 10.0
_REMEMBERED = 20


def of(client: str) -> tuple[int, ...] | None:
    """The version of this client; nothing when it does not say."""
    binary = os.path.realpath(client)
    identity = f"{binary} {planfile.fingerprint(binary)}"
    remembered = _load()
    if identity not in remembered:
        remembered = {identity: _found_out(client), **dict(list(remembered.items())[: _REMEMBERED - 1])}
        with contextlib.suppress(CcError):
            atomic.directory(_file().parent)
            atomic.write(_file(), json.dumps(remembered).encode())
    return parse(remembered[identity])


def parse(text: str) -> tuple[int, ...] | None:
    """The first thing in a text that looks like a version."""
    match = _VERSION.search(text)
    return tuple(int(part) for part in match.groups()) if match else None


def _found_out(client: str) -> str:
    """The version that the package around the client names, or else the one that the client says itself."""
    for directory in Path(os.path.realpath(client)).parents[:2]:
        package = _json_object(directory / "package.json")
        if package.get("name") == _PACKAGE and isinstance(package.get("version"), str):
            return str(package["version"])
    # Only what a program needs to run at all: nothing of a routing variable, no credential.
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ
    }
    try:
        answer = process.read((client, "--version"), "the version of claude", _DEADLINE, environment)
    except CcError:
        return ""
    return ".".join(str(part) for part in parse(answer.decode("utf-8", "replace")) or ())


def _file() -> Path:
    return Path(paths.cache()) / "clients.json"


def _load() -> dict[str, str]:
    return {key: value for key, value in _json_object(_file()).items() if isinstance(value, str)}


def _json_object(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing when it is missing or odd."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
