"""A candidate as a profile's file: its keys in their order, where its secrets will be kept, and what got a yes."""

from collections.abc import Collection, Mapping
from typing import Any

from cc_launcher.core.importing import naming
from cc_launcher.core.importing.found import LITERAL, REFERENCE, Candidate, Key

_ORDER = (
    "extends",
    "title",
    "region",
    "base_url",
    "api",
    "plain_http",
    "auth",
    "timeout",
    "open_ended",
    "args",
    "secret",
    "values",
    "tiers",
    "models",
    "compat",
    "env",
    "headers",
    "secret_headers",
)


def slots(candidate: Candidate) -> dict[str, tuple[str, Key]]:
    """What has to be kept: for each key (of the profile: no name; of a header: its own) its slot in a store."""
    found = {"": (candidate.name, candidate.key)} if candidate.key.kind == LITERAL else {}
    for header, key in candidate.header_keys.items():
        if key.kind == LITERAL:
            found[header] = (f"{candidate.name}.{naming.slug(header) or 'header'}", key)
    return found


def data(candidate: Candidate, kept: Mapping[str, str], agreed: Collection[str]) -> dict[str, Any]:
    """The profile: `kept` says where each key is, `agreed` which lines got a yes."""
    values = dict(candidate.data)
    key = candidate.key
    if key.kind == REFERENCE and (not key.consent or key.reference.removeprefix("cmd:") in agreed):
        values["secret"] = key.reference
    elif "" in kept:
        values["secret"] = kept[""]
    lines = [consent.words for consent in candidate.consents if consent.part == "args" and consent.line in agreed]
    arguments = [word for line in lines for word in line]
    if arguments:
        values["args"] = arguments
    if candidate.plain_http and str(values.get("base_url")) in agreed:
        values["plain_http"] = True
    headers = {header: kept[header] for header in candidate.header_keys if header in kept}
    if headers:
        values["secret_headers"] = headers
    ordered = [*_ORDER, *(name for name in values if name not in _ORDER)]
    return {name: values[name] for name in sorted(values, key=ordered.index)}
