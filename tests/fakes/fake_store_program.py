"""A FAKE of the command of a secret store, for tests: it is no store, and holds only what a test has made up.

`fake_store.py` puts it on PATH under the names of the real commands. It writes down how it was called (beside itself,
in NAME.log) and then does what NAME.does says, step by step. Its words are those of the real commands, as documented.
"""

import contextlib
import json
import os
import signal
import stat
import sys
import termios
import time
from collections.abc import Callable
from typing import Any, NoReturn

OWN = os.path.abspath(sys.argv[0])
COMMAND = os.path.basename(OWN)
ARGUMENTS = sys.argv[1:]
_OP = "[ERROR] 2026/01/02 03:04:05 could not read secret '{}': could not get item dev/zai: "
NOT_FOUND = {
    "op": f"""{_OP}"zai" isn't an item in the "dev" vault. Specify the item with its UUID, name, or domain.""",
    "bw": "Not found.",
    "vault": "No value found at secret/data/{}",
    "secret-tool": "",
    "pass": "Error: {} is not in the password store.",
    "gpg": "gpg: can't open '{}': No such file or directory\ngpg: decrypt_message failed: No such file or directory",
    "age": 'age: error: failed to open input file "{0}": open {0}: no such file or directory',
    "aws": """
An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find \
the specified secret.""",
}
ENDS_WITH = {"vault": 2, "gpg": 2, "aws": 254}


def fail(words: str, code: int) -> NoReturn:
    if words:
        os.write(2, f"{words}\n".encode())
    sys.exit(code)


def no_item(name: str) -> NoReturn:
    fail(NOT_FOUND[COMMAND].format(name), ENDS_WITH.get(COMMAND, 1))


def answer(items: dict[str, Any]) -> None:
    """Do what the real command does when all is well, or refuse what it would not understand."""
    match (COMMAND, *(word for word in ARGUMENTS if word != "--nointeraction")):
        case ("op", "read", "--no-newline", name) | (
            "secret-tool",
            "lookup",
            "service",
            "cc-launcher",
            "username",
            name,
        ):
            found = items.get(name) or no_item(name)
        case (
            ("pass", "show", name)
            | ("gpg", "--quiet", "--batch", "--decrypt", "--", name)
            | ("age", "--decrypt", "--", name)
            | ("age", "--decrypt", "-i", _, "--", name)
        ):
            found = items.get(name) or no_item(name)
        case ("aws", "secretsmanager", "get-secret-value", "--secret-id", name, "--query", *rest) if rest == [
            "SecretString",
            "--output",
            "text",
        ]:
            found = (items.get(name) or no_item(name)) + "\n"
        case ("vault", "kv", "get", field, path) if field.startswith("-field="):
            field = field.removeprefix("-field=")
            found = (items.get(path) or no_item(path)).get(field) or fail(f'Field "{field}" not present in secret', 1)
        case ("bw", "get", "item", name):
            found = json.dumps({"object": "item", "name": name} | (items.get(name) or no_item(name)))
        case ("bw", "get", field, name):
            item = items.get(name) or no_item(name)
            found = (item.get("login", {}) | {"notes": item.get("notes")}).get(field) or fail("Not found.", 1)
        case _:
            fail(f"FAKE {COMMAND}: the real one does not understand {ARGUMENTS}", 64)
    write(found.encode())


def write(content: bytes) -> None:
    while content:
        content = content[os.write(1, content) :]


def endless(handle: int) -> None:
    while True:
        os.write(handle, b"x" * 4096)


def hang() -> None:
    while True:
        time.sleep(600)


def deaf() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def locked(password: str) -> None:
    """A vault of Bitwarden that is locked: the command asks for the password where it may and can."""
    if "--nointeraction" in ARGUMENTS or not os.isatty(0):
        fail("Vault is locked.", 1)
    if typed(0, "? Master password: [hidden]") != password:
        fail("Invalid master password.", 1)


def with_passphrase(passphrase: str) -> None:
    """A file that age has encrypted with a passphrase, which it asks for at the terminal itself."""
    if "-i" in ARGUMENTS:
        words = "file is passphrase-encrypted but identities were specified with -i/--identity or -j"
        fail(
            f"age: error: {words}\nage: hint: remove all -i/--identity/-j flags to decrypt passphrase-encrypted files",
            1,
        )
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        words = (
            "standard input is not a terminal, and /dev/tty is not available: open /dev/tty: no such device or address"
        )
        fail(f"age: error: could not read passphrase: could not read passphrase: {words}", 1)
    if typed(terminal, "Enter passphrase: ", terminal) != passphrase:
        fail("age: error: incorrect passphrase", 1)


def typed(terminal: int, prompt: str, shown: int = 2) -> str:
    """A line that somebody types, unseen."""
    before = termios.tcgetattr(terminal)
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSADRAIN, silent)
    try:
        os.write(shown, prompt.encode())
        line = b""
        while not line.endswith(b"\n") and (more := os.read(terminal, 1)):
            line += more
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    os.write(shown, b"\r\n")
    return line.decode().rstrip("\r\n")


def grandchild() -> None:
    """Start something that holds the pipes."""
    os.spawnvp(os.P_NOWAIT, "sleep", ["sleep", "600"])


STEPS: dict[str, Callable[[Any], object]] = {
    "answer": answer,
    "print": lambda text: write(text.encode("latin-1")),
    "say": lambda text: os.write(2, f"{text}\n".encode()),
    "sleep": time.sleep,
    "exit": sys.exit,
    "kill": lambda name: os.kill(os.getpid(), getattr(signal, f"SIG{name}")),
    "grandchild": lambda _: grandchild(),
    "locked": locked,
    "passphrase": with_passphrase,
    "endless": endless,
    "hang": lambda _: hang(),
    "deaf": lambda _: deaf(),
}


def log() -> None:
    """Write down the call: the arguments, the names of the variables, what is on standard input, the terminal."""
    terminal = None
    with contextlib.suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR)
    mode = os.fstat(0).st_mode
    kinds = {"terminal": os.isatty(0), "pipe": stat.S_ISFIFO(mode), "device": stat.S_ISCHR(mode)}
    call = {
        "argv": ARGUMENTS,
        "names": sorted(os.environ),
        "gpg_tty": os.environ.get("GPG_TTY"),
        "stdin": next((kind for kind, true in kinds.items() if true), "else"),
        "terminal": terminal is not None,
        "foreground": terminal is not None and os.tcgetpgrp(terminal) == os.getpgrp(),
        "pid": os.getpid(),
    }
    if terminal is not None:
        os.close(terminal)
    handle = os.open(f"{OWN}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, f"{json.dumps(call)}\n".encode())
    os.close(handle)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no trace when somebody types Ctrl-C
    log()
    with open(f"{OWN}.does", encoding="utf-8") as script:
        told = json.load(script)
    for step, argument in told["steps"]:
        STEPS[step](told["items"] if step == "answer" else argument)
