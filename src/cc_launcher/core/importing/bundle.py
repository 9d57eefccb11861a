"""Profiles for others, as one document of TOML: without keys, personal references and commands; and read again."""

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from cc_launcher.core.importing import keys, naming
from cc_launcher.core.importing.found import NONE, REFERENCE, Candidate, Consent, Dropped, Key, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, table, toml_of, word
from cc_launcher.core.text import has_control, urls

_VERSION = 1
_PERSONAL = ("secret", "secret_headers", "secret_values")
_COMMANDS = ("args", "mcp")
# What would have force over the one who imports it, and was not asked for.
_NEVER = ("keep", "isolated", "share", "sealed", "scrub", "modes", "telemetry")


def made(profiles: Mapping[str, Mapping[str, Any]], day: str, version: str, *, keep_reference: bool) -> str:
    """The document."""
    document = tomlkit.document()
    about = tomlkit.table()
    for name, value in (("version", _VERSION), ("made", day), ("by", f"cc-launcher {version}")):
        about.add(name, value)
    document.add("bundle", about)
    inside = tomlkit.table(is_super_table=True)
    for name, data in profiles.items():
        inside.add(name, tomlkit.item(_shared(data, keep_reference=keep_reference)))
    document.add("profiles", inside)
    return tomlkit.dumps(document)


def _shared(data: Mapping[str, Any], *, keep_reference: bool) -> dict[str, Any]:
    kept = {name: value for name, value in data.items() if name not in (*_COMMANDS, *_NEVER, *_PERSONAL)}
    if keep_reference:
        kept |= {name: _references(data[name]) for name in _PERSONAL if name in data}
    servers = {
        name: about for name, about in table(kept.pop("mcp_servers", {})).items() if "command" not in table(about)
    }
    kept["mcp_servers"] = {name: _without_secrets(about) for name, about in servers.items()}
    return {name: value for name, value in kept.items() if value not in (None, {}, "")}


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
    found = [f"the key of {name} is in it" for name, value in known.items() if value and value in text]
    for number, line in enumerate(text.splitlines(), start=1):
        _, equals, value = line.partition("=")
        if equals and any(keys.looks_like_key(part) for part in value.split('"')[1::2]):
            found.append(f"line {number} has text with the shape of a key")
    return found


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
    if table(whole["bundle"]).get("version") != _VERSION:
        found.faults.append(f"{path}: a bundle of a later version of cc")
        return
    for name, data in table(whole.get("profiles")).items():
        found.candidates.append(_candidate(name, table(data), Place(path, f"profiles.{name}")))


def _candidate(name: str, data: dict[str, Any], place: Place) -> Candidate:
    kept = {key: value for key, value in data.items() if key not in (*_PERSONAL, *_COMMANDS, *_NEVER, "plain_http")}
    kept.setdefault("title", name)
    dropped = [Dropped(key, "is never taken from a bundle") for key in data if key in (*_NEVER, "mcp", "secret_values")]
    servers = table(kept.pop("mcp_servers", {}))
    dropped += [Dropped(f"mcp_servers.{each}", "a server is added by hand: cc edit") for each in servers]
    if "base_url" in kept:  # or else a variable of the shell that is for another host would go there
        dropped += (
            [Dropped("key_env", "a key of yours goes to no host of somebody else's")] if "key_env" in kept else []
        )
        kept["key_env"] = []
    secret = word(data.get("secret"))
    key = keys.reference(secret, place, consent=True) if secret else Key(NONE, place=place)
    args = tuple(word(each) for each in data.get("args") or ())
    consents = [Consent("args", each, "an argument for claude at each launch") for each in args]
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
        host=urls.host_of(base_url) or word(kept.get("extends")),
        consents=tuple(consents),
        args=args,
        plain_http=plain,
        dropped=tuple(dropped),
        notes=("from somebody else: look at its host",),
    )
