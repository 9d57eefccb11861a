"""The clouds, with the real client against a loopback endpoint: which path, credential and model, and nothing else.

The shell is against every launch: all other switches, addresses and credentials are set in it. What is not on this
machine goes to a proxy that refuses it, and so shows where it would have gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from cc_launcher.core.profile.clouds import CLOUDS
from tests.client import harness
from tests.client.exposure import seen_by_bash
from tests.client.stage import HOSTED, PATIENCE, PINNED, PROMPT, Kind, Stage, credential_of, first, said, texts
from tests.client.wrapped import Wrapped
from tests.fakes.fake_cloud import ACCESS_TOKEN, TOKEN_PATH, FakeCloud, model_of
from tests.fakes.fake_provider import FakeProvider, Request, call
from tests.support import require_tool

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
FOREIGN = "foreign-canary"
ACCESS_KEY, SECRET_KEY = "AKIACANARY", "aws-secret-key-canary"
MODELS = {slot: f"m-{slot}" for slot in ("main", "opus", "sonnet", "haiku", "fable")}
_TIERS = "[tiers]\n" + "".join(f'{slot} = "{model}"\n' for slot, model in MODELS.items())
_KEY = 'secret = "cmd:cat {secret_file}"\n'
INVOKE = "/model/{model}/invoke-with-response-stream"
PREDICT = "/v1/projects/p-mine/locations/europe-west1/publishers/anthropic/models/{model}:streamRawPredict"
MESSAGES = "/v1/messages"


@dataclass(frozen=True)
class Case:
    """A launch to a cloud, and what the cloud is to see of it."""

    profile: str  # without its address and its models
    path: str
    credential: str  # sigv4, or the headers with SECRET in the place of the secret
    values: str = ""
    protection: str = HOSTED
    header: tuple[str, str] = ("", "")

    def kind(self) -> Kind:
        """The launch of it. Vertex's address is given with its version, as its documentation has it."""
        return Kind(f'base_url = "{{url}}"\n{self.profile}\n{self.values}\n{_TIERS}', "", (self.protection, PINNED))


_VERTEX = 'extends = "vertex"\nregion = "europe-west1"\n'
_VALUES = {
    "aws": '[values]\nworkspace = "wrkspc_1"\n',
    "vertex": '[values]\nproject = "p-mine"\n',
    "foundry": "",
}
CASES = {
    "bedrock": Case('extends = "bedrock"\nregion = "eu-west-1"', INVOKE, "sigv4 eu-west-1/bedrock", protection=PINNED),
    "bedrock key": Case(f'extends = "bedrock"\nauth = "bearer"\n{_KEY}', INVOKE, "Bearer SECRET"),
    "bedrock gateway": Case('extends = "bedrock"\nauth = "none"', INVOKE, ""),
    "mantle": Case(
        'extends = "bedrock-mantle"\nregion = "eu-west-1"',
        MESSAGES,
        "sigv4 eu-west-1/bedrock-mantle",
        protection=PINNED,
    ),
    "platform": Case(
        'extends = "claude-platform-aws"\nregion = "eu-west-1"',
        MESSAGES,
        "sigv4 eu-west-1/aws-external-anthropic",
        _VALUES["aws"],
        PINNED,
        ("anthropic-workspace-id", "wrkspc_1"),
    ),
    "platform key": Case(
        f'extends = "claude-platform-aws"\nauth = "api-key"\n{_KEY}',
        MESSAGES,
        "x-api-key SECRET",
        _VALUES["aws"],
        header=("anthropic-workspace-id", "wrkspc_1"),
    ),
    "vertex": Case(_VERTEX, PREDICT, f"Bearer {ACCESS_TOKEN}", _VALUES["vertex"], PINNED),
    "vertex gateway": Case(f'{_VERTEX}auth = "bearer"\n{_KEY}', PREDICT, "Bearer SECRET", _VALUES["vertex"]),
    "foundry key": Case(f'extends = "foundry"\nauth = "api-key"\n{_KEY}', MESSAGES, "x-api-key SECRET"),
    "foundry token": Case(f'extends = "foundry"\nauth = "bearer"\n{_KEY}', MESSAGES, "Bearer SECRET"),
}
ON_THE_OLD_CLIENT = ("bedrock", "foundry key")


