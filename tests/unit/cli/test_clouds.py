"""Clouds on the command line: made, shown with whose account they use, listed, and asked for on a terminal."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from tests.unit.cli.scene import ENTER, INVALID, OK, USAGE, CommandScene

SSO = """\
[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Developer
region = eu-central-1
"""


def written(scene: CommandScene, name: str) -> dict[str, Any]:
    return tomllib.loads((scene.profiles / f"{name}.toml").read_text())


def log_in(scene: CommandScene) -> None:
    directory = scene.sandbox.home / ".aws"
    directory.mkdir()
    (directory / "config").write_text(SSO)


def rows(scene: CommandScene, *args: str, **more: str) -> dict[str, tuple[str, str]]:
    found = json.loads(scene.shown("show", *args, "--json", **more))["data"]["identity"]
    return {row["what"]: (row["value"], row["source"]) for row in found}


@pytest.mark.parametrize(
    ("name", "value"), [("vertex", "project"), ("claude-platform-aws", "workspace"), ("foundry", "resource")]
)
def test_what_a_cloud_needs_is_asked_for_by_the_error_and_given_by_a_flag(
    scene: CommandScene, name: str, value: str
) -> None:
    assert f"--value {value}=…" in scene.told(INVALID, "show", name)
    assert scene.run("add", name, "--value", f"{value}=mine-1").code == OK
    assert written(scene, name) == {"extends": name, "values": {value: "mine-1"}}
    assert scene.run("show", name).code == OK


def test_a_region_and_a_profile_of_awss_by_flags(scene: CommandScene) -> None:
    log_in(scene)
    assert scene.run("add", "bedrock", "--region", "eu-west-1", "--value", "aws_profile=work").code == OK
    assert written(scene, "bedrock") == {"extends": "bedrock", "region": "eu-west-1", "values": {"aws_profile": "work"}}
    who = "the AWS profile work: single sign-on, account 123456789012, role Developer"
    found = rows(scene, "bedrock", AWS_PROFILE="other", AWS_REGION="us-west-2")
    assert found == {
        "identity": (who, "the profile, ~/.aws/config, ~/.aws/credentials"),
        "region": ("eu-west-1", "the profile"),
    }


def test_show_says_whose_account_it_would_be_and_never_a_key(scene: CommandScene) -> None:
    log_in(scene)
    shown = scene.shown("show", "-v", "bedrock", AWS_PROFILE="work")
    assert "identity: the AWS profile work: single sign-on, account 123456789012, role Developer (AWS_PROFILE" in shown
    assert "region: eu-central-1 (~/.aws/config)" in shown
    assert "endpoint    bedrock-runtime.amazonaws.com" in shown
    brief = scene.shown("show", "bedrock", AWS_PROFILE="work")
    assert "  as        the AWS profile work: single sign-on, account 123456789012, role Developer; region: eu" in brief
    keys = {"AWS_ACCESS_KEY_ID": f"AKIA{scene.key}", "AWS_SECRET_ACCESS_KEY": scene.key}
    shown = scene.shown("show", "-v", "bedrock", **keys)
    assert "identity: a key (AWS_ACCESS_KEY_ID)" in shown
    assert scene.key not in shown


def test_a_key_of_the_clouds_in_the_shell_is_said_to_come_first(scene: CommandScene) -> None:
    assert rows(scene, "bedrock", AWS_BEARER_TOKEN_BEDROCK=scene.key)["identity"] == (
        "the host that the secret belongs to",
        "env:AWS_BEARER_TOKEN_BEDROCK",
    )


def test_settings_of_the_client_that_change_it_are_told(scene: CommandScene) -> None:
    directory = scene.sandbox.home / ".claude"
    directory.mkdir(exist_ok=True)
    (directory / "settings.json").write_text(json.dumps({"env": {"AWS_PROFILE": "x"}}))
    assert rows(scene, "bedrock")["but"][0].endswith("they set AWS_PROFILE")


@pytest.mark.parametrize("odd", ["directory", "binary", "nothing", "fifo"])
def test_odd_files_of_the_clouds_tools_are_no_error(scene: CommandScene, odd: str) -> None:
    import os

    file = scene.sandbox.outside / "odd"
    if odd == "directory":
        file.mkdir()
    elif odd == "binary":
        file.write_bytes(b"\xff\x00" * 50)
    elif odd == "fifo":
        os.mkfifo(file)
    variables = {"AWS_CONFIG_FILE": str(file), "GOOGLE_APPLICATION_CREDENTIALS": str(file)}
    assert scene.run("add", "vertex", "--value", "project=p").code == OK
    for name in ("bedrock", "vertex"):
        said = rows(scene, name, **variables)["identity"][0]
        assert said.startswith(("cannot tell", "whatever the machine has", "a file that is not there"))


def test_the_list_tells_what_is_ready_by_what_can_be_seen(scene: CommandScene) -> None:
    def states(**more: str) -> dict[str, str]:
        return {row["name"]: row["state"] for row in json.loads(scene.shown("list-profiles", "--json", **more))["data"]}

    assert states()["bedrock"] == "needs an AWS login"
    assert states()["vertex"].startswith("needs project")
    assert states(AWS_BEARER_TOKEN_BEDROCK="x")["bedrock"] == "ready"
    log_in(scene)
    assert states(AWS_PROFILE="work")["bedrock"] == "ready"
    assert states(AWS_PROFILE="gone")["bedrock"] == "needs an AWS login"
    scene.sandbox.profile("mine", 'extends = "bedrock"\n')  # whoever makes one may know of a role that nobody sees
    assert states(AWS_PROFILE="gone")["mine"] == "ready (login not looked at)"
    assert states(AWS_PROFILE="work")["mine"] == "ready"


def test_a_clouds_key_cannot_be_tried_without_a_launch(scene: CommandScene) -> None:
    scene.keep(scene.key)
    said = scene.told(USAGE, "add", "bedrock", "--auth=bearer", f"--secret=file:{scene.file}", "--check")
    assert "cc run bedrock -p hi" in said


def test_a_cloud_by_conversation(scene: CommandScene) -> None:
    with scene.on_a_terminal("add", "vertex") as session:
        session.answer("Which region?", "europe-west1", ENTER)
        session.answer("the id of your Google Cloud project", "my-project", ENTER)
        session.answer("A name for the profile", ENTER)
        session.answer("Which model to start on?", ENTER)
        session.answer("Save this as vertex?", ENTER)
        assert session.ends() == OK
    assert written(scene, "vertex") == {
        "extends": "vertex",
        "region": "europe-west1",
        "values": {"project": "my-project"},
    }
