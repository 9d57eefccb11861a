"""What comes after a launch: the client reads settings files again, and none of them may lead the session away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from cc_launcher.core.errors import REFUSED
from cc_launcher.core.plan import client
from tests.client import harness
from tests.client.after_launch import (
    Play,
    UsersProxy,
    behind,
    beyond_the_proxy,
    check,
    checkout,
    everything,
    git,
    helper_of,
    look,
    new_key,
    start_checkout,
)
from tests.client.hostile import FOREIGN, hostile
from tests.client.stage import (
    KINDS,
    PROMPT,
    SEALED,
    Stage,
    asked_by_subagents,
    first,
    said,
    tool_results,
)
from tests.fakes.fake_internet import FakeInternet
from tests.fakes.fake_provider import FakeProvider, call
from tests.support import require_tool, wait_until
from tests.watch import no_argument_holds, no_file_holds

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
BETWEEN = ".".join(map(str, client.HOSTED_SINCE))  # it can be hosted, and reads no settings from memory
LAUNCHES = [(CURRENT, "token"), (CURRENT, "sealed"), (CURRENT, "login"), (OLD, "token")]
launches = pytest.mark.parametrize(("version", "name"), LAUNCHES)
PERMISSION = "Do you want to"


@launches
def test_a_session_goes_on_as_it_was_launched(stage: Stage, name: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    harness.seed_login(stage.home)
    checkout(stage, theirs=everything(stage, kind, "branch"), other=everything(stage, kind, "work tree"))
    add_agent(stage)
    if not stage.is_current:
        stage.settings("local", {})  # it watches the directories that have a settings file when it starts
    has_helper = kind.auth == "bearer" and stage.protection(kind) == SEALED
    play = Play(stage, kind)

    with play.session():
        files_change(play)
        the_model_changes_files(play)
        if stage.is_current and kind.models is not None:
            another_model_is_allowed(play)
        if has_helper:
            the_key_is_refused(play)

    stage.environment["CLAUDE_CODE_API_KEY_HELPER_TTL_MS"] = "1000"
    stage.settings("project", everything(stage, kind, "resumed"))
    read_again(stage)
    with play.session("--continue"):
        with play.event("a resume"):
            play.wait_until_read("resumed")
        the_model_is_switched(play)
        if has_helper:
            the_time_of_the_key_is_over(play)
        the_session_enters_a_work_tree(play)


def add_agent(stage: Stage) -> None:
    """An agent of the user's that wants a model which the profile does not have."""
    agent = stage.home / ".claude" / "agents" / "spy.md"
    agent.parent.mkdir(parents=True)
    agent.write_text(f"---\nname: spy\ndescription: x\nmodel: {FOREIGN}\n---\nAnswer.\n")


def files_change(play: Play) -> None:
    """Files of the project come and change, whoever does that."""
    stage, kind = play.stage, play.kind
    project = stage.settings_path("project")
    with play.event("none yet"):
        play.step()
    with play.event("settings.json appears"):
        stage.settings("project", everything(stage, kind, "appears"))
        play.wait_until_read("appears")
    with play.event("it changes"):
        stage.settings("project", everything(stage, kind, "changes"))
        play.wait_until_read("changes")
    with play.event("another takes its place"):
        new = stage.elsewhere / "new"
        new.write_text(json.dumps(everything(stage, kind, "renamed")))
        new.replace(project)
        play.wait_until_read("renamed")
    with play.event("settings.local.json appears"):
        project.unlink()
        stage.settings("local", everything(stage, kind, "local"))
        play.wait_until_read("local")
    stage.settings("local", {})
    with play.event("a branch is switched"):
        git(stage, "checkout", "--quiet", "theirs")
        play.wait_until_read("branch")
    git(stage, "checkout", "--quiet", "main")


def the_model_changes_files(play: Play) -> None:
    """The same by the model's own tools, for which the client asks: the user says yes."""
    stage, kind = play.stage, play.kind
    project, calm = stage.settings_path("project"), '{"env": {}}'
    with play.event("the model writes the file"):
        content = json.dumps(everything(stage, kind, "written"))
        play.step(call("Write", file_path=str(project), content=content), yes_to=PERMISSION)
        play.wait_until_read("written")
    with play.event("the model edits the file"):
        project.write_text(calm)
        play.step(call("Read", file_path=str(project)))
        content = json.dumps(everything(stage, kind, "edited"))
        play.step(call("Edit", file_path=str(project), old_string=calm, new_string=content), yes_to=PERMISSION)
        play.wait_until_read("edited")


