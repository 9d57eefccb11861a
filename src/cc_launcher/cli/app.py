"""The commands, put together."""

import io
import os
import sys
from itertools import pairwise

import typer
from typer.exceptions import TyperException

from cc_launcher.cli import described, help_text, render
from cc_launcher.core.errors import INTERRUPTED, USAGE, CcError
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.launch import completion
from cc_launcher.launch.request import COMMANDS, HELP, TABLE, parse

_MODULES = {name: module for name, (_, _, module, _, _) in TABLE.items() if module}
_READ_THEMSELVES = ("run", "take-over", "exec")
_TAKES_ANYTHING = {"ignore_unknown_options": True, "allow_extra_args": True}


def build(asked: str) -> typer.Typer:
    """The program with the command that is asked for, or with all when none of them is."""
    app = typer.Typer(
        name="cc",
        add_completion=False,
        no_args_is_help=False,
        context_settings={"help_option_names": list(HELP)},
    )

    @app.callback()
    def _program() -> None:
        """Keep a single command a command."""

    if asked in _MODULES:
        found = described.module_of(asked)
        if asked in completion.GROUPS:
            app.add_typer(found.app, name=asked)
        else:
            settings = _TAKES_ANYTHING if asked in _READ_THEMSELVES else {}
            app.command(asked, context_settings=settings)(found.command)
        return app
    for name in _MODULES:
        app.command(name)(_listed)
    return app


def _listed() -> None:
    """A command in the list of commands, which never runs as this."""


def main(args: list[str]) -> int:
    """Run one command."""
    if not args:
        from cc_launcher.cli import overview

        return overview.show()
    if args == ["--version"]:  # only of `cc-launcher`: as `cc`, it is the compiler's
        args = ["version"]
    helped = _helped(args)
    if helped is not None:
        return helped
    if args[0] in _READ_THEMSELVES:
        return _read_by_itself(args)
    try:
        code = _called(args)
    except typer.Exit as done:
        code = done.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except TyperException as bad:
        raise CcError(bad.format_message().rstrip("."), _hint(args), code=USAGE) from None
    if code == INTERRUPTED:  # what Typer makes of Ctrl-C; a shell's loop is to stop, too
        raise KeyboardInterrupt
    return code


def _read_by_itself(args: list[str]) -> int:
    """A command that knows which words of the line are for the program that it becomes."""
    if args[0] == "exec":
        from cc_launcher.cli import exec_program

        return exec_program.execute(args[1:])
    if args[0] == "take-over":
        from cc_launcher.cli import take_over

        comes_to = take_over.execute(args[1:])
        if isinstance(comes_to, int):
            return comes_to
        args = comes_to
    from cc_launcher.cli import run

    return run.execute(args[1:])


def _helped(args: list[str]) -> int | None:
    """Show the help that a line asks for; nothing where it asks for none."""
    asks = parse(args[1:]).help if args[0] == "run" else help_text.is_asked(args)
    alone = args[0] in completion.GROUPS and len(args) == 1
    if args[0] != "help" and not asks and not alone:
        return None
    words = [word for word in args if word != "help" and word not in HELP]
    name = next((name for name in (" ".join(words[:2]), " ".join(words[:1])) if name in TABLE), "")
    if words and not name:
        raise CcError(f"no such command: {words[0]}", _hint(words), code=USAGE)
    if name:
        help_text.of(name)
    else:
        help_text.overview()
    return USAGE if alone else 0


def _called(args: list[str]) -> int:
    """Have Typer run it."""
    try:
        return int(build(args[0])(args, prog_name="cc", standalone_mode=False) or 0)
    except SystemExit as ended:
        if ended.code == 1:  # how Typer ends when nobody reads its output any more
            raise BrokenPipeError from None
        raise


def cli(args: list[str]) -> int:
    """Run one command, with its output written out before anything else happens."""
    render.begin()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may know fewer characters than a profile
    try:
        return main(args)
    except BrokenPipeError:
        raise
    except Exception as fault:
        if _is_for_programs(args):
            raise _answered(args, fault) from None
        raise
    finally:
        sys.stdout.flush()


def _answered(args: list[str], fault: Exception) -> Exception:
    """Answer a program, and return what is left to say on standard error: of a bug, where it is written down."""
    from cc_launcher.files import bug_log
    from cc_launcher.launch import report

    told = report.told(fault, bug_log.write)
    render.fail(_name_of(args), told)
    return told if report.is_bug(fault) and not os.environ.get("CC_DEBUG") else fault


def _is_for_programs(args: list[str]) -> bool:
    """Whether the answer was to be JSON, a failure, too."""
    if args[:1] == ["run"]:
        try:
            return "--json" in parse(args[1:]).flags  # what is behind our part is the client's
        except CcError:  # somewhere in our part
            return "--json" in args[: args.index("--")] if "--" in args else "--json" in args
    ours = args[: args.index("--")] if "--" in args else args
    return "--json" in ours or "--format=json" in ours or ("--format", "json") in pairwise(ours)


def _name_of(args: list[str]) -> str:
    """The command that was asked for, as its envelope names it."""
    return " ".join(args[:2]) if args[0] in completion.GROUPS and len(args) > 1 and args[1][:1] != "-" else args[0]


def _hint(args: list[str]) -> str:
    if args and args[0] not in COMMANDS and not args[0].startswith("-"):
        return did_you_mean(args[0], list(COMMANDS)) or "cc help lists the commands"
    return f"cc help {args[0]}" if args and args[0] in COMMANDS else "cc help"
