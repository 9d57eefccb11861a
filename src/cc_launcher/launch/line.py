"""`cc statusline`: read the client's JSON, print one line. It runs at each turn, so it costs hardly more than a Python.

Until the line is written, no program is started and nobody is asked anything. Whatever goes wrong makes it shorter.
"""

import os
import sys

from cc_launcher.core import status
from cc_launcher.core.status import PLAIN, Facts, figures
from cc_launcher.core.status.figures import Quota
from cc_launcher.core.status.segments import Around, Given, chosen, directory_of, line, model_of
from cc_launcher.core.text import USED
from cc_launcher.launch import branch, paths, planfile

MARK = "CC_PROFILE"  # which profile a session was launched on
PROTECTION = "CC_PROTECTION"  # and how
GUESSED = "guessed"  # a directory: one in it for each session whose sum holds a guess
PRICES = "CC_PRICES"  # and of which models with exact prices
MAX_INPUT = 1024 * 1024
_MARGIN = 4  # columns that the client leaves free around the line
_WRAPPED_FOR = 5.0  # seconds that the user's own line may take
_CLOUDS = (
    ("CLAUDE_CODE_USE_BEDROCK", "Bedrock"),
    ("CLAUDE_CODE_USE_MANTLE", "Bedrock"),
    ("CLAUDE_CODE_USE_VERTEX", "Vertex"),
    ("CLAUDE_CODE_USE_FOUNDRY", "Foundry"),
    ("CLAUDE_CODE_USE_ANTHROPIC_AWS", "Claude on AWS"),
)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


def is_line(args: list[str]) -> bool:
    """Whether this is what the client calls, and not what a user asks about it."""
    return not os.isatty(0) and bool(
        not args
        or (len(args) % 2 == 0 and all(option in {"--format", "--after", "--instead-of"} for option in args[::2]))
    )


def main(args: list[str]) -> int:
    """Print the line. `--after COMMAND` runs the user's own one first; its lines come above."""
    given = dict(zip(args[::2], args[1::2], strict=True))
    content = _input()
    above = _above(given["--after"], content) if given.get("--after") else b""
    name, known = "", None
    try:
        name, known, text = _made(content, given.get("--format", ""))
    except Exception:  # a line that says less, never an error in the middle of somebody's work
        if os.environ.get("CC_DEBUG"):
            raise
        text = marked()
    written = above + (b"\n" if above and text else b"") + text.encode("utf-8", "replace")
    try:
        os.write(1, written + (b"\n" if written else b""))
    except OSError:
        return 0  # nobody listens any more
    _go_on(name, known)
    return 0


def _made(content: bytes, asked: str) -> tuple[str, "_Known", str]:
    given = Given(parsed(content))
    name = marked()
    known = _Known(name or PLAIN)
    facts = known.facts
    if name and not known.found:
        facts.label = name
    elif not name:
        facts.label = next((label for variable, label in _CLOUDS if os.environ.get(variable)), facts.label)
        address = os.environ.get("ANTHROPIC_BASE_URL", "").strip().rstrip("/")
        name, label = _matched(facts, address) if address else ("", "")
        if name:
            known = _Known(name)
            facts = known.facts
        facts.label = facts.label if name and known.found else label or facts.label
    facts.segments = chosen(asked) or facts.segments
    around = Around(
        branch=branch.of(directory_of(given) or paths.here()) if "branch" in facts.segments else "",
        protection=os.environ.get(PROTECTION, ""),
        priced=os.environ.get(PRICES, ""),
        guessed=_has_guessed(given, facts, name),
        quota=known.quota,
        spent=_spent(name, given, facts),
        now=_now(),
        columns=_columns(),
        colour=not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
    )
    return name, known, line(given, facts, around)


def _has_guessed(given: Given, facts: Facts, name: str) -> bool:
    """Whether this session was on a model whose price the client guesses: its sum is then never exact again.

    An empty directory says so, and is made by the first line that sees such a model.
    """
    session = given.text("session_id")
    if os.environ.get(PRICES) != USED or not name or not _LETTERS.issuperset(session) or len(session) > 64:
        return False
    mark = f"{place_of(name)}/{GUESSED}/{session}"
    if not session or model_of(given) in facts.exact:
        return bool(session) and os.path.isdir(mark)
    try:
        os.makedirs(mark, 0o700, exist_ok=True)
    except OSError:
        return True
    return True


def _spent(name: str, given: Given, facts: Facts) -> float | None:
    """How much of the profile's budget is spent, if it has one and somebody has looked."""
    if not facts.limited:
        return None
    from cc_launcher.core.status import spending  # only who has a budget pays for it

    try:
        kept = spending.decode(planfile.read_own(spending_of(name)))
    except (OSError, ValueError, IndexError):
        return None
    return kept.percent(given.text("session_id"), _now())


