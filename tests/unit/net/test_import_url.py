"""`cc import URL`: https alone, no other host, no more than a bundle is, and with a digest nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import httpx2
import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.net import import_url

TEXT = b"[bundle]\nversion = 1\n"
URL = "https://team.example.com/b.toml"


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[httpx2.Request], httpx2.Response]], list[str]]:
    """In the place of the network: a function that answers. Returns what was asked."""

    def answer(how: Callable[[httpx2.Request], httpx2.Response]) -> list[str]:
        asked: list[str] = []

        def handle(request: httpx2.Request) -> httpx2.Response:
            asked.append(str(request.url))
            assert "authorization" not in request.headers
            return how(request)

        client = httpx2.Client(transport=httpx2.MockTransport(handle))
        monkeypatch.setattr(httpx2, "stream", client.stream)
        return asked

    return answer


def test_what_is_there(answering: Callable[..., list[str]]) -> None:
    answering(lambda _: httpx2.Response(200, content=TEXT))
    found = import_url.read(URL)
    assert (found.text, found.host) == (TEXT.decode(), "team.example.com")
    assert import_url.read(URL, f"sha256:{hashlib.sha256(TEXT).hexdigest()}") == found


def test_another_digest(answering: Callable[..., list[str]]) -> None:
    answering(lambda _: httpx2.Response(200, content=TEXT))
    with pytest.raises(CcError, match="not that of this digest"):
        import_url.read(URL, "sha256:0000")


@pytest.mark.parametrize("url", ["http://team.example.com/b", "https://u:p@team.example.com/b", "https://"])
def test_an_address_that_is_not_asked(url: str, answering: Callable[..., list[str]]) -> None:
    asked = answering(lambda _: httpx2.Response(200, content=TEXT))
    with pytest.raises(CcError):
        import_url.read(url)
    assert asked == []


def test_a_redirect_on_the_same_host_is_followed_and_one_to_another_is_not(answering: Callable[..., list[str]]) -> None:
    def moved(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/b.toml":
            return httpx2.Response(302, headers={"location": "/c.toml"})
        return httpx2.Response(200, content=TEXT)

    answering(moved)
    assert import_url.read(URL).text == TEXT.decode()
    for target in ("https://evil.example.net/", "http://team.example.com/c.toml", "//evil.example.net/x"):
        asked = answering(lambda _, target=target: httpx2.Response(302, headers={"location": target}))
        with pytest.raises(CcError, match="another host"):
            import_url.read(URL)
        assert asked == [URL]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx2.Response(200, content=b"x" * (64 * 1024 + 1)), "more than 64 KiB"),
        (httpx2.Response(404), "answers 404"),
        (httpx2.Response(200, content=b"\xff\xfe"), "not text"),
    ],
)
def test_what_is_no_bundle(answer: httpx2.Response, why: str, answering: Callable[..., list[str]]) -> None:
    answering(lambda _: answer)
    with pytest.raises(CcError, match=why):
        import_url.read(URL)
