"""An entry of the real pass, whose store is encrypted with a throw-away key."""

from collections.abc import Iterator

import pytest

from tests.stores.keys import IDENTITY, forget, gpg_home
from tests.stores.place import Place, require_system_tool
from tests.support import Sandbox

PASSPHRASE = "open sesame"
ASKED = "Please enter the passphrase"


def initialised(place: Place) -> None:
    place.directory("passwords", "PASSWORD_STORE_DIR")
    place.tool("pass", "init", IDENTITY)


def insert(place: Place, path: str, *lines: str) -> None:
    place.tool("pass", "insert", "--multiline", path, stdin="\n".join((*lines, "")))


@pytest.fixture
def key(place: Place) -> Iterator[Place]:
    require_system_tool("pass")
    with gpg_home(place):
        yield place


@pytest.fixture
def store(key: Place) -> Place:
    initialised(key)
    return key


@pytest.fixture
def locked(place: Place) -> Iterator[Place]:
    require_system_tool("pass")
    with gpg_home(place, PASSPHRASE):
        initialised(place)
        insert(place, "ai/zai", place.secret)
        forget(place)
        place.kept_in("pass:ai/zai")
        yield place


def test_the_first_line_is_the_secret(store: Place) -> None:
    insert(store, "ai/zai", store.secret, "login: me")
    store.kept_in("pass:ai/zai")
    store.launched()


def test_a_name_with_blanks_and_signs(store: Place) -> None:
    insert(store, "ai tools/z'ai $x #2", store.secret)
    store.sandbox.profile("mine", "extends = 'zai'\nsecret = '''pass:ai tools/z'ai $x #2#'''\n")
    store.launched()


def test_another_line(store: Place) -> None:
    insert(store, "ai/zai", "a password", "login: me", f"API key:  {store.secret} ", "url: x")
    store.kept_in("pass:ai/zai#api key")
    store.launched()


def test_a_line_that_is_not_there(store: Place) -> None:
    insert(store, "ai/zai", f"key: {store.secret}", "login: me")
    for field in ("api-key", "key"):  # the first line is the password
        store.kept_in(f"pass:ai/zai#{field}")
        assert f"the secret has no line `{field}: …`" in store.refused()


def test_no_such_entry(store: Place) -> None:
    insert(store, "ai/zai", store.secret)
    store.kept_in("pass:ai/other")
    said = store.refused()
    assert "pass has no such entry" in said
    assert "pass ls shows the entries" in said


def test_a_folder_is_no_entry(store: Place) -> None:
    """Pass shows what is in it, and ends as if all were well."""
    insert(store, "ai/zai", store.secret)
    store.kept_in("pass:ai")
    store.refused()


def test_no_store_yet(key: Place) -> None:
    key.directory("passwords", "PASSWORD_STORE_DIR")
    key.kept_in("pass:ai/zai")
    assert "pass has no " in key.refused()


def test_no_pass(store: Place, sandbox: Sandbox) -> None:
    insert(store, "ai/zai", store.secret)
    store.kept_in("pass:ai/zai")
    sandbox.hide("pass", "gopass")
    said = store.refused()
    assert "pass: the command pass is not installed" in said


def test_an_entry_that_cannot_be_opened(store: Place) -> None:
    insert(store, "ai/zai", store.secret)
    store.kept_in("pass:ai/zai")
    store.directory("another", "GNUPGHOME")
    assert "the gpg key is missing" in store.refused()


def test_kept_by_cc(store: Place) -> None:
    store.kept_in("pass:ai/zai")
    result = store.run("secret", "set", "mine", "--stdin", stdin=f"{store.secret}\n")
    assert result.code == 0, result.err
    assert store.tool("pass", "show", "ai/zai") in {store.secret, f"{store.secret}\n"}
    store.launched()


def test_forgotten_by_cc(store: Place) -> None:
    insert(store, "ai/zai", store.secret)
    insert(store, "ai/other", "another")
    store.kept_in("pass:ai/zai")
    assert store.run("secret", "remove", "mine", "--yes").code == 0
    assert "pass has no such entry" in store.refused()
    assert store.tool("pass", "show", "ai/other") == "another\n"


def test_one_line_among_others_is_not_written_by_cc(store: Place) -> None:
    insert(store, "ai/zai", "a password", "login: me")
    store.kept_in("pass:ai/zai#key")
    for args in (("set", "mine", "--stdin"), ("remove", "mine", "--yes")):
        result = store.run("secret", *args, stdin=f"{store.secret}\n")
        assert (result.code, b"cc does not write to pass" in result.err) == (77, True), result.err
    assert store.tool("pass", "show", "ai/zai") == "a password\nlogin: me\n"


def test_the_passphrase_is_asked_for_before_the_launch(locked: Place) -> None:
    with locked.terminal() as terminal:
        terminal.wait_for(ASKED)
        assert not locked.sandbox.fake.started
        terminal.send(f"{PASSPHRASE}\r")
        locked.launched_on(terminal)
    locked.launched()


def test_without_a_terminal_nobody_can_be_asked(locked: Place) -> None:
    assert "the gpg key is missing, or was not unlocked" in locked.refused()
    assert "where it cannot ask you" in locked.refused("--sealed")
