"""A file that gpg has encrypted."""

from cc_launcher.core.stores.passwordstore import locked_key
from cc_launcher.core.stores.store import FIRST_LINE, BadReference, Store, Tools, Trouble


def check_path(name: str, syntax: str) -> None:
    """Refuse relative paths."""
    if not name.startswith(("/", "~/")):
        raise BadReference("is a relative path, which means a different file in each directory", f"write {syntax}")


class Gpg(Store):
    """`gpg:FILE`: its first line."""

    name = "gpg"
    title = "gpg"
    syntax = "gpg:/PATH, a file encrypted with gpg"
    commands = ("gpg",)
    install = "install GnuPG"
    may_ask = True

    def check(self, name: str) -> None:
        """Refuse relative paths."""
        check_path(name, self.syntax)

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """Without questions of gpg itself; the agent may ask for a passphrase."""
        return self.reading(
            name,
            FIRST_LINE,
            tools.command("gpg"),
            "--quiet",
            "--batch",
            "--decrypt",
            "--",
            tools.expanded(name),
        )

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its messages: it ends with 2 whatever happens."""
        text = said.lower()
        if "no such file" in text:
            return Trouble("there is no such file", "check the path")
        if "permission denied" in text:
            return Trouble("the file cannot be read", "check its rights")
        if "no valid openpgp data" in text:
            return Trouble("the file is not encrypted with gpg", "gpg --encrypt it")
        return locked_key("gpg", text)

    def keep(self, name: str, profile: str) -> str:
        """With its own program."""
        return f"encrypt it there: gpg --encrypt --default-recipient-self --output {name}"
