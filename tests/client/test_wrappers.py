"""Launches through a wrapper script, with the real client: what `cc run` holds, a script holds, with `cc` and without.

The whole hijack matrix is test_hijack.py's; here are the rows that a script could get wrong.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.client import harness
from tests.client.exposure import EXPOSED_IN_THE_CLIENT, LOOK, files_with, seen_by_bash
from tests.client.hostile import (
    CREDENTIALS,
    FILES,
    KEPT_OUT,
    NOT_AGAINST_THE_LOGIN,
    SHELL,
    TOGETHER,
    WHAT,
    check,
    plant,
)
from tests.client.stage import (
    A_TASK,
    CATALOG_MODELS,
    HOSTED,
    KINDS,
    PATIENCE,
    PROMPT,
    SEALED,
    Kind,
    Stage,
    credential_of,
    first,
    said,
    tool_results,
)
from tests.client.test_settings import FORMS, OWN
from tests.client.wrapped import Wrapped, profile
from tests.fakes.fake_provider import FakeProvider, call
from tests.support import require_tool
from tests.watch import no_argument_holds

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
USER = ("user",)
KIND_NAMES = ("token", "key", "sealed", "none")
PROJECTS = {"project", "local"}


def does_it_itself(protection: str, places: tuple[str, ...]) -> bool:
    """Whether a script launches on its own: beside a project's files, only where the client ignores what they say."""
    return protection == HOSTED or not PROJECTS & {*places}


def ids(case: tuple[str, str, tuple[str, ...], tuple[str, ...]]) -> str:
    version, kind, places, what = case
    return "-".join([version, kind, "+".join(places), "all" if what == WHAT else "+".join(what)])


def cases() -> list[Any]:
    """Which files, and which faults: for the current client in all three files, for the old one, whose launches a
    project's files leave to `cc`, in the user's alone."""
    found: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    for kind in KIND_NAMES:
        files = USER if kind == "sealed" else FILES
        found += [(CURRENT, kind, files, what) for what in TOGETHER]
        found += [(version, kind, SHELL, WHAT) for version in (CURRENT, OLD)]
        found += [(OLD, kind, USER, what) for what in TOGETHER[:2]]
    found += [(CURRENT, "sealed", FILES, WHAT), (OLD, "token", FILES, WHAT)]
    spared = tuple(what for what in WHAT if what not in NOT_AGAINST_THE_LOGIN)
    found += [(CURRENT, "login", place, spared) for place in (USER, SHELL)]
    return [pytest.param(*case, id=ids(case)) for case in found]


