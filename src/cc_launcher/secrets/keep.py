"""Keep a secret in its store, forget it, and look whether it is there."""

import contextlib
import sys
import time
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, REFUSED, CcError
from cc_launcher.core.stores.keyring import Keyring
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import atomic
from cc_launcher.launch import helper, secret_reader
from cc_launcher.secrets import programs


def can_keep(reference: Reference) -> bool:
    """Whether this is a place that we can write."""
    return reference.store == "file" or bool(reference.kept_by.write(reference.name, programs.found()))


def put(reference: Reference, value: str, whose: str) -> None:
    """Keep the secret and read it back. Whatever goes wrong, the old one is there afterwards, if there was one."""
    if not can_keep(reference):
        hint = reference.kept_by.keep(reference.name, whose)
        raise CcError(f"{whose}: cc does not write to {reference.kept_by.title}", hint, code=REFUSED)
    before = None
    with contextlib.suppress(CcError):
        before = _read(reference, whose)
    try:
        _write(reference, value, whose)
        if _read(reference, whose) == value:
            return
        what = f"{whose}: {reference.kept_by.title} returned a different key than it was given"
        problem = CcError(what, code=REFUSED)
    except CcError as error:
        problem = error
    with contextlib.suppress(CcError):  # what cannot be put back was not taken away, either
        if before is not None:
            _write(reference, before, whose)
        else:
            remove(reference, whose)
    raise CcError(
        f"{problem.what}; the new secret was not kept",
        problem.hint or "try again",
        code=problem.code,
        details=problem.details,
    )


def remove(reference: Reference, whose: str) -> None:
    """Forget the secret."""
    if reference.store == "file":
        _unlink(Path(reference.name).expanduser())
        return
    argv = reference.kept_by.remove(reference.name, programs.found())
    if not argv:
        hint = "remove it there if you no longer need it"
        raise CcError(f"{whose}: cc does not write to {reference.kept_by.title}", hint, code=REFUSED)
    _run(reference, argv, whose)


def in_keyring(names: list[str]) -> set[str] | None:
    """Which of these names the keyring holds, found out in one go; nothing where it cannot be asked."""
    argv = (*Keyring().program(sys.executable, "have"), *names)
    try:
        answer = helper.read(argv, "the keyring", secret_reader.deadline(), helper.Manner(listen=True, alone=True))
    except CcError:
        return None
    return set(answer.decode().splitlines())


def keyring_trouble() -> tuple[str, str] | None:
    """Why no keyring can be used here, and what to do; nothing where there is one. Nobody is asked for anything."""
    argv = Keyring().program(sys.executable, "have")
    try:
        helper.read(argv, "the keyring", secret_reader.deadline(), helper.Manner(listen=True, alone=True))
    except helper.HelperFailed as failed:
        trouble = Keyring().trouble(failed.status, failed.said)
        return (trouble.what, trouble.hint) if trouble else (failed.what, failed.hint)
    except CcError as error:
        return error.what, error.hint
    return None


def look(reference: Reference, whose: str) -> tuple[str, float]:
    """What is wrong with the secret, or nothing, and how many seconds the look took. Nobody is asked for anything."""
    begun = time.monotonic()
    try:
        secret_reader.value(reference.read(programs.found()), whose, "", alone=True)
    except CcError as error:
        return error.what.removeprefix(f"{whose}: "), time.monotonic() - begun
    return "", time.monotonic() - begun


def _read(reference: Reference, whose: str) -> str:
    return secret_reader.value(reference.read(programs.found()), whose, reference.kept_by.keep(reference.name, whose))


def _write(reference: Reference, value: str, whose: str) -> None:
    if reference.store == "file":
        path = Path(reference.name).expanduser()
        if path.is_symlink():
            raise CcError(f"{whose}: {reference.name} is a link", "name the file itself", code=IN_THE_WAY)
        atomic.directory(path.parent)
        atomic.write(path, f"{value}\n".encode())
        return
    _run(reference, reference.kept_by.write(reference.name, programs.found()), whose, value.encode())


def _run(reference: Reference, argv: tuple[str, ...], whose: str, given: bytes = b"") -> None:
    """Run a command of the store; the secret goes in at its standard input, where nobody can read it."""
    try:
        helper.read(
            argv,
            f"{whose}: {reference.kept_by.title}",
            secret_reader.deadline(),
            helper.Manner(given=given, listen=True),
        )
    except helper.HelperFailed as failed:
        trouble = reference.kept_by.trouble(failed.status, failed.said)
        if trouble is None:
            lines = tuple(line.strip()[:300] for line in failed.said.splitlines() if line.strip())[-3:]
            raise CcError(failed.what, failed.hint, code=REFUSED, details=lines) from None
        hint = trouble.hint or "cc secret status shows where secrets are"
        raise CcError(f"{whose}: {trouble.what}", hint, code=REFUSED) from None


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except FileNotFoundError:
        raise CcError(
            f"{path}: there is no such file", "cc secret status shows where secrets are", code=REFUSED
        ) from None
    except OSError as bad:
        raise CcError(f"{path}: {bad.strerror}", "check the rights of its directory", code=IN_THE_WAY) from None
