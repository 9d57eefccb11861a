"""What there is to look at, for real: the log as it grows, the metrics, and the spans of `[telemetry]`."""

from __future__ import annotations

import json
import signal
import subprocess
import time

from tests.fakes.fake_collector import TRACES, FakeCollector
from tests.gateways.running import CANARY, PROMPT, Gateway, body, wait_for


def test_the_log_has_filters_and_is_for_programs_too(gateway: Gateway) -> None:
    key = gateway.key()
    row = gateway.row_of(gateway.ask(key, "cheap", "looked-at"))
    gateway.ask(key, "no-such-route", "looked-at")
    wait_for(lambda: len(gateway.rows("session = 'looked-at'")) == 2, "both rows")

    def calls(*options: str) -> list[str]:
        return [each["call"] for each in json.loads(gateway.cc("gateway", "logs", "--json", *options).stdout)["data"]]

    assert row["call"] in calls("--session", "looked", "--profile", "mix", "--route", "cheap", "--since", "today")
    assert row["call"] not in calls("--session", "looked-at", "--failed")
    assert len(calls("--session", "looked-at", "--failed")) == 1
    assert calls("--session", "looked-at", "-n", "1") != [row["call"]]
    assert calls("--session", "nobody") == []
    shown = gateway.cc("gateway", "logs", "--profile", "mix", "--session", "looked-at").stdout
    for word in ("b/m", "404", "cheap", "looked-a"):
        assert word in shown, shown


def test_the_log_can_be_followed_with_filters_as_lines_of_json(gateway: Gateway) -> None:
    key = gateway.key()
    argv = [str(gateway.program), "gateway", "logs", "--follow", "--json", "--session", "followed", "--route", "cheap"]
    process = subprocess.Popen(argv, env=gateway.environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    with process:
        assert process.stdout is not None
        time.sleep(2)
        gateway.ask(key, "hop", "followed")
        gateway.ask(key, "cheap", "another")
        expected = gateway.row_of(gateway.ask(key, "cheap", "followed"))
        found = json.loads(process.stdout.readline())
        assert (found["call"], found["route"], found["session"]) == (expected["call"], "cheap", "followed")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in {130, -signal.SIGINT}
        assert process.stdout.read() == b""


def test_metrics_have_a_key_of_their_own(gateway: Gateway) -> None:
    key = gateway.key()
    gateway.ask(key)
    metrics = gateway.cc("gateway", "metrics-key").stdout.strip()
    status, _, raw = gateway.raw("/metrics", metrics)
    assert (status, "litellm_" in raw) == (200, True)
    assert CANARY not in raw
    assert [gateway.raw("/metrics", each)[0] for each in ("", key)] == [401, 401]
    assert gateway.ask(metrics).status == 401
    another = gateway.cc("gateway", "metrics-key").stdout.strip()
    assert [gateway.raw("/metrics", each)[0] for each in (metrics, another)] == [401, 200]


def test_each_request_is_a_span_without_secret_or_prompt(gateway: Gateway, collector: FakeCollector) -> None:
    key = gateway.key()
    rows = [gateway.row_of(gateway.ask(key, model, "traced")) for model in ("cheap", "r-u500")]
    status, headers, _ = gateway.raw("/v1/messages", key, body("cut", stream=True), "traced")
    assert status == 200

    def spans() -> dict[str, dict[str, object]]:
        return {
            str(point.attributes["cc.call"]): {"name": point.name, **point.attributes, **point.resource}
            for point in collector.points(TRACES)
            if point.attributes.get("session.id") == "traced"
        }

    wait_for(lambda: len(spans()) == 3, "three spans")
    found = spans()[rows[0]["call"]]
    assert found.items() >= {
        "name": "chat cheap", "gen_ai.operation.name": "chat", "gen_ai.request.model": "cheap",
        "gen_ai.response.model": "b/m", "gen_ai.usage.input_tokens": "600", "gen_ai.usage.output_tokens": "100",
        "http.response.status_code": "200", "cc.currency": "USD", "cc.profile": "mix", "team": "core",
        "service.name": "cc-gateway",
    }.items()  # fmt: skip
    assert spans()[rows[1]["call"]]["cc.served"] == "cheap@0"
    assert spans()[headers["request-id"].removeprefix("cc-")]["http.response.status_code"] == "500"
    assert all(
        (export.headers["x-api-key"], export.headers["x-scope-orgid"]) == (f"Key {CANARY}-of-the-collector", "core")
        for export in collector.exports
    )
    for export in collector.exports:
        for canary in (CANARY, PROMPT, key):
            assert canary.encode() not in export.raw
    gateway.ask(gateway.key("other"), session="not-traced")
    time.sleep(3)
    assert not collector.holds("not-traced")  # its profile has no [telemetry]
