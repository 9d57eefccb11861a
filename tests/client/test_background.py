"""Background agents of sealed launches: each job stays on its own provider, whoever started the client's daemon."""

from __future__ import annotations

import json
import re

import pytest

from tests.client import harness
from tests.client.levers import CLIENTS, NEW, Pair, main_loop
from tests.client.stage import PATIENCE, said
from tests.client.wrapped import Wrapped
from tests.fakes.fake_provider import say
from tests.support import wait_until

SEALED = ("--sealed",)


def answering(pair: Pair) -> None:
    for name in "ab":
        pair.provider(name).script = lambda _, name=name: [say(f"{name} answers")]  # type: ignore[misc]


def backgrounded(pair: Pair, name: str) -> str:
    """A job of this profile, when its provider was asked."""
    before = len(main_loop(pair.provider(name)))
    ended = pair.run(name, "--bg", f"a task for {name}", options=SEALED)
    found = re.search(r"backgrounded · (\w+)", ended.stdout)
    assert found, ended
    wait_until(lambda: len(main_loop(pair.provider(name))) > before, f"a request of the job on {name}")
    return found[1]


def asked_again(pair: Pair, job: str, owner: str, by: str) -> None:
    """Ask this job something, from a terminal of another profile."""
    pair.forget()
    with pair.session(by, "attach", job, options=SEALED) as terminal:
        terminal.wait_for(f"{owner} answers", timeout=PATIENCE)
        pair.stage.type(terminal, "and what else")
        wait_until(lambda: bool(main_loop(pair.provider(owner))), "a request of the job")
        terminal.wait_for_quiet()
    assert main_loop(pair.provider(by)) == []


@CLIENTS
def test_each_job_goes_to_its_own_provider_whoever_restarts_it_or_attaches(pair: Pair) -> None:
    answering(pair)
    with pair.daemon():
        jobs = {name: backgrounded(pair, name) for name in "ab"}
        assert backgrounded(pair, "a") not in jobs.values()
        for owner, by in (("a", "b"), ("b", "a")):
            restarted = pair.run(by, "respawn", jobs[owner], options=SEALED)
            assert restarted.returncode == 0, restarted
            asked_again(pair, jobs[owner], owner, by)
        pair.check_secrets()
        kept = [file for file in pair.stage.home.rglob(".claude/**/*") if file.is_file()]
        assert kept
        for file in kept:
            assert not [secret for secret in pair.secrets.values() if secret.encode() in file.read_bytes()], file
    assert pair.processes() == []


@CLIENTS
def test_what_is_dispatched_in_the_view_goes_to_the_provider_of_that_launch(pair: Pair) -> None:
    answering(pair)
    with pair.daemon():
        for name in "aba":
            pair.forget()
            with pair.terminal(name, "agents", options=SEALED) as terminal:
                terminal.wait_for("describe a task", timeout=PATIENCE)
                terminal.wait_for_quiet()
                pair.stage.type(terminal, f"task in the view of {name}")
                wait_until(lambda name=name: bool(main_loop(pair.provider(name))), "a request")  # type: ignore[misc]
                terminal.wait_for_quiet()
            other = {"a": "b", "b": "a"}[name]
            assert not [one for one in main_loop(pair.provider(other)) if f"view of {name}" in said(one)]
        pair.check_secrets()


@pytest.mark.parametrize("version", [NEW])
@pytest.mark.parametrize("first", ["sealed", "plain"])
def test_a_saved_login_never_gets_to_a_provider_by_way_of_the_daemon(pair: Pair, first: str) -> None:
    """Plain `claude --bg` in the daemon that a sealed launch started, and the other way round."""
    answering(pair)
    harness.seed_login(pair.stage.home)
    plain = [str(pair.stage.client), "--bg", "a task of plain claude"]
    with pair.daemon():
        for who in ("sealed", "plain") if first == "sealed" else ("plain", "sealed"):
            if who == "sealed":
                backgrounded(pair, "a")
            else:
                before = len(pair.stage.outside.requests)
                assert harness.run(plain, pair.stage.environment, pair.stage.work, timeout=PATIENCE).returncode == 0
                wait_until(lambda n=before: len(pair.stage.outside.requests) > n + 5, "the job")  # type: ignore[misc]
        pair.check_secrets()
        assert not [one for one in pair.a.requests if harness.LOGIN_TOKEN in said(one)]
        assert not [one for one in pair.a.messages if "a task of plain claude" in said(one)]


@CLIENTS
def test_with_the_key_in_the_environment_they_are_off_and_that_is_said_before_anything_starts(pair: Pair) -> None:
    told = "cc: a: background agents are off in this launch: they would find no key\nhint: cc run --sealed a "
    assert pair.run("a", "-p", "hi").returncode == 0  # from here on, there is a kept plan
    for words, hint in ((("--bg", "fix it"), "--bg 'fix it'"), (("agents",), "agents"), (("attach", "x"), "attach x")):
        ended = pair.run("a", *words)
        assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"{told}{hint}\n")
    assert pair.processes() == []


@CLIENTS
def test_the_client_itself_finds_no_key_there(pair: Pair) -> None:
    """Why they are off: with the host's flag, a job asks for a login."""
    answering(pair)
    with pair.daemon():
        ended = pair.run("a", "--bg", "a task", options=("--env", "CLAUDE_CODE_DISABLE_AGENT_VIEW=0"))
        assert "backgrounded" in ended.stdout, ended
        listed = [str(pair.stage.client), "agents", "--json"]

        def state() -> str:
            told = harness.run(listed, pair.stage.environment, pair.stage.work, timeout=PATIENCE)
            return str([job.get("state") for job in json.loads(told.stdout or "[]")])

        wait_until(lambda: "blocked" in state() or "failed" in state() or "done" in state(), "a job that cannot go on")
        assert pair.a.messages == []


@pytest.mark.parametrize("version", [NEW])
def test_a_wrapper_says_the_same_and_a_sealed_one_has_them(pair: Pair) -> None:
    answering(pair)
    ended = Wrapped(pair.stage, profile="a").launch("--bg", "fix it")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "cc: a: background agents are off in this launch" in ended.stderr
    assert Wrapped(pair.stage, profile="a").launch("agents").returncode == 2
    sealed = Wrapped(pair.stage, "--sealed", profile="b")
    with pair.daemon():
        started = sealed.launch("--bg", "a task for b")
        assert "backgrounded" in started.stdout, started
        wait_until(lambda: bool(main_loop(pair.b)), "a request of the job")
    pair.check_secrets()
