"""Whose an address is: the catalog's profile of its host and path. The name that a tool gave it says nothing."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cc_launcher.core.importing.provider import Provider
from cc_launcher.core.profile.apis import OPENAI
from cc_launcher.core.text import urls

ROUTER = "claude-code-router"
# What listens on a port by default. More than one program has some of these: that is asked.
_GUESSED = {8080: "llamacpp", 8000: "vllm", 1234: "lmstudio", 30000: "sglang", 4000: "litellm"}
_SURE = {11434: "ollama", 3456: ROUTER}
CLIENT = "anthropic"


@dataclass(frozen=True)
class Owner:
    """The profile of the catalog that an address belongs to."""

    name: str = ""  # none: an address of its own
    region: str = ""
    base_url: str = ""  # what has to be written, where it is not the catalog's
    guess: str = ""  # what this rests on, where it is not sure
    openai_only: bool = False


class Catalog:
    """The profiles of the catalog, by their addresses."""

    def __init__(self, profiles: Mapping[str, Provider]) -> None:
        self.profiles = profiles
        self._exact: dict[tuple[str, str], tuple[str, str]] = {}
        self._hosts: dict[str, list[str]] = {}
        self._openai: dict[str, str] = {}
        for name, profile in profiles.items():
            if profile.kind in {"local", "cloud"} or (profile.kind == "gateway" and name != ROUTER):
                continue
            addresses = [(profile.base_url or "", "")]
            addresses += [(region.base_url, place) for place, region in profile.regions.items()]
            for url, region in addresses:
                if not url or "{" in url:
                    continue
                if profile.api == OPENAI:
                    self._openai.setdefault(_host(url), name)
                else:
                    self._exact.setdefault(_parts(url), (name, region))
                    self._hosts.setdefault(_host(url), []).append(name)

    def owner(self, url: str, *, chat: bool = False, direct: bool = True) -> Owner:
        """Whose this address is: `chat` says that it is one of OpenAI's API, and not `direct` that it is that alone."""
        url = urls.tidy(url)
        host = _host(url)
        if not url or host == "api.anthropic.com":
            return Owner(CLIENT)
        exact = self._exact.get(_parts(url)) if direct else None
        if exact is not None:
            return Owner(*exact)
        if _is_near(host):
            near = self._near(url)
            return near if near.name or not chat else Owner(base_url=url, openai_only=True)
        names = sorted(set(self._hosts.get(host, ()))) if direct else []
        if chat and len(names) == 1:
            return Owner(names[0])
        upstream = self._openai.get(host, "") if not names else ""
        same = bool(upstream) and urls.tidy(self.profiles[upstream].base_url or "") == url
        if same or (chat and upstream):
            return Owner(upstream, base_url="" if same else url, openai_only=not same)
        return Owner(base_url=url, openai_only=chat)

    def _near(self, url: str) -> Owner:
        """A server on this machine or in the user's own network, by its port."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        name = _SURE.get(port) or _GUESSED.get(port, "")
        if not name or name not in self.profiles or parts.path.strip("/"):
            return Owner(base_url=url)
        usual = urls.tidy(self.profiles[name].base_url or "")
        here = urls.is_loopback(parts.hostname or "")
        sure = port in _SURE or not here
        guess = "" if sure else f"port {port} is {name}'s by default, and may be another program's"
        return Owner(name, base_url="" if url == usual else url, guess=guess)


def is_half_filled(url: str) -> bool:
    """Whether something in the address was never filled in."""
    return any(mark in url for mark in ("<", ">", "${", "YOUR", "{{")) or "your-" in url.lower()


def _is_near(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]") if not host.startswith("[") else host[1:].split("]", maxsplit=1)[0]
    if urls.is_loopback(name):
        return True
    try:
        return ipaddress.ip_address(name).is_private
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        return urls.host_of(url).lower()
    except ValueError:
        return ""


def _parts(url: str) -> tuple[str, str]:
    """The host and the path alone: http for https is no other provider."""
    parts = urlsplit(urls.tidy(url))
    return parts.netloc.lower(), parts.path.rstrip("/")
