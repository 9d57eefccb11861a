"""The end of every launch: fetch the secrets, build the environment, become the client."""

import os
import sys

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import CUSTOM_HEADERS, DESCRIPTOR, HELPER, Plan, arguments, environment
from cc_launcher.core.text import printable
from cc_launcher.launch import process, secret

_LOCALES = ("C.UTF-8", "C.utf8", "UTF-8")
MAX_VALUE = 128 * 1024 - 1  # of one variable, with its name: the kernel's limit


def launch(plan: Plan, argv: list[str]) -> int:
    """Become the client. Nothing is started when a secret cannot be had."""
    for note in plan.notes:
        sys.stderr.write(f"cc: {printable(note)}\n")
    handed = [
        _handed_over(secret.of(slot, plan.profile) if slot.delivery != HELPER else "", slot.delivery)
        for slot in plan.slots
    ]
    child = environment(plan, inherited(), handed)
    if len(child.get(CUSTOM_HEADERS, "")) > MAX_VALUE:
        raise CcError("the headers of this profile are longer than a variable can be", "shorten them")
    sys.stderr.flush()
    return process.become(plan.target, [plan.target, *argv], child)


def launch_with(plan: Plan, user: list[str]) -> int:
    """Become the client, with the user's arguments where they belong."""
    return launch(plan, arguments(plan, user))


def inherited() -> dict[str, str]:
    """The environment as our parent gave it to us.

    In the C locale Python adds LC_CTYPE for itself and its children; the client must not see another locale than
    it would have seen from the shell.
    """
    parent = dict(os.environ)
    if parent.get("LC_CTYPE") in _LOCALES and not _given("LC_CTYPE"):
        del parent["LC_CTYPE"]
    return parent


def _given(name: str) -> bool:
    """Whether a variable stood in the environment before Python started (taken for granted where one cannot look)."""
    try:
        with open("/proc/self/environ", "rb") as block:
            return any(entry.startswith(name.encode() + b"=") for entry in block.read().split(b"\0"))
    except OSError:
        return True


def _handed_over(value: str, delivery: str) -> str:
    """What goes into the environment: the secret, or the number of a pipe in which it waits to be read once."""
    if delivery != DESCRIPTOR:
        return value
    out, into = os.pipe()
    os.set_blocking(into, False)
    try:
        written = os.write(into, value.encode())
    except BlockingIOError:
        written = 0
    os.close(into)
    if written != len(value.encode()):
        raise CcError("this secret is longer than a pipe holds", "a key of this length is probably not a key")
    os.set_inheritable(out, True)  # noqa: FBT003
    return str(out)
