"""A secret from a store's command: the part of its output, the second attempt, and what is said when there is none."""

import json
import sys
from pathlib import Path

import pytest

from cc_launcher.core.errors import REFUSED, CcError, Unfit
from cc_launcher.launch import helper, secret_reader, store_answers
from tests.unit.conftest import CANARY, all_of

ENTRY = f"{CANARY}\nlogin: me\napi-key:  a key \t\r\nAPI-Key: another\nurl:\nno colon\nkey: with: colons\n"
ITEM = {"fields": [{"name": "x", "value": "y"}, {"name": "my key", "value": CANARY}, {"name": "none", "value": None}]}


def picked(pick: str, answer: bytes | str) -> str:
    raw = answer.encode() if isinstance(answer, str) else answer
    return store_answers._picked(pick, raw).decode()


@pytest.mark.parametrize(
    ("pick", "answer", "part"),
    [
        ("", "whole\n", "whole\n"),
        ("text", "whole\n", "whole\n"),
        ("text", "None of these\n", "None of these\n"),
        ("line", ENTRY, CANARY),
        ("line", "only", "only"),
        ("line", "", ""),
        ("field:login", ENTRY, "me"),
        ("field:api-key", ENTRY, "a key"),
        ("field:Api-Key", ENTRY, "a key"),
        ("field:key", ENTRY, "with: colons"),
        ("field:url", ENTRY, ""),
        ("json:key", json.dumps({"key": CANARY}), CANARY),
        ("json:key", '{"key": "\\u20ac"}', "€"),
        ("json:", '{"": "x"}', "x"),
        ("bw-field:my key", json.dumps(ITEM), CANARY),
        ("bw-field:x", json.dumps(ITEM), "y"),
    ],
)
def test_a_part_of_what_a_store_prints_is_the_secret(pick: str, answer: str, part: str) -> None:
    assert picked(pick, answer) == part


@pytest.mark.parametrize(
    ("pick", "answer", "why"),
    [
        ("text", "None\n", "is binary, not text"),
        ("field:other", ENTRY, "has no line `other: …`"),
        ("field:no colon", ENTRY, "has no line `no colon: …`"),
        ("field:x", f"x: {CANARY}", "has no line `x: …`"),  # the first line is the password, whatever it looks like
        ("json:other", json.dumps({"key": CANARY}), "has no other in it"),
        ("json:key", CANARY, "has no key in it"),
        ("json:key", json.dumps([CANARY]), "has no key in it"),
        ("json:key", json.dumps({"key": {"inner": CANARY}}), "has no text in key"),
        ("json:key", '{"key": 1}', "has no text in key"),
        ("json:key", "[" * 100_000, "has no key in it"),
        ("json:key", f'{{"key": "{CANARY}"', "has no key in it"),
        ("json:key", b'\xff{"key": "x"}', "has no key in it"),
        ("bw-field:other", json.dumps(ITEM), "has no other in it"),
        ("bw-field:none", json.dumps(ITEM), "has no text in none"),
        ("bw-field:x", '{"fields": null}', "has no x in it"),
        ("bw-field:x", "{}", "has no x in it"),
        ("bw-field:x", '{"fields": [{}]}', "has no x in it"),
    ],
)
def test_what_does_not_have_that_part_is_refused_and_not_repeated(pick: str, answer: bytes | str, why: str) -> None:
    with pytest.raises(Unfit) as caught:
        picked(pick, answer)
    assert str(caught.value) == why


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on PATH for FAKE commands of stores, and nobody at a terminal."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("CC_SECRET_TIMEOUT", "60")
    return tmp_path


def fake(directory: Path, name: str, *lines: str) -> str:
    path = directory / name
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return str(path)


def refused(*reading: str, alone: bool = False) -> CcError:
    with pytest.raises(CcError) as caught:
        secret_reader.value(("store", *reading), "mine", "do this", alone=alone)
    assert CANARY not in all_of(caught.value)
    assert caught.value.code == REFUSED
    return caught.value


def test_a_failure_that_is_known_is_said_in_our_words_alone(answers: Path) -> None:
    command = fake(answers, "bw", f"echo {CANARY}", f"echo 'You are not logged in. {CANARY}' >&2; exit 1")
    error = refused("bw", "item", "", command)
    assert (error.what, error.hint, error.details) == ("mine: Bitwarden: not signed in", "bw login", ())


