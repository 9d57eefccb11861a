"""What a server's answer to one short question means, whatever it is that listens there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.models.server_look import is_llama_server, judged, model_of
from cc_launcher.core.profile.state import ANSWERS, HAS_NOT, SILENT

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def ollama(*names: str) -> bytes:
    return OK + json.dumps({"models": [{"name": name, "model": name} for name in names]}).encode()


@pytest.mark.parametrize(
    ("said", "kind", "expected"),
    [
        (ollama("glm:latest", "other:7b"), "ollama", ANSWERS),
        (ollama("other:7b"), "ollama", HAS_NOT),
        (ollama(), "ollama", HAS_NOT),
        (OK + b'{"data": [{"id": "glm"}]}', "vllm", ANSWERS),
        (OK + b'{"data": [{"id": "whatever it has"}]}', "llamacpp", ANSWERS),
        (OK + b'{"data": []}', "llamacpp", ANSWERS),
        (OK + b'{"data": [{"id": "gl', "vllm", ANSWERS),
        (OK + b"<!doctype html>", "llamacpp", SILENT),
        (OK + b'{"hello": "world"}', "vllm", SILENT),
        (OK + b"[]", "vllm", SILENT),
        (OK + b"[" * 100_000, "vllm", SILENT),
        (b"HTTP/1.0 401 Unauthorized\r\n\r\n{}", "vllm", ANSWERS),
        (b"HTTP/1.0 503 Loading\r\n\r\n{}", "llamacpp", ANSWERS),
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "ollama", SILENT),
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "lmstudio", ANSWERS),
        (b"HTTP/1.0 302 Found\r\n\r\n", "ollama", SILENT),
        (b"HTTP/1.1 200 O", "ollama", ANSWERS),
        (b"", "ollama", ANSWERS),
        (b"SSH-2.0-OpenSSH\r\n", "ollama", SILENT),
        (b"220 smtp\r\n\r\n", "ollama", SILENT),
    ],
)
def test_an_answer(said: bytes, kind: str, expected: str) -> None:
    assert judged(kind, "glm", said) == expected


@given(st.binary(), st.sampled_from(["ollama", "lmstudio", "llamacpp", "vllm", "sglang", "another"]))
def test_nothing_that_a_server_says_is_an_error(said: bytes, kind: str) -> None:
    assert judged(kind, "glm", said) in {ANSWERS, HAS_NOT, SILENT}
    assert judged(kind, "glm", OK + said) in {ANSWERS, HAS_NOT, SILENT}


LLAMA = b"HTTP/1.1 %s\r\nServer: llama.cpp\r\nContent-Type: application/json\r\n\r\n"
PROPERTIES = b'{"default_generation_settings": {"n_ctx": 65536}, "model_alias": "/models/qwen3.gguf"}'


@pytest.mark.parametrize(
    ("said", "is_it"),
    [
        (LLAMA % b"200 OK" + PROPERTIES, True),
        (LLAMA % b"200 OK" + PROPERTIES[:20], True),  # not whole when the time was up
        (LLAMA % b"401 Unauthorized" + b"{}", True),
        (LLAMA % b"503 Service Unavailable" + b"{}", True),
        (LLAMA % b"404 Not Found" + b"{}", False),  # something of its family that has no model to talk to
        (OK + PROPERTIES, True),  # before it gave its name
        (OK + PROPERTIES[:20], False),
        (OK + b'{"default_generation_settings": 7}', False),
        (OK + b"<!doctype html>", False),
        (b"HTTP/1.0 401 Unauthorized\r\n\r\n{}", False),
        (b"SSH-2.0-OpenSSH\r\nServer: llama.cpp\r\n\r\n", False),
        (b"", False),
    ],
)
def test_who_is_llama_server(said: bytes, is_it: bool) -> None:  # noqa: FBT001
    assert is_llama_server(said) is is_it


@given(st.binary())
def test_whatever_is_said_is_somebody_or_nobody(said: bytes) -> None:
    for whole in (said, OK + said, LLAMA % b"200 OK" + said):
        assert is_llama_server(whole) in {True, False}
        assert isinstance(model_of(whole), str)


def test_the_model_is_called_as_one_would_call_it() -> None:
    assert model_of(OK + PROPERTIES) == "qwen3"
    assert model_of(OK + b'{"role": "router", "model_alias": "llama-server"}') == ""
    assert model_of(OK + b'{"model_alias": "a\\u001b]0;x"}') == ""
