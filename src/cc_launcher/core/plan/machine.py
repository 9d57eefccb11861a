"""What a plan needs to know of the machine: a description, so that making a plan reads nothing itself."""

from dataclasses import dataclass, field

from cc_launcher.core.plan import client
from cc_launcher.core.stores.store import Tools


@dataclass(frozen=True)
class SettingsFile:
    """A settings file of the client, as far as a launch is concerned with it."""

    path: str
    scope: str  # user, project, local, managed, or mcp for a project's list of servers
    env: frozenset[str] = frozenset()  # the names in its `env` block, never the values
    keys: frozenset[str] = frozenset()  # its other keys; nested ones dotted
    problem: str = ""  # why it could not be read
    hidden: bool = False  # the client may read it all the same
    models: frozenset[str] = frozenset()  # what its `availableModels` lists
    ours: bool = False  # `cc use` has written it, and that list
    status_line: str = ""  # the command of the user's own status line
    asks_for: frozenset[str] = frozenset()  # variables that its texts name, as in `${NAME}`


@dataclass(frozen=True)
class McpFile:
    """A profile's file of MCP servers, in the client's own format."""

    path: str
    shown: str  # the path as people are shown it
    servers: tuple[tuple[str, str], ...]  # the name of each, and its URL or program
    notes: tuple[str, ...] = ()  # what is to be said of it


@dataclass(frozen=True)
class Machine:
    """Where things are, which client there is, and which settings files have a say."""

    target: str
    version: tuple[int, ...] | None  # of the client; None when it does not say
    judged: str = ""  # which file that is: see launch/process.py
    shim: bool = False  # a script that starts a client elsewhere, which may be another one tomorrow
    settings: tuple[SettingsFile, ...] = ()
    managed: tuple[SettingsFile, ...] = ()
    mcp_lists: tuple[SettingsFile, ...] = ()  # a project's, where the client would put a secret into what they say
    present: frozenset[str] = frozenset()  # the names of the environment's variables that are not empty; see planfile
    network: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # what the user's own files say of the network
    own_file: frozenset[str] = frozenset()  # the variables that the client's own file (~/.claude.json) sets
    has_memory: bool = False  # a file can be handed over that is in memory alone
    own_command: tuple[str, ...] = ("cc-launcher",)  # how the client's helper calls us
    tools: Tools = field(default=Tools("python3"))  # to read secrets with
    marks: str = ""  # the file that names the profiles of sessions whose transcripts cannot
    isolated_root: str = ""  # where isolated profiles have their directories
    mcp_file: McpFile | None = None  # that the profile names
    session_place: str = ""  # where what sessions of the profile read of us is kept
    rates: tuple[tuple[str, float], ...] = ()  # the user's own: dollars for one unit of another currency
    status_line: tuple[str, ...] = ()  # the command that prints our status line, where one is wanted
    watched: tuple[str, ...] = field(default=())  # files that this description was made from

    def can(self, ability: client.Ability) -> bool:
        """Whether the client has this ability."""
        return client.can(self.version, ability)

    @property
    def can_be_hosted(self) -> bool:
        """Whether the client keeps all that a hosted launch promises."""
        return client.can_be_hosted(self.version)

    @property
    def named(self) -> str:
        """The client, for a sentence about what it lacks."""
        if self.shim:
            return "this client (a script here, so it may be an old version)"
        return "this old client" if self.version else "this client, whose version is unknown,"
