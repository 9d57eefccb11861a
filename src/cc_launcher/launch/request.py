"""What a line of `cc` asks for: the table of commands, the options of `cc run`, and how its words are read."""

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import SUBCOMMANDS

# The groups of the help, in their order.
START = "Start"
PROFILES = "Profiles and keys"
ELSEWHERE = "Everywhere else"
REPAIR = "Look and repair"

# The one table of commands, in the order of the help: its group there, what the help says of it (nothing: it is a
# second name of the command above, or a command of a group), the module in `cli/`, what it takes in turn (words of a
# kind, which `launch/completion.py` knows), and its options: `=` is behind those that take a value. A test holds the
# last two to the program itself.
TABLE = {
    "run": (
        START,
        "start Claude Code on a model on a profile",
        "run",
        ("profile", "model"),
        (
            "--anyway --check --dry-run --env= --fallback= --json --pick --sealed --stay --verbose --with= "
            "--without-images"
        ),
    ),
    "take-over": (
        START,
        "go on with a session on another profile",
        "take_over",
        ("profile", "session"),
        "--allow --back --dry-run --json --private --without-images",
    ),
    "sessions": (START, "list the sessions that one can go on with", "sessions", (), "--all --json"),
    "ls": (START, "list the profiles, and what each one needs", "list_profiles", ("word",), "--all --json --ready"),
    "list-profiles": (START, "", "list_profiles", ("word",), "--all --json --ready"),
    "ask": (
        START,
        "give one task to a profile, or to several and compare",
        "ask",
        ("profile", "word"),
        "--clean --compare --json --limit= --write --yes",
    ),
    "demo": (START, "see a session offline, without a key", "demo", (), "--json --no-install"),
    "help": (START, "explain a command", "", ("command",), ""),
    "add": (
        PROFILES,
        "make a profile of your own",
        "add",
        ("provider",),
        (
            "--api= --auth= --base-url= --check --dry-run --gateway= --label= --model= -m= --plain-http --provider= "
            "-p= --region= --sealed --secret= --stdin --tier= --title= --value="
        ),
    ),
    "import": (
        PROFILES,
        "bring what you have: settings, shell files, other tools",
        "import_profiles",
        ("sources",),
        "--all --check --digest= --dry-run --follow --history --json --left --name= --no-secret --undo --unfollow",
    ),
    "export": (
        PROFILES,
        "print profiles for others, without keys",
        "export_profiles",
        ("profiles",),
        "--keep-reference",
    ),
    "edit": (PROFILES, "change a profile of yours", "edit", ("own",), "--confirm-host --dry-run --unset= --withdraw="),
    "remove": (PROFILES, "remove a profile of yours", "remove", ("own",), "--dry-run --keep-secret --yes"),
    "secret": (PROFILES, "keep a key, look where it is, forget it", "secret", (), ""),
    "secret set": ("", "", "", ("profile",), "--check --dry-run --header= --mcp= --stdin --value="),
    "secret status": ("", "", "", ("profiles",), "--json"),
    "secret move": ("", "", "", ("profile",), "--dry-run --to="),
    "secret remove": ("", "", "", ("profile",), "--dry-run --header= --mcp= --value= --yes"),
    "secret get": ("", "", "", ("profile",), "--for= --header= --host= --mcp= --reference= --reveal --value="),
    "models": (
        PROFILES,
        "list the models that a provider has now",
        "models",
        ("profile", "model"),
        "--dry-run --free --json --max-price= --min-context= --refresh --set-context= --sort= --tools",
    ),
    "show": (
        PROFILES,
        "show one profile, and where its values come from",
        "show",
        ("profile", "model"),
        "--json --verbose",
    ),
    "use": (
        ELSEWHERE,
        "make plain claude use a profile in this project",
        "use",
        ("profile",),
        "--dry-run --json --model= -m= --off --shared --vscode --write",
    ),
    "install-wrapper": (
        ELSEWHERE,
        "write a command of its own, such as claude-zai",
        "install_wrapper",
        ("profile",),
        "--all --anyway --dir= --dry-run --force --mode= --model= -m= --name= --refresh --sealed",
    ),
    "list-wrappers": (ELSEWHERE, "list the commands that install-wrapper wrote", "list_wrappers", (), "--json"),
    "uninstall-wrapper": (
        ELSEWHERE,
        "remove one of those commands",
        "uninstall_wrapper",
        ("wrapper",),
        "--dir= --dry-run --force",
    ),
    "alias": (ELSEWHERE, "print an alias for each profile", "alias", ("profiles",), "--prefix= --shell= -s="),
    "gateway": (ELSEWHERE, "run the gateway: routes, budgets, any OpenAI endpoint", "gateway", (), ""),
    "gateway up": ("", "", "", ("profiles",), ""),
    "gateway down": ("", "", "", (), "--now"),
    "gateway status": ("", "", "", (), "--json"),
    "gateway logs": (
        "",
        "",
        "",
        (),
        "--failed --follow -f --json --lines= -n= --profile= -p= --route= --session= --since=",
    ),
    "gateway metrics-key": ("", "", "", (), ""),
    "gateway install": ("", "", "", (), "--engine-python= --upgrade --yes"),
    "gateway uninstall": ("", "", "", (), "--yes"),
    "gateway render": ("", "", "", ("profile",), "--for= --force --json --out="),
    "env": (
        ELSEWHERE,
        "print a launch as variables: for a shell, CI, an editor",
        "env",
        ("profile", "model"),
        "--format= -f= --json --reveal",
    ),
    "exec": (
        ELSEWHERE,
        "run a program, with every claude in it on a profile",
        "exec_program",
        ("profile", "model"),
        "--anyway --dry-run --json --sealed",
    ),
    "init": (
        ELSEWHERE,
        "complete words in your shell",
        "init",
        ("shell",),
        "--aliases --install --uninstall",
    ),
    "statusline": (
        ELSEWHERE,
        "show provider, model and context in the status line",
        "statusline",
        (),
        "--dry-run --format= --install --uninstall --wrap",
    ),
    "doctor": (
        REPAIR,
        "find what is wrong on this machine, and fix it",
        "doctor",
        ("profile",),
        "--check --dry-run --fix --json --keep-in= --undo --verbose --yes",
    ),
    "probe": (
        REPAIR,
        "test whether an endpoint works with Claude Code",
        "probe",
        ("profile", "model"),
        "--all --compare --deep --dry-run --html= --json --markdown= --max-cost= --only= --since= --yes",
    ),
    "quota": (REPAIR, "show what is left of a plan or a balance", "quota", ("profiles",), "--json"),
    "usage": (
        REPAIR,
        "show what sessions took, and what it costs",
        "usage",
        ("session",),
        "--as= --by= --csv --dir= --export= --html= --json --prices --refresh --since= --until= --watch",
    ),
    "config": (REPAIR, "show where the files are", "config", (), ""),
    "config path": ("", "", "", (), "--json"),
    "uninstall": (
        REPAIR,
        "take everything of cc off this machine",
        "uninstall",
        (),
        "--dry-run --json --keys --profiles --yes",
    ),
    "version": (REPAIR, "show the versions", "version", (), "--json"),
}
COMMANDS = tuple(sorted(name for name in TABLE if " " not in name))
VERBOSE = ("--verbose", "-v")  # behind the profile, both are options of the client
_OF_RUN = TABLE["run"][4].split()
FLAGS = tuple(option for option in _OF_RUN if option[-1] != "=" and option not in VERBOSE)
WITH_VALUE = tuple(option[:-1] for option in _OF_RUN if option[-1] == "=")
NOT_CACHED = ("--dry-run", "--json", "--pick", "--check", "--stay", "--verbose", "--without-images")
AGAIN = "-"  # in the place of a profile: the last one again
COMPLETE = "__complete"  # what shells call at each press of TAB
REFRESH = "__refresh"  # what the status line calls when its line is written
OTEL = "__otel"  # what the client's helper for telemetry calls
MCP = "__mcp"  # what the entry of an MCP server calls for its secret
HANDED = "__handed"  # what a wrapper calls whose first argument may be the path of a client
GATEWAY = "__gateway"  # the parent of the gateway's engine, which `cc` starts in the background


