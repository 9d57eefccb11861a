"""What an import works with: files as they were seen, drafts that readers make, candidates that people choose from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

STDIN = "-"  # in the place of a file: standard input
LITERAL, REFERENCE, PLACEHOLDER, MISSING, NONE = "literal", "reference", "placeholder", "missing", "none"

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Seen:
    """A file that was looked at."""

    path: str  # below the home, or the whole path of one that is elsewhere
    text: str = field(repr=False)
    mode: int = 0o600
    tables: Mapping[str, Rows] | None = field(default=None, repr=False)  # of a database
    version: int = 0  # of a database: its own number, `user_version`
    shared: bool = False  # others can change it, or put another one in its place


@dataclass(frozen=True)
class Home:
    """All that was looked at."""

    path: str  # of the home itself
    files: Mapping[str, Seen]
    project: str = ""  # the directory in which the command runs, below the home
    is_private: Callable[[str], bool] = lambda _: False  # whether a file is there, and nobody else can read it
    links: Mapping[str, str] = field(default_factory=dict)  # a `claude` that is a link: the name that it leads to
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # usual path: where that file really stands

    def text(self, path: str) -> str | None:
        """What is in this file; nothing where it was not there, or could not be read."""
        seen = self.files.get(path)
        return seen.text if seen is not None else None

    def below(self, directory: str, ending: str = "") -> list[str]:
        """The files in a directory that end like this."""
        return sorted(path for path in self.files if path.startswith(f"{directory}/") and path.endswith(ending))


@dataclass(frozen=True)
class Place:
    """Where something stands."""

    file: str
    at: str = ""
    line: int = 0
    mode: int = 0o600

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def shown(self) -> str:
        """For people: most are below the home."""
        if self.file == STDIN:
            return "standard input"
        return str(self) if self.file.startswith(("https://", "/")) else f"~/{self}"


@dataclass(frozen=True)
class Key:
    """A key, or what stands in its place. The value itself is never shown."""

    kind: str = MISSING
    value: str = field(default="", repr=False)  # of a literal one
    reference: str = ""
    place: Place | None = None
    consent: bool = False  # the reference is a command, which needs a yes

    @property
    def identity(self) -> str:
        """What two must have in common to be one."""
        return self.value if self.kind == LITERAL else self.reference


@dataclass(frozen=True)
class Dropped:
    """Something that has no place in a profile, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Consent:
    """A line that is only taken over by those who say yes to it."""

    part: str  # args, secret, plain_http
    line: str
    why: str
    words: tuple[str, ...] = ()  # of the line, for args


@dataclass(frozen=True)
class Skipped:
    """Something that looks like a provider, and is not imported."""

    name: str
    place: Place
    why: str
    hint: str = ""
    key: Key = Key()  # that stands there all the same
    url: str = ""  # its address: where it is the catalog's, that profile is said


@dataclass(frozen=True)
class Draft:
    """A provider as a tool has it: an environment for the client, mostly."""

    source: str  # the tool
    place: Place
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    title: str = ""
    name: str = ""  # in the tool; none: the host names it
    model: str = ""  # of a settings file, or an option --model
    key: Key | None = None  # where it is not one of the variables
    helper: str = ""  # a command that prints the key
    args: tuple[str, ...] = ()
    extra_models: tuple[str, ...] = ()
    chat: bool = False  # its address is that of OpenAI's chat completions
    translated: bool = False  # the tool itself translates for it: its key may be for that API alone
    dropped: tuple[Dropped, ...] = ()
    ignored: frozenset[str] = frozenset()  # variables that are the tool's own
    notes: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    old: bool = False  # a backup
    live: bool = False  # what a tool, or several of them, write for the client
    only: str = ""  # the one directory for which it is meant
    router: bool = False  # another program that has to run

    def noted(self, *notes: str) -> "Draft":
        """The same with more to be said."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True)
class Candidate:
    """What a draft would become: a profile without its secrets."""

    name: str
    data: Mapping[str, Any]  # the profile's keys, without secrets and without what needs a yes
    key: Key
    header_keys: Mapping[str, Key]
    places: tuple[Place, ...]
    sources: tuple[str, ...]
    host: str
    needs: tuple[str, ...] = ()  # what has to be asked
    consents: tuple[Consent, ...] = ()
    args: tuple[str, ...] = ()
    plain_http: bool = False
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    chosen: bool = True  # unless somebody says otherwise
    aliases: tuple[str, ...] = ()  # other names that it had
    old: bool = False
    live: bool = False
    router: bool = False
    origin: str = ""  # its name in a document of profiles, the others of which it may name
    by_gateway: bool = False  # it speaks OpenAI's API alone

    @property
    def title(self) -> str:
        """The name for people."""
        return str(self.data.get("title", self.name))


@dataclass
class Reading:
    """What readers found, in turn."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)  # that are profiles of ours already
    faults: list[str] = field(default_factory=list)  # files that could not be understood
    shared: set[str] = field(default_factory=set)  # files that others can change

    def skip(self, name: str, place: Place, why: str, hint: str = "", key: Key | None = None, url: str = "") -> None:
        """Say that this is not imported."""
        self.skipped.append(Skipped(name, place, why, hint, key or Key(), url))
