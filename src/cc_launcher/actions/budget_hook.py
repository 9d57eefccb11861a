"""`cc __budget prompt|tool PROFILE`: what the hooks of a session call, where its profile has a budget.

It brings the index up to date, at a prompt with all sessions and behind a tool with this one, and stops the session
when nothing is left. It reads no profile unless one has changed. Whatever goes wrong ends it with 1, and the session
goes on: see core/plan/hooks.py.
"""

import json
import os
import sqlite3
import sys
from typing import Any

from cc_launcher.actions import budget as action
from cc_launcher.actions import usage
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import hooks
from cc_launcher.core.profile import money
from cc_launcher.core.text import names
from cc_launcher.core.usage import budget
from cc_launcher.core.usage.budget import Standing
from cc_launcher.files import kept_spending
from cc_launcher.launch import line

_MOST = 16 * 1024 * 1024  # bytes of what the client says: the answer of a tool is in it


def main(args: list[str]) -> int:
    """Look, and say what the client is to do."""
    try:
        word, profile = args
        said = json.loads(sys.stdin.buffer.read(_MOST))
        session, transcript = said["session_id"], said["transcript_path"]
        if not names.is_profile(profile) or not isinstance(session, str) or not isinstance(transcript, str):
            return 1
        if line.marked() not in {"", profile}:  # the hooks of a project's settings (`cc use`), in a launch on another
            return 0
        found = _looked(word, profile, session, transcript)
    except (CcError, OSError, sqlite3.Error, ValueError, KeyError, TypeError, RecursionError):
        return 1
    if found is not None and found.is_spent and os.environ.get(hooks.ANYWAY) != profile:
        sys.stdout.write(json.dumps(_stop(word, f"{budget.over(found)}. To go on: {budget.again(found)}")))
    return 0


def _looked(word: str, profile: str, session: str, transcript: str) -> Standing | None:
    """How the budget stands; nothing where there is none any more."""
    kept = kept_spending.read(profile)
    resolved = None
    if not kept_spending.is_fresh(kept):
        from cc_launcher.files import profiles  # it takes longer than all the rest

        resolved = profiles.load(profile)
        if resolved.profile.by_gateway:  # since this session began: from now on the gateway keeps it
            return None
    text = kept.budget if resolved is None else resolved.profile.budget
    if not text:
        return None
    of_one = word == hooks.AFTER_TOOL
    with usage.ledger_of_session(os.path.realpath(transcript)) if of_one else usage.ledger([], _silent) as ledger:
        found = action.standing(ledger, profile, money.budget(text), session, is_ours=True)
    action.note(found, session, resolved)
    return found


def _silent(_done: int, _total: int) -> None:
    """Nobody looks."""


def _stop(word: str, reason: str) -> dict[str, Any]:
    """What stops a session, as its client wants it said."""
    if word == hooks.AFTER_TOOL:
        return {"continue": False, "stopReason": reason}
    return {"decision": "block", "reason": reason}