class _Known:
    """What was compiled of a profile, and what its provider said last."""

    def __init__(self, name: str) -> None:
        self.facts = Facts()
        self.found = False
        self.fresh = False
        self.quota: Quota | None = None
        directory = place_of(name)
        try:
            self.facts, sources = status.decode(planfile.read_own(f"{directory}/facts"))
            self.found = True
            self.fresh = f"{paths.config()}/config.toml" in sources and all(
                planfile.fingerprint(path) == was for path, was in sources.items()
            )
        except (OSError, ValueError, IndexError, KeyError):
            return
        if self.facts.asks:
            try:
                self.quota = figures.decode(planfile.read_own(f"{directory}/quota"), self.facts.asks)
            except (OSError, ValueError, IndexError):
                self.quota = None

    def is_due(self, now: float) -> bool:
        """Whether somebody should compile it again, or ask the provider."""
        if not self.fresh or self.facts.metered:
            return True
        # A time of next year was written by a clock that was wrong then.
        waits = self.quota is not None and now < self.quota.next < now + 2 * figures.LONGEST_PAUSE
        return bool(self.facts.asks) and not waits


def place_of(name: str) -> str:
    """The directory of what is kept for the status lines of a profile."""
    return f"{paths.cache()}/statusline/{name}"


def spending_of(name: str) -> str:
    """The file that says how the budget of a profile stands."""
    return f"{place_of(name)}/budget"


def marked() -> str:
    """The profile that this session was launched on."""
    name = os.environ.get(MARK, "")
    # What names.is_profile says: it becomes a part of a path.
    fits = 0 < len(name) <= 64 and _LETTERS.issuperset(name) and name[0] not in "._-" and ".." not in name
    return name if fits else ""


def parsed(content: bytes) -> object:
    """The JSON, or nothing. The scanner alone, since the rest of `json` costs as much as a whole Python."""
    text = content.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    try:
        from _json import make_scanner
    except ImportError:  # another Python than CPython
        from json import loads

        return _tried(lambda: loads(text))
    scan = make_scanner(_Reading)  # type: ignore[arg-type]  # it is said to take one of its own kind
    return _tried(lambda: scan(text, 0)[0])


def _tried(read) -> object:  # type: ignore[no-untyped-def]  # noqa: ANN001 - typing is not to be imported
    try:
        found: object = read()
    except (ValueError, StopIteration, RecursionError, MemoryError, SystemError):
        # The last: up to Python 3.11 the scanner only has the class of its error where all of `json` is imported.
        return None
    return found


class _Reading:
    """How `json` would have it scanned."""

    strict = False
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


def _above(command: str, content: bytes) -> bytes:
    """What the user's own line says. It is run as the client would run it, and what goes wrong in it is its own."""
    from cc_launcher.core.errors import CcError
    from cc_launcher.launch import helper

    manner = helper.Manner(given=content, listen=True, alone=True)
    try:
        return helper.read(("/bin/sh", "-c", command), "status line", _WRAPPED_FOR, manner).rstrip(b"\n")
    except (CcError, OSError):
        return b""


def _matched(facts: Facts, address: str) -> tuple[str, str]:
    """The profile and the label of the address that a session without a mark has; else the host is its label."""
    host = _host(address)
    for name, label in [(name, label) for base, name, label in facts.bases if base == address]:
        return name, label
    for name, label in [(name, label) for base, name, label in facts.bases if _host(base) == host]:
        return name, label
    return "", host or "?"  # somebody else's server: at least it is not called Claude


def _host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2]


def _input() -> bytes:
    content = b""
    try:
        while len(content) <= MAX_INPUT and (chunk := os.read(0, 65_536)):
            content += chunk
    except OSError:
        return content
    return content if len(content) <= MAX_INPUT else b""


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    columns = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    return max(1, columns - _MARGIN) if columns else 0


def _now() -> float:
    import time  # built in

    return time.time()


# -- after the line --------------------


def _go_on(name: str, known: "_Known | None") -> None:
    """Have somebody ask the provider, if that is due and nobody does yet. The client waits for the fork alone."""
    name = name or PLAIN
    try:
        if known is None or (name == PLAIN and not known.found) or not known.is_due(_now()):
            return
        if _claimed(place_of(name)):
            from cc_launcher.core.text.entry_points import CODE  # most turns start nothing
            from cc_launcher.launch import background
            from cc_launcher.launch.request import REFRESH

            background.start([sys.executable, "-P", "-c", CODE, REFRESH, name])
    except Exception:  # noqa: BLE001 - the line is written: nothing is left to tell
        return


def _claimed(directory: str) -> bool:
    """Whether it is up to us: nobody else has begun within a minute. The time of a directory says when somebody did."""
    mark = f"{directory}/asked"
    try:
        os.makedirs(directory, 0o700, exist_ok=True)
        os.mkdir(mark, 0o700)
    except FileExistsError:
        return _claimed_again(mark)
    return True


def _claimed_again(mark: str) -> bool:
    import fcntl

    handle = os.open(mark, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever has it is about to begin
        if 0 <= _now() - os.fstat(handle).st_mtime < figures.EVERY:
            return False
        os.utime(handle)
    finally:
        os.close(handle)
    return True
