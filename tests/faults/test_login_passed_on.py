"""`auth = "login"` with a base_url: the login goes to a host only after somebody has agreed to it, once for each."""

import json
from pathlib import Path

import pytest

from tests.client.harness import Terminal
from tests.support import Sandbox

PROFILE = 'extends = "claude"\nbase_url = "https://gateway.example/x"\n'
QUESTION = "send your claude.ai login to gateway.example"


def hosts_of(sandbox: Sandbox) -> dict[str, str]:
    path = sandbox.home / ".local" / "share" / "cc-launcher" / "hosts.json"
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


@pytest.mark.parametrize("address", ["https://gateway.example/x", "http://127.0.0.1:4000", "http://localhost:8080/a"])
def test_without_a_terminal_it_is_refused_until_it_is_confirmed(sandbox: Sandbox, address: str) -> None:
    sandbox.profile("mine", PROFILE.replace("https://gateway.example/x", address))
    refused = sandbox.run("run", "mine", "-p", "hi")
    assert refused.code == 77
    assert b"login" in refused.err
    assert b"hint: if that is right: cc edit mine --confirm-host" in refused.err
    assert not sandbox.fake.started
    assert not sandbox.plans

    said = sandbox.run("edit", "mine", "--confirm-host", "--dry-run")
    assert (said.code, b"login would go to" in said.err) == (0, True)
    assert sandbox.run("run", "mine").code == 77
    assert sandbox.run("edit", "mine", "--confirm-host").code == 0
    for cached in (False, True):
        assert sandbox.run("run", "mine", "-p", "hi", cached=cached).code == 0
        assert sandbox.fake.take().environment[b"ANTHROPIC_BASE_URL"] == address.encode()


def test_another_host_is_asked_about_again_and_the_profile_alone_is_meant(sandbox: Sandbox) -> None:
    path = sandbox.profile("mine", PROFILE)
    assert sandbox.run("edit", "mine", "--confirm-host").code == 0
    assert sandbox.run("run", "mine").code == 0
    sandbox.fake.take()

    sandbox.profile("other", PROFILE)
    assert sandbox.run("run", "other").code == 77

    path.write_text(PROFILE.replace("gateway.example", "elsewhere.example"))
    moved = sandbox.run("run", "mine")
    assert (moved.code, b"elsewhere.example" in moved.err) == (77, True)
    path.write_text(PROFILE.replace("/x", "/y"))  # the same host
    assert sandbox.run("run", "mine").code == 0

    sandbox.fake.take()
    assert sandbox.run("edit", "mine", "base_url=https://third.example").code == 0
    assert sandbox.run("run", "mine").code == 77
    assert not sandbox.fake.started


@pytest.mark.parametrize("args", [["env", "mine"], ["install-wrapper", "mine"]])
def test_nothing_else_goes_around_it(sandbox: Sandbox, args: list[str]) -> None:
    sandbox.profile("mine", PROFILE)
    ended = sandbox.run(*args)
    assert (ended.code, b"--confirm-host" in ended.err) == (77, True)
    assert hosts_of(sandbox) == {}


def test_what_would_be_done_is_shown_before_anybody_has_agreed(sandbox: Sandbox) -> None:
    sandbox.profile("mine", PROFILE)
    shown = sandbox.run("run", "--dry-run", "mine")
    assert shown.code == 0
    assert b"\n  stops     " in shown.out
    assert b"--confirm-host" in shown.out
    assert b"NOT HANDED OUT" in sandbox.run("run", "--dry-run", "-v", "mine").out
    assert hosts_of(sandbox) == {}


def test_the_login_alone_needs_no_agreement(sandbox: Sandbox) -> None:
    sandbox.profile("mine", 'extends = "claude"\n')
    assert sandbox.run("run", "mine").code == 0


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_it_is_asked_once(sandbox: Sandbox, answer: str) -> None:
    sandbox.profile("mine", PROFILE)
    argv: list[str | Path] = [sandbox.cc, "run", "mine"]
    with Terminal(argv, sandbox.environment(), sandbox.work) as terminal:
        terminal.wait_for(QUESTION)
        terminal.send(f"{answer}\r")
        code = terminal.wait()
    assert code == (0 if answer == "y" else 77)
    assert sandbox.fake.started == (answer == "y")
    assert hosts_of(sandbox) == ({"mine login": "gateway.example"} if answer == "y" else {})
    if answer == "y":
        sandbox.fake.take()
        assert sandbox.run("run", "mine", cached=True).code == 0


def test_a_profile_that_is_removed_takes_the_agreement_with_it(sandbox: Sandbox) -> None:
    sandbox.profile("mine", PROFILE)
    assert sandbox.run("edit", "mine", "--confirm-host").code == 0
    assert sandbox.run("remove", "mine", "--yes").code == 0
    sandbox.profile("mine", PROFILE)
    assert sandbox.run("run", "mine").code == 77
