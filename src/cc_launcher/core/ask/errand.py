"""A task, and how the client is started for it: what it may do there, and what it is told beside."""

from typing import NamedTuple

READS = ("Read", "Glob", "Grep")
WRITES = (*READS, "Edit", "Write", "NotebookEdit")
# Measured on 2.1.72 and 2.1.332, in `-p`: with these, files of the directory can be read, and those outside it not, nor
# through a link; with `acceptEdits`, the same of changes. Nobody is there to ask, so whatever would ask is refused.
_MODES = {False: "dontAsk", True: "acceptEdits"}
_READER = (
    "You do this task for another model, which sees nothing but your last message: put all of the answer into it. "
    "You can read files of this directory, and change nothing. Nobody can answer questions or give permissions."
)
_WRITER = (
    "You do this task for another model, which sees your last message and what you changed. You are in a git work tree "
    "of your own, where you can read and change files, and run no commands; what you change is committed for you. "
    "What the task calls {there} is here {here}: use paths below that. "
    "Nobody can answer questions or give permissions."
)


class Errand(NamedTuple):
    """A task for a profile."""

    profile: str
    task: str
    write: bool = False
    sealed: bool = True
    model: str = ""


def arguments(errand: Errand, allowed: tuple[str, ...], private: tuple[str, ...], there: str, here: str) -> list[str]:
    """The arguments of `cc run`. The task itself goes to its standard input: arguments are seen by everybody.

    `allowed` are tools that the user allows beside the usual ones; `private` are directories that no task reads.
    `there` is the directory that the task was given in, and `here` the one in which it is done.
    """
    told = _WRITER.replace("{there}", there).replace("{here}", here) if errand.write else _READER
    denied = [f"Read(/{directory}/**)" for directory in private]
    return [
        *(["--sealed"] if errand.sealed else []),
        errand.profile,
        *([errand.model] if errand.model else []),
        "-p",
        *("--output-format", "stream-json", "--verbose", "--include-partial-messages"),
        *("--permission-mode", _MODES[errand.write]),
        f"--tools={','.join(_builtin(errand, allowed))}",
        "--strict-mcp-config",
        f"--disallowedTools={','.join(denied)}",
        *([f"--allowedTools={','.join(allowed)}"] if allowed else []),
        *("--append-system-prompt", told),
    ]


def _builtin(errand: Errand, allowed: tuple[str, ...]) -> list[str]:
    """The client's own tools that there are at all."""
    more = [tool.partition("(")[0] for tool in allowed if not tool.startswith("mcp__")]
    return list(dict.fromkeys([*(WRITES if errand.write else READS), *more]))
