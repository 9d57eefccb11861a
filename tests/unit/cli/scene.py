"""What the tests of commands share: a sandbox with a key in it, a FAKE password store, a terminal that is recorded."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

from tests.client.harness import Conversation
from tests.support import Result, Sandbox, Text, run
from tests.watch import no_argument_holds

OK, FAILED, USAGE, NO_SUCH, UNREACHABLE, BUG, IN_THE_WAY, REFUSED, INVALID, NOT_FOUND = (
    0,
    1,
    2,
    66,
    69,
    70,
    73,
    77,
    78,
    127,
)
INTERRUPTED = 130
CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"

# A FAKE of pass, for tests: it keeps its entries as files that anybody could read. With a file `.lies` among them,
# it keeps something else, once; with `.fails`, nothing.
_FAKE_PASS = """\
#!/bin/sh
store='{store}'
case "$1" in
show)
    cat "$store/$2" 2>/dev/null || {{ echo "Error: $2 is not in the password store." >&2; exit 1; }} ;;
insert)
    if [ -e "$store/.fails" ]; then echo 'the disk is on fire' >&2; exit 9; fi
    if [ -e "$store/.lies" ]; then rm "$store/.lies"; echo something else >"$store/$4"; else cat >"$store/$4"; fi ;;
rm)
    if [ -e "$store/.fails" ]; then echo 'the disk is on fire' >&2; exit 9; fi
    rm "$store/$3" ;;
esac
"""


class Session(Conversation):
    """A command on a terminal."""

    @property
    def text(self) -> str:
        return self.written.decode()


class CommandScene:
    """A sandbox, a key that is new, and places to keep it in."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.key = f"sk-canary-{secrets.token_hex(16)}"
        self.file = sandbox.outside / "kept"
        self.store = sandbox.outside / "store"  # of the FAKE pass
        self.store.mkdir()
        self.stores: dict[str, tuple[str, Path]] = {
            "file": (f"file:{self.file}", self.file),
            "pass": ("pass:entry", self.store / "entry"),
        }
        self.more: dict[str, str] = {}  # variables of every command

    def log_in(self) -> None:
        """Leave what the client leaves of a login; nobody reads what is in it."""
        file = self.sandbox.home / ".claude" / ".credentials.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text("{}")

    def install_op(self) -> None:
        """A FAKE command of 1Password's, which nobody may ask."""
        program = self.sandbox.bin / "op"
        program.write_text("#!/bin/sh\nkill -9 $PPID\n")
        program.chmod(0o755)

    def install_pass(self) -> None:
        """Put the FAKE pass on PATH."""
        program = self.sandbox.bin / "pass"
        program.write_text(_FAKE_PASS.format(store=self.store))
        program.chmod(0o755)

    def profile(self, text: str = "", name: str = "mine", *, secret: str | None = None) -> Path:
        """A profile that starts from zai, and whose secret is in the file, unless it says otherwise."""
        where = f"file:{self.file}" if secret is None else secret
        first = f'secret = "{where}"\n' if where else ""
        return self.sandbox.profile(name, f'extends = "zai"\n{first}{text}')

    def keep(self, value: str) -> None:
        """Have this in the file already."""
        self.file.write_text(f"{value}\n")
        self.file.chmod(0o600)

    def environment(self, **more: str) -> dict[str, str]:
        return self.sandbox.environment(**{"TERM": "xterm-256color"} | self.more | more)

    def run(self, *args: Text, stdin: bytes = b"", **more: str) -> Result:
        """Run `cc` without a terminal."""
        return run([self.sandbox.cc, *args], self.environment(**more), self.sandbox.work, stdin)

    def told(self, code: int, *args: Text, stdin: bytes = b"", **more: str) -> str:
        """Run `cc`, which ends with this code and prints no data; what it says."""
        result = self.run(*args, stdin=stdin, **more)
        if "--json" in args:  # then a failure is told for programs, too
            assert (result.code, json.loads(result.out)["status"]) == (code, "error"), result
        else:
            assert (result.code, result.out) == (code, b""), result
        return result.err.decode()

    def shown(self, *args: Text, **more: str) -> str:
        """Run `cc`, which succeeds; the data that it prints."""
        result = self.run(*args, stdin=b"", **more)
        assert result.code == OK, result
        return result.out.decode()

    @contextlib.contextmanager
    def on_a_terminal(self, *args: str, shell: str = "", **more: str) -> Iterator[Session]:
        """Run `cc` on a terminal, by itself or in a line of shell in which "$@" stands for it."""
        argv: list[str | Path] = [self.sandbox.cc, *args]
        if shell:
            argv = ["/bin/sh", "-c", shell, "sh", *argv]
        with Session(argv, self.environment(**more), self.sandbox.work) as session:
            yield session

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """See to it that the key is never in the arguments of any process, nor in any file but where it is kept."""
        with no_argument_holds(self.key.encode()):
            yield
        assert self.holders() <= {self.file, *self.store.iterdir()}

    def holders(self) -> set[Path]:
        """Every file of the sandbox that has the key in it, but for the dump of the fake client, whose job it is."""
        root = self.sandbox.home.parent
        files = [path for path in root.rglob("*") if path.is_file() and self.sandbox.fake.dump not in path.parents]
        return {path for path in files if self.key.encode() in path.read_bytes()}

    def launched_with(self) -> str:
        """The token that the client of the last launch got."""
        return self.sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"].decode()

    @property
    def profiles(self) -> Path:
        return self.sandbox.home / ".config" / "cc-launcher" / "profiles"

    @property
    def hosts(self) -> Path:
        return self.sandbox.home / ".local" / "share" / "cc-launcher" / "hosts.json"
