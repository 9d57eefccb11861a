"""The file of MCP servers that a profile names: the user's own, read with the care that a profile is read with."""

from pathlib import Path

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.plan.machine import McpFile
from cc_launcher.core.plan.mcp_config import read_file
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import guard


def path_of(resolved: Resolved) -> Path | None:
    """Where it is: a relative path starts at the profile's own file, never at the current directory."""
    origin = resolved.origin("mcp")
    if resolved.profile.mcp is None or origin is None:
        return None
    return Path(origin.source.path).parent / Path(resolved.profile.mcp).expanduser()


def read(resolved: Resolved) -> McpFile | None:
    """What is in it; nothing for a profile that names none."""
    path = path_of(resolved)
    if path is None:
        return None
    guard.check_directory(path.parent)
    text = guard.read_text(path, "it is a JSON file of MCP servers")
    if text is None:
        raise CcError(
            f"{resolved.origin('mcp')}: mcp names {guard.shown(path)}, but there is no such file",
            "write the path as seen from the profile's own file, or take the key out",
            code=INVALID,
        )
    return read_file(text, str(path), guard.shown(path))


def watched(resolved: Resolved) -> tuple[str, ...]:
    """The file whose changes make another plan."""
    path = path_of(resolved)
    return () if path is None else (str(path),)
