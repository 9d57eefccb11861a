"""What an open session outlasts, for real: kills, a changed profile, a replaced key; and what `down` lets end.

A start of the engine takes 12 seconds of a processor. What needs none is in `test_parent.py`, with a FAKE engine.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.running import CANARY, PATIENCE, Gateway, processes, wait_for
from tests.gateways.served import OTHER, PROFILES
from tests.thinning import ALL

NOT_ALWAYS = pytest.mark.skipif(not os.environ.get(ALL), reason=f"two starts of the engine more: {ALL}=1")


def test_the_engine_and_its_parent_are_killed_and_an_open_session_goes_on(gateway: Gateway) -> None:
    """With no launch in between: splits, budgets and rules go on where they were."""
    key, tight, ann = gateway.key(), gateway.key("tighter"), gateway.key("money", "ann", "blue")
    sessions = [f"open-{number}" for number in range(12)]
    before = {session: gateway.ask(key, session=session).text for session in sessions}
    assert set(before.values()) == {"a", "b"}
    gateway.spend(0.9, "tighter", route="main")
    gateway.spend(2.0, "money", key="ann")
    old = gateway.kill("pid", "engine")
    # The first request waits in the socket until there is another engine.
    assert {session: gateway.ask(key, session=session).text for session in sessions} == before
    answer = gateway.ask(tight)
    assert (answer.text, gateway.row_of(answer)["rule"]) == ("b", "saver")
    assert gateway.ask(ann).status == 402
    wait_for(lambda: gateway.record["keeper"], "all of it")
    new = gateway.record
    assert new["port"] == old["port"]
    assert {new[name] for name in ("pid", "engine")}.isdisjoint({old["pid"], old["engine"]})
    wait_for(lambda: len(processes(gateway.data)) == 3, "the end of what was before")


@contextlib.contextmanager
def knocking(port: int) -> Iterator[None]:
    """Others come and ask all the time, twice on each connection: nobody is sent away unheard."""
    over, faults = threading.Event(), list[str]()

    def knock() -> None:
        while not over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            for number in range(2):
                try:
                    connection.request("GET", "/")
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException) as fault:
                    faults.append(f"{type(fault).__name__} at {number}")
                    break
                if answer.getheader("connection") == "close":
                    break
            connection.close()

    threads = [threading.Thread(target=knock) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert faults == []


def test_a_change_and_a_replaced_key_take_over_while_a_stream_goes_on(gateway: Gateway) -> None:
    key = gateway.key()
    gateway.ask(key, "r-u401")
    wait_for(lambda: gateway.state_of()["routes"]["r-u401"][0]["refused"], "that its key is refused")
    before = gateway.record
    gateway.upstream.go_on.clear()
    with knocking(before["port"]), gateway.streaming(key, "slow") as rest:
        gateway.profile("new", OTHER)
        gateway.secret("u401", f"{CANARY}-another")
        said = gateway.cc("gateway", "up", "mix", "new").stderr
        assert "refused" not in said  # it is another key
        assert gateway.ask(gateway.key("new")).text == "a"
        assert gateway.record["port"] == before["port"]
        assert Path(f"/proc/{before['engine']}").exists()
        gateway.upstream.go_on.set()
        assert "message_stop" in rest()
    wait_for(lambda: not Path(f"/proc/{before['engine']}").exists(), "the end of the engine before")
    assert gateway.state_of()["routes"]["r-u401"][0]["refused"] is False
    assert gateway.ask(key, "r-u401").status == 200
    assert f"Bearer {CANARY}-another" in {given for mode, _, given in gateway.upstream.asked if mode == "u401"}

    # One that cannot be served changes nothing.
    good = gateway.record
    gateway.profile("new", OTHER + 'no-such-key = "x"\n')
    assert gateway.cc("gateway", "up", "new", check=False).returncode != 0
    assert gateway.record["engine"] == good["engine"]
    assert gateway.ask(key).status == 200


@NOT_ALWAYS
def test_when_all_of_it_is_killed_two_launches_at_once_start_one_on_the_same_port(gateway: Gateway) -> None:
    key = gateway.key()
    before = gateway.kill("keeper", "pid", "engine")
    assert processes(gateway.data) == []
    threads = [threading.Thread(target=gateway.cc, args=("gateway", "up", *PROFILES)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = gateway.record
    assert after["port"] == before["port"]
    assert gateway.ask(key).status == 200  # with the key from before
    wait_for(lambda: sorted(processes(gateway.data)) == sorted(after[n] for n in ("pid", "engine", "keeper")), "one")


@NOT_ALWAYS
def test_an_engine_alone_serves_on_and_the_next_launch_takes_its_port_over(gateway: Gateway) -> None:
    key = gateway.key()
    before = gateway.kill("keeper", "pid")
    assert gateway.ask(key).status == 200
    gateway.cc("gateway", "up", *PROFILES)
    assert gateway.record["port"] == before["port"]
    assert gateway.ask(key).status == 200
    wait_for(lambda: len(processes(gateway.data)) == 3, "the end of the engine before")


def test_down_lets_a_stream_end(gateway: Gateway) -> None:
    key = gateway.key()
    gateway.upstream.go_on.clear()
    with gateway.streaming(key, "slow") as rest:
        ended = threading.Thread(target=gateway.cc, args=("gateway", "down"))
        ended.start()
        wait_for(lambda: gateway.status["state"] != "serving", "that it ends")
        gateway.upstream.go_on.set()
        assert "message_stop" in rest()
        ended.join()
    wait_for(lambda: processes(gateway.data) == [], "its end")
    assert gateway.status["state"] == "down"
    assert gateway.record["port"]
    assert gateway.rows("session = 'stream' AND status = 200")
