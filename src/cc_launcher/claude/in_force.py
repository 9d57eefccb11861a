"""What decides where plain `claude` goes in a directory: each setting that does, and the file and line it stands in."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cc_launcher.claude import settings_files
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import variables
from cc_launcher.core.text import json_edit
from cc_launcher.core.text.json_edit import NotJson
from cc_launcher.files import overrides
from cc_launcher.launch import paths

_CREDENTIALS = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS", "CLAUDE_CODE_OAUTH_TOKEN")
_SHOWN = ("ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "model")  # the others may hold a secret
_SELECTORS = tuple(name for name in variables.ROUTING.names if name.startswith("CLAUDE_CODE_USE_"))
_LOOKED_AT = (
    *((("env", name), name) for name in (*_SELECTORS, "ANTHROPIC_BASE_URL", *_CREDENTIALS, "ANTHROPIC_MODEL")),
    (("apiKeyHelper",), "apiKeyHelper"),
    (("model",), "model"),
)


@dataclass(frozen=True)
class Setting:
    """One setting that has a say, where it stands, and whose it is."""

    name: str
    value: str  # empty for what may be secret
    file: str  # empty: the environment
    line: int | None
    scope: str  # managed, local, project, user or environment
    profile: str = ""  # that `cc use` has written it for


@dataclass(frozen=True)
class Found:
    """What is in force, and the files that cannot be read."""

    settings: tuple[Setting, ...]
    problems: tuple[str, ...]


def look(directory: str) -> Found:
    """Every file that has a say in this directory, in the order in which they count; then the environment."""
    texts, problems = _texts(directory)
    found = []
    for path, name in _LOOKED_AT:
        setting = next((made for entry in texts if (made := _setting(*entry, path, name)) is not None), None)
        if setting is None and path[0] == "env" and os.environ.get(name):
            value = os.environ[name] if name in _SHOWN else ""
            setting = Setting(name, value, "", None, "environment")
        if setting is not None and setting.line != 0:
            found.append(setting)
    names = {setting.name for setting in found}
    counts = tuple(setting for setting in found if setting.name != "model" or "ANTHROPIC_MODEL" not in names)
    return Found(counts, tuple(problems))


def _texts(directory: str) -> tuple[list[tuple[str, Path, str]], list[str]]:
    ordinary = settings_files.ordinary_paths(paths.client_config(), directory)
    # Measured on 2.1.329: of two local files, that of the top of a git checkout wins.
    order = ("local", "project", "user")
    named = [("managed", file.path) for file in settings_files.managed()]
    named += [(scope, path) for wanted in order for scope, path in reversed(ordinary) if scope == wanted]
    texts, problems = [], []
    for scope, path in named:
        try:
            content = overrides.read(Path(path))
            if content is None:
                continue
            text, _ = json_edit.decode(content)
            json_edit.get(text, ())
        except NotJson as bad:
            problems.append(overrides.broken(Path(path), bad).what)
        except CcError as error:
            problems.append(error.what)
        else:
            texts.append((scope, Path(path), text))
    return texts, problems


def _setting(scope: str, file: Path, text: str, path: tuple[str, ...], name: str) -> Setting | None:
    """The setting in this file. One that is empty there counts, too: it makes what comes after it have no effect."""
    value: Any = json_edit.get(text, path)
    if value is None:
        return None
    record = overrides.recorded(file) if scope in {"local", "project"} else None
    ours = record is not None and any(entry.path == path and entry.value == value for entry in record.entries)
    line = json_edit.line_of(text, path) if value != "" else 0
    shown = str(value) if name in _SHOWN else ""
    return Setting(name, shown, str(file), line, scope, record.profile if record is not None and ours else "")
