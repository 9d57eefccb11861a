"""Sources that profiles follow: what they have changed, and whether they answer."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined, Source
from cc_launcher.core.doctor.findings import Finding, found

CODES = ("profile-followed", "profile-source")


def check(seen: Examined) -> Iterator[Finding]:
    """Each source by itself: one that cannot be reached says nothing of the others."""
    for source in seen.sources:
        name = source.profiles[0]
        if source.fault:
            hint = f"cc import --follow {name} asks it again; cc import --unfollow {name} ends it"
            what = f"{source.fault} ({', '.join(source.profiles)} follow{_s(source.profiles)} {source.shown})"
            yield found("profile-source", what, hint=hint)
        lines = tuple(_lines(source))
        if lines:
            what = f"{', '.join(source.profiles)}: {source.shown} has changed since it was taken"
            hint = f"cc import --follow {name} shows it again, and asks"
            yield found("profile-followed", what, hint=hint, details=lines)


def _lines(source: Source) -> Iterator[str]:
    for name, lines in source.news:
        yield from (f"{name}: {line}" for line in lines)
    for name in source.new:
        yield f"{name}: is new there"
    for name in source.gone:
        yield f"{name}: the source has it no more; it stays here"
    for name in source.missing:
        yield f"{name}: is not here any more: cc import --unfollow {name}"


def _s(names: tuple[str, ...]) -> str:
    return "s" if len(names) == 1 else ""
