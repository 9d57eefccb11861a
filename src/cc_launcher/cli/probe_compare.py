"""`cc probe --compare`: two kept probes next to each other."""

import re
import time

from cc_launcher.actions import probing
from cc_launcher.actions.probing import Wishes
from cc_launcher.cli import probe_view, render
from cc_launcher.core.errors import FOUND_PROBLEM, NO_SUCH, OK, USAGE, CcError
from cc_launcher.core.probe import compare as comparing
from cc_launcher.core.probe import words
from cc_launcher.files import kept_probes, profiles

_DAY = 86_400


def compare(profile: str, model: str, since: str, *, as_json: bool) -> int:
    """Two kept probes next to each other; 1 when the newer one is worse."""
    profiles.load(profile)
    kept = [run for run in kept_probes.every(profile) if run.whole]
    if model:
        wanted = probing.look(profile, model, Wishes()).model
        kept = [run for run in kept if run.model == wanted]
    if not kept:
        raise CcError(
            f"{profile}: no probe{f' of {model}' if model else ''} is kept", f"cc probe {profile}", code=NO_SUCH
        )
    now = kept[0]
    older = [run for run in kept[1:] if run.model == now.model]
    if since:
        latest = _moment(since)
        older = [run for run in older if run.began <= latest] or older[-1:]
    if not older:
        raise CcError(
            f"{profile}: one probe of {now.model} is kept, of {words.when(now.began)}: there is no older one",
            f"cc probe {profile} asks again",
            code=NO_SUCH,
        )
    found = comparing.compare(older[0], now)
    if as_json:
        render.envelope("probe", probe_view.comparison_as_data(found))
    else:
        probe_view.show_comparison(found)
    return FOUND_PROBLEM if found.worse else OK


def _moment(since: str) -> float:
    """So many days ago, or the end of a day."""
    days = re.fullmatch(r"(\d{1,5})\s*d?", since.strip())
    if days is not None:
        return time.time() - int(days[1]) * _DAY
    try:
        return time.mktime(time.strptime(since.strip(), "%Y-%m-%d")) + _DAY
    except (ValueError, OverflowError):
        raise CcError(f"--since: {since} is not a time", "write days, 7d, or a day, 2026-11-14", code=USAGE) from None
