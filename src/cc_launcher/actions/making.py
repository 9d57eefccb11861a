"""From a profile that was read to its plan, held against the hosts of its secrets: once, for all who need a plan."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.actions import model_list
from cc_launcher.claude import this_machine
from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway import launchable
from cc_launcher.core.models import merged
from cc_launcher.core.models.merged import Meant
from cc_launcher.core.plan import Plan, Slot
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import Options, make_plan
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.files import hosts, isolated
from cc_launcher.launch import paths


@dataclass(frozen=True)
class Setting:
    """Where a plan is to hold: which client, in which directory, and what of the machine counts there."""

    client: str | None
    directory: str = ""  # the current one, unless it is named
    for_real: bool = True  # whether the provider may be asked with the secret, and what is isolated made ready
    changed: Callable[[Machine, Resolved], Machine] = lambda found, _: found


@dataclass(frozen=True)
class Made:
    """What came of it. Nothing is refused yet."""

    meant: Meant
    machine: Machine
    options: Options

    @property
    def resolved(self) -> Resolved:
        """The profile, as the word for its model and the list of the provider have it."""
        return self.meant.resolved

    @property
    def about_window(self) -> str:
        """What is to be said where nobody knows how much the model holds. It is said once: see files/said.py."""
        return merged.about_window(self.meant)

    def plan(self, on: Machine | None = None, resolved: Resolved | None = None) -> Plan:
        """The plan on this machine, or on one that differs, for this profile, or for what a server says of it."""
        made = make_plan(resolved or self.resolved, self.meant.word, self.options, on or self.machine)
        return model_list.noted(made, self.meant)


def made(loaded: Resolved, word: str | None, options: Options, setting: Setting) -> Made:
    """What a plan of this profile is made from. One that needs a gateway first has none."""
    if (fault := launchable.fault_of(loaded)) is not None:
        raise fault
    meant = model_list.meant(loaded, word, with_secret=setting.for_real)
    resolved = meant.resolved
    if setting.for_real and resolved.profile.isolated:  # first, so that the settings that it shares are looked at
        directory = Path(this_machine.config_directory(resolved))
        isolated.prepare(directory, resolved.profile.share, Path(paths.client_config()))
    described = this_machine.describe(resolved, setting.client, setting.directory)
    return Made(meant, setting.changed(described, resolved), options)


def unfit_for(meant: Meant) -> CcError | None:
    """Why a launch on this model would come to nothing."""
    profile, name = meant.resolved.profile, meant.resolved.name
    try:
        merged.refuse_unfit(profile, name, choose(profile, name, meant.word))
    except CcError as error:
        return error
    return None


def held_back(resolved: Resolved, slots: tuple[Slot, ...]) -> CcError | None:
    """Why the profile's secrets are not handed out: they were kept for another host."""
    try:
        hosts.refuse_unconfirmed_login(resolved)
        for slot in slots:
            hosts.refuse_stranger(resolved, references.parse(slot.reference))
    except CcError as error:
        return error
    return None


def bind(resolved: Resolved, slots: tuple[Slot, ...]) -> None:
    """Write down which host the profile's secrets go to, now that they do."""
    for slot in slots:
        hosts.confirm(resolved, references.parse(slot.reference))