@pytest.fixture
def stage(tmp_path: Path, version: str) -> Iterator[Stage]:
    """A home, and a cloud in the place of the provider that is meant."""
    require_tool("npm")
    with ExitStack() as open_for_the_test:
        fakes = [open_for_the_test.enter_context(fake) for fake in (FakeCloud(), FakeProvider(), FakeProvider())]
        made = Stage(tmp_path / "stage", version, fakes)
        harness.seed_login(made.home)
        yield made


def cloud_of(stage: Stage) -> FakeCloud:
    assert isinstance(stage.ours, FakeCloud)
    return stage.ours


def set_against(stage: Stage) -> None:
    """Everything in the shell that could lead a launch elsewhere, or give it another credential."""
    evil = stage.hijacker.url
    shell = dict.fromkeys(("ANTHROPIC_BASE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"), evil)
    for cloud in CLOUDS.values():
        shell |= {cloud.switch: "1", cloud.skip: "1", cloud.base_url: evil}
        shell |= dict.fromkeys([parameter.variable for parameter in cloud.parameters.values()], FOREIGN)
    del shell["AWS_PROFILE"]  # that is the user's, and stays
    shell |= {"CLAUDE_CODE_USE_GATEWAY": "1", "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD": "1"}
    shell |= {
        "ANTHROPIC_AUTH_TOKEN": FOREIGN,
        "ANTHROPIC_API_KEY": FOREIGN,
        "ANTHROPIC_CUSTOM_HEADERS": f"X-Key: {FOREIGN}",
    }
    shell |= {"ANTHROPIC_MODEL": FOREIGN, "ANTHROPIC_SMALL_FAST_MODEL": FOREIGN, "CLOUD_ML_REGION": "us-east5"}
    shell |= {"GOOGLE_CLOUD_PROJECT": FOREIGN, "AWS_REGION": "us-west-1"}
    stage.environment |= shell


def log_in(stage: Stage) -> None:
    """The login of each cloud's own tools: keys of AWS's, and a file of Google's that names a loopback host."""
    subject, google = stage.home / "subject", stage.home / "google.json"
    subject.write_text("a token of somebody's identity provider")
    account = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{stage.ours.url}{TOKEN_PATH}",
        "credential_source": {"file": str(subject)},
    }
    google.write_text(json.dumps(account))
    stage.environment |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    stage.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(google)


def check(stage: Stage, case: Case, models: set[str]) -> None:
    """The cloud got what its documentation says, with one credential; nobody else got anything."""
    prompts = cloud_of(stage).messages
    assert cloud_of(stage).models() == models
    for request in prompts:
        assert request.path.partition("?")[0] == case.path.format(model=model_of(request))
        check_credential(stage, case, request)
        assert FOREIGN not in said(request)
        assert request.headers.get(case.header[0], "") == case.header[1]
    assert stage.hijacker.requests == []
    # 2.1.72 looks for its list of changes whatever it is told, and AWS's part of it knows no NO_PROXY.
    allowed = set() if stage.is_current else {"raw.githubusercontent.com:443", stage.ours.host}
    assert {request.path for request in stage.outside.requests} <= allowed
    assert all(harness.LOGIN_TOKEN not in said(request) for request in stage.everything())


