"""The file of consents: for its owner alone, nothing lost where two write or where it is damaged."""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from cc_launcher.actions import consent as settling
from cc_launcher.actions.screen import NOBODY, Screen
from cc_launcher.core.errors import IN_THE_WAY, REFUSED, CcError
from cc_launcher.core.sessions.consent import Pair, Side
from cc_launcher.files import consents

A, B, P = Side("zai", "a.example"), Side("deepseek", "b.example"), Side("ollama", "127.0.0.1:11434")


@pytest.fixture
def file(home: Path) -> Path:
    return home / "data" / "consents.json"


def pairs() -> list[tuple[str, str]]:
    return [(one.sender, one.receiver) for one in consents.all()]


def test_a_consent_is_of_one_direction_and_can_be_taken_back(file: Path) -> None:
    assert consents.all() == []
    consents.record("a.example", "b.example")
    first = file.read_bytes()
    consents.record("a.example", "b.example")
    assert file.read_bytes() == first
    assert consents.given("a.example", "b.example")
    assert not consents.given("b.example", "a.example")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    consents.withdraw("b.example", "a.example")
    assert file.read_bytes() == first
    consents.withdraw("a.example", "b.example")
    assert pairs() == []


def write_some(number: int) -> None:
    for other in range(10):
        consents.record(f"{number}.example", f"{other}.example")


@pytest.mark.usefixtures("home")
def test_no_consent_is_lost_where_several_write() -> None:
    several = [multiprocessing.get_context("fork").Process(target=write_some, args=(number,)) for number in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert len(pairs()) == 40


@pytest.mark.parametrize("content", [b"", b"mine", b'{"version": 1, "consents": [{'])
def test_what_is_damaged_or_somebody_elses_is_named_and_left(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    for use in (consents.all, lambda: consents.record("a", "b"), lambda: consents.withdraw("a", "b")):
        with pytest.raises(CcError, match=r"consents\.json: ") as caught:
            use()
        assert caught.value.code == IN_THE_WAY
    assert file.read_bytes() == content


def test_one_that_others_can_write_or_that_leads_elsewhere_is_not_believed(file: Path) -> None:
    consents.record("a", "b")
    file.chmod(0o622)
    with pytest.raises(CcError, match="somebody else could have written it"):
        consents.given("a", "b")
    file.chmod(0o600)
    file.rename(file.with_name("elsewhere"))
    os.symlink("elsewhere", file)
    with pytest.raises(CcError, match=r"consents\.json: "):
        consents.given("a", "b")
    file.unlink()
    file.mkdir()
    with pytest.raises(CcError, match="not a file"):
        consents.given("a", "b")


def answering(*answers: str) -> tuple[Screen, list[str]]:
    """A screen on which these are typed, and what was said and asked there."""
    seen: list[str] = []
    left = list(answers)

    def types(question: str) -> str:
        seen.append(question)
        return left.pop(0)

    return Screen(seen.append, lambda question: types(question) == "y", types), seen


@pytest.mark.usefixtures("home")
def test_each_pair_of_hosts_is_asked_about_once() -> None:
    screen, seen = answering("y")
    settling.settle([Pair(A, B), Pair(A, A)], screen, command="cc take-over")
    settling.settle([Pair(A, B)], screen, command="cc take-over")
    settling.settle([Pair(A, B)], NOBODY, command="cc take-over")
    assert seen == ["Send what a.example has seen to b.example? (asked once)"]


@pytest.mark.usefixtures("home")
def test_no_is_no_and_nothing_is_written_down() -> None:
    screen, _ = answering("n")
    with pytest.raises(CcError, match=r"nothing was sent to b\.example") as caught:
        settling.settle([Pair(A, B)], screen, command="cc take-over")
    assert (caught.value.code, pairs()) == (REFUSED, [])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("typed", ["", "y", "yes", "ollama", "DEEPSEEK"])
def test_a_private_session_takes_the_name_of_who_gets_it(typed: str) -> None:
    screen, seen = answering(typed, " deepseek ")
    with pytest.raises(CcError, match=r"nothing was sent to b\.example"):
        settling.settle([Pair(P, B, private=True)], screen, command="cc take-over")
    assert pairs() == []
    settling.settle([Pair(P, B, private=True)], screen, command="cc take-over")
    assert pairs() == [("127.0.0.1:11434", "b.example")]
    assert seen[1] == "To send it to b.example anyway, type deepseek"


@pytest.mark.usefixtures("home")
def test_with_nobody_to_ask_each_command_is_named_that_says_yes() -> None:
    with pytest.raises(CcError) as caught:
        settling.settle([Pair(P, B, private=True), Pair(A, B)], NOBODY, command="cc run")
    error = caught.value
    assert error.code == REFUSED
    assert error.what.startswith("cc run: the session would go from 127.0.0.1:11434 to b.example")
    assert error.hint.endswith("cc take-over --allow --private ollama deepseek")
    assert error.details[0].endswith("cc take-over --allow zai deepseek")
    assert pairs() == []
