"""What may be a base URL, and the corrections that need no question."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_ALLOWED = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%{}-]*")
OWN_ADDRESS = "https://api.anthropic.com"  # the client's, when a profile names none
PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")  # `{account}` in a URL
_OF_CHAT = re.compile(r"/+chat/+completions$")
_SUPERFLUOUS = re.compile(r"(?<=[^/:])/*(/v1(/messages)?)+$")  # of a path: a host may be called v1


class BadUrl(ValueError):
    """A base URL that is refused: the reason, and the nearest right spelling. Neither repeats what may be a secret."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def check(url: str) -> None:
    """Refuse what cannot be a base URL, before any other profile key is known."""
    if not url:
        raise BadUrl("is empty", "leave the key out to use the client's own address")
    if any(char.isspace() for char in url):
        raise BadUrl("contains blanks", "write it without blanks")
    if not _ALLOWED.fullmatch(url):
        raise BadUrl(
            "contains characters that a URL cannot have",
            "write the host in ASCII (punycode) and escape the rest with %",
        )
    if "://" not in url:
        guess = "http" if is_loopback(url.split("/", maxsplit=1)[0].rsplit(":", 1)[0]) else "https"
        raise BadUrl(f"does not begin with {guess}://", f"put {guess}:// in front of it")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadUrl("is not a URL", "write it as https://HOST/PATH") from None
    if parts.scheme not in {"http", "https"}:
        raise BadUrl(f"has the scheme {parts.scheme!r}", "only https:// and http:// work")
    if "@" in parts.netloc:
        raise BadUrl("contains a user name or a password", "keep the secret with `secret = ...` and leave it out here")
    if not host:
        raise BadUrl("has no host", "write it as https://HOST/PATH")
    if "?" in url or "#" in url:
        raise BadUrl("has a query or fragment", "write " + re.split(r"[?#]", url)[0])


def without_user(url: str) -> str:
    """The URL to be shown, without the user name and the password that may stand in one of somebody else's."""
    return re.sub(r"//[^/]*@", "//", url)


def filled(url: str, values: Mapping[str, str]) -> str:
    """The URL with values in the place of its parameters; one without a value becomes its own name."""
    return PARAMETER.sub(lambda match: values.get(match[1], match[1]), url)


def filled_where_known(text: str, values: Mapping[str, str]) -> str:
    """The text with values in the place of those parameters that have one; other braces stay."""
    return PARAMETER.sub(lambda match: values.get(match[1], match[0]), text)


def check_plain(url: str, *, plain_http: bool, sends: str = "the secret", key: str = "plain_http") -> None:
    """Refuse to send a secret over the network in clear text, unless the profile says that it is the user's own."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not plain_http and not is_loopback(parts.hostname or ""):
        raise BadUrl(
            f"is plain http to a host that is not this machine, which sends {sends} in clear text",
            f"write https://{url.removeprefix('http://')}, or add `{key} = true` for a server in your own network",
        )


def tidy(url: str) -> str:
    """The URL as the client wants it: it appends `/v1/messages` itself."""
    return _SUPERFLUOUS.sub("", url.rstrip("/")).rstrip("/")


def tidy_openai(url: str) -> str:
    """The URL of OpenAI's API as a gateway wants it: it appends `/chat/completions` itself, but no `/v1`."""
    return _OF_CHAT.sub("", url.rstrip("/")).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether requests to this host stay on this machine."""
    host = host.strip("[]").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Where a URL leads, without the path: what is sent to another origin is sent to somebody else."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def host_of(url: str) -> str:
    """The host, with its port where one is written."""
    return urlsplit(url).netloc


def host_shown(url: str) -> str:
    """The host of what may be no URL at all, without a user name and a password; nothing where there is none."""
    try:
        return host_of(url).rpartition("@")[2]
    except ValueError:
        return ""


def name_of(url: str) -> str:
    """The host's name alone."""
    return (urlsplit(url).hostname or "").lower()
