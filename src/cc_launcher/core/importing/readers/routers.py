"""claude-code-router: the file of its second version, the database of its third."""

import re
from collections.abc import Mapping
from typing import Any

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import LITERAL, Draft, Dropped, Home, Key, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, items, json_of, listed, rows, table, word
from cc_launcher.core.importing.readers import settings

NAME = "claude-code-router"
FILE, DATABASE = ".claude-code-router/config.json", ".claude-code-router/config.sqlite"
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_ROUTES = ("think", "longContext", "webSearch", "image")
_CHAT = "openai_chat_completions"
_INTERNAL = "ccr-profile-"


def read(home: Home) -> Reading:
    """Both, where both are there."""
    found = Reading()
    if FILE in home.files:
        of_json(home, FILE, found)
    seen = home.files.get(DATABASE)
    if seen is not None and seen.tables is not None:
        of_tables(seen.tables, DATABASE, seen.mode, found)
    return found


def of_json(home: Home, path: str, found: Reading) -> None:
    """The file of its second version, or a copy of it."""
    _of_config(settings.parsed(home, path, found), path, "", home.files[path].mode, found)


def of_tables(tables: Mapping[str, Any], path: str, mode: int, found: Reading) -> None:
    """The rows of the database of its third version."""
    content: dict[str, Any] = {}
    for row in tables.get("app_config", ()):
        if row.get("key") == "default":
            try:
                content = table(json_of(word(row.get("value_json"))))
            except Unreadable as bad:
                found.faults.append(f"{path}: {bad}")
    gate = ""
    for row in tables.get("api_keys", ()):
        key = word(row.get("encrypted_key"))
        if key.startswith(_INTERNAL) or row.get("encryption") != "plain":
            place = Place(path, f"api_keys['{word(row.get('id'))}']", mode=mode)
            found.skip(f"{word(row.get('name'))} (ccr-profile-*)", place, "an internal key of claude-code-router")
        else:
            gate = gate or key
    _of_config(content | ({"APIKEY": gate} if gate else {}), path, "app_config['default'].", mode, found)


def _of_config(content: Mapping[str, Any], path: str, inside: str, mode: int, found: Reading) -> None:
    for index, entry in enumerate(rows(content.get("Providers"))):
        _of_provider(entry, Place(path, f"{inside}Providers[{index}]", mode=mode), found)
    if not content:
        return
    router = table(content.get("Router"))
    place = Place(path, f"{inside}APIKEY, PORT, Router", mode=mode)
    port = word(content.get("PORT")) or "3456"
    env = {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "API_TIMEOUT_MS": word(content.get("API_TIMEOUT_MS"))}
    env["ANTHROPIC_MODEL"] = word(router.get("default"))
    env["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = word(router.get("background"))
    dropped = [Dropped(f"Router.{route}", "a route of its own, which a profile does not have") for route in _ROUTES]
    dropped = [each for each in dropped if router.get(each.what.partition(".")[2])]
    dropped += [Dropped(name, "code, which is never followed") for name in ("CUSTOM_ROUTER_PATH",) if content.get(name)]
    key = _key(word(content.get("APIKEY")), place)
    found.drafts.append(
        Draft(NAME, place, env, NAME, NAME, key=key, dropped=tuple(dropped), router=True)
        if key.kind == LITERAL or router.get("default")
        else Draft(NAME, place, env, NAME, NAME, key=Key(place=place), router=True)
    )


def _of_provider(entry: Mapping[str, Any], place: Place, found: Reading) -> None:
    name, url = word(entry.get("name")), word(entry.get("api_base_url") or entry.get("baseUrl"))
    models = listed(entry.get("models"))
    key = _key(word(entry.get("api_key")), place)
    transformers = table(entry.get("transformer")).get("use")
    names = [word(each[0] if isinstance(each, list) and each else each) for each in items(transformers)]
    anthropic = entry.get("type") == "anthropic_messages" or "Anthropic" in names
    chat = entry.get("type") == _CHAT or url.rstrip("/").endswith("/chat/completions")
    if not anthropic and not chat:
        found.skip(
            name, place, "an address without Anthropic's API" + ("" if key.kind == LITERAL else ", and no key"), key=key
        )
        return
    env = {"ANTHROPIC_BASE_URL": url} | ({"ANTHROPIC_MODEL": models[0]} if models else {})
    notes = ["the first of its models is taken for the main one"] if len(models) > 1 else []
    if entry.get("type") == "anthropic_messages" and len(models) > 1:
        env["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = models[-1]
        notes.append("the last of its models is taken for small jobs")
    found.drafts.append(Draft(NAME, place, env, name, name, key=key, chat=not anthropic, notes=tuple(notes)))


def _key(text: str, place: Place) -> Key:
    named = _VARIABLE.fullmatch(text.strip())
    return keys.of_variable(named[1], place) if named else keys.literal(text, place)
