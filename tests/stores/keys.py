"""Throw-away keys of gpg, in a home of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stores.place import Place, require_system_tool
from tests.support import run

IDENTITY = "cc test <cc@test.invalid>"


@contextmanager
def gpg_home(place: Place, passphrase: str = "") -> Iterator[Path]:
    """A home of gpg with one key, whose agent asks with pinentry-curses and is ended with this."""
    pinentry = require_system_tool("pinentry-curses")
    home = place.directory("gpg", "GNUPGHOME")
    (home / "gpg-agent.conf").write_text(f"pinentry-program {pinentry}\n")
    try:
        place.tool(
            *("gpg", "--quiet", "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0"),
            *("--quick-generate-key", IDENTITY, "future-default", "default", "never"),
            stdin=passphrase,
        )
        forget(place)
        yield home
    finally:
        run([require_system_tool("gpgconf"), "--kill", "all"], place.environment(), place.sandbox.work)


def forget(place: Place) -> None:
    """Let the agent forget all passphrases."""
    place.tool("gpgconf", "--kill", "gpg-agent")
