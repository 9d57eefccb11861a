"""A name in the shell for each profile, and how a shell starts us."""

import os
import sys

from cc_launcher.actions import states
from cc_launcher.claude.this_machine import OWN_COMMAND
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.text import alias_lines, names, shells
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import places

DEFAULT_PREFIX = "claude-"


def lines(wanted: list[str], shell: str, prefix: str) -> list[str]:
    """An alias for each of these profiles, or for all that are ready."""
    known = places.known()
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known) or "cc list-profiles shows the ones there are"
            raise CcError(f"no profile named {name}", hint, code=NO_SUCH)
    if prefix and not names.is_profile(f"{prefix}x"):
        raise CcError(
            f"--prefix {prefix}: an alias cannot begin with this", "small letters, digits and '-'", code=USAGE
        )
    chosen = wanted or [row.name for row in states.rows() if row.ready]
    return [alias_lines.render(shell, f"{prefix}{name}", [*own(), "run", name]) for name in chosen]


def the_shell(named: str) -> str:
    """The shell that is meant: the named one, or the user's."""
    if named and shells.of(named) == "sh" and named != "sh":
        raise CcError(
            f"cc does not know the shell {named}",
            did_you_mean(named, [*shells.SHELLS]) or ", ".join(shells.SHELLS),
            code=USAGE,
        )
    return shells.of(named or os.environ.get("SHELL", ""))


def own() -> list[str]:
    """How a shell starts us, whatever its PATH is: the console script where there is one."""
    script = os.path.abspath(sys.argv[0])
    is_script = os.path.basename(script) in {"cc", "cc-launcher"} and os.access(script, os.X_OK)
    return [script] if is_script else list(OWN_COMMAND)
