"""llama-server has two usual ports: where it answers is where a session goes, whoever else listens there."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.client.harness import Conversation
from tests.fakes.fake_local import FakeLocal
from tests.llama import server
from tests.llama.server import Llama
from tests.support import Result, Sandbox, console_script

OK, USAGE, NO_SUCH, UNREACHABLE, REFUSED = 0, 2, 66, 69, 77
BASE, WINDOW = b"ANTHROPIC_BASE_URL", b"CLAUDE_CODE_MAX_CONTEXT_TOKENS"


@dataclass
class Ports:
    """A `cc` for which these are the two ports; the machine's own may be in use."""

    sandbox: Sandbox

    def are(self, first: int, second: int) -> None:
        self.sandbox.cc = console_script(
            self.sandbox.bin,
            before="import dataclasses\n"
            "from cc_launcher.core.profile import local_servers as of\n"
            f"of.SERVERS['llamacpp'] = dataclasses.replace(of.SERVERS['llamacpp'], ports=({first}, {second}))\n",
        )

    def run(self, *words: str, cached: bool = False) -> Result:
        return self.sandbox.run("run", "llamacpp", *words, cached=cached)

    def goes_to(self, port: int, result: Result) -> None:
        assert result.code == OK, result.err
        found = self.sandbox.fake.take().environment
        assert (found[BASE], found[WINDOW]) == (b"http://localhost:%d" % port, b"%d" % server.WINDOW)

    def state(self) -> str:
        """What the list says of it."""
        listed = json.loads(self.sandbox.run("list-profiles", "--json").out)["data"]
        [text] = [str(row["state"]) for row in listed if row["name"] == "llamacpp"]
        return text


@pytest.fixture
def ports(sandbox: Sandbox) -> Ports:
    return Ports(sandbox)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    """Another llama-server."""
    server.require()
    with server.serving(tmp_path_factory.mktemp("second"), "--alias", "qwen3") as found:
        yield found


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port that is taken, and at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def add(port: int) -> str:
    """What is to be typed for this one."""
    return f"cc add llamacpp --base-url http://localhost:{port}"


def test_the_second_port_is_found_and_said_and_the_next_launch_asks_nobody_where(
    ports: Ports, second: Llama, nobody: int
) -> None:
    ports.are(nobody, second.port)
    result = ports.run()
    assert result.err.decode() == f"cc: llamacpp: llama-server answers at localhost:{second.port}\n"
    ports.goes_to(second.port, result)
    ports.goes_to(second.port, ports.run(cached=True))
    assert ports.state() == "ready"


def test_the_first_port_needs_no_words(ports: Ports, llama: Llama, nobody: int) -> None:
    ports.are(llama.port, nobody)
    result = ports.run()
    assert result.err == b""
    ports.goes_to(llama.port, result)


@pytest.mark.parametrize("other", ["vllm", "llamacpp"])
def test_another_program_at_the_first_port_is_not_taken_for_it(ports: Ports, second: Llama, other: str) -> None:
    with FakeLocal(other, "m", 65_536) as fake:
        if other == "llamacpp":
            fake.title, fake.trouble = "", "html"
        ports.are(fake.port, second.port)
        ports.goes_to(second.port, ports.run())
        assert ports.state() == "ready"
        assert {seen.path for seen in fake.requests} == {"/props"}


def test_another_program_alone_gets_no_prompt(ports: Ports, nobody: int) -> None:
    with FakeLocal("vllm", "m", 65_536) as fake:
        ports.are(fake.port, nobody)
        result = ports.run()
        assert (result.code, ports.sandbox.fake.started) == (UNREACHABLE, False)
        assert result.err.decode().splitlines() == [
            f"cc: llamacpp: what answers at localhost:{fake.port} is not llama-server",
            f"hint: start it: llama-server -m MODEL.gguf -c 65536 --port {nobody}; if it is behind that program: "
            + add(fake.port),
        ]
        assert "does not answer" in ports.state()
        shown = ports.sandbox.run("run", "--dry-run", "llamacpp")
        assert (shown.code, b"is not llama-server" in shown.out) == (OK, True)


def test_where_nobody_is_both_places_are_named(ports: Ports, nobody: int) -> None:
    ports.are(9, nobody)
    result = ports.run()
    assert (result.code, ports.sandbox.fake.started) == (UNREACHABLE, False)
    assert f" or localhost:{nobody} is not running (Connection refused)\n" in result.err.decode()
    assert result.err.endswith(b"hint: start it: llama-server -m MODEL.gguf -c 65536\n")


def test_two_that_answer_are_refused_without_a_terminal_and_the_hint_helps(
    ports: Ports, llama: Llama, second: Llama
) -> None:
    ports.are(llama.port, second.port)
    for words in (["run", "llamacpp"], ["models", "llamacpp"], ["probe", "llamacpp"]):
        result = ports.sandbox.run(*words)
        assert result.code == USAGE
        assert result.err.decode().splitlines()[-2:] == [
            f"cc: llamacpp: llama-server answers at localhost:{llama.port} and at localhost:{second.port}",
            f"hint: say which one is meant: {add(second.port)}",
        ]
    assert not ports.sandbox.fake.started
    assert ports.sandbox.run(*add(second.port).split()[1:]).code == OK
    ports.goes_to(second.port, ports.run())


