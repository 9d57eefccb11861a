"""Where known keys stand in clear text: in the places of other tools, their backups and copies, as bytes."""

import base64
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cc_launcher.files import foreign_elsewhere, foreign_home, foreign_looks

_MAX_BYTES = 64 << 20
_SHORTEST = 8  # of a key that is looked for
_TAIL = 20  # the client keeps the last characters of keys that were agreed to
# Beside the places of `cc import`: what keeps copies.
_COPIES = (
    ".claude.json",
    ".claude.json.*",
    ".claude/.claude.json",
    ".claude/settings*",
    ".claude/backups/*",
    ".bashrc*",
    ".bash_profile*",
    ".profile*",
    ".zshrc*",
    ".zshenv*",
    ".zprofile*",
    ".config/fish/config.fish*",
    ".bash_history",
    ".zsh_history",
    ".cc-mirror/*/config/.claude.json",
    ".cc-switch/cc-switch.db-wal",
    ".cc-switch/*.json*",
    ".cc-switch/backups/*",
    ".claude-code-router/config.json*",
    ".claude-code-router/config.sqlite-wal",
    ".claude-code-router/*.json",
    ".claude-code-router/presets/*/manifest.json",
    ".ufomiao/zcf/config.backup.*",
    ".config/agentkeyswitch/backups/*/settings.json",
    ".config/ai-switch/profiles/*/codex-auth.json",
    ".config/ai-switch/profiles/*/codex-config.toml",
    ".config/codehelper/credentials.json",
    ".config/Claude-3p/configLibrary/*.json",
    ".claude-switch/env.sh",
    ".code-ai/config.yaml",
    ".secrets.sh",
    "*.ccs-export.json",
    "cc-switch-export-*.sql",
    "links.txt",
    "api.json",
)


@dataclass(frozen=True)
class Holder:
    """A file in which keys stand."""

    path: str
    mode: int
    keys: tuple[str, ...]  # what each is called
    tail_only: bool = False  # the last characters alone
    repository: str = ""  # a git work tree with a remote that it is in


def holders(home: str, keys: Mapping[str, str], further: Iterable[str] = ()) -> list[Holder]:
    """The files that hold any of these keys, which are given by what each is called."""
    needles = {name: forms(value) for name, value in keys.items() if len(value) >= _SHORTEST}
    found = []
    seen: set[str] = set()
    for pattern in (*foreign_home.places(), *_COPIES, *_elsewhere(home), *further):
        for path in foreign_home.matching(home, pattern):
            if path in seen:
                continue
            seen.add(path)
            content, about = foreign_looks.content_of(home, path, _MAX_BYTES)
            if content is None or about.real in seen:
                continue
            seen.add(about.real)
            held = tuple(name for name, parts in needles.items() if any(part in content for part in parts))
            tail = held or tuple(name for name, value in keys.items() if _has_tail(content, value))
            if tail:
                repository = _repository(home, about.real)
                found.append(Holder(path, about.mode, tail, not held, repository))
    return found


def _elsewhere(home: str) -> list[str]:
    """The same in places that the environment names, where those are in the home."""
    usual = (*foreign_home.places(), *_COPIES)
    real = [root.real(pattern) for root in foreign_elsewhere.roots(home) for pattern in usual if root.holds(pattern)]
    return [path.removeprefix(f"{home}/") for path in real if path.startswith(f"{home}/")]


def forms(value: str) -> tuple[bytes, ...]:
    """A key as it may stand in a file: as it is, as a text of JSON, of a shell, of SQL and of fish, and in base64."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    in_sql = escaped.replace("'", "''")
    in_shell = value.replace("'", "'\"'\"'")
    in_ansi = value.replace("\\", "\\\\").replace("'", "\\'")
    in_fish = "".join(
        char if char.isalnum() or char == "_" else f"\\x{ord(char):02x}" for char in value if ord(char) < 256
    )
    every = dict.fromkeys((value, escaped, in_sql, value.replace("'", "''"), in_shell, in_ansi, in_fish))
    return (*(each.encode() for each in every), *(_in_base64(value.encode(), before) for before in range(3)))


def _in_base64(value: bytes, before: int) -> bytes:
    """What is always there of a key in base64, with so many bytes before it in a group of three."""
    whole = base64.b64encode(bytes(before) + value)
    return whole[(0, 2, 3)[before] : (before + len(value)) * 8 // 6]


def _has_tail(content: bytes, value: str) -> bool:
    tail = value[-_TAIL:]
    if len(value) <= _TAIL:
        return False
    return any(part in content for part in forms(tail))


def _repository(home: str, real: str) -> str:
    """The git work tree with a remote that a file is in, up to the home."""
    directory = os.path.dirname(real)
    base = os.path.realpath(home)
    while directory.startswith(base) and len(directory) >= len(base):
        content, _ = foreign_looks.content_of(base, os.path.join(directory, ".git", "config"), 1 << 16)
        if content is not None and b"[remote " in content:
            return directory
        directory = os.path.dirname(directory)
    return ""
