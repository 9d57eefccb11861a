"""What was found, for people: a row for each profile, what is left out of it, and what is no profile at all."""

from cc_launcher.actions.import_scan import Looked
from cc_launcher.cli import render
from cc_launcher.core.importing import offers
from cc_launcher.core.importing.found import LITERAL, Place
from cc_launcher.core.importing.offers import Offer

_MOST_PLACES = 8


def show(looked: Looked) -> None:
    """All of it."""
    for fault in looked.faults:
        render.talk(_at(fault))
    if looked.offers:
        titles = ("profile", "host", "models", "key", "goes to")
        render.table(titles, [_row(offer) for offer in looked.offers])
        for offer in looked.offers:
            _more(offer)
    for skip in looked.skipped:
        hint = f" ({skip.hint})" if skip.hint else ""
        still = f"; a key stands in {skip.key.place.shown}" if skip.key.kind == LITERAL and skip.key.place else ""
        render.talk(f"not imported: {skip.name}, {skip.place.shown}: {skip.why}{still}{hint}")
    if not looked.offers:
        shown = looked.places
        more = f" and {len(shown) - _MOST_PLACES} more" if len(shown) > _MOST_PLACES else ""
        render.talk(f"nothing to import was found in {', '.join(shown[:_MOST_PLACES])}{more}")


def _at(fault: str) -> str:
    """What is wrong, with the file that it is in."""
    file, colon, what = fault.partition(": ")
    return f"{Place(file).shown}{colon}{what}"


def _row(offer: Offer) -> tuple[str, ...]:
    candidate = offer.candidate
    goes = f"already there: {offer.there}" if offer.there else f"{candidate.name}.toml"
    return (candidate.name, candidate.host, offers.models(candidate), offers.key_at(candidate.key), goes)


def _more(offer: Offer) -> None:
    candidate = offer.candidate
    name = candidate.name
    where = ", ".join(place.shown for place in candidate.places)
    render.talk(f"{name}: from {where} ({', '.join(candidate.sources)})")
    for question in offer.questions:
        render.talk(f"{name}: asks first: {question}")
    for consent in candidate.consents:
        render.talk(f"{name}: only with your yes: {consent.part}: {consent.line}: {consent.why}")
    for dropped in candidate.dropped:
        render.talk(f"{name}: left out: {dropped.what}: {dropped.why}")
    for header, key in candidate.header_keys.items():
        render.talk(f"{name}: the header {header} holds a key: {offers.key_at(key)}")
    for note in candidate.notes:
        render.talk(f"{name}: {note}")
