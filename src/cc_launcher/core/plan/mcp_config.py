"""What a launch hands over with `--mcp-config`. No secret is in it: a command is, which fetches one for its server."""

import json
from typing import Any

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.plan import MCP, Slot
from cc_launcher.core.plan.machine import Machine, McpFile
from cc_launcher.core.profile import mcp_servers
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import printable
from cc_launcher.core.text.quote import posix

COMMAND = "__mcp"  # of ours, which fetches the secret for a server: see secrets/mcp_server.py
_OPTION = "--mcp-config="  # with `=`: without it, the option takes the user's prompt for another file (measured)


def arguments(profile: Profile, machine: Machine) -> tuple[str, ...]:
    """The client's arguments. Servers that a user names with the same option are added, those of settings, too."""
    found = [f"{_OPTION}{machine.mcp_file.path}"] if machine.mcp_file else []
    if profile.mcp_servers:
        servers = {name: _entry(server, machine.own_command) for name, server in profile.mcp_servers.items()}
        found.append(_OPTION + json.dumps({"mcpServers": servers}, ensure_ascii=False, separators=(",", ":")))
    return tuple(found)


def _entry(server: mcp_servers.McpServer, own_command: tuple[str, ...]) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": server.kind}
    if server.url is not None:
        entry["url"] = server.url
        if server.headers:
            entry["headers"] = server.headers
        if server.secret_headers:
            # Measured on 2.1.72 and 2.1.329: run by sh without a terminal, before anything is sent; 10 s at most.
            parts = [
                part
                for name, about in server.secret_headers.items()
                for part in (name, about.prefix or "", about.user or "", about.secret)
            ]
            entry["headersHelper"] = posix([*own_command, COMMAND, "headers", server.place, *parts])
        return entry
    argv = [server.command or "", *server.args]
    if server.secret_env:
        parts = [part for pair in server.secret_env.items() for part in pair]
        argv = [*own_command, COMMAND, "exec", *parts, "--", *argv]
    return entry | {"command": argv[0], "args": argv[1:]} | ({"env": server.env} if server.env else {})


def slots(resolved: Resolved, machine: Machine) -> tuple[Slot, ...]:
    """The secrets of the profile's servers: tried before the client starts, then fetched by each server's own entry."""
    return tuple(
        Slot(
            reference=str(slot.reference),
            delivery=MCP,
            name=slot.label,
            read=slot.reference.read(machine.tools),
            hint=slot.reference.kept_by.keep(slot.reference.name, f"{resolved.name} --mcp {slot.label}"),
        )
        for slot in mcp_servers.slots_of(resolved.profile.mcp_servers)
    )


def read_file(text: str, path: str, shown: str) -> McpFile:
    """A file of servers, as far as a launch has to know it. The client itself reads the rest."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as bad:
        where = f" (line {bad.lineno})" if isinstance(bad, json.JSONDecodeError) else ""
        raise CcError(f"{shown}: not JSON{where}", "fix it: the client would not start with it", code=INVALID) from None
    servers = content.get("mcpServers") if isinstance(content, dict) else None
    if not isinstance(servers, dict) or not all(isinstance(server, dict) for server in servers.values()):
        raise CcError(f"{shown}: has no mcpServers", 'it should look like {"mcpServers": {"NAME": {…}}}', code=INVALID)
    taken = mcp_servers.takes_credentials(text)
    if taken:
        raise CcError(
            f"{shown}: takes {taken[0]} of the session, which is another server's credential",
            "take it out: [mcp_servers.NAME] in a profile keeps a secret for each server",
            code=INVALID,
        )
    clear = [f"{printable(name)}: {printable(what)}" for name, server in servers.items() for what in _in_clear(server)]
    note = (
        f"{shown}: holds what looks like a secret in clear text ({', '.join(clear)}); [mcp_servers.NAME] keeps it out"
    )
    found = tuple((printable(name), printable(_where(server))) for name, server in servers.items())
    return McpFile(path, shown, found, (note,) if clear else ())


def _where(server: dict[str, Any]) -> str:
    return str(server.get("url") or server.get("command") or "")


def _in_clear(server: dict[str, Any]) -> list[str]:
    """The names of headers and variables that probably hold a secret, and do not take it from a variable."""
    found = []
    for key in ("headers", "env"):
        values = server.get(key)
        for name, value in values.items() if isinstance(values, dict) else ():
            if mcp_servers.sounds_secret(name) and isinstance(value, str) and value and "${" not in value:
                found.append(name)
    return found
