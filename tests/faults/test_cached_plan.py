"""A cached plan is never older than what it was made from, and nothing odd in the cache stops a launch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cc_launcher.launch import planfile
from tests.fakes.fake_claude import Dump, FakeClaude, package_around
from tests.support import Sandbox, console_script, run

KEY = "sk-test-of-the-cache"
HOST_FLAG = b"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"


def launched(sandbox: Sandbox, *args: str, cached: bool = False, **more: str) -> Dump:
    """How the fake was started by a launch that went well."""
    result = sandbox.run("run", *args, environment=sandbox.environment(ZAI_API_KEY=KEY, **more), cached=cached)
    assert result.code == 0, result.err
    return sandbox.fake.take()


def serves(sandbox: Sandbox, **more: str) -> bool:
    """Whether the cached plan is used."""
    result = sandbox.run("run", "zai", environment=sandbox.environment(ZAI_API_KEY=KEY, **more), cached=True)
    if result.code == 0:
        sandbox.fake.take()
    return result.code == 0


def test_the_second_launch_is_a_cached_one(sandbox: Sandbox) -> None:
    assert not serves(sandbox)
    launched(sandbox, "zai")
    assert serves(sandbox)
    assert sandbox.plans[0].stat().st_mode & 0o777 == 0o600


def _fifo(plan: Path) -> None:
    plan.unlink()
    os.mkfifo(plan)


ODD = {
    "empty": lambda plan: plan.write_bytes(b""),
    "truncated": lambda plan: plan.write_bytes(plan.read_bytes()[:-40]),
    "garbage": lambda plan: plan.write_bytes(os.urandom(4000)),
    "longer": lambda plan: plan.write_bytes(plan.read_bytes() + b"\0more"),
    "huge": lambda plan: os.truncate(plan, 1 << 30),
    "readable": lambda plan: plan.chmod(0o644),
    "link": lambda plan: plan.symlink_to(plan.rename(plan.parent.parent / "elsewhere")),
    "directory": lambda plan: plan.unlink() or plan.mkdir(),
    "fifo": _fifo,
    "other version": lambda plan: plan.write_bytes(plan.read_bytes().replace(planfile.MAGIC.encode(), b"cc-plan 0")),
    "shared directory": lambda plan: plan.parent.chmod(0o755),
}


@pytest.mark.parametrize("make_odd", ODD.values(), ids=ODD.keys())
def test_an_odd_plan_is_made_anew(sandbox: Sandbox, make_odd: object) -> None:
    assert callable(make_odd)
    before = launched(sandbox, "zai", "-p", "x")
    make_odd(sandbox.plans[0])
    assert not serves(sandbox)
    after = launched(sandbox, "zai", "-p", "x")
    assert (after.arguments, after.environment) == (before.arguments, before.environment)


def test_a_cache_that_cannot_be_written(sandbox: Sandbox) -> None:
    (sandbox.home / ".cache").write_text("in the way")
    launched(sandbox, "zai")
    launched(sandbox, "zai")


def _edit_profile(sandbox: Sandbox) -> None:
    sandbox.profile("mine", 'extends = "deepseek"\nsecret = "env:ZAI_API_KEY"\n')


def _shadow_provider(sandbox: Sandbox) -> None:
    sandbox.profile("zai", 'extends = "deepseek"\nsecret = "env:ZAI_API_KEY"\n')


def _settings(sandbox: Sandbox) -> None:
    (sandbox.home / ".claude").mkdir()
    (sandbox.home / ".claude" / "settings.json").write_text('{"permissions": {"defaultMode": "plan"}}')


def _local_settings(sandbox: Sandbox) -> None:
    (sandbox.work / ".claude").mkdir()
    (sandbox.work / ".claude" / "settings.local.json").write_text("{}")


def _config(sandbox: Sandbox) -> None:
    path = sandbox.home / ".config" / "cc-launcher" / "config.toml"
    path.write_text(f'claude = "{sandbox.fake.path}"\n')
    path.chmod(0o600)


def _new_client(sandbox: Sandbox) -> None:
    sandbox.fake.path.write_text(sandbox.fake.path.read_text() + "# another version\n")


def _other_first(sandbox: Sandbox) -> None:
    FakeClaude(sandbox.outside / "first", sandbox.fake.dump)


CHANGES = [_edit_profile, _shadow_provider, _settings, _local_settings, _config, _new_client, _other_first]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_makes_a_new_plan(sandbox: Sandbox, change: object) -> None:
    assert callable(change)
    sandbox.profile("mine", 'extends = "zai"\n')
    environment = sandbox.environment(ZAI_API_KEY=KEY)
    environment["PATH"] = f"{sandbox.outside / 'first'}:{environment['PATH']}"
    assert sandbox.run("run", "mine", environment=environment).code == 0
    assert sandbox.run("run", "mine", environment=environment, cached=True).code == 0
    change(sandbox)
    assert sandbox.run("run", "mine", environment=environment, cached=True).code == 70
    assert sandbox.run("run", "mine", environment=environment).code == 0


def test_a_link_to_another_version_of_the_client(sandbox: Sandbox) -> None:
    """As the client's own installer does it: the old version stays where it is, and a link leads to the new one."""
    links = sandbox.outside / "links"
    links.mkdir()
    (links / "claude").symlink_to(sandbox.fake.path)
    path = f"{links}:/usr/bin:/bin"
    assert launched(sandbox, "zai", PATH=path).environment[HOST_FLAG] == b"1"
    old = FakeClaude(sandbox.outside / "old", sandbox.fake.dump)
    package_around(old.path, "2.1.72")
    (links / "claude").unlink()
    (links / "claude").symlink_to(old.path)
    assert HOST_FLAG not in launched(sandbox, "zai", PATH=path).environment


