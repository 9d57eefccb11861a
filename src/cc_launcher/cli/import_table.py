"""What was found, for people: what there is to say of it, then a row for each profile."""

import sys
from pathlib import Path

from cc_launcher.actions.import_scan import Looked
from cc_launcher.cli import columns, render
from cc_launcher.core.importing import notes, offers
from cc_launcher.core.importing.found import NONE, Place
from cc_launcher.core.importing.offers import Offer
from cc_launcher.core.text.width import width

_MOST_PLACES = 8
# Of all the places, those that people know.
_WELL_KNOWN = frozenset(
    f"~/{name}"
    for name in (
        ".claude/settings.json", ".bashrc", ".zshrc", ".config/fish/config.fish", ".cc-switch/cc-switch.db",
        ".claude-code-router/config.json", ".ccs/*.settings.json", ".ufomiao/zcf/config.toml",
    )
)  # fmt: skip
_TITLES = ("profile", "host", "models", "key", "goes to")
_HOST, _MODELS = 1, 2  # the columns that give way
_LEAST = 10  # of what is left of each


def show(looked: Looked, store: str) -> None:
    """All of it. The rows come last: what is asked next is about them."""
    for fault in looked.faults:
        render.talk(at(fault))
    for line in notes.of(looked.offers, looked.skipped):
        render.talk(line)
    if not looked.offers:
        shown = sorted(looked.places, key=lambda place: place not in _WELL_KNOWN)
        more = f" and {len(shown) - _MOST_PLACES} more places" if len(shown) > _MOST_PLACES else ""
        render.talk(f"nothing to import was found in {', '.join(shown[:_MOST_PLACES])}{more}")
        return
    rows = [_row(offer, store) for offer in looked.offers]
    if not sys.stdout.isatty():
        render.table(_TITLES, rows)
    elif _least(rows) <= columns.size()[0]:
        columns.show(rows, (_MODELS, _HOST), _TITLES)
    else:
        for row in rows:
            _stacked(*row)
    if all(offer.there for offer in looked.offers):
        render.talk("nothing of it is new")


def _least(rows: list[tuple[str, ...]]) -> int:
    """How wide a terminal has to be for a line each."""
    widths = [max(map(width, column)) for column in zip(_TITLES, *rows, strict=True)]
    for column in (_HOST, _MODELS):
        widths[column] = min(widths[column], _LEAST)
    return sum(widths) + len(columns.GAP) * (len(widths) - 1)


def _stacked(name: str, host: str, models: str, key: str, goes: str) -> None:
    render.styled(name, "bold", f"  {host}")
    render.out(f"  models  {models}")
    render.out(f"  key     {key}{f': {goes}' if goes else ''}")


def at(fault: str) -> str:
    """What is wrong, with the file that it is in."""
    file, colon, what = fault.partition(": ")
    return f"{Place(file).shown}{colon}{what}"


def _row(offer: Offer, store: str) -> tuple[str, ...]:
    candidate = offer.candidate
    goes = offers.key_goes(offer, store)
    at = "none in it" if candidate.origin and candidate.key.kind == NONE else offers.key_at(candidate.key)
    at = at.replace(f"{Path.home()}/", "~/")
    return (candidate.name, candidate.host, offers.models(candidate), at, goes)
