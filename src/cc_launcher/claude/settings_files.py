"""The client's settings files: which there are, and what they set that a launch is concerned with.

Only names are taken from them, never a value, but for what the user's own status line is.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from cc_launcher.claude import project_files
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.profile.variables import NETWORK
from cc_launcher.files import regular

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_MANAGED = {
    "darwin": "/Library/Application Support/ClaudeCode",
    "win32": r"C:\Program Files\ClaudeCode",
}


def ordinary_paths(config: str, directory: str) -> list[tuple[str, str]]:
    """The files of the user and of the project, each with its scope; those that win come later."""
    return [("user", f"{config}/settings.json"), *project_files.of_project(directory).files]


def managed_paths() -> list[str]:
    """The files of an administrator, and the directory of their parts."""
    base = _MANAGED.get(sys.platform, "/etc/claude-code")
    return [f"{base}/managed-settings.json", f"{base}/managed-settings.d"]


def ordinary(config: str, directory: str) -> tuple[SettingsFile, ...]:
    """What the files of the user and of the project say."""
    return tuple(file for scope, path in ordinary_paths(config, directory) if (file := read(path, scope)) is not None)


def managed() -> tuple[SettingsFile, ...]:
    """What an administrator's files say."""
    files: list[str] = []
    for path in managed_paths():
        try:
            names = sorted(os.listdir(path))
        except OSError:
            files.append(path)  # a file, nothing, or a directory that cannot be listed: `read` tells them apart
        else:
            files += [f"{path}/{name}" for name in names if name.endswith(".json") and not name.startswith(".")]
    return tuple(file for path in files if (file := read(path, "managed")) is not None)


def read(path: str, scope: str) -> SettingsFile | None:
    """What one file sets; nothing when it is not there."""
    try:
        content = json.loads(regular.read(path, project_files.MAX)[0].decode("utf-8-sig"))
        if not isinstance(content, dict):
            return SettingsFile(path, scope, problem="hold no object")
        keys = frozenset(_dotted(content))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except regular.NotRegular:  # a repository may bring a link along: to /dev/zero, which never ends, or to a terminal
        return SettingsFile(path, scope, problem="are no file")
    except (OSError, ValueError, RecursionError) as bad:
        # Measured on 2.1.329: the client reads UTF-16, bytes that are no UTF-8, and deeper nesting than we do. What is
        # no JSON to us is none to it.
        hidden = not isinstance(bad, (OSError, json.JSONDecodeError))
        return SettingsFile(path, scope, problem=f"cannot be read ({type(bad).__name__})", hidden=hidden)
    env, listed = content.get("env"), content.get("availableModels")
    names = frozenset(env) if isinstance(env, dict) else frozenset()
    models = frozenset(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else frozenset()
    line = _status_line(content, scope)
    return SettingsFile(path, scope, names, keys, models=models, status_line=line, asks_for=frozenset(_named(content)))


def _named(content: Any) -> Iterator[str]:
    """The variables that any text in it asks the client, or a shell, to fill in."""
    left = [content]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield from _VARIABLE.findall(value)
        elif isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value


def _status_line(content: dict[str, Any], scope: str) -> str:
    """The command of the user's own status line. A project's may be a stranger's, and is left to the client."""
    line = content.get("statusLine")
    command = line.get("command") if scope == "user" and isinstance(line, dict) else None
    return command if isinstance(command, str) else ""


def merged(user: str, pins: str) -> str:
    """The user's own settings with ours over them, as one text: the client takes the last `--settings` alone."""
    under, upper = json.loads(user), json.loads(pins)
    for shown in ("statusLine", "modelPicker"):
        if shown in under:
            upper.pop(shown, None)  # whoever brings one along wants to see it
    for name in NETWORK:
        if isinstance(under.get("env"), dict) and name in under["env"]:
            upper["env"].pop(name, None)  # the way to the network is the user's own
    if isinstance(under.get("hooks"), dict):
        for event, listed in upper.get("hooks", {}).items():
            own = under["hooks"].get(event)
            upper["hooks"][event] = [*(own if isinstance(own, list) else []), *listed]
    denied = upper.get("permissions", {}).get("deny", [])
    rules = under.get("permissions")
    if denied and isinstance(rules, dict) and isinstance(rules.get("deny"), list):
        upper["permissions"] = upper["permissions"] | {"deny": [*rules["deny"], *denied]}
    return json.dumps(_over(under, upper), ensure_ascii=False, separators=(",", ":"))


def chooses_mode(text: str) -> bool:
    """Whether these settings say how a session asks."""
    return "permissions.defaultMode" in _dotted(json.loads(text))


def allowing(pins: str, models: list[str]) -> str:
    """The pins, with further models among those that a session may ask for."""
    if not pins:
        return ""
    content = json.loads(pins)
    if models and "availableModels" in content:
        content["availableModels"] = list(dict.fromkeys([*content["availableModels"], *models]))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _over(under: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    result = dict(under)
    for key, value in upper.items():
        below = result.get(key)
        result[key] = _over(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def _dotted(content: dict[str, Any], prefix: str = "") -> list[str]:
    """The keys, nested ones with dots."""
    found = []
    for key, value in content.items():
        if key == "env" and not prefix:
            continue
        found.append(prefix + key)
        if isinstance(value, dict):
            found += _dotted(value, f"{prefix}{key}.")
    return found
