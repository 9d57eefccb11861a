"""The one error type that reaches a user, the exit codes, and `Unfit`: why something cannot be a secret.

Imported on the launch path: nothing may be imported here.
"""

OK = 0
FOUND_PROBLEM = 1
USAGE = 2
NO_SUCH = 66
UNREACHABLE = 69
BUG = 70
IN_THE_WAY = 73
TIMED_OUT = 75
REFUSED = 77
INVALID = 78
NOT_EXECUTABLE = 126
NOT_FOUND = 127
INTERRUPTED = 130
# What programs tell them by: the `code` of an error in `--json`. These words stay as they are.
WORDS = {
    FOUND_PROBLEM: "found-problem",
    USAGE: "usage",
    NO_SUCH: "no-such",
    UNREACHABLE: "unreachable",
    BUG: "bug",
    IN_THE_WAY: "in-the-way",
    TIMED_OUT: "timed-out",
    REFUSED: "refused",
    INVALID: "invalid",
    NOT_EXECUTABLE: "not-executable",
    NOT_FOUND: "not-found",
    INTERRUPTED: "interrupted",
}


class Unfit(ValueError):
    """Why something cannot be a secret. The text never repeats it, so that it can be shown."""


class CcError(Exception):
    """What is wrong (one line), what to do about it (one line), and the exit code.

    Neither line may ever hold the value of a secret.
    """

    def __init__(self, what: str, hint: str = "", *, code: int = USAGE, details: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.code = code
        self.details = details  # further lines of the same kind, such as the other faults of a file


class NotThere(CcError):
    """A secret that its store does not have, or whose store is not there: somebody has to keep one first."""
