"""Which options of `cc import` go together, and what they say."""

from collections.abc import Iterable, Mapping

from cc_launcher.core.errors import USAGE, CcError

# Each is a command of its own, and what may stand beside it. --json stands beside all of them.
_ALONE: dict[str, frozenset[str]] = {
    "--undo": frozenset({"--dry-run"}),
    "--history": frozenset(),
    "--left": frozenset(),
    "--follow": frozenset({"--all", "--name", "--no-secret", "--check", "--dry-run", "--digest"}),
    "--unfollow": frozenset({"--dry-run"}),
}


def check(on: Mapping[str, bool]) -> None:
    """Refuse two options of which one would be left out in silence."""
    given = [name for name, is_given in on.items() if is_given]
    for alone, beside in _ALONE.items():
        other = next((name for name in given if name != alone and name not in beside), "") if alone in given else ""
        if other:
            raise CcError(f"{alone} cannot be combined with {other}", f"cc import {alone}", code=USAGE)
    if "--check" in given and "--dry-run" in given:
        hint = "--check asks with the keys of what was imported, and --dry-run imports nothing"
        raise CcError("--check cannot be combined with --dry-run", hint, code=USAGE)


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """What `--name` says: new names by the old ones."""
    found: dict[str, str] = {}
    for text in texts:
        old, equals, new = text.partition("=")
        if not old or not equals or not new:
            raise CcError(f"--name takes OLD=NEW, not {text[:80]}", "such as --name glm=work", code=USAGE)
        if old in found:
            raise CcError(f"--name: {old} gets two names: {found[old]} and {new}", "one of them", code=USAGE)
        if new in found.values():
            raise CcError(f"--name: two get the name {new}", "each needs a name of its own", code=USAGE)
        found[old] = new
    return found
