"""Which profile to launch, where the line names none: this project's, the last one, or one from a list."""

from cc_launcher.actions import states, which_profile
from cc_launcher.actions.states import Row
from cc_launcher.actions.which_profile import Meant
from cc_launcher.cli import columns, questions, render
from cc_launcher.cli.questions import Entry
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.profile.popular import rank
from cc_launcher.core.text import printable
from cc_launcher.files import places, profiles
from cc_launcher.launch.request import AGAIN, Request

PICK = "--pick"
_WIDEST = 22
_MARK = 4  # columns that the list itself takes


def fill_in(asked: Request) -> None:
    """Put the profile into a line that names none."""
    if asked.profile and asked.profile != AGAIN:
        return
    again = asked.profile == AGAIN
    meant = which_profile.last() if again else _of_records(asked)
    if again and meant is None:
        raise CcError(
            "cc run -: nothing has been started yet", "cc run PROFILE; cc ls shows the profiles", code=NO_SUCH
        )
    if not again and not questions.is_conversation():
        raise CcError("cc run: which profile?", _exactly(meant), code=USAGE)
    if meant is None:
        asked.profile = picked()
        return
    if not again:
        render.talk(f"{meant.shown}: {meant.why}. Another one: cc run PROFILE, or cc run {PICK}")
    asked.profile = meant.profile
    if asked.word is None:
        asked.word = meant.word


def _of_records(asked: Request) -> Meant | None:
    return None if PICK in asked.flags else which_profile.of_project() or which_profile.last()


def picked(but: str = "") -> str:
    """The profile that is chosen from the list, which one may not stand in."""
    rows = which_profile.ordered([row for row in states.rows() if not row.summary.fault and row.name != but])
    entries = [Entry(_line(row), row.name) for row in rows]
    return str(questions.choose("Which profile? (type to search)", entries, search=True))


def _line(row: Row) -> str:
    about = _good_for(row)
    mark = f"{row.state.short}: " if which_profile.is_set_up(row) else "yours: " if row.own else ""
    text, most = printable(f"{row.name:<{_WIDEST}} {mark}{about}"), columns.size()[0] - _MARK
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _good_for(row: Row) -> str:
    source = profiles.find(row.name)
    while source is not None and "good_for" not in source.data and "extends" in source.data:
        base = str(source.data["extends"])
        source = profiles.find(base, only_shipped=base == source.name)
    return str(source.data.get("good_for", row.summary.title)) if source is not None else row.summary.title


def _exactly(meant: Meant | None) -> str:
    """The command that would do it."""
    if meant is not None:
        return f"cc run {meant.shown} ({meant.why})"
    known = sorted(places.known(), key=lambda name: (name not in places.user_names(), rank(name)))
    return f"cc run PROFILE, one of {', '.join(known[:12])}{' …' if len(known) > 12 else ''}"
