"""`cc` alone: what is ready, the last one used first, and the next thing to do. At most a screen."""

import time
from collections.abc import Sequence

from cc_launcher.actions import states
from cc_launcher.actions.states import Row
from cc_launcher.cli import columns, render
from cc_launcher.core.profile.popular import ORDER
from cc_launcher.core.profile.remembered import Launch
from cc_launcher.core.profile.state import CLIENT, NOT_NEEDED
from cc_launcher.core.profile.summary import CLIENTS_LOGIN
from cc_launcher.files import foreign_hint, records

_MOST = 10  # profiles
_COMMAND = 26  # columns of what one types
_FROM_NOTHING = "asks for a key, installs Claude Code, starts it"


def show() -> int:
    """A few lines for somebody who sits at a terminal."""
    rows = states.rows()
    launches = {launch.profile: launch for launch in records.launches()}
    missing = states.client_fault()
    fault = "" if missing is None else missing.what
    ready = [row for row in rows if set(row.state.needs) <= {CLIENT}]
    # What needs no key, or the client's login alone, is ready wherever the client is: no sign that anybody wants it.
    wanted = [row for row in ready if row.own or row.name in launches or _has_a_key(row)]
    if not ready or (fault and not wanted):
        _first_time(rows, is_there=not fault)
        return 0
    shown = _in_order(ready if not fault else wanted, launches)
    render.heading(f"ready once there is a Claude Code: {fault}" if fault else "ready")
    now = time.time()
    columns.show(
        [(row.name, _model(row, launches), _about(row, launches, now)) for row in shown[:_MOST]], (1, 2), indent="  "
    )
    if len(shown) > _MOST:
        render.out(f"  … and {len(shown) - _MOST} more: cc ls")
    render.heading("next")
    first = shown[0]
    used = launches.get(first.name)
    start = f"cc run {first.name}{f' {used.word}' if used is not None and used.word else ''}"
    if fault:
        lines = [(start, "installs Claude Code, if you want it, and starts it")]
    elif not wanted:
        lines = [(f"cc run {_example(rows)}", "asks for a key, then starts Claude Code"), (start, "starts it as it is")]
    else:
        lines = [(start, f"starts Claude Code{', as the last time' if used is not None else ''}")]
    _lines([*lines, ("cc ls", f"all {len(rows)} profiles, and what each one needs"), ("cc help", "the commands")])
    return 0


def _has_a_key(row: Row) -> bool:
    return row.state.key != NOT_NEEDED and row.summary.cloud != CLIENTS_LOGIN


def _first_time(rows: Sequence[Row], *, is_there: bool) -> None:
    """Nothing is here yet, apart from a client perhaps: from nothing to a session."""
    example = _example(rows)
    some = ", ".join([name for name in ORDER if name != example][:3])
    found = [("cc import", "brings what you have: other tools, settings, shell files")] if _to_import(rows) else []
    _lines(
        [
            *found,
            (f"cc run {example}", "asks for a key, then starts Claude Code" if is_there else _FROM_NOTHING),
            ("cc ls", f"the other providers: {some} …"),
            ("cc demo", "a tour first, without a key and offline"),
        ],
        indent="",
    )


def _to_import(rows: Sequence[Row]) -> bool:
    """Whether there is something to bring. Where profiles are here, perhaps just those, a glance does not tell."""
    if not foreign_hint.something():
        return False
    if not any(row.own for row in rows):
        return True
    from cc_launcher.actions import follow_examination  # with all that reads the files of other tools

    return bool(follow_examination.to_import())


def _in_order(ready: Sequence[Row], launches: dict[str, Launch]) -> list[Row]:
    def place(row: Row) -> tuple[float, bool, str]:
        used = launches.get(row.name)
        return (-used.when if used is not None else 0.0, not row.own, row.name)

    return sorted(ready, key=place)


def _model(row: Row, launches: dict[str, Launch]) -> str:
    used = launches.get(row.name)
    return (used.word if used is not None else "") or row.summary.model


def _about(row: Row, launches: dict[str, Launch], now: float) -> str:
    used = launches.get(row.name)
    unseen = f"{row.state.unseen} not looked at" if row.state.unseen else ""
    return ", ".join(filter(None, [f"used {_ago(now - used.when)}" if used is not None else "", unseen]))


def _example(rows: Sequence[Row]) -> str:
    """The provider to begin with: of those that need nothing but a key, what people use."""
    keyed = {row.name for row in rows if "key" in row.state.needs}
    return next((name for name in ("zai", *ORDER) if name in keyed), "openrouter")


def _lines(lines: Sequence[tuple[str, str]], indent: str = "  ") -> None:
    for typed, meaning in lines:
        render.out(f"{indent}{typed:<{_COMMAND}}{meaning}")


def _ago(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if (count := int(seconds // length)) >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
