"""Where the gateway's files are: its engine, what it was told, and its log."""

import json
from pathlib import Path
from typing import Any

from cc_launcher.files import places, regular

ENGINE, RECORD, LOG = "engine", "engine.json", "log.sqlite3"
OURS = Path(__file__).resolve().parent.parent / "in_engine"
_MOST = 64 * 1024


def directory() -> Path:
    """Everything of it."""
    return Path(places.data()) / "gateway"


def log() -> Path:
    """The keys as hashes, and a row for each request."""
    return directory() / LOG


def engines() -> Path:
    """The engines that cc has installed, each in a directory of its own."""
    return directory() / ENGINE


def daemon() -> Path:
    """What is written down of the parent that runs, or ran last: see launch/gateway_port.py."""
    return directory() / "daemon.json"


def record() -> Path:
    """Which engine is used."""
    return directory() / RECORD


def read(path: Path, most: int = _MOST) -> dict[str, Any]:
    """A small file of ours; nothing where it is missing or damaged."""
    try:
        found = json.loads(regular.read(path, most)[0])
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
