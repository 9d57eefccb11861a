"""`cc ask`: give a task to a profile, or the same one to several, from a shell."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import ask as action
from cc_launcher.actions import ask_offers
from cc_launcher.actions.ask_runs import Ended
from cc_launcher.cli import ask_clean, ask_view, render
from cc_launcher.core.ask.amount import Limit
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import profiles
from cc_launcher.launch import process, request

_LONGEST = 4 * 1024 * 1024  # of a task
_STDIN = "-"


def command(
    profile: Annotated[
        str, typer.Argument(help="who is to do it; several with commas between them", show_default=False)
    ] = "",
    task: Annotated[str, typer.Argument(help="what is to be done; -: from standard input", show_default=False)] = "",
    *,
    compare: Annotated[
        bool, typer.Option("--compare", help="show the answers of several side by side, and what each took")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="let it change files, in a git work tree of its own")] = False,
    limit: Annotated[
        str, typer.Option("--limit", metavar="AMOUNT", help="what it may cost, such as '2 USD'", show_default=False)
    ] = "",
    clean: Annotated[
        bool, typer.Option("--clean", help="list the work trees that tasks have left, and remove them")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="with --clean: without a question")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> int:
    """Give one task to a profile, and print its answer. It can read the files of this directory, and nothing else.

    cc ask zai "what does this project do?"
    cc ask zai,ollama --compare "find the bug in parser.py"
    cc ask openrouter - <task.txt
    cc ask zai --write "add docstrings to cli.py"
    cc ask --clean

    Without a terminal it prints the answer alone. The exit code is the worst of the tasks: 0 done, 75 the limit was
    reached, or why one could not be done.
    """
    if clean:
        if profile or task or compare or write or limit:
            raise CcError("cc ask: --clean stands alone", "cc ask --clean", code=USAGE)
        return ask_clean.run(yes=yes, as_json=as_json)
    if yes:
        raise CcError("cc ask: --yes goes with --clean", "cc ask --clean --yes", code=USAGE)
    chosen = _chosen(profile, compare=compare)
    terms = _limit(limit)
    text = _task(task)
    view = ask_view.Progress()
    try:
        outcomes = action.asked(chosen, text, terms, view.look, write=write)
    except Ended as ended:
        view.clear()
        if ended.number == process.INTERRUPT:
            raise KeyboardInterrupt from None
        process.die_of(ended.number)
        return 128 + ended.number
    view.clear()
    if as_json:
        render.envelope("ask", [ask_view.data(outcome) for outcome in outcomes])
    elif len(outcomes) > 1:
        ask_view.compared(outcomes)
    else:
        ask_view.answered(outcomes[0])
    return max(outcome.code for outcome in outcomes)


def _chosen(text: str, *, compare: bool) -> list[Resolved]:
    """The profiles that are asked."""
    if not text:
        raise CcError("cc ask: who is to do it?", 'cc ask PROFILE "TASK"; cc ls --ready lists profiles', code=USAGE)
    names = list(dict.fromkeys(request.profiles("cc ask", text)))
    if compare and len(names) == 1:
        raise CcError("cc ask: --compare takes several profiles", f"cc ask {names[0]},OTHER --compare …", code=USAGE)
    return [profiles.load(name) for name in names]


def _limit(text: str) -> Limit:
    try:
        return ask_offers.usual_limit(text)
    except ValueError as bad:
        what, _, hint = str(bad).partition("|")
        raise CcError(f"cc ask: --limit {text[:40]!r}: {what}", hint, code=USAGE) from None


def _task(text: str) -> str:
    """The task, as it was typed or piped."""
    if text == _STDIN or (not text and not sys.stdin.isatty()):
        raw = sys.stdin.buffer.read(_LONGEST + 1) if hasattr(sys.stdin, "buffer") else b""
        if len(raw) > _LONGEST:
            raise CcError("cc ask: the task is longer than 4 MB", "name files instead: it can read them", code=USAGE)
        text = raw.decode("utf-8", "replace")
    if not text.strip():
        raise CcError("cc ask: what is to be done?", 'cc ask PROFILE "TASK", or - to read it from a pipe', code=USAGE)
    return text
