"""The probe agrees with the real client: a session fails where the probe said, and works where it said so.

What each flaw does to a session was measured; where the client helps itself, the probe has to know that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.client.stage import Stage
from tests.probe.session import ALL, DONE, Session, hold, hold_long, standing
from tests.probe.table import TABLE
from tests.support import require_tool

EVERYTHING = frozenset(ALL)


@dataclass(frozen=True)
class Came:
    """What comes of a session."""

    lost: frozenset[str] | None = frozenset()  # of what the model wanted; None: `as_well` knows
    code: int = 0
    words: str = ""  # with which it ends
    as_well: Callable[[Session], bool] = lambda _: True  # what else shows


def lost(*what: str) -> Came:
    return Came(frozenset(what))


def ended(words: str = "API Error: 400 Bad request", **more: Any) -> Came:
    return Came(EVERYTHING, 1, words, **more)


def twice(session: Session) -> bool:
    """Each prompt was sent a second time, for a whole answer."""
    streamed = [body.get("stream", False) for body in session.requests]
    return streamed.count(True) == streamed.count(False) == len(session.requests) // 2


SESSIONS: dict[str, Came] = {
    # The session fails, and nothing helps.
    "edit-newlines": lost("the edit"),
    "edit-quotes": lost("the edit"),
    "arguments-whole-only": Came(EVERYTHING - {"thoughts"}),
    "parallel-merged": lost("one", "two"),
    "same-ids": Came(None, as_well=lambda session: session.lost in ({"one"}, {"two"})),  # the one that came later
    "numbers-as-text": lost("the list"),
    "tool-error-refused": ended(),
    "ignores-tools": Came(EVERYTHING, 0, "I have no such tool."),
    "cut-off": ended("API Error: Connection lost"),
    "blocks-not-closed": ended("The model's tool call could not be parsed"),
    "refuses-many-tools": ended(),
    # It fails, and with the advice it does not.
    "wants-x-api-key": ended("Not logged in"),
    "refuses-adaptive-thinking": ended(as_well=lambda session: session.refused == 6),
    "refuses-thinking": ended(),
    "refuses-effort": ended(),
    "refuses-context-management": ended(),
    "refuses-cache-control": ended(),
    "refuses-system-role": ended(),
    "refuses-new-betas": ended(),
    "max-output-small": ended("API Error: 400 max_tokens: 32000 > 8192"),
    "thinking-not-handed-back": ended(),
    # It goes on, with less.
    "drops-thinking": lost("thoughts"),
    "only-first-call": lost("two"),  # the model would have to call again
    "ignores-images": lost("the picture"),
    "refuses-images": ended(),  # once a picture is read: without one, it goes on
    "nested-as-text": Came(),
    "stop-reason-not-tool-use": Came(),
    "usage-missing": Came(),
    "signature-missing": Came(),
    "answer-without-content": Came(),
    "same-index": Came(),
    "strange-events": Came(),
    "no-message-stop": Came(),
    "no-event-names": Came(as_well=twice),
    "not-streamed": Came(as_well=twice),
    "wrong-order": Came(as_well=twice),
    "error-in-stream": Came(as_well=twice),
    # The client helps itself; with the advice it need not.
    "refuses-effort-in-known-words": Came(as_well=lambda session: session.refused == 1),
    "refuses-system-role-in-known-words": Came(as_well=lambda session: session.refused == 1),
    "refuses-new-betas-in-known-words": Came(as_well=lambda session: session.refused > 1),
    "refuses-tool-search": Came(as_well=lambda session: session.refused == 3),
}
# What the advice leaves a session without.
NO_THOUGHTS = {"refuses-thinking", "thinking-not-handed-back", "drops-thinking"}


def probed(stage: Stage, *options: str) -> dict[str, Any]:
    """What `cc probe` says."""
    shown = stage.cc("probe", "own", "--json", *options)
    data: dict[str, Any] = json.loads(shown.stdout)["data"]
    assert shown.returncode == (0 if data["fit"] else 1), shown
    return data


def test_without_a_flaw_nothing_is_missing(tmp_path: Path) -> None:
    require_tool("npm")
    with standing(tmp_path) as stage:
        session = hold(stage)

    assert (session.code, session.lost, session.refused) == (0, set(), 0)


@pytest.mark.parametrize("flaw", SESSIONS)
def test_a_session_comes_to_what_the_probe_said(tmp_path: Path, flaw: str) -> None:
    require_tool("npm")
    came, row = SESSIONS[flaw], TABLE[flaw]
    with standing(tmp_path, flaw) as stage:
        found = probed(stage)
        assert {one["check"]: one["status"] for one in found["checks"] if one["status"] in {"failed", "degraded"}} == (
            row.found
        )
        session = hold(stage)
        assert session.code == came.code, session.said
        assert came.lost is None or session.lost == came.lost, session.said
        assert came.words in session.said
        assert came.as_well(session)
        # What does not fit loses something; what fits loses no more than a check has said.
        if not found["fit"]:
            assert session.lost
        elif not row.found:
            assert not session.lost

        changes = [advice["change"] for one in found["checks"] for advice in one["advice"]]
        if not changes:
            return
        assert stage.cc("edit", "own", *changes).returncode == 0
        fixed = hold(stage)

    assert (fixed.code, fixed.lost) == (0, {"thoughts"} if flaw in NO_THOUGHTS else set()), fixed.said
    assert fixed.refused == 0
    assert fixed.thinks is (flaw not in NO_THOUGHTS)


@pytest.mark.parametrize(
    ("flaw", "code", "words", "compacted"),
    [("small-window", 0, DONE, 1), ("small-window-odd-words", 1, "API Error: 400 Bad request", 0)],
)
def test_a_window_that_is_smaller_than_claimed(
    tmp_path: Path, flaw: str, code: int, words: str, compacted: int
) -> None:
    require_tool("npm")
    with standing(tmp_path, flaw, window=200_000, real_window=60_000) as stage:
        found = probed(stage, "--deep", "--only", "window", "--max-cost", "2")
        session, times = hold_long(stage)
        assert found["fit"] is (code == 0)
        assert (session.code, times) == (code, compacted)
        assert words in session.said
        assert session.refused

        [change] = [advice["change"] for one in found["checks"] for advice in one["advice"]]
        assert stage.cc("edit", "own", change).returncode == 0
        fixed, times = hold_long(stage)

    # Now the client compacts before anybody refuses.
    assert (fixed.code, fixed.refused) == (0, 0)
    assert DONE in fixed.said
    assert times