def another_model_is_allowed(play: Play) -> None:
    """A list of models in a project's file would be joined with ours."""
    stage, kind = play.stage, play.kind
    with play.event("another model is allowed"):
        stage.settings("project", everything(stage, kind, "allowed") | {"availableModels": [FOREIGN]})
        play.wait_until_read("allowed")
        have_subagent_ask(play, subagent_type="spy")


def the_key_is_refused(play: Play) -> None:
    """The provider takes the old key no more: the client fetches the new one at once."""
    stage = play.stage
    with play.event("the key is refused"):
        old = new_key(stage)
        stage.ours.also = lambda request: (401, {}) if old in str(request.headers) else None
        play.step()
        stage.ours.requests.clear()


def the_time_of_the_key_is_over(play: Play) -> None:
    """The client fetches the key again now and then, and sends the old one until it has the new one."""
    stage = play.stage
    stage.ours.also = lambda _: None
    with play.event("the time of the key is over"):
        old = new_key(stage)
        wait_until(lambda: bool(play.step()) or old not in said(stage.ours.messages[-1]), "the new key")
        stage.ours.requests.clear()


def the_model_is_switched(play: Play) -> None:
    with play.event("/model"):
        play.switch_model("haiku")
        play.step()
        asked = play.stage.ours.messages[-1].body["model"]
        assert asked == ("v/haiku" if play.kind.models is not None else "claude-haiku-5-5")
        have_subagent_ask(play, subagent_type="general-purpose", model="opus")


def the_session_enters_a_work_tree(play: Play) -> None:
    stage, kind = play.stage, play.kind
    with play.event("the session enters a work tree"):
        git(stage, "symbolic-ref", "HEAD", "refs/heads/other")  # what is checked out stays as it is
        stage.settings_path("project").unlink()
        assert "Created worktree" in play.step(call("EnterWorktree", name="tree"))
        read_again(stage)
        play.wait_until_read("work tree")
    if stage.is_current:  # the old client does not look there any more
        with play.event("settings.local.json appears in the main checkout"):
            stage.settings("local", everything(stage, kind, "main"))
            play.wait_until_read("main")


def read_again(stage: Stage) -> None:
    """Have the client read all settings again, which it does when any file changes: the user's own does."""
    path = stage.settings_path("user")
    settings = json.loads(path.read_text()) if path.exists() else {}
    settings["env"] = {"CHANGED": uuid4().hex}
    stage.settings("user", settings)


def have_subagent_ask(play: Play, **arguments: str) -> None:
    """Have a subagent ask its model something. It may do so while the session goes on."""
    name = f"agent {len(play.steps)}"
    play.step(call("Agent", description="x", prompt=f"SUB {name}", **arguments))
    wait_until(lambda: name in asked_by_subagents(play.stage.ours.messages), "the subagent's request")


# Behind a proxy of the user's. Its password is a canary, too.

PASSWORD = f"canary-{uuid4().hex}"
WITHOUT, WITH = "", f"user:{PASSWORD}"
KEPT = [
    *((CURRENT, name, user) for name in ("token", "sealed", "login") for user in (WITHOUT, WITH)),
    (BETWEEN, "token", WITH),  # the host's flag holds it
    (OLD, "token", WITHOUT),
]
kept = pytest.mark.parametrize(
    ("version", "name", "user"),
    [pytest.param(*case, id="-".join((*case[:2], "with a password" if case[2] else "without"))) for case in KEPT],
)


@pytest.fixture
def user() -> str:
    return WITH


@pytest.fixture
def proxy(tmp_path: Path, user: str) -> Iterator[UsersProxy]:
    directory = tmp_path / "proxy"
    directory.mkdir()
    with UsersProxy(directory, user) as proxy:
        yield proxy


@pytest.fixture
def behind_it(tmp_path: Path, version: str, proxy: UsersProxy) -> Iterator[Stage]:
    """A stage whose provider is on the other side of the user's proxy."""
    require_tool("npm")
    with FakeProvider() as hijacker, FakeProvider() as outside:
        stage = Stage(tmp_path / "stage", version, [proxy, hijacker, outside])
        behind(stage, proxy)
        harness.seed_home(stage.home, [stage.work])
        harness.seed_login(stage.home)
        yield stage


def assert_the_password_is_nowhere(stage: Stage) -> None:
    """In no file of ours or the client's, and in no request beside the proxy's own."""
    no_file_holds(PASSWORD.encode(), [*stage.home.rglob("*"), *stage.work.rglob("*")])
    assert all(PASSWORD not in said(request) for request in stage.everything())


