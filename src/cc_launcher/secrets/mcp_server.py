"""`cc __mcp`: what the entry of an MCP server calls. It prints the server's headers, or becomes the server.

So a secret of a server is in no file, no argument list and no variable of the session, only in the server's own.
"""

import os
import sys

from cc_launcher.core.errors import NOT_FOUND, REFUSED, CcError
from cc_launcher.core.text import urls
from cc_launcher.launch import process, start
from cc_launcher.secrets import header_values

USAGE = "cc __mcp headers PLACE [NAME PREFIX USER REFERENCE]… | cc __mcp exec [NAME REFERENCE]… -- COMMAND [ARGUMENT]…"
_KEPT = "PROFILE --mcp SERVER"  # how the secret of one is named to `cc secret`
_URL = "CLAUDE_CODE_MCP_SERVER_URL"  # in which the client says for which server it asks; old ones do not


def main(args: list[str]) -> int:
    """Do what an entry in `--mcp-config` asks for."""
    if args[:1] == ["headers"] and len(args) > 2 and (len(args) - 2) % 4 == 0:
        return _headers(args[1], args[2:])
    if args[:1] == ["exec"] and "--" in args:
        middle = args.index("--")
        if middle % 2 == 1 and len(args) > middle + 1:
            return _become(args[1:middle], args[middle + 1 :])
    raise CcError(f"usage: {USAGE}", "cc run calls it by itself, for the MCP servers of a profile")


def _headers(place: str, parts: list[str]) -> int:
    """Print the headers as JSON, for the client."""
    if sys.stdout.isatty():
        raise CcError("not shown on a terminal", "only Claude Code reads it, from a pipe", code=REFUSED)
    _refuse_another(place)
    header_values.show(parts, _KEPT)
    return 0


def _refuse_another(place: str) -> None:
    """Hand nothing out for another host than the entry was written for."""
    asked = os.environ.get(_URL, "")
    if asked and urls.name_of(asked) != place:
        raise CcError(f"this secret is only for {place}", "cc run writes the entry again", code=REFUSED)


def _become(parts: list[str], argv: list[str]) -> int:
    """Become the server, as the client would have started it."""
    environment = start.inherited()
    for name, where in zip(*(iter(parts),) * 2, strict=True):
        environment[name] = header_values.secret(where, _KEPT)
    program = argv[0] if "/" in argv[0] else process.on_path(argv[0])
    if not program:
        why = process.only_relative(argv[0])
        hint = process.WHOLE_PATH if why else "install it, or name the whole path"
        raise CcError(why or f"{argv[0]} is not on PATH", hint, code=NOT_FOUND)
    return process.become(program, argv, environment)
