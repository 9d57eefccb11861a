"""Which version a client is: asked once for each binary, and remembered."""

import contextlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.files import atomic, places
from cc_launcher.launch import helper, planfile

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_PACKAGE = "@anthropic-ai/claude-code"
_NEEDED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
_OF_MANAGERS = ("ASDF_", "FNM_", "MISE_", "NODENV_", "NVM_", "PROTO_", "RTX_", "VOLTA_", "XDG_")
_DEADLINE = 10.0
_REMEMBERED = 20


def of(client: str) -> tuple[int, ...] | None:
    """The version of this client; nothing when it does not say."""
    binary = os.path.realpath(client)
    packaged = _of_package(binary)
    if packaged:
        return parse(packaged)
    if not _is_client_itself(binary):
        return parse(_said(client))
    identity = f"{binary} {planfile.fingerprint(binary)}"
    remembered = _load()
    if identity not in remembered:
        remembered = {identity: _said(client), **dict(list(remembered.items())[: _REMEMBERED - 1])}
        with contextlib.suppress(CcError):
            atomic.directory(_file().parent)
            atomic.write(_file(), json.dumps(remembered).encode())
    return parse(remembered[identity])


def is_shim(client: str) -> bool:
    """Whether this only starts a client that is elsewhere: another one tomorrow, or in another directory."""
    binary = os.path.realpath(client)
    return not _of_package(binary) and not _is_client_itself(binary)


def parse(text: str) -> tuple[int, ...] | None:
    """The first thing in a text that looks like a version."""
    match = _VERSION.search(text)
    return tuple(int(part) for part in match.groups()) if match else None


def package_of(client: str) -> str:
    """The directory of the package that a client is in; nothing for one that is in none."""
    binary = os.path.realpath(client)
    return next((str(directory) for directory in Path(binary).parents[:2] if _named_in(directory)), "")


def _of_package(binary: str) -> str:
    """The version that the package around the client names."""
    return next((version for directory in Path(binary).parents[:2] if (version := _named_in(directory))), "")


def _named_in(directory: Path) -> str:
    package = _object((directory / "package.json").read_text) if (directory / "package.json").is_file() else {}
    version = package.get("version")
    return version if package.get("name") == _PACKAGE and isinstance(version, str) else ""


def _is_client_itself(binary: str) -> bool:
    """Whether this file is one version of the client, rather than a shim that may start another one tomorrow."""
    try:
        with open(binary, "rb") as program:
            return "claude" in binary and not program.read(2).startswith(b"#!")
    except OSError:
        return False


def _said(client: str) -> str:
    """The version that the client says itself."""
    # Only what a program needs to run at all, or a version manager to choose: no routing variable, no credential.
    needed = [name for name in os.environ if name in _NEEDED or name.startswith(_OF_MANAGERS)]
    manner = helper.Manner(environment={name: os.environ[name] for name in needed}, alone=True)
    try:
        answer = helper.read((client, "--version"), "the version of claude", _DEADLINE, manner)
    except CcError:
        return ""
    return ".".join(str(part) for part in parse(answer.decode("utf-8", "replace")) or ())


def _file() -> Path:
    return Path(places.cache()) / "clients.json"


def _load() -> dict[str, str]:
    # Which version it is decides how a launch is protected: nobody else may have written it.
    found = _object(lambda: planfile.read_own(str(_file())))
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _object(read: Callable[[], str]) -> dict[str, Any]:
    """What a JSON file holds; nothing when it is missing or odd."""
    try:
        found = json.loads(read())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
