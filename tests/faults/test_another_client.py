"""The client that is started is the one that was judged: another one in its place is judged anew, or nothing starts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fake_claude import FakeClaude, package_around
from tests.support import Sandbox, require_tool, run

PROFILE = 'base_url = "https://host.example"\nauth = "bearer"\nsecret = "cmd:{secret}"\n[tiers]\nmain = "m"\n'
TOKEN = b"ANTHROPIC_AUTH_TOKEN"
OLD = "2.1.150"


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    sandbox.profile("mine", PROFILE.format(secret="echo the-secret"))
    return sandbox


def old_client(sandbox: Sandbox, name: str = "old") -> FakeClaude:
    made = FakeClaude(sandbox.outside / name, sandbox.fake.dump)
    package_around(made.path, OLD)
    os.utime(made.path, (1, 1))
    return made


def linked(sandbox: Sandbox) -> Path:
    """A `claude` on PATH that is a link, as npm and the client's own installer make it."""
    current = FakeClaude(sandbox.outside / "current", sandbox.fake.dump)
    sandbox.fake.path.unlink()
    (sandbox.bin / "package.json").unlink()
    sandbox.fake.path.symlink_to(current.path)
    return sandbox.fake.path


def relink(link: Path, target: Path) -> None:
    link.unlink()
    link.symlink_to(target)


def has_token(sandbox: Sandbox) -> bool:
    """Whether the client that was started last has the secret in its environment, as a hosted one has."""
    return TOKEN in sandbox.fake.take().environment


def test_behind_a_link_another_client_is_judged_anew(sandbox: Sandbox) -> None:
    link = linked(sandbox)
    for cached in (False, True):
        assert sandbox.run("run", "mine", cached=cached).code == 0
        assert has_token(sandbox)
    relink(link, old_client(sandbox).path)
    assert sandbox.run("run", "mine", cached=True).code != 0  # no kept plan is for that one
    result = sandbox.run("run", "mine")
    assert b"sealed, because this old client shows" in result.err
    assert not has_token(sandbox)


def test_a_wrapper_leaves_another_client_to_cc(sandbox: Sandbox) -> None:
    link = linked(sandbox)
    assert sandbox.run("install-wrapper", "mine").code == 0
    script: list[str | bytes | Path] = [require_tool("sh"), sandbox.home / ".local" / "bin" / "claude-mine"]
    assert run(script, sandbox.environment(), sandbox.work).code == 0
    assert has_token(sandbox)
    relink(link, old_client(sandbox).path)
    assert run(script, sandbox.environment(), sandbox.work).code == 0
    assert not has_token(sandbox)


def test_a_client_that_is_replaced_while_the_secret_is_fetched_is_not_started(sandbox: Sandbox) -> None:
    old = old_client(sandbox)
    fetch = sandbox.outside / "fetch"
    fetch.write_text(
        f"#!/bin/sh\ncp -p {old.path} {sandbox.fake.path}.new\nmv {sandbox.fake.path}.new {sandbox.fake.path}\necho s\n"
    )
    fetch.chmod(0o755)
    sandbox.profile("mine", PROFILE.format(secret=fetch))
    result = sandbox.run("run", "mine")
    assert (result.code, sandbox.fake.started) == (75, False)
    assert b"claude was replaced while cc was starting it" in result.err


# A script that starts a client elsewhere, as version managers put them on PATH


@pytest.fixture
def shim(sandbox: Sandbox) -> Path:
    current = FakeClaude(sandbox.outside / "current", sandbox.fake.dump)
    current.answer_version("2.1.332")
    chosen = sandbox.outside / "chosen"
    chosen.symlink_to(current.path)
    (sandbox.bin / "package.json").unlink()
    sandbox.fake.path.write_text(f'#!/bin/sh\nexec {chosen} "$@"\n')
    return chosen


def promised(sandbox: Sandbox) -> str:
    data: dict[str, Any] = json.loads(sandbox.run("run", "--dry-run", "--json", "mine").out)["data"]
    protection: str = data["protection"]
    return protection


def test_what_a_script_starts_is_asked_and_counts_as_the_oldest_in_a_kept_plan(sandbox: Sandbox, shim: Path) -> None:
    assert promised(sandbox) == "hosted"
    assert sandbox.run("run", "mine").code == 0
    assert has_token(sandbox)
    assert promised(sandbox) == "sealed"  # a dry run shows what the next launch does
    result = sandbox.run("run", "mine", cached=True)
    assert b"sealed, because this client (a script here, so it may be an old version)" in result.err
    assert not has_token(sandbox)
    relink(shim, old_client(sandbox).path)
    assert sandbox.run("run", "mine", cached=True).code == 0
    assert not has_token(sandbox)


def test_it_is_asked_in_the_current_directory_with_the_variables_of_the_launch(sandbox: Sandbox, shim: Path) -> None:
    old = old_client(sandbox)
    old.answer_version(OLD)
    sandbox.fake.path.write_text(
        f'#!/bin/sh\nif [ -e .old ] || [ -n "$ASDF_NODEJS_VERSION" ]; then exec {old.path} "$@"; fi\nexec {shim} "$@"\n'
    )
    assert promised(sandbox) == "hosted"
    (sandbox.work / ".old").touch()
    assert promised(sandbox) == "sealed"
    (sandbox.work / ".old").unlink()
    shown = sandbox.run("run", "--dry-run", "--json", "mine", environment=sandbox.environment(ASDF_NODEJS_VERSION="18"))
    assert json.loads(shown.out)["data"]["protection"] == "sealed"


@pytest.mark.usefixtures("shim")
def test_a_wrapper_takes_it_for_the_oldest(sandbox: Sandbox) -> None:
    assert sandbox.run("install-wrapper", "mine").code == 0
    script: list[str | bytes | Path] = [require_tool("sh"), sandbox.home / ".local" / "bin" / "claude-mine"]
    result = run(script, sandbox.environment(), sandbox.work)
    assert b"sealed, because this client (a script here" in result.err
    assert not has_token(sandbox)
