"""Two probes next to each other: what got worse, what got better, and what makes them hard to compare."""

from dataclasses import dataclass

from cc_launcher.core.probe import words
from cc_launcher.core.probe.exchange import MESSAGES, Exchange
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome, Run

WORSE, BETTER, SAME, NEW, GONE, UNKNOWN = "worse", "better", "same", "new", "gone", "not compared"
_ORDER = {PASSED: 0, DEGRADED: 1, FAILED: 2}
_SLOWER, _NOTICED = 2.0, 1.0  # so many times, and so many seconds: what else is chance
_FIRST = "first_token"  # the figure of a check that measures it
_NAMED = 6  # checks in the sentence


@dataclass(frozen=True)
class Row:
    """One check in both runs."""

    check: str
    title: str
    group: str
    then: Outcome | None
    now: Outcome | None
    change: str  # WORSE, BETTER, SAME, NEW, GONE or UNKNOWN


@dataclass(frozen=True)
class Figure:
    """Something that both runs have a number of, in words."""

    name: str
    then: str
    now: str


@dataclass(frozen=True)
class Comparison:
    """All of it."""

    said: str  # in a sentence
    notes: tuple[str, ...]  # what else is not the same: the model, the client, the knobs
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]
    worse: bool


def compare(then: Run, now: Run) -> Comparison:
    """The older run and the newer one."""
    before = {outcome.check: outcome for outcome in then.outcomes}
    after = {outcome.check: outcome for outcome in now.outcomes}
    checks = [*after, *(check for check in before if check not in after)]
    rows = tuple(_row(before.get(check), after.get(check)) for check in checks)
    first = _first_tokens(rows)
    return Comparison(
        _said(rows, then, slower=_is_slower(first)),
        tuple(_notes(then, now)),
        rows,
        tuple(_figures(then, now, first)),
        any(row.change == WORSE for row in rows),
    )


def _row(then: Outcome | None, now: Outcome | None) -> Row:
    about = now or then
    if about is None:
        raise ValueError
    return Row(about.check, about.title, about.group, then, now, _change(then, now))


def _change(then: Outcome | None, now: Outcome | None) -> str:
    if then is None:
        return NEW
    if now is None:
        return GONE
    if then.status == now.status:
        return SAME
    if SKIPPED in {then.status, now.status}:
        return UNKNOWN  # nobody has looked, once
    return WORSE if _ORDER.get(now.status, 0) > _ORDER.get(then.status, 0) else BETTER


def _said(rows: tuple[Row, ...], then: Run, *, slower: bool) -> str:
    parts = []
    for change in (WORSE, BETTER):
        names = [row.check for row in rows if row.change == change]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        if names:
            parts.append(f"{change}: {', '.join(names[:_NAMED])}{more}")
    if slower:
        parts.append("slower to begin")
    if parts:
        return f"{'; '.join(parts)} (than on {words.day(then.began)})"
    if not any(row.change == SAME for row in rows):
        return "nothing to compare: no check is in both"
    return f"the same as on {words.day(then.began)}"


def _notes(then: Run, now: Run) -> list[str]:
    """What may be the reason of a change, and is none of the provider's."""
    notes = []
    for name, was, is_now in (
        ("profile", then.profile, now.profile),
        ("model", then.model, now.model),
        ("endpoint", then.host, now.host),
        ("client", then.client, now.client),
        ("knobs", _knobs(then), _knobs(now)),
    ):
        if was != is_now:
            notes.append(f"not the same {name}: {was} then, {is_now} now")
    notes += [f"the probe of {words.when(run.began)} was stopped early" for run in (then, now) if not run.whole]
    return notes


def _knobs(run: Run) -> str:
    return ", ".join(sorted(run.knobs)) or "none"


def _figures(then: Run, now: Run, first: tuple[float, float] | None) -> list[Figure]:
    figures = []
    if first is not None:
        figures.append(Figure("first token after", *(words.duration(seconds) for seconds in first)))
    figures.append(Figure("took", words.duration(then.seconds), words.duration(now.seconds)))
    for name, was, is_now in (
        ("tokens in", then.input_tokens, now.input_tokens),
        ("tokens out", then.output_tokens, now.output_tokens),
    ):
        if was and is_now:
            figures.append(Figure(name, f"{was:,}", f"{is_now:,}"))
    if then.cost is not None and now.cost is not None:
        figures.append(Figure("cost", words.price(then.cost), words.price(now.cost)))
    return figures


def _first_tokens(rows: tuple[Row, ...]) -> tuple[float, float] | None:
    """How long the first token took, in the middle of what both runs have asked for and got."""
    pairs = [
        (was, is_now)
        for row in rows
        if row.then is not None and row.now is not None
        if (was := _first_token(row.then)) is not None and (is_now := _first_token(row.now)) is not None
    ]
    if not pairs:
        return None
    return _middle([was for was, _ in pairs]), _middle([is_now for _, is_now in pairs])


def _middle(figures: list[float]) -> float:
    return sorted(figures)[len(figures) // 2]


def _first_token(outcome: Outcome) -> float | None:
    """As the check itself has measured it, or else when the first answer began."""
    if _FIRST in outcome.figures:
        return outcome.figures[_FIRST]
    return next((one.answer.pieces[0].at for one in outcome.evidence if _is_answer(one)), None)


def _is_answer(one: Exchange) -> bool:
    return one.ask.path.partition("?")[0] == MESSAGES and one.answer.status == 200 and bool(one.answer.pieces)


def _is_slower(first: tuple[float, float] | None) -> bool:
    return first is not None and first[1] > first[0] * _SLOWER and first[1] - first[0] > _NOTICED
