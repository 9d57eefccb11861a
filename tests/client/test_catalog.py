"""Each provider of the catalog, launched as it is: its host gets what its documentation says, and no other host does.

What is expected stands in `tests/data/catalog.toml`. Of providers whose plans have the same shape a run has one, each
time another; `tests/unit/test_rows.py` holds the plans of all of them against the same rows. The hosts are played by a
fake internet, so that the addresses are those of the catalog, to the last letter.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.client import harness
from tests.client.stage import PATIENCE, PROMPT, asked_by_subagents, credential_of, first
from tests.fakes.fake_internet import FakeInternet, origin
from tests.fakes.fake_provider import Request, call
from tests.rows import REGIONS, ROWS, shape
from tests.support import require_tool

SLOTS = ("main", "opus", "sonnet", "haiku", "fable")
USUAL_TIMEOUT = 600
# What Anthropic's documentation of the Messages API knows, the betas included that the client uses of its own accord.
FIELDS = {
    *("context_management", "max_tokens", "messages", "metadata", "model"),
    *("output_config", "stream", "system", "thinking", "tools"),
}
# Where the client goes of its own accord: what it tells Anthropic about itself, and what it asks about servers.
ANTHROPIC = "https://api.anthropic.com"
OF_ITS_OWN = ("/api/directory/", "/api/event_logging/v2/batch", "/api/eval/sdk-")
SUBAGENTS = [
    *(
        call("Agent", description=tier, prompt=f"SUB {tier}", subagent_type="general-purpose", model=tier)
        for tier in SLOTS[1:]
    ),
    call("Agent", description="main", prompt="SUB main", subagent_type="general-purpose"),
]


class World:
    """A home, the internet that a launch in it sees, and the secrets that it knows."""

    def __init__(self, root: Path, internet: FakeInternet) -> None:
        self.internet = internet
        self.home, self.work = root / "home", root / "work"
        for directory in (self.home, self.work):
            directory.mkdir(mode=0o700, parents=True)
        self.environment = harness.clean_environment(self.home) | internet.environment()
        # A launch keeps what is for this machine from proxies. Here the proxy plays this machine, too.
        client = root / "claude"
        client.write_text(f'#!/bin/sh\nunset NO_PROXY no_proxy\nexec {harness.install()} "$@"\n')
        client.chmod(0o755)
        self.environment["CC_CLAUDE"] = str(client)
        self.secrets: dict[str, str] = {}  # by the header that each one is for

    def cc(self, *arguments: str) -> harness.Ended:
        """Run our program, which must not fail."""
        ended = harness.run(
            [sys.executable, "-m", "cc_launcher", *arguments], self.environment, self.work, timeout=PATIENCE
        )
        assert ended.returncode == 0, ended
        return ended

    def profile(self, name: str, row: dict[str, Any], region: str = "") -> str:
        """The name to launch: the provider's own, or that of a profile with what the provider cannot know."""
        harness.seed_login(self.home)  # which nobody but Anthropic is to see
        if "variable" in row:
            self.environment[row["variable"]] = self._secret(row["header"])
        given = [word for key, value in row.get("values", {}).items() for word in ("--value", f"{key}={value}")]
        given += ["--region", region] if region else []
        changes = []
        if row.get("private"):  # a server on this machine, which a launch itself would ask first, and not by a proxy
            changes.append("kind=gateway")
        for header, value in row.get("also", {}).items():
            kept = self.home / header
            kept.touch(mode=0o600)
            kept.write_text(self._secret(header))
            prefix = value.removesuffix("{secret}")
            changes.append(f'secret_headers.{header}={{ secret = "file:{kept}", prefix = "{prefix}" }}')
        for key, secret in row.get("in_path", {}).items():
            kept = self.home / key
            kept.touch(mode=0o600)
            kept.write_text(secret)
            changes.append(f"secret_values.{key}=file:{kept}")
        if not given and not changes:
            return name
        self.cc("add", "own", "--provider", name, *given)
        if changes:
            self.cc("edit", "own", *changes)
        return "own"

    def _secret(self, header: str) -> str:
        return self.secrets.setdefault(header, f"sk-canary-{uuid4().hex}")

    def credential(self, row: dict[str, Any]) -> dict[str, str]:
        """The headers that may carry one, and what they are to carry."""
        found = {header: value.format(secret=self.secrets[header]) for header, value in row.get("also", {}).items()}
        own = self.secrets.get(row.get("header", ""), row.get("token", harness.LOGIN_TOKEN))
        found |= dict.fromkeys(row.get("twice", ()), own)
        return found | ({"x-api-key": own} if row.get("header") == "x-api-key" else {"authorization": f"Bearer {own}"})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    require_tool("npm")
    with FakeInternet(tmp_path) as internet:
        yield World(tmp_path / "world", internet)


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.alike(shape(name))) for name in ROWS])
def test_a_provider_gets_what_its_documentation_says_and_nobody_else_gets_anything(world: World, name: str) -> None:
    row = ROWS[name]
    world.internet.script = first(*SUBAGENTS)
    profile = world.profile(name, row)

    ended = world.cc("run", profile, *_asked(row), "-p", PROMPT, "--output-format", "json")

    messages = world.internet.messages
    assert {request.path for request in messages} == {f"{row['address']}/v1/messages?beta=true"}
    check_secrets(world, row, row["address"])
    check_models(row, messages)
    check_bodies(row, messages)
    check_window(row, json.loads(ended.stdout)["modelUsage"])
    check_others(world, row)


