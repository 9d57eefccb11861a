"""Ask the gateway's parent, over a socket that only its owner can open: lines of JSON, there and back."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cc_launcher.launch import gateway_callers

_ANSWERS_IN = 5.0  # seconds
Told = dict[str, Any]


class NoParent(Exception):
    """Nobody is there."""


def status(directory: Path) -> Told:
    """How it stands; nothing where nobody is there."""
    try:
        return next(asked(directory, {"do": "status"}, _ANSWERS_IN), {})
    except NoParent:
        return {}


def asked(directory: Path, question: Told, patience: float) -> Iterator[Told]:
    """What it answers, as it comes. `patience` is how long it may be silent."""
    with _connected(directory) as connection:
        connection.settimeout(patience)
        try:
            connection.sendall(json.dumps(question).encode() + b"\n")
            with connection.makefile("rb") as lines:
                for line in lines:
                    told = json.loads(line)
                    yield told
                    if told["state"] not in {"waiting", "starting", "ending"}:
                        return
        except (OSError, ValueError):
            raise NoParent from None
    raise NoParent


def _connected(directory: Path) -> socket.socket:
    """A connection. The name of such a socket may not be long, so it is named from its own directory."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_ANSWERS_IN)
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(directory)
        try:
            connection.connect(gateway_callers.CONTROL)
        finally:
            os.fchdir(here)
    except OSError:
        connection.close()
        raise NoParent from None
    finally:
        os.close(here)
    return connection
