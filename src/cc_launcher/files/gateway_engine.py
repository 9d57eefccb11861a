"""The engine that cc has installed, or that the user has named: which one it is, and what is left of others."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from cc_launcher.files import atomic, engine_list, gateway_places
from cc_launcher.launch import gateway_alive

MEGABYTES = 490  # on disk, and what is loaded for it; `python -m tests.gateways.lock` prints the second
LOADED = 103
_UNFINISHED = "unfinished."


class Engine(NamedTuple):
    """An engine that can be started."""

    python: str
    version: str
    is_ours: bool  # installed by cc
    is_newest: bool  # of the list that this cc has


def installed() -> Engine | None:
    """The engine that is used; nothing where there is none."""
    found = gateway_places.read(gateway_places.record())
    python = str(found.get("python") or "")
    if not python or not os.access(python, os.X_OK):
        return None
    is_ours = found.get("list") is not None
    return Engine(python, str(found.get("version") or ""), is_ours, not is_ours or found["list"] == _sum())


def own_place() -> Path:
    """Where the engine of this list is installed."""
    return gateway_places.engines() / f"{engine_list.versions()[engine_list.ENGINE]}-{_sum()[:8]}"


def unfinished() -> Path:
    """Where this process puts one together."""
    return gateway_places.engines() / f"{_UNFINISHED}{os.getpid()}"


def python_of(place: Path) -> Path:
    """The Python of an engine there."""
    return place / "bin" / "python"


def note(python: str, version: str, *, is_ours: bool) -> None:
    """Use this one from now on."""
    content = {"python": python, "version": version} | ({"list": _sum()} if is_ours else {})
    atomic.write(gateway_places.record(), json.dumps(content).encode())


def unused(in_use: tuple[str, ...]) -> list[str]:
    """What nobody uses: what is unfinished, and engines of before. One that is being installed is somebody's."""
    engine = installed()
    keep = {*in_use, engine.python if engine is not None else ""}
    try:
        found = sorted(gateway_places.engines().iterdir())
    except OSError:
        return []
    return [str(place) for place in found if str(python_of(place)) not in keep and not _is_being_made(place)]


def _is_being_made(place: Path) -> bool:
    number = place.name.removeprefix(_UNFINISHED)
    return number != place.name and number.isdigit() and bool(gateway_alive.started(int(number)))


def remove_unused(in_use: tuple[str, ...]) -> int:
    """Take it away; how many there were."""
    found = unused(in_use)
    for place in found:
        shutil.rmtree(place, ignore_errors=True)
    return len(found)


def sweep(keep: tuple[str, ...]) -> None:
    """Take away what is unfinished, and engines that nobody uses. `keep`: the Pythons that are in use."""
    try:
        found = list(gateway_places.engines().iterdir())
    except OSError:
        return
    for place in found:
        if str(python_of(place)) not in keep:
            shutil.rmtree(place, ignore_errors=True)


def packages_in(place: Path) -> int:
    """How many packages are there already."""
    return sum(1 for _ in place.glob("lib/python3*/site-packages/*.dist-info"))


def forget() -> None:
    """No engine is used from now on; those of ours go."""
    gateway_places.record().unlink(missing_ok=True)
    shutil.rmtree(gateway_places.engines(), ignore_errors=True)


def _sum() -> str:
    return hashlib.sha256(engine_list.PATH.read_bytes()).hexdigest()
