"""Stores that fail: each in each way, through the real `cc run`; and what a store that works hands to whom.

The stores' commands are FAKES (tests/fakes/fake_store.py), for what cannot be had here or cannot be made to fail.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.client.harness import Terminal
from tests.fakes import fake_keyring, fake_store
from tests.fakes.fake_store import (
    ANSWER,
    DEAF,
    ENDLESS,
    ENDLESS_WORDS,
    GRANDCHILD,
    HANG,
    MESSAGES,
    STOP,
    Step,
    ending,
    failing,
    killed,
    locked,
    passphrase,
    printing,
    saying,
    sleeping,
)
from tests.support import LIMIT, SYSTEM_PATH, Result, Sandbox, run
from tests.watch import no_argument_holds, no_file_holds

REFUSED, TIMED_OUT, INVALID = 77, 75, 78
HUGE = 64 * 1024 + 1
SECRET = "sk-canary-of-the-stores"
SHORT, LONG = "1", "100"  # deadlines: for what never comes, and for what comes on a machine of any speed
PASSWORD = "correct horse battery staple"
UNKNOWN = "the frobnicator is jammed"

# What the stores' commands take from the environment, and whose it is: none of it may be shown by anybody.
CANARY = "canary-of-a-variable"
VARIABLES = {
    "op": ("OP_SERVICE_ACCOUNT_TOKEN", "OP_CONNECT_TOKEN", "OP_CONNECT_HOST", "OP_SESSION"),
    "bw": ("BW_SESSION", "BW_CLIENTID", "BW_CLIENTSECRET", "BW_PASSWORD"),
    "aws-sm": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    "vault": ("VAULT_TOKEN",),
}
ALL_VARIABLES = {name: f"{CANARY}-{name}" for names in VARIABLES.values() for name in names}


@dataclass(frozen=True)
class Kept:
    """Where a secret is kept: the reference, the command that is asked, what is in the store."""

    reference: str
    command: str
    items: Callable[[str], dict[str, Any]]
    argv: Sequence[str]
    first_line: bool = False  # of what the command prints, and not the whole


FILE = "/no/such/file"
_BW_ITEM: dict[str, Any] = {"login": {"username": "me", "password": "no"}, "notes": "no", "fields": []}
STORES = {
    "keyring": Kept(
        "keyring:zai", "secret-tool", lambda it: {"zai": it}, ["lookup", "service", "cc-launcher", "username", "zai"]
    ),
    "op": Kept(
        "op://dev/zai/key", "op", lambda it: {"op://dev/zai/key": it}, ["read", "--no-newline", "op://dev/zai/key"]
    ),
    "pass": Kept(
        "pass:ai/zai", "pass", lambda it: {"ai/zai": f"{it}\nuser: me\n"}, ["show", "ai/zai"], first_line=True
    ),
    "bw": Kept(
        "bw:zai", "bw", lambda it: {"zai": {"login": {"password": it}}}, ["--nointeraction", "get", "password", "zai"]
    ),
    "aws-sm": Kept(
        "aws-sm:ai/zai",
        "aws",
        lambda it: {"ai/zai": it},
        ["secretsmanager", "get-secret-value", "--secret-id", "ai/zai", "--query", "SecretString", "--output", "text"],
    ),
    "gpg": Kept(
        f"gpg:{FILE}",
        "gpg",
        lambda it: {FILE: f"{it}\nmore\n"},
        ["--quiet", "--batch", "--decrypt", "--", FILE],
        first_line=True,
    ),
    "age": Kept(f"age:{FILE}", "age", lambda it: {FILE: f"{it}\n"}, ["--decrypt", "--", FILE], first_line=True),
    "vault": Kept(
        "vault:secret/zai#key",
        "vault",
        lambda it: {"secret/zai": {"key": it}},
        ["kv", "get", "-field=key", "secret/zai"],
    ),
}
FIELDS = {
    "pass field": Kept(
        "pass:ai/zai#API key", "pass", lambda it: {"ai/zai": f"no\nuser: me\napi KEY:  {it} \r\n"}, ["show", "ai/zai"]
    ),
    "bw user": Kept(
        "bw:zai#username",
        "bw",
        lambda it: {"zai": {"login": {"username": it, "password": "no"}}},
        ["--nointeraction", "get", "username", "zai"],
    ),
    "bw notes": Kept(
        "bw:zai#notes", "bw", lambda it: {"zai": _BW_ITEM | {"notes": it}}, ["--nointeraction", "get", "notes", "zai"]
    ),
    "bw custom": Kept(
        "bw:zai#API key",
        "bw",
        lambda it: {
            "zai": _BW_ITEM | {"fields": [{"name": "no", "value": "no"}, {"name": "API key", "value": it, "type": 1}]}
        },
        ["--nointeraction", "get", "item", "zai"],
    ),
    "aws key": Kept(
        "aws-sm:ai/zai#api key",
        "aws",
        lambda it: {"ai/zai": json.dumps({"user": "me", "api key": it})},
        ["secretsmanager", "get-secret-value", "--secret-id", "ai/zai", "--query", "SecretString", "--output", "text"],
    ),
    "age identity": Kept(
        f"age:{FILE}#/my/key", "age", lambda it: {FILE: f"{it}\n"}, ["--decrypt", "-i", "/my/key", "--", FILE]
    ),
    "op section": Kept(
        "op://dev/zai/api/key?attribute=value",
        "op",
        lambda it: {"op://dev/zai/api/key?attribute=value": it},
        ["read", "--no-newline", "op://dev/zai/api/key?attribute=value"],
    ),
}


class StoreScene:
    """A sandbox with the fakes of all stores, and a FAKE library for the keyring."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.bin = sandbox.outside / "stores"
        self.stores = fake_store.install(self.bin)
        self.library("return None")
        sandbox.was_told("mine")

    def library(self, body: str) -> None:
        """What the library of the keyring does."""
        fake_keyring.install(self.sandbox.outside / "library", body)

    def environment(self, **more: str) -> dict[str, str]:
        """What `cc` runs in: the fakes first on PATH, a bus for the keyring's command, the stores' variables."""
        own = {
            "PATH": f"{self.bin}:{self.sandbox.bin}:{SYSTEM_PATH}",
            "PYTHONPATH": str(self.sandbox.outside / "library"),
            "PYTHONDONTWRITEBYTECODE": "1",  # what the library does changes faster than a second
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/no/such/bus",
        }
        return self.sandbox.environment(**(own | ALL_VARIABLES | {"CC_SECRET_TIMEOUT": LONG} | more))

    def kept(self, profile: str, kept: Kept, secret: str = SECRET, more: str = "") -> None:
        """A profile whose secret is kept there."""
        self.sandbox.was_told(profile)
        self.sandbox.profile(profile, f"extends = \"zai\"\nsecret = '{kept.reference}'\n{more}")
        self.stores[kept.command].keeps(kept.items(secret))

    def run(self, *args: str, cached: bool = False, **more: str) -> Result:
        """Run `cc`; nothing that it says shows the secret, or what the stores need for themselves."""
        result = self.sandbox.run(*args, environment=self.environment(**more), cached=cached)
        for hidden in (SECRET, CANARY):
            assert hidden.encode() not in result.out + result.err, result
        return result

    def launched(self, profile: str, *args: str, cached: bool = False, **more: str) -> dict[bytes, bytes]:
        """A launch goes well; the environment of the client."""
        result = self.run("run", *args, profile, cached=cached, **more)
        assert (result.code, result.err) == (0, b"")
        dump = self.sandbox.fake.take()
        assert SECRET.encode() not in b"\0".join(dump.arguments)
        assert self.sandbox.nothing_runs()
        return dump.environment

    def refused(
        self, profile: str, says: str, *args: str, code: int = REFUSED, cached: bool = False, **more: str
    ) -> list[str]:
        """A launch ends before it begins, and says why; the lines that it says."""
        result = self.run("run", *args, profile, cached=cached, **more)
        self.ended(result, profile, says, code)
        return result.err.decode().splitlines()

    def ended(self, result: Result, profile: str, says: str, code: int) -> None:
        """This is how a launch ends that never began."""
        lines = result.err.decode().splitlines()
        assert result.code == code, lines
        assert result.out == b""
        assert lines[0].startswith(f"cc: {profile}: "), lines
        assert says in lines[0], lines
        assert lines[-1].startswith("hint: "), lines
        assert len(lines[-1]) > len("hint: "), lines
        assert all(line.startswith("cc: ") for line in lines[:-1]), lines
        assert not self.sandbox.fake.started
        assert self.sandbox.nothing_runs()


