"""The gateway for real: LiteLLM under our parent, with our hooks, before a FAKE upstream, by plain requests."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.gateways.running import CANARY, COST, PROMPT, Gateway, body, processes, wait_for
from tests.gateways.served import FAILING
from tests.thinning import ALL

WHOLE = bool(os.environ.get(ALL))


def test_who_may_come_in_and_what_for(gateway: Gateway) -> None:
    key = gateway.key()
    assert gateway.ask(key).status == 200
    for wrong in ("", "sk-cc-wrong", gateway.key("not-served")):
        refused = gateway.ask(wrong)
        assert (refused.status, refused.fault[:3]) == (401, "cc:"), refused
    # Another profile's key is good for that one's routes alone, though both have a `main`.
    other = gateway.key("other")
    answer = gateway.ask(other)
    assert (answer.status, gateway.row_of(answer)["profile"]) == (200, "other")
    for mine, models in ((key, ("opus", "mix/main@1", "other/main@0", "up-a", "m")), (other, ("cheap", "mix/main@1"))):
        for model in models:
            refused = gateway.ask(mine, model)
            assert (refused.status, model in refused.fault) == (404, True)
    status, _, raw = gateway.raw("/v1/models", key)
    assert (status, "cheap" in raw, "@0" in raw) == (200, True, False)
    assert gateway.raw("/v1/models", "")[0] == 401
    assert gateway.raw("/v1/messages/count_tokens", key, body("main"))[0] == 200
    # What the engine has beside this is not to be had, with a key or without.
    for path in ("/openapi.json", "/model/info", "/health", "/key/generate", "/v1/chat/completions", "/config/yaml"):
        assert [gateway.raw(path, each)[0] for each in ("", key)] == [404, 404], path
    assert gateway.raw("/", "")[0] == 200


def test_a_split_is_by_weight_and_stays_in_a_session(gateway: Gateway) -> None:
    """200 sessions with CC_TESTS_ALL=1, as they stand in `docs/how-to/gateways.md`."""
    number = 200 if WHOLE else 60
    key = gateway.key()
    sessions = [f"session-{one}" for one in range(number)]
    served = {session: gateway.ask(key, session=session).text for session in sessions}
    found = Counter(served.values())["a"]
    assert abs(found - number * 0.7) < 3 * (number * 0.7 * 0.3) ** 0.5, found
    for session in sessions[:20]:
        assert gateway.ask(key, session=session).text == served[session]
    # A program of a session that does not say which: its launch's key stands for it.
    assert len({gateway.ask(key, session="").text for _ in range(6)}) == 1


def test_rules_decide_in_their_order_and_a_header_that_is_not_there_is_no_match(gateway: Gateway) -> None:
    key = gateway.key()

    def asked(model: str, **headers: str) -> tuple[str, str]:
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
    assert asked("main", x_team="red", x_hop="yes") == ("cheap@0", "team")  # the first that fits ends it


def test_what_fails_is_served_by_the_next_one(gateway: Gateway) -> None:
    key = gateway.key()
    for mode in FAILING:
        for more in ({}, {"stream": True}):
            status, headers, raw = gateway.raw("/v1/messages", key, body(f"r-{mode}", **more), session=mode)
            assert (status, '"b"' in raw or "piece5" in raw) == (200, True), (mode, raw)
            call = headers["request-id"].removeprefix("cc-")
            row = wait_for(lambda call=call: gateway.rows(f"call = '{call}'"), "a row")[0]  # type: ignore[misc]
            assert (row["route"], row["served"], row["upstream"], row["status"]) == (f"r-{mode}", "cheap@0", "b/m", 200)


def test_a_target_that_fails_is_left_alone_for_a_while_and_then_comes_back(gateway: Gateway) -> None:
    key = gateway.key()
    assert gateway.ask(key, "killed").text == "c"
    gateway.upstream.broken.add("c")
    try:
        gateway.upstream.asked.clear()
        assert [gateway.ask(key, "killed").text for _ in range(4)] == ["b"] * 4
        assert [mode for mode, _, _ in gateway.upstream.asked if mode == "c"] == ["c"]  # by the first of them alone
    finally:
        gateway.upstream.broken.clear()
    if WHOLE:  # it takes half a minute
        began = time.monotonic()
        wait_for(lambda: gateway.ask(key, "killed").text == "c", "the first target")
        assert 20 < time.monotonic() - began < 60


@pytest.mark.parametrize("route", ["cut", "stops"])
def test_a_stream_that_breaks_off_is_said_to_have_and_no_other_target_goes_on_with_it(
    gateway: Gateway, route: str
) -> None:
    gateway.upstream.asked.clear()
    status, headers, raw = gateway.raw("/v1/messages", gateway.key(), body(route, stream=True))
    assert status == 200
    assert "piece2" in raw
    assert raw.rstrip().splitlines()[-2] == "event: error"
    assert "message_stop" not in raw
    assert [mode for mode, _, _ in gateway.upstream.asked] == [route]
    call = headers["request-id"].removeprefix("cc-")
    row = wait_for(lambda: gateway.rows(f"call = '{call}'"), "its row")[0]
    assert (row["status"], row["served"], row["cost"]) == (500, f"{route}@0", None)
    assert row["code"] in {"ReadError", "RemoteProtocolError"}
    shown = gateway.cc("gateway", "logs", "--failed", "--route", route).stdout
    assert row["code"] in shown


def test_of_a_client_that_went_away_the_row_says_so_and_what_came_costs(gateway: Gateway) -> None:
    gateway.upstream.go_on.clear()
    with gateway.streaming(gateway.key(), "slow", session="went-away"):
        pass
    time.sleep(0.5)
    gateway.upstream.go_on.set()
    row = wait_for(lambda: gateway.rows("session = 'went-away'"), "its row")[0]
    assert (row["status"], row["served"]) == (499, "slow@0")
    assert row["cost"] > 0
    assert gateway.state_of()["routes"]["slow"][0]["last"] != "failed"  # it is no fault of the target's


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


def test_a_key_that_an_upstream_refuses_is_named_everywhere(gateway: Gateway) -> None:
    """Until it is replaced: that is in `test_stopped.py`."""
    assert gateway.ask(gateway.key(), "r-u401").status == 200
    target = wait_for(lambda: gateway.state_of()["routes"]["r-u401"][0], "its state")
    assert target["refused"] is True
    assert "key refused (401): replace it" in gateway.cc("gateway", "status").stdout
    assert "the key of u401 was refused" in gateway.cc("gateway", "logs").stderr
    assert "the key of u401 was refused" in gateway.cc("gateway", "up", "mix").stderr


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
    gateway.ask(key, "r-u401", stream=False)
    assert gateway.ask(key, "lone").status == 500  # LiteLLM itself would log what the upstream repeated
    gateway.raw("/v1/messages", key, body("cut", stream=True))
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
