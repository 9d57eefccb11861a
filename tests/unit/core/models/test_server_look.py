"""What a server's answer to one short question means, whatever it is that listens there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.models.server_look import judged
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
