"""The user's own way to the network, as far as the client's files say it: a proxy, a certificate.

Measured on 2.1.72 and 2.1.332: `env` in the user's settings wins over `env` in the client's own file (~/.claude.json),
and that over the shell.
"""

import json
from typing import Any

from cc_launcher.claude import project_files
from cc_launcher.core.profile.variables import NETWORK, RESOURCE_ATTRIBUTES
from cc_launcher.files import regular
from cc_launcher.launch import paths

_READ = {*NETWORK, RESOURCE_ATTRIBUTES}  # which a launch with telemetry adds to


def of_files(config: str) -> tuple[tuple[str, str], ...]:
    """What the user's files set, each variable once."""
    found: dict[str, str] = {}
    for path in (*project_files.own_files(config, paths.home()), f"{config}/settings.json"):
        found.update({name: str(value) for name, value in _env(path).items() if name in _READ and _is_value(value)})
    return tuple(found.items())


def names_in_own_file(config: str) -> frozenset[str]:
    """The variables that the client's own file sets."""
    return frozenset(name for path in project_files.own_files(config, paths.home()) for name in _env(path))


def watched(config: str) -> list[str]:
    """The client's own file changes all the time, so a plan only looks whether it says something now: see planfile."""
    return [f"{path}?" for path in project_files.own_files(config, paths.home())]


def _env(path: str) -> dict[str, Any]:
    try:
        content = json.loads(regular.read(path, project_files.MAX)[0].decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    env = content.get("env") if isinstance(content, dict) else None
    return env if isinstance(env, dict) else {}


def _is_value(value: object) -> bool:
    return isinstance(value, (str, int)) and not any(letter in str(value) for letter in "\0\n\r")
