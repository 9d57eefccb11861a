"""The gateway for real: LiteLLM under our parent, with our hooks, in front of a FAKE upstream.

One gateway serves all of it, for each start of its engine takes 15 seconds of a processor.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.running import CANARY, COST, MODES, PROMPT, Gateway, body, processes, wait_for
from tests.gateways.upstream import FakeUpstream

FAILING = ("u401", "u402", "u429", "u500", "long", "hang", "dead")
MIX = """\
[gateway]
upstreams = {{ {upstreams} }}
[routes.main]
targets = [{{ to = "a/m", weight = 70 }}, {{ to = "b/m", weight = 30 }}]
[routes.cheap]
targets = [{{ to = "b/m" }}]
[routes.slow]
targets = [{{ to = "slow/m" }}]
[routes.tight]
budget = "1 USD/30d"
targets = [{{ to = "a/m" }}]
[routes.spent]
budget = "1 USD/30d"
targets = [{{ to = "a/m" }}]
[routes.hop]
targets = [{{ to = "a/m" }}]
{failing}
[[rules]]
name = "saver"
when = "budget_used > 85.0 && model == 'tight'"
to = "cheap"
[[rules]]
name = "team"
when = "headers['x-team'] == 'red'"
to = "cheap"
[[rules]]
name = "second"
when = "model == 'hop' && headers['x-hop'] == 'yes'"
to = "cheap"
priority = 2
[[rules]]
name = "first"
when = "headers['x-hop'] == 'yes'"
to = "hop"
chain = true
priority = 1
"""


def mix(*, more: str = "") -> str:
    upstreams = ", ".join(f'{mode} = "up-{mode}"' for mode in (*MODES, "dead"))
    failing = "".join(
        f'[routes.r-{mode}]\ntargets = [{{ to = "{mode}/m" }}]\nfallback = ["cheap"]\n' for mode in FAILING
    )
    return MIX.format(upstreams=upstreams, failing=failing) + more


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with FakeUpstream() as upstream:
        made = Gateway(tmp_path_factory.mktemp("gateway"), upstream)
        made.secret("dead", f"{CANARY}-dead")
        made.upstream_profile("dead", "http://127.0.0.1:9/v1")
        made.profile("mix", mix())
        made.profile("other", '[gateway]\nupstreams = { a = "up-a" }\n[routes.main]\ntargets = [{ to = "a/m" }]\n')
        made.use_engine()
        try:
            made.cc("gateway", "up", "mix")
            yield made
        finally:
            made.end()


def test_who_may_come_in_and_what_for(gateway: Gateway) -> None:
    key = gateway.key()
    assert gateway.ask(key).status == 200
    for wrong in ("", "sk-cc-wrong", gateway.key("other")):
        refused = gateway.ask(wrong)
        assert (refused.status, refused.fault[:3]) == (401, "cc:"), refused
    for model in ("opus", "mix/main@1", "up-a", "m"):
        refused = gateway.ask(key, model)
        assert (refused.status, model in refused.fault) == (404, True)
    status, _, raw = gateway.raw("/v1/models", key)
    assert (status, "cheap" in raw, "@0" in raw) == (200, True, False)
    assert gateway.raw("/v1/models", "")[0] == 401
    assert gateway.raw("/v1/messages/count_tokens", key, body("main"))[0] == 200
    # What the engine has beside this is not to be had, with a key or without.
    for path in ("/openapi.json", "/model/info", "/health", "/key/generate", "/v1/chat/completions", "/config/yaml"):
        assert [gateway.raw(path, each)[0] for each in ("", key)] == [404, 404], path
    metrics = gateway.cc("gateway", "metrics-key").stdout.strip()
    status, _, raw = gateway.raw("/metrics", metrics)
    assert (status, "litellm_" in raw) == (200, True)
    assert [gateway.raw("/metrics", each)[0] for each in ("", key)] == [401, 401]
    assert gateway.ask(metrics).status == 401
    assert gateway.raw("/", "")[0] == 200


def test_a_split_is_by_weight_and_stays_in_a_session(gateway: Gateway) -> None:
    key = gateway.key()
    sessions = [f"session-{number}" for number in range(200)]
    served = {session: gateway.ask(key, session=session).text for session in sessions}
    number = Counter(served.values())["a"]
    assert abs(number - 140) < 3 * (200 * 0.7 * 0.3) ** 0.5, number
    for session in sessions[:20]:
        assert gateway.ask(key, session=session).text == served[session]


def test_rules_decide_in_their_order_and_a_header_that_is_not_there_is_no_match(gateway: Gateway) -> None:
    key = gateway.key()

    def asked(model: str, **headers: str) -> tuple[str, str]:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", gateway.record["port"], timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(
            "POST", "/v1/messages", json.dumps(body(model)),
            {"authorization": f"Bearer {key}", "content-type": "application/json", **named},
        )  # fmt: skip
        answer = connection.getresponse()
        content = json.loads(answer.read())
        call = str(answer.getheader("request-id")).removeprefix("cc-")
        connection.close()
        assert content["model"] == model  # it is called what it was asked for
        row = wait_for(lambda: gateway.rows(f"call = '{call}'"), "a row")[0]
        return row["served"], row["rule"]

    assert asked("hop") == ("hop@0", "")
    assert asked("hop", x_team="blue") == ("hop@0", "")
    assert asked("hop", x_team="red") == ("cheap@0", "team")
    assert asked("main", x_hop="yes") == ("cheap@0", "first, second")
    assert asked("tight") == ("tight@0", "")
    gateway.spend(0.9, "tight")
    assert asked("tight") == ("cheap@0", "saver")


def test_what_fails_is_served_by_the_next_one(gateway: Gateway) -> None:
    key = gateway.key()
    for mode in FAILING:
        for more in ({}, {"stream": True}):
            status, headers, raw = gateway.raw("/v1/messages", key, body(f"r-{mode}", **more), session=mode)
            assert (status, '"b"' in raw or "piece5" in raw) == (200, True), (mode, raw)
            call = headers["request-id"].removeprefix("cc-")
            row = wait_for(lambda call=call: gateway.rows(f"call = '{call}'"), "a row")[0]  # type: ignore[misc]
            assert (row["route"], row["served"], row["upstream"], row["status"]) == (f"r-{mode}", "cheap@0", "b/m", 200)


def test_a_row_says_what_it_took(gateway: Gateway) -> None:
    answer = gateway.ask(gateway.key(), "cheap", "the-session")
    row = gateway.row_of(answer)
    told = {
        name: row[name] for name in ("session", "profile", "route", "served", "status", "input", "output", "currency")
    }
    assert told == {
        "session": "the-session", "profile": "mix", "route": "cheap", "served": "cheap@0", "status": 200,
        "input": 600, "output": 100, "currency": "USD",
    }  # fmt: skip
    assert (row["cache_read"], row["cache_write"], round(row["cost"], 9)) == (400, 0, round(COST, 9))
    logs = json.loads(gateway.cc("gateway", "logs", "--json", "--session", "the-session").stdout)
    assert [each["call"] for each in logs["data"]] == [row["call"]]
    shown = gateway.cc("gateway", "logs", "--profile", "mix", "-n", "1").stdout
    assert "b/m" in shown


def test_a_key_that_an_upstream_refuses_is_remembered_until_there_is_another_one(gateway: Gateway) -> None:
    assert gateway.ask(gateway.key(), "r-u401").status == 200
    target = gateway.status["profiles"][0]["routes"]["r-u401"][0]
    assert target["refused"] is True
    assert "refused" in gateway.cc("gateway", "logs").stderr
    again = gateway.cc("gateway", "up", "mix")
    assert "the key of u401 was refused" in again.stderr


def test_a_spent_budget_is_said_at_once_and_nobody_is_asked(gateway: Gateway) -> None:
    key = gateway.key()
    assert gateway.ask(key, "spent").status == 200
    gateway.spend(0.85, "spent")
    assert gateway.ask(key, "spent").status == 200
    budget = next(each for each in gateway.status["profiles"][0]["budgets"] if each["about"] == "route spent")
    assert (budget["warned"], 85 < budget["percent"] < 87) == (True, True)
    gateway.spend(0.2, "spent")
    before = len(gateway.upstream.asked)
    refused = gateway.ask(key, "spent")
    assert refused.status == 402
    assert re.fullmatch(r"cc: the budget of route spent is spent \(10\d % of 1 USD/30d\)", refused.fault), refused
    assert len(gateway.upstream.asked) == before
    assert wait_for(lambda: gateway.rows("status = 402"), "its row")[0]["route"] == "spent"


def test_twenty_sessions_at_once(gateway: Gateway) -> None:
    key = gateway.key()
    found: list[int] = []

    def ask(number: int) -> None:
        status, _, raw = gateway.raw("/v1/messages", key, body("main", stream=True), session=f"at-once-{number}")
        found.append(status if "piece5" in raw and "message_stop" in raw else 0)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 20
    wait_for(lambda: len(gateway.rows("session LIKE 'at-once-%'")) == 20, "twenty rows")


def test_no_secret_and_no_prompt_is_anywhere_but_in_the_engine(gateway: Gateway) -> None:
    key = gateway.key()
    gateway.ask(key, "r-u500")
    time.sleep(1)
    for path in gateway.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for canary in (CANARY, PROMPT, key):
                assert canary.encode() not in content, path
            assert path.stat().st_mode & 0o077 == 0 or "hooks" in path.parts, path
    for pid in processes(gateway.data):
        assert CANARY.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        variables = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"of-the-shell" not in variables
        is_engine = b"serve.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert (CANARY.encode() in variables) == is_engine


def test_an_engine_that_is_killed_is_started_again_while_requests_wait(gateway: Gateway) -> None:
    key, before = gateway.key(), gateway.record
    os.kill(before["engine"], signal.SIGKILL)
    wait_for(lambda: not Path(f"/proc/{before['engine']}").exists(), "its end")
    assert gateway.ask(key).status == 200  # it waited in the socket that the parent holds
    after = gateway.record
    assert (after["port"], after["pid"]) == (before["port"], before["pid"])
    assert after["engine"] != before["engine"]
    assert gateway.status["restarts"] == 1


def test_a_change_takes_over_while_a_stream_goes_on_and_one_that_is_wrong_changes_nothing(gateway: Gateway) -> None:
    key, before = gateway.key(), gateway.record
    gateway.upstream.go_on.clear()
    with gateway.streaming(key, "slow") as rest:
        gateway.profile("mix", mix(more='[routes.new]\ntargets = [{ to = "b/m" }]\n'))
        gateway.cc("gateway", "up", "mix")
        assert gateway.ask(key, "new").text == "b"
        assert gateway.record["port"] == before["port"]
        gateway.upstream.go_on.set()
        assert "message_stop" in rest()
    wait_for(lambda: not Path(f"/proc/{before['engine']}").exists(), "the end of the engine before")

    good = gateway.record
    run = max((gateway.data / "gateway" / "run").iterdir(), key=lambda path: int(path.name))
    hooks = Path(__file__).parents[2] / "src" / "cc_launcher" / "in_engine"
    assert (run / "hooks" / "cc_hooks.py").read_bytes() == (hooks / "cc_hooks.py").read_bytes()
    # A rule that cannot be compiled is refused before this, so the engine gets one that only it does not take.
    gateway.profile("mix", mix(more='[routes.new]\ntargets = [{ to = "b/m" }]\n[models.x]\n' + _TOO_LATE))
    refused = gateway.cc("gateway", "up", "mix", check=False)
    assert refused.returncode != 0
    assert gateway.record["engine"] == good["engine"]
    assert gateway.ask(key, "new").status == 200


_TOO_LATE = 'no-such-key = "x"\n'


def test_two_launches_at_once_start_one_and_open_sessions_outlast_both_kills(gateway: Gateway) -> None:
    gateway.profile("mix", mix())
    key, before = gateway.key(), gateway.record
    # The parent alone: the engine serves on, with no launch in between.
    os.kill(before["pid"], signal.SIGKILL)
    time.sleep(2)
    assert gateway.ask(key).status == 200
    # Two launches at once take the port over from it.
    threads = [threading.Thread(target=gateway.cc, args=("gateway", "up", "mix")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = gateway.record
    assert (after["port"], after["pid"] != before["pid"]) == (before["port"], True)
    assert gateway.ask(key).status == 200
    wait_for(
        lambda: sorted(processes(gateway.data)) == sorted([after["pid"], after["engine"]]), "the end of the old one"
    )

    for pid in (after["pid"], after["engine"]):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: processes(gateway.data) == [], "their end")
    gateway.cc("gateway", "up", "mix")
    assert gateway.record["port"] == before["port"]
    assert gateway.ask(key).status == 200  # with the key from before
    row = gateway.row_of(gateway.ask(key, "tight"))
    assert row["rule"] == "saver"  # what was spent before is known after


def test_down_lets_a_stream_end(gateway: Gateway) -> None:
    key = gateway.key()
    gateway.upstream.go_on.clear()
    with gateway.streaming(key, "slow") as rest:
        ended = threading.Thread(target=gateway.cc, args=("gateway", "down"))
        ended.start()
        time.sleep(2)
        gateway.upstream.go_on.set()
        assert "message_stop" in rest()
        ended.join()
    assert processes(gateway.data) == []
    assert gateway.status["state"] == "down"
    assert gateway.record["port"]
