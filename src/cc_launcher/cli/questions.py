"""What is asked on a terminal: a secret, which is never shown, and whether to go on."""

import getpass
import os
import sys
import warnings

import typer

from cc_launcher.actions import secret_values
from cc_launcher.actions.screen import Screen
from cc_launcher.cli import render
from cc_launcher.core.errors import USAGE, CcError, Unfit
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.key_shape import Shape, oddity
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import profiles
from cc_launcher.launch import secret_reader


def read_secret(resolved: Resolved, *, from_stdin: bool, is_key: bool = True) -> str:
    """The secret, typed or piped. It is refused here if no launch could use it."""
    if from_stdin and not sys.stdin.isatty():  # on a terminal it would be shown as it is typed
        raw = sys.stdin.buffer.read(secret_reader.MAX_BYTES + 3) if hasattr(sys.stdin, "buffer") else b""
    else:
        raw = typed(f"{resolved.title}: paste the {'key' if is_key else 'secret'} (it is not shown): ")
    try:
        value = secret_reader.cleaned(raw)
    except Unfit as bad:
        raise CcError(f"{resolved.name}: what was given {bad}", "nothing was changed; try again", code=USAGE) from None
    if is_key and resolved.chain[-1].shipped:  # of an endpoint of the user's own nothing is known
        own = Shape(resolved.profile.key_prefix or "", resolved.profile.key_env)
        if odd := oddity(value, own, profiles.key_shapes(resolved.provider)):
            render.talk(f"{resolved.name}: {odd}. It is kept all the same")
    return value


def keep_secret(resolved: Resolved, reference: Reference, value: str) -> None:
    """Keep it, and say where."""
    for line in secret_values.kept(resolved, reference, value):
        render.talk(line)


def screen() -> Screen:
    """This terminal, or the little that is left of one where nobody sits."""

    def agrees(question: str) -> bool:
        return typer.confirm(question, err=True)

    return Screen(render.talk, agrees if sys.stdin.isatty() and sys.stderr.isatty() else None)


def confirm(question: str, *, yes: bool) -> None:
    """Go on only when somebody says so."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CcError(f"{question} Nobody is there to answer", "add --yes", code=USAGE)
    if not typer.confirm(question, err=True):
        raise CcError("nothing was changed", "")


def _has_terminal() -> bool:
    """Whether there is one behind what was redirected: its device is there, and may be opened, in any case."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True


def typed(question: str) -> bytes:
    """A secret, which is not shown as it is typed."""
    if not (sys.stdin.isatty() or _has_terminal()):
        raise CcError("nobody is there to type the secret", "pipe it: cc secret set PROFILE --stdin < FILE")
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown as it is typed
        try:
            return getpass.getpass(question).encode("utf-8", "surrogateescape")
        except getpass.GetPassWarning:
            raise CcError(
                "this terminal cannot hide what is typed", "pipe it: cc secret set PROFILE --stdin < FILE"
            ) from None
        except EOFError:
            raise CcError("nothing was typed", "nothing was changed") from None
