"""The plan: what a launch will do, as plain data. It never holds a secret.

Imported on the launch path: nothing may be imported here, and a dataclass would cost as much as starting Python.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

TOKEN = "variable"  # the secret is put into an environment variable
HEADER = "header"  # the secret becomes a line of ANTHROPIC_CUSTOM_HEADERS
DESCRIPTOR = "descriptor"  # the secret waits in a pipe, whose number is put into the variable
URL = "url"  # the secret becomes a part of ANTHROPIC_BASE_URL
HELPER = "helper"  # the client fetches the secret itself, with a command that is pinned: a sealed launch
MCP = "mcp"  # the entry of an MCP server fetches it, for that server alone
COLLECTOR = "collector"  # the client's helper for telemetry fetches it, for the collector alone
BESIDE = (MCP, COLLECTOR)  # no secret of the provider
BY_ITSELF = (HELPER, *BESIDE)  # in no environment of ours: tried before the client starts, and fetched in the session

HOSTED = "hosted"
PINNED = "pinned"
SEALED = "sealed"

GIVEN = "CC_EXEC_KEYS"  # the variables into which `cc exec` has put secrets, which are not the user's own
CUSTOM_HEADERS = "ANTHROPIC_CUSTOM_HEADERS"
BASE_URL = "ANTHROPIC_BASE_URL"
_OF_A_PATH = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class _Frozen:
    __slots__: tuple[str, ...] = ()

    def __init__(self, **values: object) -> None:
        if set(values) != set(self.__slots__):
            raise TypeError(f"{type(self).__name__}: {sorted(set(values) ^ set(self.__slots__))}")
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def but(self, **changed: object) -> "Self":
        """The same value with some fields changed."""
        return type(self)(**{name: getattr(self, name) for name in self.__slots__} | changed)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


class Slot(_Frozen):
    """One secret of a launch: where it is kept, how it is read, and how it reaches the client."""

    __slots__ = ("before", "delivery", "hint", "name", "read", "reference")
    reference: str  # as the profile has it
    delivery: str  # TOKEN, HEADER, URL, DESCRIPTOR, HELPER, MCP or COLLECTOR
    # of the variable or the header; of the parameter, `{name}` in the address; of an MCP server and its header or
    # variable, or of telemetry and its header, with a dot
    name: str
    before: str  # what stands in front of the secret in its header
    read: tuple[str, ...]  # a kind, and what it needs: see launch/secret_reader.py
    hint: str  # what to do when it is not there

    def __init__(self, *, before: str = "", **values: object) -> None:
        super().__init__(before=before, **values)


class Plan(_Frozen):
    """Everything that a launch does to the environment and the arguments of the target."""

    __slots__ = (
        "args",
        "direct",
        "judged",
        "label",
        "managed",
        "mark",
        "mark_apart",
        "memory",
        "mode_args",
        "model",
        "network",
        "notes",
        "pins",
        "profile",
        "protection",
        "server",
        "set",
        "slots",
        "sources",
        "subcommands",
        "target",
        "unpinned",
        "unset",
    )
    profile: str
    label: str
    model: str  # that the session starts on; empty: the client's default
    protection: str  # HOSTED, PINNED or SEALED
    target: str  # the client's absolute path
    judged: str  # which file that was when it was judged: see launch/process.py
    direct: str  # a host that no proxy is to come between; empty for all others
    server: tuple[str, ...]  # how the server of a model on this machine is asked first: see launch/server.py
    set: dict[str, str]
    unset: tuple[str, ...]  # a `*` at the end: all that begin like that
    pins: str  # JSON for --settings, or empty; its `env` is the last thing in it
    mark: str  # what of it marks the session's transcript, as it stands there, or empty: see core/plan/session_mark.py
    mark_apart: str  # what takes its place where every event of the session is printed
    network: tuple[str, ...]  # pinned, too: `NAME` as the environment has it, `NAME=value`, `NAME+=more`, or `NAME@`
    memory: str  # not empty: the client reads --settings from memory, where a password may stand
    managed: str  # JSON for --managed-settings, or empty
    subcommands: tuple[str, ...]  # of this client, which start no session
    unpinned: tuple[str, ...]  # those of them that take no --settings
    args: tuple[str, ...]  # the profile's own arguments
    mode_args: tuple[str, ...]  # the permission mode, for a session in which nothing else chooses one
    slots: tuple[Slot, ...]
    notes: tuple[str, ...]  # said on stderr at the launch
    sources: tuple[str, ...]  # the files that it was made from, and those that would change it if they appeared


def fetching(slot: Slot, own_command: tuple[str, ...]) -> list[str]:
    """The command that prints a slot's secret: the store's own where it prints nothing else, or else ours.

    It runs where nobody can be asked: without the variable, gpg would ask on the terminal that the client draws on.
    """
    argv: list[str] = []
    if slot.read[0] == "command":
        argv = list(slot.read[1:])
    elif slot.read[0] == "store" and slot.read[3] in {"", "text"}:
        argv = list(slot.read[4:])
    if argv:
        return argv if slot.reference.startswith("keyring:") else ["env", "GPG_TTY=", *argv]
    return [*own_command, "secret", "get", "--reference", slot.reference]


# Words that are a subcommand of some client, or are taken for one, so that none is a model. Of which: plan/client.py.
# fmt: off
SUBCOMMANDS = frozenset({
    "agents", "attach", "auth", "auto-mode", "bridge", "config", "daemon", "design-login", "doctor",
    "edit-chrome-settings", "edit-hook", "edit-memory-settings", "edit-permission-rules", "edit-sandbox-settings",
    "edit-skill-overrides", "gateway", "import", "import-conversations", "install", "kill", "logs", "mcp",
    "migrate-installer", "plugin", "plugins", "project", "purge", "rc", "remote", "remote-control", "respawn", "rm",
    "sandbox", "self-hosted-agent-proxy", "self-hosted-runner", "setup-token", "stop", "sync", "ultrareview", "update",
    "upgrade", "workspace-trust", "worktree-hook",
})
# fmt: on
CHANGES_PINS = ("--settings", "--managed-settings", "--model", "--fallback-model")
# The subcommands that start sessions for somebody elsewhere. They take no pins.
REMOTE = ("bridge", "rc", "remote", "remote-control", "self-hosted-agent-proxy", "self-hosted-runner", "sync")
# By which somebody asks for background agents, which are jobs of the client's daemon: see core/plan/background.py.
JOBS = ("agents", "attach", "kill", "logs", "respawn", "rm", "stop")
TO_BACKGROUND = ("--bg", "--background")
AGENTS_OFF = "CLAUDE_CODE_DISABLE_AGENT_VIEW"
CHOOSES_MODE = ("--permission-mode", "--dangerously-skip-permissions", "--allow-dangerously-skip-permissions")
# Where every event is printed. Measured: there, a hook at the start of a session is two lines before the first.
STREAMS = ("stream-json", "--output-format=stream-json")
ASKS_NOTHING = frozenset({"-p", "--print", "-h", "--help", "-v", "--version"})


def environment(plan: Plan, parent: dict[str, str], secrets: list[str]) -> dict[str, str]:
    """The child's environment: the parent's, less what is unset, plus what is set, plus the secrets, one for each slot.

    For a descriptor the "secret" is the number of the pipe's end.
    """
    child = dict(parent)
    for name in plan.unset:
        for found in [other for other in child if other.startswith(name[:-1])] if name[-1] == "*" else [name]:
            child.pop(found, None)
    child.update(plan.set)
    if plan.direct:
        child.update(direct(plan.direct, child))
    headers = [plan.set[CUSTOM_HEADERS]] if CUSTOM_HEADERS in plan.set else []
    for slot, secret in zip(plan.slots, secrets, strict=True):
        if slot.delivery == HEADER:
            headers.append(f"{slot.name}: {slot.before}{secret}")
            child[CUSTOM_HEADERS] = "\n".join(headers)
        elif slot.delivery == URL:
            child[BASE_URL] = child[BASE_URL].replace(f"{{{slot.name}}}", in_a_path(secret))
        elif slot.delivery not in BY_ITSELF:
            child[slot.name] = secret
    return child


def direct(host: str, given: "Mapping[str, str]") -> dict[str, str]:
    """The variables that keep a session with a server of this machine away from a proxy.

    Measured on 2.1.329: with HTTP_PROXY set, the client sends even what is for 127.0.0.1 there.
    """
    whole = given.get("no_proxy") or given.get("NO_PROXY") or ""
    upper = given.get("NO_PROXY") or whole
    whole = whole if upper == whole else f"{whole},{upper}"
    if whole != "*" and f",{host}," not in f",{whole},":
        whole = f"{whole},{host}" if whole else host
    return {"NO_PROXY": whole, "no_proxy": whole}


def in_a_path(secret: str) -> str:
    """A secret as a part of an address: neither a `/` in it nor a `{` changes what the rest means."""
    content = secret.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if chr(byte) in _OF_A_PATH else f"%{byte:02X}" for byte in content)


class Private(str):
    """A text with a password in it: it may stand in no argument list, and is shown nowhere."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Private(…)"


