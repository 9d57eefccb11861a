"""What another place wants so that it starts the client on a profile: a workflow, a container, an editor."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from cc_launcher.actions import making, wrapping
from cc_launcher.actions.making import Setting
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.plan import client, elsewhere
from cc_launcher.core.plan.exports import EDITORS
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import Options
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import quote
from cc_launcher.core.wrapper import editors
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.files import profiles, wrappers
from cc_launcher.launch import paths


@dataclass(frozen=True)
class Written:
    """The text for that place, and what is to be said beside it."""

    text: str
    notes: list[str]


def written(profile: str, model: str, place: str) -> Written:
    """What this place wants, or why it cannot have it."""
    loaded = profiles.load(profile)
    return _for_an_editor(loaded, model, place) if place in EDITORS else _without_cc(loaded, model, place)


def _without_cc(loaded: Resolved, model: str, place: str) -> Written:
    """For a place where only the client is."""
    if loaded.profile.by_gateway:
        what = f"{loaded.name}: it is reached by a gateway on this machine, which is not there"
        hint = "a gateway that it can reach: cc gateway render, then a profile with its address"
        raise CcError(what, hint, code=USAGE)
    setting = Setting(None, for_real=False, changed=lambda found, _: _of_another(found))
    made = making.made(loaded, model or None, Options(), setting)
    if (unfit := making.unfit_for(made.meant)) is not None:
        raise unfit
    plan = made.plan()
    elsewhere.refuse(made.resolved, plan, place)
    if (held := making.held_back(made.resolved, plan.slots)) is not None:
        raise held
    making.bind(made.resolved, plan.slots)
    return Written(elsewhere.text(made.resolved, plan, place), elsewhere.notes(made.resolved, plan, place))


def _of_another(found: Machine) -> Machine:
    """Another machine than this one: no settings of this one have a say there, and it has a new client."""
    own = replace(found, version=client.NEWEST, shim=False, settings=(), managed=(), mcp_lists=(), network=())
    return replace(own, own_file=frozenset(), status_line=(), mcp_file=None)


def _for_an_editor(loaded: Resolved, model: str, place: str) -> Written:
    """For an editor on this machine: all is in a wrapper, which it starts."""
    known = _installed(loaded.name, model)
    path, notes = known or _new(loaded.name, model)
    secret = loaded.profile.secret or ""
    variable = secret.partition(":")[2] if secret.startswith("env:") else ""
    notes = [*notes, *editors.notes(place, loaded.name, variable)]
    return Written(editors.text(place, str(path), loaded.title), notes)


def _installed(profile: str, model: str) -> tuple[Path, list[str]] | None:
    """The wrapper that does this, where there is one: the one with the usual name first."""
    found = [one for one in wrappers.installed() if one.wrapper and one.wrapper.profile == profile]
    fitting = [one.path for one in found if one.wrapper and one.wrapper.model == model]
    usual = [path for path in fitting if path.name == _name(profile, model)]
    return next(((path, []) for path in [*usual, *fitting]), None)


def _new(profile: str, model: str) -> tuple[Path, list[str]]:
    """Where the wrapper would be, and the command for it, once it is sure that there can be one."""
    name = _name(profile, model)
    path = Path(paths.home()) / ".local" / "bin" / name
    words = ["cc", "install-wrapper", profile, *(["--model", model, "--name", name] if model else [])]
    try:
        wrapping.check_name(name, path, force=False)
    except CcError as error:
        if error.code != IN_THE_WAY:
            raise
        hint = f"under another name: {quote.posix([*words[:5], '--name', 'NAME'])}, then this again"
        raise CcError(error.what, hint, code=error.code) from None
    wrapping.written(Wrapper(name, profile, model))
    return path, [f"there is no such wrapper yet; first: {quote.posix(words)}"]


def _name(profile: str, model: str) -> str:
    return f"claude-{profile}" + (f"-{re.sub('[^a-z0-9]+', '-', model.lower()).strip('-')}" if model else "")
