"""A file that the real age has encrypted, for a key or with a passphrase."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client.harness import Terminal
from tests.stores.place import Place, require_system_tool
from tests.support import LIMIT, Sandbox

PASSPHRASE = "open sesame"


@pytest.fixture
def age(place: Place) -> Place:
    require_system_tool("age-keygen")
    require_system_tool("age")
    return place


def identity(place: Place, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    place.tool("age-keygen", "-o", path)
    return path


def encrypted(place: Place, text: str, key: Path, *, name: str = "secret.age") -> Path:
    path = place.own / name
    recipient = place.tool("age-keygen", "-y", key).strip()
    place.tool("age", "--encrypt", "--recipient", recipient, "--output", path, stdin=text)
    return path


def with_passphrase(place: Place) -> Path:
    path = place.own / "secret.age"
    plain = place.sandbox.outside / "plain"  # age takes the passphrase from the terminal alone
    plain.write_text(place.secret)
    with place.terminal("/usr/bin/age", "--encrypt", "--passphrase", "--output", path, plain) as terminal:
        terminal.wait_for("Enter passphrase")
        terminal.wait_for_silence()
        terminal.send(f"{PASSPHRASE}\r")
        terminal.wait_for("Confirm passphrase")
        terminal.wait_for_silence()
        terminal.send(f"{PASSPHRASE}\r")
        assert terminal.wait(LIMIT) == 0, terminal.screen()
    plain.unlink()
    return path


def test_with_the_key_that_is_named(age: Place) -> None:
    key = identity(age, age.own / "my key.txt")
    age.kept_in(f"age:{encrypted(age, f'{age.secret} ', key)}#{key}")
    age.launched(expected=f"{age.secret} ")


def test_the_first_line_is_the_secret(age: Place) -> None:
    key = identity(age, age.own / "key.txt")
    path = encrypted(age, f"{age.secret}\nanother line\n", key)
    age.kept_in(f"age:{path}#{key}")
    age.launched()


@pytest.mark.parametrize("where", [".config/age/keys.txt", ".config/sops/age/keys.txt"])
def test_with_the_users_own_key(age: Place, where: str) -> None:
    key = identity(age, age.sandbox.home / where)
    age.kept_in(f"age:{encrypted(age, age.secret, key)}")
    age.launched()


def test_files_of_the_home(age: Place) -> None:
    key = identity(age, age.sandbox.home / "key.txt")
    encrypted(age, age.secret, key).rename(age.sandbox.home / "secret.age")
    age.kept_in("age:~/secret.age#~/key.txt")
    age.launched()


def test_a_sealed_launch(age: Place) -> None:
    key = identity(age, age.own / "key.txt")
    age.kept_in(f"age:{encrypted(age, age.secret, key)}#{key}", "sealed = true\n")
    result = age.run("run", "mine")
    assert (result.code, result.err) == (0, b"")
    assert age.secret.encode() not in b"\0".join(age.sandbox.fake.take().environment.values())


def test_with_another_key(age: Place) -> None:
    path = encrypted(age, age.secret, identity(age, age.own / "key.txt"))
    other = identity(age, age.own / "other.txt")
    age.kept_in(f"age:{path}#{other}")
    said = age.refused()
    assert "age: no key of yours opens the file" in said
    assert "name the key file" in said


def test_with_no_key_at_all(age: Place) -> None:
    age.kept_in(f"age:{encrypted(age, age.secret, identity(age, age.own / 'key.txt'))}")
    assert "age: no key of yours opens the file" in age.refused()


def test_with_a_key_that_is_not_there(age: Place) -> None:
    path = encrypted(age, age.secret, identity(age, age.own / "key.txt"))
    age.kept_in(f"age:{path}#/no/such/key.txt")
    assert "there is no such file, or no such identity" in age.refused()


def test_no_file(age: Place) -> None:
    key = identity(age, age.own / "key.txt")
    age.kept_in(f"age:/no/such/file.age#{key}")
    assert "there is no such file" in age.refused()


def test_no_file_of_age(age: Place) -> None:
    key = identity(age, age.own / "key.txt")
    age.kept_in(f"age:{key}#{key}")
    assert "the file is not encrypted with age" in age.refused()


def test_no_age(age: Place, sandbox: Sandbox) -> None:
    key = identity(age, age.own / "key.txt")
    age.kept_in(f"age:{encrypted(age, age.secret, key)}#{key}")
    sandbox.hide("age")
    assert "age: the command age is not installed" in age.refused()


@contextmanager
def asked_for_the_passphrase(age: Place, own_key: bool) -> Iterator[Terminal]:  # noqa: FBT001
    """A launch that waits for it, with or without a key of age's own."""
    if own_key:
        identity(age, age.sandbox.home / ".config" / "age" / "keys.txt")
    age.kept_in(f"age:{with_passphrase(age)}")
    with age.terminal() as terminal:
        terminal.wait_for("Enter passphrase")
        terminal.wait_for_silence()
        yield terminal


@pytest.mark.parametrize("own_key", [False, True], ids=["without a key", "beside a key"])
def test_a_passphrase_is_asked_for_before_the_launch(age: Place, own_key: bool) -> None:  # noqa: FBT001
    with asked_for_the_passphrase(age, own_key) as terminal:
        assert not age.sandbox.fake.started
        terminal.send(f"{PASSPHRASE}\r")
        age.launched_on(terminal)
        assert PASSPHRASE not in terminal.screen()


@pytest.mark.parametrize("own_key", [False, True], ids=["without a key", "beside a key"])
def test_a_wrong_passphrase(age: Place, own_key: bool) -> None:  # noqa: FBT001
    with asked_for_the_passphrase(age, own_key) as terminal:
        terminal.send("wrong\r")
        terminal.wait_for("hint: ")
        assert terminal.wait() == 77
        assert "wrong\n" not in terminal.screen()
    assert not age.sandbox.fake.started


@pytest.mark.parametrize("own_key", [False, True], ids=["without a key", "beside a key"])
def test_a_passphrase_that_nobody_can_be_asked_for(age: Place, own_key: bool) -> None:  # noqa: FBT001
    if own_key:
        identity(age, age.sandbox.home / ".config" / "age" / "keys.txt")
    age.kept_in(f"age:{with_passphrase(age)}")
    said = age.refused()
    assert "age: the passphrase is wrong, or there is no terminal to type it on" in said
    assert "try again in a terminal" in said
    with age.terminal(age.sandbox.cc, "run", "--sealed", "mine") as terminal:
        assert terminal.wait(LIMIT) == 77
        assert "asealedlaunchreadsthesecretinthebackground" in "".join(terminal.screen().split())
        assert "Enter passphrase" not in terminal.screen()
