"""A session of a profile that is reached by a gateway: it is served first, and the client sees its routes as models."""

from cc_launcher.actions import gateway
from cc_launcher.actions.screen import Screen
from cc_launcher.claude import this_machine
from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway import client_side, launchable
from cc_launcher.core.plan import client
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import gateway_keys, gateway_places, said

_served: dict[tuple[str, str, bool], Resolved] = {}  # by this process: a launch may be planned more than once


def seen(loaded: Resolved, word: str | None, *, sealed: bool, screen: Screen | None) -> Resolved:
    """The profile as the client sees it. With a screen it is served from now on, and this process has a key for it."""
    if (fault := launchable.fault_of(loaded)) is not None:
        raise fault
    model = _model(loaded, word)
    later = sealed or loaded.profile.sealed or not client.can_be_hosted(this_machine.client_version())
    if screen is None:
        return client_side.seen(
            loaded, gateway.described(loaded, model), _address(), gateway_keys.reference(later=later)
        )
    asked = (loaded.name, model, later)
    if asked not in _served:
        found = gateway.described(loaded, model, screen)
        for note in said.new_of(loaded.name, found.notes):  # before its first use, and when there is something new
            screen.say(note)
        endpoint = gateway.ready(found, screen)
        gateway_keys.keep(endpoint.key, later=later)
        _served[asked] = client_side.seen(loaded, found, endpoint.base_url, gateway_keys.reference(later=later))
    return _served[asked]


def _model(loaded: Resolved, word: str | None) -> str:
    """The model that a session of a lone provider asks for, which may be one that its profile does not name."""
    if word is None or loaded.profile.gateway is not None:
        return ""
    return choose(loaded.profile, loaded.name, word).main


def _address() -> str:
    """Where it was served last."""
    port = gateway_places.read(gateway_places.daemon()).get("port")
    return f"http://127.0.0.1:{port}" if isinstance(port, int) else "http://127.0.0.1"


def refuse(loaded: Resolved, command: str, why: str) -> None:
    """Refuse what a gateway's profile cannot be used for."""
    if loaded.profile.by_gateway:
        raise CcError(f"{command} {loaded.name}: {why}", f"cc run {loaded.name}, or cc install-wrapper {loaded.name}")
