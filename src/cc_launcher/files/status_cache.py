"""What the status line needs, compiled for it: by a launch, by `cc statusline --install`, and in the background.

That this fails is never an error: the line is then a shorter one.
"""

import contextlib
import shutil
import time
from pathlib import Path
from typing import Any

from cc_launcher.core import status
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import caching, four_prices, model_choice
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.money import TOKENS
from cc_launcher.core.profile.profile import Model, Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status import PLAIN, Facts, quota_answers
from cc_launcher.core.status.options import StatusLine
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import atomic, places, profiles, user_config
from cc_launcher.files.user_config import Config
from cc_launcher.launch import line, planfile

_KEPT_FOR = 60 * 86_400  # seconds: the client itself forgets sessions after 30 days


def facts_of(resolved: Resolved, config: Config, reference: Reference | None) -> Facts:
    """What the line needs to know of a profile. In a session, a secret of the environment is there no more."""
    profile, settings = resolved.profile, config.statusline
    models = model_choice.ids_of(profile)
    is_metered = bool(resolved.behind) and profiles.load(resolved.name).profile.budget is not None
    asks = (
        quota_answers.address_of(resolved) if settings.quota and (reference is None or reference.store != "env") else ""
    )
    return Facts(
        label=resolved.label,
        models={model: _about(profile, model) for model in models},
        currencies={
            model: about.prices.currency
            for model, about in profile.models.items()
            if about.prices is not None and about.prices.currency != DOLLARS
        },
        exact=frozenset(model for model in models if four_prices.of(profile, model, config.rates).four is not None),
        clients_own=profile.base_url is None,
        asks=asks,
        limited=profile.budget is not None or is_metered,
        metered=is_metered,
        **_chosen(settings),
    )


def plain(settings: StatusLine) -> Facts:
    """What it needs to know of plain `claude`, and of a session whose address alone says where it goes."""
    bases = []
    for name in places.known():
        with contextlib.suppress(CcError):
            resolved = profiles.load(name)
            if resolved.profile.base_url is not None:
                bases.append((resolved.profile.base_url, name, resolved.label))
    # The catalog's own first: of two names for one address, the one that everybody knows
    shipped = set(places.catalog_names())
    bases.sort(key=lambda base: (base[1] not in shipped, base[1]))
    return Facts(clients_own=True, bases=tuple(bases), **_chosen(settings))


def store(resolved: Resolved | None, reference: Reference | None = None) -> None:
    """Compile what the line needs to know of a profile, or without one."""
    with contextlib.suppress(CcError, OSError):
        sources = [str(user_config.path())]
        if resolved is not None:
            sources += [source.path for source in resolved.chain]
            sources += [str(places.user_path(source.name)) for source in resolved.chain if source.shipped]
        else:
            sources += [f"{places.user_directory()}/", f"{places.catalog_directory()}/"]
        # Before the files are read: what changes in between is noticed
        fingerprints = {path: planfile.fingerprint(path) for path in sources}
        config = user_config.read()
        facts = plain(config.statusline) if resolved is None else facts_of(resolved, config, reference)
        directory = Path(line.place_of(PLAIN if resolved is None else resolved.name))
        atomic.directory(directory)
        _sweep(directory)
        content = status.encode(facts, fingerprints)
        if _of(directory / "facts") != content:  # each write is synced to the disk, and a launch waits for it
            atomic.write(directory / "facts", content)


def forget(name: str) -> None:
    """Let go of what is kept of a profile that is removed."""
    shutil.rmtree(line.place_of(name), ignore_errors=True)


def _sweep(directory: Path) -> None:
    """Let go of sessions that nobody will go on with."""
    for mark in directory.glob(f"{line.GUESSED}/*"):
        if time.time() - mark.stat().st_mtime > _KEPT_FOR:
            mark.rmdir()


def _of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _chosen(settings: StatusLine) -> dict[str, Any]:
    fair, bad = settings.thresholds
    return {
        "segments": settings.shown,
        "separator": settings.separator,
        "thresholds": (fair, bad),
        "colours": settings.palette,
    }


def _about(profile: Profile, model: str) -> tuple[int, tuple[float, ...]]:
    about = profile.models.get(model) or Model.model_validate({})
    window = about.context or 0
    if four_prices.billing(profile) != TOKENS:
        return window, (0.0,) * 4
    if about.prices is None:
        return window, ()
    prices, _ = caching.filled(about.prices, profile.caching)
    write = prices.input if prices.cache_write is None else prices.cache_write
    read = prices.input if prices.cache_read is None else prices.cache_read
    return window, (prices.input, prices.output, write, read)
