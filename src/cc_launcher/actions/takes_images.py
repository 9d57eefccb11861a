"""Whether a model takes images: as the user says, as a probe of it has shown, or as the catalog says, in this order."""

from cc_launcher.core.probe import kept, words
from cc_launcher.core.probe.outcome import FAILED, PASSED
from cc_launcher.core.profile import serving
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.serving import Stated
from cc_launcher.files import kept_probes

CHECK = "images"
_REFUSED = tuple(f"refused ({status})" for status in (400, 404, 422))  # other answers say nothing of images


def known(resolved: Resolved, model: str) -> bool | None:
    """Whether it does; nothing where nobody knows."""
    found = told(resolved, model)
    return found.value if found is not None else None


def told(resolved: Resolved, model: str) -> Stated | None:
    """The same, and by whose word."""
    stated = serving.stated(resolved, serving.VISION, model)
    if stated is not None and not stated.by_catalog:
        return stated
    return probed(resolved, model) or stated


def probed(resolved: Resolved, model: str) -> Stated | None:
    """What the newest probe of this model at this host says; nothing where none has seen it."""
    run = kept_probes.newest(resolved.name, model)
    if run is None or not kept.is_of_host(run, resolved.host):
        return None
    source = f"its probe of {words.day(run.began)}"
    for outcome in run.outcomes:
        if outcome.check == CHECK and outcome.status == PASSED:
            return Stated(value=True, source=source)
        if outcome.check == CHECK and outcome.status == FAILED and outcome.said.startswith(_REFUSED):
            return Stated(value=False, source=source)
    return None
