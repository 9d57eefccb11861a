"""Models: whether one that a launch starts on was found unfit for a session."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined, Probed
from cc_launcher.core.doctor.findings import Finding, found
from cc_launcher.core.probe import kept, words

CODES = ("model-failed-probe",)


def check(seen: Examined) -> Iterator[Finding]:
    """The newest probe of each profile's main model. An old one counts, and is said to be one."""
    for probed in seen.probes:
        if not probed.run.fit:
            yield _failed(seen, probed)


def _failed(seen: Examined, probed: Probed) -> Finding:
    run, name = probed.run, probed.profile
    past = (seen.today - words.date_of(run.began)).days
    old = f", {past} days ago" if past > kept.OLD else ""
    other = "; its knobs have changed since" if probed.knobs != frozenset(run.knobs) else ""
    what = f"{name}: {run.model} failed its probe on {words.day(run.began)}{old}: {run.verdict}{other}"
    # A change that was tried on what the profile was then may be no help to what it is now.
    change = "" if other else kept.helps(run, probed.knobs)
    hint = f"{words.edit(name, change)}, with which it passed" if change else f"cc probe {name}"
    return found("model-failed-probe", what, hint=hint)