@kept
def test_a_session_stays_behind_the_users_proxy(behind_it: Stage, name: str) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS[name])
    stage.profile(kind)
    if not stage.is_current:
        stage.settings("project", {})
    play = Play(stage, kind)

    with no_argument_holds(PASSWORD.encode()), play.session():
        with play.event("none yet"):
            play.step()
        with play.event("settings.local.json appears"):
            stage.settings("local", everything(stage, kind, "appears"))
            play.wait_until_read("appears")
    assert_the_password_is_nowhere(stage)


@kept
def test_print_mode_stays_behind_the_users_proxy(behind_it: Stage, name: str) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS[name])
    stage.profile(kind)
    stage.settings("local", everything(stage, kind, "there"))
    stage.ours.script = first(look())

    for cached in (False, True):
        with no_argument_holds(PASSWORD.encode()):
            ended = stage.launch(kind, "-p", PROMPT, "--allowedTools", "Bash", cached=cached)
        assert ended.returncode == 0, ended
    assert tool_results(stage.ours.messages[-1].body)[0].startswith("there")
    check(stage, kind)
    assert_the_password_is_nowhere(stage)


def test_a_proxy_of_the_users_settings_stays(behind_it: Stage, proxy: UsersProxy) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS["sealed"])
    stage.profile(kind)
    for variable in ("HTTPS_PROXY", "HTTP_PROXY"):
        del stage.environment[variable]
    stage.settings("user", {"env": {"HTTPS_PROXY": proxy.address}})
    stage.settings("project", everything(stage, kind, "there"))
    stage.ours.script = first(look())

    with no_argument_holds(PASSWORD.encode()):
        ended = stage.launch(kind, "-p", PROMPT, "--allowedTools", "Bash")

    assert ended.returncode == 0, ended
    assert tool_results(stage.ours.messages[-1].body) == ["there"]
    check(stage, kind)
    files = {*stage.home.rglob("*"), *stage.work.rglob("*")} - {stage.settings_path("user")}
    no_file_holds(PASSWORD.encode(), files)


# The clients that can be hosted, and take no password of a proxy's from memory.


@pytest.mark.parametrize("version", [BETWEEN])
@pytest.mark.parametrize("name", ["sealed", "login"])
def test_where_nothing_holds_the_users_proxy_a_project_may_not_set_one(behind_it: Stage, name: str) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS[name])
    stage.profile(kind)
    stage.settings("project", hostile(stage, ("proxy",)))

    ended = stage.launch(kind, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (REFUSED, ""), ended
    assert str(stage.settings_path("project")) in ended.stderr
    assert PASSWORD not in ended.stderr
    assert list(stage.everything()) == []


@pytest.mark.parametrize("version", [BETWEEN])
def test_there_the_helper_hands_out_no_key_once_a_project_sets_one(behind_it: Stage) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS["sealed"])
    stage.profile(kind)
    helper = helper_of(stage.plan(kind))

    assert fetched(stage, helper) == harness.Ended(0, f"{stage.secret}\n", "")
    stage.settings("local", hostile(stage, ("proxy",)))
    refused = fetched(stage, helper)

    assert (refused.returncode, refused.stdout) == (REFUSED, "")
    assert str(stage.settings_path("local")) in refused.stderr
    assert PASSWORD not in helper + refused.stderr


def fetched(stage: Stage, helper: str) -> harness.Ended:
    """What the helper of a launch gives the client."""
    return harness.run(["/bin/sh", "-c", helper], stage.environment, stage.work)


@pytest.fixture
def stranger(behind_it: Stage, tmp_path: Path) -> Iterator[FakeInternet]:
    """A proxy of somebody else's that even reads along: the client believes its certificate."""
    directory = tmp_path / "stranger"
    directory.mkdir()
    with FakeInternet(directory) as internet:
        behind_it.hijacker = internet
        yield internet


def assert_no_key_went_out(stage: Stage, said_by_client: str) -> None:
    """Neither to the stranger's proxy, where the session goes now, nor anywhere else."""
    assert "cc does not hand out the key" in said_by_client
    assert stage.hijacker.messages, "what the launch said to be open is not"
    assert all(stage.secret not in said(request) for request in stage.hijacker.requests)


@pytest.mark.parametrize("version", [BETWEEN])
def test_there_a_proxy_that_comes_during_the_launch_gets_no_key(behind_it: Stage, stranger: FakeInternet) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS["sealed"])
    # The launch reads the secret once, after the files: its reading brings one along.
    brought, fetch = stage.elsewhere / "brought", stage.elsewhere / "fetch"
    stage.settings("project", hostile(stage, ("proxy",)))
    stage.settings_path("project").rename(brought)
    fetch.write_text(f"cp {brought} {stage.settings_path('project')}; cat {stage.secret_file}")
    stage.profile(replace(kind, profile=kind.profile.replace("cmd:cat {secret_file}", f"cmd:sh {fetch}")))

    ended = stage.launch(kind, "-p", "hi")

    assert stranger.messages
    assert "HTTP_PROXY, HTTPS_PROXY holds a password" in ended.stderr
    assert_no_key_went_out(stage, ended.stderr)
    assert stage.ours.messages == []


