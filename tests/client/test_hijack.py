"""The hijack matrix: whatever stands in settings files and in the shell, a launch goes where its profile says.

Another provider plays the hijacker. It gets no request at all, ours gets no credential and no model but the profile's,
and the token of the claude.ai login that is saved in the home goes to nobody.
"""

import json
from typing import Any

import pytest

from cc_launcher.core.errors import REFUSED
from tests.client import harness
from tests.client.hostile import FILES, KEPT_OUT, NOT_AGAINST_THE_LOGIN, SHELL, TOGETHER, WHAT, check, hostile, plant
from tests.client.stage import A_TASK, KINDS, PATIENCE, PROMPT, SEALED, Stage, first, tool_results
from tests.fakes.fake_provider import call
from tests.support import wait_until

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG


def cases() -> list[Any]:
    """The matrix. A launch with a token meets each fault alone, the other kinds several at once.

    The old client takes seconds to start: all three settings files are tried on it together.
    """
    found: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    for version, files in ((CURRENT, [(file,) for file in FILES]), (OLD, [FILES])):
        found += [(version, "token", places, (what,)) for places in (*files, SHELL) for what in WHAT]
        for kind in ("key", "none", "login", "sealed"):
            spared = NOT_AGAINST_THE_LOGIN if kind == "login" else set()
            for places, faults in (*((FILES, faults) for faults in TOGETHER), (SHELL, WHAT)):
                found.append((version, kind, places, tuple(what for what in faults if what not in spared)))
    return [
        pytest.param(*case, id="-".join([version, kind, "+".join(places), "+".join(what)]))
        for case in found
        for version, kind, places, what in [case]
        if (places, what) != (SHELL, ("helper",))  # which is no variable
    ]


@pytest.mark.parametrize(("version", "name", "places", "what"), cases())
def test_print_mode(stage: Stage, name: str, places: tuple[str, ...], what: tuple[str, ...]) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, places, what)

    ended = stage.launch(kind, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    # An old client cannot be kept from sending the credentials of a settings file beside a key, unless it is sealed.
    seals_itself = name == "key" and not stage.is_current and places == FILES and KEPT_OUT & {*what}
    check(stage, kind, SEALED if seals_itself else stage.protection(kind))


def test_a_session_with_everything_against_it(stage: Stage) -> None:
    kind = KINDS["token"]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    harness.seed_login(stage.home)
    plant(stage, (*FILES, *SHELL), WHAT)

    with stage.session(kind) as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)
        wait_until(lambda: len(stage.ours.messages) >= 2, "the title's request")

    check(stage, kind, stage.protection(kind))


# What no pin can undo.
@pytest.mark.parametrize("place", ["project", "local"])
@pytest.mark.parametrize(("version", "name", "what"), [(CURRENT, "token", "allowed models")])
def test_a_project_that_could_read_along_is_refused(stage: Stage, name: str, what: str, place: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, (place,), (what,))

    ended = stage.launch(kind, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (REFUSED, ""), ended
    assert str(stage.settings_path(place)) in ended.stderr
    assert list(stage.everything()) == []


@pytest.mark.parametrize("place", ["project", "local"])
@pytest.mark.parametrize(
    ("version", "name"),
    [(CURRENT, "token"), (CURRENT, "sealed"), (CURRENT, "login"), (OLD, "token")],
)
def test_the_users_own_proxy_stays_when_a_project_sets_another(stage: Stage, name: str, place: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, (place,), ("proxy",))
    stage.ours.script = first(call("Bash", command="echo $HTTPS_PROXY $https_proxy", description="x"))

    ended = stage.launch(kind, "-p", PROMPT, "--allowedTools", "Bash")

    assert ended.returncode == 0, ended
    assert tool_results(stage.ours.messages[-1].body)[0].split()[0] == stage.outside.url
    check(stage, kind, stage.protection(kind))


@pytest.mark.parametrize("place", ["project", "local"])
@pytest.mark.parametrize(
    ("version", "name"),
    [(CURRENT, "token"), (CURRENT, "sealed"), (CURRENT, "login"), (OLD, "token")],
)
def test_a_project_brings_no_proxy_along(stage: Stage, name: str, place: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        del stage.environment[variable]
    plant(stage, (place,), ("proxy",))

    stage.launch(kind, "-p", "hi")

    check(stage, kind, stage.protection(kind))


# Measured on 2.1.329: it reads these, which Python's JSON does not. 2.1.72 reads the first two.
ONLY_THE_CLIENT_READS = {
    "UTF-16": lambda text: text.encode("utf-16"),
    "not UTF-8": lambda text: text[:-1].encode() + b', "x": "\xff"}',
    "deep": lambda text: (text[:-1] + ', "x": ' + "[" * 3000 + "]" * 3000 + "}").encode(),
}


@pytest.mark.parametrize("form", ONLY_THE_CLIENT_READS)
@pytest.mark.parametrize(("name", "what"), [("token", "allowed models"), ("sealed", "proxy")])
def test_a_project_that_only_the_client_can_read_is_refused(stage: Stage, name: str, what: str, form: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    path = stage.settings_path("project")
    path.parent.mkdir()
    path.write_bytes(ONLY_THE_CLIENT_READS[form](json.dumps(hostile(stage, (what,)))))

    ended = stage.launch(kind, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (REFUSED, ""), ended
    assert str(path) in ended.stderr
    assert list(stage.everything()) == []
