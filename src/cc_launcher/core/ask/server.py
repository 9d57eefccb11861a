"""The Model Context Protocol, as far as one tool needs it: JSON-RPC, a message in a line.

By hand: the official library takes longer to import than everything else together (docs/explanation/design.md).
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

SERVER, TOOL = "cc", "ask"
LONGEST = 16 * 1024 * 1024  # bytes of a message
NAME = f"mcp__{SERVER}__{TOOL}"  # as the client calls it
_PROTOCOL = "2025-06-18"  # the newest one that this speaks; a client that speaks another one says so, and is followed
_INVALID, _NO_METHOD, _BROKEN = -32602, -32601, -32700


class Call(NamedTuple):
    """Somebody calls the tool."""

    id: Any
    profile: str
    task: str
    write: bool
    token: Any = None  # with which progress is told
    tool_use: str = ""  # the number of the call in the session


class Cancelled(NamedTuple):
    """Somebody no longer waits for an answer."""

    id: Any


class Server:
    """What is answered to each message."""

    def __init__(self, profiles: Mapping[str, str], about: str, version: str) -> None:
        self.profiles = profiles  # that may be asked, with what is said of each
        self.about = about  # how much a task may take
        self.version = version
        self.out: list[bytes] = []  # lines to be written

    def hear(self, line: bytes) -> Call | Cancelled | None:
        """A message; what is to be done, beside what is answered at once."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            self._send({"id": None, "error": {"code": _BROKEN, "message": "not JSON"}})
            return None
        if not isinstance(said, dict):
            return None
        method, params = said.get("method"), said.get("params")
        params = params if isinstance(params, dict) else {}
        if method == "notifications/cancelled":
            return Cancelled(params.get("requestId"))
        if "id" not in said or not isinstance(method, str):
            return None  # a notification, or an answer to what we have not asked
        if method == "tools/call":
            return self._called(said["id"], params)
        known = {"initialize": self._welcome, "tools/list": self._tools, "ping": _nothing}.get(method)
        if known is None:
            self._send({"id": said["id"], "error": {"code": _NO_METHOD, "message": f"no such method: {method[:80]}"}})
        else:
            self._send({"id": said["id"], "result": known(params)})
        return None

    def answer(self, call_id: Any, text: str, *, is_error: bool) -> None:
        """The result of a call."""
        result = {"content": [{"type": "text", "text": text}], "isError": is_error}
        self._send({"id": call_id, "result": result})

    def progress(self, token: Any, number: int, text: str) -> None:
        """How far a call is."""
        params = {"progressToken": token, "progress": number, "message": text}
        self._send({"method": "notifications/progress", "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        self.out.append(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def _called(self, call_id: Any, params: dict[str, Any]) -> Call | None:
        given = params.get("arguments")
        given = given if isinstance(given, dict) else {}
        about = params.get("_meta")
        about = about if isinstance(about, dict) else {}
        profile, task, write = given.get("profile"), given.get("task"), given.get("write", False)
        names = ", ".join(self.profiles)
        if params.get("name") != TOOL:
            self._send({"id": call_id, "error": {"code": _INVALID, "message": f"the only tool is {TOOL}"}})
        elif not isinstance(profile, str) or profile not in self.profiles:
            self.answer(call_id, f"profile has to be one of: {names}", is_error=True)
        elif not isinstance(task, str) or not task.strip():
            self.answer(call_id, "task is empty: say what is to be done", is_error=True)
        elif not isinstance(write, bool):
            self.answer(call_id, "write has to be true or false", is_error=True)
        else:
            use = about.get("claudecode/toolUseId")
            tool_use = use if isinstance(use, str) else ""
            return Call(call_id, profile, task, write, about.get("progressToken"), tool_use)
        return None

    def _welcome(self, params: dict[str, Any]) -> dict[str, Any]:
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if isinstance(asked, str) else _PROTOCOL,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": SERVER, "title": "cc ask", "version": self.version},
        }

    def _tools(self, _: dict[str, Any]) -> dict[str, Any]:
        known = "\n".join(f"- {name}: {about}" for name, about in self.profiles.items())
        text = (
            "Give one task to another model, on another provider, and get its answer. Use it where the user asks for "
            "it, for a second opinion, or for work that a cheaper model can do as well. It sees the files of this "
            "project and nothing of this conversation: say all that it needs to know, and which files matter. It can "
            f"ask nothing back. Several tasks can run at once. {self.about}\n\n{known}"
        )
        write = (
            "true: it may change files, in a git work tree of its own; the result names the branch. "
            "Changes here that are in no commit are not seen there"
        )
        properties = {
            "profile": {"type": "string", "enum": list(self.profiles), "description": "who is to do it"},
            "task": {"type": "string", "description": "what is to be done, with all that one needs to know for it"},
            "write": {"type": "boolean", "default": False, "description": write},
        }
        schema = {"type": "object", "properties": properties, "required": ["profile", "task"]}
        # Measured on 2.1.332: without the mark, the tool is not in the first request, and has to be searched for.
        marks = {"anthropic/alwaysLoad": True}
        hints = {"title": "Ask another model", "openWorldHint": True, "destructiveHint": False}
        tool = {"name": TOOL, "description": text, "inputSchema": schema, "annotations": hints, "_meta": marks}
        return {"tools": [tool]}


def _nothing(_: dict[str, Any]) -> dict[str, Any]:
    return {}
