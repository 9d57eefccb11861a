"""cc-switch: its database, the JSON that it had before, and the SQL that it exports."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cc_launcher.core.importing import keys, sql_text
from cc_launcher.core.importing.found import Dropped, Home, Place, Reading, Rows
from cc_launcher.core.importing.lenient import Unreadable, json_of, table, word, words
from cc_launcher.core.importing.readers import settings

NAME = "cc-switch"
DATABASE, OLD, OWN = ".cc-switch/cc-switch.db", ".cc-switch/config.json", ".cc-switch/settings.json"
_NEWEST = 17  # of its database, that was looked at
_CHAT = "openai_chat"  # an address of OpenAI's chat completions
_DEEPEST = 4  # levels of a settings file, of which more than two mean nothing here


def read(home: Home) -> Reading:
    """The database; where there is none, the JSON of older versions."""
    found = Reading()
    seen = home.files.get(DATABASE)
    if seen is not None and seen.tables is not None:
        chosen = settings.parsed(home, OWN, found) if OWN in home.files else {}
        of_tables(seen.tables, DATABASE, seen.mode, found, word(chosen.get("currentProviderClaude")))
        if seen.version > _NEWEST:
            later = f"made by a later cc-switch: its version is {seen.version}, and {_NEWEST} is known"
            found.faults.append(f"{DATABASE}: {later}. What could be read is shown")
    elif OLD in home.files:
        of_json(home, OLD, found)
    return found


def of_sql(text: str, path: str, found: Reading) -> None:
    """An export."""
    of_tables(sql_text.tables(text), path, 0o600, found, "")


def of_tables(tables: Mapping[str, Rows], path: str, mode: int, found: Reading, chosen: str) -> None:
    """The rows of the database."""
    common: dict[str, Any] = {}
    universal: dict[str, Any] = {}
    for row in tables.get("settings", ()):
        if row.get("key") == "common_config_claude":
            common = _json(row.get("value"))
        elif row.get("key") == "universal_providers":
            universal = _json(row.get("value"))
    others: set[str] = set()
    rows = sorted(tables.get("providers", ()), key=_order)
    for row in rows:
        if row.get("app_type") != "claude":
            others.add(f"{word(row.get('app_type'))}/{word(row.get('name'))}")
            continue
        current = row.get("id") == chosen if chosen else bool(row.get("is_current"))
        _of_row(
            row, Place(path, f"providers['{word(row.get('id'))}'].settings_config", mode=mode), common, found, current
        )
    for entry in map(table, universal.values()):
        place = Place(path, "settings.universal_providers", mode=mode)
        why = "a universal provider, which cc-switch copies into its providers when it is used; this one is not"
        if not any(
            word(entry.get("baseUrl")) and word(entry.get("baseUrl")) in word(row.get("settings_config"))
            for row in rows
        ):
            found.skip(word(entry.get("name")), place, why, key=keys.literal(word(entry.get("apiKey")), place))
    if others:
        found.skip(
            ", ".join(sorted(others)), Place(path, "providers", mode=mode), "for another program than Claude Code"
        )


def _order(row: Mapping[str, Any]) -> tuple[float, str]:
    """Where cc-switch shows it. A column of SQLite can hold anything."""
    index = row.get("sort_index")
    return (float(index) if isinstance(index, int) and abs(index) < 1 << 53 else 0.0, word(row.get("name")))


def _of_row(row: Mapping[str, Any], place: Place, common: Mapping[str, Any], found: Reading, current: bool) -> None:  # noqa: FBT001
    name, meta, content = word(row.get("name")), _json(row.get("meta")), _json(row.get("settings_config"))
    if not content and word(row.get("settings_config")).strip() not in {"", "{}"}:
        found.faults.append(f"{place.file}: {name}: not valid JSON")
        return
    key = keys.of_environment(words(content.get("env")), place)[0]
    form = word(meta.get("apiFormat"))
    if form not in {"", "anthropic", _CHAT}:
        why = f"meta.apiFormat = {form}: works only through cc-switch's own proxy"
        found.skip(name, place, why, "no gateway of cc translates that", key)
        return
    if meta.get("providerType"):
        found.skip(name, place, "a login that cc-switch manages")
        return
    if meta.get("commonConfigEnabled"):
        content = _over(common, content)
    if not words(content.get("env")) and not content.get("apiKeyHelper"):
        found.skip(name, place, "no address and no key: that is the client's own login, the profile `claude`")
        return
    made = settings.draft(content, place, NAME)
    if made is None:
        found.skip(name, place, "no address and no key")
        return
    dropped = list(made.dropped)
    if meta.get("usage_script"):
        dropped.append(Dropped("usage_script", "a program, with keys of its own: it is never run"))
    if meta.get("customUserAgent"):
        dropped.append(Dropped("customUserAgent", "has no place in a profile"))
    if meta.get("custom_endpoints"):
        dropped.append(Dropped("custom_endpoints", "the key belongs to one host"))
    notes = ("the active one there",) if current else ()
    chat = form == _CHAT
    own = replace(made, name=name, title=name, dropped=tuple(dropped), notes=notes, chat=chat, translated=chat)
    found.drafts.append(own)


def of_json(home: Home, path: str, found: Reading) -> None:
    """The JSON of older versions."""
    mode = home.files[path].mode
    claude = table(settings.parsed(home, path, found).get("claude"))
    for identifier, entry in table(claude.get("providers")).items():
        row = {"name": table(entry).get("name") or identifier, "settings_config": table(entry).get("settingsConfig")}
        place = Place(path, f"claude.providers.{identifier}", mode=mode)
        _of_row(row, place, {}, found, identifier == claude.get("current"))


def _json(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            return table(json_of(value))
        except Unreadable:
            return {}
    return table(value)


def _over(common: Mapping[str, Any], own: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """What is common to all, with one's own over it."""
    whole = {**common, **own}
    for name, value in common.items():
        if depth < _DEEPEST and isinstance(value, dict) and isinstance(own.get(name), dict):
            whole[name] = _over(value, own[name], depth + 1)
    return whole