def test_a_profile_that_changes_while_its_plan_is_made(sandbox: Sandbox) -> None:
    """Here by the client that is asked for its version, which may take seconds."""
    sandbox.fake.answer_version("2.1.332")
    profile = sandbox.profile("mine", 'extends = "zai"\n[env]\nWHICH = "old"\n')
    edits = f'#!/bin/sh\nif [ "$1" = --version ]; then sed -i s/old/new/ {profile}; fi\n'
    sandbox.fake.path.write_text(sandbox.fake.path.read_text().replace("#!/bin/sh\n", edits, 1))
    launched(sandbox, "mine")
    assert launched(sandbox, "mine").environment[b"WHICH"] == b"new"


def test_an_administrators_new_file(sandbox: Sandbox) -> None:
    """A part that appears in a directory that was there already, while a plan is cached."""
    parts = sandbox.outside / "managed-settings.d"
    parts.mkdir()
    program = console_script(
        sandbox.outside,
        before=(
            "import cc_launcher.claude.settings_files\n"
            f"cc_launcher.claude.settings_files._MANAGED = {{sys.platform: {str(sandbox.outside)!r}}}\n"
        ),
    )
    environment = sandbox.environment(ZAI_API_KEY=KEY)
    for each in (program, sandbox.cached_cc):
        assert run([each, "run", "zai"], environment, sandbox.work).code == 0
        sandbox.fake.take()
    (parts / "10-policy.json").write_text('{"env": {"ANTHROPIC_BASE_URL": "https://gateway.example"}}')
    result = run([program, "run", "zai"], environment, sandbox.work)
    assert (result.code, b"10-policy.json" in result.err) == (77, True)
    assert not sandbox.fake.started


def test_values_of_the_command_line_are_not_kept(sandbox: Sandbox) -> None:
    for _ in range(2):
        assert launched(sandbox, "--env", "TOKEN=hush-hush", "zai").environment[b"TOKEN"] == b"hush-hush"
    kept = [path for path in sandbox.home.rglob("*") if path.is_file() and b"hush-hush" in path.read_bytes()]
    assert not kept


def test_another_directory_has_another_plan(sandbox: Sandbox, tmp_path: Path) -> None:
    launched(sandbox, "zai", "-p")
    project = tmp_path / "project"
    (project / ".claude").mkdir(parents=True)
    (project / ".claude" / "settings.json").write_text('{"permissions": {"defaultMode": "plan"}}')
    assert b"--permission-mode" in launched(sandbox, "zai").arguments
    sandbox.work = project
    assert b"--permission-mode" not in launched(sandbox, "zai").arguments
