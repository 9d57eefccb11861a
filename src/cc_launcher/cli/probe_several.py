"""`cc probe --all`: every profile that is ready, side by side."""

import threading
import time
from collections.abc import Sequence

from cc_launcher.actions import probing, states
from cc_launcher.actions.probing import Looked, Probe, Wishes
from cc_launcher.cli import probe_view, render
from cc_launcher.core.errors import FOUND_PROBLEM, INTERRUPTED, NO_SUCH, OK, CcError
from cc_launcher.core.probe.outcome import Outcome, Run
from cc_launcher.files import known_hosts, profiles

_LOOK = 0.2  # seconds between two looks at whether all are done


class _Unseen:
    """Who watches a probe that is one of several."""

    def started(self, check: str) -> None:
        """Nothing is shown of one check."""

    def done(self, outcome: Outcome) -> None:
        """Nor of its end."""


def every(wishes: Wishes, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Probe all profiles that are ready, at the same time: each is at another host, mostly."""
    ready, faults = _ready(wishes)
    for error in faults.values():
        render.talk(f"left out: {error.what}")
    if not ready:
        raise _nobody()
    if dry_run:
        for looked in ready:
            probe_view.foretell(looked)
        return OK
    probe_view.agree(ready, "cc probe --all", yes=yes)
    begun = _prepared(ready, faults)
    if not begun:
        raise _nobody()
    runs, whole = _side_by_side(begun, wishes)
    for run in runs:
        probe_view.keep(run, wishes)
    if as_json:
        render.envelope("probe", [probe_view.as_data(run) for run in runs], faults)
    else:
        probe_view.show_side_by_side(runs)
    if not whole:
        return INTERRUPTED
    return OK if runs and all(run.fit for run in runs) else FOUND_PROBLEM


def _prepared(ready: Sequence[Looked], faults: dict[str, CcError]) -> list[Probe]:
    """Those whose secrets are there. The others join the faults."""
    begun: list[Probe] = []
    for looked in ready:
        try:
            probe = probing.prepare(looked)
            looked.planned.bind()
            begun.append(probe)
        except CcError as error:
            render.talk(f"left out: {error.what}")
            faults[looked.name] = error
    return begun


def _nobody() -> CcError:
    return CcError("no profile is ready to be probed", "cc list-profiles shows what each one needs", code=NO_SUCH)


def _ready(wishes: Wishes) -> tuple[list[Looked], dict[str, CcError]]:
    """The user's own profiles, and those of the catalog that are ready or have been used; servers only if they were."""
    used = known_hosts.profiles()
    found: list[Looked] = []
    faults: dict[str, CcError] = {}
    for row in states.rows():
        if not (row.own or row.ready or row.name in used):
            continue
        try:
            resolved = profiles.load(row.name)
            if resolved.profile.kind == "local" and not (row.own or row.name in used):
                continue
            found.append(probing.look(row.name, None, wishes))
        except CcError as error:
            if row.own or row.name in used:
                faults[row.name] = error
    return found, faults


def _side_by_side(begun: Sequence[Probe], wishes: Wishes) -> tuple[list[Run], bool]:
    """Run them, and say of each when it is done."""
    runs: dict[str, Run] = {}
    faults: list[BaseException] = []
    began, clock = time.time(), time.monotonic()

    def one(probe: Probe) -> None:
        try:
            probe.runner.run(_Unseen())
        except BaseException as fault:  # noqa: BLE001 - raised where somebody waits
            faults.append(fault)
            return
        if probe.runner.stopped:
            return  # before its end
        run = probing.finished(probe, wishes, began, time.monotonic() - clock, whole=True)
        runs[run.profile] = run
        render.talk(f"{run.profile}: {run.verdict}")

    threads = [threading.Thread(target=one, args=(probe,), daemon=True) for probe in begun]
    whole = _to_the_end(threads)
    for probe in begun:
        probe.runner.stop()
        probe.sender.close()
    if faults:
        raise faults[0]
    for probe in begun if not whole else ():
        done = probing.finished(probe, wishes, began, time.monotonic() - clock, whole=False)
        runs.setdefault(done.profile, done)
    return [runs[probe.looked.name] for probe in begun], whole


def _to_the_end(threads: Sequence[threading.Thread]) -> bool:
    """Whether nobody has stopped them."""
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(_LOOK)
    except KeyboardInterrupt:
        return False
    return True
