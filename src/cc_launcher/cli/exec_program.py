"""`cc exec`: run a program that starts clients, so that all of them are on a profile."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cc_launcher.cli import render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.launch.request import AGAIN, TABLE, Request

if TYPE_CHECKING:
    from cc_launcher.actions.executing import Prepared

_NAME = "exec"
_DASHES = "--"
_DRY_RUN, _JSON = "--dry-run", "--json"
_FLAGS = TABLE[_NAME][4].split()
_USAGE = "cc exec PROFILE [MODEL] -- COMMAND…"
_MOST = 2  # words of ours


def command(
    context: typer.Context,  # noqa: ARG001 - takes what Typer would refuse
    profile: Annotated[str, typer.Argument(help="a profile or provider (cc ls)", show_default=False)],
    model: Annotated[
        str, typer.Argument(help="an alias, a tier, a full name, or a unique part of one", show_default=False)
    ] = "",
    *,
    sealed: Annotated[bool, typer.Option("--sealed", help="keep the secret out of the program's environment")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="also on a model without tools, with too small a window, or over budget")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, and start nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="with --dry-run: for programs")] = False,
) -> None:
    """Run a program that starts Claude Code: an SDK program, an editor, a script. Each client in it is on the profile.

    cc exec zai -- python agent.py
    cc exec openrouter glm-5.3 -- npx some-tool
    cc exec --sealed zai -- ./nightly.sh
    cc exec --dry-run zai -- code .

    The program gets the profile's variables, and a PATH that begins with a `claude` of ours, which does what `cc run`
    does. What is not covered by that is said before the program starts. Its exit code is the program's; 127 if there
    is no such program, 126 if it cannot be started.
    """
    raise AssertionError(profile, model, sealed, anyway, dry_run, as_json)  # only its help is used: see `execute`


def execute(args: list[str]) -> int:
    """Become the program, or say what it would be."""
    request, words = parsed(args)
    dry = _DRY_RUN in request.flags
    if _JSON in request.flags and not dry:
        raise CcError(f"cc exec: {_JSON} goes with {_DRY_RUN}", f"cc exec {_DRY_RUN} {_JSON} PROFILE -- COMMAND")
    if request.profile == AGAIN:
        from cc_launcher.cli import ask_profile

        ask_profile.fill_in(request)
    from cc_launcher.actions import executing  # 200 ms that a wrong line does not pay
    from cc_launcher.cli import questions

    found = executing.prepared(request, words, for_real=not dry, screen=questions.screen())
    if not dry:
        return executing.become(found, request)
    if _JSON in request.flags:
        render.envelope(_NAME, _as_data(found))
    else:
        _show(found)
    return 0


def parsed(args: list[str]) -> tuple[Request, list[str]]:
    """Our part of the line, and the command behind `--`."""
    request = Request()
    ours = args[: args.index(_DASHES)] if _DASHES in args else args
    words = []
    for word in ours:
        if word in _FLAGS:
            request.flags.append(word)
        elif word.startswith("-") and word != AGAIN:
            name = word.partition("=")[0]
            hint = did_you_mean(name, _FLAGS) or f"options of the command go behind --: {_USAGE}"
            raise CcError(f"cc exec: unknown option {name}", hint, code=USAGE)
        else:
            words.append(word)
    if not words:
        raise CcError("cc exec: which profile?", f"{_USAGE}; cc ls lists profiles", code=USAGE)
    if ours is args:
        typed = words[1] if len(words) == _MOST else "COMMAND…"  # of more words, one may be the model
        raise CcError("cc exec: the command begins behind --", f"cc exec {words[0]} -- {typed}", code=USAGE)
    if len(words) > _MOST:
        raise CcError(f"cc exec: {words[_MOST]}: a profile and a model are all that goes before --", _USAGE, code=USAGE)
    request.profile = words[0]
    request.word = words[1] if len(words) == _MOST else None
    command = args[len(ours) + 1 :]
    if not command or not command[0]:
        raise CcError("cc exec: there is no command behind --", f"cc exec {' '.join(words)} -- COMMAND…", code=USAGE)
    return request, command


def _show(found: "Prepared") -> None:
    """The launch in a few lines, and all that the program would find in its environment."""
    from cc_launcher.cli import brief
    from cc_launcher.cli.brief import Line
    from cc_launcher.core.text import printable
    from cc_launcher.core.text.quote import sh
    from cc_launcher.files import guard

    brief.heading(found.planned.resolved)
    for line in brief.lines(found.planned):
        brief.tell(line)
    program, problem = _program(found)
    command = " ".join(map(sh, found.command))
    brief.tell(Line("runs", printable(f"{command} ({program})" if program else command)))
    if problem:
        brief.tell(Line("stops", problem, "bold red"))
    brief.tell(Line("PATH", f"{guard.shown(found.shim)} comes first: its claude is cc run {found.plan.profile}"))
    for entry in found.replaced:
        if entry != str(found.shim):
            brief.tell(Line("", f"taken out: {printable(entry)}"))
    for reference, variable in _secrets(found):
        brief.tell(Line("key", f"{reference} → {variable or 'that claude alone; in no environment of the program'}"))
    for number, text in enumerate(found.said):
        brief.tell(Line("" if number else "covers", text.removeprefix(f"{found.plan.profile}: ")))
    render.heading("sets")
    for name, value in sorted(found.plan.set.items()):
        render.out(printable(f"  {name}={value}".replace("\n", "; ")))
    present = [name for name in found.plan.unset if name in os.environ]
    render.heading(f"removes {len(found.plan.unset)} variables ({len(present)} are set now)")
    for name in present:
        render.out(f"  {name}")


def _as_data(found: "Prepared") -> dict[str, Any]:
    from cc_launcher.actions import states

    planned = found.planned
    program, problem = _program(found)
    return {
        "profile": planned.plan.profile,
        "label": planned.plan.label,
        "model": planned.plan.model,
        "protection": planned.plan.protection,
        "command": found.command,
        "program": program,
        "client": planned.plan.target,
        "path": {"first": str(found.shim), "removed": [e for e in found.replaced if e != str(found.shim)]},
        "set": found.plan.set,
        "unset": list(found.plan.unset),
        "secrets": [{"reference": reference, "variable": name or None} for reference, name in _secrets(found)],
        "not_covered": found.said,
        "notes": [*planned.resolved.corrections, *planned.plan.notes],
        "missing": planned.missing,
        "needs": list(states.of(planned.written).needs),
        "held": planned.held.what if planned.held is not None else "",
        "unfit": planned.unfit.what if planned.unfit is not None else "",
        "stops": problem,
    }


def _secrets(found: "Prepared") -> list[tuple[str, str]]:
    from cc_launcher.actions import executing

    return executing.secret_places(found)


def _program(found: "Prepared") -> tuple[str, str]:
    """The file that would be started, and why none would."""
    from cc_launcher.actions import executing
    from cc_launcher.core.wrapper.shim import NAME

    if found.for_ours is not None:
        return str(found.shim / NAME), ""
    try:
        return executing.program_of(found.command[0]), ""
    except CcError as error:
        return "", f"{error.what} ({error.hint})"
