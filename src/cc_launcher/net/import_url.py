"""A bundle at an address that somebody typed: https alone, small, and from no other host than the named one."""

import hashlib
import re
import threading
from typing import NamedTuple
from urllib.parse import urljoin

from cc_launcher.core.errors import INVALID, REFUSED, UNREACHABLE, USAGE, CcError
from cc_launcher.core.importing import bundle as documents
from cc_launcher.core.importing import keys
from cc_launcher.core.text import printable, urls
from cc_launcher.launch import waiting

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


def shown(url: str) -> str:
    """The address for people: what stands behind a question mark may be a secret."""
    return re.split(r"[?#]", url)[0]


def read(url: str, digest: str = "", patience: float = _PATIENCE) -> Fetched:
    """The text at this address. No key goes along, and a redirect is followed on the same host alone."""
    if not url.lower().startswith("https://"):
        raise CcError("cc import: only https:// addresses are asked", "anybody on the way can change http", code=USAGE)
    url = f"https://{url[len('https://') :]}".partition("#")[0]
    try:
        urls.check(url.partition("?")[0])
    except urls.BadUrl as bad:
        raise CcError(f"cc import: the address {bad.reason}", bad.hint, code=USAGE) from None
    host = urls.host_of(url)
    content = _in_time(url, host, patience)
    found = hashlib.sha256(content).hexdigest()
    if digest and digest.lower().removeprefix("sha256:") != found:
        what = f"{host}: the content is not that of this digest: it is sha256:{found}"
        raise CcError(what, "ask the one who gave you the digest what has changed", code=REFUSED)
    try:
        return Fetched(content.decode("utf-8-sig").replace("\r\n", "\n"), host, found)
    except UnicodeDecodeError:
        raise CcError(f"{host}: what is there is not text", "look at the address", code=UNREACHABLE) from None


def bundle(url: str, digest: str = "") -> Fetched:
    """The bundle that is there. Nothing else is taken from an address: it could name files and variables of ours."""
    found = read(url, digest)
    if not documents.is_one(found.text):
        what = "a web page" if found.text.lstrip()[:1] == "<" else "no bundle of cc export"
        hint = "the address of the file itself is wanted; any other file: save it, look at it, cc import FILE"
        raise CcError(f"{shown(url)}: what is there is {what}", hint, code=INVALID)
    return found


def refuse_secret(url: str) -> None:
    """Refuse an address that is to be remembered, and has what is most likely a secret in it."""
    for pair in url.partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        if keys.is_secret_name(name) or keys.is_shaped_like_one(value):
            what = "cc import --follow: this address has what looks like a secret in it, and it would be kept in a file"
            raise CcError(what, "cc import URL takes it once; or follow an address without a key", code=REFUSED)


def _in_time(url: str, host: str, patience: float) -> bytes:
    """What is there. A server that sends a byte now and then is not waited for: it may do so before it answers, too."""
    done: list[bytes | CcError] = []

    def ask() -> None:
        try:
            done.append(_content(url, host, patience))
        except CcError as error:
            done.append(error)
        except Exception as bad:  # noqa: BLE001 - nobody would see it: what a thread raises goes to standard error
            done.append(_refused(host, f"cannot be read ({type(bad).__name__})"))

    asking = threading.Thread(target=ask, daemon=True)  # which goes with the program, if nobody answers
    with waiting.on(host):
        asking.start()
        asking.join(patience)
    if not done:
        raise _refused(host, "takes too long")
    if isinstance(done[0], CcError):
        raise done[0]
    return done[0]


def _content(url: str, host: str, patience: float) -> bytes:
    import httpx2  # noqa: PLC0415 - it takes 100 ms, which only who fetches pays

    # Packed content is refused: a few bytes of it stand for gigabytes.
    headers = {"Accept-Encoding": "identity", "Accept": "application/toml, text/plain, */*"}
    try:
        for _ in range(_HOPS):
            with httpx2.stream("GET", url, headers=headers, timeout=patience, follow_redirects=False) as answer:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers.get("location", ""))
                    if urls.host_of(url) != host or not url.startswith("https://"):
                        raise _refused(host, f"leads to another host: {urls.host_of(url)}")
                    continue
                if answer.status_code != 200:
                    raise _refused(host, f"answers {answer.status_code}")
                if answer.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
                    raise _refused(host, "sends packed content, which was not asked for")
                content = b""
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > MAX_BYTES:
                        raise _refused(host, "sends more than 64 KiB, which no bundle has")
                return content
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as bad:
        raise _refused(host, f"cannot be reached ({type(bad).__name__})") from None
    raise _refused(host, "redirects without an end")


def _refused(host: str, why: str) -> CcError:
    return CcError(printable(f"{host} {why}"), "nothing was imported", code=UNREACHABLE)
