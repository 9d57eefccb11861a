"""What `cc doctor` looks at of the gateway. Nothing is started, and nobody is asked but its parent on this machine."""

import contextlib
import os
import shutil
import socket
from pathlib import Path

from cc_launcher.actions import gateway_daemon, gateway_install, gateway_report
from cc_launcher.core.doctor.examined import GatewaySeen
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import engine_list, gateway_engine, gateway_places, guard, profiles
from cc_launcher.launch import gateway_alive

_A_MEGABYTE = 1024 * 1024


def looked() -> GatewaySeen:
    """How it stands."""
    place = gateway_places.engines()
    engine = gateway_engine.installed()
    told = gateway_daemon.status()
    recorded = gateway_places.read(gateway_places.daemon())
    orphan = 0 if told else _alive(recorded.get("engine"))
    return GatewaySeen(
        directory=str(place),
        shown=guard.shown(place),
        engine=engine.version if engine is not None else "",
        newest=engine_list.versions()[engine_list.ENGINE],
        is_old=engine is not None and not engine.is_newest,
        malicious=_malicious(engine.version if engine is not None else ""),
        gone=_gone() if engine is None else "",
        room=_room(place),
        wants=gateway_install.ROOM,
        left=tuple(gateway_engine.unused(gateway_install.in_use())),
        fault=str(told.get("fault") or ""),
        orphan=orphan,
        taken=0 if told or orphan else _taken(recorded.get("port")),
        refused=tuple(_refused()),
    )


def behind(own: list[Resolved]) -> list[Resolved]:
    """The profiles behind these, where they are gateways, that are not among them."""
    names = {name: None for one in own if one.profile.gateway for name in one.profile.gateway.upstreams.values()}
    found = []
    for name in names:
        if name not in {one.name for one in own}:
            with contextlib.suppress(CcError):  # which the gateway's own profile says
                found.append(profiles.load(name))
    return found


def _malicious(version: str) -> tuple[str, str]:
    try:
        gateway_install.refused_by_name(version)
    except CcError as error:
        return error.what, error.hint
    return "", ""


def _gone() -> str:
    """The Python that is written down, and is not there."""
    python = str(gateway_places.read(gateway_places.record()).get("python") or "")
    return guard.shown(Path(python)) if python else ""


def _room(place: Path) -> int | None:
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return shutil.disk_usage(place).free // _A_MEGABYTE
    except OSError:
        return None


def _alive(pid: object) -> int:
    """An engine that was written down and lives, though its parent does not."""
    is_there = isinstance(pid, int) and pid > 0 and os.path.lexists(gateway_places.directory() / "orphan")
    return pid if isinstance(pid, int) and is_there and gateway_alive.started(pid) else 0


def _taken(port: object) -> int:
    """The port of before, where somebody else has it."""
    if not isinstance(port, int):
        return 0
    with socket.socket() as here:
        here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            here.bind(("127.0.0.1", port))
        except OSError:
            return port
    return 0


def _refused() -> list[tuple[str, str]]:
    """The keys that upstreams have refused, in words, each with the profile whose key it is."""
    return list(gateway_report.refused(""))
