"""Where a launch goes on with a session that others have seen: what is said and asked first, and what is gone on with.

A session of the same host is left alone, and nothing is said of it.
"""

from collections.abc import Sequence
from typing import Any

from cc_launcher.actions import sessions as known
from cc_launcher.actions import take_over as action
from cc_launcher.actions import take_over_words
from cc_launcher.actions.planning import Planned
from cc_launcher.actions.sessions import Session
from cc_launcher.actions.take_over import Judged
from cc_launcher.cli import questions, render
from cc_launcher.cli.given_options import taken
from cc_launcher.core.errors import NO_SUCH, CcError
from cc_launcher.core.plan import Plan, needs_model
from cc_launcher.core.sessions import resume_options
from cc_launcher.core.sessions.resume_options import CHOSEN, NEWEST, THIS, Asked
from cc_launcher.files import session_files
from cc_launcher.launch import paths


def settled(planned: Planned, user: list[str], *, without_images: bool = False) -> tuple[Plan, list[str]]:
    """The plan and the user's arguments, once all that has to be asked was: with the id of the session."""
    plan = planned.plan
    asked = resume_options.asked([*plan.args, *user])
    if asked is None or not needs_model(user, plan.subcommands):
        return plan, user
    session = _meant(planned, asked, user)
    if session is None:
        return plan, user
    judged = _judged(planned, session, user, without_images=without_images)
    if judged.is_of_one_host:
        return (plan, user) if asked.which == THIS else _with_id(plan, user, session.file.id)
    if not asked.forks:
        action.refuse(judged)
    for line in take_over_words.lines(judged, session.glance.title):
        render.talk(line)
    return _with_id(plan, user, action.settled(judged, questions.screen(), f"cc run {plan.profile}"))


def shown(planned: Planned, user: list[str], *, without_images: bool = False) -> dict[str, Any] | None:
    """Say what a launch would say, and return it for programs. Nothing is asked, and nothing copied."""
    asked = resume_options.asked([*planned.plan.args, *user])
    session = _meant(planned, asked, user, asks=False) if asked is not None else None
    if session is None:
        return None
    judged = _judged(planned, session, user, without_images=without_images)
    if judged.is_of_one_host:
        return None
    for line in [*take_over_words.lines(judged, session.glance.title), *take_over_words.to_be_asked(judged)]:
        render.talk(line)
    return take_over_words.as_data(judged)


def _with_id(plan: Plan, user: list[str], session: str) -> tuple[Plan, list[str]]:
    """With this session, whether the user's arguments or the profile's own say that one goes on."""
    return plan.but(args=tuple(resume_options.without(list(plan.args)))), resume_options.instead(user, session)


def _judged(planned: Planned, session: Session, user: list[str], *, without_images: bool) -> Judged:
    named, _ = taken(user, "--model")
    return action.judged(session.file, planned, named[-1] if named else "", without_images=without_images)


def _meant(planned: Planned, asked: Asked, user: list[str], *, asks: bool = True) -> Session | None:
    """The session that the client would go on with; nothing where it has nothing to go on with, and says so itself."""
    if asked.which == THIS:
        found = _named(asked.value)
        if found is not None or asked.prints or session_files.is_id(asked.value):
            return found
    here = [one for one in known.found() if asked.prints or not one.glance.by_program]
    own = [one for one in here if one.file.config == action.config_of(planned.plan)]
    if asked.which == NEWEST:
        return next(iter(own), None)
    if asked.prints or not asks:
        return None
    if all(_judged(planned, one, user, without_images=False).is_of_one_host for one in own):
        return None  # whichever is chosen in the client's own list
    return _chosen(own if asked.which == CHOSEN else _with(own, asked.value))


def _chosen(sessions: Sequence[Session]) -> Session:
    """One of these. The client's own list would not say where each was."""
    if not questions.is_conversation():
        raise CcError("cc run: which session?", "cc sessions lists them: cc run PROFILE --resume ID", code=NO_SUCH)
    from cc_launcher.cli import session_rows  # the ledger comes with it

    return session_rows.picked(session_rows.with_figures(sessions), "Go on with which session? (type to search)")


def _named(value: str) -> Session | None:
    """The session of this id, wherever it is, of this title, or in this file."""
    file = session_files.at(value) if value.endswith(".jsonl") else None
    if file is None and session_files.is_id(value):
        file = next((one for one in session_files.of_project(paths.here()) if one.id == value), None) or next(
            (one for one in session_files.every() if one.id == value), None
        )
    if file is not None:
        return Session(file, session_files.look(file))
    return next((one for one in known.found() if one.glance.named == value), None)


def _with(sessions: Sequence[Session], text: str) -> Sequence[Session]:
    found = [one for one in sessions if text.lower() in one.glance.title.lower()]
    return found or sessions
