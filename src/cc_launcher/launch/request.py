"""What a line of `cc` asks for: the commands, the options of `cc run`, and how its words are read."""

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import SUBCOMMANDS

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
NOT_CACHED = ("--dry-run", "--json", "--pick", "--check")
COMPLETE = "__complete"  # what shells call at each press of TAB
REFRESH = "__refresh"  # what the status line calls when its line is written
MCP = "__mcp"  # what the entry of an MCP server calls for its secret
HELP = ("-h", "--help")


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
                from cc_launcher.core.text.nearest import did_you_mean

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
