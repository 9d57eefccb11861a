"""The same provider in several tools is one profile with several sources; and each profile has a name of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cc_launcher.core.importing import naming
from cc_launcher.core.importing.found import MISSING, PLACEHOLDER, Candidate


def merged(candidates: Iterable[Candidate], taken: Iterable[str] = ()) -> list[Candidate]:
    """Each once, named apart from each other. What comes first gives the name; a router's own comes last."""
    found: dict[Any, Candidate] = {}
    for candidate in candidates:
        same = identity(candidate)
        first = found.get(same)
        found[same] = candidate if first is None else _joined(first, candidate)
    ordered = sorted(found.values(), key=lambda one: (one.router or one.by_gateway, one.old))
    return _named(ordered, set(taken))


def identity(candidate: Candidate) -> tuple[Any, ...]:
    """What two of them must have in common: where it goes, with which key, to which models."""
    data = candidate.data
    key = candidate.key
    if candidate.origin:  # it is one of a document, which the others there may name
        return (*map(str, candidate.places), candidate.origin)
    kind = MISSING if key.kind == PLACEHOLDER else key.kind
    tiers = _whole(data.get("tiers", {}))
    where = (data.get("extends", ""), data.get("region", ""), data.get("base_url", ""), candidate.host)
    return (*where, kind, key.identity, tuple(sorted(tiers.items())), candidate.args)


def _whole(tiers: Mapping[str, str]) -> dict[str, str]:
    """The tiers, with what follows from main."""
    main = tiers.get("main", "")
    opus = tiers.get("opus", main)
    whole = {"main": main, "opus": opus, "sonnet": tiers.get("sonnet", main), "haiku": tiers.get("haiku", main)}
    return whole | {"fable": tiers.get("fable", opus), "subagent": tiers.get("subagent", main)}


def _joined(first: Candidate, second: Candidate) -> Candidate:
    """Both in one. What the client's own files say is a mixture of several, so that those of a tool count.

    An old copy counts less than either.
    """
    is_second = first.live and not second.live if first.old == second.old else first.old
    kept, other = (second, first) if is_second else (first, second)
    return replace(
        kept,
        places=(*kept.places, *(place for place in other.places if place not in kept.places)),
        sources=tuple(dict.fromkeys((*kept.sources, *other.sources))),
        aliases=(*kept.aliases, other.name, *other.aliases),
        chosen=first.chosen or second.chosen,
        old=first.old and second.old,
        needs=tuple(need for need in kept.needs if need in other.needs),  # what one of them says is no guess
        header_keys={**other.header_keys, **kept.header_keys} if not other.live else kept.header_keys,
        dropped=tuple(dict.fromkeys((*kept.dropped, *other.dropped))),
        notes=(*kept.notes, *_differences(kept, other)),
    )


def _differences(kept: Candidate, other: Candidate) -> tuple[str, ...]:
    """What the other one says, and the profile does not."""
    if other.live:  # what several tools have written there, one after the other
        return ()
    names = [
        name for name, value in other.data.items() if name not in {"title", "tiers"} and kept.data.get(name) != value
    ]
    return (f"{other.sources[0]} says something else of {', '.join(names)}: left out",) if names else ()


def _named(candidates: list[Candidate], taken: set[str]) -> list[Candidate]:
    named = []
    for candidate in candidates:
        name = naming.free(candidate.name, naming.slug(candidate.sources[0]), taken)
        taken.add(name)
        named.append(replace(candidate, name=name))
    return named
