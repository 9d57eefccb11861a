"""D-Bus sessions of our own, and a gnome-keyring on them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.stores.place import Place, require_system_tool
from tests.support import Text, kill_session, run, start, wait_until

ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
# A bus that starts nobody by itself
_BARE = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""
_LOCK = """\
import secretstorage
connection = secretstorage.dbus_init()
collection = secretstorage.get_default_collection(connection)
collection.lock()
assert collection.is_locked()
"""


@contextmanager
def session(place: Place, *, bare: bool = True) -> Iterator[None]:
    """A bus; one that is not bare is configured as the system does it, and starts services that are asked for."""
    program = require_system_tool("dbus-run-session")
    configuration = place.own / "bus.conf"
    configuration.write_text(_BARE.format(directory=place.own))
    how: list[Text] = ["--config-file", configuration] if bare else []
    argv: list[Text] = [program, *how, "--", "sh", "-c", f'echo "${ADDRESS}"; exec cat']
    bus = start(argv, place.environment(), place.sandbox.work)
    try:
        assert bus.stdout is not None
        place.variables[ADDRESS] = bus.stdout.readline().decode().strip()
        assert place.variables[ADDRESS]
        yield
    finally:
        kill_session(bus.pid)
        bus.communicate()


@contextmanager
def gnome_keyring(place: Place) -> Iterator[None]:
    """An unlocked keyring on this bus."""
    argv = [require_system_tool("gnome-keyring-daemon"), "--foreground", "--unlock", "--components=secrets"]
    daemon = start(argv, place.environment(), place.sandbox.work)
    try:
        assert daemon.stdin is not None
        daemon.stdin.write(b"a password")
        daemon.stdin.close()
        daemon.stdin = None
        wait_until(lambda: _answers(place, daemon), "the keyring")
        yield
    finally:
        daemon.terminate()
        daemon.communicate()


def _answers(place: Place, daemon: subprocess.Popen[bytes]) -> bool:
    assert daemon.poll() is None
    look = [sys.executable, "-c", "import secretstorage as s; s.get_default_collection(s.dbus_init()).get_label()"]
    return run(look, place.environment(), place.sandbox.work).code == 0


def lock(place: Place) -> None:
    """Lock the keyring."""
    locked = run([sys.executable, "-c", _LOCK], place.environment(), place.sandbox.work)
    assert locked.code == 0, locked.err
