"""Programs: the one that a name means, and becoming it."""

import _signal  # type: ignore[import-not-found]  # `signal` itself costs as much as half a Python
import os
import sys

from cc_launcher.core.errors import NOT_EXECUTABLE, NOT_FOUND, TIMED_OUT, CcError
from cc_launcher.launch import paths

INTERRUPT: int = _signal.SIGINT
TARGET_OVERRIDE = "CC_CLAUDE"  # names the client to launch
WHOLE_PATH = "write the whole path of that directory in PATH"  # the advice beside `only_relative`
_LEADS_BACK = (b"cc run ", b"cc-launcher run ", b"# cc-launcher wrapper")
_handed: list[str] = []  # the client of this process alone, what runs it where it is a script, and which files they are
_told: set[str] = set()  # the programs of which it was said that they are passed over: once is enough


def find(name: str, path: str, access: int = os.X_OK) -> list[str]:
    """Every executable of this name on the search path, as a shell would find them; with F_OK, every file."""
    found = []
    for directory in path.split(os.pathsep):
        candidate = f"{directory or '.'}/{name}"
        if os.path.isfile(candidate) and os.access(candidate, access):
            found.append(candidate)
    return found


def hand(client: str, runner: str, judged: str, part: str = "part") -> None:
    """From now on this is the client of this process, whoever names another one: it was handed over to be started.

    With `part` it is a part of what hands it over, as an editor's own client is; what says so in the environment stays.
    """
    _handed[:] = [client, runner, judged, part]


def is_handed() -> bool:
    """Whether the client was handed over."""
    return bool(_handed)


def is_part() -> bool:
    """Whether it is a part of what has handed it over."""
    return bool(_handed and _handed[3])


def named() -> str:
    """The client that is to be started, where one was handed over or is named by the environment."""
    return _handed[0] if _handed else os.environ.get(TARGET_OVERRIDE, "")


def identities(client: str, runner: str) -> str:
    """Which files a client and what runs it are: see `identity`."""
    return " / ".join(identity(path) for path in (client, runner) if path)


def started(target: str, argv: list[str]) -> tuple[str, list[str]]:
    """The program to become, and its words: a client that is a script goes on in what it was handed over with."""
    if not _handed or _handed[0] != target:
        return target, [target, *argv]
    client, runner, judged, _ = _handed
    if identities(client, runner) != judged:
        raise CcError("claude was replaced while cc was starting it", "run it again", code=TIMED_OUT)
    return (runner, [runner, client, *argv]) if runner else (client, [client, *argv])


def client_on_path() -> str | None:
    """The first `claude` on PATH that is not ours, with relative entries passed over."""
    found, passed = _look_up("claude", client=True)
    _tell("claude", passed, found)
    return os.path.abspath(found) if found else None


def client_found() -> str | None:
    """The client that a launch starts where nobody names one: the first on PATH, or the one that cc has installed."""
    found = client_on_path()
    if found is None and only_relative("claude", client=True):
        return None  # which is said, and not passed over
    own = own_client()
    return found or (own if os.access(own, os.X_OK) else None)


def own_client() -> str:
    """Where cc installs a client, for who has none."""
    return f"{paths.data()}/client/node_modules/.bin/claude"


def on_path(name: str) -> str:
    """The first program of this name on PATH, with relative entries passed over; empty where there is none.

    A relative entry (`.`, an empty one, `node_modules/.bin`) is another directory wherever one stands: a repository
    could bring a program of its own, which would get the secret. That one was passed over is said, once.
    """
    found, passed = _look_up(name)
    _tell(name, passed, found)
    return found


def tell_passed(program: str) -> None:
    """Say what was passed over when this program was looked up, which may have been long ago."""
    if all(map(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))):
        return
    name = os.path.basename(program)
    found, passed = _look_up(name)
    if found == program:
        _tell(name, passed, found)


def only_relative(name: str, *, client: bool = False) -> str:
    """What is wrong where only relative entries of PATH have this program; empty where they have none either."""
    found, passed = _look_up(name, client=client)
    if found or not passed:
        return ""
    from cc_launcher.core.text import printable

    return f"{printable(name)} is only in the relative PATH {_entries(passed)}, which {_be(passed)} not looked at"


def _look_up(name: str, *, client: bool = False) -> tuple[str, list[str]]:
    """The first program of this name in an absolute entry of PATH, and the relative entries before it that have one."""
    passed: list[str] = []
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = f"{directory or '.'}/{name}"
        if not os.path.isfile(candidate) or not os.access(candidate, os.X_OK):
            continue
        if client and leads_back(candidate):
            continue
        if os.path.isabs(candidate):
            return candidate, passed
        passed.append(directory)
    return "", passed


def _tell(name: str, passed: list[str], used: str) -> None:
    """Say that relative entries were passed over, and what is used instead."""
    if not passed or name in _told:
        return
    from cc_launcher.core.text import printable

    _told.add(name)
    article = "an" if name[:1] in "aeiou" else "a"
    instead = f"{used} is used" if used else "there is no other"
    line = f"cc: PATH has the relative {_entries(passed)}, where {article} {name} is: skipped; {instead}"
    sys.stderr.write(f"{printable(line)}\n")


def _entries(passed: list[str]) -> str:
    from cc_launcher.core.text import printable

    shown = ", ".join(printable(entry) or "'' (an empty one)" for entry in dict.fromkeys(passed))
    return f"{'entry' if len(set(passed)) == 1 else 'entries'} {shown}"


def _be(passed: list[str]) -> str:
    return "is" if len(set(passed)) == 1 else "are"


def leads_back(path: str) -> bool:
    """Whether this is a wrapper of ours, or a script that calls us: launching it would go round in circles."""
    try:
        with open(path, "rb") as script:
            head = script.read(8192)
    except OSError:
        return False
    return head.startswith(b"#!") and any(sign in head for sign in _LEADS_BACK)


def identity(path: str) -> str:
    """Which file a path leads to, and when that was written last: another one may be another version."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    return f"{found.st_dev} {found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}"


def become(program: str, argv: list[str], environment: dict[str, str]) -> int:
    """Replace this process by another program: same process id, same terminal, its exit code."""
    if os.name == "nt":
        from cc_launcher.launch import windows

        return windows.become(program, argv, environment)
    for name in ("SIGPIPE", "SIGXFSZ"):
        # Python ignores these two, and what is ignored stays so across exec.
        if hasattr(_signal, name):
            _signal.signal(getattr(_signal, name), _signal.SIG_DFL)
    try:
        os.execve(  # noqa: S606 - that is the point
            program,
            [_encoded(word) for word in argv],
            {_encoded(name): _encoded(value) for name, value in environment.items()},
        )
    except FileNotFoundError:
        from cc_launcher.core.text import printable

        # Either the program, or the interpreter that its first line names
        raise CcError(
            f"{printable(program)}: not found, or its interpreter is missing", "install it again", code=NOT_FOUND
        ) from None
    except OSError as bad:
        if bad.errno == 7:
            raise CcError(
                "the arguments and the environment are too long for this system",
                "shorten the prompt, or pass it on standard input",
            ) from None
        from cc_launcher.core.text import printable

        raise CcError(
            f"{printable(program)}: {bad.strerror}", "make it executable, or install it again", code=NOT_EXECUTABLE
        ) from None


def _encoded(text: str) -> bytes:
    """Text for the kernel. What the locale's character set lacks comes out of a profile, which is UTF-8."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def die_of(number: int) -> None:
    """End as the signal would have ended us, so that a shell's loop stops too."""
    _signal.signal(number, _signal.SIG_DFL)
    os.kill(os.getpid(), number)
