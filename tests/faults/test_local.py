"""A launch on a local model asks its server first: FAKE servers, the FAKE client, all ways to launch."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fake_claude import Dump
from tests.fakes.fake_local import FakeLocal
from tests.fakes.fake_ollama import FakeOllama, FakeServer
from tests.support import LIMIT, Result, Sandbox, console_script, run, start, wait_until

GLM = "glm-4.7-flash"
OK, NO_SUCH, UNREACHABLE, TIMED_OUT, REFUSED, INVALID = 0, 66, 69, 75, 77, 78
WINDOW, OUTPUT = b"CLAUDE_CODE_MAX_CONTEXT_TOKENS", b"CLAUDE_CODE_MAX_OUTPUT_TOKENS"
# Nothing that a launch asks this machine goes to a proxy.
PROXY = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), "http://127.0.0.1:9")


@pytest.fixture
def ollama(sandbox: Sandbox) -> Iterator[FakeOllama]:
    """A FAKE Ollama, and a profile `mine` on it."""
    with FakeOllama() as fake:
        profile(sandbox, "ollama", fake)
        yield fake


def profile(sandbox: Sandbox, kind: str, fake: FakeServer, keys: str = "", tables: str = "") -> None:
    sandbox.profile("mine", f'extends = "{kind}"\nbase_url = "{fake.url}"\n{keys}\n{tables}')


def launch(sandbox: Sandbox, *args: str, cached: bool = False) -> Result:
    return sandbox.run("run", "mine", *args, environment=sandbox.environment(**PROXY), cached=cached)


def launched(sandbox: Sandbox, *args: str, cached: bool = False) -> Dump:
    result = launch(sandbox, *args, cached=cached)
    assert result.code == OK, result.err
    return sandbox.fake.take()


def refused(sandbox: Sandbox, code: int, *args: str) -> list[str]:
    """What is said by a launch that is refused, whichever way it goes."""
    result = launch(sandbox, *args)
    assert (result.code, result.out) == (code, b"")
    assert not sandbox.fake.started
    said = result.err.decode()
    assert "Traceback" not in said
    return said.splitlines()


def dry(sandbox: Sandbox, *args: str) -> dict[str, Any]:
    result = sandbox.run("run", "--dry-run", "--json", "mine", *args)
    assert result.code == OK, result.err
    found: dict[str, Any] = json.loads(result.out)["data"]
    return found


def test_the_servers_window_reaches_the_client_and_the_next_launch_is_a_cached_one(
    sandbox: Sandbox, ollama: FakeOllama
) -> None:
    ollama.add(GLM, num_ctx=48_000)
    found = launched(sandbox).environment
    assert (found[WINDOW], found[OUTPUT]) == (b"48000", b"12000")
    assert ollama.paths == ["/api/tags", "/api/show"]
    ollama.requests.clear()
    assert launched(sandbox, cached=True).environment == found
    assert ollama.paths == ["/api/tags"]


def test_a_cached_launch_sees_another_window(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=48_000)
    launched(sandbox)
    ollama.add(GLM, num_ctx=64_000)
    assert launch(sandbox, cached=True).code != OK  # it needs the slow way
    assert launched(sandbox).environment[WINDOW] == b"64000"
    assert launched(sandbox, cached=True).environment[WINDOW] == b"64000"


@pytest.mark.parametrize("before", ["cached", "never launched"])
@pytest.mark.parametrize(
    ("what", "code", "lines"),
    [
        (
            "down",
            UNREACHABLE,
            ["cc: mine: Ollama at HOST is not running (Connection refused)", "hint: start it: ollama serve"],
        ),
        (
            "silent",
            UNREACHABLE,
            [
                "cc: mine: Ollama at HOST does not answer (within 0.7 seconds)",
                "hint: if it is busy, try again; if it hangs, restart it: ollama serve",
            ],
        ),
        (
            "no model",
            NO_SUCH,
            [
                f"cc: mine: Ollama at HOST has no model {GLM}",
                f"hint: ollama pull {GLM}; there are glm-4.7, qwen3",
            ],
        ),
        (
            "small",
            INVALID,
            [
                f"cc: mine: {GLM} has a window of 4096 tokens; Claude Code's own prompt takes about 25,000",
                f"hint: cc models mine {GLM} --set-context 64k, or add --anyway before the profile",
            ],
        ),
        (
            "no tools",
            INVALID,
            [
                f"cc: mine: {GLM} cannot call tools, and Claude Code needs tools for everything",
                "hint: choose another model, or add --anyway before the profile",
            ],
        ),
        (
            "locked",
            REFUSED,
            [
                "cc: mine: Ollama at HOST asks for a key",
                "hint: cc edit mine auth=bearer, then cc secret set mine",
            ],
        ),
        ("loading", TIMED_OUT, ["cc: mine: Ollama at HOST is still loading its model", "hint: try again in a while"]),
    ],
)
def test_a_launch_that_could_not_go_well_is_refused(
    sandbox: Sandbox, ollama: FakeOllama, what: str, code: int, lines: list[str], before: str
) -> None:
    ollama.add("qwen3", num_ctx=65_536)
    ollama.add("glm-4.7", num_ctx=65_536)
    ollama.add(GLM, num_ctx=65_536)
    if before == "cached":
        launched(sandbox)
    host = ollama.url.removeprefix("http://")
    if what == "down":
        ollama.stop()
    elif what == "no model":
        del ollama.models[f"{GLM}:latest"]
    elif what == "small":
        ollama.add(GLM)
        ollama.loaded = {f"{GLM}:latest": 4096}
    elif what == "no tools":
        ollama.add(GLM, num_ctx=40_000, tools=False)
    elif what == "loading":
        ollama.trouble = "loading"
    else:
        ollama.trouble = what
    assert refused(sandbox, code) == [line.replace("HOST", host) for line in lines]
    assert dry(sandbox)["server"]["said"]  # which tells it, and fails at nothing


@pytest.mark.parametrize("trouble", ["a fault", "another program", "malformed", "hangs up", "no HTTP"])
def test_a_server_that_cannot_be_understood_is_said_and_left_to_the_client(
    sandbox: Sandbox, ollama: FakeOllama, trouble: str
) -> None:
    ollama.trouble = trouble
    for _ in range(2):  # nothing of it is kept
        result = launch(sandbox)
        assert result.code == OK
        [line] = result.err.decode().splitlines()
        assert line.startswith("cc: mine: Ollama gives no usable answer (")
        assert line.endswith("a window of 65536 tokens is assumed")
        assert sandbox.fake.take().environment[WINDOW] == b"65536"
    assert sandbox.plans == []


def test_a_window_that_nobody_knows_is_said_until_somebody_does(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM)
    said = launch(sandbox).err.decode()
    assert said.startswith(f"cc: mine: the window of {GLM} is not known; 65536 tokens are assumed: ")
    assert said.endswith(f"; cc models mine {GLM} --set-context 64k\n")
    assert sandbox.fake.take().environment[WINDOW] == b"65536"
    ollama.loaded = {f"{GLM}:latest": 131_072}
    result = launch(sandbox)
    assert (result.err, sandbox.fake.take().environment[WINDOW]) == (b"", b"131072")
    assert launched(sandbox, cached=True).environment[WINDOW] == b"131072"
    ollama.loaded = {}
    assert b"is not known" in launch(sandbox).err


def test_a_model_from_the_command_line_gets_its_own_window(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add("qwen3-coder:30b", num_ctx=100_000)
    found = launched(sandbox, "qwen3-coder:30b").environment
    assert (found[WINDOW], found[b"ANTHROPIC_DEFAULT_HAIKU_MODEL"]) == (b"100000", b"qwen3-coder:30b")


def test_help_and_subcommands_of_the_client_need_no_server(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.stop()
    for arguments in (["mcp", "list"], ["--help"], ["--", "--version"]):
        launched(sandbox, *arguments)


def test_a_profile_of_another_kind_asks_nobody(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.stop()
    profile(sandbox, "ollama", ollama, 'kind = "gateway"')
    launched(sandbox)
    launched(sandbox, cached=True)


def test_a_key_of_the_profile_is_used_when_the_server_wants_one(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=48_000)
    ollama.key = "sk-local"
    secret = sandbox.secret_file(b"sk-local\n")
    profile(sandbox, "ollama", ollama, f'auth = "bearer"\nsecret = "file:{secret}"')
    found = launched(sandbox).environment
    assert (found[WINDOW], found[b"ANTHROPIC_AUTH_TOKEN"]) == (b"48000", b"sk-local")
    assert "sk-local" not in json.dumps(dry(sandbox))
    secret.write_text("sk-wrong\n")
    assert "does not take the one of this profile" in refused(sandbox, REFUSED)[1]


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("lmstudio", f"load it with a larger window: lms load {GLM} --context-length 65536"),
        ("llamacpp", "start it with a larger window: llama-server -m MODEL.gguf -c 65536"),
        ("vllm", "start it with a larger window: vllm serve … --max-model-len 65536"),
        ("sglang", "start it with a larger window: python3 -m sglang.launch_server … --context-length 65536"),
    ],
)
def test_the_other_servers(sandbox: Sandbox, kind: str, remedy: str) -> None:
    with FakeLocal(kind, GLM, 40_960) as fake:
        profile(sandbox, kind, fake)
        assert launched(sandbox, GLM).environment[WINDOW] == b"40960"
        assert launched(sandbox, GLM, cached=True).environment[WINDOW] == b"40960"
        fake.window = 8192
        assert refused(sandbox, INVALID, GLM)[1] == f"hint: {remedy}, or add --anyway before the profile"
        fake.stop()
        assert "is not running" in refused(sandbox, UNREACHABLE, GLM)[0]


def test_a_wrapper_leaves_the_question_to_cc(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=48_000)
    assert sandbox.run("install-wrapper", "mine", "--dir", str(sandbox.bin)).code == OK
    ollama.requests.clear()
    with on_wrapper(sandbox) as wrapper:
        assert wrapper.run("run").code == OK
        assert sandbox.fake.take().environment[WINDOW] == b"48000"
        assert ollama.paths[0] == "/api/tags"
        ollama.stop()
        result = wrapper.run("run")
        assert result.code == UNREACHABLE
        assert result.err.endswith(b"hint: start it: ollama serve\n")


@contextmanager
def on_wrapper(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox with its wrapper in the place of cc."""
    cc, sandbox.cc = sandbox.cc, sandbox.bin / "claude-mine"
    try:
        yield sandbox
    finally:
        sandbox.cc = cc


