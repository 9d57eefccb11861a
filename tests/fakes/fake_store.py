"""FAKES of the commands of secret stores, for tests: `op`, `bw`, `vault`, `secret-tool`, `pass`, `gpg`, `age`, `aws`.

They keep no secret but what a test has made up, and speak to nobody. What each does is a list of steps, written into a
file beside it; the program itself is `fake_store_program.py`, put on PATH under the names of the real ones.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMANDS = ("op", "bw", "vault", "secret-tool", "pass", "gpg", "age", "aws")
_PROGRAM = Path(__file__).with_name("fake_store_program.py")

Step = tuple[str, Any]

ANSWER: Step = ("answer", None)  # as the real command, from what the test says is kept there
HANG: Step = ("hang", None)
DEAF: Step = ("deaf", None)  # to the signals that ask a program to end
GRANDCHILD: Step = ("grandchild", None)  # holds the pipes, and stays
STOP: Step = ("kill", "STOP")
ENDLESS: Step = ("endless", 1)
ENDLESS_WORDS: Step = ("endless", 2)


def printing(text: str) -> Step:
    """Print this, as Latin-1, so that any byte can be had."""
    return ("print", text)


def saying(text: str) -> Step:
    """Say this line on standard error."""
    return ("say", text)


def sleeping(seconds: float) -> Step:
    """Take this long."""
    return ("sleep", seconds)


def killed(signal: str) -> Step:
    """End by this signal, such as KILL."""
    return ("kill", signal)


def ending(code: int) -> Step:
    """End with this exit code."""
    return ("exit", code)


def locked(password: str) -> Step:
    """Bitwarden: go on when this master password is typed, and fail where nobody can be asked."""
    return ("locked", password)


def passphrase(text: str) -> Step:
    """Age: go on when this passphrase is typed at the terminal."""
    return ("passphrase", text)


def failing(words: str, code: int) -> tuple[Step, ...]:
    """Fail as the real command does: with these words, and this exit code."""
    return (saying(words), ending(code))


_OP = "[ERROR] 2026/01/02 03:04:05 "
_VAULT = "Error making API request.\n\nURL: GET http://127.0.0.1:8200/v1/sys/internal/ui/mounts/secret/zai\n"
_AWS = "\nAn error occurred ({}) when calling the GetSecretValue operation: {}"
_LOCKED_KEY = (
    "gpg: public key decryption failed: Inappropriate ioctl for device\n"
    "gpg: decryption failed: Inappropriate ioctl for device"
)
# What the real commands say and end with. What they say of an item that is not there, the fakes know themselves.
MESSAGES: dict[str, dict[str, tuple[Step, ...]]] = {
    "op": {
        "not signed in": failing(
            f"{_OP}You are not currently signed in. Please run `op signin --help` for instructions", 1
        ),
        "no account": failing(f"{_OP}No accounts configured for use with 1Password CLI.", 1),
        "dismissed": failing(f"{_OP}authorization prompt dismissed, please try again", 1),
        "no vault": failing(
            f"{_OP}could not read secret 'op://dev/zai/key': could not get item dev/zai: \"dev\" isn't a vault in this "
            "account. Specify the vault with its ID or name.",
            1,
        ),
        "no field": failing(
            f"{_OP}could not read secret 'op://dev/zai/key': item 'dev/zai' does not have a field 'key'", 1
        ),
        "not reachable": failing(
            f"{_OP}connecting to desktop app: read: connection reset, make sure 1Password app is running", 1
        ),
    },
    "bw": {
        "locked": failing("Vault is locked.", 1),
        "not signed in": failing("You are not logged in.", 1),
        "several": failing(
            "More than one result was found. Try getting a specific object by `id` instead. The following objects were "
            "found:\n0c1f\n7e2a",
            1,
        ),
    },
    "vault": {
        "no field": failing('Field "key" not present in secret', 1),
        "denied": failing(f"{_VAULT}Code: 403. Errors:\n\n* permission denied", 2),
        "sealed": failing(f"{_VAULT}Code: 503. Errors:\n\n* Vault is sealed", 2),
        "not reachable": failing(
            'Get "http://127.0.0.1:8200/v1/sys/internal/ui/mounts/secret/zai": dial tcp 127.0.0.1:8200: connect: '
            "connection refused",
            2,
        ),
    },
    "secret-tool": {"locked": (ending(1),)},  # without a word, as where there is no such item: measured
    "pass": {
        "locked": failing(_LOCKED_KEY, 2),
        "no key": failing("gpg: decryption failed: No secret key", 2),
        "dismissed": failing(
            "gpg: public key decryption failed: Operation cancelled\ngpg: decryption failed: Operation cancelled", 2
        ),
        "wrong": failing(
            "gpg: public key decryption failed: Bad passphrase\ngpg: decryption failed: Bad passphrase", 2
        ),
        "no gpg": failing("/usr/bin/pass: line 386: gpg: command not found", 127),
    },
    "gpg": {
        "locked": failing(_LOCKED_KEY, 2),
        "no key": failing("gpg: decryption failed: No secret key", 2),
        "no rights": failing(
            "gpg: can't open '/x': Permission denied\ngpg: decrypt_message failed: Permission denied", 2
        ),
        "plain": failing("gpg: no valid OpenPGP data found.\ngpg: decrypt_message failed: Unknown system error", 2),
    },
    "age": {
        "locked": (passphrase("open sesame"),),
        "no key": failing("age: error: no identity matched any of the recipients", 1),
        "no rights": failing('age: error: failed to open input file "/x": open /x: permission denied', 1),
        "plain": failing('age: error: failed to read header: parsing age header: unexpected intro: "x\\n"', 1),
        "no identity": failing('age: error: reading "/x": failed to open file: open /x: no such file or directory', 1),
    },
    "aws": {
        "not signed in": failing(
            'Unable to locate credentials. You can configure credentials by running "aws configure".', 253
        ),
        "expired": failing(
            _AWS.format("ExpiredTokenException", "The security token included in the request is expired"), 254
        ),
        "sso": failing(
            "Error when retrieving token from sso: Token has expired and refresh failed. To refresh this SSO session "
            "run aws sso login with the corresponding profile.",
            255,
        ),
        "denied": failing(
            _AWS.format("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform this"), 254
        ),
        "no region": failing(
            'You must specify a region. You can also configure your region by running "aws configure".', 253
        ),
        "not reachable": failing(
            'Could not connect to the endpoint URL: "https://secretsmanager.eu-central-1.amazonaws.com/"', 255
        ),
    },
}


@dataclass(frozen=True)
class Call:
    """How a fake was called."""

    argv: list[str]
    names: list[str]  # of the environment's variables
    gpg_tty: str | None
    stdin: str  # terminal, pipe, device (such as the null device) or else
    terminal: bool  # whether there was one to ask at
    foreground: bool  # whether it was allowed to ask there
    pid: int


class FakeStore:
    """The fake of one command, in a directory for PATH."""

    def __init__(self, directory: Path, command: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / command
        self.log = directory / f"{command}.log"
        self.items: dict[str, Any] = {}
        self.path.write_text(f"#!{sys.executable} -IS\n{_PROGRAM.read_text(encoding='utf-8')}", encoding="utf-8")
        self.path.chmod(0o755)
        self.does(ANSWER)

    def keeps(self, items: dict[str, Any]) -> None:
        """What it answers with."""
        self.items = items
        self.does(ANSWER)

    def does(self, *steps: Step) -> None:
        """What it does at each call from now on."""
        script = self.path.with_name(f"{self.path.name}.does")
        script.write_text(json.dumps({"items": self.items, "steps": steps}), encoding="utf-8")

    def calls(self) -> list[Call]:
        """How it was called since this was asked last."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [Call(**json.loads(line)) for line in lines]


def install(directory: Path) -> dict[str, FakeStore]:
    """All of them."""
    return {command: FakeStore(directory, command) for command in COMMANDS}
