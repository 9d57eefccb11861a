"""Which stores would take a secret now, found out without a question: nothing is unlocked, and nobody is asked."""

import os
import sys
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.stores.keyring import NO_BUS, Keyring
from cc_launcher.launch import helper, paths
from cc_launcher.secrets import programs, session_bus

_PATIENCE = 5.0  # seconds: the library alone takes a third of one
_LOOK = 16 * 1024


def keyring_fault() -> str:
    """Why the keyring takes no secret just now, in words; empty where it would."""
    if session_bus.is_missing():  # what asks the library takes a third of a second to say the same
        return _words(NO_BUS)
    argv = Keyring().program(sys.executable, "usable")
    try:
        helper.read(argv, "the keyring", _PATIENCE, helper.Manner(listen=True, alone=True))
    except helper.HelperFailed as failed:
        return _words(failed.status)
    except CcError as error:
        return error.what
    return ""


def _words(status: int) -> str:
    trouble = Keyring().trouble(status, "")
    return trouble.what if trouble is not None else "the keyring gave an unexpected answer"


def pass_is_open() -> bool:
    """Whether `pass` is set up, and its key needs no passphrase now: a word goes there and back."""
    commands = programs.found().commands
    recipients = _recipients()
    if "pass" not in commands or "gpg" not in commands or not recipients:
        return False
    to = tuple(word for name in recipients for word in ("--recipient", name))
    gpg = (commands["gpg"], "--batch", "--quiet", "--pinentry-mode", "error")
    try:
        locked = _run((*gpg, "--trust-model", "always", *to, "--encrypt"), b"cc")
        return _run((*gpg, "--decrypt"), locked) == b"cc"
    except CcError:
        return False


def _run(argv: tuple[str, ...], given: bytes) -> bytes:
    return helper.read(argv, "gpg", _PATIENCE, helper.Manner(given=given, listen=True, alone=True))


def _recipients() -> list[str]:
    """The keys that pass encrypts for."""
    store = Path(os.environ.get("PASSWORD_STORE_DIR") or f"{paths.home()}/.password-store")
    try:
        with (store / ".gpg-id").open("rb") as file:
            lines = file.read(_LOOK).decode().splitlines()
    except (OSError, ValueError):
        return []
    return [name for line in lines if (name := line.partition("#")[0].strip()) and not name.startswith("-")]
