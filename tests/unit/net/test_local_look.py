"""A short look at servers on this machine: FAKE ones, all at once, and never past the time or off the machine."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from cc_launcher.core.models.server_look import judged
from cc_launcher.core.profile.state import ANSWERS, HAS_NOT
from cc_launcher.launch import server as quick
from cc_launcher.net import local_look
from tests.fakes.fake_ollama import FakeOllama
from tests.support import not_here

PATIENT = 10.0  # on a busy machine; a test asserts no time


@contextlib.contextmanager
def listening(family: int = socket.AF_INET, host: str = "127.0.0.1") -> Iterator[tuple[str, socket.socket]]:
    """Something that takes connections and says nothing."""
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind((host, 0))
        server.listen()
        yield str(server.getsockname()[1]), server


def nobody() -> str:
    """A port on which nobody listens."""
    with listening() as (port, _):
        return port


def test_all_are_asked_at_once_and_each_has_its_own_answer() -> None:
    with FakeOllama() as fake, listening() as (silent, _):
        fake.add("glm-4.7-flash")
        places = [("localhost", str(fake.port), "/api/tags"), ("127.0.0.1", silent, ""), ("127.0.0.1", nobody(), "/x")]
        said = local_look.look([*places, places[0]], PATIENT)
    assert list(said) == places
    answer = said[places[0]]
    assert answer is not None
    assert judged("ollama", "glm-4.7-flash", answer) == ANSWERS
    assert judged("ollama", "no-such-model", answer) == HAS_NOT
    assert (said[places[1]], said[places[2]]) == (b"", None)


def test_one_that_is_silent_is_left_when_the_time_is_up() -> None:
    with listening() as (port, _):
        place = ("127.0.0.1", port, "/v1/models")
        begun = time.monotonic()
        assert local_look.look([place], 0.05) == {place: b""}
        assert time.monotonic() - begun < PATIENT


def test_what_trickles_in_is_what_was_said_so_far() -> None:
    with listening() as (port, server):

        def trickle() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(1000)
                for letter in b"HTTP/1.1 200 OK\r\n\r\n" * 1000:
                    connection.send(bytes([letter]))
                    time.sleep(0.001)

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        said = local_look.look([("127.0.0.1", port, "/x")], 0.2)["127.0.0.1", port, "/x"]
        assert said is not None
        assert said.startswith(b"HTTP/1.1"[: len(said)])


def test_a_server_that_has_only_the_newer_kind_of_address_is_found() -> None:
    if not socket.has_ipv6:
        not_here("no IPv6 here")
    try:
        with listening(socket.AF_INET6, "::1") as (port, _):
            assert local_look.look([("localhost", port, "")], PATIENT) == {("localhost", port, ""): b""}
    except OSError:
        not_here("no IPv6 here")


@pytest.mark.parametrize("host", ["example.com", "192.0.2.1", "10.0.0.1", "0.0.0.0", "2001:db8::1", ""])
def test_no_other_host_is_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_look, "_socket", None)  # whatever wants to connect needs it
    monkeypatch.setattr(quick, "addresses", lambda _: [(socket.AF_INET, host)])
    assert local_look.look([(host, "80", "/")]) == {(host, "80", "/"): None}


def test_a_name_is_not_looked_up() -> None:
    assert local_look.look([("127.0.0.1.nip.io", "80", "/")]) == {("127.0.0.1.nip.io", "80", "/"): None}


@pytest.mark.parametrize("port", ["0", "99999999", "-1"])
def test_a_port_that_cannot_be_is_nobodys(port: str) -> None:
    assert local_look.look([("127.0.0.1", port, "")]) == {("127.0.0.1", port, ""): None}


def test_a_connection_that_is_reset_is_no_error() -> None:
    with listening() as (port, server):

        def reset() -> None:
            connection, _ = server.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

        threading.Thread(target=reset, daemon=True).start()
        assert local_look.look([("127.0.0.1", port, "/x")], PATIENT)["127.0.0.1", port, "/x"] in {b"", None}
