"""A repository with programs of its own, and a PATH that leads into it: none of them runs, and none gets the secret."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support import Result, Sandbox, require_tool, run

KEY = "sk-canary-of-the-path"
PLANTED = ("claude", "git", "pass")
ENTRIES = {".": ".", "": "'' (an empty one)", "node_modules/.bin": "node_modules/.bin"}
REFUSED, NOT_FOUND = 77, 127


class Repository:
    """A sandbox whose directory has programs of its own, a PATH whose first entry leads there, and a FAKE pass."""

    def __init__(self, sandbox: Sandbox, entry: str) -> None:
        self.sandbox = sandbox
        self.entry = entry
        self.sprung = sandbox.outside / "sprung"
        self.path = f"{entry}:{sandbox.bin}:{sandbox.system_path}"
        (sandbox.work / entry).mkdir(parents=True, exist_ok=True)
        for name in PLANTED:
            self.program(sandbox.work / entry / name, f"echo {name} >>{self.sprung}")
        self.program(sandbox.bin / "pass", f"echo {KEY}")
        sandbox.profile("mine", 'extends = "zai"\nsecret = "pass:entry"\n')

    @staticmethod
    def program(path: Path, what: str) -> None:
        path.write_text(f"#!/bin/sh\n{what}\n")
        path.chmod(0o755)

    def run(self, *args: str, cached: bool = False, path: str = "") -> Result:
        program = self.sandbox.cached_cc if cached else self.sandbox.cc
        environment = self.sandbox.environment(PATH=path or self.path)
        result = run([program, *args], environment, self.sandbox.work)
        assert not self.sprung.exists(), self.sprung.read_text()
        return result

    def skipped(self, name: str, instead: str = "") -> str:
        used = instead or f"{self.sandbox.bin / name} is used"
        return f"cc: PATH has the relative entry {ENTRIES[self.entry]}, where a {name} is: skipped; {used}"

    def launched(self) -> None:
        """The right client got the secret, and PATH as it is."""
        dump = self.sandbox.fake.take()
        assert dump.environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()
        assert dump.environment[b"PATH"] == self.path.encode()


@pytest.fixture(params=ENTRIES)
def repository(sandbox: Sandbox, request: pytest.FixtureRequest) -> Repository:
    return Repository(sandbox, request.param)


def test_a_launch_runs_none_of_them_cached_or_not(repository: Repository) -> None:
    for cached in (False, True):
        result = repository.run("run", "mine", "-p", "hi", cached=cached)
        assert (result.code, result.out) == (0, b"")
        said = result.err.decode().splitlines()
        assert sorted(said) == [repository.skipped("claude"), repository.skipped("pass")]
        repository.launched()


def test_a_plan_that_was_made_elsewhere_serves_and_runs_none_of_them(repository: Repository) -> None:
    for name in PLANTED:
        (repository.sandbox.work / repository.entry / name).rename(repository.sandbox.outside / name)
    assert repository.run("run", "mine").err == b""
    repository.launched()
    for name in PLANTED:
        (repository.sandbox.outside / name).rename(repository.sandbox.work / repository.entry / name)
    assert repository.run("run", "mine", cached=True).code == 0
    repository.launched()


def test_a_project_is_set_up_with_none_of_them(repository: Repository) -> None:
    work, git = repository.sandbox.work, require_tool("git")
    subprocess.run([git, "init", "-q", str(work)], check=True, env=repository.sandbox.environment())
    (work / ".gitignore").write_text("settings.local.json\n")
    result = repository.run("use", "mine")
    assert result.code == 0, result
    said = result.err.decode().splitlines()
    assert f"{repository.skipped('git', f'{git} is used')}" in said
    assert repository.skipped("pass") in said
    assert len([line for line in said if "skipped" in line]) == len({line for line in said if "skipped" in line})
    # The command that is written down prints the secret, in this very directory.
    settings = json.loads((work / ".claude" / "settings.local.json").read_text())
    environment = repository.sandbox.environment(PATH=repository.path)
    helper = run(["/bin/sh", "-c", settings["apiKeyHelper"]], environment, work)
    assert (helper.code, helper.out) == (0, f"{KEY}\n".encode())
    assert repository.run("use", "--off").code == 0


def test_a_wrapper_runs_none_of_them(repository: Repository) -> None:
    result = repository.run("install-wrapper", "mine")
    assert result.code == 0, result
    wrapper = repository.sandbox.home / ".local" / "bin" / "claude-mine"
    environment = repository.sandbox.environment(PATH=repository.path)
    assert run([wrapper, "-p", "hi"], environment, repository.sandbox.work).code == 0
    assert not repository.sprung.exists()
    repository.launched()


def test_the_doctor_runs_none_of_them(repository: Repository) -> None:
    result = repository.run("doctor", "--json")
    assert json.loads(result.out)["command"] == "doctor"


def test_a_client_that_only_the_repository_has_is_an_error(repository: Repository) -> None:
    result = repository.run("run", "mine", path=f"{repository.entry}:/usr/bin:/bin")
    assert (result.code, result.out) == (NOT_FOUND, b"")
    entry = ENTRIES[repository.entry]
    assert result.err.decode().splitlines()[-2:] == [
        f"cc: claude is only in the relative PATH entry {entry}, which is not looked at",
        "hint: write the whole path of that directory in PATH, or CC_CLAUDE=/PATH",
    ]


def test_a_store_that_only_the_repository_has_is_none(repository: Repository) -> None:
    sandbox = repository.sandbox
    (sandbox.bin / "pass").unlink()
    sandbox.hide("pass", "gopass")
    result = repository.run("run", "mine", path=f"{repository.entry}:{sandbox.bin}:{sandbox.system_path}")
    said = result.err.decode()
    assert (result.code, "mine: pass: the command pass is not installed" in said) == (REFUSED, True)
    assert repository.skipped("pass", "there is no other") in said
    assert not sandbox.fake.started


def test_git_that_only_the_repository_has_is_an_error(repository: Repository) -> None:
    sandbox = repository.sandbox
    (sandbox.work / ".git").mkdir()
    (sandbox.work / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    sandbox.hide("git")
    result = repository.run("use", "mine", path=f"{repository.entry}:{sandbox.bin}:{sandbox.system_path}")
    what = f"git is only in the relative PATH entry {ENTRIES[repository.entry]}, which is not looked at"
    assert (result.code, what in result.err.decode()) == (NOT_FOUND, True)
    assert not (sandbox.work / ".claude").exists()


def test_who_names_the_client_of_a_repository_gets_it(repository: Repository) -> None:
    sandbox = repository.sandbox
    named = sandbox.work / "named"
    named.symlink_to(sandbox.fake.path)
    environment = sandbox.environment(PATH=repository.path, CC_CLAUDE="./named")
    assert run([sandbox.cc, "run", "mine"], environment, sandbox.work).code == 0
    repository.launched()
