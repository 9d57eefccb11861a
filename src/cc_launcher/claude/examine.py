"""The client as `cc doctor` sees it: its settings files line by line, and every `claude` on PATH."""

import os
from pathlib import Path

from cc_launcher.claude import installed_version, settings_files, this_machine
from cc_launcher.core.doctor import belongs
from cc_launcher.core.doctor.examined import Client, Clients, Setting, Settings
from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.status import our_command
from cc_launcher.core.text import json_edit, json_tree
from cc_launcher.files import foreign, git, guard, overrides, shims
from cc_launcher.launch import process

_MAX_BYTES = 2 * 1024 * 1024
_SHORTEST_KEY = 8  # what is shorter is a placeholder


def clients() -> Clients:
    """Every `claude` on PATH, each program once, and the one that is launched. What a relative entry has never is."""
    on_path: list[Client] = []
    seen = set()
    for path in filter(os.path.isabs, process.find("claude", os.environ.get("PATH", os.defpath))):
        if shims.is_one(os.path.dirname(path)):
            continue  # that of `cc exec`, in which we run
        real = os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            kind = _kind(path, real)
            said = "" if kind == "ours" else ".".join(map(str, installed_version.of(path) or ()))
            on_path.append(Client(path, guard.shown(Path(path)), kind, said))
    try:
        chosen, _ = this_machine.client()
    except CcError as error:
        # What is wrong with config.toml is told where profiles are.
        return Clients(tuple(on_path)) if error.code == INVALID else Clients(tuple(on_path), error.what, error.hint)
    return Clients(tuple(on_path), chosen=guard.shown(Path(chosen)), version=installed_version.of(chosen))


def all_settings(config: str, directory: str, beginnings: tuple[str, ...] = ()) -> tuple[Settings, ...]:
    """Every settings file that has a say here, each once: at home, the user's file is the project's, too."""
    named = [*settings_files.ordinary_paths(config, directory), *(("managed", path) for path in _managed())]
    found: dict[str, Settings] = {}
    for scope, path in named:
        real = os.path.realpath(path)
        if real not in found and (file := look(path, scope, beginnings)) is not None:
            found[real] = file
    return tuple(found.values())


def look(path: str, scope: str, beginnings: tuple[str, ...] = ()) -> Settings | None:
    """One file: which keys it has and on which lines."""
    shown = guard.shown(Path(path))
    try:
        content = foreign.content(Path(path), _MAX_BYTES)
    except foreign.Unreadable as bad:
        return Settings(path, shown, scope, problem=f"cannot be read: {bad.reason}")
    if content is None:
        return None
    text, encoding = json_edit.decode(content)
    try:
        root = json_tree.parse(text)
    except json_edit.NotJson as bad:
        return Settings(
            path, shown, scope, problem=f"not valid JSON (line {bad.line}), so the client ignores the whole file"
        )
    if root is None:
        return Settings(path, shown, scope)
    if root.kind != "{":
        return Settings(path, shown, scope, problem="not a JSON object, so the client ignores the whole file")
    plain = encoding == "utf-8" and not any("\udc80" <= char <= "\udcff" for char in text)
    brought = scope in {"project", "local"} and _is_brought(Path(path))
    return Settings(
        path,
        shown,
        scope,
        tuple(_settings(text, root, beginnings)),
        _text_of(root, "model"),
        "" if plain else "is not UTF-8, so only the client can read it",
        ours=scope in {"project", "local"} and overrides.recorded(Path(path)) is not None,
        brought=brought,
        fixable=plain,
        old_line=_old_line(text, root),
    )


def is_cloned(directory: str) -> bool:
    """Whether this is in a repository that has a remote: what is in it may be anybody's."""
    top = git.top(Path(directory))
    try:
        return top is not None and b"[remote " in (foreign.content(git.shared(git.directory(top)) / "config") or b"")
    except foreign.Unreadable:
        return True


def _managed() -> list[str]:
    found = []
    for path in settings_files.managed_paths():
        try:
            names = sorted(os.listdir(path))
        except OSError:
            found.append(path)
        else:
            found += [f"{path}/{name}" for name in names if name.endswith(".json") and not name.startswith(".")]
    return found


def _settings(text: str, root: json_tree.Node, beginnings: tuple[str, ...]) -> list[Setting]:
    """The keys at the top and the variables of `env`: of one that comes twice, the last."""
    found: dict[tuple[str, ...], Setting] = {}
    for member in root.members:
        name = str(member.part)
        if name == "env" and member.node.kind == "{":
            for variable in member.node.members:
                value = variable.node.scalar
                literal = isinstance(value, str) and len(value.strip()) >= _SHORTEST_KEY
                path = (name, str(variable.part))
                said = value if isinstance(value, str) else ""
                # No shell reads it: what looks like a variable there is the value itself.
                means = belongs.told(path[1], "", said, beginnings)
                found[path] = Setting(path, json_tree.line_at(text, variable.start), literal, means)
        elif name != "env" and member.node.scalar != "":
            found[(name,)] = Setting((name,), json_tree.line_at(text, member.start))
    return list(found.values())


def _text_of(root: json_tree.Node, name: str) -> str:
    member = root.member(name)
    value = member.node.scalar if member is not None else None
    return value if isinstance(value, str) else ""


def _old_line(text: str, root: json_tree.Node) -> int:
    line = root.member("statusLine")
    command = line.node.member("command") if line is not None and line.node.kind == "{" else None
    said = command.node.scalar if command is not None else None
    is_old = command is not None and isinstance(said, str) and our_command.is_old(said)
    return json_tree.line_at(text, command.start) if command is not None and is_old else 0


def _is_brought(path: Path) -> bool:
    """Whether this file of a project is in a repository that came from elsewhere, as one of its files."""
    top = git.top(path.parent.parent)
    if top is None or not is_cloned(str(top)):
        return False
    try:
        index = foreign.content(git.directory(top) / "index", 64 * 1024 * 1024) or b""
    except foreign.Unreadable:
        return True
    if index[4:8] == b"\0\0\0\4":
        return True  # names are shortened there, and this one cannot be looked for
    return os.fsencode(os.path.relpath(path, top)) in index


def _kind(path: str, real: str) -> str:
    if process.leads_back(path):
        return "ours"
    if "/node_modules/" in real:
        return "npm"
    return "native" if "/claude/versions/" in real else "other"
