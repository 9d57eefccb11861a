"""Settings files of the client, and editors that set its variables."""

import re
from collections.abc import Mapping
from typing import Any

from cc_launcher.core.importing.found import Draft, Dropped, Home, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, json_of, rows, table, word, words

NAME = "settings"
USER = ".claude/settings.json"
EDITORS = {
    ".config/Code/User/settings.json": "VS Code",
    ".config/Cursor/User/settings.json": "Cursor",
    ".config/Code - OSS/User/settings.json": "Code - OSS",
    "Library/Application Support/Code/User/settings.json": "VS Code",
    "Library/Application Support/Cursor/User/settings.json": "Cursor",
}
_NAMED = re.compile(r"\.claude/settings[-.](?!local\.json$|json)(.+)\.json")
_OLD = re.compile(r"\.claude/settings\.json\.(.+)")
_STAYS = {
    "hooks": "commands are never taken",
    "permissions": "stay in the client's own file, and go on working",
    "statusLine": "a command is never taken",
    "awsAuthRefresh": "a command is never taken",
    "awsCredentialExport": "a command is never taken",
    "otelHeadersHelper": "a command is never taken",
    "mcpServers": "stay in the client's own file",
    "enabledPlugins": "stay in the client's own file",
}


def read(home: Home) -> Reading:
    """Each settings file of the user, those beside it, and the one of this project that is nobody else's."""
    found = Reading()
    for path in home.below(".claude"):
        if path == USER or _NAMED.fullmatch(path) or (_OLD.fullmatch(path) and "ccr-original" not in path):
            of_file(home, path, found)
    for path, editor in EDITORS.items():
        _of_editor(home, path, editor, found)
    if home.project:
        _of_project(home, found)
    return found


def of_file(home: Home, path: str, found: Reading, source: str = NAME) -> None:
    """One settings file."""
    content = parsed(home, path, found)
    named, old = _NAMED.fullmatch(path), _OLD.fullmatch(path)
    whole = draft(content, Place(path, "env", mode=home.files[path].mode), source)
    if whole is None:
        return
    title = path.rsplit("/", 1)[-1]
    found.drafts.append(
        Draft(
            **{**vars(whole), "title": title, "name": named[1] if named else "", "old": bool(old), "live": path == USER}
        )
    )


def parsed(home: Home, path: str, found: Reading) -> dict[str, Any]:
    """A JSON file as a table; what cannot be read is a fault."""
    try:
        return table(json_of(home.text(path) or "{}"))
    except Unreadable as bad:
        found.faults.append(f"{path}: {bad}")
        return {}


def draft(content: Mapping[str, Any], place: Place, source: str) -> Draft | None:
    """What a settings file says of a provider; nothing where it says nothing."""
    env = words(content.get("env"))
    helper = word(content.get("apiKeyHelper"))
    telling = ("ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
    clouds = any(name.startswith("CLAUDE_CODE_USE_") for name in env)
    if not (helper or clouds or any(name in env for name in telling)):
        return None
    dropped = tuple(Dropped(name, why) for name, why in _STAYS.items() if content.get(name))
    level = word(content.get("effortLevel") or content.get("effort"))
    if level and "CLAUDE_CODE_EFFORT_LEVEL" not in env:
        env["CLAUDE_CODE_EFFORT_LEVEL"] = level
    notes = ("what a helper prints is sent as both kinds of key: bearer is taken",) if helper else ()
    return Draft(
        source=source,
        place=place,
        env=env,
        model=word(content.get("model")),
        helper=helper,
        dropped=dropped,
        notes=notes,
    )


def _of_editor(home: Home, path: str, editor: str, found: Reading) -> None:
    if path not in home.files:
        return
    listed = rows(parsed(home, path, found).get("claudeCode.environmentVariables"))
    env = {word(entry.get("name")): word(entry.get("value")) for entry in listed}
    place = Place(path, "claudeCode.environmentVariables", mode=home.files[path].mode)
    made = draft({"env": env}, place, NAME)
    if made is not None:
        found.drafts.append(Draft(**{**vars(made), "title": editor, "ignored": frozenset({"CCS_*"})}))


def _of_project(home: Home, found: Reading) -> None:
    """The settings of a project: its shared ones are others', and never taken."""
    own, shared = f"{home.project}/.claude/settings.local.json", f"{home.project}/.claude/settings.json"
    if shared in home.files and draft(parsed(home, shared, found), Place(shared), NAME) is not None:
        why = "committed by others: an address and a helper from a repository are never taken, and never run"
        found.skip(shared, Place(shared), why)
    if own in home.files:
        made = draft(parsed(home, own, found), Place(own, "env", mode=home.files[own].mode), NAME)
        if made is not None:
            name = home.project.rsplit("/", 1)[-1]
            found.drafts.append(Draft(**{**vars(made), "title": home.project, "name": name, "only": home.project}))
