"""Who asks for background agents, and what they are told where those would find no key."""

from typing import Any

import pytest

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import AGENTS_OFF, Private, arguments, asks_for_jobs, background, client
from cc_launcher.core.plan.make_plan import reference_of
from tests.unit.conftest import machine, plan_of, resolved

TOKEN = 'base_url = "https://h"\nauth = "bearer"\nsecret = "keyring:k"\n[tiers]\nmain = "m"\n'
BESIDE = 'run a task beside: cc run mine -p "TASK" &'


@pytest.mark.parametrize(
    ("user", "word"),
    [
        (["--bg", "fix it"], "--bg"),
        (["-p", "--background", "x"], "--background"),
        (["agents"], "agents"),
        (["attach", "1"], "attach"),
        (["respawn", "1"], "respawn"),
        (["-p", "--", "--bg"], ""),
        (["-p", "agents"], ""),
        (["daemon", "status"], ""),
        ([], ""),
    ],
)
def test_who_asks_for_them(user: list[str], word: str) -> None:
    assert asks_for_jobs(user) == word


def refused(text: str, *user: str, pins: str = "{}", **options: Any) -> CcError | None:
    """What a launch of this profile is told."""
    on = machine(**{key: value for key, value in options.items() if key == "version"})
    profile = resolved(text)
    plan = plan_of(text, **options)
    try:
        background.refuse(plan, "mine", list(user), pins, profile.profile, reference_of(profile, frozenset()), on)
    except CcError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("text", "user", "hint"),
    [
        (TOKEN, ("--bg", "fix it"), "cc run --sealed mine --bg 'fix it'"),
        (TOKEN, ("--bg", "x" * 90), "cc run --sealed mine --bg …"),
        (TOKEN, ("agents",), "cc run --sealed mine agents"),
        (
            TOKEN.replace("keyring:k", "env:K"),
            ("--bg", "x"),
            f"this launch cannot be sealed: its secret is in the environment already (env:K); {BESIDE}",
        ),
        (
            'base_url = "http://localhost:1"\nauth = "none"\n[tiers]\nmain = "m"\n',
            ("agents",),
            f"this launch cannot be sealed: it has no secret; {BESIDE}",
        ),
    ],
)
def test_what_is_done_instead(text: str, user: tuple[str, ...], hint: str) -> None:
    error = refused(text, *user)
    assert error is not None
    assert error.code == USAGE
    assert error.what == "mine: background agents are off in this launch: they would find no key"
    assert error.hint == hint


def test_a_sealed_launch_has_them() -> None:
    for user in (("--bg", "x"), ("agents",), ("attach", "1")):
        assert refused(TOKEN, *user, sealed=True) is None


def test_who_wants_them_all_the_same_or_asks_for_something_else_is_let_through() -> None:
    assert refused(TOKEN, "--bg", "x", env=((AGENTS_OFF, "0"),)) is None
    assert refused(TOKEN, "-p", "x") is None
    assert refused(TOKEN, "agents", version=client.BEFORE_SOCKETS) is None  # there, a list of something else


def test_on_a_client_on_which_nobody_tried_it_an_update_is_what_helps() -> None:
    error = refused(TOKEN, "--bg", "x", sealed=True, version=(2, 1, 150))
    assert error is not None
    assert error.hint == f"update the client (claude update), or {BESIDE}"


def test_what_is_in_memory_alone_no_job_could_read() -> None:
    for user in (("--bg", "x"), ("agents",), ("respawn", "1")):
        error = refused(TOKEN, *user, pins=Private("{}"), sealed=True)
        assert error is not None
        assert "a background agent cannot read it" in error.what
    assert refused(TOKEN, "logs", "1", pins=Private("{}"), sealed=True) is None


def test_in_the_view_sessions_start_in_the_plain_mode_as_those_of_cc_run_do() -> None:
    sealed = plan_of(TOKEN, sealed=True)
    assert arguments(sealed, ["agents"], "{}") == ["--settings", "{}", "agents", "--permission-mode", "default"]
    given = ["agents", "--permission-mode", "plan"]
    assert arguments(sealed, given, "{}") == ["--settings", "{}", *given]
    assert arguments(plan_of(TOKEN), ["agents"], "{}") == ["--settings", "{}", "agents"]
    assert arguments(sealed, ["mcp", "list"], "{}") == ["--settings", "{}", "mcp", "list"]
    older = plan_of(TOKEN, sealed=True, version=client.BEFORE_SOCKETS)
    assert arguments(older, ["agents"], "{}") == ["--settings", "{}", "agents"]
