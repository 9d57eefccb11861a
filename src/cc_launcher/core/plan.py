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
BY_ITSELF = (HELPER, MCP)  # in no environment of ours: tried before the client starts, and fetched in the session

HOSTED = "hosted"
PINNED = "pinned"
SEALED = "sealed"

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
    delivery: str  # TOKEN, HEADER, URL, DESCRIPTOR, HELPER or MCP
    # of the variable or the header; of the parameter, `{name}` in the address; of an MCP server and its header or
    # variable, with a dot
    name: str
    before: str  # what stands in front of the secret in its header
    read: tuple[str, ...]  # a kind, and what it needs: see launch/secret.py
    hint: str  # what to do when it is not there

    def __init__(self, *, before: str = "", **values: object) -> None:
        super().__init__(before=before, **values)


class Plan(_Frozen):
    """Everything that a launch does to the environment and the arguments of the target."""

    __slots__ = (
        "args",
        "direct",
        "label",
        "mode_args",
        "model",
        "notes",
        "pins",
        "profile",
        "protection",
        "server",
        "set",
        "slots",
        "sources",
        "target",
        "unset",
    )
    profile: str
    label: str
    model: str  # that the session starts on; empty: the client's default
    protection: str  # HOSTED, PINNED or SEALED
    target: str  # the client's absolute path
    direct: str  # a host that no proxy is to come between; empty for all others
    server: tuple[str, ...]  # how the server of a model on this machine is asked first: see launch/server.py
    set: dict[str, str]
    unset: tuple[str, ...]  # a `*` at the end: all that begin like that
    pins: str  # JSON for --settings, or empty
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


# The client's subcommands. They get no flags of ours: `--permission-mode` or `--settings` in front of one may break it.
SUBCOMMANDS = frozenset(
    {
        "agents",
        "attach",
        "auth",
        "auto-mode",
        "config",
        "doctor",
        "gateway",
        "import",
        "install",
        "kill",
        "logs",
        "mcp",
        "migrate-installer",
        "plugin",
        "plugins",
        "project",
        "purge",
        "remote-control",
        "respawn",
        "rm",
        "setup-token",
        "stop",
        "ultrareview",
        "update",
        "upgrade",
    }
)
CHANGES_PINS = ("--settings", "--model", "--fallback-model")
CHOOSES_MODE = ("--permission-mode", "--dangerously-skip-permissions", "--allow-dangerously-skip-permissions")
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
    return "".join(
        letter
        if letter in _OF_A_PATH
        else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogateescape"))
        for letter in secret
    )


def arguments(plan: Plan, user: list[str]) -> list[str]:
    """The target's arguments after its name, for a user whose own do not change the pins."""
    if user and user[0] in SUBCOMMANDS:
        return user
    mode = [] if has_mode(plan.args) or has_mode(user) else list(plan.mode_args)
    pins = ["--settings", plan.pins] if plan.pins else []
    return [*pins, *mode, *plan.args, *user]


def changes_pins(user: list[str]) -> bool:
    """Whether the user's arguments have a say in what is pinned.

    Their `--settings` would replace ours, and a model that they name has to be among those that may be asked for.
    """
    return any(argument.split("=", 1)[0] in CHANGES_PINS for argument in before_dashes(user))


def needs_model(user: list[str]) -> bool:
    """Whether the client is started to talk to a model, and not for its help or with a subcommand."""
    return not (user and (user[0] in SUBCOMMANDS or user[0] in {"-h", "--help", "-v", "--version"}))


def before_dashes(user: list[str]) -> list[str]:
    """The arguments up to `--`: after it, nothing is an option."""
    return user[: user.index("--")] if "--" in user else user


def has_mode(arguments_given: list[str] | tuple[str, ...]) -> bool:
    """Whether these arguments choose a permission mode, or start no session that could ask."""
    return any(
        argument in ASKS_NOTHING or argument.split("=", 1)[0] in CHOOSES_MODE
        for argument in before_dashes(list(arguments_given))
    )