def test_two_that_answer_are_asked_about_on_a_terminal(ports: Ports, llama: Llama, second: Llama) -> None:
    ports.are(llama.port, second.port)
    sandbox = ports.sandbox
    environment = sandbox.environment(TERM="xterm-256color")
    with Conversation([sandbox.cc, "run", "llamacpp"], environment, sandbox.work) as terminal:
        terminal.answer(f"localhost:{second.port} (qwen3)", "\x1b[B", "\r")
        assert terminal.ends() == OK
    ports.goes_to(second.port, Result(OK, b"", b""))
    ports.goes_to(second.port, ports.run(cached=True))


def test_a_list_and_a_probe_are_of_the_one_that_answers(ports: Ports, second: Llama, nobody: int) -> None:
    ports.are(nobody, second.port)
    listed = ports.sandbox.run("models", "llamacpp", "--json")
    assert [model["id"] for model in json.loads(listed.out)["data"]["models"]] == ["qwen3"]
    probed = ports.sandbox.run("probe", "llamacpp", "--only", "reachable", "--json")
    assert json.loads(probed.out)["data"]["host"] == f"localhost:{second.port}"


def test_the_doctor_looks_where_a_launch_does(ports: Ports, second: Llama, nobody: int) -> None:
    ports.sandbox.profile("mine", 'extends = "llamacpp"\n')
    with FakeLocal("vllm", "m", 65_536) as fake:
        what = f"what answers at localhost:{fake.port} is not llama-server (mine)"
        for third, found in ((second.port, []), (nobody, [what])):
            ports.are(fake.port, third)
            told = json.loads(ports.sandbox.run("doctor", "mine", "--json").out)["data"]["findings"]
            down = [one["what"] for one in told if one["code"] == "server-down" and one["level"] != "ok"]
            assert [words.partition(": ")[2] for words in down] == found


def asked(sandbox: Sandbox, url: str, *words: str, keys: str = "") -> Result:
    sandbox.profile("mine", f'extends = "llamacpp"\nbase_url = "{url}"\n{keys}')
    return sandbox.run("run", "mine", *words)


def test_a_server_with_a_key_is_told_before_the_client_starts(sandbox: Sandbox, tmp_path: Path) -> None:
    with server.serving(tmp_path / "llama", "--api-key", "sk-local") as locked:
        assert [locked.get(path)[0] for path in ("/v1/models", "/props")] == [200, 401]
        result = asked(sandbox, locked.url)
        assert (result.code, sandbox.fake.started) == (REFUSED, False)
        assert b"asks for a key" in result.err
        secret = sandbox.secret_file(b"sk-local\n")
        result = asked(sandbox, locked.url, keys=f'auth = "bearer"\nsecret = "file:{secret}"\n')
        assert (result.code, sandbox.fake.take().environment[WINDOW]) == (OK, b"65536")


def test_one_that_was_started_without_a_model_knows_them_by_their_names(sandbox: Sandbox, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "one.gguf").symlink_to(server.model())
    with server.serving(tmp_path / "llama", "--models-dir", str(models), with_model=False) as router:
        result = asked(sandbox, router.url)
        assert (result.code, b"there are one\n" in result.err) == (NO_SUCH, True), result.err
        result = asked(sandbox, router.url, "one")
        assert (result.code, b"the window of one is not known" in result.err) == (OK, True), result.err
        sandbox.fake.take()
        assert router.get("/props?model=one")[0] == 200  # it is loaded from now on
        result = asked(sandbox, router.url, "one")
        assert (result.code, result.err) == (OK, b"")
        assert sandbox.fake.take().environment[WINDOW] == b"65536"


def shape(answer: Any) -> Any:
    """The keys of an answer, with the kinds of what they hold."""
    if isinstance(answer, dict):
        return {key: shape(value) for key, value in answer.items()}
    return [shape(answer[0])] if isinstance(answer, list) and answer else type(answer).__name__


def agrees(fake: Any, real: Any, where: str) -> None:
    """Whatever the fake tells, the real one tells, in the same kind."""
    if isinstance(fake, dict):
        assert fake.keys() <= real.keys(), where
        for key, value in fake.items():
            agrees(value, real[key], f"{where} {key}")
    elif isinstance(fake, list):
        for value in fake:
            agrees(value, real[0], f"{where} []")
    else:
        assert fake == real, where


def test_the_fake_tells_nothing_that_the_real_one_does_not(llama: Llama) -> None:
    with FakeLocal("llamacpp", "m", server.WINDOW) as fake:
        for path, answer in fake.pages().items():
            code, real = llama.get(path)
            assert code == 200
            agrees(shape(answer), shape(real), path)
            order = [key for key in real if key in answer]
            assert list(answer) == order, path
