"""A probe's connections: one that the server has closed meanwhile is no answer, and one that it closes at once is."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from cc_launcher.core.probe import exchange
from cc_launcher.core.probe.exchange import Ask
from cc_launcher.net.probe_sender import Sender, Target

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\n\r\n{}"


def read(connection: socket.socket) -> None:
    """A whole request."""
    with connection.makefile("rb") as lines:
        length = 0
        while (line := lines.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        lines.read(length)


@contextmanager
def serving(conversation: Callable[[socket.socket, int], None]) -> Iterator[Sender]:
    """A server that has one of these with each connection, which are counted, and who sends to it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                for number in range(100):
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        conversation(connection, number)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        sender = Sender(Target(url, url, "none", "no-key", {}, by_proxy=False))
        try:
            yield sender
        finally:
            sender.close()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("body", [None, {"model": "m"}])
def test_a_kept_connection_that_the_server_has_closed_is_no_fault(body: dict[str, str] | None) -> None:
    def one_answer(connection: socket.socket, _: int) -> None:
        read(connection)
        connection.sendall(ANSWER)
        read(connection)  # the next request, to which nothing comes

    with serving(one_answer) as sender:
        for _ in range(3):
            answer = sender.send(Ask(body)).answer
            assert (answer.status, answer.fault) == (200, "")


def test_a_new_connection_that_the_server_closes_without_an_answer_is_one() -> None:
    connections: list[int] = []

    def nothing(connection: socket.socket, number: int) -> None:
        connections.append(number)
        read(connection)

    with serving(nothing) as sender:
        answer = sender.send(Ask({"model": "m"})).answer
        assert (answer.status, answer.fault) == (0, exchange.NO_CONNECTION)
    assert connections == [0]
