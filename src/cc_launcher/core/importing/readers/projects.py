"""What stands in the current directory: perhaps others' work, so that it is shown and not taken by itself."""

import re
from dataclasses import replace

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import Draft, Home, Key, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, table, toml_of, words
from cc_launcher.core.importing.readers import lists, settings
from cc_launcher.core.importing.readers.shells import of_scope
from cc_launcher.core.importing.readers.tables import assigned
from cc_launcher.core.importing.shell import scopes
from cc_launcher.core.importing.shell.scopes import API_KEY, TOKEN, URL

NAME = "project"
MISE = ("mise.toml", ".mise.toml")
CONTAINERS = (".devcontainer/devcontainer.json", ".devcontainer.json")
FILES = (".envrc", ".env", *MISE, *CONTAINERS, "leitum.yaml")
_MISE = re.compile(r"\{\{\s*exec\(\s*command\s*=\s*(['\"])(.*?)\1\s*\)\s*\}\}")
_LOCAL = re.compile(r"\$\{localEnv:([A-Za-z_][A-Za-z0-9_]*)(?::[^}]*)?\}")  # a variable of the machine outside


def read(home: Home) -> Reading:
    """Each of its files."""
    found = Reading()
    if not home.project:
        return found
    inner = Reading()
    _of_envrc(home, inner)
    for file in MISE:
        _of_mise(home, f"{home.project}/{file}", inner)
    for file in CONTAINERS:
        _of_container(home, f"{home.project}/{file}", inner)
    listed = lists.leitum(home, f"{home.project}/leitum.yaml")
    name = home.project.rsplit("/", 1)[-1]
    found.drafts += [replace(draft, name=name, title=home.project, only=home.project) for draft in inner.drafts]
    found.drafts += [replace(draft, only=home.project) for draft in listed.drafts]
    found.skipped += inner.skipped
    found.faults += [*inner.faults, *listed.faults]
    _of_env(home, found)
    return found


def _of_envrc(home: Home, found: Reading) -> None:
    path = f"{home.project}/.envrc"
    if path not in home.files:
        return
    for scope in scopes.read(home.files[path].text).scopes:
        inner = Reading()
        of_scope(home, Place(path, "exports", 0, home.files[path].mode), scope, inner, home.project, NAME)
        found.drafts += inner.drafts


def _of_env(home: Home, found: Reading) -> None:
    path = f"{home.project}/.env"
    if path not in home.files:
        return
    held = {name: value for name, value in assigned(home.files[path].text).items() if name in {TOKEN, API_KEY}}
    for variable, (value, line) in held.items():
        place = Place(path, variable, line, home.files[path].mode)
        why = "the application's own, perhaps: the key is named, and not taken"
        found.skip(f".env: {variable}", place, why, f"cc import {Place(path).shown}", keys.literal(value, place))


def _of_mise(home: Home, path: str, found: Reading) -> None:
    if path not in home.files:
        return
    try:
        env = words(table(toml_of(home.files[path].text)).get("env"))
    except Unreadable as bad:
        found.faults.append(f"{path}: {bad}")
        return
    if URL not in env:
        return
    place = Place(path, "env", 0, home.files[path].mode)
    text = env.get(TOKEN, "") or env.get(API_KEY, "")
    if "{{" not in text:
        found.drafts.append(Draft(NAME, place, env))
        return
    command = _MISE.fullmatch(text)
    hint = ""
    if command:
        made = keys.of_command(command[2], place, home.path, home.is_private)
        hint = f"its key as a reference: {made.reference}" if made.reference and not made.consent else ""
    found.skip(path.rsplit("/", 1)[-1], place, "a template that runs a command: it is never run", hint)


def _of_container(home: Home, path: str, found: Reading) -> None:
    """A container for development: what it hands over of the machine outside stays a variable."""
    if path not in home.files:
        return
    content = settings.parsed(home, path, found)
    for part in ("containerEnv", "remoteEnv"):
        env = words(content.get(part))
        place = Place(path, part, 0, home.files[path].mode)
        if settings.draft({"env": env}, place, NAME) is None:
            continue
        key: Key | None = None
        for variable in (TOKEN, API_KEY):
            local = _LOCAL.fullmatch(env.get(variable, ""))
            if local and key is None:
                key = keys.of_variable(local[1], place)
        if key is None and not (env.get(TOKEN) or env.get(API_KEY)):
            key = Key(place=place)
        found.drafts.append(Draft(NAME, place, env, key=key))
