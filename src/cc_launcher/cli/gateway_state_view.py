"""What `cc gateway status` and `cc gateway logs` show."""

import json
import sys
import time
from typing import Any

from cc_launcher.actions import gateway_report
from cc_launcher.actions.gateway_report import BudgetState, ProfileState, State, Target
from cc_launcher.cli import columns, render
from cc_launcher.core.usage import words
from cc_launcher.files.gateway_log import Wanted

_BAR = 20
_EVERY = 0.5  # seconds between two looks at the log
_TITLES = ("time", "session", "profile", "route", "served by", "rule", "status", "in", "out", "cached", "cost", "ms")
_SAID = {
    "down": "down: the next launch starts it",
    "starting": "starting",
    "failed": "failed",
    "ending": "ending: it finishes what it is answering",
    "empty": "running, with nothing to serve",
}


def show(state: State) -> None:
    """How the gateway stands."""
    said = _SAID.get(state.state, "")
    if state.state == "serving":
        said = f"serving at http://127.0.0.1:{state.port}, for {_lasting(state.seconds)}"
        if state.restarts:
            said += f"; its engine was started again {state.restarts} times in the last five minutes"
    render.out(f"gateway   {said}")
    if state.fault:
        render.out(f"          {state.fault}; the next launch tries again")
    old = "" if state.is_newest else " (this cc was tested with another one: cc gateway install --upgrade)"
    render.out(
        f"engine    LiteLLM {state.engine}{old}" if state.engine else "engine    not installed: cc gateway install"
    )
    for profile in state.profiles:
        _profile(profile)


def _profile(profile: ProfileState) -> None:
    number = f"{profile.sessions} session{'' if profile.sessions == 1 else 's'} open"
    render.out("")
    gone = "" if profile.served else f"; not served now: cc gateway up {profile.name}"
    render.heading(f"{profile.name}   {number}{gone}")
    rows = [(route, *_cells(target)) for route, targets in profile.routes.items() for target in targets]
    columns.show(rows, (1, 0), ("route", "served by", "weight", "share", "requests today", "state"), "  ")
    for budget in profile.budgets:
        render.out(f"  {_bar(budget)}")


def _cells(target: Target) -> tuple[str, ...]:
    state = "key refused (401): replace it" if target.refused else target.last
    return (target.served_by, f"{target.weight:g}", f"{target.share:.0f} %", str(target.requests), state)


def _bar(budget: BudgetState) -> str:
    full = min(int(_BAR * budget.percent / 100), _BAR)
    spent, whole = words.money(budget.spent, budget.currency), words.money(budget.amount, budget.currency)
    end = ", spent: requests are refused" if budget.percent >= 100 else ", most of it is spent" if budget.warned else ""
    drawn = f"[{'#' * full}{'.' * (_BAR - full)}] {budget.percent:.0f} %"
    return f"budget {budget.about}  {drawn}: {spent} of {whole}/{budget.per}{end}"


def rows(found: list[dict[str, Any]], *, as_json: bool, titled: bool) -> None:
    """Rows of the log."""
    if as_json:
        for row in found:
            sys.stdout.write(json.dumps(row_data(row)) + "\n")
    elif sys.stdout.isatty():
        columns.show([_row(row) for row in found], (1, 4, 5, 3), _TITLES if titled else ())
    else:
        render.table(_TITLES, [_row(row) for row in found])
    sys.stdout.flush()


def follow(wanted: Wanted, found: list[dict[str, Any]], *, as_json: bool) -> None:
    """Go on, until Ctrl-C."""
    last = found[-1]["id"] if found else 0
    while True:
        time.sleep(_EVERY)
        new = gateway_report.rows(wanted._replace(after=last, most=100_000))
        if new:
            last = new[-1]["id"]
            rows(new, as_json=as_json, titled=False)


def row_data(row: dict[str, Any]) -> dict[str, Any]:
    """A row, for programs."""
    return {name: value for name, value in row.items() if name != "id"}


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    status = str(row["status"]) + (f" {row['code']}" if row["code"] else "")
    cost = "" if row["cost"] is None else words.money(row["cost"], row["currency"] or "")
    cached = (row["cache_read"] or 0) + (row["cache_write"] or 0)
    served = row["upstream"] or row["served"] or ""
    return (
        time.strftime("%m-%d %H:%M:%S", time.localtime(row["time"])),
        (row["session"] or "")[:8],
        row["profile"],
        row["route"] or "",
        served,
        row["rule"] or "",
        status,
        *("" if number is None else str(number) for number in (row["input"], row["output"])),
        str(cached or ""),
        cost,
        "" if row["ms"] is None else f"{row['ms']:.0f}",
    )


def _lasting(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
