"""Programs: the one that a name means, and becoming it."""

import _signal  # type: ignore[import-not-found]  # `signal` itself costs as much as half a Python
import os

from cc_launcher.core.errors import NOT_EXECUTABLE, NOT_FOUND, CcError

INTERRUPT: int = _signal.SIGINT
TARGET_OVERRIDE = "CC_CLAUDE"  # names the client to launch
_LEADS_BACK = (b"cc run ", b"cc-launcher run ", b"# cc-launcher wrapper")


def find(name: str, path: str, access: int = os.X_OK) -> list[str]:
    """Every executable of this name on the search path, in its order; with F_OK, every file."""
    found = []
    for directory in path.split(os.pathsep):
        candidate = f"{directory or '.'}/{name}"
        if os.path.isfile(candidate) and os.access(candidate, access):
            found.append(candidate)
    return found


def client_on_path() -> str | None:
    """The first `claude` on PATH that is not ours."""
    for candidate in find("claude", os.environ.get("PATH", os.defpath)):
        if not leads_back(candidate):
            return os.path.abspath(candidate)
    return None


def leads_back(path: str) -> bool:
    """Whether this is a wrapper of ours, or a script that calls us: launching it would go round in circles."""
    try:
        with open(path, "rb") as script:
            head = script.read(8192)
    except OSError:
        return False
    return head.startswith(b"#!") and any(sign in head for sign in _LEADS_BACK)


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
