"""Profiles for others, as one document of TOML: without keys, personal references and commands; and read again."""

import shlex
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import tomlkit

from cc_launcher.core.importing import arguments, inside, keys, naming
from cc_launcher.core.importing.found import NONE, REFERENCE, Candidate, Consent, Dropped, Key, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, listed, table, toml_of, word
from cc_launcher.core.text import has_control, printable

_VERSION = 1
_SECRETS = ("secret", "secret_headers", "secret_values")
_COMMANDS = ("args", "mcp")
# What would have force over the one who imports it, and was not asked for.
_NEVER = ("keep", "isolated", "share", "sealed", "scrub", "modes", "telemetry", "search", "search_servers")
# What says where requests go: a variable of the shell that holds the key for another host would go there.
_ADDRESSES = ("base_url", "openai_url", "regions", "values", "parameters", "cloud")
_SHORTEST = 6  # of a key that is looked for inside other texts


def made(
    profiles: Mapping[str, Mapping[str, Any]],
    origins: Mapping[str, str],
    day: str,
    version: str,
) -> str:
    """The document, of what `shared` gives. `origins` says of each profile what it starts from."""
    document = tomlkit.document()
    about = tomlkit.table()
    for name, value in (("version", _VERSION), ("made", day), ("by", f"cc-launcher {version}")):
        about.add(name, value)
    about.add("from", tomlkit.item(dict(origins)))
    document.add("bundle", about)
    within = tomlkit.table(is_super_table=True)
    for name, data in profiles.items():
        within.add(name, tomlkit.item(dict(data)))
    document.add("profiles", within)
    return tomlkit.dumps(document)


def shared(data: Mapping[str, Any], they_have: Collection[str], *, keep_reference: bool) -> dict[str, Any]:
    """What others get of a profile, who have the profiles of these names."""
    kept = {name: value for name, value in data.items() if name not in (*_COMMANDS, *_NEVER, *_SECRETS)}
    if keep_reference:
        kept |= {name: _references(data[name]) for name in _SECRETS if name in data}
    servers = {
        name: about for name, about in table(kept.pop("mcp_servers", {})).items() if "command" not in table(about)
    }
    kept["mcp_servers"] = {name: _without_secrets(about) for name, about in servers.items()}
    if "fallback" in kept:
        kept["fallback"] = [name for name in kept["fallback"] if name in they_have]
    return {name: value for name, value in kept.items() if value not in (None, {}, [], "")}


def left_out(data: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """The keys of a profile that others do not get."""
    servers = table(given.get("mcp_servers"))
    missing = [f"mcp_servers.{name}" for name in table(data.get("mcp_servers")) if name not in servers]
    missing += [key for key, value in data.items() if key != "mcp_servers" and given.get(key) != value]
    return sorted(missing)


def _without_secrets(value: Any) -> dict[str, Any]:
    return {name: inner for name, inner in table(value).items() if "secret" not in name}


def _references(value: Any) -> Any:
    """Those of 1Password, which a team shares; of a table those alone."""
    if isinstance(value, str):
        return value if value.startswith("op://") else None
    found = {
        name: inner for name, inner in table(value).items() if isinstance(inner, str) and inner.startswith("op://")
    }
    return found or None


def faults(text: str, known: Mapping[str, str]) -> list[str]:
    """What in a document must not leave this machine: a key of the user's, or what has the shape of one."""
    parts = list(_texts(tomllib.loads(text)))
    found = [
        f"the key of {name} is in it"
        for name, value in known.items()
        if any(value == part or (len(value) >= _SHORTEST and value in part) for _, part in parts)
    ]
    return found + [f"{where} has text with the shape of a key" for where, part in parts if is_key(where, part)]


def is_key(where: str, text: str) -> bool:
    """Whether this text has the shape of a key. How all keys of a provider begin is none."""
    return not where.endswith(".key_prefix") and keys.is_shaped_like_one(text)


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a document, names included, and where it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            here = f"{where}.{name}" if where else name
            yield (where or "it", name)
            yield from _texts(inner, where or "it" if keys.is_shaped_like_one(name) else here)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, where)
    elif isinstance(value, str):
        yield where, value


def is_one(text: str) -> bool:
    """Whether this is such a document."""
    try:
        return "bundle" in tomllib.loads(text)
    except (ValueError, RecursionError):
        return False


def read(text: str, path: str, found: Reading) -> None:
    """The profiles of a document. Nothing of it has force by itself: what needs a yes asks for it."""
    try:
        whole = table(toml_of(text))
    except Unreadable as bad:
        found.faults.append(f"{path}: {bad}")
        return
    about = table(whole.get("bundle"))
    if about.get("version") != _VERSION:
        later = isinstance(about.get("version"), int)
        found.faults.append(f"{path}: {'a bundle of a later version of cc' if later else 'no bundle of cc export'}")
        return
    profiles = table(whole.get("profiles"))
    if not profiles:
        found.faults.append(f"{path}: a bundle without a profile")
    for name, data in profiles.items():
        found.candidates.append(_candidate(name, table(data), Place(path, f"profiles.{name}"), about))


def _candidate(name: str, data: dict[str, Any], place: Place, about: dict[str, Any]) -> Candidate:
    left = (*_SECRETS, *_COMMANDS, *_NEVER, "plain_http", "key_env")
    kept = {key: value for key, value in data.items() if key not in left}
    dropped = [Dropped(key, "is never taken from a bundle") for key in data if key in (*_NEVER, "mcp", *_SECRETS[1:])]
    servers = table(kept.pop("mcp_servers", {}))
    dropped += [Dropped(f"mcp_servers.{each}", "a server is added by hand: cc edit") for each in servers]
    if "key_env" in data:
        dropped.append(Dropped("key_env", "a key of yours goes to no host of somebody else's"))
    if any(key in kept for key in _ADDRESSES):
        kept["key_env"] = []
    secret = word(data.get("secret"))
    key = keys.reference(secret, place, consent=True) if secret else Key(NONE, place=place)
    lines = arguments.lines(listed(data.get("args")))
    consents = [Consent("args", shlex.join(words), "an argument for claude at each launch", words) for words in lines]
    if key.kind == REFERENCE and key.consent:
        kind = "a command that prints the key" if secret.startswith("cmd:") else "a key of yours, for a host of theirs"
        consents.append(Consent("secret", key.reference.removeprefix("cmd:"), kind))
    base_url = word(kept.get("base_url"))
    plain = bool(data.get("plain_http"))
    if plain:
        consents.append(Consent("plain_http", base_url, "sends the key over the network in clear text"))
    return Candidate(
        name=naming.slug(name) or "imported",
        data={key: value for key, value in kept.items() if not (isinstance(value, str) and has_control(value))},
        key=key,
        header_keys={},
        places=(place,),
        sources=("bundle",),
        host=inside.host_of(base_url) or word(kept.get("extends")),
        consents=tuple(consents),
        args=tuple(word for words in lines for word in words),
        plain_http=plain,
        dropped=tuple(dropped),
        notes=(f"from somebody else{_provenance(name, about)}: look at its host",),
        origin=name,
    )


def _provenance(name: str, about: dict[str, Any]) -> str:
    """When it was made, by which cc, and from what, as the document says."""
    made_on, by = word(about.get("made")), word(about.get("by"))
    start = word(table(about.get("from")).get(name))
    said = [f"of {made_on}" if made_on else "", f"by {by}" if by else "", f"from {start}" if start else ""]
    return "".join(f", {printable(part)[:120]}" for part in said if part)
