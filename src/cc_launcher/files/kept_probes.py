"""Probes that were made, kept: a file a profile, a run a line, the newest first. No secret and no answer is in it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.probe import kept, record
from cc_launcher.core.probe.outcome import Run
from cc_launcher.core.text import names
from cc_launcher.files import atomic, lock, places
from cc_launcher.launch import planfile

MOST = 20  # runs of a profile, over all its models
MAX_BYTES = 1_000_000  # of a file: planfile.read_own takes no larger one
_FIRST = "cc-probes 1"


def keep(run: Run) -> None:
    """Keep a run beside those of before; the oldest one makes room. CcError where it cannot be written."""
    path = _path(run.profile)
    atomic.directory(path.parent)
    with lock.alone(path.parent):
        lines = [record.encode(run), *(line for line in _lines(run.profile) if record.decode(line) is not None)]
        kept: list[str] = []
        length = len(_FIRST) + 1
        for line in lines[:MOST]:
            length += len(line) + 1
            if length > MAX_BYTES:
                break
            kept.append(line)
        atomic.write(path, "\n".join([_FIRST, *kept, ""]).encode())


def every(profile: str) -> list[Run]:
    """All runs of a profile, the newest first."""
    return list(_runs(profile))


def newest(profile: str, model: str) -> Run | None:
    """The newest run of this model that says something. No more is read than that takes."""
    return kept.newest(_runs(profile), model)


def forget(profile: str) -> None:
    """Let go of what is kept of a profile that is removed."""
    with contextlib.suppress(OSError, ValueError):
        _path(profile).unlink()


def _runs(profile: str) -> Iterator[Run]:
    for line in _lines(profile):
        run = record.decode(line)
        if run is not None and run.profile == profile:
            yield run


def _lines(profile: str) -> list[str]:
    """What is kept; nothing where that is missing, or where anybody else could have written it."""
    try:
        first, *lines = planfile.read_own(str(_path(profile))).splitlines()
    except (OSError, ValueError):
        return []
    return lines if first == _FIRST else []


def _path(profile: str) -> Path:
    if not names.is_profile(profile):  # it becomes a part of a path
        raise ValueError
    return places.probe_directory() / profile
