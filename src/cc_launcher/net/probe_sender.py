"""Send the requests of a probe, and keep what comes back: each piece with its time, and nothing that is secret.

Nothing is tried again, and no redirect is followed: both would hide a fault, and the second would hand on the key. One
that finds a kept connection closed by the server was never tried: it goes out on a new one, as the client's would.
"""

import contextlib
import dataclasses
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx2

from cc_launcher.core.errors import UNREACHABLE, CcError
from cc_launcher.core.probe import exchange
from cc_launcher.core.probe.exchange import Answer, Ask, Exchange, Piece
from cc_launcher.core.probe.hide import Hider
from cc_launcher.core.text import printable

MAX_BYTES = 1024 * 1024  # of one answer: some fifty of them are kept for the report
MAX_LIST = 4 * MAX_BYTES  # of the list of models
MAX_PIECES = 20_000  # of one answer, each of which takes some hundred bytes more
_DELTA = b'"content_block_delta"'
_AROUND_A_DELTA = 150  # bytes
_AROUND_ALL = 2_000  # bytes of a stream that are no text of the model's
_NEW_CONNECTION = "connection.connect_tcp.started"  # an event of the library's
_WRONG_KEY = "sk-wrong-0000-0000-0000"
_SHOWN_SECRET = "[secret]"
_SECRET_HEADERS = frozenset({"authorization", "x-api-key", "proxy-authorization", "cookie", "set-cookie"})


