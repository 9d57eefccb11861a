"""Which real store would take a key now: looked at without a question, and without unlocking anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest

from tests.client.harness import Terminal
from tests.stores import bus
from tests.stores.keys import IDENTITY, forget, gpg_home
from tests.stores.place import Place, require_system_tool
from tests.support import LIMIT, run

LOOK = """\
import json
from cc_launcher.secrets import open_stores
print(json.dumps([open_stores.keyring_fault(), open_stores.pass_is_open()]))
"""


def looked(place: Place) -> tuple[str, bool]:
    """Why the keyring would take nothing, and whether pass would take something."""
    result = run([sys.executable, "-c", LOOK], place.environment(), place.sandbox.work)
    assert (result.code, result.err) == (0, b"")
    fault, is_open = json.loads(result.out)
    return fault, is_open


@pytest.fixture
def keyring(place: Place) -> Iterator[Place]:
    with bus.session(place), bus.gnome_keyring(place):
        yield place


def test_a_keyring_that_is_open(keyring: Place) -> None:
    assert looked(keyring) == ("", False)


def test_a_locked_one_is_not_asked_to_open_itself(keyring: Place) -> None:
    bus.lock(keyring)
    for _ in range(2):
        assert looked(keyring)[0] == "the keyring is locked"
    assert "gcr-prompter" not in keyring.names_of_processes()


def test_a_bus_without_one_and_no_bus(place: Place) -> None:
    assert "no desktop session (D-Bus)" in looked(place)[0]
    with bus.session(place):
        assert "no keyring is running here" in looked(place)[0]


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
def test_pass_is_open_where_its_key_needs_no_passphrase(place: Place, passphrase: str) -> None:
    require_system_tool("pass")
    with gpg_home(place, passphrase):
        assert looked(place)[1] is False  # there is no store yet
        place.directory("passwords", "PASSWORD_STORE_DIR")
        place.tool("pass", "init", IDENTITY)
        forget(place)
        assert looked(place)[1] is (not passphrase)
        assert "pinentry-curses" not in place.names_of_processes()


def test_a_key_goes_from_our_file_into_the_keyring_by_one_command(keyring: Place) -> None:
    kept = keyring.sandbox.home / ".local" / "share" / "cc-launcher" / "keys" / "mine"
    kept.parent.mkdir(parents=True, mode=0o700)
    kept.touch(mode=0o600)
    kept.write_text(keyring.secret)
    keyring.kept_in(f"file:{kept}")
    result = keyring.run("secret", "move", "mine")
    assert result.code == 0, result.err
    assert b"the key is in the keyring now (keyring:mine)" in result.err
    assert not kept.exists()
    keyring.launched()


def test_a_locked_keyring_is_no_dead_end_for_a_profile_that_never_had_a_key(keyring: Place) -> None:
    bus.lock(keyring)
    about = keyring.environment({"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "CC_OFFLINE": "1"})
    with Terminal([keyring.sandbox.cc, "run", "zai"], about, keyring.sandbox.work) as terminal:
        terminal.wait_for("Where should the key be kept?", timeout=LIMIT)
        assert "the keyring is locked" in terminal.screen()
        terminal.wait_for_quiet()
        terminal.send("\r")  # only for this session
        terminal.wait_for("paste the key", timeout=LIMIT)
        terminal.wait_for_silence(LIMIT)
        terminal.send(f"{keyring.secret}\r")
        assert terminal.wait(LIMIT) == 0, terminal.screen()
    assert keyring.sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == keyring.secret.encode()
    assert "gcr-prompter" not in keyring.names_of_processes()
