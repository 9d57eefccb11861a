"""Whether a model takes images, as far as a probe of it has shown."""

from cc_launcher.core.probe import kept
from cc_launcher.core.probe.outcome import FAILED, PASSED
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import kept_probes

CHECK = "images"
_REFUSED = tuple(f"refused ({status})" for status in (400, 404, 422))  # other answers say nothing of images


def known(resolved: Resolved, model: str) -> bool | None:
    """What the newest probe of this model at this host says; nothing where none has seen it."""
    run = kept_probes.newest(resolved.name, model)
    if run is None or not kept.is_of_host(run, resolved.host):
        return None
    for outcome in run.outcomes:
        if outcome.check == CHECK and outcome.status == PASSED:
            return True
        if outcome.check == CHECK and outcome.status == FAILED and outcome.said.startswith(_REFUSED):
            return False
    return None
