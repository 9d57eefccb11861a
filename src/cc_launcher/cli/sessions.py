"""`cc sessions`: what one can go on with, and which profile each was on."""

import sys
import time
from typing import Annotated, Any

import typer

from cc_launcher.actions import sessions as action
from cc_launcher.actions.sessions import Session
from cc_launcher.cli import columns, render, session_rows
from cc_launcher.core.usage import report
from cc_launcher.launch import paths

_MOST = 50  # rows on a terminal
_TITLES = ("session", "profile", "model", "age", "tokens", "cost", "title")


def command(
    *,
    everywhere: Annotated[bool, typer.Option("--all", help="of all projects")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """List the sessions of this project, the newest first: profile, model, age, tokens, cost and title.

    cc sessions
    cc sessions --all
    cc sessions --json
    """
    found = action.found(everywhere=everywhere)
    listed = session_rows.with_figures(found) if found else []
    if as_json:
        render.envelope("sessions", [_data(session) for session in listed])
        return
    if not listed:
        _say_none(everywhere=everywhere)
        return
    now = time.time()
    rows: list[tuple[str, ...]] = [session_rows.cells(session, now) for session in listed]
    titles: tuple[str, ...] = _TITLES
    if everywhere:
        rows = [(*row[:-1], session.glance.cwd, row[-1]) for row, session in zip(rows, listed, strict=True)]
        titles = (*_TITLES[:-1], "project", "title")
    if not sys.stdout.isatty():
        rows = [(session.file.id, *row[1:]) for row, session in zip(rows, listed, strict=True)]
        render.table((), rows)
        return
    columns.show(rows[:_MOST], (len(titles) - 1, len(titles) - 2) if everywhere else (len(titles) - 1,), titles)
    if len(rows) > _MOST:
        render.talk(
            f"{len(rows) - _MOST} older ones: cc sessions{' --all' if everywhere else ''} --json lists them, too"
        )
    if any(session.guessed for session in listed):
        render.talk("profile?: told by the model; the session has no mark of a launch")
    render.talk("cc take-over PROFILE SESSION goes on with one of them on another profile")


def _say_none(*, everywhere: bool) -> None:
    others = 0 if everywhere else len(action.found(everywhere=True))
    where = "" if everywhere else f" in {paths.here()}"
    more = f"; cc sessions --all shows {others} of other projects" if others else ""
    render.talk(f"there is no session{where} yet: cc run begins one{more}")


def _data(session: Session) -> dict[str, Any]:
    """A session for programs. What nobody knows is null."""
    return {
        "session": session.file.id,
        "profile": session.profile or None,
        "attribution": "none" if not session.profile else "guessed" if session.guessed else "marked",
        "model": session.glance.model or None,
        "title": session.glance.title or None,
        "project": session.glance.cwd or None,
        "changed": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(session.file.changed / 1e9)),
        "tokens": session.tokens,
        "costs": [
            {key: data[key] for key in ("cost", "cost_low", "cost_high", "currency", "basis")}
            for data in map(report.as_data, session.rows)
        ],
        "thread": session.glance.thread or None,
        "printed": session.glance.by_program,
        "open_in": session.pid or None,
        "file": session.file.path,
    }
