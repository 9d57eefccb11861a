"""A FAKE of the `keyring` library, for tests: it is put first on PYTHONPATH and holds what a test says, no real secret.

Its one backend has the name and the module of the real Secret Service's, which is one of those that are trusted.
"""

from __future__ import annotations

from pathlib import Path

_ERRORS = """\
class KeyringError(Exception):
    pass
class KeyringLocked(KeyringError):
    pass
"""
_ALL = """\
def get_all_keyring():
    from keyring.backends.SecretService import Keyring
    return [Keyring()]
"""
_BACKEND = """\
import os, signal, subprocess, sys, time
from keyring.errors import KeyringLocked
class Keyring:
    priority = 5
    def get_password(self, service, name):
        {body}
"""


def install(directory: Path, body: str) -> Path:
    """Write the package; `body` is the Python line that answers `get_password`. What goes on PYTHONPATH is returned."""
    backends = directory / "keyring" / "backends"
    backends.mkdir(parents=True, exist_ok=True)
    files = {
        "keyring/__init__.py": "",
        "keyring/errors.py": _ERRORS,
        "keyring/backend.py": _ALL,
        "keyring/backends/__init__.py": "",
        "keyring/backends/SecretService.py": _BACKEND.format(body=body),
    }
    for name, text in files.items():
        (directory / name).write_text(text)
    return directory
