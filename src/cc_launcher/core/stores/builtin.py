"""What needs no store: a variable of the environment, a file, any command."""

import shlex

from cc_launcher.core.stores.store import BadReference, Store, Tools
from cc_launcher.core.text.names import VARIABLE


class Environment(Store):
    """A variable."""

    name = "env"
    title = "the environment"
    syntax = "env:NAME, a variable of the environment"

    def check(self, name: str) -> None:
        """Refuse what is no name of a variable."""
        if not VARIABLE.fullmatch(name):
            raise self.refuse("does not name a variable: use letters, digits and _")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """Look at it."""
        return (self.name, name)

    def keep(self, name: str, profile: str) -> str:
        """By the shell."""
        return f"export {name}=…"


class File(Store):
    """A file that holds nothing else."""

    name = "file"
    title = "a file"
    syntax = "file:PATH, a file that only you can read"

    def check(self, name: str) -> None:
        """Refuse relative paths."""
        if not name.startswith(("/", "~/")) and name[1:3] not in {":\\", ":/"}:
            raise BadReference(
                "is a relative path, which means a different file in each directory", "write file:/PATH or file:~/PATH"
            )

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """Open it."""
        return (self.name, name)


class Command(Store):
    """The way out for everything else."""

    name = "cmd"
    title = "a command"
    syntax = "cmd:COMMAND ARGUMENTS, a command that prints the secret (no shell)"
    may_ask = True

    def check(self, name: str) -> None:
        """Refuse what is no argument list."""
        self.argv(name)

    def argv(self, name: str) -> tuple[str, ...]:
        """The argument list. There is no shell; who wants one writes `cmd:sh -c '...'`."""
        try:
            argv = shlex.split(name)
        except ValueError:
            argv = []
        if not argv:
            raise self.refuse("is not a command: it is empty, or a quote is not closed")
        if "/" in argv[0] and not argv[0].startswith("/"):
            raise BadReference(
                "names a program by a relative path, which means another one in each directory",
                "write its whole path, or the name alone of one that is on PATH",
            )
        return tuple(argv)

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """Run it."""
        return ("command", *self.argv(name))

    def keep(self, name: str, profile: str) -> str:
        """Nobody but the user knows."""
        return "run the command by hand to see why"