ASK = "__ask"  # what a session calls that may ask other profiles, and what a task begins with
BUDGET = "__budget"  # what the hooks of a session call, where its profile has a budget
HELP = ("-h", "--help")


class Request:
    """A parsed `cc run` line."""

    __slots__ = ("env", "fallback", "flags", "help", "others", "profile", "rest", "word")

    def __init__(self) -> None:
        self.flags: list[str] = []
        self.env: list[tuple[str, str]] = []
        self.fallback: list[str] = []
        self.others: list[str] = []  # that the session may ask
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
            _take_first(request, argument)
        elif request.word is None and _could_be_model(argument):
            request.word = argument
        else:
            break
        index += 1
    request.rest = args[index:]
    return request


def _take_first(request: Request, argument: str) -> None:
    """A word before the profile, or the profile itself."""
    if argument in VERBOSE:
        request.flags.append(VERBOSE[0])
        return
    if argument.startswith("-") and argument != AGAIN:
        from cc_launcher.core.text.nearest import did_you_mean

        name = argument.partition("=")[0]
        known = did_you_mean(name, [*FLAGS, *WITH_VALUE]) if argument.startswith("--") else ""
        hint = known or "options of claude go after the profile: cc run PROFILE [MODEL] OPTIONS"
        raise CcError(f"cc run: unknown option {name}", hint)
    request.profile = argument


def _take(request: Request, name: str, value: str) -> None:
    """One of our options that have a value."""
    if name == "--fallback":
        request.fallback += profiles(name, value)
    elif name == "--with":
        request.others += profiles(name, value)
    else:
        request.env.append(_assignment(value))


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise CcError("--env takes NAME=VALUE", "for example: cc run --env FOO=bar PROFILE")
    return name, value


def profiles(option: str, text: str) -> list[str]:
    """The profiles that an option names."""
    names = [name.strip() for name in text.split(",")]
    if not all(names) or any(name.startswith("-") for name in names):
        raise CcError(f"{option} takes PROFILE[,PROFILE…]", f"for example: cc run {option} openrouter,ollama PROFILE")
    return names


def _could_be_model(argument: str) -> bool:
    """A word is a model; text with white space is a prompt, and a subcommand of the client is its own."""
    return (
        bool(argument)
        and not argument.startswith("-")
        and argument not in SUBCOMMANDS
        and not any(char.isspace() for char in argument)
    )
