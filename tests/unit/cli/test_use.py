"""`cc use`: what it writes, refuses and says; what it puts back; what is in force in a directory, and why."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support import require_tool
from tests.unit.cli.scene import (
    CTRL_C,
    ENTER,
    IN_THE_WAY,
    INTERRUPTED,
    INVALID,
    NO_SUCH,
    OK,
    REFUSED,
    USAGE,
    CommandScene,
)

SETTINGS = '{\n\t"env": {"FOO": "bar", "ANTHROPIC_API_KEY": "%s"},\n\t"model": "opus"\n}'


@pytest.fixture
def project(scene: CommandScene) -> CommandScene:
    """A profile whose key is in a file, and a directory that no repository is around."""
    scene.profile()
    scene.keep(scene.key)
    return scene


def local(scene: CommandScene) -> Path:
    return scene.sandbox.work / ".claude" / "settings.local.json"


def test_there_and_back_without_a_secret_anywhere(project: CommandScene) -> None:
    with project.watched():
        said = project.told(OK, "use", "mine")
        assert said.splitlines() == [
            "cc: plain claude uses mine (glm-5.3) in this directory",
            "cc: it keeps your proxy as it is now (no proxy): if you change it, run cc use mine again",
            "cc: back to what was there before: cc use --off",
        ]
        settings = json.loads(local(project).read_text())
        assert settings["env"]["ANTHROPIC_BASE_URL"] == "https://api.z.ai/api/anthropic"
        first = local(project).read_bytes()
        assert "it already did" in project.told(OK, "use", "mine")
        assert local(project).read_bytes() == first
        project.told(OK, "use", "mine", "--model", "glm-5.3-flash")
        assert json.loads(local(project).read_text())["env"]["ANTHROPIC_MODEL"] == "glm-5.3-flash"
        assert "settings.local.json is removed" in project.told(OK, "use", "--off")
    assert list(project.sandbox.work.iterdir()) == []
    assert project.told(OK, "use", "--off") == "cc: nothing here is from cc use\n"


@pytest.fixture
def repository(project: CommandScene) -> CommandScene:
    """The same in a repository that ignores nothing."""
    require_tool("git")
    subprocess.run(["git", "init", "-q", str(project.sandbox.work)], check=True, env=project.environment())
    excluded(project).write_text("# mine")  # with no line end
    return project


def excluded(scene: CommandScene) -> Path:
    return scene.sandbox.work / ".git" / "info" / "exclude"


LINE = "/.claude/settings.local.json"


@pytest.mark.parametrize(("answer", "done"), [(ENTER, True), ("y\r", True), ("n\r", False), (CTRL_C, False)])
def test_in_a_repository_it_offers_to_ignore_the_file(repository: CommandScene, answer: str, done: bool) -> None:  # noqa: FBT001
    with repository.on_a_terminal("use", "mine") as session:
        session.answer(f"Add {LINE} to ", answer)
        assert session.ends() == (OK if done else INTERRUPTED if answer == CTRL_C else IN_THE_WAY)
    assert excluded(repository).read_text() == (f"# mine\n{LINE}\n" if done else "# mine")
    assert local(repository).exists() is done
    status = ["git", "-C", str(repository.sandbox.work), "status", "--porcelain", "--untracked-files=all"]
    shown = subprocess.run(status, capture_output=True, text=True, check=True, env=repository.environment())
    assert shown.stdout == ""
    if done:
        assert "the line for it is taken out, too" in repository.told(OK, "use", "--off")
        assert excluded(repository).read_text() == "# mine"


def test_without_a_terminal_it_says_the_command_that_ignores_the_file(repository: CommandScene) -> None:
    said = repository.told(IN_THE_WAY, "use", "mine")
    assert not local(repository).exists()
    command = said.partition("hint: ")[2].partition(" keeps it out of commits")[0]
    subprocess.run(["/bin/sh", "-c", command], check=True, cwd="/")
    repository.told(OK, "use", "mine")
    repository.told(OK, "use", "--off")
    assert LINE in excluded(repository).read_text()  # it is not ours


def test_a_dry_run_says_that_a_line_is_missing_and_adds_none(repository: CommandScene) -> None:
    result = repository.run("use", "mine", "--dry-run")
    assert result.code == OK
    assert LINE in result.err.decode()
    assert excluded(repository).read_text() == "# mine"


def test_a_line_that_takes_it_back_is_said_and_nothing_is_left_behind(repository: CommandScene) -> None:
    (repository.sandbox.work / ".gitignore").write_text("!settings.local.json\n")
    with repository.on_a_terminal("use", "mine") as session:
        session.answer(f"Add {LINE} to ", ENTER)
        assert session.ends() == IN_THE_WAY
    assert "takes it back" in session.text
    assert excluded(repository).read_text() == "# mine"
    assert not local(repository).exists()


def test_the_line_is_taken_out_whatever_was_added_since(repository: CommandScene) -> None:
    with repository.on_a_terminal("use", "mine") as session:
        session.answer(f"Add {LINE} to ", ENTER)
        assert session.ends() == OK
    with excluded(repository).open("a") as file:
        file.write("/more\n")
    repository.told(OK, "use", "--off")
    assert excluded(repository).read_text() == "# mine\n/more\n"


def test_the_way_to_the_network_is_frozen_and_a_password_is_not_written_down(project: CommandScene) -> None:
    proxies = {"HTTPS_PROXY": "http://mine:1", "http_proxy": "http://u:hunter2@h"}
    project.more |= proxies
    said = project.told(OK, "use", "mine")
    assert "it keeps your proxy as it is now (HTTPS_PROXY): if you change it, run cc use mine again" in said
    assert "http_proxy holds a password, and this client takes no pin for it" in said
    env = json.loads(local(project).read_text())["env"]
    assert (env["HTTPS_PROXY"], env["NODE_TLS_REJECT_UNAUTHORIZED"]) == ("http://mine:1", "")
    assert "http_proxy" not in env
    assert "hunter2" not in local(project).read_text()
    helper = shlex.split(json.loads(local(project).read_text())["apiKeyHelper"])
    assert helper[-2:] == ["--unless-set", "http_proxy"]

    def asked() -> tuple[int, str, str]:
        environment = project.sandbox.environment()
        done = subprocess.run(
            helper, env=environment, cwd=project.sandbox.work, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    assert asked()[:2] == (OK, f"{project.key}\n")
    shared = local(project).with_name("settings.json")
    shared.write_text('{"env": {"http_proxy": "http://stranger"}}')
    code, out, err = asked()
    assert (code, out) == (REFUSED, "")
    assert f"{shared}: sets http_proxy: cc does not hand out the key" in err
    shared.write_text("{")
    assert asked()[0] == REFUSED
    shared.write_text('{"env": {"FOO": "bar"}}')
    assert asked()[:2] == (OK, f"{project.key}\n")


def test_the_helper_prints_the_secret_with_nothing_on_path_and_from_anywhere(project: CommandScene) -> None:
    project.told(OK, "use", "mine")
    helper = json.loads(local(project).read_text())["apiKeyHelper"]
    environment = {"HOME": str(project.sandbox.home), "PATH": "/nonexistent"}

    def printed() -> tuple[int, str, str]:
        argv = ["/bin/sh", "-c", helper]
        done = subprocess.run(argv, env=environment, cwd="/", capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    assert printed() == (OK, f"{project.key}\n", "")
    known = json.loads(project.hosts.read_text())
    project.hosts.write_text(json.dumps(dict.fromkeys(known, "new.example")))
    code, out, err = printed()
    assert (code, out) == (REFUSED, "")
    assert "mine: its key belongs to new.example, and this asks for api.z.ai" in err


def test_what_was_there_is_shown_without_secrets_and_comes_back(project: CommandScene) -> None:
    local(project).parent.mkdir()
    local(project).write_text(SETTINGS % project.key)
    shown = project.shown("use", "mine", "--dry-run")
    assert project.key not in shown
    assert "(not shown)" in shown
    assert "+" in shown
    assert local(project).read_text() == SETTINGS % project.key
    project.told(OK, "use", "mine")
    assert project.key not in local(project).read_text()
    off = project.shown("use", "--off", "--dry-run")
    assert project.key not in off
    assert "is as it was before" in project.told(OK, "use", "--off")
    assert local(project).read_text() == SETTINGS % project.key


def test_what_was_changed_since_stays_and_is_said(project: CommandScene) -> None:
    project.told(OK, "use", "mine")
    text = local(project).read_text().replace('"ANTHROPIC_MODEL": "glm-5.3"', '"ANTHROPIC_MODEL": "theirs"')
    local(project).write_text(text)
    said = project.told(OK, "use", "--off")
    assert "was changed since: only what is ours was taken out" in said
    assert "left as it is: ANTHROPIC_MODEL" in said
    assert json.loads(local(project).read_text()) == {"env": {"ANTHROPIC_MODEL": "theirs"}}


def test_what_is_in_force_and_why(project: CommandScene) -> None:
    assert "it uses its own login" in project.told(OK, "use")
    user = project.sandbox.home / ".claude" / "settings.json"
    user.parent.mkdir()
    user.write_text('{\n"env": {"ANTHROPIC_BASE_URL": "https://me:pw@user.example",\n"ANTHROPIC_API_KEY": "sk-x"}}')
    rows = [line.split("\t") for line in project.shown("use").splitlines()]
    assert rows == [
        ["ANTHROPIC_BASE_URL", "https://user.example", "~/.claude/settings.json:2", "user"],
        ["ANTHROPIC_API_KEY", "", "~/.claude/settings.json:3", "user"],
    ]
    project.told(OK, "use", "mine")
    answer = json.loads(project.shown("use", "--json", ANTHROPIC_MODEL="of-the-shell"))
    data = answer["data"]
    assert data["written"] == [{"file": str(local(project)), "profile": "mine", "model": "glm-5.3"}]
    found = {row["name"]: row for row in data["in_force"]}
    assert set(found) == {"ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "apiKeyHelper"}  # the key is made empty
    assert {row["profile"] for row in found.values()} == {"mine"}
    assert found["ANTHROPIC_MODEL"]["value"] == "glm-5.3"
    assert found["apiKeyHelper"]["value"] == ""
    lines = local(project).read_text().splitlines()
    assert all(f'"{name}"' in lines[row["line"] - 1] for name, row in found.items())


def test_the_file_at_the_top_of_a_checkout_comes_first(project: CommandScene) -> None:
    work = project.sandbox.work
    subprocess.run([require_tool("git"), "init", "-q", str(work)], check=True, env=project.environment())
    (work / ".gitignore").write_text("settings.local.json\n")
    local(project).parent.mkdir()
    local(project).write_text('{"env": {"ANTHROPIC_MODEL": "of-the-top"}}')
    below = work / "part"
    below.mkdir()
    project.sandbox.work = below
    said = project.told(OK, "use", "mine")
    assert f"but ANTHROPIC_MODEL is decided by {work}/.claude/settings.local.json:1" in said
    assert f"for the whole repository: cd {work}" in said


def test_a_repository_must_ignore_it(project: CommandScene) -> None:
    work = project.sandbox.work
    subprocess.run([require_tool("git"), "init", "-q", str(work)], check=True, env=project.environment())
    said = project.told(IN_THE_WAY, "use", "mine")
    assert "git would commit it" in said
    assert ".git/info/exclude" in said
    assert not local(project).parent.exists()
    assert project.run("use", "mine", "--shared").code == OK


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ('[secret_headers]\nX-Key = "file:~/k"\n', USAGE, "a secret in a header"),
        ("isolated = true\n", USAGE, "it is isolated"),
    ],
)
def test_a_profile_that_a_file_cannot_stand_for_is_refused(
    scene: CommandScene, text: str, code: int, reason: str
) -> None:
    scene.profile(text)
    scene.keep(scene.key)
    assert reason in scene.told(code, "use", "mine")
    assert list(scene.sandbox.work.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "code", "reason"),
    [
        (("claude",), USAGE, "auth = login"),
        (("mime",), NO_SUCH, "mine"),
        (("mine", "--model", "no-such"), NO_SUCH, "no-such"),
        (("--model", "x"), USAGE, "which profile"),
        (("mine", "--off"), USAGE, "--off needs no profile"),
        (("mine", "--json"), USAGE, "--json works only without a profile"),
        (("mine", "--write"), USAGE, "--write needs --vscode"),
        (("mine", "--shared", "--vscode"), USAGE, "cannot be combined"),
    ],
)
def test_wrong_usage(project: CommandScene, args: tuple[str, ...], code: int, reason: str) -> None:
    assert reason in project.told(code, "use", *args)
    assert list(project.sandbox.work.iterdir()) == []


def test_a_secret_that_is_not_there_is_said_before_anything_is_written(scene: CommandScene) -> None:
    scene.profile()
    assert "mine: " in scene.told(REFUSED, "use", "mine")
    assert list(scene.sandbox.work.iterdir()) == []


def test_a_key_in_this_shell_is_none_for_an_editor(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    (scene.store / "entry").write_text(f"{scene.key}\n")
    scene.told(OK, "use", "mine", ZAI_API_KEY="of-this-shell")
    assert "pass:entry" in json.loads(local(scene).read_text())["apiKeyHelper"]


def test_a_stranger_gets_no_secret(project: CommandScene) -> None:
    project.told(OK, "use", "mine")
    project.told(OK, "use", "--off")
    project.profile('base_url = "https://stranger.example"\n')
    assert "stranger.example" in project.told(REFUSED, "use", "mine")
    assert list(project.sandbox.work.iterdir()) == []


def test_a_home_is_no_project(project: CommandScene) -> None:
    project.sandbox.work = project.sandbox.home
    assert "home directory" in project.told(USAGE, "use", "mine")


def test_a_file_that_the_client_ignores_is_named_with_its_line(project: CommandScene) -> None:
    local(project).parent.mkdir()
    local(project).write_text('{\n// mine\n"a": 1}')
    assert "settings.local.json:2: a comment" in project.told(INVALID, "use", "mine")
    assert "settings.local.json:2: a comment" in project.told(OK, "use")


def test_a_directory_that_cannot_be_written(project: CommandScene) -> None:
    local(project).parent.write_text("no directory")
    assert ".claude" in project.told(IN_THE_WAY, "use", "mine")
    assert local(project).parent.read_text() == "no directory"


def test_what_a_team_shares(project: CommandScene) -> None:
    shared = project.sandbox.work / ".claude" / "settings.json"
    said = project.told(OK, "use", "mine", "--shared")
    assert "everyone who clones this" in said
    settings = json.loads(shared.read_text())
    assert settings["env"]["ANTHROPIC_MODEL"] == "glm-5.3"
    assert "apiKeyHelper" not in settings
    assert "z.ai" not in shared.read_text()
    assert project.run("run", "mine").code == OK
    project.told(OK, "use", "--off", "--vscode")
    assert shared.exists()
    project.told(OK, "use", "--off", "--shared")
    assert list(project.sandbox.work.iterdir()) == []


def test_an_editors_settings(project: CommandScene) -> None:
    editor = project.sandbox.work / ".vscode" / "settings.json"
    shown = json.loads(project.shown("use", "mine", "--vscode"))
    assert {"name": "ANTHROPIC_MODEL", "value": "glm-5.3"} in shown["claudeCode.environmentVariables"]
    assert not editor.exists()
    editor.parent.mkdir()
    before = '{\n    // mine\n    "editor.tabSize": 4, // four\n}\n'
    editor.write_text(before)
    with project.watched():
        said = project.told(OK, "use", "mine", "--vscode", "--write")
    assert "the secret is not among them: cc use mine" in said
    assert "    // mine\n" in editor.read_text()
    assert project.key not in editor.read_text()
    assert "it already did" in project.told(OK, "use", "mine", "--vscode", "--write")
    project.told(OK, "use", "--off")
    assert editor.read_text() == before


def test_a_launch_in_such_a_project(project: CommandScene) -> None:
    project.profile(name="other", secret=f"file:{project.file}", text='[tiers]\nmain = "own/model"\n')
    project.told(OK, "use", "other")
    assert project.run("run", "mine", "-p", "x").code == OK
    assert project.launched_with() == project.key
    # The same list, written by somebody else, is a stranger's.
    project.told(OK, "use", "--off")
    local(project).parent.mkdir()
    local(project).write_text('{"availableModels": ["own/model"]}')
    assert "availableModels" in project.told(REFUSED, "run", "mine", "-p", "x")