@pytest.fixture
def scene(sandbox: Sandbox) -> StoreScene:
    return StoreScene(sandbox)


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> StoreScene:
    """A scene in which a profile for each store, of its name, has a cached plan, so that a fault takes little time."""
    scene = StoreScene(Sandbox(tmp_path_factory.mktemp("stores")))
    for name, kept in STORES.items():
        scene.kept(name, kept)
    for name in STORES:
        for cached in (False, True):
            assert scene.launched(name, cached=cached)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    return scene


@pytest.fixture
def warm(launched: StoreScene) -> StoreScene:
    """The same, with nothing left from another test."""
    for store in launched.stores.values():
        store.calls()
    launched.library("return None")
    return launched


# What a store hands to whom


@pytest.mark.parametrize("kept", [*STORES.values(), *FIELDS.values()], ids=[*STORES, *FIELDS])
def test_the_client_gets_what_the_store_keeps(scene: StoreScene, kept: Kept) -> None:
    scene.kept("mine", kept)
    for cached in (False, True):
        assert scene.launched("mine", cached=cached)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
        (call,) = scene.stores[kept.command].calls()
        assert call.argv == kept.argv
        assert (call.stdin, call.terminal) == ("device", False)
        assert set(ALL_VARIABLES) <= set(call.names)
    assert not [name for name, store in scene.stores.items() if store.calls()]


@pytest.mark.parametrize("text", ["  blanks inside and around  ", "a#b:c//d=e", "käse-☃", "x" * 64_000])
def test_a_secret_comes_as_it_is(warm: StoreScene, text: str) -> None:
    for name, kept in STORES.items():
        warm.stores[kept.command].keeps(kept.items(text))
        assert warm.launched(name)[b"ANTHROPIC_AUTH_TOKEN"] == text.encode(), name


def test_line_ends_do_not_belong_to_a_secret(warm: StoreScene) -> None:
    for name, kept in STORES.items():
        for line_end in ("\n", "\r\n"):
            warm.stores[kept.command].does(printing(SECRET + line_end))
            assert warm.launched(name)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode(), name


def test_a_slow_store_is_waited_for(warm: StoreScene) -> None:
    for name, kept in STORES.items():
        warm.stores[kept.command].keeps(kept.items(SECRET))
        warm.stores[kept.command].does(sleeping(0.3), ANSWER)
        assert warm.launched(name)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode(), name


def test_a_grandchild_that_holds_the_pipe_is_not_waited_for(warm: StoreScene) -> None:
    for name, kept in STORES.items():
        warm.stores[kept.command].keeps(kept.items(SECRET))
        warm.stores[kept.command].does(GRANDCHILD, ANSWER)
        assert warm.launched(name)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode(), name


