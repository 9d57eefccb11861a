"""What stands in the log of a bug: enough to find it, and nothing of anybody's. It can be pasted into a report.

The versions, the command and the names of its options, and where in the code it was. No message of an exception, no
argument, no variable: each of them may hold a secret, or a prompt.
"""

import contextlib
import platform
import sys
import traceback
from pathlib import Path

from cc_launcher import __version__
from cc_launcher.core.errors import CcError
from cc_launcher.files import atomic, guard, places
from cc_launcher.launch import paths
from cc_launcher.launch.request import COMMANDS


def write(fault: BaseException) -> str:
    """Write it down. Where it stands, as one would name it; empty where it cannot be written."""
    path = Path(places.cache()) / "bug.log"
    with contextlib.suppress(CcError, OSError):
        atomic.directory(path.parent)
        atomic.write(path, text(fault, sys.argv[1:]).encode("utf-8", "backslashreplace"))
        return guard.shown(path)
    return ""


def text(fault: BaseException, arguments: list[str]) -> str:
    """The log."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    lines = [
        f"cc {__version__}, Python {platform.python_version()}, {system}",
        f"command: cc {' '.join(_harmless(arguments))}",
        "",
    ]
    seen: set[int] = set()
    one: BaseException | None = fault
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        lines += [*_frames(one), type(one).__module__ + "." + type(one).__qualname__, ""]
        one = one.__cause__ or one.__context__
    return "\n".join(lines)


def _harmless(arguments: list[str]) -> list[str]:
    """The command and our options by name; the rest is somebody's own."""
    if not arguments or arguments[0] not in COMMANDS:
        return ["…"] if arguments else []
    before = arguments[1 : arguments.index("--")] if "--" in arguments else arguments[1:]
    options = [argument.partition("=")[0] for argument in before if argument.startswith("--")]
    return [arguments[0], *(option if option[2:].replace("-", "").isalpha() else "--…" for option in options)]


def _frames(fault: BaseException) -> list[str]:
    home = paths.home()
    return [
        f"  {frame.filename.replace(home, '~', 1)}:{frame.lineno} {frame.name}: {frame.line or ''}"
        for frame in traceback.extract_tb(fault.__traceback__)
    ]