def settings(plan: Plan, given: "Mapping[str, str]", hidden: "Mapping[str, str] | None" = None) -> str:
    """The JSON for `--settings`: the plan's pins, and the way to the network as the user has it.

    `given` is the environment as the user has it; `hidden` are values of the user's files (`NAME@` in the plan).
    """
    if not plan.pins:
        return ""
    values = {}
    for entry in plan.network:
        name, equals, value = entry.partition("=")
        if not equals and name[-1] == "@":
            name = name[:-1]
            if hidden is None or name not in hidden:
                continue  # better no pin than an empty one: it is the user's
            value = hidden[name]
        elif equals and name[-1] == "+":  # what the user has, and ours behind it
            name = name[:-1]
            value = f"{given[name]},{value}" if given.get(name) else value
        elif not equals:
            value = given.get(name, "")
        values[name] = plan.set.get(name, value)
    if plan.direct:
        values.update(direct(plan.direct, values))
    private = [name for name in values if holds_password(name, values[name])]
    if private and not plan.memory:
        values = {name: value for name, value in values.items() if name not in private}
    ours = ",".join([f'"{name}":{json_text(value)}' for name, value in values.items()])
    between = "" if not ours or plan.pins.endswith("{}}") else ","
    text = f"{plan.pins[:-2]}{between}{ours}}}}}"
    return Private(text) if private and plan.memory else text


