"""What a model is told of the task that it gave away: the answer first, then what it has to know of it."""

from collections.abc import Iterator

from cc_launcher.core.ask.outcome import FAILED, SPENT, STOPPED, Changes, Outcome
from cc_launcher.core.text import printable
from cc_launcher.core.usage import words

_MANY = 8  # different tools that were not allowed


def told(outcome: Outcome) -> str:
    """All of it."""
    return "\n\n".join(filter(None, (_head(outcome), outcome.text, "\n".join(_notes(outcome)))))


def took(outcome: Outcome) -> str:
    """What it took, in a line."""
    spent = outcome.spent
    model = f" ({outcome.model})" if outcome.model else ""
    requests = f"{spent.requests} request{'' if spent.requests == 1 else 's'}"
    cost = f"cost {spent.money}" if spent.tokens else "cost nothing"
    return f"{outcome.profile}{model}: {words.tokens(spent.tokens)} tokens in {requests}, {cost}, limit {outcome.limit}"


def denied(outcome: Outcome) -> str:
    """The tools that were not allowed, each with what it was called for."""
    every = [f"{one.tool} {one.about}".strip() for one in outcome.denied]
    counted = {what: every.count(what) for what in every}
    shown = [f"{printable(what)} ({times} times)" if times > 1 else printable(what) for what, times in counted.items()]
    more = f", and {len(shown) - _MANY} more" if len(shown) > _MANY else ""
    return ", ".join(shown[:_MANY]) + more


def changed(changes: Changes) -> Iterator[str]:
    """What was changed, and how one gets at it."""
    if changes.problem:
        yield f"Its changes are in no commit: {changes.problem}"
    if changes.stat:
        yield f"Its changes are on the branch {changes.branch}, in no work tree of yours:"
        yield changes.stat
        yield f"To look: git diff {changes.base[:12]} {changes.branch}. To take them over: git merge {changes.branch}"
    elif not changes.problem:
        yield "It changed nothing, so there is no branch."
    if changes.unseen:
        yield f"It began with commit {changes.base[:12]}: changes here that are in no commit were not seen."


def _head(outcome: Outcome) -> str:
    match outcome.ending:
        case ending if ending == FAILED:
            return f"{outcome.profile} did not do it: {outcome.why}"
        case ending if ending == SPENT:
            so_far = "What it said so far follows." if outcome.text else "It had said nothing so far."
            return (
                f"{outcome.profile} was stopped: the limit of {outcome.limit} for one task was reached. {so_far} "
                "Ask for less at once: a smaller part, or with the files that matter named. The user can raise it."
            )
        case ending if ending == STOPPED:
            return f"{outcome.profile} was stopped before it had an answer."
    return "" if outcome.text else f"{outcome.profile} ended without a word."


def _notes(outcome: Outcome) -> Iterator[str]:
    yield f"[{took(outcome)}]"
    if outcome.denied:
        may = "read and change files of its own work tree" if outcome.writes else "read files of this project"
        yield (
            f"Not allowed: {denied(outcome)}. It may {may}, and nothing else. "
            "If the task needs more, do that part yourself, and give it what you found in the next task."
        )
    if outcome.changes is not None:
        yield from changed(outcome.changes)
    if outcome.ending == FAILED and outcome.status:
        yield "Nothing is gained by asking the same again at once: another profile may do it, or you."
