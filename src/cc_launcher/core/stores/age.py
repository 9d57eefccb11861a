"""A file that age has encrypted."""

from cc_launcher.core.stores.gpg import check_path
from cc_launcher.core.stores.store import FIRST_LINE, Store, Tools, Trouble, split_field


class Age(Store):
    """`age:FILE`: its first line, by the user's own identity file or a passphrase; `age:FILE#IDENTITY`: by that one."""

    name = "age"
    title = "age"
    syntax = "age:/PATH or age:/PATH#/IDENTITY, a file encrypted with age, and the key file that opens it"
    commands = ("age",)
    install = "install it: https://age-encryption.org"
    may_ask = True

    def check(self, name: str) -> None:
        """Refuse relative paths."""
        for path in filter(None, split_field(name)):
            check_path(path, self.syntax)

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """With an identity where there is one."""
        path, identity = split_field(name)
        key = tools.expanded(identity) or tools.identity
        return self.reading(
            name,
            FIRST_LINE,
            tools.command("age"),
            "--decrypt",
            *(("-i", key) if key else ()),
            "--",
            tools.expanded(path),
        )

    def again(self, name: str, argv: tuple[str, ...], said: str, python: str) -> tuple[str, ...]:
        """A file with a passphrase has no use for an identity, and age refuses to be given one."""
        if "passphrase" not in said or "-i" not in argv:
            return ()
        at = argv.index("-i")
        return (*argv[:at], *argv[at + 2 :])

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its messages: it ends with 1 whatever happens."""
        text = said.lower()
        if "no such file" in text:
            return Trouble("there is no such file, or no such identity", "check the path")
        if "permission denied" in text:
            return Trouble("the file cannot be read", "check its rights")
        if "no identity matched" in text or "identity is required" in text or "no identities" in text:
            return Trouble("age: no key of yours opens the file", "name the key file: age:/PATH#/IDENTITY")
        if "passphrase" in text or "/dev/tty" in text or "terminal" in text:
            return Trouble(
                "age: the passphrase is wrong, or there is no terminal to type it on", "try again in a terminal"
            )
        if "failed to read header" in text:
            return Trouble("the file is not encrypted with age", "age --encrypt it")
        return None

    def keep(self, name: str, profile: str) -> str:
        """With its own program."""
        return f"encrypt it there: age --encrypt --recipient RECIPIENT --output {split_field(name)[0]}"
