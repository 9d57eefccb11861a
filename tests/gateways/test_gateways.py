"""LiteLLM's proxy and claude-code-router, for real: the client through `cc run`, with tools, and what arrives where.

The endpoint behind them is a fake in OpenAI's style. Each gateway has a home and a key of its own.
"""

from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import PROMPT, Kind, Stage, said
from tests.fakes.fake_openai import Answer, Body, FakeOpenAI
from tests.gateways import gateway

GATEWAY_KEY = "sk-gateway-canary"
UPSTREAM_KEY = "sk-upstream-canary"
KEYS = gateway.Keys(GATEWAY_KEY, UPSTREAM_KEY)
WRONG_KEY = "sk-wrong-canary"
TIERS = ("opus", "sonnet", "haiku", "fable")
UPSTREAM = {tier: f"up-{tier}" for tier in ("main", *TIERS)}
READ, PRINTED = "what the file holds", "what the command prints"


def test_litellm(stage: Stage, tmp_path: Path) -> None:
    by_name = {f"our-{tier}": model for tier, model in UPSTREAM.items()}
    with (
        FakeOpenAI() as upstream,
        gateway.litellm_serving(tmp_path, _environment(stage, tmp_path), by_name, upstream.url, KEYS) as port,
    ):
        _check(stage, upstream, "litellm", port, {tier: f"our-{tier}" for tier in UPSTREAM})


def test_claude_code_router(stage: Stage, tmp_path: Path) -> None:
    with (
        FakeOpenAI() as upstream,
        gateway.router_serving(
            tmp_path, _environment(stage, tmp_path), [*UPSTREAM.values()], upstream.url, KEYS
        ) as port,
    ):
        _check(stage, upstream, "claude-code-router", port, {tier: f"up,{model}" for tier, model in UPSTREAM.items()})


def _check(stage: Stage, upstream: FakeOpenAI, name: str, port: int, models: dict[str, str]) -> None:
    """A session in which the model uses tools and each tier; then one with a key that is not the gateway's."""
    stage.secret_file.write_text(GATEWAY_KEY)
    tiers = "".join(f'{tier} = "{model}"\n' for tier, model in models.items())
    profile = f'extends = "{name}"\nbase_url = "http://127.0.0.1:{port}"\nauth = "bearer"\n'
    profile += f'secret = "file:{stage.secret_file}"\n[tiers]\n{tiers}'
    kind = Kind(profile, "bearer", ("hosted", "sealed"))
    stage.profile(kind)
    harness.seed_login(stage.home)  # must not be what the gateway gets
    (stage.work / "note.txt").write_text(f"{READ}\n")
    upstream.script = _uses_tools(stage.work / "note.txt")

    ended = stage.launch(kind, "-p", PROMPT, "--allowedTools", "Bash")

    # An agent that ends after the first answer brings another one.
    assert (ended.returncode, {*ended.stdout.split()}) == (0, {"done"}), ended
    # What the tools gave has arrived at the model.
    results = [result for request in upstream.requests for result in _tool_results(request.body)]
    assert any(READ in result for result in results)
    assert any(PRINTED in result for result in results)
    # Each tier asked for its own model there, and nothing else was asked for.
    asked = [request for request in upstream.requests if request.method == "POST"]
    assert {request.path for request in asked} == {"/v1/chat/completions"}
    assert {request.body["model"] for request in asked} == set(UPSTREAM.values())
    # The gateway's key is for the gateway, the other one for what is behind it.
    assert {request.headers["authorization"] for request in asked} == {f"Bearer {UPSTREAM_KEY}"}
    for request in upstream.requests:
        assert GATEWAY_KEY not in said(request)
        assert harness.LOGIN_TOKEN not in said(request)
    assert UPSTREAM_KEY not in ended.stdout + ended.stderr
    # The gateway called nobody else, and the client sent these keys to nobody else.
    assert stage.hijacker.requests == []
    for request in stage.outside.requests:
        assert GATEWAY_KEY not in said(request)
        assert harness.LOGIN_TOKEN not in said(request)

    stage.secret_file.write_text(WRONG_KEY)
    upstream.requests.clear()
    refused = stage.launch(kind, "-p", PROMPT)
    assert refused.returncode == 1
    assert "40" in refused.stdout, refused  # 400 or 401: each has its own idea of what a wrong key is
    assert [request for request in upstream.requests if request.method == "POST"] == []


def _environment(stage: Stage, directory: Path) -> dict[str, str]:
    """What a gateway runs in: a home of its own, and a proxy that tells what it calls."""
    home = directory / "gateway"
    home.mkdir()
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), stage.hijacker.url)
    return harness.clean_environment(home) | proxies | {"NO_PROXY": stage.environment["NO_PROXY"]}


def _uses_tools(note: Path) -> Any:
    """A script: read a file, run a command, start an agent of each tier; then say that it is done."""
    calls: list[tuple[str, Body]] = [
        ("Read", {"file_path": str(note)}),
        ("Bash", {"command": f"echo {PRINTED}", "description": "x"}),
    ]
    for tier in TIERS:
        agent = {"subagent_type": "general-purpose", "model": tier, "description": tier, "prompt": "say something"}
        calls.append(("Agent", agent))

    def script(body: Body) -> Answer:
        if body["model"] == UPSTREAM["main"] and PROMPT in str(body["messages"][:3]) and not _tool_results(body):
            return calls
        return "done"

    return script


def _tool_results(body: Any) -> list[str]:
    """What tools have given, as OpenAI's messages have it."""
    return [str(message["content"]) for message in (body or {}).get("messages", ()) if message["role"] == "tool"]
