"""Which profile a `cc run` means that names none, by our own records: what a repository says counts for nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.actions.states import Row
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.popular import rank
from cc_launcher.core.profile.state import CLIENT, NOT_NEEDED
from cc_launcher.files import overrides, places, profiles, records
from cc_launcher.launch import paths

_SETTINGS = (".claude/settings.local.json", ".vscode/settings.json", ".claude/settings.json")


@dataclass(frozen=True)
class Meant:
    """A profile, the word for its model, and why it is this one."""

    profile: str
    word: str | None
    why: str

    @property
    def shown(self) -> str:
        """As one types it."""
        return f"{self.profile} {self.word}" if self.word else self.profile


def of_project() -> Meant | None:
    """The profile that `cc use` has been told here."""
    for place in _SETTINGS:
        file = Path(paths.here()) / place
        record = overrides.recorded(file) if file.is_file() else None
        if record is not None and record.profile in places.known():
            word = record.model if record.model != _usual(record.profile) else ""
            return Meant(record.profile, word or None, "chosen for this project with cc use")
    return None


def last() -> Meant | None:
    """The one that was launched last."""
    found = next(iter(records.launches()), None)
    return Meant(found.profile, found.word or None, "the last one that worked") if found is not None else None


def ordered(rows: Sequence[Row]) -> list[Row]:
    """Those that can be launched now and the user's own first, then by what people use."""

    def place(row: Row) -> tuple[bool, bool, bool, int, str]:
        ready = is_set_up(row)
        return (not (row.own or ready), not ready, not row.own, rank(row.name), row.name)

    return sorted(rows, key=place)


def is_set_up(row: Row) -> bool:
    """Whether somebody has seen to all that the profile needs; that there is no client is true of all.

    A provider of the catalog that needs nothing is no sign of that.
    """
    somebody_did = row.own or row.state.key != NOT_NEEDED or bool(row.summary.server)
    return somebody_did and not {*row.state.needs} - {CLIENT}


def _usual(name: str) -> str:
    try:
        return choose(profiles.load(name).profile, name, None).main
    except CcError:
        return ""