def test_a_failure_that_is_not_known_is_told_with_the_last_words_of_the_store(answers: Path) -> None:
    command = fake(answers, "vault", "seq 1 9 | sed 's/^/ line /' >&2; printf '%0400d' 0 >&2; echo >&2; exit 9")
    error = refused("vault", "kv/x#key", "", command)
    assert error.what == f"mine: secret from vault: {command} failed (exit code 9)"
    assert error.details == ("line 8", "line 9", "0" * 300)


def test_a_command_that_is_not_there_is_told_with_where_to_get_it(answers: Path) -> None:
    for missing in ("no-such-command", str(answers / "no-such-command")):
        error = refused("op", "//v/i/f", "", missing, "read")
        assert error.what == "mine: 1Password: the command op is not installed"
        assert "developer.1password.com" in error.hint


def test_a_secret_that_is_not_one_line_is_refused_like_any_other(answers: Path) -> None:
    error = refused("op", "//v/i/f", "", fake(answers, "op", f"printf '{CANARY}\\n{CANARY}\\n'"))
    assert error.what == "mine: the secret holds control characters, or more than one line"


def test_a_missing_field_is_told_without_the_rest_of_the_entry(answers: Path) -> None:
    error = refused("pass", "x#key", "field:key", fake(answers, "pass", f"echo {CANARY}; echo other: {CANARY}"))
    assert error.what == "mine: the secret has no line `key: …`"


def test_a_folder_that_pass_shows_as_if_all_were_well_is_no_secret(answers: Path) -> None:
    command = fake(answers, "pass", "echo ai/tools; echo '├── zai'")
    for name in ("ai/tools", "ai/tools/"):
        assert refused("pass", name, "line", command).what == "mine: the secret is a folder there, not an entry"
    assert secret_reader.value(("store", "pass", "other", "line", command), "mine", "") == "ai/tools"


