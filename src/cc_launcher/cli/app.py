"""The commands, put together."""

import io
import sys

import typer
from typer.exceptions import TyperException

from cc_launcher.cli import config, env, overview, profiles, run, secret, show, version
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.nearest import did_you_mean
from cc_launcher.launch.request import COMMANDS

app = typer.Typer(
    name="cc",
    help="Run Claude Code on any model: in a scoped environment, with the secret from where you keep it.",
    epilog="Anything that is not one of these commands goes to the C compiler whose name cc is, too.",
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(run.command)
app.command("list-profiles")(profiles.command)
app.command("ls", hidden=True)(profiles.command)
app.command("show")(show.command)
app.command("env")(env.command)
app.add_typer(secret.app, name="secret")
app.add_typer(config.app, name="config")
app.command("version")(version.command)


def main(args: list[str]) -> int:
    """Run one command."""
    if not args:
        return overview.show()
    if args[0] == "run" and not run.asks_for_help(args[1:]):
        return run.execute(args[1:])
    if args[0] == "help":
        args = [*args[1:], "--help"]
    try:
        return int(app(args, prog_name="cc", standalone_mode=False) or 0)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except TyperException as bad:
        if not bad.format_message():
            return USAGE  # a group without a command: its help is shown already
        raise CcError(bad.format_message().rstrip("."), _hint(args), code=USAGE) from None


def cli(args: list[str]) -> int:
    """Run one command, with its output written out before anything else happens."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may know fewer characters than a profile
    try:
        return main(args)
    finally:
        sys.stdout.flush()


def _hint(args: list[str]) -> str:
    if args and args[0] not in COMMANDS and not args[0].startswith("-"):
        return did_you_mean(args[0], list(COMMANDS)) or "cc help lists the commands"
    return f"cc help {args[0]}" if args and args[0] in COMMANDS else "cc help"