def check_credential(stage: Stage, case: Case, request: Request) -> None:
    """Exactly the case's credential is sent."""
    sent = {name: value for name, value in credential_of(request).items() if value}  # 2.1.72 has an empty one beside
    if case.credential.startswith("sigv4"):
        scope = case.credential.removeprefix("sigv4 ")
        assert sent.pop("authorization").startswith(f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/")
        assert f"/{scope}/aws4_request" in request.headers["authorization"]
        assert sent == {}
        return
    value = case.credential.replace("SECRET", stage.secret)
    if value.startswith("x-api-key "):
        assert sent == {"x-api-key": value.removeprefix("x-api-key ")}
    else:
        assert sent == ({"authorization": value} if value else {})


CURRENT_CASES = [(CURRENT, name) for name in CASES]
OLD_CASES = [(OLD, name) for name in ON_THE_OLD_CLIENT]


@pytest.mark.parametrize(("version", "name"), [*CURRENT_CASES, *OLD_CASES])
def test_a_launch_reaches_its_cloud_and_nothing_else(stage: Stage, name: str) -> None:
    case = CASES[name]
    kind = case.kind()
    stage.profile(kind)
    log_in(stage)
    set_against(stage)

    ended = stage.launch(kind, "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check(stage, case, {MODELS["main"]})
    assert stage.plan(kind)["protection"] == stage.protection(kind)


def test_each_tier_is_the_profiles_model_and_the_small_one_is_in_its_own_region(stage: Stage) -> None:
    case = CASES["bedrock"]
    kind = case.kind()
    stage.profile(kind, tables='[values]\nsmall_region = "us-west-2"\n')
    log_in(stage)
    agents = stage.work / ".claude" / "agents"
    agents.mkdir(parents=True)
    (agents / "foreign.md").write_text("---\nname: foreign\ndescription: x\nmodel: claude-sonnet-4-6\n---\nAnswer.\n")
    tiers = ("opus", "sonnet", "haiku", "fable")
    started = {tier: {"subagent_type": "general-purpose", "model": tier} for tier in tiers}
    started["foreign"] = {"subagent_type": "foreign"}
    stage.ours.script = first(
        *(call("Agent", description=name, prompt=f"SUB {name}", **arguments) for name, arguments in started.items())
    )

    ended = stage.launch(kind, "-p", PROMPT)

    assert ended.returncode == 0, ended
    asked = {
        line.strip().removeprefix("SUB "): (model_of(request), region_of(request))
        for request in cloud_of(stage).messages
        for line in texts(request.body["messages"][:2])
        if line.strip().startswith("SUB ")
    }
    assert asked == {
        **{tier: (MODELS[tier], "eu-west-1") for tier in tiers},
        "haiku": (MODELS["haiku"], "us-west-2"),
        "foreign": (MODELS["main"], "eu-west-1"),
    }
    assert cloud_of(stage).models() <= set(MODELS.values())


def region_of(request: Request) -> str:
    """The region that a request is signed for."""
    return request.headers["authorization"].split("/")[2]


@pytest.mark.parametrize("name", ["bedrock", "bedrock key"])
def test_a_wrapper_reaches_the_same_cloud_without_cc(stage: Stage, name: str) -> None:
    case = CASES[name]
    stage.profile(case.kind())
    log_in(stage)
    wrapper = Wrapped(stage)
    set_against(stage)

    ended = wrapper.launch("-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert not wrapper.handed_over
    check(stage, case, {MODELS["main"]})


def test_the_exports_lead_to_the_same_cloud(stage: Stage) -> None:
    case = CASES["platform key"]
    stage.profile(case.kind())
    set_against(stage)
    exports = stage.cc("env", "own")
    assert exports.returncode == 0, exports
    assert stage.secret not in exports.stdout

    ended = harness.run(
        ["sh", "-c", f'{exports.stdout}\nexec "$CC_CLAUDE" -p {PROMPT}'],
        stage.environment,
        stage.work,
        timeout=PATIENCE,
    )

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check(stage, case, {MODELS["main"]})


# Where requests go without a base_url: the proxy is asked for it, and refuses.
ADDRESSES = {
    "bedrock": (
        'extends = "bedrock"\nregion = "eu-west-1"',
        {"bedrock.eu-west-1.amazonaws.com:443", "bedrock-runtime.eu-west-1.amazonaws.com:443"},
    ),
    "vertex": ('extends = "vertex"\nregion = "eu"\n[values]\nproject = "p"', {"aiplatform.eu.rep.googleapis.com:443"}),
    "foundry": (
        'extends = "foundry"\nauth = "api-key"\nsecret = "cmd:cat {secret_file}"\n[values]\nresource = "my-res"',
        {"my-res.services.ai.azure.com:443"},
    ),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_without_an_address_the_client_computes_the_clouds_own(stage: Stage, name: str) -> None:
    text, hosts = ADDRESSES[name]
    kind = Kind(f"{text}\n{_TIERS}", "", (HOSTED, PINNED))
    stage.profile(kind)
    log_in(stage)
    set_against(stage)
    stage.environment["CLAUDE_CODE_MAX_RETRIES"] = "0"

    ended = stage.launch(kind, "-p", PROMPT)

    assert ended.returncode == 1, ended
    assert {request.path for request in stage.outside.requests} == hosts
    assert stage.hijacker.requests == []
    assert stage.secret not in "".join(said(request) for request in stage.everything())


@pytest.mark.parametrize("name", ["bedrock key", "platform key", "foundry key"])
def test_the_commands_of_the_model_do_not_see_a_clouds_secret(stage: Stage, name: str) -> None:
    case = CASES[name]
    kind = case.kind()
    stage.profile(kind)

    seen = seen_by_bash(stage, lambda *arguments: stage.launch(kind, *arguments))

    assert seen.ended.returncode == 0, seen.ended
    assert stage.secret not in seen.own
