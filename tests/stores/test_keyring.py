"""The real keyrings: gnome-keyring on a bus of its own, asked by secret-tool and by the library; and what there may be
in its place."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import bus
from tests.stores.place import REFUSED, TIMED_OUT, Place, require_system_tool
from tests.support import run

SOON = {"CC_SECRET_TIMEOUT": "2"}


@pytest.fixture(params=["secret-tool", "the library"])
def reader(request: pytest.FixtureRequest, place: Place) -> str:
    """What reads the keyring."""
    require_system_tool("secret-tool")
    if request.param == "the library":
        place.sandbox.hide("secret-tool")
    return str(request.param)


@pytest.fixture
def keyring(place: Place) -> Iterator[Place]:
    place.kept_in("keyring:mine")
    with bus.session(place), bus.gnome_keyring(place):
        yield place


def keep(place: Place, name: str = "mine") -> None:
    """Keep the secret as a user can do it without us."""
    argv = ("secret-tool", "store", "--label", "a key", "service", "cc-launcher", "username", name)
    place.tool(*argv, stdin=place.secret)


def set_by_cc(place: Place) -> None:
    result = place.run("secret", "set", "mine", "--stdin", stdin=f"{place.secret}\n")
    assert result.code == 0, result.err


@pytest.mark.parametrize("by_cc", [False, True], ids=["kept by secret-tool", "kept by cc"])
def test_a_launch(keyring: Place, reader: str, by_cc: bool) -> None:  # noqa: FBT001
    if by_cc:
        set_by_cc(keyring)
    else:
        keep(keyring)
    assert reader
    keyring.launched()


def test_uninstall_removes_a_key_only_when_it_is_said(keyring: Place) -> None:
    keep(keyring)
    keep(keyring, "zai")  # of a provider, without a profile of the user's
    first = keyring.run("uninstall", "--yes")
    assert first.code == 0, first.err
    assert b"cc uninstall --yes --keys removes them" in first.err
    keyring.sandbox.was_told("mine")  # what we remember has gone, too
    keyring.launched()
    result = keyring.run("uninstall", "--yes", "--keys")
    assert result.code == 0, result.err
    assert b"keyring:mine: removed" in result.err
    assert b"keyring:zai: removed" in result.err
    assert keyring.run("run", "mine").code == REFUSED
    assert keyring.secret.encode() not in first.out + first.err + result.out + result.err


def test_doctor_moves_an_address_and_its_key_into_a_profile(keyring: Place) -> None:
    home = keyring.sandbox.home
    (home / ".config" / "cc-launcher" / "profiles" / "mine.toml").unlink()
    address = "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\n"
    (home / ".bashrc").write_text(f"{address}export ANTHROPIC_AUTH_TOKEN={keyring.secret}\n")
    argv: list[str | Path] = [keyring.sandbox.cc, "doctor", "--fix", "--yes"]
    result = run(argv, keyring.environment(), keyring.sandbox.work)  # the backup has the key, until it is deleted
    assert b"its key will be kept in the keyring" in result.err
    assert keyring.secret not in (home / ".bashrc").read_text()
    assert "secret" not in (home / ".config" / "cc-launcher" / "profiles" / "zai.toml").read_text()
    assert keyring.tool("secret-tool", "lookup", "service", "cc-launcher", "username", "zai").strip() == keyring.secret
    (backup,) = home.glob(".bashrc.cc-backup-*")
    assert b"delete it when all is well" in result.err
    backup.unlink()


@pytest.mark.usefixtures("reader")
def test_a_sealed_launch(keyring: Place) -> None:
    keep(keyring)
    result = keyring.run("run", "--sealed", "mine")
    assert (result.code, result.err) == (0, b"")
    assert keyring.secret.encode() not in b"\0".join(keyring.sandbox.fake.take().environment.values())


@pytest.mark.usefixtures("reader")
def test_no_such_item(keyring: Place) -> None:
    keep(keyring, "another")
    said = keyring.refused()
    assert "there is no key in the keyring" in said
    assert "cc secret set mine" in said


def test_kept_again_and_forgotten_by_cc(keyring: Place) -> None:
    keep(keyring, "another")
    for _ in range(2):
        set_by_cc(keyring)
    keyring.launched()
    assert keyring.run("secret", "remove", "mine", "--yes").code == 0
    assert "there is no key in the keyring" in keyring.refused()
    look = ("secret-tool", "lookup", "service", "cc-launcher", "username", "another")
    assert keyring.tool(*look) == keyring.secret


@pytest.mark.usefixtures("reader")
def test_locked(keyring: Place) -> None:
    keep(keyring)
    bus.lock(keyring)
    before = keyring.sandbox.kept_files()
    said = keyring.refused()
    assert "the keyring is locked" in said
    assert "unlock it" in said
    assert keyring.sandbox.kept_files() == before


@pytest.mark.usefixtures("reader")
def test_locked_and_sealed(keyring: Place) -> None:
    keep(keyring)
    bus.lock(keyring)
    assert "the keyring is locked" in keyring.refused("--sealed")


# A backend as keyrings.alt has it: it keeps secrets in a file, readable by whoever reads the file.
PLAINTEXT = """\
import os
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    priority = 9
    def get_password(self, service, name):
        return "sk-in-the-clear"
    def set_password(self, service, name, value):
        with open(os.path.expanduser("~/plaintext"), "a") as file:
            file.write(value)
