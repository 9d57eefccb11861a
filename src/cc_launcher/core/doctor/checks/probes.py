"""Models: whether one that a launch starts on was found unfit for a session."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined, Probed
from cc_launcher.core.doctor.findings import Finding, found
from cc_launcher.core.probe import kept, words
from cc_launcher.core.probe.check import EDITING, FATAL
from cc_launcher.core.probe.checks.catalog import CHECKS
from cc_launcher.core.probe.outcome import FAILED, Outcome, Run

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
    hints = [] if other else [_hint(name, outcome, probed.knobs) for outcome in _causes(run)]
    hint = "; ".join(hints) if hints and all(hints) else "; ".join([*filter(None, hints), f"cc probe {name}"])
    return found("model-failed-probe", what, hint=hint)


def _causes(run: Run) -> list[Outcome]:
    """The checks for which the model is unfit: a change that helps another one would not make it fit."""
    weights = {check.name: check.weight for check in CHECKS}
    return [one for one in run.outcomes if one.status == FAILED and weights.get(one.check) in {FATAL, EDITING}]


def _hint(name: str, outcome: Outcome, knobs: frozenset[str]) -> str:
    change = kept.helps((outcome,), knobs)
    return f"{outcome.title}: {words.edit(name, change)}, with which it passed" if change else ""
