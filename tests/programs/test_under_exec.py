"""The Agent SDKs and the editors' adapter under `cc exec`: nobody tells them of a client; each is on the profile."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import KINDS, Stage, said
from tests.fakes.fake_provider import ErrorReply
from tests.programs import programs, scenarios
from tests.programs.programs import Program
from tests.programs.scenarios import FIRST, Session
from tests.support import console_script

Make = Callable[[Path], Program]


def under_exec(stage: Stage, make: Make, name: str, *, bundled: bool = False) -> Session:
    """A program that looks for a client by itself: on PATH, or in its own package."""
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    scratch = stage.elsewhere / "program"
    program = make(scratch)
    if bundled:
        program = programs.with_its_client(program, scratch, stage.client)
    environment = dict(stage.environment)
    del environment["CC_CLAUDE"]
    environment["PATH"] = f"{stage.client.parent}:{environment['PATH']}"
    under: tuple[str | Path, ...] = (console_script(stage.elsewhere / "bin"), "exec", *kind.options, "own", "--")
    session = Session(stage, program, None, environment, under)
    scenarios.with_hostile_settings(session, kind)
    return session


@pytest.mark.parametrize("name", ["token", "sealed"])
@pytest.mark.parametrize("make", [programs.python_sdk, programs.acp_adapter], ids=lambda make: make.__name__)
def test_one_that_starts_our_claude(stage: Stage, make: Make, name: str) -> None:
    """The SDK without a client takes it from PATH, the adapter from its variable."""
    scenarios.uses_tools(under_exec(stage, make, name), KINDS[name])


BRINGS_ONE = pytest.mark.parametrize(
    "make", [programs.python_sdk, programs.typescript_sdk], ids=lambda make: make.__name__
)


@BRINGS_ONE
def test_one_that_brings_its_client_along_has_the_variables(stage: Stage, make: Make) -> None:
    """Files may choose another model for it, as `cc exec` says; where it goes, and with which key, they may not."""
    session = under_exec(stage, make, "token", bundled=True)
    seen = session(FIRST)
    assert [(result["error"], result["text"]) for result in seen.results] == [(False, "pong")], seen
    assert "One that it brings along" in seen.ended.stderr
    assert stage.hijacker.requests == []
    assert {request.headers["authorization"] for request in stage.ours.messages} == {f"Bearer {stage.secret}"}
    assert not [request for request in stage.everything() if "foreign-canary" in str(request.headers)]


@BRINGS_ONE
def test_where_the_key_is_kept_from_the_program_its_own_client_has_none(stage: Stage, make: Make) -> None:
    session = under_exec(stage, make, "sealed", bundled=True)
    stage.ours.script = lambda _: ErrorReply(401, "no such key", "authentication_error")
    seen = session(FIRST)
    assert [result["error"] for result in seen.results] == [True], seen
    assert "gets no key, because this launch is sealed" in seen.ended.stderr
    assert stage.hijacker.requests == []
    for request in stage.everything():
        assert stage.secret not in said(request)
        assert harness.LOGIN_TOKEN not in said(request)