@pytest.mark.parametrize("version", [BETWEEN])
def test_there_a_proxy_that_comes_into_a_session_gets_no_key(behind_it: Stage, stranger: FakeInternet) -> None:
    stage, kind = behind_it, beyond_the_proxy(KINDS["sealed"])
    stage.profile(kind)
    stage.settings("project", {})
    play = Play(stage, kind)
    stranger.script = stage.ours.script

    with play.session():
        play.step()
        check(stage, kind)
        stage.settings("local", hostile(stage, ("proxy",)))
        wait_until(lambda: bool(play.step() or stranger.messages), "the client's reading of the file")
        assert_no_key_went_out(stage, " ".join(play.terminal.screen().replace("│", " ").split()))


# Work trees, and what looks like one.


def hostile_checkout(stage: Stage, settings: object) -> Path:
    """Make the project a work tree of another checkout, and put settings there."""
    main = stage.work.parent / "main"
    main.mkdir()
    start_checkout(stage, main)
    git(stage, "worktree", "add", "--quiet", str(stage.work), at=main)
    return placed(main, settings)


def crafted(stage: Stage, settings: object) -> Path:
    """What an archive can bring: a `.git` file that leads to a directory beside it, and that to the project again."""
    claimed = stage.work / "inner" / ".git" / "worktrees" / "x"
    claimed.mkdir(parents=True)
    (stage.work / ".git").write_text("gitdir: inner/.git/worktrees/x\n")
    (claimed / "commondir").write_text("../..\n")
    (claimed / "gitdir").write_text("../../../../.git\n")
    return placed(stage.work / "inner", settings)


def placed(top: Path, settings: object) -> Path:
    """A local settings file at the top of a checkout."""
    path = top / ".claude" / "settings.local.json"
    path.parent.mkdir()
    path.write_text(json.dumps(settings))
    return path


BRINGERS = {"work tree": hostile_checkout, "crafted": crafted}


@pytest.mark.parametrize(
    ("version", "name", "bringer"),
    [*((*launch, bringer) for launch in LAUNCHES for bringer in BRINGERS)]
    + [(OLD, name, "work tree") for name in ("sealed", "login")],
)
def test_the_settings_of_the_checkout_of_a_work_tree(stage: Stage, name: str, bringer: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    BRINGERS[bringer](stage, everything(stage, kind, "main"))
    stage.ours.script = first(look())

    ended = stage.launch(kind, "-p", PROMPT, "--allowedTools", "Bash")

    assert ended.returncode == 0, ended
    assert_seen(stage, "main")
    check(stage, kind)


def assert_seen(stage: Stage, mark: str) -> None:
    """A current client has read the file with this mark; the old one does not look there in print mode."""
    seen = tool_results(stage.ours.messages[-1].body)[0].partition("\n")[0]
    assert (seen == mark) == stage.is_current


@pytest.mark.parametrize("bringer", BRINGERS)
def test_they_are_judged_too(stage: Stage, bringer: str) -> None:
    kind = KINDS["token"]
    stage.profile(kind)
    path = BRINGERS[bringer](stage, hostile(stage, ("allowed models",)))

    ended = stage.launch(kind, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (REFUSED, ""), ended
    assert str(path) in ended.stderr
    assert list(stage.everything()) == []


@pytest.mark.parametrize("version", [CURRENT, OLD])
def test_a_pipe_in_the_place_of_a_checkout_keeps_nobody_waiting(stage: Stage) -> None:
    kind = KINDS["token"]
    stage.profile(kind)
    os.mkfifo(stage.work.parent / ".git")
    stage.settings("project", everything(stage, kind, "there"))

    ended = stage.launch(kind, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check(stage, kind)


@launches
def test_a_session_that_starts_in_a_new_work_tree(stage: Stage, name: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    harness.seed_login(stage.home)
    checkout(stage, other=everything(stage, kind, "worktree"))
    git(stage, "symbolic-ref", "HEAD", "refs/heads/other")  # of which nothing is checked out
    stage.ours.script = first(look())

    ended = stage.launch(kind, "--worktree", "tree", "-p", PROMPT, "--allowedTools", "Bash")

    assert ended.returncode == 0, ended
    assert_seen(stage, "worktree")
    check(stage, kind)
