"""How large a file of the user's may be. By itself, so that who only opens one does without all that reads profiles."""

from cc_launcher.core.errors import INVALID, CcError

MAX_BYTES = 32 * 1024


def too_large(shown: str) -> CcError:
    """What is said of a file that no profile needs to be as large as."""
    hint = "split it: a profile can extend another"
    return CcError(f"{shown}: larger than {MAX_BYTES // 1024} KiB", hint, code=INVALID)
