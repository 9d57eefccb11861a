"""The small parent of the gateway's engine, with a FAKE engine that starts at once.

Its processes, sockets and signals are real; so is what an engine does when its parent is killed (`cc_orphan.py`).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.actions import gateway_daemon
from cc_launcher.core.errors import UNREACHABLE, CcError
from cc_launcher.files import gateway_log, gateway_places
from cc_launcher.files.gateway_engine import Engine
from cc_launcher.launch import gateway_port
from cc_launcher.net import gateway_control
from tests.gateways.running import processes, wait_for
from tests.support import console_script, run

FAKE = Path(__file__).parents[1] / "fakes" / "fake_engine.py"


class Daemon:
    """The gateway of this test."""

    def __init__(self, data: Path, python: Path) -> None:
        self.data = data
        self.engine = Engine(str(python), "fake", is_ours=False, is_newest=True)
        self.said: list[str] = []

    def join(self, *profiles: str, idle: float = 600.0, secret: str = "canary-1") -> int:
        config = {"model_list": [], "router_settings": {"num_retries": 0}}
        asked = []
        for profile in profiles or ("mix",):
            told: dict[str, Any] = {"profiles": {profile: {}}, "secrets": {}}
            asked.append(gateway_daemon.question_of(profile, self.engine, config, told, {"A_KEY": secret}, idle))
        return gateway_daemon.join(asked, self.said.append)

    def get(self, path: str = "/", port: int = 0) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.record["port"], timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path)
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            return found

    @property
    def record(self) -> dict[str, Any]:
        return gateway_port.recorded(str(gateway_places.directory()))

    @property
    def all_of_it(self) -> list[int]:
        """The parent, the engine, and who goes on when the parent is killed."""
        return sorted(self.record[name] or 0 for name in ("pid", "engine", "keeper"))

    def is_gone(self) -> bool:
        return not processes(self.data)


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OF_THE_SHELL", "canary-of-the-shell")
    with gateway_log.opened():
        found = Daemon(tmp_path / "data", python)
    yield found
    for pid in processes(found.data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(found.is_gone, "the end of all of it")


def session() -> subprocess.Popen[bytes]:
    """A process with a key."""
    process = subprocess.Popen(["/bin/sleep", "600"])
    with gateway_log.opened() as log:
        gateway_log.new_key(log, "mix", "", "", process.pid)
    return process


def test_ten_launches_at_once_start_one(daemon: Daemon) -> None:
    ports: list[int] = []
    threads = [threading.Thread(target=lambda: ports.append(daemon.join())) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ports == [daemon.record["port"]] * 10
    assert sorted(processes(daemon.data)) == daemon.all_of_it
    assert (gateway_places.directory() / "daemon.json").stat().st_mode & 0o077 == 0
    assert (gateway_places.directory() / "control").stat().st_mode & 0o077 == 0


def test_a_second_profile_joins_with_its_secret_and_what_is_the_same_changes_nothing(daemon: Daemon) -> None:
    port = daemon.join()
    first = daemon.get()["pid"]
    assert daemon.join() == port
    assert daemon.get()["pid"] == first
    assert daemon.join("other") == port
    assert daemon.get()["profiles"] == ["mix", "other"]
    assert daemon.join(secret="canary-2") == port  # a key that was replaced
    wait_for(lambda: sorted(processes(daemon.data)) == daemon.all_of_it, "the end of the engines before")
    assert daemon.get()["pid"] != first
    for path in daemon.data.rglob("*"):
        if path.is_file():
            assert b"canary" not in path.read_bytes(), path
    for pid in processes(daemon.data):
        assert b"canary-of-the-shell" not in Path(f"/proc/{pid}/environ").read_bytes()
        assert b"canary" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"canary" not in Path(f"/proc/{daemon.record['pid']}/environ").read_bytes()


def test_a_change_that_does_not_load_is_said_and_the_old_one_serves(daemon: Daemon) -> None:
    daemon.join()
    before = daemon.get()
    with pytest.raises(CcError) as caught:
        daemon.join("bad")
    assert caught.value.code == UNREACHABLE
    assert caught.value.what == "bad: the gateway could not take this over: bad: rule x: this cannot be read"
    assert daemon.get() == before
    assert gateway_daemon.status()["profiles"] == ["mix"]


def test_for_several_profiles_one_engine_is_started(daemon: Daemon) -> None:
    port = daemon.join("one", "two", "three")
    assert daemon.get()["profiles"] == ["one", "three", "two"]
    assert (daemon.record["port"], daemon.get()["pid"]) == (port, daemon.record["engine"])
    assert [path.name for path in (gateway_places.directory() / "run").iterdir()] == ["1"]
    threads = [threading.Thread(target=daemon.join, args=(f"more-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(daemon.get()["profiles"]) == 11
    assert max(int(path.name) for path in (gateway_places.directory() / "run").iterdir()) < 8


def test_of_several_profiles_one_that_does_not_load_is_named_and_the_others_are_served(daemon: Daemon) -> None:
    daemon.join()
    with pytest.raises(CcError, match="bad: the gateway could not take this over: bad: rule x"):
        daemon.join("good", "bad", "fine")
    wait_for(lambda: daemon.get()["profiles"] == ["fine", "good", "mix"], "those that load")


def test_one_that_never_served_leaves_nothing_running(daemon: Daemon) -> None:
    with pytest.raises(CcError, match="rule x: this cannot be read"):
        daemon.join("bad")
    wait_for(daemon.is_gone, "its end")


def test_an_engine_that_keeps_ending_is_given_up_and_the_next_launch_says_why(daemon: Daemon) -> None:
    daemon.join("dies")
    wait_for(lambda: gateway_daemon.status().get("fault"), "it is given up")
    told = gateway_daemon.status()
    assert told["serves"] == "failed"
    assert told["fault"].startswith("the engine ended 4 times in five minutes (signal 9)")
    port = daemon.record["port"]
    with pytest.raises(ConnectionRefusedError):
        daemon.get()  # who asks hears it at once
    daemon.said.clear()
    assert daemon.join("dies") == port
    assert "4 times in five minutes" in daemon.said[0]


def test_requests_wait_while_an_engine_is_started_again(daemon: Daemon) -> None:
    daemon.join()
    for _ in range(3):
        before = daemon.get()["pid"]
        os.kill(before, signal.SIGKILL)
        assert wait_for(daemon.get, "an answer")["pid"] != before
    assert gateway_daemon.status()["restarts"] == 3


def test_what_is_being_answered_is_finished(daemon: Daemon) -> None:
    daemon.join()
    before, answers = daemon.record, list[dict[str, Any]]()
    thread = threading.Thread(target=lambda: answers.append(daemon.get("/slow")))
    thread.start()
    time.sleep(0.5)
    daemon.join("other")
    assert daemon.get()["pid"] != before["engine"]
    thread.join()
    assert answers[0]["pid"] == before["engine"]
    thread = threading.Thread(target=lambda: answers.append(daemon.get("/slow", before["port"])))
    thread.start()
    time.sleep(0.5)
    assert gateway_daemon.down(30.0, lambda _: None)
    thread.join()
    assert len(answers) == 2
    wait_for(daemon.is_gone, "its end")
    assert not gateway_daemon.down(1.0, lambda _: None)
    assert daemon.join() == before["port"]


def test_it_ends_when_no_session_lives_and_not_before(daemon: Daemon) -> None:
    with session() as living:
        port = daemon.join(idle=1.0)
        time.sleep(3)
        assert daemon.get()["profiles"] == ["mix"]
        living.kill()
    wait_for(daemon.is_gone, "its end")
    assert daemon.join() == port


@pytest.mark.parametrize(
    "which", [("pid",), ("engine",), ("pid", "engine"), ("keeper",), ("keeper", "engine")], ids=str
)
def test_what_is_killed_is_started_again_without_a_launch(daemon: Daemon, which: tuple[str, ...]) -> None:
    port = daemon.join()
    before = daemon.record
    time.sleep(2.5 if "keeper" in which else 0)  # one that ends at once is not made again
    for name in which:
        os.kill(before[name], signal.SIGKILL)
    for _ in range(20):
        assert daemon.get("/", port)["profiles"] == ["mix"]  # with no launch in between
    wait_for(lambda: all(daemon.record[name] not in {None, before[name]} for name in which), "another one")
    wait_for(lambda: sorted(processes(daemon.data)) == daemon.all_of_it, "the end of those before")
    assert (daemon.record["port"], daemon.join()) == (port, port)
    assert daemon.get("/", port)["secret"] == "canary-1"
    # And once more: who has taken over is as good as the one before.
    for name in ("pid", "engine"):
        os.kill(daemon.record[name], signal.SIGKILL)
    assert daemon.get("/", port)["profiles"] == ["mix"]
    assert gateway_daemon.down(5.0, lambda _: None)
    wait_for(daemon.is_gone, "its end")
    assert daemon.join() == port


def test_an_engine_whose_parent_is_killed_while_it_loads_is_not_left(daemon: Daemon) -> None:
    port = daemon.join()
    thread = threading.Thread(target=daemon.join, args=("loads",))
    thread.start()
    wait_for(lambda: len(processes(daemon.data)) == 4, "a second engine")
    before = daemon.record
    os.kill(before["pid"], signal.SIGKILL)
    thread.join()
    wait_for(lambda: daemon.record["pid"] != before["pid"], "another parent")
    wait_for(lambda: sorted(processes(daemon.data)) == daemon.all_of_it, "the end of those before")
    assert daemon.get("/", port)["pid"] == daemon.record["engine"]


def kill_all_but_the_engine(daemon: Daemon) -> None:
    for name in ("keeper", "pid"):
        os.kill(daemon.record[name], signal.SIGKILL)


def test_cc_uninstall_ends_it_and_takes_it_out(daemon: Daemon, tmp_path: Path) -> None:
    daemon.join()
    place = gateway_places.directory()
    (place / "engine" / "1.0" / "bin").mkdir(parents=True)
    done = run([console_script(tmp_path), "uninstall", "--yes"], dict(os.environ), tmp_path)
    assert done.code == 0, done
    assert b"the gateway is stopped, and removed" in done.out + done.err
    wait_for(daemon.is_gone, "its end")
    assert not place.exists()


def test_an_engine_alone_is_ended_by_down(daemon: Daemon) -> None:
    daemon.join()
    kill_all_but_the_engine(daemon)
    time.sleep(2)
    assert daemon.get()["profiles"] == ["mix"]
    assert gateway_daemon.down(5.0, lambda _: None)
    wait_for(daemon.is_gone, "its end")
    assert not gateway_daemon.down(5.0, lambda _: None)


def test_an_engine_alone_serves_on_and_hands_the_port_over(daemon: Daemon) -> None:
    with session() as living:
        port = daemon.join(idle=1.0)
        before = daemon.record
        kill_all_but_the_engine(daemon)
        time.sleep(2)
        assert daemon.get()["pid"] == before["engine"]
        assert daemon.join() == port
        assert daemon.get()["pid"] != before["engine"]
        wait_for(lambda: sorted(processes(daemon.data)) == daemon.all_of_it, "the end of the engine before")
        for pid in processes(daemon.data):
            os.kill(pid, signal.SIGKILL)
        wait_for(daemon.is_gone, "their end")
        assert daemon.join() == port
        living.kill()


def test_an_engine_alone_ends_when_nobody_needs_it(daemon: Daemon) -> None:
    daemon.join(idle=1.0)
    kill_all_but_the_engine(daemon)
    wait_for(daemon.is_gone, "its end")


def test_a_port_that_somebody_else_has_by_now_is_another_one(daemon: Daemon) -> None:
    import socket

    port = daemon.join()
    gateway_daemon.down(0.0, lambda _: None)
    with socket.create_server(("127.0.0.1", port)):
        assert daemon.join() != port


def test_what_is_no_question_is_answered_and_changes_nothing(daemon: Daemon) -> None:
    daemon.join()
    questions: list[dict[str, Any]] = [{"do": "join"}, {"do": "join", "profile": "x"}, {"what": 1}, {"do": []}]
    for question in questions:
        told = list(gateway_control.asked(gateway_places.directory(), question, 10.0))
        assert told[-1]["state"] in {"failed", "here"}, question
    assert daemon.get()["profiles"] == ["mix"]
