"""`cc __ask serve TERMS`: the server of the tool `ask`, which the client of a session starts and ends.

It ends with its session, and its tasks with it, whatever ends that. Measured on 2.1.72 and 2.1.332: where the session
ends, SIGINT comes at once, SIGTERM after 0.1 seconds, SIGKILL after 0.5; where it is killed, standard input closes.

A session waits for its servers, so until something is asked no more is imported than it takes to say what there is.
"""

import os

from cc_launcher import __version__
from cc_launcher.core.ask.offer import Service
from cc_launcher.core.ask.server import LONGEST, Call, Server
from cc_launcher.core.errors import CcError

_PIECE = 64 * 1024


def main(args: list[str]) -> int:
    """Serve until the session ends."""
    try:
        service = Service.decode(args[0])
    except (IndexError, ValueError, KeyError, TypeError):
        raise CcError("usage: cc __ask serve TERMS", "cc run --with calls it by itself") from None
    server = Server(service.profiles, service.about, __version__)
    try:
        call, rest = _first_call(server)
    except KeyboardInterrupt:
        return 0
    if call is not None:
        from cc_launcher.actions import ask_desk

        ask_desk.served(service, server, call, rest)
    return 0


def _first_call(server: Server) -> tuple[Call | None, bytes]:
    """What is asked first, and what was read beyond it; nothing where the session ends before that."""
    line = b""
    while piece := os.read(0, _PIECE):
        line += piece
        while b"\n" in line:
            message, _, line = line.partition(b"\n")
            found = server.hear(message) if message.strip() else None
            _write(server)
            if isinstance(found, Call):
                return found, line
        if len(line) > LONGEST:
            break
    return None, b""


def _write(server: Server) -> None:
    for said in server.out:
        left = memoryview(said)
        while left:
            left = left[os.write(1, left) :]
    server.out.clear()
