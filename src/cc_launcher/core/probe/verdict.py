"""What a probe comes to, in words."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cc_launcher.core.probe.check import EDITING, FATAL, MINOR, Check
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, Outcome

_JUDGED = {PASSED, DEGRADED, FAILED}
_NEEDED = (
    "credential",
    "model",
    "sse",
    "tool-call",
    "tool-arguments",
    "edit",
    "client-request",
)  # without which nothing is said


class Verdict(NamedTuple):
    """In words, and whether a session would do."""

    words: str
    fit: bool


def verdict(
    outcomes: Iterable[Outcome], checks: Mapping[str, Check], *, whole: bool = True, some: bool = False
) -> Verdict:
    """What these outcomes mean together. Of `some` of the checks, nothing else is asked for.

    One that somebody has stopped means nothing: what would have failed may be among what was not asked.
    """
    if not whole:
        return Verdict("no verdict: the probe was stopped early", fit=False)
    done = {outcome.check: outcome for outcome in outcomes}
    broken = [outcome for outcome in done.values() if outcome.status == FAILED]
    fatal = [outcome for outcome in broken if checks[outcome.check].weight == FATAL]
    editing = [outcome for outcome in broken if checks[outcome.check].weight == EDITING]
    said = []
    if fatal:
        fixed = all(any(advice.tried for advice in outcome.advice) for outcome in fatal)
        said.append(f"does not work{' as it is' if fixed else ''}: {_named(fatal)}")
    if editing:
        said.append(f"do not use for editing: {_named(editing)}")
    if said:
        return Verdict("; ".join(said), fit=False)
    needed = [name for name in _NEEDED if name in done] if some else _NEEDED
    missing = [checks[name].title for name in needed if name not in done or done[name].status not in _JUDGED]
    if missing:
        return Verdict(f"could not be tested: {_listed(missing)}", fit=False)
    less = [outcome for outcome in done.values() if outcome.status in {FAILED, DEGRADED}]
    without = [checks[outcome.check].without for outcome in less if checks[outcome.check].weight != MINOR]
    if any(without):
        return Verdict(f"works, without {_listed([word for word in without if word])}", fit=True)
    return Verdict("works", fit=True)


def _named(outcomes: list[Outcome]) -> str:
    return _listed([outcome.title for outcome in outcomes])


def _listed(words: list[str]) -> str:
    shown = words if len(words) < 5 else [*words[:3], f"{len(words) - 3} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
