"""A provider is asked whether it takes a key, and only that provider ever sees the key."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cc_launcher.core.errors import INVALID, UNREACHABLE, CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.net import key_check
from tests.fakes.fake_provider import ErrorReply, FakeProvider
from tests.unit.conftest import CANARY, all_of, resolved

TIERS = '[tiers]\nmain = "large"\n'


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def at(url: str, auth: str = "bearer", keys: str = "", tables: str = TIERS) -> Resolved:
    return resolved(f'auth = "{auth}"\nbase_url = "{url}"\n{keys}{tables}')


def refused(profile: Resolved, key: str = CANARY) -> CcError:
    with pytest.raises(CcError) as caught:
        key_check.key(profile, key)
    assert CANARY not in all_of(caught.value)
    return caught.value


@contextmanager
def redirecting(target: str, status: int) -> Iterator[str]:
    """A FAKE provider that sends everybody elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("location", f"{target}/v1/messages")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is http.server's
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("auth", "header", "value"), [("bearer", "authorization", f"Bearer {CANARY}"), ("api-key", "x-api-key", CANARY)]
)
def test_the_key_goes_in_the_header_that_the_profile_names_and_in_no_other(auth: str, header: str, value: str) -> None:
    with FakeProvider() as provider:
        said = key_check.key(at(f"{provider.url}/api", auth, 'headers = { "X-Own" = "mine" }\n'), CANARY)
    assert said == "the provider accepts the key (large answered)"
    (request,) = provider.requests
    assert (request.method, request.path) == ("POST", "/api/v1/messages")
    assert {name: found for name, found in request.headers.items() if CANARY in found} == {header: value}
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.headers["x-own"] == "mine"
    assert CANARY.encode() not in request.raw


@pytest.mark.parametrize(
    ("tables", "model"),
    [
        (TIERS, "large"),
        ('[tiers]\nmain = "large"\nhaiku = "small"\n', "small"),
        ('[tiers]\nmain = "a"\n[models."v/large"]\naliases = ["a"]\nsmall = "v/small"\n', "v/small"),
    ],
)
def test_it_asks_the_small_model_for_one_token(tables: str, model: str) -> None:
    with FakeProvider() as provider:
        key_check.key(at(provider.url, tables=tables), CANARY)
    assert provider.requests[0].body == {
        "model": model,
        "max_tokens": 1,
        "messages": [{"role": "user", "content": "hi"}],
    }


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "the key was not refused; the provider answers 400 to the shortest message"),
        (404, "the key was not refused, but large is not served under this address (404)"),
        (422, "the key was not refused; the provider answers 422 to the shortest message"),
        (429, "the key is accepted; its rate limit is used up right now (429)"),
    ],
)
def test_what_is_no_refusal_of_the_key(status: int, said: str) -> None:
    with FakeProvider(lambda _: ErrorReply(status, CANARY)) as provider:
        assert key_check.key(at(provider.url), CANARY) == said


@pytest.mark.parametrize(
    ("status", "what", "code"),
    [
        (401, "mine: the provider does not accept this key (401)", 1),
        (402, "mine: the provider knows the key, but there is no credit (402)", 1),
        (403, "mine: the provider does not allow this key here (403); it may be for another region or plan", 1),
        (500, "mine: the provider has a problem of its own (500)", UNREACHABLE),
        (503, "mine: the provider has a problem of its own (503)", UNREACHABLE),
    ],
)
def test_what_is_one(status: int, what: str, code: int) -> None:
    with FakeProvider(lambda _: ErrorReply(status, CANARY)) as provider:
        error = refused(at(provider.url))
    assert (error.what, error.code) == (what, code)
    assert error.hint


def test_a_refusal_says_where_keys_are_to_be_had() -> None:
    with FakeProvider(lambda _: ErrorReply(401)) as provider:
        assert refused(at(provider.url, keys='key_url = "https://k.example"\n')).hint == "a key: https://k.example"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with FakeProvider() as stranger, redirecting(stranger.url, status) as url:
        error = refused(at(url))
    assert (str(status) in error.what, error.code) == (True, UNREACHABLE)
    assert "check base_url" in error.hint
    assert stranger.requests == []


def test_nobody_listens() -> None:
    with FakeProvider() as provider:
        url = provider.url
    error = refused(at(url))
    assert (error.what, error.code) == (f"mine: {url} cannot be reached (ConnectError)", UNREACHABLE)
    assert "the key itself was not judged" in error.hint


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_check, "_PATIENCE", 0.2)
    over = threading.Event()

    def wait(_body: object) -> ErrorReply:
        over.wait(30)
        return ErrorReply(500)

    with FakeProvider(wait) as provider:
        try:
            error = refused(at(provider.url))
        finally:
            over.set()
    assert (error.what, error.code) == (f"mine: no answer within 0.2 seconds from {provider.url}", UNREACHABLE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:9"),  # which takes a package that is not installed
        ("HTTPS_PROXY", "what://x"),
        ("HTTPS_PROXY", "http://127.0.0.1:9"),
        ("SSL_CERT_FILE", "/no/such/file"),
    ],
)
def test_surroundings_that_cannot_be_used_are_no_bug_of_ours(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    error = refused(at("https://host.invalid"))
    assert error.code == UNREACHABLE
    assert error.what.startswith("mine: https://host.invalid cannot be reached (")


@pytest.mark.parametrize("key", [f"{CANARY}é", f"{CANARY}\u00a0", f"“{CANARY}”"])
def test_a_key_that_no_header_can_hold_is_told(key: str) -> None:
    """As it comes when a key is copied from a page."""
    with FakeProvider() as provider:
        error = refused(at(provider.url), key)
    assert error.what == "mine: the key contains characters that cannot be sent, so no provider can accept it"
    assert provider.requests == []


def test_a_profile_without_a_model_cannot_be_asked() -> None:
    with FakeProvider() as provider:
        error = refused(at(provider.url, tables=""))
    assert (error.what, error.code) == ("mine: no model is chosen", INVALID)
    assert provider.requests == []
