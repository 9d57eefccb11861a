"""A probe of an endpoint that means harm, one that somebody stops, and one whose results have nowhere to go."""

from __future__ import annotations

import gzip
import json
import re
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator

import pytest

from cc_launcher.core.text import is_control
from tests.fakes.fake_hostile import RESET, FakeHostile, event, head
from tests.fakes.fake_provider import Request
from tests.faults.desk import PROFILE, Desk, Told, is_message, streams

# -- what an endpoint may do to a connection --------------------


def forever(data: bytes, pause: float = 0.0) -> Iterator[bytes]:
    while True:
        yield data
        time.sleep(pause)


def after(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def chunked(*chunks: bytes) -> Iterator[bytes]:
    for chunk in chunks:
        yield f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"


START = event("message_start", {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 3}}})
BLOCK = event("content_block_start", {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}})
TEXT = event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta"}})
PING = event("ping", {"type": "ping"})
BOMB = gzip.compress(bytes(100_000_000))
NASTY = "\x1b[31mred\x1b]0;title\x07 \u202eback\u2028\x00\x9b \ud800"
DEEP = "[" * 100_000
JSON = "application/json"
OK = "200 OK"
ANSWERS: dict[str, Callable[[], Iterable[bytes]]] = {
    "pings without end": lambda: after(head() + START, forever(PING)),
    "pings, slowly, without end": lambda: after(head() + START, forever(PING, 0.2)),
    "a line without end": lambda: after(head(), forever(b"x" * 1000)),
    "text without end": lambda: after(head() + START + BLOCK, forever(TEXT)),
    "JSON without end": lambda: after(head(OK, JSON) + b'{"content": "', forever(b"x" * 1000)),
    "chunks of one byte": lambda: after(head(transfer_encoding="chunked"), forever(b"1\r\nx\r\n" * 5000)),
    "a byte now and then": lambda: after(head(), forever(b"x", 0.2)),
    "headers, a byte now and then": lambda: after(b"HTTP/1.1 200 OK\r\nx: ", forever(b"y", 0.2)),
    "1xx without end": lambda: forever(b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.01),
    "silence": lambda: after(b"", forever(b"", 0.2)),
    "silence after the headers": lambda: after(head(), forever(b"", 0.2)),
    "headers without end": lambda: after(b"HTTP/1.1 200 OK\r\n", forever(b"x-more: " + b"y" * 1000 + b"\r\n")),
    "a gzip bomb": lambda: [head(OK, JSON, content_encoding="gzip"), BOMB],
    "a gzip bomb of events": lambda: [head(content_encoding="gzip"), BOMB],
    "a gzip bomb in a refusal": lambda: [head("400 Bad", JSON, content_encoding="gzip"), BOMB],
    "no gzip, though it says so": lambda: [head(content_encoding="gzip"), b"nothing of the kind"],
    "an unknown packing": lambda: [head(content_encoding="br, zstd, x"), b"nothing of the kind"],
    "no UTF-8": lambda: [head(OK, JSON), b'{"content": [{"type": "text", "text": "\xff\xfe"}], "x": "\xc3"}'],
    "no UTF-8 in an error": lambda: [head("400 Bad", JSON), b'{"error": {"message": "\xff\xfe\x00"}}'],
    "NUL": lambda: [head(), b"\0" * 1000],
    "a terminal's own words": lambda: [head("400 Bad", JSON), json.dumps({"error": {"message": NASTY}}).encode()],
    "a terminal's own words, bare": lambda: [head("500 Bad", "text/plain"), NASTY.encode("utf-8", "surrogatepass")],
    "a terminal's own words in a type": lambda: [head(OK, "\x1b[31m\u202e".encode().decode("latin-1")), b"x"],
    "a terminal's own words in a stream": lambda: [
        head(),
        event("error", {"type": "error", "error": {"message": NASTY}}),
    ],
    "deep JSON": lambda: [head(OK, JSON), DEEP.encode()],
    "deep JSON, closed": lambda: [head(OK, JSON), b'{"content": ' + b"[" * 900 + b"]" * 900 + b"}"],
    "deep JSON in an error": lambda: [head("400 Bad", JSON), b'{"error": ' + DEEP.encode()],
    "deep events": lambda: [head(), event("message_start", DEEP), event("message_start", "[" * 900 + "]" * 900)],
    "a long number": lambda: [head(OK, JSON), b'{"content": [], "usage": {"input_tokens": ' + b"9" * 5000 + b"}}"],
    "a long name": lambda: [head(), event("x" * 1_000_000, {"type": "x"})],
    "nothing but names": lambda: [head(), b"event: ping\n\n" * 1000],
    "only headers": lambda: [head()],
    "half a chunk": lambda: [head(transfer_encoding="chunked"), b"100\r\nhalf"],
    "no last chunk": lambda: [head(transfer_encoding="chunked"), *chunked(START)],
    "odd chunks": lambda: [head(transfer_encoding="chunked"), b"zz\r\nhalf\r\n"],
    "HTTP/1.0": lambda: [b"HTTP/1.0 200 OK\r\n\r\nhello"],
    "HTTP/0.9": lambda: [b"hello\r\n"],
    "no HTTP": lambda: [b"SSH-2.0-OpenSSH_9.9\r\n"],
    "102, and then nothing": lambda: [b"HTTP/1.1 102 Processing\r\n\r\n"],
    "101": lambda: [b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhello"],
    "204": lambda: [head("204 No Content")],
    "205 with a body": lambda: [head("205 Reset", content_length="5"), b"hello"],
    "an empty 200": lambda: [head(OK, JSON, content_length="0")],
    "299": lambda: [head("299 Odd", JSON), b"{}"],
    "304": lambda: [head("304 Not Modified")],
    "999": lambda: [head("999 Odd", JSON), b"{}"],
    "fewer bytes than said": lambda: [head(OK, JSON, content_length="500"), b"{}"],
    "more bytes than said": lambda: [head(OK, JSON, content_length="1"), b"{}" * 1000],
    "an odd length": lambda: [head(OK, JSON, content_length="-1"), b"{}"],
    "a reset": lambda: [RESET],
    "a reset after the headers": lambda: [head(), RESET],
    "an odd retry-after": lambda: [head("429 Wait", JSON, retry_after="9" * 5000 + "\x1b[31m"), b"{}"],
    "a list": lambda: [head(OK, JSON), b"[1, 2, 3]"],
    "odd content": lambda: [head(OK, JSON), b'{"content": [1, null, [], "x", {"type": 7, "text": {}}], "usage": []}'],
    "odd events": lambda: [
        head(),
        event("message_start", {"type": "message_start", "message": [], "usage": 7}),
        event("content_block_start", {"type": "content_block_start", "index": True, "content_block": []}),
        event("content_block_start", {"type": "content_block_start", "index": -(10**17), "content_block": None}),
        event("content_block_delta", {"type": "content_block_delta", "index": 1e300, "delta": "x"}),
        event("content_block_stop", {"type": "content_block_stop", "index": {}}),
        event("message_delta", {"type": [], "delta": [], "usage": [[]]}),
    ],
}


def check_said(told: Told, desk: Desk, seconds: float) -> None:
    """A verdict was said, nothing else came up, and nothing can steer a terminal."""
    assert told.code in {0, 1}, told
    assert "own, fake-large: " in told.err, told
    assert not re.search(r"Traceback|a bug of cc", told.all), told
    assert [letter for letter in told.all if is_control(letter) and letter not in "\n\t"] == []
    for path in (desk.root / "report.html", desk.root / "report.md"):
        text = path.read_text("utf-8")
        assert [letter for letter in text if is_control(letter) and letter not in "\n\t"] == [], path
    assert seconds < 60


@pytest.mark.parametrize("who", ["all", "streams"])
@pytest.mark.parametrize("what", ANSWERS)
def test_whatever_an_endpoint_sends_there_is_a_verdict(desk: Desk, what: str, who: str) -> None:
    chosen = is_message if who == "all" else streams
    with FakeHostile(lambda request: ANSWERS[what]() if chosen(request) else None) as hostile:
        desk.profile("own", f"http://{hostile.host}")
        began = time.monotonic()
        told = desk.run("own", "--html", "report.html", "--markdown", "report.md")
        check_said(told, desk, time.monotonic() - began)
        # Where only streams are bad, the client may go on without them; that it does is said.
        assert told.code == 1 or who == "streams"
        assert "own, fake-large: works\n" not in told.err


def test_what_was_packed_takes_little_memory(desk: Desk) -> None:
    answer = ANSWERS["a gzip bomb"]
    with FakeHostile(lambda request: answer() if is_message(request) else None) as hostile:
        desk.profile("own", f"http://{hostile.host}")
        tracemalloc.start()
        try:
            desk.run("own")
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 150_000_000


# -- values that are not what they should be --------------------

ODD = {
    "negative": "-5",
    "not a number": "NaN",
    "infinite": "-Infinity",
    "huge": "1e400",
    "long": "9" * 5000,
    "large": "9" * 17,
    "broken": "0.5",
    "true": "true",
    "text": '"\\u001b[31m\\ud800"',
    "nothing": "null",
    "a list": "[[]]",
    "an object": '{"a": {}}',
    "deep": "[" * 500 + "]" * 500,
}
KEYS = (
    "input_tokens",
    "output_tokens",
    "index",
    "stop_reason",
    "text",
    "id",
    "name",
    "model",
    "type",
    "usage",
    "content",
)


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("when", ["late", "at once"])
def test_whatever_a_value_is_there_is_a_verdict(desk: Desk, value: str, when: str) -> None:
    late = when == "late"

    def alter(request: Request, content: bytes) -> bytes:
        if not is_message(request):
            return content
        count = len(hostile.requests)
        if late and count < 15:  # the first checks are passed, so that the others are tried
            return content
        key = KEYS[count % len(KEYS)]
        altered = rf'"{key}": {ODD[value]}'.replace("\\", "\\\\")
        scalar = rf'"{key}": (?:"(?:[^"\\]|\\.)*"|[0-9]+|null|\[[^\]]*\]|\{{[^}}]*\}})'
        return re.sub(scalar, altered, content.decode()).encode()

    with FakeHostile(alter=alter) as hostile:
        desk.profile("own", f"http://{hostile.host}")
        began = time.monotonic()
        told = desk.run("own", "--max-cost", "9", "--html", "report.html", "--markdown", "report.md")
        assert len(hostile.requests) > (15 if late else 2)
        check_said(told, desk, time.monotonic() - began)


# -- secrets --------------------

CANARY = 'sk-canary-"7f3a\\9b/21+x%2Fe5 &<q'  # with what JSON, an address and a page escape
BARE = "hdr-canary-5c8e1f7a90b3d2"
IN_URL = "url-canary-/41?d9:c2%e7&b0"


def every_way(secret: str) -> dict[str, str]:
    """A secret as an endpoint may repeat it, in the text of a JSON value."""
    plain = json.dumps(secret)[1:-1]
    return {
        "plain": plain,
        "of JSON": "".join(f"\\u{ord(letter):04x}" for letter in secret),
        "half of JSON": "".join(f"\\u{ord(a):04x}" if at % 2 else json.dumps(a)[1:-1] for at, a in enumerate(secret)),
        "of an address": "".join(f"%{ord(letter):02x}" for letter in secret),
        "of a page": "".join(f"&#{ord(letter)};" for letter in secret),
        "beginning": plain[:12],
        "end": plain[-12:],
        "in lower case": plain.lower(),
    }


def shown_of(secret: str, text: str) -> str:
    """The longest part of a secret that stands in a text, however it is escaped, where that is 8 letters or more."""
    views = [text]
    for _ in range(3):
        text = re.sub(r"\\u00([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})", lambda m: chr(int(m[1] or m[2], 16)), text)
        text = re.sub(r"&#x?([0-9]+);", lambda m: chr(int(m[1])), text).replace("&lt;", "<").replace("&amp;", "&")
        text = re.sub(r"\\(.)", r"\1", text.replace("&quot;", '"'))
        views.append(text)
    for size in range(len(secret), 7, -1):
        for at in range(len(secret) - size + 1):
            if any(secret[at : at + size] in view for view in views):
                return secret[at : at + size]
    return ""


def in_an_error(echoed: str) -> bytes:
    return f'{{"type": "error", "error": {{"type": "x", "message": "your key is {echoed}"}}}}'.encode()


def in_a_message(block: str) -> list[bytes]:
    message = '{"type": "message", "model": "m", "content": [%s], "stop_reason": "end_turn", "usage": {}}'
    return [head(OK, JSON), (message % block).encode()]


def in_two_chunks(_: Request, echoed: str) -> Iterator[bytes]:
    error = in_an_error(echoed)
    half = len(error) // 2 + 12
    for part in (head("400 Bad", JSON), error[:half], error[half:]):
        yield part
        time.sleep(0.05)


def in_deltas(request: Request, _: str) -> list[bytes] | None:
    """A few letters in each: the check of pictures says what has come together."""
    if b'"image"' not in request.raw:
        return None
    pieces = [CANARY[at : at + 5] for at in range(0, len(CANARY), 5)]
    deltas = [{"index": 0, "delta": {"type": "text_delta", "text": piece}} for piece in pieces]
    filled = [event("content_block_delta", {"type": "content_block_delta"} | delta) for delta in deltas]
    end = [event(name, {"type": name, "index": 0}) for name in ("content_block_stop", "message_stop")]
    return [head(), START, BLOCK, *filled, *end]


def in_a_name(echoed: str) -> bytes:
    return head("400 Bad", JSON, **{f"x_{re.sub('[^a-zA-Z0-9%-]', '', echoed)}": "1"})


ECHOES: dict[str, Callable[[Request, str], Iterable[bytes] | None]] = {
    "an error": lambda _, echoed: [head("400 Bad", JSON), in_an_error(echoed)],
    "an error's header": lambda _, echoed: [head("400 Bad", JSON, x_echo=echoed), b"{}"],
    "a header's name": lambda _, echoed: [in_a_name(echoed), b"{}"],
    "text": lambda request, echoed: (
        None if request.body["stream"] else in_a_message(f'{{"type": "text", "text": "{echoed}"}}')
    ),
    "a tool's name": lambda request, echoed: (
        in_a_message(f'{{"type": "tool_use", "id": "x", "name": "{echoed}", "input": {{}}}}')
        if "tools" in request.body and not request.body.get("stream")
        else None
    ),
    "two chunks": in_two_chunks,
    "deltas": in_deltas,
    "a stream's error": lambda request, echoed: (
        [head(), START, b"event: error\ndata: ", in_an_error(echoed), b"\n\n"] if request.body.get("stream") else None
    ),
}


@pytest.mark.parametrize("how", every_way("x" * 20))
@pytest.mark.parametrize("where", ECHOES)
@pytest.mark.parametrize("form", ["rows", "json"])
def test_a_key_is_nowhere_but_at_its_endpoint(desk: Desk, where: str, how: str, form: str) -> None:
    def play(request: Request) -> Iterable[bytes] | None:
        return ECHOES[where](request, every_way(CANARY)[how]) if is_message(request) else None

    with FakeHostile(play, secret=CANARY) as hostile:
        desk.profile("own", f"http://{hostile.host}", secret=CANARY)
        few = ["--only", "images"] if where == "deltas" else []
        told = desk.run("own", *few, "--html", "a.html", "--markdown", "a.md", *(["--json"] if form == "json" else []))
        assert any(request.headers.get("authorization") == f"Bearer {CANARY}" for request in hostile.requests)
    assert where != "deltas" or "a red square is taken for: *" in told.all, told
    assert shown_of(CANARY, told.all) == ""
    for path, content in desk.kept().items():
        assert shown_of(CANARY, content.decode()) == "", path


@pytest.mark.parametrize("auth", ["bearer", "api-key"])
def test_the_secrets_of_all_places_reach_their_endpoint_and_nothing_else(desk: Desk, auth: str) -> None:
    def play(request: Request) -> Iterable[bytes] | None:
        said = json.dumps({"error": {"message": f"{request.path} {request.headers}"}}).encode()
        return [head("400 Bad", JSON, x_path=request.path), said] if is_message(request) else None

    for name, secret in (("bare", BARE), ("inurl", IN_URL)):
        file = desk.root / f"{name}.secret"
        file.touch(mode=0o600)
        file.write_text(secret)
    more = (
        f'auth = "{auth}"\n'
        f'secret_headers.x-more = {{ secret = "file:{desk.root}/bare.secret", prefix = "Token " }}\n'
        f'secret_headers.x-own = {{ secret = "own", prefix = "Key " }}\n'
        f'secret_values.account = "file:{desk.root}/inurl.secret"\n'
    )
    with FakeHostile(play) as hostile:
        text = PROFILE.replace('auth = "bearer"\n', "")
        desk.profile("own", f"http://{hostile.host}/of/{{account}}", CANARY, more, text.replace("{url}", "{url}"))
        told = desk.run("own", "--html", "report.html", "--markdown", "report.md")
        sent = [request for request in hostile.requests if is_message(request)]
        assert sent, told
        assert {request.headers["x-more"] for request in sent} == {f"Token {BARE}"}
        assert f"Key {CANARY}" in {request.headers["x-own"] for request in sent}
        anonymous = [request for request in hostile.requests if request.method == "HEAD"]
        assert [request for request in anonymous if "x-more" in request.headers or "canary" in request.path] == []
    told_all = [told.all, *(content.decode() for content in desk.kept().values())]
    assert [
        shown_of(secret, text) for secret in (CANARY, BARE, IN_URL) for text in told_all if shown_of(secret, text)
    ] == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_takes_nothing_along(desk: Desk, status: str) -> None:
    with FakeHostile() as other:
        there = f"http://localhost:{other.port}/v1/messages"
        with FakeHostile(lambda _: [head(status, location=there, content_length="0")]) as hostile:
            desk.profile("own", f"http://{hostile.host}")
            told = desk.run("own")
            assert told.code == 1
            assert "sent on to another address" in told.err
        assert other.requests == []


def test_side_by_side_each_endpoint_sees_its_own_key_only(desk: Desk) -> None:
    with FakeHostile(secret="sk-of-the-first") as first, FakeHostile(secret="sk-of-the-second") as second:
        desk.profile("first", f"http://{first.host}", "sk-of-the-first")
        desk.profile("second", f"http://{second.host}", "sk-of-the-second")
        assert desk.run("--all").code == 0
        for own, other in ((first, second), (second, first)):
            assert own.honest.secret in str([request.headers for request in own.requests])
            assert other.honest.secret not in str([(each.headers, each.raw) for each in own.requests])


def test_a_key_that_was_kept_for_another_host_is_not_sent(desk: Desk) -> None:
    with FakeHostile() as first:
        desk.profile("own", f"http://{first.host}")
        assert desk.run("own").code == 0
        desk.profile("own", f"http://localhost:{first.port}")
        before = len(first.requests)
        told = desk.run("own")
        assert told.code == 77, told
        assert "was kept for 127.0.0.1" in told.err
        told = desk.run("--all")
        assert (told.code, "left out: own: its secret was kept for" in told.err) == (66, True), told
        assert len(first.requests) == before


@pytest.mark.parametrize("text", ['kind = "gateway"\nauth = "login"\nbase_url = "{url}"\n', 'extends = "bedrock"\n'])
def test_a_login_and_a_cloud_are_refused_before_anything_is_sent(desk: Desk, text: str) -> None:
    with FakeHostile() as hostile:
        desk.profile("own", f"http://{hostile.host}", text=text)
        told = desk.run("own")
        assert told.code == 2, told
        assert "cannot probe" in told.err
        assert hostile.requests == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_no_proxy_sees_what_stays_on_this_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with FakeHostile() as proxy, FakeHostile() as own:
        monkeypatch.setenv(variable, f"http://{proxy.host}")
        desk.profile("own", f"http://{own.host}")
        assert desk.run("own").code == 0
        assert proxy.requests == []


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "::"), ("ALL_PROXY", "odd://x"), ("SSL_CERT_FILE", "/no/file")]
)
def test_an_environment_that_cannot_be_used_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    desk.profile("own", "https://example.invalid")
    told = desk.run("own")
    assert told.code in {1, 69}
    assert "a bug of cc" not in told.err
    assert "own" in told.err or "proxies or certificates" in told.err


def test_no_cookie_comes_back(desk: Desk) -> None:
    with FakeHostile() as hostile:
        hostile.honest.headers["set-cookie"] = "session=let-me-in; path=/"
        desk.profile("own", f"http://{hostile.host}")
        hostile.play = lambda request: (
            [head("200 OK", JSON, set_cookie="a=b"), b"{}"] if request.method == "HEAD" else None
        )
        desk.run("own")
        assert [request for request in hostile.requests if "cookie" in request.headers] == []
