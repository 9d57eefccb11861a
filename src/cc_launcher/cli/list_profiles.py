"""`cc ls`: the profiles, and what each one needs."""

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cc_launcher.actions import states
from cc_launcher.actions.states import Row
from cc_launcher.cli import columns, render
from cc_launcher.core.text.nearest import did_you_mean

if TYPE_CHECKING:
    from cc_launcher.core.probe.outcome import Run

_WIDE, _WIDEST = 100, 120  # columns from which there is room for the title, and for probes beside it
_AROUND = 4  # lines of a screen that are no rows: the titles, the line about the others, a prompt before and after


def command(
    word: Annotated[
        str, typer.Argument(metavar="[WORD]", help="in a name, a title or a model", show_default=False)
    ] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="all of them, not just a screen")] = False,
    ready: Annotated[bool, typer.Option("--ready", help="only those that are ready to use")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """List the profiles: yours and what is ready first, then the providers by what people use.

    cc ls
    cc ls glm

    On a terminal that is a screen of them; with --all, or a word to look for, and in a pipe, all. Where a `cc probe` of
    the main model is kept, the newest one stands beside it with its age: `works · 3 d`, `works with limits · today`,
    `failed probe · 12 d`.
    """
    rows = states.ordered(states.rows())
    listed = [row for row in rows if (row.ready or not ready) and (not word or row.summary.has(word))]
    if as_json:
        render.envelope("list-profiles", [_as_data(row) for row in listed])
    elif not listed:
        render.talk(_nothing(word, [row.name for row in rows], ready=ready))
    elif not sys.stdout.isatty():
        _in_a_pipe(listed)
    else:
        most = len(listed) if every or word else max(columns.size()[1] - _AROUND, 1)
        shown = listed if len(listed) <= most else listed[:most]
        _on_a_terminal(shown, word)
        if left := len(listed) - len(shown):
            render.out(f"… and {left} more: cc ls --all, or cc ls WORD (a name, or a model such as glm)")


def _nothing(word: str, names: list[str], *, ready: bool) -> str:
    if not word:
        return "no profile is ready: cc ls shows what each one needs"
    which = "no ready profile" if ready else "no profile"
    return f"{which} has {word} in it: {did_you_mean(word, names) or 'cc ls --all shows them all'}"


def _on_a_terminal(listed: list[Row], word: str) -> None:
    """One line each; the title where there is room, and probes where there is more."""
    wide = columns.size()[0]
    titles = ["profile", "model", "state"]
    cells = [[row.name, row.summary.model_with(word), row.state.short] for row in listed]
    if wide >= _WIDE:
        titles.insert(1, "title")
        for row, shown in zip(listed, cells, strict=True):
            shown.insert(1, row.summary.title)
    if wide >= _WIDEST and any(row.probe for row in listed):
        titles.append("probe")
        for row, shown in zip(listed, cells, strict=True):
            shown.append(_probe_in_short(row.probe))
    models, state = titles.index("model"), titles.index("state")
    columns.show(cells, (models, state), titles)


def _in_a_pipe(listed: list[Row]) -> None:
    """All of it, with tabs between."""
    rows = [[row.name, row.summary.title, row.summary.model, row.state.text] for row in listed]
    if any(row.probe for row in listed):
        for row, shown in zip(listed, rows, strict=True):
            shown.append(_probe_in_short(row.probe))
    render.table((), rows)


def _as_data(row: Row) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": row.name,
        "title": row.summary.title,
        "endpoint": row.summary.host,
        "model": row.summary.model,
    }
    shown |= {"state": row.state.text, "ready": row.ready, "needs": row.state.needs, "key": row.state.key}
    return shown | {"own": row.own, "probe": _probe_as_data(row.probe)}


def _probe_in_short(run: "Run | None") -> str:
    if run is None:
        return ""
    from cc_launcher.core.probe import kept

    return kept.short(run, time.time())


def _probe_as_data(run: "Run | None") -> dict[str, Any] | None:
    if run is None:
        return None
    from cc_launcher.core.probe import words

    return {"model": run.model, "date": words.iso(run.began), "fit": run.fit, "verdict": run.verdict}
