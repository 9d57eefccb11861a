"""A probe that is over: its rows and what they mean, two next to each other, many side by side, and for programs."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from cc_launcher.actions import probing
from cc_launcher.actions.probing import Looked, Wishes
from cc_launcher.cli import render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.probe import evidence, words
from cc_launcher.core.probe.compare import BETTER, SAME, WORSE, Comparison
from cc_launcher.core.probe.exchange import Exchange
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Advice, Outcome, Run
from cc_launcher.core.text import printable

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_STYLES = {PASSED: "green", DEGRADED: "yellow", FAILED: "bold red", SKIPPED: "dim"}
_CHANGES = {WORSE: "bold red", BETTER: "green", SAME: "dim"}
_SAID = 300  # characters of what is said in one place
_UNFIT = " (do not use it for a session)"
_LINE = 50  # columns of a line to type, for what stands behind it
_WIDEST = 22  # columns of a check's name


def longest(checks: Iterable[str]) -> int:
    """How wide the column of names has to be."""
    return min(_WIDEST, max(map(len, checks), default=0))


def heading(group: str) -> "Text":
    """A line above the checks of a group."""
    return _text(group, "bold")


def row(outcome: Outcome, width: int) -> "Table":
    """One check, as it stands in the table."""
    return _grid(outcome, outcome.said, width, words.duration(outcome.seconds))


def show_rows(run: Run) -> None:
    """All checks: on a terminal under the names of their groups, in a pipe with tabs between the values."""
    if not sys.stdout.isatty():
        render.table(
            (),
            [
                (each.group, each.check, each.status, evidence.short(each.said, _SAID), words.duration(each.seconds))
                for each in run.outcomes
            ],
        )
        return
    console = render.console()
    width, group = longest(outcome.check for outcome in run.outcomes), ""
    for outcome in run.outcomes:
        if outcome.group != group:
            group = outcome.group
            console.print(heading(group))
        console.print(row(outcome, width))


def show_end(run: Run, notes: Sequence[str] = ()) -> None:
    """What it means: what each fault does to a session, what helps, what it took, and last the verdict."""
    verdict = (
        f"{run.profile}, {run.model}: {evidence.short(run.verdict, _SAID)}{_UNFIT if run.whole and not run.fit else ''}"
    )
    troubles = words.troubles(run)
    advice = list(dict.fromkeys(one for outcome in troubles for one in outcome.advice))
    if not sys.stdout.isatty():  # where rows are data, this is talk
        for line in (
            *(_plain(outcome) for outcome in troubles),
            *_helps(run, advice),
            *notes,
            words.total(run),
            verdict,
        ):
            render.talk(line)
        return
    console = render.console()
    console.print()
    if troubles:
        console.print(heading("what is wrong"))
    width = longest(outcome.check for outcome in troubles)
    for outcome in troubles:
        console.print(_grid(outcome, outcome.harm or outcome.said, width))
    if advice:
        console.print(heading("what helps"))
    for line in _helps(run, advice):
        console.print(_text(f"  {line}"), soft_wrap=True)  # one line, to be copied
    for note in notes:
        console.print(_text(f"  {note}"), soft_wrap=True)
    console.print(_text(words.total(run), "dim"), soft_wrap=True)
    console.print(_text(verdict, "bold green" if run.fit else "bold red" if run.whole else "bold yellow"))


def _plain(outcome: Outcome) -> str:
    return f"{outcome.status} {outcome.check}: {evidence.short(outcome.harm or outcome.said, _SAID)}"


def _helps(run: Run, advice: Sequence[Advice]) -> list[str]:
    """The lines to type, with what is known of each where a shell takes it for a comment."""
    lines = [evidence.short(words.edit(run.profile, one.change), _SAID) for one in advice]
    width = min(_LINE, max(map(len, lines), default=0))
    tried = ("tried: the endpoint passes with it" if one.tried else "not tried" for one in advice)
    return [f"{line:<{width}}  # {known}" for line, known in zip(lines, tried, strict=True)]


# -- two runs, and many --------------------


def show_comparison(compared: Comparison, *, unchanged: bool = False) -> None:
    """What changed from one run to the other; with `unchanged`, all else, too."""
    for note in compared.notes:
        _say(f"  {note}", "yellow")
    rows = [
        (each.change, each.check, _status(each.then), _status(each.now), _said(each.now or each.then))
        for each in compared.rows
        if unchanged or each.change != SAME
    ]
    if rows:
        render.table(("change", "check", "then", "now", "what was seen"), rows)
    figures = [(figure.name, figure.then, figure.now) for figure in compared.figures]
    if sys.stdout.isatty():
        render.table(("", "then", "now"), figures)
    else:
        for name, then, now in figures:
            render.talk(f"{name} {then} then, {now} now")
    _say(compared.said, "bold red" if compared.worse else "bold")


def show_side_by_side(runs: Sequence[Run]) -> None:
    """Several profiles: a column for each while they fit, else a row for each."""
    names = [run.profile for run in runs]
    checks = list(dict.fromkeys(outcome.check for run in runs for outcome in run.outcomes))
    found = {(run.profile, outcome.check): outcome.status for run in runs for outcome in run.outcomes}
    needed = longest(checks) + sum(2 + max(len(name), len(DEGRADED)) for name in names)
    if sys.stdout.isatty() and needed <= render.console().width and len(set(names)) == len(names):
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("check", *names):
            table.add_column(_text(name), no_wrap=name != "check")
        for check in checks:
            cells = (found.get((name, check), "") for name in names)
            table.add_row(_text(check), *(_text(status, _STYLES.get(status, "")) for status in cells))
        render.console().print(table)
        for run in runs:
            _say(f"{run.profile}, {run.model}: {evidence.short(run.verdict, _SAID)}", "green" if run.fit else "red")
        return
    rows = [
        (run.profile, run.model, "fit" if run.fit else "not fit", words.counts(run.outcomes), run.verdict)
        for run in runs
    ]
    render.table(("profile", "model", "fit", "checks", "verdict"), rows)


# -- for programs --------------------


def as_data(run: Run) -> dict[str, Any]:
    """A run for `--json`: of what was sent and came back, only how it ended and when."""
    return {
        "profile": run.profile,
        "model": run.model,
        "host": run.host,
        "client": run.client,
        "date": words.iso(run.began),
        "seconds": round(run.seconds, 3),
        "verdict": run.verdict,
        "fit": run.fit,
        "whole": run.whole,
        "knobs": list(run.knobs),
        "input_tokens": run.input_tokens,
        "output_tokens": run.output_tokens,
        "dollars": run.cost,
        "counts": {status: sum(one.status == status for one in run.outcomes) for status in words.STATUSES},
        "checks": [_outcome_as_data(run, outcome) for outcome in run.outcomes],
    }


def comparison_as_data(compared: Comparison) -> dict[str, Any]:
    """A comparison for `--json`."""
    return {
        "said": compared.said,
        "worse": compared.worse,
        "notes": list(compared.notes),
        "checks": [
            {
                "check": one.check,
                "change": one.change,
                "then": _status(one.then) or None,
                "now": _status(one.now) or None,
            }
            for one in compared.rows
        ],
        "figures": [{"name": one.name, "then": one.then, "now": one.now} for one in compared.figures],
    }


def _outcome_as_data(run: Run, outcome: Outcome) -> dict[str, Any]:
    return {
        "check": outcome.check,
        "title": outcome.title,
        "group": outcome.group,
        "status": outcome.status,
        "said": outcome.said,
        "harm": outcome.harm or None,
        "advice": [
            {"change": one.change, "tried": one.tried, "why": one.why, "command": words.edit(run.profile, one.change)}
            for one in outcome.advice
        ],
        "seconds": round(outcome.seconds, 3),
        "input_tokens": outcome.input_tokens,
        "output_tokens": outcome.output_tokens,
        "dollars": outcome.cost,
        "figures": dict(outcome.figures),
        "requests": [_exchange_as_data(one) for one in outcome.evidence],
    }


def _exchange_as_data(one: Exchange) -> dict[str, Any]:
    answer = one.answer
    first = round(answer.pieces[0].at, 3) if answer.pieces else None
    about = {"method": one.ask.method, "path": one.ask.path, "status": answer.status or None}
    return about | {"first_byte": first, "seconds": round(answer.ended, 3), "fault": answer.fault or None}


# -- pieces --------------------


def _grid(outcome: Outcome, said: str, width: int, seconds: str = "") -> "Table":
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=2 + len(DEGRADED))
    table.add_column(width=width, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    cells = [
        _text(f"  {outcome.status}", _STYLES.get(outcome.status, "")),
        _text(outcome.check),
        _text(evidence.short(said, _SAID)),
    ]
    if seconds:
        table.add_column(width=6, justify="right")
        cells.append(_text(seconds, "dim"))
    table.add_row(*cells)
    return table


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(printable(text), style=style)


def _say(text: str, style: str) -> None:
    if sys.stdout.isatty():
        render.console().print(_text(text, style))
    else:
        render.talk(text.strip())


def _status(outcome: Outcome | None) -> str:
    return outcome.status if outcome is not None else ""


def _said(outcome: Outcome | None) -> str:
    return evidence.short(outcome.said, 120) if outcome is not None else ""


def foretell(looked: Looked) -> None:
    """Say what a probe would ask, of whom, and for how much."""
    rows = [(check.group, check.name, check.title) for check in looked.checks if looked.scene.deep or not check.deep]
    where = f"{looked.name}, {looked.model} at {looked.host}"
    render.heading(f"{where}: {len(rows)} checks, for {looked.limit} at most")
    render.table(("group", "check", "what"), rows)


def agree(looked: Sequence[Looked], command: str, *, yes: bool) -> None:
    """Where nobody knows what a probe would cost, somebody has to agree to it first."""
    unpriced = [f"{one.model} at {one.host} ({one.limit} at most)" for one in looked if one.budget.prices is None]
    if yes or not unpriced:
        return
    what = f"there is no known price for {', '.join(unpriced)}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        options = command.removeprefix("cc probe ")
        hint = f"cc probe --yes {options}, or with a price in mind: cc probe --max-cost 20c {options}"
        raise CcError(f"cc probe: {what}", hint, code=USAGE)
    if not typer.confirm(f"{what[0].upper()}{what[1:]}. Probe anyway?", err=True):
        raise CcError("nothing was asked", "with a price in mind: --max-cost 20c; --dry-run shows what would be asked")


def keep(run: Run, wishes: Wishes) -> None:
    """Keep it for lists and comparisons; that it could not be kept is said, and no more."""
    try:
        probing.keep(run, wishes)
    except CcError as error:
        render.talk(f"this probe could not be kept: {error.what}")
