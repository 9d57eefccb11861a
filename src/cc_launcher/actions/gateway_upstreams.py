"""The servers of this machine behind a gateway: where each of them is, and the window that it has now."""

from collections.abc import Callable, Iterator

from cc_launcher.actions import which_port
from cc_launcher.actions.screen import Screen
from cc_launcher.actions.secret_values import value_of
from cc_launcher.core.errors import CcError
from cc_launcher.core.models import local
from cc_launcher.core.models.local import Told
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile import local_servers, model_choice
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import profiles
from cc_launcher.launch import planfile


def loader(gateway: Resolved, screen: Screen) -> Callable[[str], Resolved]:
    """What reads the profile of an upstream of this gateway, with what its server says, if it is one of this machine.

    One that does not answer is left as it is written: a route may have others.
    """

    def load(name: str) -> Resolved:
        whose = profiles.load(name)
        if local_servers.of(whose.profile) is None:
            return whose
        place = which_port.of(whose, screen)
        if place.fault is not None:
            raise place.fault
        if place.note:
            screen.say(place.note)
        found = place.resolved
        for word in dict.fromkeys(_words(gateway, name)):
            model = model_choice.named(found.profile, name, word) or word
            told = _told(found, model)
            if told.fault:
                break
            if told.window is not None:
                found = local.with_window(found, model, told)
        return found

    return load


def _words(gateway: Resolved, name: str) -> Iterator[str]:
    """What its routes ask of an upstream."""
    profile = gateway.profile
    aliases = {
        alias for alias, other in (profile.gateway.upstreams if profile.gateway else {}).items() if other == name
    }
    for route in profile.routes.values():
        for target in route.targets:
            alias, _, word = (target.to or "").partition("/")
            if alias in aliases and word:
                yield word


def _told(resolved: Resolved, model: str) -> Told:
    from cc_launcher.net import local_server  # gateways without such a server do not pay for it

    told = local_server.ask(resolved, (model,))
    reference = reference_of(resolved, planfile.present()) if told.fault == local.LOCKED else None
    if reference is None:
        return told
    try:
        value = value_of(resolved, reference)
    except CcError:  # it is said where the key is needed
        return told
    is_key = resolved.profile.auth == "api-key"
    return local_server.ask(
        resolved, (model,), {"x-api-key": value} if is_key else {"Authorization": f"Bearer {value}"}
    )