def test_words_of_a_store_that_works_are_not_shown(warm: StoreScene) -> None:
    for name, kept in STORES.items():
        warm.stores[kept.command].keeps(kept.items(SECRET))
        warm.stores[kept.command].does(saying("a new version is there"), ANSWER)
        warm.launched(name)  # which sees that nothing is said


@pytest.mark.parametrize("more", ["", "sealed = true\n", 'extends = "anthropic"\n'], ids=["token", "sealed", "api key"])
@pytest.mark.parametrize("name", [*STORES, *FIELDS])
def test_a_secret_is_in_no_argument_and_in_no_file(scene: StoreScene, name: str, more: str) -> None:
    kept = (STORES | FIELDS)[name]
    secret = f"canary-{secrets.token_hex(16)}"
    scene.stores[kept.command].keeps(kept.items(secret))
    extends = "" if "extends" in more else 'extends = "zai"\n'
    scene.sandbox.profile("mine", f"{extends}secret = '{kept.reference}'\n{more}")
    with no_argument_holds(secret.encode()):
        for cached in (False, True):
            result = scene.run("run", "mine", "-p", "hi", cached=cached)
            assert (result.code, result.err) == (0, b"")
            dump = scene.sandbox.fake.take()
            holders = [name for name, value in dump.environment.items() if secret.encode() in value]
            assert holders == ([] if more else [b"ANTHROPIC_AUTH_TOKEN"])
            assert dump.key == (secret.encode() if "anthropic" in more else None)
            assert secret.encode() not in b"\0".join(dump.arguments)
    for call in scene.stores[kept.command].calls():
        assert secret not in "\0".join(call.argv)
    for place in (scene.sandbox.home, scene.sandbox.work, scene.sandbox.bin, scene.sandbox.outside / "library"):
        no_file_holds(secret.encode(), place.rglob("*"))


def test_a_header_from_another_store(scene: StoreScene) -> None:
    scene.kept("mine", STORES["op"], more="[secret_headers]\nX-Key = 'vault:secret/zai#key'\n")
    scene.stores["vault"].keeps({"secret/zai": {"key": "sk-of-the-vault"}})
    environment = scene.launched("mine")
    assert environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    assert environment[b"ANTHROPIC_CUSTOM_HEADERS"] == b"X-Key: sk-of-the-vault"
    scene.stores["vault"].does(*MESSAGES["vault"]["sealed"])
    scene.refused("mine", "Vault is sealed", cached=True)


# The failure matrix


@dataclass(frozen=True)
class Fault:
    """What a store's command does instead of answering, and how the launch ends."""

    steps: Sequence[Step]
    says: str
    code: int = REFUSED
    library: bool = False  # whether the keyring's library is asked next, which has nothing


