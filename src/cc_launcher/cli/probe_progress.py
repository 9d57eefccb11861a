"""A probe while it runs: on a terminal a table that fills, elsewhere a line a check on stderr.

Checks may end in any order and on any thread. Rows are shown group by group, so one that is early waits for its group.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from cc_launcher.cli import probe_view, render
from cc_launcher.core.probe import evidence, words
from cc_launcher.core.probe.outcome import SKIPPED, Outcome, Run
from cc_launcher.core.text.width import cut

Named = tuple[str, str, str]  # a check: its name, its title, its group

_SAID = 300  # characters of a row
_RUNNING = 5  # rows for what runs just now: with the total, that is never more than a small terminal has
_REFRESH = 8  # times a second


class Progress:
    """What a probe tells while it runs. This one says a line a check on stderr, and prints rows at the end."""

    def __init__(self, *, rows: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._rows = rows  # False: stdout is for something else
        self._clock = clock
        # Whoever draws the lower part holds a lock of Rich's, and needs the state; so nobody prints while holding that.
        self._state = threading.Lock()
        self._printing = threading.RLock()
        self._checks: dict[str, Named] = {}
        self._running: dict[str, float] = {}
        self._done: dict[str, Outcome] = {}
        self._shown: set[str] = set()
        self._heading = ""
        self._began = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def begin(self, checks: Sequence[Named]) -> None:
        """All that is going to be checked, in the order of the table."""
        self._checks = {check: (check, title, group) for check, title, group in checks}
        self._began = self._clock()

    def started(self, check: str) -> None:
        """This check runs from now on."""
        with self._state:
            self._running[check] = self._clock()

    def done(self, outcome: Outcome) -> None:
        """This check has ended."""
        with self._printing:
            with self._state:
                self._running.pop(outcome.check, None)
                self._checks.setdefault(outcome.check, (outcome.check, outcome.title, outcome.group))
                self._done[outcome.check] = outcome
            self._tell()

    def end(self, run: Run, notes: Sequence[str] = ()) -> None:
        """All has ended, or somebody has stopped it."""
        with self._printing:
            if self._rows:
                probe_view.show_rows(run)
            probe_view.show_end(run, notes)

    def _tell(self) -> None:
        for check, outcome in self._done.items():
            if check not in self._shown:
                self._shown.add(check)
                if outcome.status == SKIPPED:
                    continue  # the rows have it; where nobody answers, that is nearly all of them
                said = evidence.short(outcome.said, _SAID)
                render.talk(f"{outcome.status} {check}: {said} ({words.duration(outcome.seconds)})")

    def _close(self) -> None:
        """Leave nothing on the terminal that moves."""

    def _total(self) -> str:
        done = list(self._done.values())
        costs = [outcome.cost for outcome in done if outcome.cost is not None]
        tokens_in = sum(outcome.input_tokens for outcome in done)
        tokens_out = sum(outcome.output_tokens for outcome in done)
        elapsed = words.duration(self._clock() - self._began)
        cost = words.price(sum(costs)) if costs else ""
        parts = (f"{len(done)} of {len(self._checks)}", elapsed, f"{tokens_in:,} tokens in, {tokens_out:,} out", cost)
        return " · ".join(filter(None, parts))


class LiveProgress(Progress):
    """The same on a terminal: finished rows stay, and scroll; what runs and the total are drawn anew below them."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock=clock)
        from rich.live import Live

        self._console = render.live_console()
        self._live = Live(
            console=self._console,
            get_renderable=self._below,
            refresh_per_second=_REFRESH,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=True,
        )

    def begin(self, checks: Sequence[Named]) -> None:
        """All that is going to be checked, in the order of the table."""
        super().begin(checks)
        self._live.start(refresh=True)

    def end(self, run: Run, notes: Sequence[str] = ()) -> None:
        """All has ended, or somebody has stopped it."""
        with self._printing:
            with self._state:
                self._running.clear()
            self._show(self._due(everything=True))
            self._close()
            probe_view.show_end(run, notes)

    def _tell(self) -> None:
        self._show(self._due())

    def _close(self) -> None:
        with suppress(OSError):  # a terminal that is gone
            self._live.stop()

    def _due(self, *, everything: bool = False) -> Iterator[Outcome]:
        """What can be shown by now: what is done of the first group that is not done, and of all groups before it."""
        groups = list(dict.fromkeys(group for _, _, group in self._checks.values()))
        for group in groups:
            checks = [name for name, _, its in self._checks.values() if its == group]
            for check in checks:
                if check in self._done and check not in self._shown:
                    self._shown.add(check)
                    yield self._done[check]
            if not everything and not all(check in self._done for check in checks):
                return

    def _show(self, outcomes: Iterator[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.group != self._heading:
                self._heading = outcome.group
                self._console.print(probe_view.heading(outcome.group))
            self._console.print(probe_view.row(outcome, self._longest()))

    def _longest(self) -> int:
        return probe_view.longest(self._checks)

    def _below(self) -> Any:
        """What is drawn anew: the checks that run, and the total."""
        from rich.console import Group
        from rich.spinner import Spinner
        from rich.text import Text

        with self._state:
            running = list(self._running.items())
            total = self._total()
        spinner = "dots" if (self._console.encoding or "").lower().startswith("utf") else "line"
        now, room = self._clock(), self._console.width - 4
        lines: list[Any] = []
        for check, since in running[:_RUNNING]:
            _, title, _ = self._checks.get(check, ("", "", ""))
            text = f"{check}: {title} ({words.duration(now - since)})"
            lines.append(Spinner(spinner, Text(cut(evidence.short(text, _SAID), room)), style="cyan"))
        if len(running) > _RUNNING:
            lines.append(Text(f"  and {len(running) - _RUNNING} more"))
        lines.append(Text(cut(total, self._console.width - 1), style="dim"))
        return Group(*lines)


def progress(*, rows: bool = True) -> Progress:
    """What fits the place where the output goes. Without rows, stdout is left to something else, such as --json."""
    if rows and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return LiveProgress()
    return Progress(rows=rows)