def test_a_launch_by_name_of_this_machine(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=48_000)
    sandbox.profile("mine", f'extends = "ollama"\nbase_url = "http://localhost:{ollama.port}"\n')
    launched(sandbox)
    launched(sandbox, cached=True)


def test_a_text_of_the_server_cannot_steer_the_terminal(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add("evil\x1b]0;x\x07")
    ollama.add("fine")
    said = refused(sandbox, NO_SUCH)
    assert said[1] == f"hint: ollama pull {GLM}; there are fine"


def asking_for_a_window(sandbox: Sandbox) -> Path:
    """A program that sets the window of the profile `mine`."""
    call = f"from cc_launcher.cli.set_context import set_context; set_context('mine', '{GLM}', '64k')"
    program = console_script(sandbox.outside / "entry")
    program.write_text(program.read_text().replace("sys.exit(main())", call))
    return program


def test_a_window_that_was_set_is_that_of_the_next_launch(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM)
    assert run([asking_for_a_window(sandbox)], sandbox.environment(**PROXY), sandbox.work).code == OK
    found = launched(sandbox).environment
    assert (found[WINDOW], found[b"ANTHROPIC_MODEL"]) == (b"65536", f"{GLM}-64k".encode())
    launched(sandbox, cached=True)


def test_ctrl_c_while_ollama_works_leaves_the_profile_as_it_was(sandbox: Sandbox, ollama: FakeOllama) -> None:
    ollama.add(GLM)
    kept = sandbox.kept_files()
    ollama.goes_on.clear()
    process = start([asking_for_a_window(sandbox)], sandbox.environment(), sandbox.work)
    try:
        wait_until(ollama.creating.is_set, "the creation")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    finally:
        ollama.goes_on.set()
    assert process.returncode != OK
    assert sandbox.kept_files() == kept
