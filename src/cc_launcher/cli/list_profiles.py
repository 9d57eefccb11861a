"""`cc list-profiles`: the profiles, and whether each is ready to use."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cc_launcher.actions.readiness import Row, rows
from cc_launcher.cli import render

if TYPE_CHECKING:
    from cc_launcher.core.probe.outcome import Run


def command(
    *,
    ready: Annotated[bool, typer.Option("--ready", help="only those that are ready to use")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """List the profiles: yours first, then the providers of the catalog."""
    listed = [row for row in rows() if row.ready or not ready]
    if as_json:
        render.envelope("list-profiles", [_as_data(row) for row in listed])
        return
    if not listed:
        render.talk("no profile is ready: cc list-profiles shows what each one needs")
        return
    titles: tuple[str, ...] = ("profile", "title", "model", "state")
    cells: list[tuple[str, ...]] = [(row.name, row.summary.title, row.summary.model, row.state) for row in listed]
    if any(row.probe for row in listed):
        from cc_launcher.core.probe import kept

        now = time.time()
        titles = (*titles, "probe")
        cells = [
            (*shown, kept.short(row.probe, now) if row.probe else "") for shown, row in zip(cells, listed, strict=True)
        ]
    render.table(titles, cells)


def _as_data(row: Row) -> dict[str, Any]:
    shown = {"name": row.name, "title": row.summary.title, "endpoint": row.summary.host, "model": row.summary.model}
    return shown | {"state": row.state, "ready": row.ready, "own": row.own, "probe": _probe_as_data(row.probe)}


def _probe_as_data(run: "Run | None") -> dict[str, Any] | None:
    if run is None:
        return None
    from cc_launcher.core.probe import words

    return {"model": run.model, "date": words.iso(run.began), "fit": run.fit, "verdict": run.verdict}
