"""What a line of `cc` asks for: the table of commands, the options of `cc run`, and how its words are read."""

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import SUBCOMMANDS

# The one table of commands, in the order of the help: what it says of each (nothing: it is not listed), the module in
# `cli/`, what it takes in turn (words of a kind, which `launch/completion.py` knows), and its options. A test holds
# the last two to the program itself.
TABLE = {
    "run": (
        "launch Claude Code",
        "run",
        ("profile", "model"),
        "--anyway --check --dry-run --env --fallback --json --pick --sealed",
    ),
    "list-profiles": ("the profiles, and whether each is ready", "list_profiles", (), "--json --ready"),
    "ls": ("", "list_profiles", (), "--json --ready"),
    "show": ("one profile, each value with its source", "show", ("profile", "model"), "--json"),
    "add": (
        "make a profile",
        "add",
        ("provider",),
        (
            "--auth --base-url --dry-run --label --model --plain-http --provider --region --sealed --secret --stdin "
            "--test --tier --title --value"
        ),
    ),
    "edit": ("change a profile", "edit", ("own",), "--confirm-host --dry-run --unset"),
    "remove": ("remove a profile", "remove", ("own",), "--dry-run --keep-secret --yes"),
    "install-wrapper": (
        "write a script that launches",
        "install_wrapper",
        ("profile",),
        "--all --anyway --dir --dry-run --force --mode --model --name --refresh --sealed",
    ),
    "alias": ("print shell aliases", "alias", ("profiles",), "--prefix --shell"),
    "init": ("print completion for a shell", "init", ("shell",), "--aliases"),
    "list-wrappers": ("the scripts there are", "list_wrappers", (), "--json"),
    "uninstall-wrapper": ("remove a script", "uninstall_wrapper", ("wrapper",), "--dir --dry-run --force"),
    "env": ("print a launch as exports", "env", ("profile", "model"), "--format --json --reveal"),
    "models": (
        "the models that a provider has, now",
        "models",
        ("profile", "model"),
        "--dry-run --free --json --max-price --min-context --refresh --set-context --sort --tools",
    ),
    "probe": (
        "whether an endpoint speaks what is needed",
        "probe",
        ("profile", "model"),
        "--all --compare --deep --dry-run --html --json --markdown --max-cost --only --since",
    ),
    "use": (
        "what plain claude does in this project",
        "use",
        ("profile",),
        "--dry-run --json --model --off --shared --vscode --write",
    ),
    "quota": ("what is left of plans and balances", "quota", ("profiles",), "--json"),
    "statusline": (
        "the status line, and its installation",
        "statusline",
        (),
        "--dry-run --format --install --uninstall --wrap",
    ),
    "secret": ("keep, look at and forget secrets", "secret", (), ""),
    "secret get": ("", "", ("profile",), "--for --header --host --mcp --reference --reveal --value"),
    "secret remove": ("", "", ("profile",), "--dry-run --header --mcp --value --yes"),
    "secret set": ("", "", ("profile",), "--check --dry-run --header --mcp --stdin --value"),
    "secret status": ("", "", ("profiles",), "--json"),
    "config": ("where the files are", "config", (), ""),
    "config path": ("", "", (), "--json"),
    "demo": ("a launch from end to end, offline", "demo", (), "--json --no-install"),
    "doctor": (
        "find what is wrong on this machine",
        "doctor",
        ("profile",),
        "--dry-run --fix --json --online --undo --verbose --yes",
    ),
    "version": ("the versions of everything", "version", (), "--json"),
    "help": ("explain a command", "", ("command",), ""),
}
COMMANDS = tuple(sorted(name for name in TABLE if " " not in name))
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
