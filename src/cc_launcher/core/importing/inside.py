"""Profiles that came in one document name each other: in which order they come, and what of it a new name changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cc_launcher.core.importing.found import Candidate
from cc_launcher.core.importing.lenient import table, word
from cc_launcher.core.importing.provider import Provider
from cc_launcher.core.text import urls

Names = Mapping[tuple[str, str], str]  # the document and a name in there, and what that one is called here


def base(data: Mapping[str, Any], name: str) -> str:
    """The other profile that this one starts from. Its own name means the catalog's, which has no other."""
    found = word(data.get("extends"))
    return "" if found == name else found


def needed(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The profiles without which this one is nothing: what it starts from, and those behind a gateway."""
    behind = [word(each) for each in table(table(data.get("gateway")).get("upstreams")).values()]
    return tuple(dict.fromkeys(filter(None, [base(data, name), *behind])))


def ordered(candidates: Iterable[Candidate]) -> list[Candidate]:
    """What others need comes before them; apart from that, as it was."""
    left = list(candidates)
    found: list[Candidate] = []
    while left:
        waiting = {(_document(each), each.origin) for each in left}
        ready = [each for each in left if not (_needs(each) & waiting - {(_document(each), each.origin)})]
        found += ready or left  # a circle is refused when it is read as a profile
        left = [each for each in left if ready and each not in ready]
    return found


def renamed(candidate: Candidate, names: Names) -> Candidate:
    """With those whom it names called what they are called here."""
    if not candidate.origin:
        return candidate
    document = _document(candidate)

    def here(name: Any) -> Any:
        return names.get((document, name), name) if isinstance(name, str) else name

    data = dict(candidate.data)
    if base(data, candidate.origin):
        data["extends"] = here(data["extends"])
    if isinstance(data.get("fallback"), list):
        data["fallback"] = [here(name) for name in data["fallback"]]
    gateway = table(data.get("gateway"))
    if table(gateway.get("upstreams")):
        upstreams = {alias: here(name) for alias, name in gateway["upstreams"].items()}
        data["gateway"] = {**gateway, "upstreams": upstreams}
    return replace(candidate, data=data)


def named(candidates: Iterable[Candidate]) -> dict[tuple[str, str], str]:
    """What each of them is called here."""
    return {(_document(each), each.origin): each.name for each in candidates if each.origin}


def with_host(candidate: Candidate, others: Iterable[Candidate], catalog: Mapping[str, Provider]) -> Candidate:
    """With the host that it goes to, which may stand in what it starts from."""
    if not candidate.origin:
        return candidate
    inside = {each.origin: each.data for each in others if _document(each) == _document(candidate)}
    return replace(candidate, host=_host(candidate.data, candidate.origin, inside, catalog) or "unknown")


def host_of(url: str) -> str:
    """The host of an address that somebody else has written."""
    try:
        return urls.host_of(url)
    except ValueError:
        return ""


def _host(
    data: Mapping[str, Any], name: str, inside: Mapping[str, Mapping[str, Any]], catalog: Mapping[str, Provider]
) -> str:
    region = word(data.get("region"))
    chain = [data]
    seen = {name}
    while (up := base(chain[-1], name)) in inside and up not in seen:
        seen.add(up)
        name = up
        chain.append(inside[up])
    shipped = catalog.get(word(chain[-1].get("extends")))
    for each in chain:
        if word(each.get("base_url")):
            return host_of(word(each["base_url"]))
        if region and region in table(each.get("regions")):
            return host_of(word(table(table(each["regions"])[region]).get("base_url")))
        region = region or word(each.get("region"))
    if any("gateway" in each for each in chain):
        behind = next(each for each in chain if "gateway" in each)
        return f"a gateway for {', '.join(map(str, table(table(behind['gateway']).get('upstreams')).values()))}"
    if shipped is None:
        return word(chain[-1].get("extends"))
    if region in shipped.regions:
        return urls.host_of(shipped.regions[region].base_url)
    return urls.host_of(shipped.base_url) if shipped.base_url else word(chain[-1].get("extends"))


def _needs(candidate: Candidate) -> set[tuple[str, str]]:
    return {(_document(candidate), name) for name in needed(candidate.data, candidate.origin)}


def _document(candidate: Candidate) -> str:
    return candidate.places[0].file if candidate.places else ""
