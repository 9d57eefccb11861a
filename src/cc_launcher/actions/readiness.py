"""The profiles of a list, and whether each is ready: told without reading a secret or asking a keyring."""

import functools
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cc_launcher.core.profile.identity import Identity
from cc_launcher.core.profile.summary import OWN_CHOICE, Summary
from cc_launcher.core.stores import references
from cc_launcher.core.stores.builtin import Command
from cc_launcher.files import cloud_tools, places, summaries
from cc_launcher.launch import planfile, process

if TYPE_CHECKING:
    from cc_launcher.core.probe.outcome import Run

READY = "ready"
_SEEN = ("env:", "file:", "cmd:")  # stores of which one can tell without asking them


@dataclass(frozen=True)
class Row:
    """One profile in the list."""

    summary: Summary
    state: str  # READY, or what is missing
    own: bool  # the user's own file, not the catalog's as it is
    probe: "Run | None" = None  # the newest one of its main model, if it was ever probed

    @property
    def name(self) -> str:
        """What one types."""
        return self.summary.name

    @property
    def ready(self) -> bool:
        """Whether a launch would find its secret."""
        return self.state == READY


def rows() -> list[Row]:
    """All profiles, the user's own before the catalog's."""
    there = planfile.present()
    probed = places.probed()
    return [
        Row(summary, state(summary, there), own, _probe(summary) if summary.name in probed else None)
        for summary, own in summaries.read()
    ]


def state(summary: Summary, there: frozenset[str]) -> str:
    """Whether the secrets are there, without reading them; a keyring is not asked, since it may ask back."""
    if summary.fault:
        return f"invalid: {summary.fault}"
    if summary.needs:
        return summary.needs
    if summary.cloud is not None and (fault := _cloud_state(*summary.cloud, there=there)):
        return fault
    if summary.key_env is not None and not there.intersection(summary.key_env):
        return f"needs {' or '.join([*summary.key_env[:1], 'the keyring'])}"
    unseen = [reference for reference in summary.references if not _there(references.parse(reference))]
    if not unseen:
        return READY
    return ", ".join(f"{text} ({'missing' if text.startswith(_SEEN) else 'not asked'})" for text in unseen)


def _probe(summary: Summary) -> "Run | None":
    """What the newest probe of the main model found, unless it was of another endpoint."""
    from cc_launcher.core.probe import kept
    from cc_launcher.files import kept_probes

    model = kept.CLIENTS_DEFAULT if summary.model == OWN_CHOICE else summary.model
    run = kept_probes.newest(summary.name, model)
    return run if run is not None and kept.is_of_host(run, _host(summary.host)) else None


def _host(endpoint: str) -> str:
    """The name in what a list calls the endpoint; none where no address is known."""
    from cc_launcher.core.text import urls  # which few lists need

    return "" if endpoint == OWN_CHOICE else urls.name_of(endpoint if "://" in endpoint else f"https://{endpoint}")


def _cloud_state(family: str, named: str, *variables: str, there: frozenset[str]) -> str:
    """What keeps a cloud's profile from being ready: its tools have no credential that can be seen."""
    if there.intersection(variables) and not named:
        return ""
    found = _identity(family, named)
    return "" if found.seen else f"not asked: {found.who}"


@functools.cache
def _identity(family: str, named: str) -> Identity:
    return cloud_tools.who(family, named)


def _there(reference: references.Reference) -> bool:
    if reference.store == "env":
        return bool(os.environ.get(reference.name))
    if reference.store == "file":
        try:
            found = Path(reference.name).expanduser().stat()
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and (os.name == "nt" or not found.st_mode & 0o077)
    if reference.store == "cmd":
        program = Command().argv(reference.name)[0]
        on_path = process.find(program, os.environ.get("PATH", os.defpath))
        return bool(on_path) if "/" not in program else os.access(program, os.X_OK)
    return False
