"""Which kept probe says something of a model as a profile uses it now, and what."""

from collections.abc import Iterable, Sequence

from cc_launcher.core.probe import words
from cc_launcher.core.probe.outcome import FAILED, Outcome, Run

# The model of a profile that leaves the choice to the client, which asks for this one then (measured on 2.1.329)
CLIENTS_DEFAULT = "claude-opus-5-5"
OLD = 30  # days after which it is said how old a probe is


def newest(runs: Iterable[Run], model: str) -> Run | None:
    """The newest probe of this model that came to a judgement; runs are given newest first.

    One that somebody has stopped says something only if a check had failed by then.
    """
    return next((run for run in runs if run.model == model and says_something(run)), None)


def says_something(run: Run) -> bool:
    """Whether anything can be told from it."""
    return run.whole or any(outcome.status == FAILED for outcome in run.outcomes)


def is_of_host(run: Run, name: str) -> bool:
    """Whether this host is the one that was probed. The port does not matter, and where no host is known, any is."""
    probed = run.host.rpartition(":")[0] if run.host.rpartition(":")[2].isdigit() else run.host
    return not name or not probed or probed.strip("[]").lower() == name.strip("[]").lower()


def helps(outcomes: Sequence[Outcome], knobs: frozenset[str]) -> str:
    """The first change that would help: one that was tried, and that the profile has not made since."""
    tried = (advice.change for outcome in outcomes for advice in outcome.advice if advice.tried)
    return next((change for change in tried if not _is_made(change, knobs)), "")


def short(run: Run, now: float) -> str:
    """A probe in a list."""
    verdict = run.verdict.partition(",")[0] if run.fit else "failed probe"
    less = " with limits" if run.fit and "," in run.verdict else ""
    return f"{verdict[:24]}{less} · {words.age(run.began, now)}"


def _is_made(change: str, knobs: frozenset[str]) -> bool:
    key, _, value = change.partition("=")
    return value == "true" and key.removeprefix("compat.") in knobs
