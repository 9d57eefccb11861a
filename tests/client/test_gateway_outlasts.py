"""An open session of the real client outlasts what becomes of the gateway behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

from tests.client import gateway_crowd, harness
from tests.client.gatewayed import LONG, MIX, Desk, ask, one_daemon
from tests.client.stage import PROMPT
from tests.gateways.running import processes, wait_for
from tests.gateways.scripted import Call, Said
from tests.support import start, wait_until
from tests.thinning import ALL

THOROUGH = bool(os.environ.get(ALL))  # each step is a start of the engine
# An engine that cannot load, as a release of LiteLLM may be one: everything else is as a launch has it.
_DOES_NOT_LOAD = """\
import sys
from cc_launcher.actions import gateway, gateway_daemon
from cc_launcher.actions.screen import NOBODY
from cc_launcher.files import profiles
true = gateway_daemon.question_of
def broken(*words, **more):
    found = true(*words, **more)
    found["config"]["litellm_settings"]["callbacks"] = ["no_such_module.hooks"]
    return found
gateway_daemon.question_of = broken
gateway.served([gateway.described(profiles.load("mix"))], NOBODY)
"""
# A gateway that ends as soon as nobody needs it.
_IDLE = """\
import sys
from cc_launcher.actions import gateway
from cc_launcher.actions.screen import NOBODY
from cc_launcher.files import profiles
gateway.IDLE = float(sys.argv[1])
gateway.served([gateway.described(profiles.load("mix"))], NOBODY)
"""


class Session:
    """A session on the screen, in which one turn after the other is answered."""

    def __init__(self, desk: Desk, terminal: harness.Terminal) -> None:
        self.desk, self.terminal = desk, terminal
        self.number = 0

    def turn(self) -> None:
        """The next turn, with a command; that it was answered."""
        self.send()
        self.answered()

    def send(self) -> None:
        self.number += 1
        word = f"say number {self.number}"
        command = Call("Bash", {"command": f"echo {self.number} >>ran", "description": "count"})
        self.desk.upstream.plans.steps[word] = [Said(calls=(command,), way="pieces"), Said(f"done-{self.number}")]
        ask(self.terminal, word)

    def answered(self) -> None:
        self.terminal.wait_for(f"done-{self.number}", timeout=LONG)


def run(desk: Desk, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Some of our own code, with this gateway."""
    argv = [sys.executable, "-c", code, *arguments]
    return subprocess.run(argv, env=desk.environment, capture_output=True, text=True, timeout=LONG, check=False)


def with_most_of_a_budget_gone(desk: Desk) -> str:
    """A session on a route of which the rule takes it away as soon as 85 % are gone: now."""
    begun = desk.turn(("mix", "later"), "hello")
    assert begun["result"].strip() == "answer of a"
    desk.gateway.spend(0.9, route="later")
    return str(begun["session_id"])


def goes_where_the_rule_says(desk: Desk, session: str) -> None:
    """What was spent before the engine was killed counts."""
    assert desk.turn(("mix", "later"), "again", "--resume", session)["result"].strip() == "answer of b"
    wait_for(lambda: desk.rows(session)[-1]["rule"] == "saver", "its row")


def test_an_open_session_outlasts_all_of_it(desk: Desk) -> None:
    gateway = desk.gateway
    with desk.session("mix", "solo", "--allowedTools", "Bash") as terminal:
        session = Session(desk, terminal)
        session.turn()
        first = gateway.record
        thrifty = with_most_of_a_budget_gone(desk)

        if THOROUGH:
            os.kill(first["engine"], signal.SIGKILL)  # and the parent starts another one
            session.turn()
            assert [gateway.record[name] == first[name] for name in ("pid", "port", "engine")] == [True, True, False]

            before = gateway.record
            os.kill(before["pid"], signal.SIGKILL)  # and the engine goes on, until there is another one
            session.turn()
            wait_for(lambda: gateway.record["pid"] != before["pid"] and gateway.record["engine"], "another parent")

        for pid in (gateway.record["pid"], gateway.record["engine"]):  # and the request waits
            os.kill(pid, signal.SIGKILL)
        session.turn()
        one_daemon(gateway)
        second = gateway.record
        assert [second[name] == first[name] for name in ("pid", "port", "engine")] == [False, True, False]
        goes_where_the_rule_says(desk, thrifty)

        # A profile that has changed: a new engine gets the requests.
        gateway.profile("mix", f'{MIX}\n[routes.more]\ntargets = [{{ to = "b/m" }}]\n')
        gateway.cc("gateway", "up", "mix")
        third = gateway.record
        assert [third[name] == second[name] for name in ("pid", "port", "engine")] == [True, True, False]
        session.turn()

        failed = run(desk, _DOES_NOT_LOAD)
        assert failed.returncode != 0
        assert "could not take this over" in failed.stderr, failed
        session.turn()
        one_daemon(gateway)
        assert gateway.record["engine"] == third["engine"]

        if THOROUGH:  # nobody is left to start anything: the client tries again, until somebody launches
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in processes(gateway.data):
                    os.kill(pid, number)
            wait_until(lambda: not processes(gateway.data), "the end of all")
            session.send()
            time.sleep(2)
            gateway.cc("gateway", "up", "mix")
            session.answered()
            assert gateway.record["port"] == first["port"]

        # While the session is open the gateway is not idle.
        assert run(desk, _IDLE, "2").returncode == 0
        before = gateway.record["pid"]
        time.sleep(4)
        assert gateway.record["pid"] == before
        session.turn()
    wait_for(lambda: not processes(gateway.data), "an end, when nobody needs it")
    assert gateway.status["state"] == "down"
    assert gateway.record["port"] == first["port"]
    gateway.profile("mix", MIX)
    ran = (desk.work / "ran").read_text().split()
    assert ran == [str(number + 1) for number in range(session.number)]


def test_down_lets_the_stream_of_a_client_end(desk: Desk) -> None:
    gateway = desk.gateway
    port = gateway.record["port"]
    desk.upstream.plans.steps["say slowly"] = [Said("it came to its end", waits=True)]
    found: list[str] = []

    def session() -> None:
        found.append(desk.turn(("mix", "solo"), "say slowly")["result"])

    thread = threading.Thread(target=session)
    thread.start()
    assert desk.upstream.waiting.wait(LONG)
    ended = threading.Thread(target=gateway.cc, args=("gateway", "down"))
    ended.start()
    time.sleep(2)
    desk.upstream.go_on.set()
    thread.join(LONG)
    ended.join(LONG)
    assert [text.strip() for text in found] == ["it came to its end"]
    wait_until(lambda: not processes(gateway.data), "the end of the parent, which outlives what asked it by a moment")
    assert gateway.record["port"] == port


def test_a_launch_that_is_killed_and_two_at_once(desk: Desk) -> None:
    gateway = desk.gateway
    gateway.cc("gateway", "down")
    killed = start([str(word) for word in desk.argv("run", "mix", "solo", "-p", PROMPT)], desk.environment, desk.work)
    wait_until(lambda: len(processes(gateway.data)) >= 2, "the start of an engine")
    killed.kill()
    killed.communicate()
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(desk.turn(("mix", "solo"), "hello")["result"].strip()))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert results == ["answer of a"] * 2
    one_daemon(gateway)
    wait_until(lambda: not desk.processes(), "the end of all that was started here")


def test_sessions_at_once(desk: Desk) -> None:
    assert gateway_crowd.play(desk, 3, seed=19) == []
