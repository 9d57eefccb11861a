"""In which session a tool was called: the call's number stands in the newest transcripts of the project."""

import json
import os
from pathlib import Path

from cc_launcher.launch import paths

_NEWEST = 12  # transcripts
_TAIL = 4 * 1024 * 1024  # bytes of each


def found(call: str, directory: str) -> str:
    """The session; empty where none of them has it."""
    if not call:
        return ""
    name = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in os.path.realpath(directory))
    project = Path(paths.client_config()) / "projects" / name
    for path in _newest(project):
        session = _in(path, call.encode())
        if session:
            return session
    return ""


def _newest(project: Path) -> list[Path]:
    dated = []
    for path in (*project.glob("*.jsonl"), *project.glob("*/subagents/*.jsonl")):
        try:
            dated.append((path.stat().st_mtime_ns, path))
        except OSError:
            continue
    return [path for _, path in sorted(dated, reverse=True)[:_NEWEST]]


def _in(path: Path, call: bytes) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
            lines = file.read(_TAIL).split(b"\n")
    except OSError:
        return ""
    for line in reversed(lines):
        if call in line:
            try:
                session = json.loads(line).get("sessionId")
            except (ValueError, AttributeError, RecursionError):
                continue
            if isinstance(session, str):
                return session
    return ""
