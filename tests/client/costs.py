"""Play every scenario in every way, and compare every witness with the bill: `python tests/client/costs.py`.

From the project's root. With `--only WORD` those whose name has the word; `--seed N` draws the same tokens again;
`--ccusage` runs ccusage from npm beside us, on the same transcripts, and prints both.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import ccusage
from tests.client import harness
from tests.client.cost_scenarios import SCENARIOS
from tests.client.counted import WAYS, Counted, counted
from tests.fakes.fake_counting import STYLES, total

WITHOUT_TERMINAL = ("print", "forks", "two profiles")
ON_TERMINAL = tuple(name for name in SCENARIOS if name not in WITHOUT_TERMINAL)
# Clients that take prices from a launch; the newest is always among them.
VERSIONS = ("2.1.258", "2.1.282", "2.1.300")


class Case(NamedTuple):
    """A scenario, how it is started, and how the provider tells what it counts."""

    scenario: str
    way: str
    style: str
    version: str = harness.CURRENT
    hour: bool = False

    def __str__(self) -> str:
        hour = ", writes for an hour" if self.hour else ""
        return f"{self.scenario}, {self.way}, {self.style}, {self.version}{hour}"


def cases() -> Iterator[Case]:
    """All of them: each scenario in each way with each style, as far as that can be."""
    for way, about in WAYS.items():
        for scenario in SCENARIOS:
            if scenario == "background" and way != "sealed":  # of two launches, that alone starts one of its own
                continue
            one_profile_alone = about.plain or not about.is_priced
            if (one_profile_alone and scenario in {"two profiles", "resumed"}) or (
                not about.exact and scenario in ON_TERMINAL and scenario != "background"
            ):
                continue
            for style in STYLES if scenario in WITHOUT_TERMINAL or way == "run" else ("anthropic",):
                yield Case(scenario, way, style)
    for version in VERSIONS:
        for scenario in WITHOUT_TERMINAL:
            yield Case(scenario, "run", "anthropic", version)
    for scenario in WITHOUT_TERMINAL:  # what the client is not told prices for, `cc usage` has right
        yield Case(scenario, "sealed", "anthropic", hour=True)


def played(case: Case, seed: int, *, beside: bool) -> str:
    """Nothing where all is right, or what is not."""
    with tempfile.TemporaryDirectory(prefix="costs.", ignore_cleanup_errors=True) as root:
        style = STYLES[case.style]
        with counted(Path(root), case.way, case.version, seed=seed, style=style, keeps_for_an_hour=case.hour) as play:
            try:
                SCENARIOS[case.scenario](play)
                play.check()
            except Exception:  # noqa: BLE001 - a report of many faults is what this is for
                return traceback.format_exc(limit=-3)[-3_000:]
            finally:
                if beside:
                    print(f"    {of_ccusage(play)}", flush=True)
    return ""


def of_ccusage(play: Counted) -> str:
    """What ccusage makes of the same transcripts, beside what the providers have counted."""
    config = play.stage.home / ".claude"
    told = ccusage.asked(play.stage.elsewhere, [config])
    if told is None:
        return f"ccusage {ccusage.VERSION}: no row"
    theirs = [told["totals"][name] for name in ccusage.COUNTS]
    served = total(one.tokens for provider in play.providers.values() for one in provider.ledger).four
    share = "the same tokens" if theirs == served else f"{theirs} tokens for {served}"
    bill = sum((provider.bill() for provider in play.providers.values()), start=Fraction()) if play.way.is_priced else 0
    return f"ccusage {ccusage.VERSION}: {share}; ${told['totals']['totalCost']:.4f} for ${float(bill):.4f}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16))
    parser.add_argument("--ccusage", action="store_true")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}")
    wrong = 0
    wanted = [case for case in cases() if asked.only in str(case)]
    for case in wanted:
        began = time.monotonic()
        fault = played(case, asked.seed, beside=asked.ccusage)
        print(
            f"{'WRONG' if fault else 'right'}  {time.monotonic() - began:4.0f} s  {case}\n{fault}".rstrip(), flush=True
        )
        wrong += bool(fault)
    print(f"{len(wanted) - wrong} of {len(wanted)} are right")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
