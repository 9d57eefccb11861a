"""The keyring of the operating system: Secret Service, macOS Keychain, Windows Credential Manager, KWallet.

Written with the `keyring` library, whose import takes a third of a second; read with the system's own command where
there is one. `secrets/keyring_program.py` is the library as a program, and says by its exit code what is wrong.
"""

from cc_launcher.core.stores.store import WHOLE, Store, Tools, Trouble
from cc_launcher.core.text.entry_points import KEYRING_PROGRAM

SERVICE = "cc-launcher"
NOT_IN_KEYRING = "there is no key in the keyring"
# How the program ends when it has no secret to print
NOT_THERE, NO_KEYRING, FAILED, LOCKED, NO_BUS = 3, 4, 5, 6, 7
# Of `security`: the last byte of what macOS's own library says (-25300, -128, -25308, -25293)
_MACOS_NOT_THERE, _MACOS_CANCELLED, MACOS_LOCKED, _MACOS_REFUSED = 44, 128, 36, 51
MACOS_CANNOT_ASK = "-25308"

_INSTALL = "start a keyring, or keep the key in pass:, gpg:, op:// or file:"
_TROUBLES = {
    NO_KEYRING: Trouble(
        "no keyring is running here",
        _INSTALL,
        absent=True,
    ),
    NO_BUS: Trouble(
        "no keyring here: no desktop session (D-Bus)",
        _INSTALL,
        absent=True,
    ),
    LOCKED: Trouble(
        "the keyring is locked", "unlock it (log in to the desktop, or `secret-tool search --unlock`), then try again"
    ),
    FAILED: Trouble(
        "the keyring gave an unexpected answer", "try `python -m keyring diagnose`, or keep the key elsewhere"
    ),
}


class Keyring(Store):
    """The operating system's own."""

    name = "keyring"
    title = "the keyring"
    syntax = "keyring:NAME, the keyring of the operating system"
    commands = ("secret-tool", "security")

    def check(self, name: str) -> None:
        """Refuse nothing but what is too long for some keyring."""
        if len(name) > 200:
            raise self.refuse("has a name of more than 200 characters")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """The system's command, or else the library."""
        argv: tuple[str, ...]
        if tools.macos and "security" in tools.commands:
            argv = (tools.commands["security"], "find-generic-password", "-s", SERVICE, "-a", name, "-w")
        elif "secret-tool" in tools.commands:
            argv = (tools.commands["secret-tool"], "lookup", "service", SERVICE, "username", name)
        else:
            return self.reading(name, WHOLE, *self.program(tools.python, "get", name))
        return self.reading(name, WHOLE, *argv)

    def again(self, name: str, argv: tuple[str, ...], said: str, python: str) -> tuple[str, ...]:
        """The library: it knows more keyrings, and tells a locked one from an empty one, as the command does not."""
        library = self.program(python, "get", name)
        return () if argv == library else library

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From the exit code alone."""
        if status in {NOT_THERE, _MACOS_NOT_THERE}:
            return Trouble(NOT_IN_KEYRING, "", absent=True)
        if status == MACOS_LOCKED:
            hint = "security unlock-keychain, then try again; over SSH it is locked at first"
            return Trouble("the keychain is locked, and macOS cannot ask here", hint)
        if status in {_MACOS_CANCELLED, _MACOS_REFUSED}:
            return Trouble("macOS did not allow reading the keychain", "allow it when macOS asks, then try again")
        return _TROUBLES.get(status)

    def write(self, name: str, tools: Tools) -> tuple[str, ...]:
        """With the library."""
        return self.program(tools.python, "set", name)

    def remove(self, name: str, tools: Tools) -> tuple[str, ...]:
        """With the library."""
        return self.program(tools.python, "remove", name)

    def program(self, python: str, action: str, *names: str) -> tuple[str, ...]:
        """The library as a program of its own. -P: a `keyring.py` in the current directory is not the library."""
        return (python, "-P", "-m", KEYRING_PROGRAM, action, *names)
