"""Play a made-up probe as if it ran, for a test that watches the terminal: `play.py KIND` in a directory for its marks.

Before each step it waits for a file of that number, so what is on the screen does not depend on anybody's speed.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from cc_launcher.cli import probe_progress, probe_view
from cc_launcher.core.probe import compare
from tests.report import sample
from tests.report.sample import HOSTILE

AT_ONCE = 7  # checks that run at once, when many do


def main(kind: str) -> None:
    marks = Path.cwd()

    def step(number: int) -> None:
        while not (marks / str(number)).exists():
            time.sleep(0.01)

    outcomes = [replace(one, said=HOSTILE) if one.check == "answer" else one for one in sample.outcomes()]
    if kind == "compare":
        probe_view.show_comparison(compare.compare(sample.good_run(), sample.run()))
        return
    if kind.startswith("side"):
        runs = [sample.good_run(profile="mine"), sample.run(), sample.run(profile="my-gateway")]
        probe_view.show_side_by_side(
            runs if kind == "side" else [replace(run, profile=f"{run.profile}-{n}") for n in range(3) for run in runs]
        )
        return
    with probe_progress.progress(rows=kind != "json") as view:
        view.begin([(one.check, one.title, one.group) for one in outcomes])
        # The second check ends before the first one, and one of a later group before all.
        early, late = outcomes[1], outcomes[10]
        for one in (outcomes[0], early, late):
            view.started(one.check)
        view.done(late)
        view.done(early)
        step(1)
        view.done(outcomes[0])
        rest = [one for one in outcomes[2:] if one is not late]
        for one in rest[:AT_ONCE]:
            view.started(one.check)
        step(2)
        if kind == "stop":
            view.end(sample.run(outcomes=tuple(outcomes[:2]), whole=False, verdict="stopped"))
            return
        if kind == "crash":
            raise KeyboardInterrupt
        for one in rest:
            view.done(one)
        step(3)
        view.end(sample.run(outcomes=tuple(outcomes)))


if __name__ == "__main__":
    main(sys.argv[1])