@dataclasses.dataclass(frozen=True)
class Target:
    """Where the requests go, and with what."""

    base: str  # with the secret parts of the address in it
    shown: str  # without them
    auth: str  # bearer, api-key or none
    secret: str  # the token or the key; with auth = none, what stands in for one
    headers: Mapping[str, str]  # the client's and the profile's
    secret_headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    hidden: tuple[str, ...] = ()  # what must not be seen: all secrets above
    by_proxy: bool = True  # whether the environment's proxies are for this endpoint

    @property
    def host(self) -> str:
        """The endpoint, as `host:port`."""
        parts = urlsplit(self.shown)
        return parts.netloc

    @property
    def origin(self) -> str:
        """Where it is, without a path."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"


class Sender:
    """A connection to one endpoint, for as many threads as there are."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._hider = Hider(target.hidden)
        try:
            # Cookies are not kept: the next request, with a wrong key perhaps, would be let in by one.
            no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
            self._client = httpx2.Client(trust_env=target.by_proxy, follow_redirects=False, cookies=no_cookies)
        except (httpx2.InvalidURL, ImportError, OSError, ValueError) as bad:
            raise CcError(
                f"what the environment says of proxies or certificates cannot be used ({type(bad).__name__})",
                "look at HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_FILE",
                code=UNREACHABLE,
            ) from None

    def close(self) -> None:
        """Hang up, wherever a request is."""
        with contextlib.suppress(httpx2.HTTPError, OSError, RuntimeError):  # another thread is in the middle of it
            self._client.close()

    def hidden(self, text: str) -> str:
        """A text about an answer, with nothing secret in it: what is said in several pieces comes together there."""
        return self._hider.text(text)

    def send(self, ask: Ask) -> Exchange:
        """One request, and what came of it."""
        headers, credential = {**self.target.headers, **ask.headers}, self._credential(ask.credential)
        with_secrets = {**headers, **({} if ask.credential == exchange.NONE else self._others(ask)), **credential}
        elsewhere = ask.credential == exchange.NONE
        url = (self.target.origin if elsewhere else self.target.base) + ask.path
        answer = self._answer(ask, url, with_secrets)
        shown = (self.target.origin if elsewhere else self.target.shown) + ask.path
        sent = {name: value if name in headers else _SHOWN_SECRET for name, value in with_secrets.items()}
        return Exchange(ask, answer, shown, sent)

    def _credential(self, whose: str) -> dict[str, str]:
        secret = _WRONG_KEY if whose == exchange.WRONG else self.target.secret
        bearer, key = {"authorization": f"Bearer {secret}"}, {"x-api-key": secret}
        if whose == exchange.NONE:
            return {}
        if whose == exchange.BOTH:
            return bearer | key
        own_is_key = self.target.auth == "api-key"
        return key if own_is_key is not (whose == exchange.OTHER) else bearer

    def _others(self, ask: Ask) -> dict[str, str]:
        others = dict(self.target.secret_headers)
        if ask.credential == exchange.WRONG and self.target.secret:
            others = {name: value.replace(self.target.secret, _WRONG_KEY) for name, value in others.items()}
        return others

    def _answer(self, ask: Ask, url: str, headers: Mapping[str, str]) -> Answer:
        coming = _Coming()
        # Neither looking up a name nor headers that trickle in can be hurried: they are left behind if they must.
        threading.Thread(target=self._receive, args=(coming, ask, url, headers), daemon=True).start()
        if not coming.over.wait(ask.patience):
            coming.left = True
            coming.fault, coming.why = exchange.NO_ANSWER, _too_late(ask, begun=bool(coming.pieces))
        pieces = tuple(coming.pieces)
        found = {self.hidden(name.lower()): self.hidden(value) for name, value in coming.headers.items()}
        kept = {name: _SHOWN_SECRET if name in _SECRET_HEADERS else value for name, value in found.items()}
        ended, why = time.monotonic() - coming.began, self.hidden(coming.why)
        return Answer(coming.status, kept, self._masked(pieces), ended, coming.fault, why, coming.tls)

    def _receive(self, coming: "_Coming", ask: Ask, url: str, headers: Mapping[str, str]) -> None:
        fault = why = ""
        meter = _Meter(ask)
        try:
            with self._connected(ask, url, headers) as response:
                coming.headers, coming.tls = response.headers, _tls(response)
                coming.status = response.status_code
                for chunk in response.iter_bytes():
                    if coming.left:
                        break
                    coming.pieces.append(Piece(time.monotonic() - coming.began, meter.taken(chunk)))
                    if meter.is_full:
                        fault, why = exchange.TOO_LONG, "the answer ran past the budget"
                        break
        except httpx2.TimeoutException:
            fault, why = exchange.NO_ANSWER, _too_late(ask, begun=bool(coming.pieces))
        except UnicodeEncodeError:
            fault, why = exchange.NO_CONNECTION, "the key has characters that no header can hold"
        except Exception as bad:  # noqa: BLE001 - whatever it is, somebody waits; a thread that dies writes a traceback
            fault, why = _fault(bad, begun=coming.status != 0)
        if not coming.left:
            coming.fault, coming.why = fault, why
        coming.over.set()

    @contextlib.contextmanager
    def _connected(self, ask: Ask, url: str, headers: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """The answer, of which the head is there: by a connection that is kept, as long as one of them is not closed.

        llama-server says that it keeps them, and closes some of them between two requests.
        """
        with contextlib.ExitStack() as open_until_read:
            while True:
                events: list[str] = []
                asked = self._client.stream(
                    ask.method,
                    url,
                    content=_content(ask),
                    headers=dict(headers),
                    timeout=ask.patience,
                    extensions={"trace": lambda name, _, told=events: told.append(name)},
                )
                try:
                    response = open_until_read.enter_context(asked)
                except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                    if _NEW_CONNECTION in events:
                        raise
                    continue
                break
            yield response

    def _masked(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """The pieces with stars where an endpoint repeats what is secret, also from one piece to the next."""
        whole = b"".join(piece.data for piece in pieces)
        hidden = self._hider.data(whole)
        if hidden == whole:
            return pieces
        masked, at = [], 0
        for piece in pieces:
            masked.append(Piece(piece.at, hidden[at : at + len(piece.data)]))
            at += len(piece.data)
        return tuple(masked)


class _Coming:
    """An answer, as far as it is there."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.tls = ""
        self.pieces: list[Piece] = []
        self.fault = ""
        self.why = ""
        self.over = threading.Event()
        self.left = False  # nobody waits for it any more


class _Meter:
    """How much of an answer has come, and whether that is more than was reckoned with."""

    def __init__(self, ask: Ask) -> None:
        self._most = MAX_BYTES if ask.body is not None else MAX_LIST
        self._tokens = ask.end if ask.body is not None and ask.body.get("stream") else None
        self._size = self._pieces = self._deltas = 0
        self._end = b""

    def taken(self, chunk: bytes) -> bytes:
        """What of this chunk is kept: what was packed may be a thousand times as large."""
        kept = chunk[: self._most - self._size + 1]
        around = self._end + kept
        self._deltas += around.count(_DELTA)
        self._end = around[-len(_DELTA) + 1 :]
        self._size += len(kept)
        self._pieces += 1
        return kept

    @property
    def is_full(self) -> bool:
        """Whether one hangs up: after a stream's text, or the bytes or pieces of anything."""
        if self._size > self._most or self._pieces >= MAX_PIECES:
            return True
        if self._tokens is None:
            return False
        tokens = max(self._deltas, (self._size - self._deltas * _AROUND_A_DELTA - _AROUND_ALL) / 4)
        return tokens > self._tokens


def _content(ask: Ask) -> bytes | None:
    if ask.body is None:
        return None
    # What a model says is handed back, half letters too: the client writes those as `\\udxxx`.
    return json.dumps(ask.body, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _too_late(ask: Ask, *, begun: bool) -> str:
    seconds = f"{ask.patience:g} s"
    return f"the answer is not whole after {seconds}" if begun else f"no answer within {seconds}"


def _tls(response: httpx2.Response) -> str:
    network = response.extensions.get("network_stream")
    found = network.get_extra_info("ssl_object") if network is not None else None
    return str(found.version() or "") if found is not None else ""


def _fault(bad: Exception, *, begun: bool) -> tuple[str, str]:
    if begun:
        return exchange.CUT, f"the answer breaks off ({type(bad).__name__})"
    cause: BaseException | None = bad
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            said = getattr(cause, "verify_message", "") or cause.reason or "the server does not speak TLS"
            return exchange.NO_TLS, f"no trusted connection: {printable(str(said))}"
        cause = cause.__cause__ or cause.__context__
    return exchange.NO_CONNECTION, f"cannot be reached ({_words(bad)})"


def _words(bad: Exception) -> str:
    """What was wrong, in the system's words where it has some."""
    cause: BaseException | None = bad
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(bad).__name__
