"""The operating system's keyring, through the `keyring` library.

Run as a program (`python -m cc_launcher.secrets.keyring_store NAME`), because the library costs more than a third of a
second to import and can hang on a dead D-Bus: as a child it has a deadline, like any other helper. It prints the secret
or nothing, and says by its exit code what is wrong.
"""

import sys

from cc_launcher.core.references import KEYRING_SERVICE
from cc_launcher.launch.secret import NO_KEYRING, NOT_IN_KEYRING, UNREADABLE_KEYRING

# The stores of the operating systems. Everything else that the library may come up with, by configuration or by what is
# installed beside it, keeps secrets in the clear, nowhere, or in a place that nobody has looked at.
_SAFE_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)


def main(name: str) -> int:
    """Print the secret of this name."""
    import keyring
    from keyring.backends import chainer
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    parts = backend.backends if isinstance(backend, chainer.ChainerBackend) else [backend]
    usable = [part for part in parts if type(part).__module__.startswith(_SAFE_BACKENDS)]
    if not usable:
        return NO_KEYRING
    for part in usable:
        try:
            found = part.get_password(KEYRING_SERVICE, name)
        except KeyringError:
            return UNREADABLE_KEYRING
        if found is not None:
            sys.stdout.write(found)
            return 0
    return NOT_IN_KEYRING


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except Exception:  # noqa: BLE001 - whatever a backend raises: its text may hold anything, and a trace helps nobody
        sys.exit(UNREADABLE_KEYRING)
