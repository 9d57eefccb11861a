"""What is played to see whether every witness of a session's cost says what was billed: each a session, or several."""

from __future__ import annotations

from collections.abc import Callable

from tests.client.counted import OTHER, Counted
from tests.fakes.fake_counting import Tokens

FULL = Tokens(input=2_011, output=401, read=185_003)  # of an answer, after which the client compacts by itself


def print_(counted: Counted) -> None:
    """The main loop, a subagent, one on the small model, several blocks in one answer; then `--continue`."""
    counted.printed("bash", "text+bash", "agent", "agent:haiku", "bash+bash")
    counted.printed("bash", options=("--continue",))


def interactive(counted: Counted) -> None:
    """A title, a subagent, `/model`, `/compact`, `/cost` and the status line, on a terminal."""
    with counted.session() as session:
        session.step("bash")
        session.step("agent")
        session.switch("haiku")
        session.step("bash", "agent")
        session.switch("opus")
        session.command("/compact", "Compacted")
        session.step("bash+text")
        session.read_cost()
        session.read_line()
        session.leave()
    assert counted.own.served(about="title") or counted.way.is_private
    assert counted.own.served(about="compaction")


def forks(counted: Counted) -> None:
    """`--fork-session`, a fork of the fork, and each of them resumed."""
    first = counted.printed("bash")
    fork = counted.printed("bash", options=("--resume", first, "--fork-session"), parent=first)
    again = counted.printed("bash", options=("--resume", fork, "--fork-session"), parent=fork)
    for session in (first, fork, again):
        counted.printed("bash", options=("--resume", session))


def branch(counted: Counted) -> None:
    """`/branch` and `/clear` in a session: three sessions of one process."""
    with counted.session() as session:
        session.step("bash")
        before = session.id
        session.command("/branch", "Branched", "branch")
        session.step("bash")
        assert session.id != before
        between = session.id
        session.command("/clear", "❯ /clear")
        session.terminal.wait_for_quiet()
        session.step("bash")
        assert session.id not in {before, between}
        session.read_cost()
        session.leave()


def two_profiles(counted: Counted) -> None:
    """One session on a profile, on another one that has models of the same names, and back again."""
    counted.agree()
    session = counted.printed("bash")
    counted.printed("bash", "agent:haiku", options=("--resume", session), profile=OTHER)
    counted.printed("bash", options=("--resume", session))


def resumed(counted: Counted) -> None:
    """A session that is resumed on a terminal, on another profile, and compacted there."""
    counted.agree()
    session = counted.printed("bash", "agent")
    with counted.session("--resume", session, profile=OTHER) as on_terminal:
        on_terminal.step("bash")
        on_terminal.command("/compact", "Compacted")
        on_terminal.step("bash")
        on_terminal.read_cost()
        on_terminal.leave()
    counted.printed("bash", options=("--resume", session))
    assert counted.other.served(about="compaction")


def full(counted: Counted) -> None:
    """A conversation that has become so long that the client compacts it by itself."""
    with counted.session() as session:
        session.step("bash")
        counted.own.next = FULL
        session.step()
        session.step("bash")
        session.read_cost()
        session.leave()
    assert counted.own.served(about="compaction")


def background(counted: Counted) -> None:
    """A background agent, with a subagent of its own."""
    counted.in_background("bash", "agent")
    assert counted.own.served(about="title")


SCENARIOS: dict[str, Callable[[Counted], None]] = {
    "print": print_,
    "interactive": interactive,
    "forks": forks,
    "branch": branch,
    "two profiles": two_profiles,
    "resumed": resumed,
    "full": full,
    "background": background,
}
