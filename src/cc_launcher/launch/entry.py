"""Where `cc` starts: what is asked, and the shortest way there.

A `cc run` whose plan is cached ends in exec from here; everything else that is ours goes on to the command line
interface, and what is not ours to the C compiler.
"""

import io
import os
import sys

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import REMOTE, SUBCOMMANDS, Plan, changes_pins, needs_model
from cc_launcher.launch import planfile, process, start

COMMANDS = (
    "add",
    "alias",
    "config",
    "demo",
    "doctor",
    "edit",
    "env",
    "help",
    "init",
    "install-wrapper",
    "list-profiles",
    "list-wrappers",
    "ls",
    "models",
    "probe",
    "quota",
    "remove",
    "run",
    "secret",
    "show",
    "statusline",
    "uninstall-wrapper",
    "use",
    "version",
)
FLAGS = ("--sealed", "--dry-run", "--json", "--anyway", "--pick", "--check")
WITH_VALUE = ("--env", "--fallback")
_NOT_CACHED = ("--dry-run", "--json", "--pick", "--check")
COMPLETE = "__complete"  # what shells call at each press of TAB
REFRESH = "__refresh"  # what the status line calls when its line is written
MCP = "__mcp"  # what the entry of an MCP server calls for its secret
HELP = ("-h", "--help")


def main() -> int:
    """The console scripts `cc` and `cc-launcher`."""
    for stream in ("stdin", "stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by whoever started us: nobody speaks or hears there
            setattr(sys, stream, io.StringIO())
    try:
        return _dispatch(sys.argv[1:])
    except KeyboardInterrupt:
        process.die_of(process.INTERRUPT)
        return 130
    except Exception as fault:  # noqa: BLE001 - no traceback reaches a user
        from cc_launcher.launch import report  # only who fails pays for it

        return report.ended_by(fault)


def _dispatch(args: list[str]) -> int:
    if not _is_ours(args):
        from cc_launcher.launch import compiler  # only who compiles pays for it

        return compiler.pass_on(args)
    if args and args[0] == "run":
        _run_cached(args[1:])
    if args and args[0] == COMPLETE:
        from cc_launcher.launch import completion

        return completion.main(args[1:])
    if args and args[0] == "statusline":
        from cc_launcher.launch import statusline

        if statusline.is_line(args[1:]):
            return statusline.main(args[1:])
    if args[:2] == ["secret", "get"] and any(argument.partition("=")[0] == "--reference" for argument in args):
        return _helper(args[2:])
    if args and args[0] in {MCP, REFRESH}:
        return _behind(args)
    from cc_launcher.cli.app import cli  # 200 ms that a cached launch does not pay

    return cli(args)


def _helper(args: list[str]) -> int:
    """The helper of a sealed launch."""
    if "--unless-set" in args:
        from cc_launcher.claude.helper import main as looking_first

        return looking_first(args)
    from cc_launcher.secrets.get import main as secret_get

    return secret_get(args)


def _behind(args: list[str]) -> int:
    """What we call ourselves, where nobody looks."""
    if args[0] == REFRESH:
        from cc_launcher.net.refresh import main as refresh

        return refresh(args[1:])
    from cc_launcher.secrets.mcp import main as mcp

    return mcp(args[1:])


def _is_ours(args: list[str]) -> bool:
    """Whether this is for us, or for the C compiler whose name we share."""
    if os.path.basename(sys.argv[0]).startswith("cc-launcher"):
        return True
    if not args:
        return sys.stdin.isatty() and sys.stdout.isatty()
    return args[0] in COMMANDS or args[0] in HELP or args[0] in {COMPLETE, MCP, REFRESH}


def _run_cached(args: list[str]) -> None:
    """Launch from a cached plan, or return where there is none that serves."""
    asked = parse(args)
    if asked.help or not asked.profile or asked.fallback or any(flag in asked.flags for flag in _NOT_CACHED):
        return
    plan = planfile.load(planfile.key_of(asked))
    if plan is not None and not (plan.pins and _is_judged_again(asked.rest)) and _serves(plan, asked.rest):
        start.launch_with(plan, asked.rest)


def _is_judged_again(user: list[str]) -> bool:
    """Whether what the user adds has a say in what the launch may do."""
    return changes_pins(user) or bool(user and user[0] in REMOTE)


def _serves(plan: Plan, user: list[str]) -> bool:
    """Whether the server of a local model still says what the plan was made from."""
    if not plan.server or not needs_model(user, plan.subcommands):
        return True
    from cc_launcher.launch import server  # only who has such a server pays for it

    return server.unchanged(plan.server)


class Request:
    """A parsed `cc run` line."""

    __slots__ = ("env", "fallback", "flags", "help", "profile", "rest", "word")

    def __init__(self) -> None:
        self.flags: list[str] = []
        self.env: list[tuple[str, str]] = []
        self.fallback: list[str] = []
        self.profile = ""
        self.word: str | None = None
        self.rest: list[str] = []
        self.help = False


def parse(args: list[str]) -> Request:
    """Read our part of the line; the client's part is kept as it is, down to the last byte."""
    request = Request()
    index = 0
    while index < len(args):
        argument = args[index]
        name, equals, value = argument.partition("=")
        if argument in FLAGS:
            request.flags.append(argument)
        elif name in WITH_VALUE:
            if not equals:
                index += 1
                value = args[index] if index < len(args) else ""
            _take(request, name, value)
        elif argument == "--" and request.profile:
            index += 1
            break
        elif not request.profile:
            if argument in HELP:
                request.help = True
                return request
            if argument.startswith("-"):
                from cc_launcher.core.nearest import did_you_mean

                known = did_you_mean(name, [*FLAGS, *WITH_VALUE]) if argument.startswith("--") else ""
                hint = known or "options of claude go after the profile: cc run PROFILE [MODEL] OPTIONS"
                raise CcError(f"cc run: unknown option {name}", hint)
            request.profile = argument
        elif request.word is None and _could_be_model(argument):
            request.word = argument
        else:
            break
        index += 1
    request.rest = args[index:]
    return request


def _take(request: Request, name: str, value: str) -> None:
    """One of our options that have a value."""
    if name == "--fallback":
        request.fallback += _profiles(value)
    else:
        request.env.append(_assignment(value))


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise CcError("--env takes NAME=VALUE", "for example: cc run --env FOO=bar PROFILE")
    return name, value


def _profiles(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names) or any(name.startswith("-") for name in names):
        raise CcError("--fallback takes PROFILE[,PROFILE…]", "for example: cc run --fallback openrouter,ollama PROFILE")
    return names


def _could_be_model(argument: str) -> bool:
    """A word is a model; text with white space is a prompt, and a subcommand of the client is its own."""
    return (
        bool(argument)
        and not argument.startswith("-")
        and argument not in SUBCOMMANDS
        and not any(char.isspace() for char in argument)
    )
