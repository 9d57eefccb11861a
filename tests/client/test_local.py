"""The window that a server of local models tells reaches the real client. The server is a FAKE Ollama."""

from collections.abc import Iterator

import pytest

from tests.client import harness
from tests.client.stage import PLACEHOLDER, PROXIES, Kind, Stage
from tests.fakes.fake_ollama import FakeOllama
from tests.fakes.fake_provider import Request

GLM = "glm-4.7-flash"
LOCAL = Kind('extends = "ollama"\nbase_url = "{url}"\n', "none", ("hosted", "pinned"), frozenset({GLM}))


@pytest.fixture
def ollama(stage: Stage) -> Iterator[FakeOllama]:
    """A FAKE Ollama behind the address of the stage's own provider."""
    with FakeOllama() as fake:

        def also(request: Request) -> tuple[int, object] | None:
            path = request.path
            return fake.reply(request.method, path, request.body) if path.startswith("/api/") else None

        stage.ours.also = also
        yield fake


@pytest.mark.parametrize("version", [harness.CURRENT, harness.BEFORE_HOST_FLAG])
def test_the_servers_window_is_the_clients(stage: Stage, ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=48_000)
    stage.profile(LOCAL)

    for cached in (False, True):
        stage.forget()
        ended = stage.launch(LOCAL, "-p", "hi", cached=cached)
        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        assert {request.body["max_tokens"] for request in stage.ours.messages} == {12_000}
        assert stage.ours.models() == {GLM}
        stage.check_requests(LOCAL, stage.protection(LOCAL))
    assert {request.headers["authorization"] for request in stage.ours.messages} == {f"Bearer {PLACEHOLDER}"}
    if stage.is_current:
        shown = stage.launch(LOCAL, "-p", "/context")
        assert "48k" in shown.stdout, shown


def test_neither_the_question_nor_the_session_of_a_loopback_server_needs_a_proxy(
    stage: Stage, ollama: FakeOllama
) -> None:
    ollama.add(GLM, num_ctx=48_000)
    stage.profile(LOCAL)
    stage.environment |= dict.fromkeys(PROXIES, stage.outside.url)
    del stage.environment["NO_PROXY"]

    ended = stage.launch(LOCAL, "-p", "hi")

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert stage.outside.requests == []