def holds_password(name: str, value: str) -> bool:
    """Whether this variable of the network may hold a password: a proxy's address with somebody's name in it."""
    return "@" in value and name[-6:].lower() == "_proxy" and name[:3].lower() != "no_"


def json_text(text: str) -> str:
    """A text in JSON; the module for that would cost as much as starting Python."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if escaped.isprintable():
        return f'"{escaped}"'
    return '"' + "".join(letter if letter >= " " else f"\\u{ord(letter):04x}" for letter in escaped) + '"'


def arguments(plan: Plan, user: list[str], pins: str) -> list[str]:
    """The target's arguments after its name, for a user whose own do not change the pins."""
    pins = marked_apart(plan, user, pins)
    ours = ["--settings", pins] if pins else []
    mode = [] if has_mode(plan.args) or has_mode(user) else list(plan.mode_args)
    if user and user[0] in plan.subcommands:
        # Measured: in front of these, `--settings` changes nothing, other options would; the view's mode is its jobs'.
        view = user[0] == "agents" and "attach" in plan.subcommands and not plan.set.get(AGENTS_OFF, "")
        return user if user[0] in plan.unpinned else [*ours, *user, *(mode if view else [])]
    managed = ["--managed-settings", plan.managed] if plan.managed else []
    return [*ours, *managed, *mode, *plan.args, *user]


def marked_apart(plan: Plan, user: list[str], pins: str) -> str:
    """The pins with another mark, where theirs would be printed among the session's events."""
    if not plan.mark or not any(argument in STREAMS for argument in before_dashes([*plan.args, *user])):
        return pins
    return type(pins)(pins.replace(plan.mark, plan.mark_apart, 1))


def changes_pins(user: list[str]) -> bool:
    """Whether the user's arguments have a say in what is pinned.

    Their `--settings` would replace ours, and a model that they name has to be among those that may be asked for.
    """
    return any(argument.split("=", 1)[0] in CHANGES_PINS for argument in before_dashes(user))


def resumes(user: list[str]) -> bool:
    """Whether the user's arguments may go on with a session: which one is for core/sessions/resume_options.py."""
    return any(
        word[:8] == "--resume" or word == "--continue" or (word[:1] == "-" != word[1:2] and {*word} & {*"rc"})
        for word in before_dashes(user)
    )


def needs_model(user: list[str], subcommands: tuple[str, ...]) -> bool:
    """Whether the client is started to talk to a model, and not for its help or with a subcommand."""
    return not (user and (user[0] in subcommands or user[0] in {"-h", "--help", "-v", "--version"}))


def asks_for_jobs(user: list[str]) -> str:
    """The word by which these arguments ask for background agents; empty where they do not."""
    found = [word for word in before_dashes(user) if word in TO_BACKGROUND]
    return (user[0] if user and user[0] in JOBS else "") or "".join(found[:1])


def before_dashes(user: list[str]) -> list[str]:
    """The arguments up to `--`: after it, nothing is an option."""
    return user[: user.index("--")] if "--" in user else user


def has_mode(arguments_given: list[str] | tuple[str, ...]) -> bool:
    """Whether these arguments choose a permission mode, or start no session that could ask."""
    given = before_dashes(list(arguments_given))
    return any(word in ASKS_NOTHING or word.split("=", 1)[0] in CHOOSES_MODE for word in given)
