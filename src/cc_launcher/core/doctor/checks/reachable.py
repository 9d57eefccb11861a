"""Servers: the user's own are looked at; a provider only when somebody wants it."""

import ipaddress
from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import PROBLEM, Finding, found
from cc_launcher.core.text import urls

CODES = ("server-down",)
ONLINE = ("server-unreachable", "server-refuses")
_OF_NETWORKS = (".local", ".lan", ".internal", ".home", ".home.arpa", ".localdomain")


def check(seen: Examined) -> Iterator[Finding]:
    """Who takes connections."""
    for server in seen.servers:
        if not server.fault:
            continue
        what = f"{server.host}: {server.fault} ({', '.join(server.profiles)})"
        if server.private:
            yield found("server-down", what, level=PROBLEM if seen.named else "")
        else:
            yield found("server-unreachable", what)
    code, what, hint = seen.answer
    if code and not any(server.fault for server in seen.servers):
        yield found(code, what, hint=hint)


def is_private(host: str) -> bool:
    """Whether this is a server on this machine or in the user's own network, by its name or address."""
    if urls.is_loopback(host):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_OF_NETWORKS)
    return address.is_private or address.is_link_local
