"""What a model is told of the task that it gave away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cc_launcher.core.ask import reply
from cc_launcher.core.ask.limit import Spent
from cc_launcher.core.ask.outcome import DONE, FAILED, SPENT, STOPPED, Changes, Outcome
from cc_launcher.core.ask.stream import Denied
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.price import EXACT, PLAN, Cost

TOOK = Spent(3, Figures(input=11_000, output=1_000), Cost(0.02, 0.02, EXACT), "USD")
GOOD = Outcome("zai", DONE, "Forty-two.", TOOK, "0.50 USD", "glm-5.3", "s-1")
CHANGES = Changes("cc-ask/zai-1", "0123456789abcdef", " a.py | 2 +-\n 1 file changed", unseen=False)


def test_the_answer_comes_first_and_then_what_it_took() -> None:
    assert reply.told(GOOD) == (
        "Forty-two.\n\n[zai (glm-5.3): 12.0k tokens in 3 requests, cost $0.0200, limit 0.50 USD]"
    )
    in_a_plan = replace(GOOD, spent=TOOK._replace(billing=PLAN))
    assert "cost in a plan" in reply.told(in_a_plan)


def test_denied_tools_are_counted_and_there_is_something_to_do_about_them() -> None:
    read, bash = Denied("Read", "/etc/passwd"), Denied("Bash", "make")
    text = reply.told(replace(GOOD, denied=(read, bash, bash)))
    assert "Not allowed: Read /etc/passwd, Bash make (2 times). It may read files of this project" in text
    assert "do that part yourself" in text
    many = reply.told(replace(GOOD, denied=tuple(Denied("Read", f"/{number}") for number in range(20))))
    assert "/7, and 12 more." in many


@pytest.mark.parametrize(
    ("ending", "why", "said"),
    [
        (FAILED, "API Error: 401", "zai did not do it: API Error: 401"),
        (SPENT, "", "zai was stopped: the limit of 0.50 USD for one task was reached. What it said so far follows."),
        (STOPPED, "", "zai was stopped before it had an answer."),
    ],
)
def test_why_there_is_no_answer(ending: str, why: str, said: str) -> None:
    assert reply.told(replace(GOOD, ending=ending, why=why)).startswith(said)


def test_without_a_word() -> None:
    assert reply.told(replace(GOOD, text="")).startswith("zai ended without a word.")
    assert "It had said nothing so far." in reply.told(replace(GOOD, ending=SPENT, text=""))


def test_changes_are_named_with_how_to_get_at_them() -> None:
    lines = list(reply.changed(CHANGES))
    assert lines[0] == "Its changes are on the branch cc-ask/zai-1, in no work tree of yours:"
    assert lines[2] == "To look: git diff 0123456789ab cc-ask/zai-1. To take them over: git merge cc-ask/zai-1"
    assert list(reply.changed(CHANGES._replace(stat=""))) == ["It changed nothing, so there is no branch."]
    assert "were not seen" in list(reply.changed(CHANGES._replace(unseen=True)))[-1]
    problem = CHANGES._replace(stat="", problem="disk full; they are in /x")
    assert list(reply.changed(problem)) == ["Its changes are in no commit: disk full; they are in /x"]


@pytest.mark.parametrize(
    ("ending", "status", "code"),
    [(DONE, 0, 0), (SPENT, 143, 75), (STOPPED, 143, 130), (FAILED, 77, 77), (FAILED, 9, 1)],
)
def test_the_exit_code_says_how_it_ended(ending: str, status: int, code: int) -> None:
    assert replace(GOOD, ending=ending, status=status).code == code
