"""A fake internet: a proxy on a loopback port that answers for every host itself, over TLS. Nothing leaves the machine.

A program that is given it as its HTTPS_PROXY, and its authority in NODE_EXTRA_CA_CERTS, talks to its hosts as ever, and
every request is kept with the whole address in the place of its path. Each host speaks the Messages API, as the fake
provider does, at any path.
"""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from tests.fakes.fake_provider import FakeProvider, Handler, Script, pong


class FakeInternet(FakeProvider):
    """Every host there is, while its context is open."""

    def __init__(self, directory: Path, script: Script = pong) -> None:
        super().__init__(script)
        self.origins: set[str] = set()  # the scheme and the host of whatever was called
        self.authority = directory / "authority.pem"
        _authority().cert_pem.write_to_path(str(self.authority))

    def handler(self) -> type[Handler]:
        return _Proxy

    def environment(self) -> dict[str, str]:
        """What makes a program take this for the internet. Nothing is left out, this machine neither."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), self.url)
        return {**proxies, "NO_PROXY": "", "NODE_EXTRA_CA_CERTS": str(self.authority)}


def origin(url: str) -> str:
    """The scheme and the host of an address, with its port where that is not the usual one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Proxy(Handler):
    """What a program says to its proxy, and after CONNECT, what it says to the host behind it."""

    origin = ""

    def answer(self) -> None:
        self.path = self.origin + self.path  # plain HTTP comes with the whole address
        self.called(origin(self.path))
        super().answer()

    def connect(self) -> None:
        host, _, port = self.path.rpartition(":")
        self.origin = f"https://{host}" if port == "443" else f"https://{self.path}"
        self.called(self.origin)  # also where nothing comes of it
        self.send_response_only(200)
        self.end_headers()
        self.request = _context(host).wrap_socket(self.request, server_side=True)
        self.setup()  # from here on it is the host that is spoken to
        self.close_connection = False

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 (as in Handler)
    do_CONNECT = connect  # noqa: N815

    def called(self, address: str) -> None:
        internet = self.server.owner
        assert isinstance(internet, FakeInternet)
        internet.origins.add(address)

    def finish(self) -> None:
        super().finish()
        self.request.close()


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def _context(host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert(host).configure_cert(context)
    return context
