"""The operating system's keyring, through the `keyring` library.

Run as a program (`python -m cc_launcher.secrets.keyring_program get|set|remove NAME`, `have NAME…` or `usable`): the
library costs more than a third of a second to import and can hang on a dead D-Bus, and a child has a deadline.
`get` prints the secret, `set` reads it from standard input, `usable` says whether it would take one without a question;
the exit code says what is wrong, and nothing else is said.
"""

import contextlib
import sys
from typing import Any

from cc_launcher.core.stores.keyring import (
    FAILED,
    LOCKED,
    MACOS_CANNOT_ASK,
    MACOS_LOCKED,
    NO_BUS,
    NO_KEYRING,
    NOT_THERE,
    SERVICE,
)
from cc_launcher.secrets import session_bus

# The stores of the operating systems. Everything else that the library may come up with, by configuration or by what is
# installed beside it, keeps secrets in the clear, nowhere, or in a place that nobody has looked at.
_SAFE_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
# These delete the old item before they add the new one; the new one waits under another name meanwhile.
_NOT_ATOMIC = ("keyring.backends.macOS",)
_STAGED = ".new"


def main(action: str, *names: str) -> int:
    """Do what is asked, with the first keyring that will."""
    backends = _usable()
    if not backends:
        return NO_BUS if session_bus.is_missing() else NO_KEYRING
    if action == "have":
        return _have(backends, names)
    if action == "usable":
        return _is_open(backends[0])
    return {"get": _get, "set": _set, "remove": _remove}[action](backends, names[0])


def _usable() -> list[Any]:
    """The keyrings of this system, the best first.

    The library's own choice is not asked for: a variable or a configuration file may name any module for it.
    """
    from keyring.backend import get_all_keyring

    found = [backend for backend in get_all_keyring() if type(backend).__module__.startswith(_SAFE_BACKENDS)]
    return sorted(found, key=lambda backend: -backend.priority)


def _get(backends: list[Any], name: str) -> int:
    for backend in backends:
        found = backend.get_password(SERVICE, name)
        if found is None and _stages(backend):
            found = backend.get_password(SERVICE, f"{name}{_STAGED}")
        if found is not None:
            sys.stdout.write(found)
            return 0
    return NOT_THERE


def _have(backends: list[Any], names: tuple[str, ...]) -> int:
    found = [name for name in names if any(backend.get_password(SERVICE, name) is not None for backend in backends)]
    sys.stdout.write("".join(f"{name}\n" for name in found))
    return 0


def _set(backends: list[Any], name: str) -> int:
    secret = sys.stdin.buffer.read().decode()
    first = backends[0]
    if _stages(first):
        first.set_password(SERVICE, f"{name}{_STAGED}", secret)
    first.set_password(SERVICE, name, secret)
    if _stages(first):
        first.delete_password(SERVICE, f"{name}{_STAGED}")
    return 0


def _is_open(first: Any) -> int:
    """Whether the first keyring would take a secret now. It is not asked to unlock itself, nor to be made."""
    if not type(first).__module__.startswith("keyring.backends.SecretService"):
        return 0  # the others cannot be looked at like this
    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        return LOCKED if secretstorage.Collection(connection).is_locked() else 0


def _remove(backends: list[Any], name: str) -> int:
    holders = [backend for backend in backends if backend.get_password(SERVICE, name) is not None]
    for backend in holders:
        backend.delete_password(SERVICE, name)
    return 0 if holders else NOT_THERE


def _stages(backend: Any) -> bool:
    return type(backend).__module__.startswith(_NOT_ATOMIC)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Exception as bad:  # noqa: BLE001 - whatever a backend raises: its text may hold anything, and a trace helps nobody
        if MACOS_CANNOT_ASK in str(bad):
            sys.exit(MACOS_LOCKED)
        sys.exit(LOCKED if "Locked" in type(bad).__name__ or "ismissed" in type(bad).__name__ else FAILED)
