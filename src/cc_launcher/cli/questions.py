"""What is asked on a terminal: a secret, which is never shown, and whether to go on."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import typer

from cc_launcher.actions import secret_values
from cc_launcher.actions.screen import Screen
from cc_launcher.cli import hidden, render
from cc_launcher.core.errors import USAGE, CcError, Unfit
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.key_shape import Shape, oddity
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import profiles
from cc_launcher.launch import secret_reader


class Entry(NamedTuple):
    """One line of a list to choose from, and what it stands for."""

    line: str
    value: Any


def is_conversation() -> bool:
    """Whether somebody sits here who can be asked: nothing is redirected, and a list can be shown."""
    seen = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return seen and os.environ.get("TERM", "dumb") != "dumb"


def choose(question: str, entries: Sequence[Entry], *, first: Any = None, search: bool = False) -> Any:
    """The value of the entry that is chosen. With `search`, typing leaves only the entries that have it."""
    import questionary  # a sixth of a second, which only who is asked pays

    choices = [questionary.Choice(entry.line, value=entry.value) for entry in entries]
    start = next((choice for choice in choices if first is not None and choice.value == first), None)
    asked = questionary.select(
        question, choices=choices, default=start, use_search_filter=search, use_jk_keys=False, instruction=" "
    )
    return _asked(asked)


def choose_some(question: str, entries: Sequence[Entry], chosen: Sequence[Any]) -> list[Any]:
    """The values of the entries that are ticked; those of `chosen` are, to begin with."""
    import questionary

    choices = [questionary.Choice(entry.line, value=entry.value, checked=entry.value in chosen) for entry in entries]
    return list(_asked(questionary.checkbox(question, choices=choices, instruction="(space ticks, Enter goes on)")))


def agree(question: str, *, usual: bool) -> bool:
    """Yes or no; Enter takes the usual one."""
    import questionary

    return bool(_asked(questionary.confirm(question, default=usual)))


def answer(question: str, fault: Callable[[str], bool | str], usual: str = "") -> str:
    """What is typed. `fault` says what is wrong with it, at the question."""
    import questionary

    return str(_asked(questionary.text(question, default=usual, validate=fault))).strip()


def _asked(question: Any) -> Any:
    """The answer. Ctrl-C ends it all, and so does the end of input."""
    try:
        return question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None


def read_secret(resolved: Resolved, *, from_stdin: bool, is_key: bool = True) -> str:
    """The secret, typed or piped. It is refused here if no launch could use it."""
    try:
        if from_stdin and not sys.stdin.isatty():  # on a terminal it would be shown as it is typed
            raw = sys.stdin.buffer.read(secret_reader.MAX_BYTES + 3) if hasattr(sys.stdin, "buffer") else b""
        else:
            raw = typed(f"{resolved.title}: paste the {'key' if is_key else 'secret'} (it is not shown): ")
        value = secret_reader.cleaned(raw)
    except Unfit as bad:
        raise CcError(f"{resolved.name}: what you gave {bad}", "nothing was changed; try again", code=USAGE) from None
    if is_key and (odd := oddity_of(resolved, value)):
        render.talk(f"{resolved.name}: {odd}. Keeping it anyway")
    return value


def oddity_of(resolved: Resolved, value: str, judged: Callable[..., str] = oddity) -> str:
    """What is odd about this key for this profile, or nothing."""
    if not resolved.chain[-1].shipped:  # of an endpoint of the user's own nothing is known
        return ""
    own = Shape(resolved.profile.key_prefix or "", resolved.profile.key_env)
    return judged(value, own, profiles.key_shapes(resolved.provider))


def keep_secret(resolved: Resolved, reference: Reference, value: str) -> None:
    """Keep it, and say where."""
    for line in secret_values.kept(resolved, reference, value):
        render.talk(line)


def screen() -> Screen:
    """This terminal, or the little that is left of one where nobody sits."""

    def agrees(question: str) -> bool:
        with _ended():
            return typer.confirm(question, err=True)

    def types(question: str) -> str:
        with _ended():
            return str(typer.prompt(question, default="", show_default=False, err=True))

    def chooses(question: str, lines: Sequence[str]) -> str:
        return str(choose(question, [Entry(line, line) for line in lines]))

    somebody = sys.stdin.isatty() and sys.stderr.isatty()
    listed = chooses if is_conversation() else None
    return Screen(render.talk, agrees if somebody else None, types if somebody else None, listed)


@contextlib.contextmanager
def _ended() -> Iterator[None]:
    """Ctrl-C at a question ends it all, also where Typer has not started the command: `cc run`."""
    try:
        yield
    except typer.Abort:
        raise KeyboardInterrupt from None


def confirm(question: str, *, yes: bool, command: str = "", code: int = USAGE) -> None:
    """Go on only when somebody says so. `command` is what does it without a terminal."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CcError(f"{question} There is no terminal to ask on", command or "add --yes", code=code)
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
        raise CcError("there is no terminal to type the key on", "pipe it: cc secret set PROFILE --stdin < FILE")
    return hidden.typed(question)
