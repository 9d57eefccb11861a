"""What providers said is left, kept for the status lines of all sessions of a profile. No secret is in it."""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.status import figures
from cc_launcher.core.status.figures import ASKED, EVERY, FAILED, LONGEST_PAUSE, REFUSED, REFUSED_FOR, Figure, Quota
from cc_launcher.files import atomic, lock
from cc_launcher.launch import line, planfile


def now() -> float:
    """The time, in seconds since 1970."""
    return time.time()


def read(name: str, address: str) -> Quota:
    """What is kept of a profile; an empty one where there is nothing that can be trusted."""
    try:
        return figures.decode(planfile.read_own(str(_path(name))), address)
    except (OSError, ValueError, IndexError):
        return Quota()


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """While no other of us asks for this profile. The kernel lets go of it, however we end."""
    atomic.directory(_path(name).parent)
    with lock.alone(_path(name).parent):
        yield


def is_due(kept: Quota) -> bool:
    """Whether the provider may be asked again."""
    return not now() < kept.next < now() + 2 * LONGEST_PAUSE


def keep(name: str, address: str, figures: tuple[Figure, ...]) -> None:
    """Keep what was told just now."""
    _write(name, address, Quota(fetched=now(), figures=figures, state=ASKED, next=now() + EVERY))


def keep_failure(name: str, address: str, kept: Quota, reason: str) -> None:
    """Keep that nothing was told: the old figures stay, with their age, and the next try comes later each time."""
    failures = min(kept.failures + 1, 16)
    pause = min(LONGEST_PAUSE, EVERY * 2 ** min(failures, 8))
    failed = Quota(
        fetched=kept.fetched,
        figures=kept.figures,
        state=FAILED,
        next=now() + pause,
        failures=failures,
        reason=reason,
    )
    _write(name, address, failed)


def keep_refusal(name: str, address: str, secret: str, reason: str) -> None:
    """Keep that this secret is not taken: with another one, it is tried again."""
    salt = os.urandom(8).hex()
    digest = f"{salt}:{_digest(salt, secret)}"
    refused = Quota(state=REFUSED, next=now() + REFUSED_FOR, digest=digest, reason=reason)
    _write(name, address, refused)


def was_refused(kept: Quota, secret: str) -> bool:
    """Whether it was this very secret that the provider did not take."""
    salt, _, digest = kept.digest.partition(":")
    return kept.state == REFUSED and digest == _digest(salt, secret)


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(f"{salt}:{secret}".encode("utf-8", "replace")).hexdigest()[:16]


def _write(name: str, address: str, kept: Quota) -> None:
    with contextlib.suppress(CcError):
        atomic.directory(_path(name).parent)
        atomic.write(_path(name), figures.encode(kept, address))


def _path(name: str) -> Path:
    return Path(line.place_of(name)) / "quota"
