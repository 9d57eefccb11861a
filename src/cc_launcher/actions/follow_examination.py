"""What `cc doctor` looks at of sources: those that profiles follow, and what could still be imported."""

from dataclasses import replace

from cc_launcher.actions import following, import_scan
from cc_launcher.core.doctor.examined import Source
from cc_launcher.core.importing.followed import Followed
from cc_launcher.files import follows, places


def sources(named: str, *, online: bool) -> tuple[Source, ...]:
    """Each source, or that of one profile. Online, those are asked whose day has come."""
    every = [about for about in follows.all_of() if not named or named in about.profiles]
    return tuple(_source(following.asked(about) if online else about) for about in every)


def to_import() -> tuple[tuple[str, str], ...]:
    """What would be brought without anything being said about it: no copy of before, and no other program's address."""
    offers = [offer for offer in import_scan.look([]).offers if not offer.there]
    wanted = [each.candidate for each in offers if each.candidate.chosen and not each.candidate.router]
    return tuple((one.name, one.sources[0]) for one in wanted)


def _source(about: Followed) -> Source:
    there = {*places.user_names()}
    missing = tuple(name for name in about.profiles if name not in there)
    seen = Source(about.shown, tuple(about.profiles), about.fault, missing=missing)
    if not about.latest:
        return seen
    found = following.compared(about, about.latest, about.latest_digest)
    if found.fault:
        return replace(seen, fault=about.fault or f"{following.host_of(about)}: {found.fault}")
    news = tuple((one.name, (*one.lines, *following.warnings(one, about))) for one in found.updates if one.lines)
    return replace(seen, news=news, new=tuple(found.unheard), gone=tuple(found.gone))