def _asked(row: dict[str, Any]) -> list[str]:
    return [row["ask"]] if "ask" in row else []


@pytest.mark.parametrize(
    ("name", "region"), [pytest.param(*pair, marks=pytest.mark.alike(shape(pair[0]))) for pair in REGIONS]
)
def test_a_region_is_another_address_for_the_same_key(world: World, name: str, region: str) -> None:
    row = ROWS[name]
    profile = world.profile(name, row, region)

    world.cc("run", profile, "-p", PROMPT)

    address = row["regions"][region]
    assert {request.path for request in world.internet.messages} == {f"{address}/v1/messages?beta=true"}
    check_secrets(world, row, address)


def check_secrets(world: World, row: dict[str, Any], address: str) -> None:
    """Each request has the headers with a secret that it should have; nothing else anywhere has one in it."""
    expected, others = world.credential(row), row.get("headers", {})
    for request in world.internet.messages:
        assert others.items() <= request.headers.items()
        assert {header: value for header, value in credential_of(request).items() if header not in others} == expected
    for request in world.internet.requests:
        at_home = origin(request.path) == origin(address)  # Anthropic is asked for more than messages
        rest = {header: value for header, value in request.headers.items() if not (at_home and header in expected)}
        seen = f"{request.path} {rest} {request.raw.decode()}"
        assert [secret for secret in (*world.secrets.values(), harness.LOGIN_TOKEN) if secret in seen] == []
        if not request.path.startswith(address):
            assert [secret for secret in row.get("in_path", {}).values() if secret in seen] == []


def check_models(row: dict[str, Any], messages: list[Request]) -> None:
    """Each tier asks for its own model, and nothing asks for another one."""
    asked = {request.body["model"] for request in messages}
    if "models" not in row and "ask" not in row:
        assert asked
        assert all(model.startswith("claude-") for model in asked)
        return
    models = row.get("models", {"all": row.get("ask")})
    expected = {slot: models.get(slot, models["all"]) for slot in SLOTS}
    assert asked_by_subagents(messages) == expected
    assert messages[0].body["model"] == expected["main"]
    assert asked == set(expected.values())


def check_bodies(row: dict[str, Any], messages: list[Request]) -> None:
    """The body has what the provider can take, and the client waits as long as the provider needs."""
    assert {request.headers["x-stainless-timeout"] for request in messages} == {str(row.get("timeout", USUAL_TIMEOUT))}
    main = messages[0].body
    if origin(row["address"]) != ANTHROPIC:  # to which alone the client sends what only Anthropic can want
        assert set(main) <= FIELDS
    assert main["thinking"]["type"] == row.get("thinking", "adaptive")
    assert any(tool.get("defer_loading") for tool in main["tools"]) == row.get("deferred", True)
    assert ("WebSearch" in json.dumps(main)) == row.get("web_search", True)
    assert ("x-anthropic-billing-header" in json.dumps(main["system"])) != row.get("private", False)
    if "max_tokens" in row:
        assert main["max_tokens"] == row["max_tokens"]


def check_window(row: dict[str, Any], usage: dict[str, Any]) -> None:
    """The client takes the window for what it is."""
    if "window" in row:
        models = row["models"]
        assert usage[models.get("main", models["all"])]["contextWindow"] == row["window"]


def check_others(world: World, row: dict[str, Any]) -> None:
    """No other host is asked for anything, but for what the client tells Anthropic by itself."""
    ours = origin(row["address"])
    assert world.internet.origins <= ({ours} if row.get("private") else {ours, ANTHROPIC})
    others = [urlsplit(request.path) for request in world.internet.requests if origin(request.path) != ours]
    assert [other for other in others if not other.path.startswith(OF_ITS_OWN)] == []
