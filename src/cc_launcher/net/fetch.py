"""Ask a server for JSON: within a time, up to a size, and never from another host than the one that was asked."""

import json
import os
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cc_launcher.core.text import urls
from cc_launcher.launch import waiting

MAX_BYTES = 32 * 1024 * 1024  # the longest list of models that is known is a tenth of it
UNAUTHORIZED = (401, 403)
_NONE: Mapping[str, str] = MappingProxyType({})
_OFFLINE = "CC_OFFLINE"  # set to anything: nobody is asked who was not named on the command line


def offline() -> bool:
    """Whether nobody is to be asked for what can be done without."""
    return bool(os.environ.get(_OFFLINE))


class NoAnswer(Exception):
    """Why there is no answer to use: a reason in words, and the status when there was one."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def as_json(
    url: str, *, patience: float, headers: Mapping[str, str] = _NONE, body: object = None, method: str = ""
) -> Any:
    """The JSON that is at this address. With a body, it is posted. `patience` bounds all of it, in seconds."""
    import httpx2  # noqa: PLC0415 - it takes 100 ms, which who only wants to know NoAnswer does not pay

    ends = time.monotonic() + patience
    try:
        # A redirect is not followed: the headers, which may hold a secret, would go along.
        with (
            waiting.on(_host(url)),
            httpx2.stream(
                method or ("GET" if body is None else "POST"),
                url,
                headers=dict(headers),
                timeout=patience,
                follow_redirects=False,
                json=body,
                trust_env=not stays_here(url),
            ) as answer,
        ):
            content = b""
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise NoAnswer("the answer does not end")
                if time.monotonic() > ends:
                    raise NoAnswer("the answer takes too long")
    except httpx2.TimeoutException:
        raise NoAnswer("no answer in time") from None
    except UnicodeEncodeError:
        raise NoAnswer("the secret has characters that no header can hold") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as bad:
        # The last three: what the environment says of proxies and certificates cannot be used.
        raise NoAnswer(f"cannot be reached ({type(bad).__name__})") from None
    if answer.status_code != 200:
        raise NoAnswer(f"answers {answer.status_code}", answer.status_code)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NoAnswer("does not answer with JSON") from None


def _host(url: str) -> str:
    """Who is asked, as far as the address says it. The rest of it may hold a secret."""
    try:
        return urls.name_of(url)
    except ValueError:
        return "an answer"


def stays_here(url: str) -> bool:
    """Whether this goes to a server of this machine in clear text, which no proxy is to see."""
    try:
        return url.startswith("http://") and urls.is_loopback(urls.name_of(url))
    except ValueError:
        return False
