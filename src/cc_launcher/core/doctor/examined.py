"""What `cc doctor` looks at: a description of the machine, so that the checks read nothing themselves.

No value of a variable or of a setting is in it, but for what `belongs.py` tells of one: the names of models and of
variables, the addresses of servers, and how all keys of a provider begin.
"""

from dataclasses import dataclass, field
from datetime import date

from cc_launcher.core.doctor.findings import Place
from cc_launcher.core.doctor.shell_lines import Assignment
from cc_launcher.core.probe.outcome import Run
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.state import State


@dataclass(frozen=True)
class ShellFile:
    """A file that sets variables."""

    path: str
    shown: str
    dialect: str
    here: bool = False  # of the current directory, rather than of every shell
    assignments: tuple[Assignment, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Setting:
    """A key of a settings file."""

    path: tuple[str, ...]
    line: int
    literal: bool = False  # a text that is there to read, and could be a key
    means: str = ""  # what may be told of the value

    @property
    def name(self) -> str:
        """The key as one would name it: a variable by its name alone."""
        return self.path[1] if self.path[0] == "env" and len(self.path) == 2 else ".".join(self.path)


@dataclass(frozen=True)
class Settings:
    """A settings file of the client."""

    path: str
    shown: str
    scope: str  # user, project, local or managed
    settings: tuple[Setting, ...] = ()
    model: str = ""  # what `model` says
    problem: str = ""
    brought: bool = False  # it came with a repository
    ours: bool = False  # `cc use` wrote it
    fixable: bool = False  # plain enough that a key can be taken out with nothing else changed
    old_line: int = 0  # where our status line is started by a name of before


@dataclass(frozen=True)
class Client:
    """A `claude` on PATH."""

    path: str
    shown: str
    kind: str  # npm, native, ours (a script that starts cc) or other
    version: str = ""


@dataclass(frozen=True)
class Clients:
    """The client, and what else is called like it."""

    on_path: tuple[Client, ...] = ()
    problem: str = ""  # why there is none to launch
    hint: str = ""
    chosen: str = ""  # the one that is launched
    version: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Script:
    """A wrapper of ours, and what its name starts."""

    name: str
    shown: str
    directory: str
    on_path: bool
    shadowed_by: str = ""
    unmarked: bool = False  # written before sessions were marked with their profile
    sends_paths: bool = False  # written before the path of a client was known for what it is: it would be a prompt


@dataclass(frozen=True)
class Use:
    """A project in which plain `claude` uses a profile, since before sessions were marked with it."""

    place: Place
    directory: str
    shown: str  # the directory for people
    profile: str
    model: str


@dataclass(frozen=True)
class SearchPath:
    """What PATH leads to."""

    local_bin: bool = True  # ~/.local/bin is on it, or there is nothing there
    first_cc: str = ""  # what `cc` is, if it is not us
    is_ours: bool = True
    other_names: tuple[str, ...] = ()  # by which else we are found
    compiler: str = ""  # the `cc` that we pass on to
    builders: tuple[str, ...] = ()  # programs here that compile or build
    installations: tuple[str, ...] = ()  # of us
    scripts: tuple[Script, ...] = ()


@dataclass(frozen=True)
class Secret:
    """Where a profile's secret should be."""

    profile: str
    reference: str
    store: str  # the store's name for people
    fault: str = ""
    unreachable: bool = False  # the store itself, not only the secret
    kept_for: str = ""  # another host
    hint: str = ""


@dataclass(frozen=True)
class OwnProfile:
    """A profile of the user's, or the one that was named."""

    name: str
    path: str
    shown: str
    own: bool = True
    resolved: Resolved | None = None
    fault: str = ""
    hint: str = ""
    state: State | None = None  # what a launch of it still needs


@dataclass(frozen=True)
class Server:
    """A server that profiles name."""

    host: str  # with its port
    profiles: tuple[str, ...]
    private: bool  # on this machine or in the user's network
    fault: str = ""  # why it takes no connection


@dataclass(frozen=True)
class Probed:
    """A profile whose main model was probed, and what the newest probe found."""

    profile: str
    run: Run
    knobs: frozenset[str] = frozenset()  # that are on by now


@dataclass(frozen=True)
class Left:
    """A session of a profile that plain claude went on with."""

    session: str  # the beginning of its id; no title: what doctor prints goes into reports of faults
    profile: str
    directory: str  # of its project; none where that is this one
    path: str
    shown: str


@dataclass(frozen=True)
class Source:
    """A source that profiles follow, as it was when it was last asked."""

    shown: str  # its address, without what may be a secret
    profiles: tuple[str, ...]
    fault: str = ""  # why it could not be reached, or cannot be used
    news: tuple[tuple[str, tuple[str, ...]], ...] = ()  # what it would change: of which profile, in lines
    new: tuple[str, ...] = ()  # profiles that it did not have
    gone: tuple[str, ...] = ()  # that it has no more
    missing: tuple[str, ...] = ()  # that are no longer here


@dataclass(frozen=True)
class GatewaySeen:
    """The gateway on this machine."""

    directory: str = ""  # of its engines
    shown: str = ""
    engine: str = ""  # its version; none where there is none
    newest: str = ""  # the one that this cc was tested with
    is_old: bool = False
    malicious: tuple[str, str] = ("", "")  # why it is not used, with the hint
    gone: str = ""  # the Python that is written down, and is not there
    room: int | None = None  # megabytes; nothing where nobody knows
    wants: int = 0  # megabytes that an installation takes
    left: tuple[str, ...] = ()  # what nobody uses
    fault: str = ""  # why it failed
    orphan: int = 0  # the process of an engine whose parent was killed
    taken: int = 0  # its port, where somebody else has that
    refused: tuple[tuple[str, str], ...] = ()  # the keys that upstreams refuse: in words, and whose


@dataclass(frozen=True)
class Examined:
    """All of it."""

    today: date
    named: str = ""  # the profile that was asked for
    online: bool = False
    shell_files: tuple[ShellFile, ...] = ()
    present: frozenset[str] = frozenset()  # the names of this shell's variables
    settings: tuple[Settings, ...] = ()
    clients: Clients = field(default=Clients())
    search_path: SearchPath = field(default=SearchPath())
    unmarked: tuple[Use, ...] = ()
    left: tuple[Left, ...] = ()
    backends: tuple[tuple[str, Place | None], ...] = ()  # odd keyring backends: the name, and where it is set
    no_keyring: tuple[str, str] = ("", "")  # why no keyring can be used, where one is needed, and what to do
    secrets: tuple[Secret, ...] = ()
    held_logins: tuple[tuple[str, str], ...] = ()  # why the client's login is not sent to a profile's host, and hints
    profiles: tuple[OwnProfile, ...] = ()
    known_as: dict[str, str] = field(default_factory=dict)  # key variables, and the profile whose key they hold
    keeps: bool = False  # the profile that was asked for has its secret where we can write
    catalog: dict[str, Resolved] = field(default_factory=dict)  # the providers that can be read as they are
    shared: tuple[Place, ...] = ()  # files and directories of ours that others can write
    config_fault: tuple[str, str] = ("", "")  # of config.toml, with the hint
    probes: tuple[Probed, ...] = ()
    servers: tuple[Server, ...] = ()
    sources: tuple[Source, ...] = ()
    to_import: tuple[tuple[str, str], ...] = ()  # what `cc import` would bring: names, and from which tool
    gateway: GatewaySeen = field(default=GatewaySeen())
    answer: tuple[str, str, str] = ("", "", "")  # what the provider says against the key: a finding, what, and a hint