@pytest.mark.parametrize(("version", "name", "places", "what"), cases())
def test_the_hijack_matrix(stage: Stage, name: str, places: tuple[str, ...], what: tuple[str, ...]) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    if places != SHELL:
        plant(stage, places, what)
    wrapped = Wrapped(stage, *kind.options)
    if places == SHELL:
        plant(stage, places, what)

    ended = wrapped.launch("-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    # An old client cannot be kept from sending the credentials of a settings file beside a key, unless it is sealed.
    seals_itself = name == "key" and not stage.is_current and places != SHELL and KEPT_OUT & {*what}
    protection = SEALED if seals_itself else stage.protection(kind)
    check(stage, kind, protection)
    assert wrapped.handed_over != does_it_itself(protection, places)


@pytest.mark.parametrize("name", ["token", "key", "sealed", "none"])
def test_user_settings_that_changed_unseen_reroute_nothing(stage: Stage, name: str) -> None:
    """A file with an old date (a copy, a link that leads elsewhere now) does not look newer than the script."""
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    stage.settings("user", {})
    wrapped = Wrapped(stage, *kind.options)
    plant(stage, USER, WHAT)
    os.utime(stage.settings_path("user"), (0, 0))

    ended = wrapped.launch("-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert not wrapped.handed_over
    check(stage, kind, stage.protection(kind))


@pytest.mark.parametrize("version", [CURRENT, OLD])
def test_user_settings_that_changed_are_looked_at_by_cc(stage: Stage) -> None:
    kind = KINDS["key"]
    stage.profile(kind)
    wrapped = Wrapped(stage)
    plant(stage, USER, CREDENTIALS)

    ended = wrapped.launch("-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert wrapped.handed_over
    check(stage, kind, stage.protection(kind) if stage.is_current else SEALED)


def test_a_project_that_lists_models_is_refused_by_cc(stage: Stage) -> None:
    stage.profile(KINDS["token"])
    wrapped = Wrapped(stage)
    plant(stage, ("local",), ("allowed models",))

    ended = wrapped.launch("-p", "hi")

    assert (ended.returncode != 0, ended.stdout) == (True, ""), ended
    assert str(stage.settings_path("local")) in ended.stderr
    assert wrapped.handed_over
    assert list(stage.everything()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_settings_that_list_models_are_seen_in_any_encoding(stage: Stage, encoding: str) -> None:
    """The client reads UTF-16: measured on both versions."""
    stage.profile(KINDS["none"])
    wrapped = Wrapped(stage)
    plant(stage, ("project",), ("allowed models",))
    path = stage.settings_path("project")
    path.write_text(path.read_text(), encoding)

    wrapped.launch("--version")

    assert wrapped.handed_over


def test_a_session_with_a_key_asks_nothing(stage: Stage) -> None:
    kind = KINDS["key"]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    harness.seed_login(stage.home)
    wrapped = Wrapped(stage)
    plant(stage, (*PROJECTS, "shell"), WHAT)

    with wrapped.session() as terminal:
        stage.wait_until_ready(terminal)
        assert "auto mode on" not in terminal.screen()
        stage.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)

    check(stage, kind, stage.protection(kind))
    assert not wrapped.handed_over


# The user's own settings


@pytest.mark.parametrize(
    ("version", "name", "form"),
    [
        (CURRENT, "token", "inline"),
        (CURRENT, "key", "file"),
        (CURRENT, "sealed", "file"),
        (CURRENT, "none", "with ="),
        (OLD, "token", "inline"),
        (OLD, "key", "file"),
    ],
)
def test_the_users_settings_and_ours_are_joined(stage: Stage, name: str, form: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    stage.settings("project", {"env": {"ANTHROPIC_BASE_URL": stage.hijacker.url}})
    (stage.work / "own.json").write_text(OWN)
    stage.ours.script = first(call("Bash", command="printenv FOO", description="x"))
    wrapped = Wrapped(stage, *kind.options)

    ended = wrapped.launch(*FORMS[form], "-p", PROMPT)

    assert ended.returncode == 0, ended
    assert tool_results(stage.ours.messages[-1].body) == ["bar"]
    assert wrapped.handed_over
    stage.check_requests(kind, stage.protection(kind))


# Modes

OTHER_KEY = "sk-of-the-other-profile"
_OTHER = """
base_url = "{url}/other"
auth = "{auth}"
{secret}
[tiers]
main = "w/main"
haiku = "w/haiku"
opus = "w/main"
sonnet = "w/main"
fable = "w/main"
"""


@pytest.mark.parametrize(
    ("version", "name", "auth", "arguments"),
    [
        (CURRENT, "token", "none", ("--local", "-p", "hi")),
        (CURRENT, "key", "bearer", ("-p", "hi", "--local")),
        (CURRENT, "none", "api-key", ("-p", "--local", "hi")),
        (CURRENT, "sealed", "bearer", ("--local", "--settings", OWN, "-p", "hi")),
        (OLD, "none", "api-key", ("--local", "-p", "hi")),
    ],
)
def test_a_mode_is_another_profile(
    stage: Stage, tmp_path: Path, name: str, auth: str, arguments: tuple[str, ...]
) -> None:
    key = tmp_path / "other-key"
    key.touch(mode=0o600)
    key.write_text(OTHER_KEY)
    secret = "" if auth == "none" else f'secret = "cmd:cat {key}"'
    kind = KINDS[name]
    with FakeProvider() as other:
        profile(stage, "other", _OTHER.format(url=other.url, auth=auth, secret=secret))
        stage.profile(kind, tables='[modes.local]\nextends = "other"\n')
        wrapped = Wrapped(stage, *kind.options)
        plant(stage, SHELL, WHAT)

        ended = wrapped.launch(*arguments)

        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        assert stage.ours.requests + stage.hijacker.requests == []
        for request in stage.everything():
            assert stage.secret not in said(request)
            assert OTHER_KEY not in said(request)
        value = {"none": "none"}.get(auth, OTHER_KEY)
        sent = {"x-api-key": value} if auth == "api-key" else {"authorization": f"Bearer {value}"}
        assert [credential_of(request) for request in other.messages] == [sent for _ in other.messages]
        assert {request.path.partition("?")[0] for request in other.messages} == {"/other/v1/messages"}
        assert other.models() <= {"w/main", "w/haiku"}
        assert wrapped.handed_over == ("--settings" in arguments)


def test_a_mode_from_the_command_line_has_its_model(stage: Stage) -> None:
    kind = KINDS["none"]
    stage.profile(kind)
    profile(stage, "big", kind.profile.replace("{url}", stage.ours.url).replace("v/main", "w/main"))
    wrapped = Wrapped(stage, "--mode", "big=big:v/opus")

    ended = wrapped.launch("--big", "-p", A_TASK)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert "v/opus" in stage.ours.models()
    assert "w/main" not in stage.ours.models()
    assert "v/main" not in stage.ours.models()
    assert not wrapped.handed_over


# The secret

# What waits in a pipe is read once, by the client, and its commands do not even have the pipe.
DESCRIPTORS = "; ls -l /proc/self/fd/; for fd in 3 4 5 6 7 8 9; do (timeout 1 cat <&$fd) 2>&1; done"


@pytest.mark.parametrize(
    ("version", "name"), [*((CURRENT, name) for name in KIND_NAMES), *((OLD, name) for name in ("token", "key"))]
)
def test_the_secret_is_nowhere(stage: Stage, name: str) -> None:
    require_tool("timeout")
    kind: Kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    wrapped = Wrapped(stage, *kind.options)
    assert files_with(stage.secret, stage.home) == []

    with no_argument_holds(stage.secret.encode()):
        seen = seen_by_bash(stage, wrapped.launch, LOOK + DESCRIPTORS)

    assert not wrapped.handed_over
    assert stage.secret not in seen.ended.stdout + seen.ended.stderr
    for text in (seen.own, seen.of_client):
        assert f"HOME={stage.home}" in text
        assert harness.LOGIN_TOKEN not in text
        assert "_cc_" not in text
    assert stage.secret not in seen.own
    exposed = (name, stage.version) in EXPOSED_IN_THE_CLIENT
    assert (stage.secret in seen.of_client) == exposed
    # A transcript has what a command could see.
    places = {path.relative_to(stage.home).parts[:2] for path in files_with(stage.secret, stage.home)}
    assert places == ({(".claude", "projects")} if exposed else set())
    assert not list((stage.home / "tmp").glob("cc.*")), "the directory of the pipe is still there"


def test_without_cc_a_launch_is_the_same(stage: Stage) -> None:
    kind = KINDS["key"]
    stage.profile(kind)
    harness.seed_login(stage.home)
    wrapped = Wrapped(stage)
    (stage.elsewhere / "python").unlink()
    (stage.elsewhere / "bin" / "cc").unlink()
    plant(stage, (*PROJECTS, "shell"), WHAT)

    ended = wrapped.launch("-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check(stage, kind, stage.protection(kind))
    assert stage.ours.models() <= CATALOG_MODELS


@pytest.mark.parametrize("version", [CURRENT])
def test_the_help_of_the_real_client_ends_with_ours(stage: Stage) -> None:
    kind = KINDS["token"]
    stage.profile(kind)
    profile(stage, "other", 'extends = "zai"\nsecret = "cmd:echo k"\n')
    wrapped = Wrapped(stage, *kind.options, "--mode", "far=other")
    ended, alone = wrapped.launch("--help"), wrapped.launch("--cc-help")
    assert (ended.returncode, alone.returncode) == (0, 0)
    assert "  --far           other, glm-5.3\n" in alone.stdout
    assert ended.stdout.startswith("Usage: claude ")
    assert ended.stdout.endswith(f"\n\n{alone.stdout}")
