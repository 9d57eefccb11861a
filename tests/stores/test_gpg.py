"""A file that the real gpg has encrypted, with and without a passphrase to ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores.keys import IDENTITY, gpg_home
from tests.stores.place import Place
from tests.support import Sandbox

PASSPHRASE = "open sesame"
ASKED = "Please enter the passphrase"


def encrypted(place: Place, text: str) -> Path:
    """A file that is encrypted for the key."""
    path = place.own / "secret.gpg"
    place.tool(
        *("gpg", "--quiet", "--batch", "--yes", "--trust-model", "always", "--encrypt"),
        *("--recipient", IDENTITY, "--output", path),
        stdin=text,
    )
    return path


@pytest.fixture
def open_key(place: Place) -> Iterator[Place]:
    with gpg_home(place):
        yield place


@pytest.fixture
def locked_key(place: Place) -> Iterator[Place]:
    with gpg_home(place, PASSPHRASE):
        place.kept_in(f"gpg:{encrypted(place, place.secret)}")
        yield place


def test_the_first_line_is_the_secret(open_key: Place) -> None:
    path = encrypted(open_key, f"{open_key.secret}\nanother line\n")
    open_key.kept_in(f"gpg:{path}")
    open_key.launched()


def test_a_file_of_the_home(open_key: Place) -> None:
    encrypted(open_key, open_key.secret).rename(open_key.sandbox.home / "key.gpg")
    open_key.kept_in("gpg:~/key.gpg")
    open_key.launched()


def test_a_key_without_a_passphrase_serves_a_sealed_launch(open_key: Place) -> None:
    open_key.kept_in(f"gpg:{encrypted(open_key, open_key.secret)}", "sealed = true\n")
    result = open_key.run("run", "mine")
    assert (result.code, result.err) == (0, b"")
    environment = open_key.sandbox.fake.take().environment
    assert open_key.secret.encode() not in b"\0".join(environment.values())


def test_no_file(open_key: Place) -> None:
    open_key.kept_in("gpg:/no/such/file.gpg")
    assert "there is no such file" in open_key.refused()


def test_no_file_of_gpg(open_key: Place) -> None:
    path = open_key.own / "plain"
    path.write_text("not encrypted")
    open_key.kept_in(f"gpg:{path}")
    assert "is not encrypted with gpg" in open_key.refused()


def test_an_empty_one(open_key: Place) -> None:
    path = encrypted(open_key, f"\n{open_key.secret}")
    open_key.kept_in(f"gpg:{path}")
    assert "the secret is empty" in open_key.refused()


def test_no_key(open_key: Place) -> None:
    open_key.kept_in(f"gpg:{encrypted(open_key, open_key.secret)}")
    open_key.directory("another", "GNUPGHOME")
    assert "the gpg key is missing" in open_key.refused()


def test_no_gpg(open_key: Place) -> None:
    open_key.kept_in(f"gpg:{encrypted(open_key, open_key.secret)}")
    open_key.sandbox.hide("gpg")
    said = open_key.refused()
    assert "gpg: the command gpg is not installed" in said
    assert "install GnuPG" in said


def test_the_passphrase_is_asked_for_before_the_launch_and_the_launch_goes_on(locked_key: Place) -> None:
    with locked_key.terminal() as terminal:
        terminal.wait_for(ASKED)
        assert not locked_key.sandbox.fake.started
        terminal.send(f"{PASSPHRASE}\r")
        locked_key.launched_on(terminal)
    # The agent knows it now: the next launch asks nothing, and needs no terminal.
    locked_key.launched()


def test_an_empty_gpg_tty_is_none(locked_key: Place) -> None:
    with locked_key.terminal(env={"GPG_TTY": ""}) as terminal:
        terminal.wait_for(ASKED)
        terminal.send(f"{PASSPHRASE}\r")
        locked_key.launched_on(terminal)


def test_a_wrong_passphrase(locked_key: Place) -> None:
    with locked_key.terminal() as terminal:
        for attempt in ("1 of 3", "2 of 3", "3 of 3"):
            terminal.wait_for(ASKED if attempt.startswith("1") else attempt)
            terminal.send("wrong\r")
        terminal.wait_for("hint: ")
        assert "cc: mine: gpg: " in terminal.screen()
        assert terminal.wait() == 77
    assert not locked_key.sandbox.fake.started


def test_a_passphrase_that_is_refused_to_be_given(locked_key: Place) -> None:
    with locked_key.terminal() as terminal:
        terminal.wait_for(ASKED)
        terminal.send("\t\t\r")  # to the button that cancels
        terminal.wait_for("hint: ")
        assert "cc: mine: gpg: " in terminal.screen()
        assert terminal.wait() == 77
    assert not locked_key.sandbox.fake.started


def test_nobody_answers(locked_key: Place) -> None:
    with locked_key.terminal(env={"CC_SECRET_TIMEOUT": "2"}) as terminal:
        terminal.wait_for(ASKED)
        terminal.wait_for("no answer within 2 seconds")
        assert terminal.wait() == 75
        # The agent and the pinentry that it started are the user's; what we started is gone.
        assert not {"gpg", "cc"} & locked_key.names_of_processes()
    assert not locked_key.sandbox.fake.started


def test_without_a_terminal_nobody_can_be_asked(locked_key: Place) -> None:
    said = locked_key.refused()
    assert "the gpg key is missing, or was not unlocked" in said
    assert "unlock it first" in said


def test_a_sealed_launch_does_not_ask_even_on_a_terminal(locked_key: Place) -> None:
    with locked_key.terminal(locked_key.sandbox.cc, "run", "--sealed", "mine") as terminal:
        terminal.wait_for("hint: ")
        assert terminal.wait() == 77
        screen = "".join(terminal.screen().split())  # it may be wrapped anywhere
    assert "thegpgkeyismissing,orwasnotunlocked" in screen
    assert "asealedlaunchreadsthesecretinthebackground,whereitcannotaskyou" in screen
    assert "passphrase:" not in screen
    assert not locked_key.sandbox.fake.started


def test_a_home_without_any_key(place: Place, sandbox: Sandbox) -> None:
    place.directory("gpg", "GNUPGHOME")
    path = sandbox.outside / "x.gpg"
    path.write_bytes(b"\x85\x01\x0c\x03" + bytes(300))
    place.kept_in(f"gpg:{path}")
    place.refused()
