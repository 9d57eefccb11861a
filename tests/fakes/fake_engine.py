"""A FAKE of the gateway's engine: it takes what `serve.py` takes, and answers with its process and what it was told.

It starts at once, and does what the name of a profile says: one called `bad` does not load, `loads` takes its
time for that, `dies` ends soon after.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, ClassVar


class Handler(http.server.BaseHTTPRequestHandler):
    """One answer."""

    told: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(2)
        told = {"pid": os.getpid(), "profiles": sorted(self.told["profiles"]), "secret": os.environ.get("A_KEY")}
        raw = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name is http.server's)
        """Say nothing."""


def main() -> None:
    """Serve until told to end."""
    serve, _, number, says, _ = sys.argv[-5:]
    Handler.told = json.loads(Path(os.environ["CC_RULES"]).read_text())
    if "bad" in Handler.told["profiles"]:
        os.write(int(says), b"fault BadRule: bad: rule x: this cannot be read\n")
        sys.exit(1)
    sys.path.insert(0, str(Path(serve).parent))
    import cc_orphan

    listening = socket.socket(fileno=int(number))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.daemon_threads = False
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    cc_orphan.watch(listening)
    time.sleep(3 if "loads" in Handler.told["profiles"] else 0)
    cc_orphan.serving.set()
    with contextlib.suppress(BrokenPipeError):  # our parent is gone, as serve.py finds it
        os.write(int(says), b"ready\n")
    os.close(int(says))
    if "dies" in Handler.told["profiles"]:
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
    server.serve_forever(0.02)
    server.server_close()  # waits for what is being answered


if __name__ == "__main__":
    main()
