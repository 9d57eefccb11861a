"""A fake MCP server of one tool, `ask`, which runs a command with the task behind it: a second provider at hand.

It is no part of cc: it is there to see what the client lets such a server do. It keeps all that it is told, in files of
one directory: `environ`, `messages` (a line each: a message of the client's, a signal, the end of its input), `child`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

TOOL = "ask"
STEP = "a-step-of-the-second"  # what each notification of progress begins with
_SCHEMA = {"type": "object", "properties": {"task": {"type": "string"}}, "required": ["task"]}


class Asking:
    """The server, over standard streams."""

    def __init__(self, directory: Path, command: list[str]) -> None:
        self.directory = directory
        self.command = command
        self.child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def note(self, **what: object) -> None:
        """Keep a line."""
        with (self.directory / "messages").open("a") as file:
            file.write(f"{json.dumps(what)}\n")

    def send(self, message: dict[str, Any]) -> None:
        """Say something to the client."""
        with self._lock, suppress(OSError):
            sys.stdout.write(f"{json.dumps({'jsonrpc': '2.0', **message})}\n")
            sys.stdout.flush()

    def serve(self) -> None:
        """Until the client is gone."""
        for line in sys.stdin:
            message = json.loads(line)
            self.note(method=message.get("method", ""))
            if message.get("method") == "notifications/cancelled":
                self.end_child()
            if "id" in message and "method" in message:
                self.answer(message)
        self.note(end="of input")
        self.end_child()

    def answer(self, message: dict[str, Any]) -> None:
        """What is asked is answered at once, but for the tool: that has a thread."""
        params = message.get("params", {})
        result: dict[str, Any] = {}
        match message["method"]:
            case "initialize":
                result = {
                    "protocolVersion": params.get("protocolVersion", "2025-06-18"),
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "asking", "version": "1"},
                }
            case "tools/list":
                result = {"tools": [{"name": TOOL, "description": "give a task away", "inputSchema": _SCHEMA}]}
            case "tools/call":
                threading.Thread(target=self.ask, args=(message["id"], params), daemon=True).start()
                return
        self.send({"id": message["id"], "result": result})

    def ask(self, number: object, params: dict[str, Any]) -> None:
        """Run the command, tell of each of its lines, and give its last one back."""
        argv = [*self.command, params["arguments"]["task"]]
        options: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "start_new_session": True, "text": True}
        self.child = subprocess.Popen(argv, cwd=self.directory, **options)
        (self.directory / "child").write_text(str(self.child.pid))
        last, token = "", params.get("_meta", {}).get("progressToken")
        for count, line in enumerate(self.child.stdout or (), 1):
            last = line
            if token is not None:
                step = {"progressToken": token, "progress": count, "message": f"{STEP} {count}"}
                self.send({"method": "notifications/progress", "params": step})
        self.child.wait()
        self.send({"id": number, "result": {"content": [{"type": "text", "text": last}]}})

    def end_child(self) -> None:
        """The child is in a session of its own: nobody else ends it."""
        if self.child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)


def main(directory: str, command: list[str]) -> None:
    """Serve until the client goes, or says so by a signal."""
    server = Asking(Path(directory), command)
    (server.directory / "environ").write_text(json.dumps(dict(os.environ)))

    def told(number: int, _: object) -> None:
        server.note(signal=signal.Signals(number).name)
        server.end_child()
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, told)
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
