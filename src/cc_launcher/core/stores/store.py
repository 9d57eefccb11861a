"""What every store can do: the protocol, and what its parts are called."""

from collections.abc import Mapping
from typing import NamedTuple

# How a reading begins that the launch path runs (see launch/secret_reader.py): a command of a known store.
STORE = "store"
# What of a command's output is the secret
WHOLE, FIRST_LINE = "", "line"
TEXT = "text"  # the whole, unless it says that there is no text
FIELD, JSON_KEY, BITWARDEN_FIELD = "field:", "json:", "bw-field:"


class BadReference(ValueError):
    """A secret reference that is refused. The message never repeats it: it may be a secret in the wrong place."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Tools(NamedTuple):
    """What a machine has to read secrets with."""

    python: str
    commands: Mapping[str, str] = {}  # the absolute path of each command of a store that was found
    identity: str = ""  # the file of the user's own age keys
    home: str = "~"
    macos: bool = False

    def command(self, name: str) -> str:
        """The whole path of a command, or its name alone when it is missing: running it will say so."""
        return self.commands.get(name, name)

    def expanded(self, path: str) -> str:
        """The path from the root: no shell will see it."""
        return f"{self.home}{path[1:]}" if path.startswith("~/") else path


class Trouble(NamedTuple):
    """Why a store gave no secret: the words after "PROFILE: ", and what to do."""

    what: str
    hint: str
    absent: bool = False  # no secret is kept there, or there is no such store: nothing is locked or broken


class Store:
    """One kind of place in which secrets are kept."""

    name = ""  # what stands before the colon
    title = ""  # for people
    syntax = ""  # of a reference
    commands: tuple[str, ...] = ()  # that read it
    install = ""  # where to get the command
    variables: tuple[str, ...] = ()  # that the store needs for itself, taken from the session with `scrub = true`
    may_ask = False  # on the terminal, for a passphrase

    def check(self, name: str) -> None:
        """Refuse what this store cannot have."""

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """How the launch path reads a secret, with nothing left to work out."""
        raise NotImplementedError

    def reading(self, name: str, pick: str, *argv: str) -> tuple[str, ...]:
        """A reading for launch/store_answers.py: by this command, of whose output only a part is the secret."""
        return (STORE, self.name, name, pick, *argv)

    def again(self, name: str, argv: tuple[str, ...], said: str, python: str) -> tuple[str, ...]:
        """Another command to read it with, after this one has failed and said this; or none."""
        return ()

    def trouble(self, status: int, said: str) -> Trouble | None:
        """What an exit code and the text on standard error mean; nothing when that is not known."""
        return None

    def missing(self) -> Trouble:
        """The command is not there."""
        return Trouble(f"{self.title}: the command {self.commands[0]} is not installed", self.install)

    def keep(self, name: str, profile: str) -> str:
        """What a user does so that the secret of this profile is there."""
        return f"cc secret set {profile}"

    def write(self, name: str, tools: Tools) -> tuple[str, ...]:
        """The command that keeps what it reads on its standard input; none where only the store's own program can."""
        return ()

    def remove(self, name: str, tools: Tools) -> tuple[str, ...]:
        """The command that forgets it."""
        return ()

    def refuse(self, reason: str) -> BadReference:
        """A fault in a reference to this store."""
        return BadReference(reason, f"write {self.syntax}")


def split_field(name: str) -> tuple[str, str]:
    """The path and the field of `PATH#FIELD`; a path may hold a `#`, a field may not."""
    path, mark, field = name.rpartition("#")
    return (path, field) if mark else (name, "")


def like_option(name: str) -> bool:
    """Whether a program would take this for one of its options."""
    return name.startswith("-")
