"""What is said of a session before it goes to another provider, for people and for programs."""

from typing import Any

from cc_launcher.actions import consent as consents
from cc_launcher.actions.take_over import SHORT, Judged, current_of, hosts_of
from cc_launcher.core.sessions import consent
from cc_launcher.core.sessions.blocks import DOCUMENTS, IMAGES, LENGTH, REDACTED, SEARCHES, THINKING
from cc_launcher.core.sessions.consent import LOGIN, UNKNOWN
from cc_launcher.core.sessions.history import Stretch
from cc_launcher.core.text import amounts
from cc_launcher.core.usage import price, words
from cc_launcher.core.usage.figures import Figures
from cc_launcher.files.price_book import PriceBook

# Why it goes on as a copy: by the kind of what cannot stay in it.
_COPIED = {
    THINKING: "its thinking would be refused",
    REDACTED: "its thinking would be refused",
    IMAGES: "its images would be refused, and become text",
    DOCUMENTS: "its documents would be refused, and become text",
    SEARCHES: "what the provider searched for itself becomes text",
    LENGTH: "it is compacted there",
}


def lines(one: Judged, title: str) -> list[str]:
    """What the user has to know before it goes."""
    found, receiver = one.found, one.receiver
    senders = ", ".join(dict.fromkeys(_shown(stretch) for stretch in one.stretches)) or "nobody"
    told = [f"{one.file.id[:SHORT]} ({title or 'no title'}): seen by {senders} so far"]
    amount = f"{words.tokens(found.tokens)} tokens" if found.tokens else "as many tokens as it has"
    images = f", {found.images} image{'s' if found.images != 1 else ''}" if found.images else ""
    gets = "may each get" if ", " in receiver.host else "gets"  # behind a gateway
    costs = _costs(receiver.profile, one.model, found.tokens)
    told.append(f"{receiver.host} {gets} all of it: {amount}{images}{costs}")
    told += _about_window(one)
    if one.found.doubtful and found.images:
        told.append(
            f"whether {one.model} takes images is not known (cc probe {receiver.profile} would tell); if it does not: "
            f"cc take-over --without-images {receiver.profile} {one.file.id[:SHORT]}"
        )
    if one.is_copied:
        why = list(dict.fromkeys(_COPIED[kind] for kind in one.found.refused))
        why += [f"{receiver.profile} keeps its sessions elsewhere"] if one.elsewhere else []
        told.append(f"it goes on as a copy, since {', '.join(why)}; the session itself stays as it is")
    return told


def as_data(one: Judged) -> dict[str, Any]:
    """The same for programs. What nobody knows is null."""
    return {
        "session": one.file.id,
        "seen_by": [
            {"profile": stretch.profile or None, "host": hosts_of(stretch), "models": list(stretch.models)}
            for stretch in one.stretches
        ],
        "host": one.receiver.host,
        "model": one.model or None,
        "tokens": one.found.tokens or None,
        "images": one.found.images,
        "window": one.window,
        "fits": one.found.fits,
        "copied": one.is_copied,
        "why_copied": [*one.found.refused, *(["kept elsewhere"] if one.elsewhere else [])],
        "cannot": one.found.cannot or None,
        "not_agreed": [
            {"from": pair.sender.host, "to": pair.receiver.host, "private": pair.private}
            for pair in consents.open_ones(one.pairs)
        ],
    }


def to_be_asked(one: Judged) -> list[str]:
    """What a launch would ask for, in the commands that say yes."""
    return [f"you have not agreed to that yet: {consent.command_for(pair)}" for pair in consents.open_ones(one.pairs)]


def _shown(stretch: Stretch) -> str:
    """A stretch, for people."""
    name = stretch.profile or ("plain claude" if stretch.is_own_login else "plain claude, of another provider")
    host = hosts_of(stretch)
    models = ", ".join(stretch.models)
    return (
        f"{name} ({models})"
        if host in {name, UNKNOWN, LOGIN}
        else f"{name} ({', '.join(filter(None, [host, models]))})"
    )


def _about_window(one: Judged) -> list[str]:
    """Whether it fits; else what compacting it costs on either side."""
    found, receiver = one.found, one.receiver
    if found.fits is None or one.window is None:
        return []
    window = f"the window of {one.model} holds {amounts.window(one.window)}"
    if found.fits:
        return [f"it fits: {window}"]
    before = current_of(one.stretches)
    here = _costs(receiver.profile, one.model, found.tokens)
    told = [f"it does not fit: {window}. The client compacts it on {receiver.profile} first, in pieces{here}"]
    if before:
        model = one.stretches[-1].models[-1] if one.stretches[-1].models else ""
        there = _costs(before, model, found.tokens)
        told.append(f"or compact it where it is: cc run {before} --resume {one.file.id}, then /compact{there}")
    return told


def _costs(profile: str, model: str, tokens: int) -> str:
    """What it costs to send so many tokens once, as far as that is known."""
    book = PriceBook()
    if not tokens or book.billing(profile) != price.TOKENS:
        return ""
    listed = book.price(profile, model, "")
    if listed is None:
        return ""
    cost = price.cost(listed, Figures(input=tokens), price.bucket_of(tokens))
    book.keep()
    return f" (about {words.cost(cost, listed.currency)} to send it once)"