HANGS = "no answer within 1 seconds"
FAULTS = {
    "nothing": Fault([], "the secret is empty"),
    "only a newline": Fault([printing("\n")], "the secret is empty"),
    "only a line end": Fault([printing("\r\n")], "the secret is empty"),
    "only blanks": Fault([printing(" \t \n")], "the secret is empty"),
    "NUL": Fault([printing(f"{SECRET}\0{SECRET}\n")], "holds control characters"),
    "escape": Fault([printing(f"{SECRET}\x1b[2J\n")], "holds control characters"),
    "header": Fault([printing(f"{SECRET}\rX-Injected: yes\n")], "holds control characters"),
    "huge": Fault([printing("x" * HUGE)], "is larger than 64 KiB"),
    "huge with its line end": Fault([printing("x" * HUGE + "\n")], "is larger than 64 KiB"),
    "more than huge": Fault([printing("x" * 100_000)], "prints more than a key can be"),
    "endless": Fault([ENDLESS], "prints more than a key can be"),
    "endless and deaf": Fault([DEAF, GRANDCHILD, ENDLESS], "prints more than a key can be"),
    "endless words": Fault([ENDLESS_WORDS], HANGS, TIMED_OUT),
    "garbage": Fault([printing(f"{SECRET}\xff\xfe\n")], "is not text"),
    "hangs": Fault([HANG], HANGS, TIMED_OUT),
    "hangs with an answer": Fault([printing(SECRET), HANG], HANGS, TIMED_OUT),
    "hangs with a grandchild that holds the pipe": Fault([GRANDCHILD, printing(SECRET), HANG], HANGS, TIMED_OUT),
    "hangs and is deaf": Fault([DEAF, GRANDCHILD, saying("no"), HANG], HANGS, TIMED_OUT),
    "stops": Fault([printing(SECRET), STOP], "has to ask something, and there is no terminal"),
    "killed": Fault([printing(SECRET), killed("KILL")], "failed (signal 9)", library=True),
    "terminated": Fault([printing(SECRET), killed("TERM")], "failed (signal 15)", library=True),
    "interrupted": Fault([printing(SECRET), killed("INT")], "failed (signal 2)", library=True),
    "fails with an answer": Fault([printing(SECRET), ending(1)], "failed (exit code 1)", library=True),
    "fails with a grandchild": Fault([GRANDCHILD, ending(1)], "failed (exit code 1)", library=True),
    **{
        f"fails with {code}": Fault(failing(UNKNOWN, code), f"failed (exit code {code})", library=True)
        for code in (1, 2, 3, 4, 5, 6, 7, 44, 64, 77, 126, 127, 128, 255)
    },
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("name", STORES)
def test_store_at_fault(warm: StoreScene, name: str, fault: Fault) -> None:
    warm.stores[STORES[name].command].does(*fault.steps)
    deadline = SHORT if fault.code == TIMED_OUT else LONG
    says = "there is no key in the keyring" if fault.library and name == "keyring" else fault.says
    lines = warm.refused(name, says, code=fault.code, CC_SECRET_TIMEOUT=deadline)
    known = UNKNOWN not in str(fault.steps) or name == "keyring"
    assert lines[1:-1] == ([] if known else [f"cc: {UNKNOWN}"])


@pytest.mark.parametrize("name", [name for name, kept in STORES.items() if not kept.first_line])
def test_more_than_one_line(warm: StoreScene, name: str) -> None:
    warm.stores[STORES[name].command].does(printing(f"{SECRET}\n{SECRET}\n"))
    warm.refused(name, "more than one line")


@pytest.mark.parametrize("name", [name for name, kept in STORES.items() if kept.first_line])
def test_lines_below_the_secret_do_not_matter(warm: StoreScene, name: str) -> None:
    warm.stores[STORES[name].command].does(printing(f"{SECRET}\r\n\0\xff\n"))
    assert warm.launched(name)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    warm.stores[STORES[name].command].does(printing(f"\n{SECRET}\n"))
    warm.refused(name, "the secret is empty")


NOT_FOUND = {
    "keyring": "there is no key in the keyring",
    "op": "1Password has no such vault, item or field",
    "pass": "pass has no such entry",
    "bw": "Bitwarden has no such item",
    "aws-sm": "AWS Secrets Manager has no such secret here",
    "gpg": "there is no such file",
    "age": "there is no such file, or no such identity",
    "vault": "Vault has no such secret",
}


@pytest.mark.parametrize(("name", "says"), NOT_FOUND.items(), ids=NOT_FOUND)
def test_no_such_item(warm: StoreScene, name: str, says: str) -> None:
    warm.stores[STORES[name].command].keeps({})
    warm.refused(name, says)


NO_COMMAND = {
    "op": "1Password: the command op is not installed",
    "pass": "pass: the command pass is not installed",
    "bw": "Bitwarden: the command bw is not installed",
    "aws-sm": "AWS Secrets Manager: the command aws is not installed",
    "gpg": "gpg: the command gpg is not installed",
    "age": "age: the command age is not installed",
    "vault": "Vault: the command vault is not installed",
}


@pytest.mark.parametrize(("name", "says"), NO_COMMAND.items(), ids=NO_COMMAND)
def test_no_command(scene: StoreScene, name: str, says: str) -> None:
    scene.kept("mine", STORES[name])
    lines = scene.refused("mine", says, PATH=str(scene.sandbox.bin))
    assert "install" in lines[-1]
    # Installed after that, it is found, although there is a plan by now.
    assert scene.launched("mine")[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    scene.stores[STORES[name].command].path.unlink()
    scene.refused("mine", says, PATH=f"{scene.bin}:{scene.sandbox.bin}")


@pytest.mark.parametrize("name", STORES)
@pytest.mark.parametrize("text", [b"#!/no/such/interpreter\n", b"\x7fELF and nothing more", b""], ids=ascii)
def test_a_command_that_does_not_run(scene: StoreScene, name: str, text: bytes) -> None:
    scene.kept("mine", STORES[name])
    scene.stores[STORES[name].command].path.write_bytes(text)
    scene.refused("mine", "")


# Its own words


SAID = {
    ("op", "not signed in"): "1Password: not signed in",
    ("op", "no account"): "1Password: not signed in",
    ("op", "dismissed"): "1Password did not allow reading it",
    ("op", "no vault"): "1Password has no such vault, item or field",
    ("op", "no field"): "1Password has no such vault, item or field",
    ("op", "not reachable"): "1Password cannot be reached",
    ("bw", "locked"): "Bitwarden is locked",
    ("bw", "not signed in"): "Bitwarden: not signed in",
    ("bw", "several"): "Bitwarden has several items of this name",
    ("vault", "no field"): "Vault's secret has no such field",
    ("vault", "denied"): "Vault: not signed in, or not allowed to read this",
    ("vault", "sealed"): "Vault is sealed",
    ("vault", "not reachable"): "Vault cannot be reached",
    ("keyring", "locked"): "the keyring is locked",
    ("pass", "locked"): "pass: the gpg key is missing, or was not unlocked",
    ("pass", "no key"): "pass: the gpg key is missing, or was not unlocked",
    ("pass", "dismissed"): "pass: the passphrase was not given",
    ("pass", "wrong"): "pass: wrong passphrase",
    ("pass", "no gpg"): "failed (exit code 127)",
    ("gpg", "locked"): "gpg: the gpg key is missing, or was not unlocked",
    ("gpg", "no key"): "gpg: the gpg key is missing, or was not unlocked",
    ("gpg", "no rights"): "the file cannot be read",
    ("gpg", "plain"): "the file is not encrypted with gpg",
    ("age", "locked"): "age: the passphrase is wrong, or there is no terminal to type it on",
    ("age", "no key"): "age: no key of yours opens the file",
    ("age", "no rights"): "the file cannot be read",
    ("age", "plain"): "the file is not encrypted with age",
    ("age", "no identity"): "there is no such file, or no such identity",
    ("aws-sm", "not signed in"): "AWS: not signed in, or the session has expired",
    ("aws-sm", "expired"): "AWS: not signed in, or the session has expired",
    ("aws-sm", "sso"): "AWS: not signed in, or the session has expired",
    ("aws-sm", "denied"): "AWS Secrets Manager refuses this identity",
    ("aws-sm", "no region"): "AWS: no region is chosen",
    ("aws-sm", "not reachable"): "AWS Secrets Manager cannot be reached",
}


def test_every_message_of_the_fakes_is_tried() -> None:
    known = {(name, what) for name, kept in STORES.items() for what in MESSAGES[kept.command]}
    assert known == set(SAID)


@pytest.mark.parametrize(("case", "says"), SAID.items(), ids=[" ".join(case) for case in SAID])
def test_what_a_store_says_is_understood(warm: StoreScene, case: tuple[str, str], says: str) -> None:
    name, what = case
    warm.stores[STORES[name].command].does(*MESSAGES[STORES[name].command][what])
    if (name, what) == ("keyring", "locked"):
        warm.library("raise KeyringLocked('sk-key')")  # the command does not tell it from an empty one
    warm.refused(name, says)


def test_unknown_words_are_shown_as_plain_text_and_not_all_of_them(warm: StoreScene) -> None:
    words = "".join(f"line {number}\n" for number in range(100)) + f"\n\x1b[2J\x07 {'x' * 1000}\r\n\n"
    warm.stores["vault"].does(*failing(words, 3))
    lines = warm.refused("vault", "failed (exit code 3)")
    assert lines[1:3] == ["cc: line 98", "cc: line 99"]
    assert len(lines) == 5
    assert len(lines[3]) < 400
    assert all(line.isprintable() for line in lines)


def test_words_that_are_no_text(warm: StoreScene) -> None:
    for steps in (
        [saying("\ud800".encode("utf-8", "replace").decode()), ending(1)],
        [saying("x" * 200_000), ending(1)],
    ):
        warm.stores["vault"].does(*steps)
        warm.refused("vault", "failed (exit code 1)")


# Fields that are not there


NO_FIELD: dict[str, tuple[str, str, Any]] = {
    "pass: no such line": ("pass:x#key", "pass", {"x": "no\nuser: me\n"}),
    "pass: the first line is none": ("pass:x#key", "pass", {"x": "key: no\n"}),
    "pass: no line at all": ("pass:x#key", "pass", {"x": "\n"}),
    "pass: empty": ("pass:x#key", "pass", {"x": "no\nkey:\n"}),
    "bw: none": ("bw:x#key", "bw", {"x": {"name": "x"}}),
    "bw: null": ("bw:x#key", "bw", {"x": {"fields": None}}),
    "bw: another": ("bw:x#key", "bw", {"x": {"fields": [{"name": "other", "value": "no"}]}}),
    "bw: linked": ("bw:x#key", "bw", {"x": {"fields": [{"name": "key", "value": None, "type": 3}]}}),
    "bw: strange": ("bw:x#key", "bw", {"x": {"fields": "key"}}),
    "bw: no notes": ("bw:x#notes", "bw", {"x": {"name": "x"}}),
    "aws: another": ("aws-sm:x#key", "aws", {"x": '{"other": "no"}'}),
    "aws: no JSON": ("aws-sm:x#key", "aws", {"x": SECRET}),
    "aws: a list": ("aws-sm:x#key", "aws", {"x": '["key"]'}),
    "aws: a number": ("aws-sm:x#key", "aws", {"x": '{"key": 5}'}),
    "aws: null": ("aws-sm:x#key", "aws", {"x": '{"key": null}'}),
    "aws: half a letter": ("aws-sm:x#key", "aws", {"x": '{"key": "\\ud800"}'}),
    "aws: deep": ("aws-sm:x#key", "aws", {"x": "[" * 30_000}),
    "aws: binary": ("aws-sm:x", "aws", {"x": "None"}),  # what the command prints where a secret is no text
    "vault: another": ("vault:x#key", "vault", {"x": {"other": "no"}}),
}


@pytest.mark.parametrize(("reference", "command", "items"), NO_FIELD.values(), ids=NO_FIELD)
def test_a_field_that_is_not_there(scene: StoreScene, reference: str, command: str, items: dict[str, Any]) -> None:
    scene.sandbox.profile("mine", f'extends = "zai"\nsecret = "{reference}"\n')
    scene.stores[command].keeps(items)
    scene.refused("mine", "")
    assert scene.stores[command].calls()


# The keyring's command, and its library


def test_without_its_command_the_keyring_is_read_with_the_library(scene: StoreScene) -> None:
    scene.kept("mine", STORES["keyring"])
    scene.library(f"return {SECRET!r} if (service, name) == ('cc-launcher', 'zai') else None")
    environment = scene.launched("mine", PATH=_without(scene, "secret-tool"))
    assert environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    assert not scene.stores["secret-tool"].calls()


def _without(scene: StoreScene, command: str) -> str:
    """What PATH is for a machine that has the client and a shell, and not this command."""
    scene.sandbox.hide(command)
    client = scene.sandbox.outside / "client"
    client.mkdir()
    (client / "claude").symlink_to(scene.sandbox.fake.path)
    return f"{client}:{scene.sandbox.system_path}"


BROKEN_TOOLS = {
    "not there": [ending(1)],
    "fails": failing("Cannot autolaunch D-Bus without X11 $DISPLAY", 1),
    "killed": [killed("SEGV")],
    "fails with an answer": [printing("sk-of-the-broken-command"), ending(1)],
}


@pytest.mark.parametrize("steps", BROKEN_TOOLS.values(), ids=BROKEN_TOOLS)
def test_where_its_command_fails_the_library_is_asked(warm: StoreScene, steps: Sequence[Step]) -> None:
    warm.stores["secret-tool"].does(*steps)
    warm.library(f"return {SECRET!r} if (service, name) == ('cc-launcher', 'zai') else None")
    assert warm.launched("keyring")[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    assert len(warm.stores["secret-tool"].calls()) == 1


def test_where_its_command_has_gone_the_library_is_asked(scene: StoreScene) -> None:
    scene.kept("mine", STORES["keyring"])
    scene.launched("mine")
    scene.stores["secret-tool"].path.unlink()
    scene.library(f"return {SECRET!r}")
    assert scene.launched("mine", cached=True)[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()


@pytest.mark.parametrize(
    ("body", "says", "code"),
    [
        ("raise RuntimeError('sk-canary-of-the-stores')", "the keyring gave an unexpected answer", REFUSED),
        ("return ''", "the secret is empty", REFUSED),
        ("time.sleep(600)", HANGS, TIMED_OUT),
        ("print('sk-key', flush=True), subprocess.run(['sleep', '600'])", HANGS, TIMED_OUT),
    ],
)
def test_where_both_fail(warm: StoreScene, body: str, says: str, code: int) -> None:
    warm.stores["secret-tool"].does(ending(1))
    warm.library(body)
    warm.refused("keyring", says, code=code, CC_SECRET_TIMEOUT=SHORT if code == TIMED_OUT else LONG)


def test_without_a_bus_the_command_is_not_asked(warm: StoreScene) -> None:
    warm.stores["secret-tool"].keeps(STORES["keyring"].items(SECRET))
    warm.refused("keyring", "no desktop session (D-Bus)", DBUS_SESSION_BUS_ADDRESS="")
    assert not warm.stores["secret-tool"].calls()


# Sealed launches


def helper_of(arguments: list[bytes]) -> str:
    """The command that a launch tells the client to fetch the secret with."""
    settings: dict[str, str] = json.loads(arguments[arguments.index(b"--settings") + 1])
    return settings["apiKeyHelper"]


def fetched(scene: StoreScene) -> str:
    """What the client gets when it does as it was told in a sealed launch: it runs the command with a shell."""
    dump = scene.sandbox.fake.take()
    assert [name for name, value in dump.environment.items() if SECRET.encode() in value] == []
    result = run(["/bin/sh", "-c", helper_of(dump.arguments)], dump.environment, scene.sandbox.work)
    assert (result.code, result.err) == (0, b"")
    return result.out.decode().rstrip("\n")


@pytest.mark.parametrize("kept", [*STORES.values(), *FIELDS.values()], ids=[*STORES, *FIELDS])
def test_a_sealed_client_fetches_the_secret_itself(scene: StoreScene, kept: Kept) -> None:
    scene.kept("mine", kept)
    for cached in (False, True):
        result = scene.run("run", "--sealed", "mine", cached=cached)
        assert (result.code, result.err) == (0, b"")
        assert len(scene.stores[kept.command].calls()) == 1  # tried before the client starts
        assert fetched(scene) == SECRET
        (call,) = scene.stores[kept.command].calls()
        assert call.argv == kept.argv
        assert call.gpg_tty in {None, ""}


def test_a_sealed_keyring_pins_the_systems_command(scene: StoreScene) -> None:
    scene.kept("mine", STORES["keyring"])
    assert scene.run("run", "--sealed", "mine").code == 0
    command = scene.stores["secret-tool"].path
    assert helper_of(scene.sandbox.fake.take().arguments) == f"{command} lookup service cc-launcher username zai"


def test_a_sealed_keyring_is_not_taken_for_readable_by_what_is_not_pinned(scene: StoreScene) -> None:
    """The library may have what the command does not find: the client would then fetch nothing."""
    scene.kept("mine", STORES["keyring"])
    scene.stores["secret-tool"].keeps({})
    scene.library(f"return {SECRET!r}")
    if scene.run("run", "--sealed", "mine").code == 0:
        assert fetched(scene) == SECRET
    else:
        assert not scene.sandbox.fake.started


SEALED_FAULTS = {
    "not found": Fault([ending(1)], ""),
    "empty": Fault([printing("\n")], "the secret is empty"),
    "garbage": Fault([printing("\xff")], "is not text"),
    "endless": Fault([GRANDCHILD, ENDLESS], "prints more than a key can be"),
    "hangs": Fault([GRANDCHILD, HANG], HANGS, TIMED_OUT),
    "killed": Fault([killed("KILL")], ""),
    "stops": Fault([STOP], "there is no terminal"),
}


@pytest.mark.parametrize("fault", SEALED_FAULTS.values(), ids=SEALED_FAULTS)
@pytest.mark.parametrize("name", STORES)
def test_a_sealed_launch_does_not_start_when_its_store_fails(warm: StoreScene, name: str, fault: Fault) -> None:
    warm.stores[STORES[name].command].does(*fault.steps)
    deadline = SHORT if fault.code == TIMED_OUT else LONG
    lines = warm.refused(name, fault.says, "--sealed", code=fault.code, CC_SECRET_TIMEOUT=deadline)
    assert lines[-1].endswith("a sealed launch reads the secret in the background, where it cannot ask you")


@pytest.mark.parametrize("name", NO_COMMAND)
def test_a_sealed_launch_without_the_command(scene: StoreScene, name: str) -> None:
    scene.kept("mine", STORES[name])
    scene.refused("mine", NO_COMMAND[name], "--sealed", PATH=str(scene.sandbox.bin))


# What the stores need for themselves


@pytest.mark.parametrize("name", VARIABLES)
def test_scrub_takes_out_what_the_store_needs_and_only_that(scene: StoreScene, name: str) -> None:
    scene.kept("mine", STORES[name], more="scrub = true\n")
    scene.kept("plain", STORES[name])
    own = set(VARIABLES[name])
    for cached in (False, True):
        left = scene.launched("mine", cached=cached)
        assert {key for key in ALL_VARIABLES if key.encode() in left} == set(ALL_VARIABLES) - own
        (call,) = scene.stores[STORES[name].command].calls()
        assert own <= set(call.names)
        plain = scene.launched("plain", cached=cached)
        assert {key: plain.get(key.encode(), b"").decode() for key in ALL_VARIABLES} == ALL_VARIABLES
        scene.stores[STORES[name].command].calls()


def test_scrub_takes_out_the_sessions_of_1password_accounts(scene: StoreScene) -> None:
    """`eval $(op signin)` names the variable for the account."""
    scene.kept("mine", STORES["op"], more="scrub = true\n")
    left = scene.launched("mine", OP_SESSION_my=CANARY, OP_SESSION_ABCDEFGHIJKLMNOPQRSTUVWXYZ=CANARY)
    assert [name for name in left if name.startswith(b"OP_SESSION")] == []


def test_scrub_takes_out_what_the_store_of_a_header_needs(scene: StoreScene) -> None:
    scene.kept("mine", STORES["pass"], more="scrub = true\n[secret_headers]\nX-Key = 'vault:secret/zai#key'\n")
    scene.stores["vault"].keeps({"secret/zai": {"key": "sk-of-the-vault"}})
    left = scene.launched("mine")
    assert b"VAULT_TOKEN" not in left
    assert b"BW_SESSION" in left


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("args", [["--sealed"], []], ids=["asked for", "in the profile"])
def test_scrub_and_sealed_are_one_too_many(scene: StoreScene, name: str, args: list[str]) -> None:
    scene.kept("mine", STORES[name], more="scrub = true\n" if args else "scrub = true\nsealed = true\n")
    lines = scene.refused("mine", "scrub", *args, code=INVALID)
    assert "sealed" in lines[-1]
    assert not scene.stores[STORES[name].command].calls()


@pytest.mark.parametrize("name", [name for name in STORES if name not in VARIABLES])
def test_scrub_and_sealed_where_the_store_needs_nothing(scene: StoreScene, name: str) -> None:
    scene.kept("mine", STORES[name], more="scrub = true\n")
    assert scene.run("run", "--sealed", "mine").code == 0
    assert fetched(scene) == SECRET


@pytest.mark.parametrize("name", VARIABLES)
def test_scrub_on_an_old_client_that_would_seal_by_itself(scene: StoreScene, name: str) -> None:
    """Nobody asked for a sealed launch, so it is no reason to refuse one."""
    scene.sandbox.fake.answer_version("2.1.72")
    scene.kept("mine", STORES[name], more="scrub = true\n")
    result = scene.run("run", "mine")
    assert result.code == 0, result.err
    left = scene.sandbox.fake.take().environment
    assert left[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    assert not any(key.encode() in left for key in VARIABLES[name])


# On a terminal


@dataclass
class Screen:
    """A launch on a terminal."""

    scene: StoreScene
    terminal: Terminal = field(init=False)

    def __call__(self, *argv: str, **more: str) -> Terminal:
        environment = self.scene.environment(TERM="xterm-256color", **more)
        self.terminal = Terminal([self.scene.sandbox.cc, *argv], environment, self.scene.sandbox.work)
        return self.terminal


@pytest.fixture
def screen(scene: StoreScene) -> Any:
    opened = Screen(scene)
    yield opened
    opened.terminal.close()


def asking(scene: StoreScene) -> fake_store.FakeStore:
    """A locked Bitwarden."""
    scene.kept("mine", STORES["bw"])
    scene.stores["bw"].does(locked(PASSWORD), ANSWER)
    return scene.stores["bw"]


QUESTION = "? Master password: [hidden]"


@pytest.mark.parametrize("again", [False, True], ids=["first", "cached"])
def test_a_locked_bitwarden_asks_on_the_terminal(scene: StoreScene, screen: Screen, again: bool) -> None:  # noqa: FBT001
    bitwarden = asking(scene)
    if again:
        bitwarden.does(ANSWER)
        scene.launched("mine")
        bitwarden.does(locked(PASSWORD), ANSWER)
        bitwarden.calls()
    terminal = screen("run", "mine", "-p", "hi")
    terminal.wait_for(QUESTION, timeout=LIMIT)
    terminal.send(f"{PASSWORD}\r")
    assert terminal.wait(LIMIT) == 0, terminal.screen()
    assert scene.sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    silent, typed = bitwarden.calls()
    assert (silent.argv, silent.stdin) == (["--nointeraction", "get", "password", "zai"], "device")
    assert (typed.argv, typed.stdin, typed.foreground) == (["get", "password", "zai"], "terminal", True)
    shown = terminal.screen()
    assert not [hidden for hidden in (PASSWORD, SECRET, CANARY, "cc:") if hidden in shown], shown
    assert scene.sandbox.nothing_runs()


def test_the_client_has_the_terminal_after_a_question(scene: StoreScene, screen: Screen) -> None:
    asking(scene)
    terminal = screen("run", "mine", FAKE_CLAUDE_DO="stdin")
    terminal.wait_for(QUESTION, timeout=LIMIT)
    terminal.send(f"{PASSWORD}\rfor the client\r\x04")
    assert terminal.wait(LIMIT) == 0, terminal.screen()
    assert scene.sandbox.fake.take().stdin == b"for the client\n"


def test_a_wrong_password(scene: StoreScene, screen: Screen) -> None:
    asking(scene)
    terminal = screen("run", "mine")
    terminal.wait_for(QUESTION, timeout=LIMIT)
    terminal.send("wrong\r")
    assert terminal.wait(LIMIT) == REFUSED
    shown = terminal.screen()
    assert "Invalid master password." in shown
    assert "cc: mine: " in shown
    assert "hint: " in shown
    assert not scene.sandbox.fake.started
    assert scene.sandbox.nothing_runs()


def test_a_question_that_nobody_answers(scene: StoreScene, screen: Screen) -> None:
    asking(scene)
    terminal = screen("run", "mine", CC_SECRET_TIMEOUT=SHORT)
    assert terminal.wait(LIMIT) == TIMED_OUT
    assert HANGS in terminal.screen()
    assert not scene.sandbox.fake.started
    assert scene.sandbox.nothing_runs()


def test_a_question_that_is_cut_short_leaves_the_terminal_as_it_was(scene: StoreScene) -> None:
    """What asks for a password switches the echo off, and cannot switch it on again when it is killed."""
    asking(scene)
    environment = scene.environment(TERM="xterm-256color", CC_SECRET_TIMEOUT=SHORT)
    argv = ["sh", "-c", f"'{scene.sandbox.cc}' run mine; stty -a"]
    terminal = Terminal(argv, environment, scene.sandbox.work)
    try:
        assert terminal.wait(LIMIT) == 0
        shown = terminal.screen()
        assert QUESTION in shown
        assert HANGS in shown
        assert " echo " in shown, shown
    finally:
        terminal.close()


@pytest.mark.parametrize("steps", [[locked(PASSWORD), ANSWER], [saying(QUESTION), HANG]], ids=["asks", "hangs"])
def test_ctrl_c_ends_the_launch(scene: StoreScene, screen: Screen, steps: Sequence[Step]) -> None:
    asking(scene).does(*steps)
    terminal = screen("run", "mine")
    terminal.wait_for(QUESTION, timeout=LIMIT)  # of one that hangs: after two seconds, with what is waited for
    terminal.send("\x03")
    assert terminal.wait(LIMIT) == -2, terminal.screen()
    assert not scene.sandbox.fake.started
    assert scene.sandbox.nothing_runs()


@pytest.mark.parametrize("name", ["op", "keyring"])
def test_a_store_that_takes_its_time_is_named(scene: StoreScene, screen: Screen, name: str) -> None:
    scene.kept("mine", STORES[name])
    scene.stores[STORES[name].command].does(saying("open the app"), sleeping(3), ANSWER)
    terminal = screen("run", "mine")
    terminal.wait_for(f"cc: waiting for mine: secret from {name} (Ctrl-C to stop)", timeout=LIMIT)
    terminal.wait_for("open the app", timeout=LIMIT)
    assert terminal.wait(LIMIT) == 0, terminal.screen()
    assert scene.sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()


@pytest.mark.parametrize("identity", [False, True], ids=["no key file", "a key file"])
def test_age_asks_for_a_passphrase_on_the_terminal(
    scene: StoreScene,
    screen: Screen,
    identity: bool,  # noqa: FBT001
) -> None:
    if identity:
        keys = scene.sandbox.home / ".config" / "age" / "keys.txt"
        keys.parent.mkdir(parents=True)
        keys.write_text("AGE-SECRET-KEY-1\n")
    scene.kept("mine", STORES["age"])
    scene.stores["age"].does(passphrase(PASSWORD), ANSWER)
    terminal = screen("run", "mine")
    terminal.wait_for("Enter passphrase: ", timeout=LIMIT)
    terminal.wait_for_silence(LIMIT)
    terminal.send(f"{PASSWORD}\r")
    assert terminal.wait(LIMIT) == 0, terminal.screen()
    assert scene.sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    calls = scene.stores["age"].calls()
    assert [("-i" in call.argv, call.foreground) for call in calls] == [(True, True), (False, True)][not identity :]


def test_what_it_asks_stays_on_the_screen_when_the_answer_takes_long(scene: StoreScene, screen: Screen) -> None:
    scene.kept("mine", STORES["age"])
    scene.stores["age"].does(passphrase(PASSWORD), ANSWER)
    terminal = screen("run", "mine")
    terminal.wait_for("waiting for mine: secret from age", timeout=LIMIT)
    assert "Enter passphrase: " in terminal.screen()
    terminal.send(f"{PASSWORD}\r")
    assert terminal.wait(LIMIT) == 0, terminal.screen()


def test_a_sealed_launch_asks_nobody(scene: StoreScene, screen: Screen) -> None:
    bitwarden = asking(scene)
    terminal = screen("run", "--sealed", "mine")
    assert terminal.wait(LIMIT) == REFUSED
    shown = terminal.screen()
    assert "Bitwarden is locked" in shown
    assert QUESTION not in shown
    (call,) = bitwarden.calls()
    assert (call.stdin, call.terminal, call.gpg_tty) == ("device", False, "")
    assert not scene.sandbox.fake.started


@pytest.mark.parametrize("name", ["pass", "gpg"])
def test_the_agent_of_gpg_is_told_the_terminal(scene: StoreScene, screen: Screen, name: str) -> None:
    scene.kept("mine", STORES[name])
    terminal = screen("run", "mine")
    assert terminal.wait(LIMIT) == 0, terminal.screen()
    (call,) = scene.stores[name].calls()
    assert call.foreground
    assert (call.gpg_tty or "").startswith("/dev/pts/")


def test_a_prompt_on_standard_input_is_not_taken_for_a_password(scene: StoreScene) -> None:
    """Also where there is a terminal: what is piped in belongs to the client."""
    bitwarden = asking(scene)
    environment = scene.environment()
    result = scene.sandbox.run("run", "mine", environment=environment, stdin=f"{PASSWORD}\n".encode())
    scene.ended(result, "mine", "Bitwarden is locked", REFUSED)
    assert len(bitwarden.calls()) == 1
    argv = ["sh", "-c", f"echo '{PASSWORD}' | exec '{scene.sandbox.cc}' run mine"]
    terminal = Terminal(argv, environment | {"TERM": "xterm"}, scene.sandbox.work)
    try:
        assert terminal.wait(LIMIT) == REFUSED
        assert "Bitwarden is locked" in terminal.screen()
    finally:
        terminal.close()
    assert not scene.sandbox.fake.started


def test_a_fake_is_refused_what_the_real_command_would_not_understand(scene: StoreScene) -> None:
    """The fakes are no yes-men: what is tested with them is what the real commands are asked."""
    for command, store in scene.stores.items():
        store.keeps({"x": "no"})
        result = run([store.path, "x", "--no-such-option"], scene.environment(), scene.sandbox.work)
        assert (result.code, result.out) == (64, b""), command
        assert os.fsencode(command) in result.err
