"""What `core/gateway/litellm.py` writes is what LiteLLM does: the engine of the list, on loopback, before fakes.

The hooks are stubs here, which let everybody in; what ours do is shown where they are.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cc_launcher.core.gateway import litellm
from cc_launcher.core.gateway.describe import describe
from cc_launcher.core.gateway.description import Gateway
from cc_launcher.core.profile.resolve import Resolved
from tests.fakes.fake_openai import FakeOpenAI
from tests.fakes.fake_provider import Request
from tests.fakes.loopback import Listening, Loopback, Quiet
from tests.gateways import engine, gateway
from tests.unit.conftest import resolved

KEY = "sk-master-canary"
# What LiteLLM calls the providers of the catalog that it knows; the last one it does not.
NAMES = ("groq", "mistral", "xai", "together_ai", "cerebras", "nvidia_nim", "")
STUB = """
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import UserAPIKeyAuth
async def check(request, api_key):
    return UserAPIKeyAuth(api_key="hashed")
hooks = CustomLogger()
"""


class FakeAnthropic(Loopback):
    """A fake endpoint of Anthropic's Messages API, which keeps what it got. It is no model."""

    def __init__(self) -> None:
        super().__init__(_Messages)
        self.requests: list[Request] = []


class _Messages(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeAnthropic]

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(raw)
        self.server.owner.requests.append(Request(self.command, self.path, headers, body, raw))
        usage = {"input_tokens": 3, "output_tokens": 1}
        answer = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "usage": usage}
        answer |= {"content": [{"type": "text", "text": "pong"}], "stop_reason": "end_turn", "stop_sequence": None}
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Scene(NamedTuple):
    """An engine that serves, and what is behind it."""

    port: int
    gateway: Gateway
    fine: FakeOpenAI
    broken: FakeOpenAI
    messages: FakeAnthropic
    environment: dict[str, str]

    def ask(self, model: str, *, stream: bool = False) -> tuple[int, str]:
        """One message to this group of the engine's."""
        body: dict[str, Any] = {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": "ping"}]}
        body |= {"stream": stream}
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/messages",
            json.dumps(body).encode(),
            {"content-type": "application/json", "authorization": "Bearer sk-any", "anthropic-version": "2023-06-01"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


def _profiles(fine: str, broken: str, messages: str) -> dict[str, str]:
    openai = 'api = "openai"\nauth = "bearer"\nsecret = "env:{name}"\nbase_url = "{url}/v1"\n'
    texts = {
        f"u-{name or 'any'}".replace("_", "-"): openai.format(name=f"K_{name.upper()}", url=fine)
        + (f'litellm = "{name}"\n' if name else "")
        for name in NAMES
    }
    texts["u-down"] = openai.format(name="K_DOWN", url=broken)
    texts["u-messages"] = (
        f'base_url = "{messages}/{{part}}/anthropic"\nauth = "bearer"\nsecret = "env:K_MESSAGES"\n'
        'secret_values.part = "env:K_PART"\nheaders.X-Plain = "plain"\n'
        'secret_headers.X-More = { secret = "env:K_MORE", prefix = "Token " }\n'
    )
    upstreams = ", ".join(f'"{name[2:]}" = "{name}"' for name in texts)
    routes = "".join(f'[routes.{name[2:]}]\ntargets = [{{ to = "{name[2:]}/org/m-1" }}]\n' for name in texts)
    routes += '[routes.both]\ntargets = [{ to = "down/m-2", weight = 9 }, { to = "any/m-3", order = 2 }]\n'
    routes += '[routes.last]\ntargets = [{ to = "down/m-4" }]\nfallback = ["then"]\n'
    routes += '[routes.then]\ntargets = [{ to = "down/m-5" }]\nfallback = ["messages"]\n'
    return texts | {"mix": f"[gateway]\nupstreams = {{ {upstreams} }}\n{routes}"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    directory = tmp_path_factory.mktemp("engine")
    with FakeOpenAI() as fine, FakeOpenAI() as broken, FakeAnthropic() as messages:
        broken.script = lambda body: (_ for _ in ()).throw(ValueError(body))  # the connection ends without an answer
        texts = _profiles(fine.url, broken.url, messages.url)

        def load(name: str) -> Resolved:
            return resolved(texts, name)

        found = describe(load("mix"), load)
        (directory / "config.json").write_text(json.dumps(litellm.config([found])))
        (directory / "cc_hooks.py").write_text(STUB)
        environment = {secret.variable: secret.value(_secret(secret.reference)) for secret in found.secrets}
        python, port = engine.python(), gateway.free_port()
        argv: list[str | Path] = [python, "-m", "litellm.proxy.proxy_cli", "--config", directory / "config.json"]
        argv += ["--host", "127.0.0.1", "--port", str(port)]
        around = {"PATH": os.environ["PATH"], "HOME": str(directory), "PYTHONPATH": str(directory)}
        around |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": KEY} | environment
        with gateway.running(argv, around, "/health/liveliness", port, directory / "log"):
            yield Scene(port, found, fine, broken, messages, environment)


def _secret(reference: str) -> str:
    return f"canary-{reference.partition(':')[2].lower()}"


@pytest.mark.parametrize("name", NAMES)
def test_each_provider_is_asked_at_its_address_for_its_model_with_its_key(scene: Scene, name: str) -> None:
    route = (name or "any").replace("_", "-")
    scene.fine.requests.clear()
    # As the client does. Of an answer in one piece LiteLLM's groq wants a field that the fake does not have.
    status, answer = scene.ask(f"mix/{route}@0", stream=True)
    assert status == 200, answer
    assert "pong" in answer
    [request] = scene.fine.requests
    assert request.path == "/v1/chat/completions"
    assert request.body["model"] == "org/m-1"
    assert request.headers["authorization"] == f"Bearer canary-k_{name}"


def test_anthropics_api_gets_the_key_its_headers_and_the_secret_in_its_address(scene: Scene) -> None:
    scene.messages.requests.clear()
    assert scene.ask("mix/messages@0")[0] == 200
    [request] = scene.messages.requests
    assert request.path.partition("?")[0] == "/canary-k_part/anthropic/v1/messages"
    assert request.body["model"] == "org/m-1"
    assert request.headers["authorization"] == "Bearer canary-k_messages"
    assert request.headers["x-plain"] == "plain"
    assert request.headers["x-more"] == "Token canary-k_more"


def test_what_fails_is_answered_by_the_next_of_its_order(scene: Scene) -> None:
    scene.fine.requests.clear()
    assert scene.ask("mix/both@0")[0] == 200
    assert [request.body["model"] for request in scene.fine.requests] == ["m-3"]


def test_a_target_that_failed_is_left_alone_for_a_while_but_not_where_there_is_no_other(scene: Scene) -> None:
    scene.ask("mix/both@0")
    scene.broken.requests.clear()
    assert scene.ask("mix/both@0")[0] == 200
    assert scene.broken.requests == []
    for _ in range(2):
        scene.broken.requests.clear()
        assert scene.ask("mix/down@0")[0] >= 500
        assert scene.broken.requests != []


def test_behind_all_targets_are_the_routes_of_fallback_and_those_behind_them(scene: Scene) -> None:
    scene.messages.requests.clear()
    assert scene.ask("mix/last@0")[0] == 200
    assert [request.body["model"] for request in scene.messages.requests] == ["org/m-1"]


def test_no_secret_is_in_the_configuration(scene: Scene) -> None:
    written = json.dumps(litellm.config([scene.gateway]))
    assert not [secret for secret in scene.environment.values() if secret in written]
    assert "canary" not in written
