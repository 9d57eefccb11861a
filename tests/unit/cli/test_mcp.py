"""Data beside the model, through the commands: launches, secrets, wrappers and what is shown."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support import Result, run
from tests.unit.cli.scene import INVALID, NO_SUCH, OK, REFUSED, USAGE, CommandScene

URL = "https://data.example/mcp"
SECOND = "https://other.example/mcp"


@pytest.fixture
def pat(scene: CommandScene) -> str:
    """The token for the data, where the profile `mine` says that it is."""
    token = f"pat-{scene.key}"
    path = scene.sandbox.outside / "pat"
    path.write_text(token)
    path.chmod(0o600)
    scene.keep(scene.key)
    return token


def profile(scene: CommandScene, url: str = URL, more: str = "") -> None:
    where = f'{{ secret = "file:{scene.sandbox.outside}/pat", user = "me@example.com" }}'
    scene.profile(f'[mcp_servers.cdata]\nurl = "{url}"\nsecret_headers.Authorization = {where}\n{more}')


def handed_over(scene: CommandScene) -> list[str]:
    """What the client got with --mcp-config."""
    words = [word.decode() for word in scene.sandbox.fake.take().arguments]
    return [word.partition("=")[2] for word in words if word.startswith("--mcp-config=")]


def headers_of(scene: CommandScene, config: str, **more: str) -> tuple[int, str]:
    """What the helper says, run as the client runs it."""
    helper = json.loads(config)["mcpServers"]["cdata"]["headersHelper"]
    environment = scene.environment(**more)
    done = subprocess.run(
        ["/bin/sh", "-c", helper], env=environment, capture_output=True, text=True, check=False, cwd=scene.sandbox.work
    )
    return done.returncode, done.stdout


def test_a_launch_hands_over_a_helper_that_knows_the_credential(scene: CommandScene, pat: str) -> None:
    profile(scene)
    coded = base64.b64encode(f"me@example.com:{pat}".encode()).decode()
    for cached in (False, True):
        assert scene.sandbox.run("run", "mine", "a prompt", cached=cached).code == OK
        dump = scene.sandbox.fake.take()
        assert dump.arguments[-1] == b"a prompt"
        assert not any(pat.encode() in text or coded.encode() in text for text in dump.environment.values())
        assert not any(pat.encode() in text or coded.encode() in text for text in dump.arguments)
        [config] = [word.decode().partition("=")[2] for word in dump.arguments if word.startswith(b"--mcp-config=")]
        for asked in ({}, {"CLAUDE_CODE_MCP_SERVER_URL": URL}):
            code, out = headers_of(scene, config, **asked)
            assert (code, json.loads(out)) == (OK, {"Authorization": f"Basic {coded}"})
    assert headers_of(scene, config, CLAUDE_CODE_MCP_SERVER_URL=SECOND) == (REFUSED, "")
    assert all(pat.encode() not in content for content in scene.sandbox.kept_files().values())
    assert all(pat.encode() not in plan.read_bytes() for plan in scene.sandbox.plans)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_launch_without_the_secret_stops_and_says_which(scene: CommandScene, pat: str, *, wrapped: bool) -> None:
    profile(scene)
    if wrapped:
        scene.told(OK, "install-wrapper", "mine", "--name", "claude-w")
    (scene.sandbox.outside / "pat").unlink()
    result = _wrapper(scene) if wrapped else scene.run("run", "mine")
    said = result.err.decode()
    assert result.code == REFUSED
    assert "mine: MCP server cdata: " in said
    assert not scene.sandbox.fake.started
    assert pat not in said


def _wrapper(scene: CommandScene) -> Result:
    program = scene.sandbox.home / ".local" / "bin" / "claude-w"
    return run([program, "a prompt"], scene.environment(), scene.sandbox.work)


def test_a_wrapper_hands_over_the_same_as_a_launch(scene: CommandScene, pat: str) -> None:
    profile(scene, more='[mcp_servers.p]\ncommand = "it\'s"\n')
    scene.told(OK, "install-wrapper", "mine", "--name", "claude-w")
    assert scene.run("run", "mine", "a prompt").code == OK
    of_run = scene.sandbox.fake.take()
    assert _wrapper(scene).code == OK
    of_wrapper = scene.sandbox.fake.take()
    assert of_wrapper.arguments == of_run.arguments
    assert pat.encode() not in b" ".join([*of_wrapper.arguments, *of_wrapper.environment.values()])
    text = (scene.sandbox.home / ".local" / "bin" / "claude-w").read_text()
    assert pat not in text


def test_a_secret_stays_with_the_host_that_it_was_kept_for(scene: CommandScene, pat: str) -> None:
    profile(scene)
    assert scene.run("run", "mine").code == OK
    assert json.loads(handed_over(scene)[0])["mcpServers"]["cdata"]["url"] == URL
    profile(scene, SECOND)
    for command in (["run", "mine"], ["secret", "get", "mine", "--mcp", "cdata"], ["env", "mine"]):
        said = scene.told(REFUSED, *command)
        assert "the secret of the MCP server cdata was kept for data.example, and url now names other.example" in said
        assert pat not in said
    assert scene.shown("secret", "get", "mine").strip() == scene.key  # the model's own is where it was
    assert "other.example" in scene.told(OK, "edit", "mine", "--confirm-host")
    assert scene.run("run", "mine").code == OK
    assert scene.hosts.read_text().count("other.example") == 1
    assert pat not in scene.hosts.read_text()


def test_the_secret_is_kept_looked_at_and_forgotten(scene: CommandScene, pat: str) -> None:
    path = scene.sandbox.outside / "pat"
    path.unlink()
    profile(scene)
    listed = {row["name"]: row["state"] for row in json.loads(scene.shown("list-profiles", "--json"))["data"]}
    assert listed["mine"] == "needs a key"

    scene.told(OK, "secret", "set", "mine", "--mcp", "cdata", "--stdin", stdin=pat.encode())

    assert path.read_text().strip() == pat
    assert scene.file.read_text().strip() == scene.key
    rows = json.loads(scene.shown("secret", "status", "mine", "--json"))["data"]
    assert [(row["reference"], row["there"]) for row in rows] == [
        (f"file:{scene.file}", True),
        (f"file:{path} (mcp cdata.Authorization)", True),
    ]
    assert scene.shown("secret", "get", "mine", "--mcp", "cdata.Authorization").strip() == pat
    assert scene.shown("secret", "get", "mine").strip() == scene.key
    scene.told(OK, "secret", "remove", "mine", "--mcp", "cdata", "--yes")
    assert not path.exists()
    assert scene.file.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("cdat", "did you mean cdata.Authorization"),
        ("cdata", "cdata has several secrets: which one?"),
        ("\x1b[31m", "no secret for an MCP server"),
    ],
)
def test_a_name_that_means_none_or_two(scene: CommandScene, pat: str, given: str, said: str) -> None:
    profile(scene, more='[mcp_servers.cdata.secret_headers.X-B]\nsecret = "keyring:b"\n')
    told = scene.told(USAGE, "secret", "set", "mine", "--mcp", given, "--dry-run")
    assert said in told
    assert "\x1b" not in told
    assert pat not in told


def test_what_is_shown_names_servers_and_references(scene: CommandScene, pat: str) -> None:
    profile(scene)
    for command in (["show", "-v", "mine"], ["run", "--dry-run", "-v", "mine"]):
        shown = scene.shown(*command)
        assert f"cdata: {URL} (~/.config/cc-launcher/profiles/mine.toml:4)" in shown
        assert f"file:{scene.sandbox.outside}/pat → the MCP server cdata.Authorization" in shown
        assert pat not in shown
    data = json.loads(scene.shown("run", "--dry-run", "--json", "mine"))["data"]
    assert data["mcp"] == [{"name": "cdata", "where": URL, "source": "~/.config/cc-launcher/profiles/mine.toml:4"}]
    assert data["secrets"][-1]["delivery"] == "mcp"


def test_exports_leave_servers_out_and_say_so(scene: CommandScene, pat: str) -> None:
    profile(scene)
    for options in ([], ["--reveal"], ["--json"]):
        result = scene.run("env", "mine", *options)
        assert result.code == OK
        assert b"its MCP servers cannot be variables" in result.err
        assert pat.encode() not in result.out
        assert b"cdata" not in result.out


def test_what_people_may_type_says_what_it_is(scene: CommandScene) -> None:
    for name in ("cdata", "cdata-connect-ai"):
        said = scene.told(NO_SUCH, "run", name)
        assert "data beside the model" in said
        assert "mcp_servers.cdata.url=https://mcp.cloud.cdata.com/mcp" in said


# --- a file of servers


def servers(path: Path, url: str = URL, **more: object) -> Path:
    path.write_text(json.dumps({"mcpServers": {"data": {"type": "http", "url": url} | more}}))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("written", ["data.json", "../data.json", "~/data.json", "whole"])
def test_a_path_starts_at_the_profile_or_at_the_home(scene: CommandScene, pat: str, written: str) -> None:
    del pat  # the secret of the profile is there
    places = {"data.json": scene.profiles, "../data.json": scene.profiles.parent}
    whole = places.get(written, scene.sandbox.home) / "data.json"
    scene.profile(f'mcp = "{whole if written == "whole" else written}"\n')
    servers(scene.sandbox.work / "data.json", SECOND)  # which a repository may have
    servers(whole)

    assert scene.run("run", "mine").code == OK
    [path] = handed_over(scene)
    assert os.path.realpath(path) == str(whole)
    assert f"data: {URL} (" in scene.shown("show", "mine")


def test_a_changed_file_makes_another_plan(scene: CommandScene, pat: str) -> None:
    del pat
    scene.profile('mcp = "data.json"\n')
    path = servers(scene.profiles / "data.json")
    for cached in (False, True):
        assert scene.sandbox.run("run", "mine", cached=cached).code == OK
        scene.sandbox.fake.take()
    path.write_text("{}")
    assert "has no mcpServers" in scene.told(INVALID, "run", "mine")
    assert not scene.sandbox.fake.started


def test_a_file_that_others_could_have_written_is_refused(scene: CommandScene, pat: str) -> None:
    del pat
    scene.profile('mcp = "data.json"\n')
    path = servers(scene.profiles / "data.json")
    path.chmod(0o622)
    assert "other users can write it" in scene.told(INVALID, "run", "mine")
    path.unlink()
    assert "there is no such file" in scene.told(INVALID, "run", "mine")
    path.mkdir()
    assert "not a file" in scene.told(INVALID, "run", "mine")
    assert not scene.sandbox.fake.started


def test_a_secret_in_clear_text_is_warned_of_in_one_line(scene: CommandScene, pat: str) -> None:
    scene.profile('mcp = "data.json"\n')
    servers(scene.profiles / "data.json", headers={"Authorization": f"Basic {pat}"})
    result = scene.run("run", "mine")
    lines = result.err.decode().splitlines()
    assert result.code == OK
    assert [line for line in lines if "clear text (data: Authorization)" in line] == lines
    assert pat not in result.err.decode()
    assert pat not in " ".join(handed_over(scene))


# --- the program of ours behind an entry


@pytest.mark.parametrize(
    "words",
    [[], ["headers"], ["headers", "h", "a", "b"], ["exec"], ["exec", "A", "--", "x"], ["exec", "--"], ["other", "x"]],
)
def test_what_nobody_asks_for_is_refused(scene: CommandScene, words: list[str]) -> None:
    assert "usage" in scene.told(USAGE, "__mcp", *words)


def test_a_program_gets_its_secret_in_its_environment(scene: CommandScene, pat: str) -> None:
    where = f"file:{scene.sandbox.outside}/pat"
    result = scene.run("__mcp", "exec", "TOKEN", where, "--", "printenv", "TOKEN")
    assert (result.code, result.out.decode().strip()) == (OK, pat)
    said = scene.told(127, "__mcp", "exec", "TOKEN", where, "--", "no-such-program")
    assert "no-such-program is not on PATH" in said
    assert pat not in said
    assert scene.told(USAGE, "__mcp", "headers", "h", "A", "", "", pat).count(pat) == 0


def test_headers_are_not_shown_on_a_terminal(scene: CommandScene, pat: str) -> None:
    where = f"file:{scene.sandbox.outside}/pat"
    with scene.on_a_terminal("__mcp", "headers", "h", "A", "", "", where) as session:
        assert session.ends() == REFUSED
    assert pat not in session.text
