"""What a plan needs to know of the machine: a description, so that making a plan reads nothing itself."""

from dataclasses import dataclass, field

from cc_launcher.core.stores.store import Tools

HOST_FLAG_SINCE = (2, 1, 84)  # measured: 2.1.72 does not know it, 2.1.84 does; between them nothing was measured


@dataclass(frozen=True)
class SettingsFile:
    """A settings file of the client, as far as a launch is concerned with it."""

    path: str
    scope: str  # user, project, local or managed
    env: frozenset[str] = frozenset()  # the names in its `env` block, never the values
    keys: frozenset[str] = frozenset()  # its other keys; nested ones dotted
    problem: str = ""  # why it could not be read
    hidden: bool = False  # the client may read it all the same
    models: frozenset[str] = frozenset()  # what its `availableModels` lists
    ours: bool = False  # `cc use` has written it, and that list
    status_line: str = ""  # the command of the user's own status line


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
    settings: tuple[SettingsFile, ...] = ()
    managed: tuple[SettingsFile, ...] = ()
    present: frozenset[str] = frozenset()  # the names of the environment's variables that are not empty
    own_command: tuple[str, ...] = ("cc-launcher",)  # how the client's helper calls us
    tools: Tools = field(default=Tools("python3"))  # to read secrets with
    isolated_root: str = ""  # where isolated profiles have their directories
    mcp_file: McpFile | None = None  # that the profile names
    status_line: tuple[str, ...] = ()  # the command that prints our status line, where one is wanted
    watched: tuple[str, ...] = field(default=())  # files that this description was made from

    @property
    def knows_host_flag(self) -> bool:
        """Whether the client ignores routing in settings files when the launcher says that it takes care of it."""
        return self.version is not None and self.version >= HOST_FLAG_SINCE
