"""LiteLLM's proxy and claude-code-router, probed for real. What is found stands in the docs, and is held to them here.

Behind them is a fake endpoint in OpenAI's style, whose model does what a probe wants: what is not passed is of the
gateway's own making.
"""

import json
import re
from pathlib import Path

from tests.client import harness
from tests.fakes import fake_model
from tests.fakes.fake_openai import FakeOpenAI
from tests.gateways import gateway
from tests.support import Sandbox
from tests.unit.conftest import REPOSITORY

KEYS = gateway.Keys("sk-gateway-canary", "sk-upstream-canary")
PAGE = REPOSITORY / "docs" / "how-to" / "gateways.md"
Found = dict[str, str]  # the checks that are not passed, and the verdict


def test_litellm(sandbox: Sandbox, tmp_path: Path) -> None:
    with (
        FakeOpenAI(fake_model.openai) as upstream,
        gateway.litellm_serving(tmp_path, _surroundings(tmp_path), {"big": "up-main"}, upstream.url, KEYS) as port,
    ):
        assert _probed(sandbox, "litellm", port, "big") == _written("LiteLLM")


def test_claude_code_router(sandbox: Sandbox, tmp_path: Path) -> None:
    with (
        FakeOpenAI(fake_model.openai) as upstream,
        gateway.router_serving(tmp_path, _surroundings(tmp_path), ["up-main"], upstream.url, KEYS) as port,
    ):
        assert _probed(sandbox, "claude-code-router", port, "up,up-main") == _written("claude-code-router")


def _surroundings(directory: Path) -> dict[str, str]:
    home = directory / "gateway"
    home.mkdir()
    return harness.clean_environment(home)


def _probed(sandbox: Sandbox, provider: str, port: int, model: str) -> Found:
    base = f'extends = "{provider}"\nbase_url = "http://127.0.0.1:{port}"\nauth = "bearer"\n'
    sandbox.profile("gate", f'{base}secret = "env:GATE_KEY"\n[tiers]\nmain = "{model}"\n')
    done = sandbox.run("probe", "gate", "--yes", "--json", environment=sandbox.environment(GATE_KEY=KEYS.own))
    run = json.loads(done.out)["data"]
    for key in KEYS:
        assert key.encode() not in done.out + done.err
    found = {each["check"]: each["status"] for each in run["checks"] if each["status"] in {"degraded", "failed"}}
    return {"verdict": run["verdict"], **found}


def _written(name: str) -> Found:
    """What the table of the page says."""
    [row] = re.findall(rf"^\| {name} [\d.]+ \| (.*?) \| (.*?) \|$", PAGE.read_text(), re.MULTILINE)
    verdict, checks = row
    return {"verdict": verdict, **dict(re.findall(r"`([a-z-]+)` (\w+)", checks))}
