"""What a session is offered: the profiles that it may ask, on which terms, as its server is told by arguments."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cc_launcher.core.ask import server
from cc_launcher.core.ask.amount import OF_SESSION, Limit
from cc_launcher.core.text.entry_points import CODE, PACKAGE

COMMAND = "__ask"  # of ours, which serves: see actions/ask_server.py
SERVE, CHILD = "serve", "child"


class Service(NamedTuple):
    """What the server of a session is started with. No secret is in it: it stands in an argument list."""

    profiles: Mapping[str, str]  # and what is said of each
    about: str  # how much a task may take, in words
    sealed: tuple[str, ...]  # those whose secret can be kept out of the environment
    limit: Limit  # of one task
    of_session: int = OF_SESSION  # as many times as much for all of them
    rates: Mapping[str, float] = MappingProxyType({})  # dollars for one unit of a currency
    allowed: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()  # variables that are for the session alone

    def encode(self) -> str:
        """As an argument."""
        return json.dumps(self._asdict() | {"rates": dict(self.rates)}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> "Service":
        """The same, read. ValueError, KeyError or TypeError where it is none."""
        about = json.loads(text)
        return cls(
            dict(about["profiles"]),
            str(about["about"]),
            tuple(about["sealed"]),
            Limit(*about["limit"]),
            int(about["of_session"]),
            dict(about["rates"]),
            tuple(about["allowed"]),
            tuple(about["taken_out"]),
        )


def arguments(service: Service, own_command: tuple[str, ...]) -> list[str]:
    """The client's arguments for a session that is offered this."""
    program, *rest = _quick(own_command)
    entry = {"type": "stdio", "command": program, "args": [*rest, COMMAND, SERVE, service.encode()]}
    config = json.dumps({"mcpServers": {server.SERVER: entry}}, ensure_ascii=False, separators=(",", ":"))
    # With `=`: each of the two takes what follows for more of its own. The user has allowed it by naming the profiles.
    return [f"--mcp-config={config}", f"--allowedTools={server.NAME}"]


def _quick(own_command: tuple[str, ...]) -> tuple[str, ...]:
    """Our command without `-m`, which would cost half a Python more."""
    return (*own_command[:2], "-c", CODE) if own_command[1:] == ("-P", "-m", PACKAGE) else own_command
