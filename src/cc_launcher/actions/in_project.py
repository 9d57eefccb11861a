"""What `cc use` writes into a project's settings: a plan as a file can hold it, and what fetches its key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from cc_launcher.actions import gateway_session, making, takes_images
from cc_launcher.actions.making import Setting
from cc_launcher.claude import this_machine
from cc_launcher.core.plan import HELPER, Plan, Slot, override, without
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.plan.make_plan import Options
from cc_launcher.core.plan.protection import unheld_network
from cc_launcher.core.profile.collector import Telemetry
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.text import json_edit
from cc_launcher.core.text.json_edit import NotJson
from cc_launcher.files import hosts, overrides, profiles, said
from cc_launcher.files.overrides import Change


def planned(name: str, model: str, file: Path, base: Change) -> tuple[Resolved, Plan]:
    """The profile's plan as a settings file can hold it, made where our own settings are not there."""
    loaded = profiles.load(name)
    gateway_session.refuse(loaded, "cc use", "each session of a gateway has a key of its own, which a file cannot hold")
    override.refuse(name, loaded.profile)
    telemetry = loaded.profile.telemetry
    loaded = _with_telemetry(loaded, None)  # measured on 2.1.332: of a project's file, the client takes none

    def changed(found: Machine, resolved: Resolved) -> Machine:
        mode = there(base, ("permissions", "defaultMode"))
        own = SettingsFile(str(file), "local", keys=frozenset({"permissions.defaultMode"} if mode is not None else ()))
        return replace(
            found,
            settings=(*(other for other in found.settings if other.path != str(file)), own),
            present=found.present - set(resolved.profile.key_env),  # an editor has other variables than this shell
            version=None,  # any client may read the file, so nothing is left to the host's flag
        )

    options = Options(sealed=loaded.profile.auth != "none")
    made = making.made(loaded, model or None, options, Setting(None, for_real=False, changed=changed))
    plan = made.plan()
    less = without.of(made.resolved, plan.model, takes_images=takes_images.known(made.resolved, plan.model))
    plan = plan.but(notes=tuple(filter(None, (*plan.notes, made.about_window, without.note(less, said.missing(name))))))
    for slot in fetched(plan):
        hosts.refuse_stranger(made.resolved, references.parse(slot.reference))
    return _with_telemetry(made.resolved, telemetry), plan


def _with_telemetry(resolved: Resolved, telemetry: Telemetry | None) -> Resolved:
    return replace(resolved, profile=resolved.profile.model_copy(update={"telemetry": telemetry}))


def fetched(plan: Plan) -> list[Slot]:
    """The secret that the client's helper fetches; those of MCP servers are for launches alone."""
    return [slot for slot in plan.slots if slot.delivery == HELPER]


def helper(resolved: Resolved, plan: Plan) -> list[str]:
    """Our own command, by its whole path, bound to the host that stands in the same file."""
    reference = next((slot.reference for slot in fetched(plan)), "")
    bound = ["--for", resolved.name, "--host", hosts.host_of(resolved)]
    unheld = unheld_network(replace(this_machine.describe(resolved, None), version=None), plan.protection)
    looking = ["--unless-set", ",".join(unheld)] if unheld else []
    return [*this_machine.OWN_COMMAND, "secret", "get", "--reference", reference, *bound, *looking]


def there(base: Change, path: tuple[str, ...], default: Any = None, *, comments: bool = False) -> Any:
    """A value of the file's own, without ours."""
    try:
        return json_edit.get(json_edit.decode(base.new or b"")[0], path, default, comments=comments)
    except NotJson as bad:
        raise overrides.broken(base.file, bad) from None


def with_ours(base: Change, settings: dict[str, Any], profile: str, model: str, *, comments: bool = False) -> Change:
    """The file with these settings in it."""
    return overrides.with_ours(base, override.leaves(settings), profile, model, comments=comments)
