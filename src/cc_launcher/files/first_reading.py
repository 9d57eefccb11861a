"""The very first reading, begun before the command line is imported, which takes as long as a Typer program.

A second process begins to read at once, and what it has found by then is waiting. Afterwards so much is seldom new
that it would be worth asking the index for it here.
"""

import os

from cc_launcher.files import client_configs, usage_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cc_launcher.files.transcripts import File

_found: "tuple[list[str], list[File]] | None" = None


def begin() -> None:
    """Look for the transcripts, and begin to read them, where none has ever been read."""
    global _found  # noqa: PLW0603 - it is begun once, by the door, and what goes on with it is many calls below
    if os.path.lexists(usage_places.index()):
        return
    from cc_launcher.files import second_reader, transcripts

    configs = [*client_configs.known(), usage_places.marks()]
    _found = configs, transcripts.changed_in(configs, lambda _: {})
    second_reader.begin(_found[1])


def taken(configs: "Sequence[str]") -> "list[File] | None":
    """The transcripts of these directories, if they were looked for here: to be asked once."""
    global _found
    found, _found = _found, None
    return found[1] if found is not None and found[0] == list(configs) else None
