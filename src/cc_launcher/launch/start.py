"""The end of every launch: fetch the secrets, build the environment, become the client."""

import os
import sys

from cc_launcher.core.errors import TIMED_OUT, CcError
from cc_launcher.core.plan import (
    BY_ITSELF,
    CUSTOM_HEADERS,
    DESCRIPTOR,
    Plan,
    Private,
    Slot,
    arguments,
    environment,
    settings,
)
from cc_launcher.launch import process, secret_reader

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # what Python may make of LC_CTYPE
MAX_VALUE = 128 * 1024 - 1  # of one variable, with its name: the kernel's limit


def launch(plan: Plan, argv: list[str], before=None, read: "dict[tuple[str, ...], str] | None" = None) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Become the client. Nothing is started when a secret cannot be had; `before` is called when nothing is missing.

    `read` is what has been read already: a store is asked once, wherever a secret goes.
    """
    if plan.notes:
        from cc_launcher.core.text import ours

        sys.stderr.write("".join(f"{ours(note)}\n" for note in plan.notes))
    read = {} if read is None else read
    handed = [_secret_of(slot, plan.profile, read) for slot in plan.slots]
    child = environment(plan, inherited(), handed)
    if len(child.get(CUSTOM_HEADERS, "")) > MAX_VALUE:
        raise CcError("the headers of this profile are longer than a variable can be", "shorten them")
    argv = [_in_memory(argument) if isinstance(argument, Private) else argument for argument in argv]
    if process.identity(plan.target) != plan.judged:
        raise CcError("claude was replaced while cc was starting it", "run it again", code=TIMED_OUT)
    program, words = process.started(plan.target, argv)
    if before is not None:
        before()
    sys.stderr.flush()
    return process.become(program, words, child)


def unchanged(client: str, words: list[str]) -> int:
    """Become the client that was handed over as it would be without us."""
    return process.become(*process.started(client, words), inherited())


def launch_with(plan: Plan, user: list[str], before=None) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Become the client, with the user's arguments where they belong."""
    return launch(plan, arguments(plan, user, settings(plan, inherited())), before)


def inherited() -> dict[str, str]:
    """The environment as our parent gave it to us.

    In the C locale Python sets LC_CTYPE for itself and its children; the client must not see another locale than
    it would have seen from the shell.
    """
    parent = dict(os.environ)
    parent.pop("", None)  # no shell makes such a variable, and Python cannot hand it on
    if parent.get("LC_CTYPE") in _COERCED:
        del parent["LC_CTYPE"]
        parent.update(_given("LC_CTYPE"))
    return parent


def _given(name: str) -> dict[str, str]:
    """A variable as it stood in the environment before Python started, or where one cannot look, as it stands now."""
    try:
        with open("/proc/self/environ", "rb") as block:
            found = [entry for entry in block.read().split(b"\0") if entry.startswith(name.encode() + b"=")]
    except OSError:
        return {name: os.environ[name]}
    return {name: os.fsdecode(found[0].partition(b"=")[2])} if found else {}


def _secret_of(slot: Slot, profile: str, read: dict[tuple[str, ...], str]) -> str:
    """What goes into the environment for this slot. Where the client fetches it, that is tried first."""
    if slot.delivery in BY_ITSELF:
        if by_itself(slot) not in read:
            secret_reader.for_helper(slot, profile)
        return ""
    if slot.read not in read:
        read[slot.read] = secret_reader.of(slot, profile)
    return _handed_over(read[slot.read], slot.delivery)


def by_itself(slot: Slot) -> tuple[str, ...]:
    """The name, among what has been read already, of a secret that was read as the session will read it."""
    return ("by itself", *slot.read)


def _handed_over(value: str, delivery: str) -> str:
    """What goes into the environment: the secret, or the number of a pipe in which it waits to be read once."""
    if delivery != DESCRIPTOR:
        return value
    out, into = _pipe()
    os.set_blocking(into, False)
    try:
        written = os.write(into, value.encode())
    except BlockingIOError:
        written = 0
    os.close(into)
    if written != len(value.encode()):
        raise CcError("this secret is longer than a pipe holds", "something this long is probably not a key")
    os.set_inheritable(out, True)  # noqa: FBT003
    return str(out)


def _in_memory(text: str) -> str:
    """A file that is in memory alone, and gone with the client: its path in the client's own /proc."""
    handle = os.memfd_create("cc-settings", 0)
    if handle < 3:  # the place of a standard stream that is closed
        try:
            return _in_memory(text)
        finally:
            os.close(handle)
    left = text.encode("utf-8", "surrogateescape")
    while left:
        left = left[os.write(handle, left) :]
    os.set_inheritable(handle, True)  # noqa: FBT003
    return f"/proc/self/fd/{handle}"


def _pipe() -> tuple[int, int]:
    """A pipe that takes the place of no standard stream, should one be closed: the client would read the key there."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    try:
        return _pipe()
    finally:
        for end in ends:
            os.close(end)
