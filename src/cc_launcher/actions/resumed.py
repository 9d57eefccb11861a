"""A launch from a cached plan that goes on with a session which only its own profile has seen.

Whatever is less simple than that is for the command line: another profile, another host, a choice from a list.
"""

import os

from cc_launcher.core.plan import Plan, needs_model, session_mark
from cc_launcher.core.sessions import history, resume_options
from cc_launcher.core.sessions.resume_options import CHOSEN, NEWEST, Asked
from cc_launcher.files import places, session_files
from cc_launcher.files.session_files import SessionFile
from cc_launcher.launch import paths


def own(plan: Plan, user: list[str]) -> list[str] | None:
    """The arguments for the client, with the session that is meant; nothing where somebody new might see it."""
    if resume_options.asked(list(plan.args)) is not None:
        return None
    asked = resume_options.asked(user)
    if asked is None or not needs_model(user, plan.subcommands):
        return user
    file = _meant(plan, asked)
    if file is None or not _is_own(plan, file):
        return None
    return resume_options.instead(user, file.id) if asked.which == NEWEST else user


def _meant(plan: Plan, asked: Asked) -> SessionFile | None:
    """The session that the client would take, where there is no doubt."""
    if asked.which == CHOSEN or (asked.which != NEWEST and not session_files.is_id(asked.value)):
        return None
    config = os.path.realpath(plan.set.get("CLAUDE_CONFIG_DIR") or paths.client_config())
    for file in session_files.of_project(paths.here()):
        if file.config != config:
            continue
        if asked.which == NEWEST:
            seen = session_files.look(file)
            if seen.begun and (asked.prints or not seen.by_program):
                return file
        elif file.id == asked.value:
            return file
    return None


def _is_own(plan: Plan, file: SessionFile) -> bool:
    read = history.read(session_files.lines(file.path))
    for line in session_files.lines(places.marks()):
        if file.id.encode() in line:
            read.add(line)
    last = read.stretches()[-1:]
    # What was before that has gone to this host with it.
    return bool(last) and session_mark.setting(session_mark.line(*last[0][:3])) == plan.mark
