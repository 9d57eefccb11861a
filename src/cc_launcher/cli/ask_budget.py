"""Before a launch on a profile with a budget: what is left of it, and whether to go on when nothing is."""

import math
import sys
from collections.abc import Iterator

from cc_launcher.actions import budget as action
from cc_launcher.claude import this_machine
from cc_launcher.cli import questions, render, usage_view
from cc_launcher.cli.given_options import prints, taken
from cc_launcher.core.errors import TIMED_OUT, CcError
from cc_launcher.core.plan import Plan, client, hooks, needs_model
from cc_launcher.core.plan.first_answer import Unavailable
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.usage import budget
from cc_launcher.core.usage.budget import Standing
from cc_launcher.launch.request import Request

_OPTION = "--max-budget-usd"
_RESUMES = ("--resume", "-r")
_ANYWAY = "--anyway"


class Budgets:
    """The budgets of the profiles that a launch may come to, each looked at once."""

    def __init__(self, asked: Request) -> None:
        self._asked = asked
        self._found: dict[str, Standing | None] = {}
        self._agreed: set[str] = set()

    def ask(self, resolved: Resolved) -> None:
        """Ask whether to go on where nothing is left; without somebody to ask, that is refused."""
        found = self._look(resolved)
        if found is None or not found.is_spent:
            return
        if resolved.profile.by_gateway:
            raise action.refusal(found, by_gateway=True)
        if _ANYWAY not in self._asked.flags:
            if not questions.is_conversation():
                raise action.refusal(found)
            render.talk(budget.over(found))
            if not questions.agree("Go on anyway?", usual=False):
                raise CcError(f"{resolved.name}: nothing was started", budget.again(found))
        self._agreed.add(resolved.name)

    def refuse(self, resolved: Resolved) -> None:
        """In a chain of profiles nobody is asked: where nothing is left, it goes on to the next one."""
        found = self._look(resolved)
        if found is None or not found.is_spent:
            return
        if _ANYWAY not in self._asked.flags or resolved.profile.by_gateway:
            raise Unavailable(
                budget.over(found), budget.again(found), code=TIMED_OUT, words=f"its budget of {found.budget} is spent"
            )
        self._agreed.add(resolved.name)

    def held(self, plan: Plan, resolved: Resolved, user: list[str]) -> tuple[Plan, list[str]]:
        """The plan and the user's arguments, with the client told what is left where it can stop there itself."""
        if resolved.profile.budget is None:  # or our gateway keeps it
            return plan, user
        plan = hooks.marked_apart(plan, user)
        found = self._look(resolved)
        if found is None:
            return plan, user
        if found.profile in self._agreed:
            return plan.but(set=plan.set | {hooks.ANYWAY: found.profile}), user
        if not prints(user) or found.is_spent:
            return plan, user
        named, replaced = taken(user, "--model")[0][-1:], bool(taken(user, "--managed-settings")[0])
        most = action.for_client(found, plan, resolved, "".join(named), replaced=replaced)
        if most is None:
            return plan, user
        given, others = taken(user, _OPTION)
        smaller = [value for value in map(_number, given) if value is None or value <= most]
        if not smaller:
            user = others
            plan = plan.but(args=(*plan.args, _OPTION, f"{most:.6f}"))
        return plan.but(pins=hooks.without_tools(plan.pins)), user

    def _look(self, resolved: Resolved) -> Standing | None:
        """How it stands, said as far as somebody has to know; nothing where there is no budget, or nobody can tell."""
        if resolved.name not in self._found:
            self._found[resolved.name] = self._looked(resolved)
        return self._found[resolved.name]

    def _looked(self, resolved: Resolved) -> Standing | None:
        user = self._asked.rest
        if resolved.profile.budget is None or not needs_model(user, client.subcommands(this_machine.client_version())):
            return None
        with usage_view.Reading() as reading:
            try:
                found = action.look(resolved, reading.told, _resumed(user))
            except CcError as error:
                reading.end()
                render.talk(f"{resolved.name}: nobody can say what is left of the budget: {error.what}")
                return None
        for line in _said(found):
            render.talk(line)
        return found


def _said(found: Standing) -> Iterator[str]:
    if sys.stderr.isatty() and not found.is_spent:
        yield f"{found.profile}: {budget.left(found)}"
    if uncounted := budget.uncounted(found):
        yield uncounted


def _resumed(user: list[str]) -> str:
    """The session that goes on, where the user names it; one that is chosen inside is looked at there."""
    for option in _RESUMES:
        given = [value for value in taken([*user, ""], option)[0] if value[:1] not in {"", "-"}]
        if given and "--fork-session" not in user:
            return given[-1]
    return ""


def _number(text: str) -> float | None:
    """What the user allows; nothing for what is no number, which the client refuses."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