def test_what_a_store_says_beside_a_secret_is_not_shown(answers: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = fake(answers, "op", "echo a warning >&2; echo key")
    assert secret_reader.value(("store", "op", "//v/i/f", "", command), "mine", "") == "key"
    assert capfd.readouterr() == ("", "")


# The keyring

REAL_PYTHON = sys.executable
LIBRARY = ("-P", "-m", "cc_launcher.secrets.keyring_program", "get", "mine")


@pytest.fixture
def library(answers: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A FAKE Python that answers for the library, and notes what it is asked."""
    monkeypatch.setattr(sys, "executable", str(answers / "python"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    return answers / "asked"


def test_where_the_command_has_nothing_the_library_is_asked_even_alone(answers: Path, library: Path) -> None:
    command = fake(answers, "secret-tool", "exit 1")
    fake(answers, "python", f'echo "$@" >>{library}; echo {CANARY}')
    for alone in (False, True):
        assert secret_reader.value(("store", "keyring", "mine", "", command), "mine", "", alone=alone) == CANARY
    assert library.read_text().splitlines() == [" ".join(LIBRARY)] * 2


def test_the_library_says_why_there_is_none(answers: Path, library: Path) -> None:
    command = fake(answers, "secret-tool", "exit 1")
    for status, what, hint in (
        (3, "there is no key in the keyring", "do this"),
        (6, "the keyring is locked", "unlock it"),
        (5, "the keyring gave an unexpected answer", "try "),
    ):
        fake(answers, "python", f"echo {CANARY}; exit {status}")
        error = refused("keyring", "mine", "", command)
        assert error.what == f"mine: {what}"
        assert error.hint.startswith(hint)
    assert not library.exists()


@pytest.mark.usefixtures("library")
def test_a_keychain_that_cannot_ask_says_so_by_its_command_and_by_the_library(answers: Path) -> None:
    """As over SSH to a Mac: the command ends with 36, and the library says -25308. Its words are as documented."""
    command = fake(answers, "security", "exit 36")
    (answers / "keyring" / "backends").mkdir(parents=True)
    backend = "raise Error(\"Can't get password from keychain: (-25308, 'Unknown Error')\")"
    (answers / "keyring" / "backend.py").write_text(
        "class Error(Exception): pass\n"
        "class Keyring:\n    priority = 5\n    __module__ = 'keyring.backends.macOS'\n"
        f"    def get_password(self, service, name): {backend}\n"
        "def get_all_keyring(): return [Keyring()]\n"
    )
    for name in ("keyring", "keyring/backends"):
        (answers / name / "__init__.py").write_text("")
    fake(answers, "python", f'PYTHONPATH="{answers}" exec {REAL_PYTHON} "$@"')
    error = refused("keyring", "mine", "", command)
    assert error.what == "mine: the keychain is locked, and macOS cannot ask here"
    assert error.hint.startswith("security unlock-keychain")


def test_the_library_is_not_asked_twice(answers: Path, library: Path) -> None:
    python = fake(answers, "python", f'echo "$@" >>{library}; exit 3')
    assert refused("keyring", "mine", "", python, *LIBRARY).what == "mine: there is no key in the keyring"
    assert len(library.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "reachable"),
    [
        ({}, False),
        ({"DBUS_SESSION_BUS_ADDRESS": "x"}, True),
        ({"DISPLAY": ":0"}, True),
        ({"XDG_RUNTIME_DIR": "{}/without"}, False),
        ({"XDG_RUNTIME_DIR": "{}/with"}, True),
    ],
    ids=str,
)
def test_without_a_bus_the_keyrings_command_is_not_even_started(
    answers: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    reachable: bool,  # noqa: FBT001
) -> None:
    (answers / "without").mkdir()
    (answers / "with").mkdir()
    (answers / "with" / "bus").touch()
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("{}", str(answers)))
    command = fake(answers, "secret-tool", "echo key")
    reading = ("store", "keyring", "mine", "", command)
    if reachable:
        assert secret_reader.value(reading, "mine", "") == "key"
    else:
        assert "no desktop session (D-Bus)" in refused(*reading[1:]).what


# Again, where somebody is there


@pytest.mark.parametrize(("somebody", "alone"), [(True, False), (True, True), (False, False)], ids=str)
def test_who_could_answer_is_asked(
    answers: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    somebody: bool,
    alone: bool,
) -> None:
    monkeypatch.setattr("os.isatty", lambda handle: somebody and handle == 0)
    command = fake(
        answers, "bw", f'case "$1" in --nointeraction) echo "Vault is locked." >&2; exit 1 ;; *) echo {CANARY} ;; esac'
    )
    reading = ("bw", "item", "", command, "--nointeraction", "get", "password", "item")
    if somebody and not alone:
        assert secret_reader.value(("store", *reading), "mine", "") == CANARY
        return
    error = refused(*reading, alone=alone)
    assert error.what == "mine: Bitwarden is locked"
    assert "bw unlock" in error.hint


def test_a_store_that_does_not_answer_is_not_asked_again(answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_SECRET_TIMEOUT", "0.2")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "x")
    monkeypatch.setattr(sys, "executable", fake(answers, "python", f"echo {CANARY}"))
    with pytest.raises(CcError, match=r"no answer within 0\.2 seconds") as caught:
        secret_reader.value(("store", "keyring", "mine", "", fake(answers, "secret-tool", "exec sleep 60")), "mine", "")
    assert not isinstance(caught.value, helper.HelperFailed)


# A sealed launch


def test_a_sealed_launch_says_why_nobody_can_be_asked(answers: Path) -> None:
    from cc_launcher.core.plan import HELPER, Slot

    command = fake(answers, "gpg", "echo 'gpg: public key decryption failed: No pinentry' >&2; exit 2")
    slot = Slot(
        reference="gpg:/x", delivery=HELPER, name="apiKeyHelper", hint="", read=("store", "gpg", "/x", "line", command)
    )
    with pytest.raises(CcError) as caught:
        secret_reader.for_helper(slot, "mine")
    assert caught.value.what.startswith("mine: gpg: ")
    assert caught.value.hint.endswith("where it cannot ask you")


def test_a_keyring_that_is_not_there_leaves_the_way_by_a_variable(
    answers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    reading = ("store", "keyring", "mine", "", fake(answers, "secret-tool", "echo key"))
    with pytest.raises(CcError) as caught:
        secret_reader.value(reading, "mine", "export MINE_KEY=…, or cc secret set mine")
    assert caught.value.hint.startswith("export MINE_KEY=…, or start a keyring")
