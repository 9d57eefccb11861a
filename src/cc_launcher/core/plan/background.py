"""Background agents: jobs of the client's daemon, of which there is one for each configuration directory.

Measured on 2.1.197 to 2.1.332: the daemon keeps `--settings` with each job, and takes the variables of whoever started
it out of what it starts. So the job of a sealed launch stays on its provider, whoever started the daemon, dispatches in
its view, restarts or attaches to it; and one with the host's flag, whose key is in a variable, finds no credential.
"""

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import AGENTS_OFF, SEALED, TO_BACKGROUND, Plan, Private, asks_for_jobs
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.protection import UPDATE, why_not_sealed
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.stores import references
from cc_launcher.core.text.quote import posix

TRIED = (2, 1, 197)  # the oldest client on which jobs of sealed launches were tried
_START = ("agents", "respawn", *TO_BACKGROUND)  # what may start a job; the others look at one that there is
_SHORT = 60
_HAS_JOBS = "attach"  # came with them: before, `claude agents` is a list of something else


def are_off(plan: Plan) -> bool:
    """Whether the client of this launch refuses them."""
    return plan.set.get(AGENTS_OFF, "") not in {"", "0"}


def are_kept_apart(protection: str, machine: Machine) -> bool:
    """Whether each job of such a launch stays on its own provider, with its own key."""
    return protection == SEALED and machine.version is not None and machine.version >= TRIED


def refuse(
    plan: Plan,
    named: str,
    user: list[str],
    pins: str,
    profile: Profile,
    reference: references.Reference | None,
    machine: Machine,
) -> None:
    """Refuse who asks for them where they would find no key, and say how they do.

    `named`: the profile, and a model if one was given; `pins`: as they are handed over.
    """
    word = asks_for_jobs(user)
    if not word or _HAS_JOBS not in plan.subcommands:
        return
    if are_off(plan):
        what = f"{plan.profile}: background agents are off in this launch: they would find no key"
        raise CcError(what, _instead(plan, named, user, why_not_sealed(profile, reference), machine), code=USAGE)
    if isinstance(pins, Private) and word in _START:
        what = "your proxy's password is handed over in memory, where a background agent cannot read it"
        raise CcError(f"{plan.profile}: {what}", f"use a proxy without one, or {_beside(plan)}", code=USAGE)


def _instead(plan: Plan, named: str, user: list[str], why_not: str, machine: Machine) -> str:
    if machine.version is not None and machine.version < TRIED:
        return f"{UPDATE}, or {_beside(plan)}"
    if why_not:
        return f"this launch cannot be sealed: {why_not}; {_beside(plan)}"
    if plan.protection == SEALED:
        return f"{AGENTS_OFF} is set for this launch: take that out"
    words = posix(user)
    return f"cc run --sealed {named} {words if len(words) < _SHORT else f'{posix(user[:1])} …'}"


def _beside(plan: Plan) -> str:
    return f'run a task beside: cc run {plan.profile} -p "TASK" &'
