"""A bundle at an address that somebody typed: https alone, small, and from no other host than the named one."""

import hashlib
import time
from typing import NamedTuple
from urllib.parse import urljoin

from cc_launcher.core.errors import REFUSED, UNREACHABLE, USAGE, CcError
from cc_launcher.core.text import urls

MAX_BYTES = 64 * 1024
_PATIENCE = 20.0  # seconds, for all of it
_HOPS = 3


class Fetched(NamedTuple):
    """What was there."""

    text: str
    host: str
    digest: str


def is_url(word: str) -> bool:
    """Whether this is an address of the web."""
    return word.lower().startswith(("https://", "http://"))


def read(url: str, digest: str = "") -> Fetched:
    """The text at this address. No key goes along, and a redirect is followed on the same host alone."""
    if not url.lower().startswith("https://"):
        raise CcError("cc import: only https:// addresses are asked", "anybody on the way can change http", code=USAGE)
    try:
        urls.check(url.partition("?")[0])
    except urls.BadUrl as bad:
        raise CcError(f"cc import: the address {bad.reason}", bad.hint, code=USAGE) from None
    host = urls.host_of(url)
    content = _content(url, host)
    found = hashlib.sha256(content).hexdigest()
    if digest and digest.lower().removeprefix("sha256:") != found:
        what = f"{host}: the content is not that of this digest: it is sha256:{found}"
        raise CcError(what, "ask the one who gave you the digest what has changed", code=REFUSED)
    try:
        return Fetched(content.decode("utf-8-sig").replace("\r\n", "\n"), host, found)
    except UnicodeDecodeError:
        raise CcError(f"{host}: what is there is not text", "look at the address", code=UNREACHABLE) from None


def _content(url: str, host: str) -> bytes:
    import httpx2  # noqa: PLC0415 - it takes 100 ms, which only who fetches pays

    ends = time.monotonic() + _PATIENCE
    try:
        for _ in range(_HOPS):
            with httpx2.stream("GET", url, timeout=_PATIENCE, follow_redirects=False) as answer:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers.get("location", ""))
                    if urls.host_of(url) != host or not url.startswith("https://"):
                        raise _refused(host, f"leads to another host: {urls.host_of(url)}")
                    continue
                if answer.status_code != 200:
                    raise _refused(host, f"answers {answer.status_code}")
                content = b""
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > MAX_BYTES:
                        raise _refused(host, "sends more than 64 KiB, which no bundle has")
                    if time.monotonic() > ends:
                        raise _refused(host, "takes too long")
                return content
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as bad:
        raise _refused(host, f"cannot be reached ({type(bad).__name__})") from None
    raise _refused(host, "redirects without an end")


def _refused(host: str, why: str) -> CcError:
    return CcError(f"{host} {why}", "nothing was imported", code=UNREACHABLE)
