"""`cc run --stay`, and a profile with `in_session`: what is asked and refused before a client beside which we wait."""

import copy
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cc_launcher.actions import consent, planning, states, take_over
from cc_launcher.cli import questions, render, run_arguments
from cc_launcher.core.errors import REFUSED, USAGE, CcError, NotThere
from cc_launcher.core.plan import Plan, client, stay
from cc_launcher.core.profile.state import MISSING
from cc_launcher.core.sessions import resume_options
from cc_launcher.core.sessions.consent import Pair, command_for
from cc_launcher.files import session_files
from cc_launcher.files.session_files import SessionFile

if TYPE_CHECKING:
    from cc_launcher.actions.before_launch import Link
    from cc_launcher.actions.planning import Planned
    from cc_launcher.cli.ask_budget import Budgets
    from cc_launcher.cli.way_in import Ready
    from cc_launcher.core.profile.resolve import Resolved
    from cc_launcher.launch.request import Request

FLAG = "--stay"


def is_wanted(asked: "Request", loaded: "Resolved", chain: "Sequence[Link]") -> bool:
    """Whether we are to wait beside the client. What is asked for and makes no sense is refused."""
    by_flag = FLAG in asked.flags
    if not by_flag and not loaded.profile.in_session:
        return False
    if not (asked.fallback or loaded.profile.fallback):
        hint = f"for example: cc run --fallback PROFILE --stay {asked.profile}"
        raise CcError("cc run: --stay needs profiles to go on with", hint, code=USAGE)
    if len(chain) < 2:
        return False  # a subcommand of the client, or nobody else
    if not hasattr(os, "fork"):
        return _not_here(by_flag, "this system has no way to wait beside the client")
    if asked.others:
        return _not_here(by_flag, "the next profile would not have the tool of --with")
    given = [*loaded.profile.args, *asked.rest]
    if reason := stay.elsewhere(given):
        if by_flag:
            stay.refuse(given)
        return _not_here(by_flag, f"{reason}: no other profile could go on with that session")
    return True


def _not_here(by_flag: bool, why: str) -> bool:  # noqa: FBT001 - named by all who call it
    if by_flag:
        raise CcError(f"cc run: --stay: {why}", "leave it out", code=USAGE)
    render.talk(f"in_session does not work here: {why}")
    return False


def settle(chain: "Sequence[Link]", command: str) -> None:
    """Ask for all that a session needs to go on on each of these profiles. Nothing has been sent then."""
    for link in chain[1:]:
        if states.of(link.resolved).key == MISSING:
            raise NotThere(
                f"{link.name} has no key, so no session can go on there", f"cc secret set {link.name}", code=REFUSED
            )
    consent.settle(_pairs(chain), questions.screen(), command=command)


def _pairs(chain: "Sequence[Link]") -> list[Pair]:
    """Who may see what, as far as a session may get: each what all before it have seen."""
    return [
        pair
        for number, after in enumerate(chain)
        for before in chain[:number]
        for pair in consent.pairs(before.resolved, after.resolved)
    ]


def as_data(chain: "Sequence[Link]") -> dict[str, Any]:
    """What would happen within the session, for programs."""
    missing = consent.open_ones(_pairs(chain))
    return {
        "profiles": [link.name for link in chain[1:]],
        "consents_missing": [
            {"from": pair.sender.host, "to": pair.receiver.host, "command": command_for(pair)} for pair in missing
        ],
    }


def lines(chain: "Sequence[Link]") -> list[str]:
    """The same for people."""
    following = ", then ".join(link.name for link in chain[1:])
    found = [f"when a turn fails, cc goes on with {following}, and waits beside Claude Code for that"]
    return [
        *found,
        *(
            f"asks first: may what {pair.sender.host} has seen go to {pair.receiver.host}? ({command_for(pair)})"
            for pair in consent.open_ones(_pairs(chain))
        ),
    ]


def run(
    asked: "Request",
    plan: Plan,
    user: list[str],
    ready: "Ready",
    chain: "Sequence[Link]",
    budgets: "Budgets | None",
) -> int:
    """Start the session on the profile that is ready, and go on on those behind it."""
    from cc_launcher.actions import stay as action

    names = [link.name for link in chain]
    links = list(chain[names.index(plan.profile) :])
    if not stay.prints([*plan.args, *user]) and sys.stdout.isatty():
        _say_what_hinders(ready.planned)

    def launch(
        planned: "Planned", plan: Plan, words: list[str], before: Callable[[], None], read: Any
    ) -> "action.Launch":
        if budgets is not None:
            plan, words = budgets.held(plan, planned.resolved, words)
        network = dict(planned.machine.network)

        def arguments(one: Plan, given: list[str]) -> list[str]:
            return run_arguments.of_client(run_arguments.as_priced(one, given), given, network)

        return action.Launch(planned, plan, words, arguments, before, read)

    def plan_of(link: "Link", *, ask: bool) -> "Planned":
        request = copy.copy(asked)
        request.profile, request.word = link.name, link.word
        return planning.plan(request, for_real=True, ask=ask, screen=questions.screen())

    def prepare(link: "Link", words: "action.Words") -> "action.Launch":
        if budgets is not None:
            budgets.refuse(link.resolved)
        planned = plan_of(link, ask=True)
        return launch(planned, planned.plan, words(planned), planned.bind, {})

    resumed = resume_options.asked(user)
    file = _file_of(resumed.value) if resumed is not None else None
    for link in links[1:]:
        planned = plan_of(link, ask=False)  # what is wrong with it is said now, and what it asks is asked
        if file is not None:
            consent.settle(take_over.judged(file, planned).pairs, questions.screen(), command=f"cc run {asked.profile}")
    first = launch(ready.planned, plan, user, ready.remember, ready.read)
    return action.run(first, links, prepare, questions.screen(), "" if file is None else file.id)


def _file_of(session: str) -> SessionFile | None:
    """The session that is gone on with, as far as it is known by its id."""
    known = session_files.every() if session_files.is_id(session) else ()
    return next((one for one in known if one.id == session), None)


def _say_what_hinders(planned: "Planned") -> None:
    """What keeps a session on a terminal from going on elsewhere by itself."""
    from cc_launcher.core.plan import hooks

    machine = planned.machine
    if machine.version is not None and not machine.can(client.TELLS_FAILURES):
        render.talk(f"{planned.plan.profile}: {machine.named} {client.TELLS_FAILURES.lacks}")
    for line in hooks.off(planned.plan.profile, machine, "so the session cannot go on on another profile by itself"):
        render.talk(line)
