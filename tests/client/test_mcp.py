"""Data beside the model: the MCP servers of a profile, with the real client and a server on this machine."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.client import harness
from tests.client.exposure import LOOK, LOOK_AT_CLIENT, files_with
from tests.client.stage import KINDS, PROMPT, Stage, first, tool_results
from tests.fakes import fake_mcp
from tests.fakes.fake_mcp import ROWS, SEEN, FakeMcp
from tests.fakes.fake_provider import call
from tests.watch import no_argument_holds

KIND = KINDS["none"]
EMAIL = "me@example.com"
both = pytest.mark.parametrize("version", [harness.CURRENT, harness.BEFORE_HOST_FLAG])
LOOK_AROUND = f"{LOOK}; {LOOK_AT_CLIENT}"


@pytest.fixture
def pat(stage: Stage) -> str:
    """The access token for the data, in a file of its own."""
    token = f"pat-canary-{uuid4().hex}"
    path = stage.elsewhere / "pat"
    path.touch(mode=0o600)
    path.write_text(token)
    return token


@pytest.fixture
def data(stage: Stage, pat: str) -> Iterator[FakeMcp]:
    """The server with the data, which takes this token only."""
    with FakeMcp(basic(pat)) as server:
        table = f'{{ secret = "file:{stage.elsewhere}/pat", user = "{EMAIL}" }}'
        text = f'[mcp_servers.cdata]\nurl = "{server.url}"\nsecret_headers.Authorization = {table}\n'
        stage.profile(KIND, tables=text)
        yield server


def basic(pat: str) -> str:
    return "Basic " + base64.b64encode(f"{EMAIL}:{pat}".encode()).decode()


def entry(server: FakeMcp) -> dict[str, object]:
    return {"type": "http", "url": server.url}


def ask(stage: Stage, *arguments: str, cached: bool = False) -> harness.Ended:
    """A session whose model asks the server for data."""
    stage.ours.script = first(call("mcp__cdata__queryData", query="SELECT 1"))
    return stage.launch(KIND, "-p", PROMPT, "--allowedTools", "mcp__cdata__queryData", *arguments, cached=cached)


@both
def test_the_model_gets_data_and_the_server_its_credential(stage: Stage, data: FakeMcp, pat: str) -> None:
    ended = ask(stage)

    assert ended.returncode == 0, ended.stderr
    assert tool_results(stage.ours.messages[-1].body) == [f"{ROWS}: SELECT 1"]
    assert data.credentials == {basic(pat)}
    assert all(pat not in str(request) for request in stage.everything())
    stage.check_requests(KIND, stage.protection(KIND))


@both
def test_the_credential_is_nowhere_but_at_the_server(stage: Stage, data: FakeMcp, pat: str) -> None:
    stage.ours.script = first(
        call("mcp__cdata__queryData", query="SELECT 1"), call("Bash", command=LOOK_AROUND, description="x")
    )
    coded = basic(pat).removeprefix("Basic ")
    with no_argument_holds(pat.encode()), no_argument_holds(coded.encode()):
        stage.launch(KIND, "-p", PROMPT, "--allowedTools", "Bash,mcp__cdata__queryData")

    rows, seen = tool_results(stage.ours.messages[-1].body)
    assert rows == f"{ROWS}: SELECT 1"
    assert data.credentials == {basic(pat)}
    assert f"HOME={stage.home}" in seen
    for canary in (pat, coded):
        assert canary not in seen
        assert files_with(canary, stage.home) == []


def test_other_servers_stay_and_other_profiles_have_none(stage: Stage, data: FakeMcp) -> None:
    with FakeMcp() as of_user, FakeMcp() as of_line:
        known = {"hasCompletedOnboarding": True, "mcpServers": {"mine": entry(of_user)}}
        (stage.home / ".claude.json").write_text(json.dumps(known))
        given = json.dumps({"mcpServers": {"given": entry(of_line)}})

        ask(stage, "--mcp-config", given)

        assert all("tools/list" in server.methods for server in (data, of_user, of_line))
        assert of_user.credentials == of_line.credentials == {""}

        for server in (data, of_user):
            server.requests.clear()
        stage.profile(KIND)
        ask(stage)
        assert "No such tool available" in tool_results(stage.ours.messages[-1].body)[0]
        assert "tools/list" in of_user.methods
        assert data.requests == []


def test_a_subcommand_of_the_client_gets_no_servers_of_ours(stage: Stage, data: FakeMcp) -> None:
    listed = stage.launch(KIND, "mcp", "list")

    assert listed.returncode == 0, listed.stderr
    assert "No MCP servers" in listed.stdout
    assert data.requests == []


def test_a_program_gets_its_secret_alone(stage: Stage, pat: str) -> None:
    program = Path(fake_mcp.__file__)
    text = f'command = "{sys.executable}"\nargs = ["{program}", "{stage.elsewhere}"]\n'
    secret = f'secret_env.DATA_TOKEN = "file:{stage.elsewhere}/pat"\n'
    stage.profile(KIND, tables=f"[mcp_servers.cdata]\n{text}env.FOO = 'bar'\n{secret}")
    stage.ours.script = first(
        call("mcp__cdata__queryData", query="SELECT 1"), call("Bash", command=LOOK_AROUND, description="x")
    )

    stage.launch(KIND, "-p", PROMPT, "--allowedTools", "Bash,mcp__cdata__queryData")

    rows, seen = tool_results(stage.ours.messages[-1].body)
    given = (stage.elsewhere / SEEN).read_text().splitlines()
    assert rows == f"{ROWS}: SELECT 1"
    assert f"DATA_TOKEN={pat}" in given
    assert "FOO=bar" in given
    assert pat not in seen
    assert files_with(pat, stage.home) == []


def test_a_file_of_servers_is_handed_over_as_it_is(stage: Stage, data: FakeMcp, pat: str) -> None:
    path = stage.home / ".config" / "cc-launcher" / "profiles" / "data.json"
    header = {"Authorization": basic(pat)}
    path.write_text(json.dumps({"mcpServers": {"cdata": entry(data) | {"headers": header}}}))
    stage.profile(KIND, 'mcp = "data.json"')

    ended = ask(stage)
    again = ask(stage, cached=True)

    assert data.methods.count("tools/call") == 2  # once in each session
    assert data.credentials == {basic(pat)}
    for launched in (ended, again):
        assert "data.json: holds what looks like a secret in clear text (cdata: Authorization)" in launched.stderr
        assert pat not in launched.stderr
        assert basic(pat) not in launched.stderr


def test_a_session_asks_nothing_before_it_has_the_data(stage: Stage, data: FakeMcp, pat: str) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    stage.ours.script = first(call("mcp__cdata__queryData", query="SELECT 1"))
    with stage.session(KIND, "--allowedTools", "mcp__cdata__queryData") as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, PROMPT)
        terminal.wait_for("pong", timeout=120)

    assert tool_results(stage.ours.messages[-1].body) == [f"{ROWS}: SELECT 1"]
    assert data.credentials == {basic(pat)}
