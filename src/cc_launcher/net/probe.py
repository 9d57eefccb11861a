"""Send the requests of a probe, and keep what comes back: each piece with its time, and nothing that is secret.

Nothing is tried again, and no redirect is followed: both would hide a fault, and the second would hand on the key.
"""

import dataclasses
import json
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

from cc_launcher.core.probe import exchange
from cc_launcher.core.probe.exchange import Answer, Ask, Exchange, Piece
from cc_launcher.core.text import printable
from cc_launcher.net.fetch import stays_here

MAX_BYTES = 8 * 1024 * 1024  # of one answer
_DELTA = b'"content_block_delta"'
_AROUND_A_DELTA = 150  # bytes
_AROUND_ALL = 2_000  # bytes of a stream that are no text of the model's
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
        self._hidden = sorted({secret.encode() for secret in target.hidden if len(secret) > 3}, key=len, reverse=True)
        self._client = httpx2.Client(trust_env=not stays_here(target.base), follow_redirects=False)

    def close(self) -> None:
        """Hang up, wherever a request is."""
        self._client.close()

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
        began = time.monotonic()
        status, found, tls = 0, {}, ""
        pieces: list[Piece] = []
        fault = why = ""
        try:
            with self._client.stream(
                ask.method, url, content=_content(ask), headers=dict(headers), timeout=ask.patience
            ) as response:
                status, tls = response.status_code, _tls(response)
                found = {name.lower(): self._masked_text(value) for name, value in response.headers.items()}
                for chunk in response.iter_bytes():
                    now = time.monotonic() - began
                    pieces.append(Piece(now, chunk))
                    if _too_much(ask, pieces):
                        fault, why = exchange.TOO_LONG, "the answer is longer than what one wanted to pay for"
                        break
                    if now > ask.patience:
                        fault, why = exchange.NO_ANSWER, f"the answer is not whole after {ask.patience:.0f} s"
                        break
        except httpx2.TimeoutException:
            fault, why = exchange.NO_ANSWER, f"no answer within {ask.patience:.0f} s"
        except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError, RuntimeError) as bad:
            # The last ones: what the environment says of proxies and certificates cannot be used; we have hung up.
            fault, why = _fault(bad, begun=status != 0)
        kept = {name: _SHOWN_SECRET if name in _SECRET_HEADERS else value for name, value in found.items()}
        return Answer(status, kept, self._masked(pieces), time.monotonic() - began, fault, why, tls)

    def _masked(self, pieces: list[Piece]) -> tuple[Piece, ...]:
        """The pieces with stars where an endpoint repeats what is secret, also from one piece to the next."""
        whole = b"".join(piece.data for piece in pieces)
        if not any(secret in whole for secret in self._hidden):
            return tuple(pieces)
        for secret in self._hidden:
            whole = whole.replace(secret, b"*" * len(secret))
        masked, at = [], 0
        for piece in pieces:
            masked.append(Piece(piece.at, whole[at : at + len(piece.data)]))
            at += len(piece.data)
        return tuple(masked)

    def _masked_text(self, value: str) -> str:
        for secret in self._hidden:
            value = value.replace(secret.decode(), _SHOWN_SECRET)
        return value


def _content(ask: Ask) -> bytes | None:
    if ask.body is None:
        return None
    # What a model says is handed back, half letters too: the client writes those as `\\udxxx`.
    return json.dumps(ask.body, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _too_much(ask: Ask, pieces: list[Piece]) -> bool:
    """Whether more has come than was reckoned with: a stream's text, or the bytes of anything."""
    size = sum(len(piece.data) for piece in pieces)
    if size > MAX_BYTES:
        return True
    if ask.body is None or not ask.body.get("stream"):
        return False
    deltas = sum(piece.data.count(_DELTA) for piece in pieces)
    tokens = max(deltas, (size - deltas * _AROUND_A_DELTA - _AROUND_ALL) / 4)
    return tokens > ask.end


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
            said = getattr(cause, "verify_message", "") or cause.reason or "no TLS there"
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
