"""Where a server of this machine is that may be in several places: the one that answers as it does is taken, and said.

Only for an address that nobody has written: one in a profile of the user's stays what it is.
"""

from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from cc_launcher.actions.screen import Screen
from cc_launcher.core.errors import UNREACHABLE, USAGE, CcError
from cc_launcher.core.models import local, server_look
from cc_launcher.core.profile import local_servers
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text.urls import host_of

_chosen: dict[str, str] = {}  # by this process, which may plan a launch more than once


class Place(NamedTuple):
    """The profile with the address of its server, what is to be said of that, and why nobody knows it."""

    resolved: Resolved
    note: str = ""
    fault: CcError | None = None


def of(resolved: Resolved, screen: Screen) -> Place:
    """Look where its server is."""
    places = local_servers.places(resolved)
    if not places:
        return Place(resolved)
    said = _answers(places)
    found = [place for place in places if server_look.is_llama_server(said[place])]
    if not found:
        others = [place for place in places if said[place]]
        # That nothing answers is said where it is asked for its window.
        return Place(resolved, fault=_another_program(resolved, others) if others else None)
    if len(found) > 1 and _chosen.get(resolved.name) in found:
        found = [_chosen[resolved.name]]
    if len(found) > 1:
        if screen.chooses is None:
            return Place(resolved, fault=_several(resolved, found))
        lines = {_line(place, said[place]): place for place in found}
        question = f"{resolved.name}: {_title(resolved)} answers at {len(found)} ports. Which one?"
        found = [lines[screen.chooses(question, list(lines))]]
        _chosen[resolved.name] = found[0]
    [address] = found
    note = "" if address == places[0] else f"{resolved.name}: {_title(resolved)} answers at {host_of(address)}"
    return Place(replace(resolved, profile=resolved.profile.model_copy(update={"base_url": address})), note)


def _answers(places: tuple[str, ...]) -> dict[str, bytes]:
    """What is said at each of them; nothing where nobody is, or nobody speaks."""
    from cc_launcher.net import local_look, local_server  # other launches do not pay for them

    parts = {place: urlsplit(place) for place in places}
    asked = {
        place: (part.hostname or "", str(part.port), f"{part.path}{local_servers.PROPERTIES}")
        for place, part in parts.items()
    }
    said = local_look.look(asked.values(), local_server.LOOK)
    return {place: said[asked[place]] or b"" for place in places}


def _title(resolved: Resolved) -> str:
    return local.server_of(resolved.profile).title


def _line(place: str, said: bytes) -> str:
    model = server_look.model_of(said)
    return f"{host_of(place)} ({model})" if model else host_of(place)


def _several(resolved: Resolved, found: list[str]) -> CcError:
    """Nobody is there to say which one is meant."""
    return CcError(
        f"{resolved.name}: {_title(resolved)} answers at {' and at '.join(map(host_of, found))}",
        f"say which one is meant: {_command(resolved, found[-1])}",
        code=USAGE,
    )


def _another_program(resolved: Resolved, others: list[str]) -> CcError:
    """What answers is something else: a prompt is not for it."""
    start, other_port = local.server_of(resolved.profile).start, urlsplit(local_servers.places(resolved)[-1]).port
    return CcError(
        f"{resolved.name}: what answers at {' and at '.join(map(host_of, others))} is not {_title(resolved)}",
        f"start it: {start} --port {other_port}; if it is behind that program: {_command(resolved, others[0])}",
        code=UNREACHABLE,
    )


def _command(resolved: Resolved, address: str) -> str:
    """What keeps an address: a profile of the user's own, new or changed."""
    new = bool(resolved.chain) and resolved.chain[0].shipped
    return f"cc add {resolved.name} --base-url {address}" if new else f"cc edit {resolved.name} base_url={address}"
