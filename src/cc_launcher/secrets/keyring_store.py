"""The operating system's keyring, through the `keyring` library.

Run as a program (`python -m cc_launcher.secrets.keyring_store NAME`), because the library costs more than a third of a
second to import and can hang on a dead D-Bus: as a child it has a deadline, like any other helper.
"""

import sys

from cc_launcher.core.errors import REFUSED
from cc_launcher.core.text import printable

SERVICE = "cc-launcher"
_SAFE_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)


def main(name: str) -> int:
    """Print the secret of this name."""
    import keyring  # see above
    from keyring.backends import chainer, fail
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    parts = backend.backends if isinstance(backend, chainer.ChainerBackend) else [backend]
    usable = [
        part
        for part in parts
        if type(part).__module__.startswith(_SAFE_BACKENDS) and not isinstance(part, fail.Keyring)
    ]
    if not usable:
        kind = f"{type(backend).__module__}.{type(backend).__name__}"
        return _complain(
            f"no keyring of the operating system here, only {kind}, which keeps secrets in the clear or not at all",
            'install gnome-keyring or KWallet, or use another store: `secret = "env:NAME"`',
        )
    for part in usable:
        try:
            found = part.get_password(SERVICE, name)
        except KeyringError as bad:
            return _complain(f"the keyring could not be read: {type(bad).__name__}", "unlock it, then try again")
        if found is not None:
            sys.stdout.write(found)
            return 0
    return _complain(f"no secret {name} in the keyring", f"keep one: keyring set {SERVICE} {name}")


def _complain(what: str, hint: str) -> int:
    sys.stderr.write(f"cc: {printable(what)}\nhint: {printable(hint)}\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
