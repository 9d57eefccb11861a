"""Secret references: URIs that name where a secret is kept, and never hold it."""

import shlex
from typing import NamedTuple

from cc_launcher.core.names import VARIABLE
from cc_launcher.core.text import has_control

KEYRING_SERVICE = "cc-launcher"
STORES = {
    "env": "env:NAME, a variable of the environment",
    "file": "file:PATH, a file that only you can read",
    "cmd": "cmd:COMMAND ARGUMENTS, a command that prints the secret (no shell)",
    "keyring": "keyring:NAME, the keyring of the operating system",
}


class BadReference(ValueError):
    """A secret reference that is refused. The message never repeats it: it may be a secret in the wrong place."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Reference(NamedTuple):
    """A parsed reference: the store, and what it calls the secret."""

    store: str
    name: str

    def __str__(self) -> str:
        return f"{self.store}:{self.name}"


def parse(text: str) -> Reference:
    """Read a reference, or say what it should look like."""
    store, colon, name = text.partition(":")
    if not colon or store not in STORES:
        raise BadReference(
            "is not a secret reference (a profile says where the secret is kept, never the secret itself)",
            "write one of " + "; ".join(STORES.values()),
        )
    if not name or has_control(text):
        raise BadReference("names nothing", f"write {STORES[store]}")
    if store == "env" and not VARIABLE.fullmatch(name):
        raise BadReference("names no variable: only letters, digits and _ stand in a name", f"write {STORES[store]}")
    if store == "file" and not name.startswith(("/", "~/")) and name[1:3] not in {":\\", ":/"}:
        raise BadReference(
            "names a relative path, which means another file in each directory", "write file:/PATH or file:~/PATH"
        )
    if store == "cmd":
        command_of(name)
    return Reference(store, name)


def command_of(name: str) -> list[str]:
    """The argument list of a `cmd:` reference. There is no shell; who wants one writes `cmd:sh -c '...'`."""
    try:
        argv = shlex.split(name)
    except ValueError:
        argv = []
    if argv and "/" in argv[0] and not argv[0].startswith("/"):
        raise BadReference(
            "names a program by a relative path, which means another one in each directory",
            "write its whole path, or the name alone of one that is on PATH",
        )
    if not argv:
        raise BadReference("is no command: a quote is not closed, or nothing stands there", f"write {STORES['cmd']}")
    return argv


def how_to_read(reference: Reference, python: str) -> tuple[str, ...]:
    """How the launch path reads this secret, with nothing left to work out: a kind, and what it needs."""
    if reference.store == "cmd":
        return ("command", *command_of(reference.name))
    if reference.store == "keyring":
        # -P: a `keyring.py` in the current directory is not the library
        return ("keyring", python, "-P", "-m", "cc_launcher.secrets.keyring_store", reference.name)
    return (reference.store, reference.name)


def how_to_keep(reference: Reference) -> str:
    """What a user does so that the secret is where the reference says."""
    return {
        "env": f"export {reference.name}=…",
        "file": f"put it there: (umask 077; cat > {reference.name})",
        "cmd": "run the command by hand to see why",
        "keyring": f"keep it there: keyring set {KEYRING_SERVICE} {reference.name}",
    }[reference.store]
