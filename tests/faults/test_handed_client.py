"""A client that a wrapper is handed, and that somebody else could have put there, or puts there meanwhile."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.core.errors import NOT_EXECUTABLE, REFUSED, TIMED_OUT
from tests.fakes.fake_claude import package_around
from tests.support import Result, Sandbox, not_here, require_tool, run

PROFILE = 'base_url = "https://host.example/v"\nauth = "bearer"\nsecret = "{secret}"\n[tiers]\nmain = "m"\n'


@pytest.fixture
def wrapped(sandbox: Sandbox) -> Sandbox:
    """A sandbox with a wrapper, and a client that it may be handed."""
    sandbox.profile("mine", PROFILE.format(secret="cmd:echo the-secret"))
    assert sandbox.run("install-wrapper", "mine").code == 0
    client(sandbox.outside / "a" / "b" / "claude", sandbox)
    return sandbox


def client(path: Path, sandbox: Sandbox) -> Path:
    """One more FAKE client."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sandbox.fake.path.read_bytes())
    path.chmod(0o755)
    package_around(path)
    return path


def handed(sandbox: Sandbox, *words: str | Path) -> Result:
    """Start the wrapper with these."""
    script = sandbox.home / ".local" / "bin" / "claude-mine"
    return run([require_tool("sh"), script, *words, "-p", "hi"], sandbox.environment(), sandbox.work)


def _in_the_project(sandbox: Sandbox, path: Path) -> Path:
    return client(sandbox.work / path.name, sandbox)


def _linked_into_the_project(sandbox: Sandbox, path: Path) -> Path:
    path.unlink()
    path.symlink_to(client(sandbox.work / "claude", sandbox))
    return path


def _shared_directory(_: Sandbox, path: Path) -> Path:
    path.parent.chmod(0o777)
    return path


def _shared_above(_: Sandbox, path: Path) -> Path:
    path.parent.parent.chmod(0o777)
    return path


def _shared_file(_: Sandbox, path: Path) -> Path:
    path.chmod(0o757)
    return path


def _not_executable(_: Sandbox, path: Path) -> Path:
    path.chmod(0o644)
    return path


def _broken_link(sandbox: Sandbox, path: Path) -> Path:
    path.unlink()
    path.symlink_to(sandbox.outside / "gone")
    return path


def _circle(_: Sandbox, path: Path) -> Path:
    path.unlink()
    path.symlink_to(path)
    return path


def _foreign(_: Sandbox, path: Path) -> Path:
    if os.geteuid():
        not_here("only root can give a file away; a unit test has it for others")
    os.chown(path, 4242, 4242)
    return path


def _own_wrapper(sandbox: Sandbox, path: Path) -> Path:
    path.write_bytes((sandbox.home / ".local" / "bin" / "claude-mine").read_bytes())
    return path


REFUSALS: dict[str, tuple[Callable[[Sandbox, Path], Path], str, int]] = {
    "in the project": (_in_the_project, "inside this project", REFUSED),
    "linked into it": (_linked_into_the_project, "inside this project", REFUSED),
    "shared directory": (_shared_directory, "which others can write", REFUSED),
    "shared above": (_shared_above, "which others can write", REFUSED),
    "shared file": (_shared_file, "can be written by others", REFUSED),
    "not executable": (_not_executable, "not executable", NOT_EXECUTABLE),
    "broken link": (_broken_link, "a link to nothing", REFUSED),
    "circle": (_circle, "in a circle", REFUSED),
    "somebody else's": (_foreign, "belongs to another user", REFUSED),
    "a wrapper": (_own_wrapper, "starts cc again", REFUSED),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_nothing_is_started_and_the_reason_is_said(wrapped: Sandbox, case: str) -> None:
    make, why, code = REFUSALS[case]
    path = make(wrapped, wrapped.outside / "a" / "b" / "claude")

    result = handed(wrapped, path)

    assert (result.code, result.out) == (code, b"")
    assert why in result.err.decode()
    assert str(path) in result.err.decode()
    assert "hint: " in result.err.decode()
    assert b"Traceback" not in result.err
    assert b"the-secret" not in result.err
    assert not wrapped.fake.started


def test_as_it_is_it_is_started(wrapped: Sandbox) -> None:
    assert handed(wrapped, wrapped.outside / "a" / "b" / "claude").code == 0
    assert wrapped.fake.take().arguments[-2:] == [b"-p", b"hi"]
    for prompt in ("/no/such/claude", str(wrapped.outside)):  # nothing, and another name
        assert handed(wrapped, prompt).code == 0
        assert wrapped.fake.take().arguments[-3:] == [os.fsencode(prompt), b"-p", b"hi"]


@pytest.mark.parametrize("what", ["client", "node"])
def test_one_that_is_replaced_while_the_secret_is_fetched_is_not_started(wrapped: Sandbox, what: str) -> None:
    path = wrapped.outside / "a" / "b" / "claude"
    script, node = path.with_name("cli.js"), path.with_name("node")
    script.write_bytes(path.read_bytes())
    for program in (node, path.with_name("new")):
        program.write_bytes(path.read_bytes())
        program.chmod(0o755)
    words, replaced = ((path,), path) if what == "client" else ((node, script), node)
    replace = f"mv {shlex.quote(str(path.with_name('new')))} {shlex.quote(str(replaced))}"
    helper = wrapped.outside / "helper"
    helper.write_text(f"#!/bin/sh\n{replace} && echo the-secret\n")
    helper.chmod(0o755)
    wrapped.profile("mine", PROFILE.format(secret=f"cmd:{helper}"))

    result = handed(wrapped, *words)

    assert (result.code, result.out) == (TIMED_OUT, b""), result
    assert b"claude was replaced while cc was starting it" in result.err
    assert not wrapped.fake.started