"""


def _null_named(_place: Place) -> dict[str, str]:
    return {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def _plaintext(place: Place) -> Path:
    package = place.sandbox.outside / "library" / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(PLAINTEXT)
    return package.parent.parent


def _plaintext_named(place: Place) -> dict[str, str]:
    return {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring", "PYTHONPATH": str(_plaintext(place))}


def _plaintext_installed(place: Place) -> dict[str, str]:
    library = _plaintext(place)
    metadata = library / "keyrings.alt-5.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: keyrings.alt\nVersion: 5.0\n")
    (metadata / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")
    return {"PYTHONPATH": str(library)}


def _plaintext_configured(place: Place) -> dict[str, str]:
    configuration = place.sandbox.home / ".config" / "python_keyring"
    configuration.mkdir(parents=True)
    lines = ("[backend]", "default-keyring=keyrings.alt.file.PlaintextKeyring", f"keyring-path={_plaintext(place)}")
    (configuration / "keyringrc.cfg").write_text("\n".join((*lines, "")))
    return {}


ELSEWHERE = [_null_named, _plaintext_named, _plaintext_installed, _plaintext_configured]


@pytest.mark.parametrize("arrange", ELSEWHERE)
def test_another_backend_that_is_named_has_no_effect(keyring: Place, arrange: object) -> None:
    assert callable(arrange)
    keyring.sandbox.hide("secret-tool")  # what reads is the library
    more = arrange(keyring)
    result = keyring.run("secret", "set", "mine", "--stdin", stdin=f"{keyring.secret}\n", env=more)
    assert result.code == 0, result.err
    assert not (keyring.sandbox.home / "plaintext").exists()
    keyring.launched(env=more)


@pytest.mark.parametrize("arrange", ELSEWHERE)
@pytest.mark.usefixtures("reader")
def test_another_backend_is_no_way_out_where_there_is_no_keyring(place: Place, arrange: object) -> None:
    assert callable(arrange)
    more = arrange(place)
    place.kept_in("keyring:mine")
    before = place.sandbox.kept_files()
    place.refused(env=more)
    assert place.run("secret", "set", "mine", "--stdin", stdin=f"{place.secret}\n", env=more).code == REFUSED
    assert place.sandbox.kept_files() == before


# No keyring


@pytest.mark.usefixtures("reader")
def test_no_bus(place: Place) -> None:
    place.kept_in("keyring:mine")
    before = place.sandbox.kept_files()
    said = place.refused(env=SOON)
    assert "no desktop session (D-Bus)" in said
    assert "pass:, gpg:" in said
    assert place.sandbox.kept_files() == before
    assert place.sandbox.nothing_runs()


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("how", ["named", "in the usual place"])
def test_a_bus_that_never_answers(place: Place, how: str) -> None:
    place.kept_in("keyring:mine")
    before = place.sandbox.kept_files()
    path = place.own / "run" / "bus"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
        dead.listen()
        more = {bus.ADDRESS: f"unix:path={path}"} if how == "named" else {}
        begun = time.monotonic()
        # The library's own patience ends before ours.
        place.refused(codes=(REFUSED, TIMED_OUT), env=more | SOON)
        assert time.monotonic() - begun < 60
    assert place.sandbox.kept_files() == before
    assert place.sandbox.nothing_runs()


@pytest.mark.usefixtures("reader")
def test_a_bus_that_has_gone(place: Place) -> None:
    place.kept_in("keyring:mine")
    path = place.own / "bus"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    before = place.sandbox.kept_files()
    place.refused(env={bus.ADDRESS: f"unix:path={path}"} | SOON)
    assert place.sandbox.kept_files() == before
    assert place.sandbox.nothing_runs()


@pytest.mark.usefixtures("reader")
def test_a_bus_without_a_keyring(place: Place) -> None:
    place.kept_in("keyring:mine")
    before = place.sandbox.kept_files()
    with bus.session(place):
        place.refused(codes=(REFUSED, TIMED_OUT), env=SOON)
    assert place.sandbox.kept_files() == before
    assert place.sandbox.nothing_runs()


@pytest.mark.usefixtures("reader")
def test_a_bus_that_starts_a_keyring_which_nobody_has_unlocked(place: Place) -> None:
    """As on a machine that one comes to over the network."""
    require_system_tool("gnome-keyring-daemon")
    place.kept_in("keyring:mine")
    with bus.session(place, bare=False):
        place.refused(codes=(REFUSED, TIMED_OUT), env=SOON)


def test_a_module_of_the_current_directory_is_not_the_library(keyring: Place) -> None:
    keep(keyring)
    keyring.sandbox.hide("secret-tool")
    for name in ("keyring.py", "secretstorage.py", "cc_launcher.py", "jeepney.py"):
        (keyring.sandbox.work / name).write_text("open('hijacked', 'w').close()\n")
    keyring.launched()
    assert not (keyring.sandbox.work / "hijacked").exists()
