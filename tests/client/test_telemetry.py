"""`[telemetry]` of a profile with the real client and a fake collector; and `private`, which exports nothing."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.client import harness
from tests.client.exposure import LOOK, LOOK_AT_CLIENT, files_with
from tests.client.stage import KINDS, PATIENCE, PROMPT, Stage, first, tool_results
from tests.client.wrapped import Wrapped
from tests.fakes.fake_collector import LOGS, METRICS, TRACES, FakeCollector, Point
from tests.fakes.fake_provider import call, say
from tests.watch import no_argument_holds

CURRENT, OLD, OLDEST = harness.CURRENT, harness.BEFORE_HOST_FLAG, "2.0.64"
TOKEN = KINDS["token"]
EVERYTHING = {METRICS, LOGS, TRACES}
DASHBOARD = Path(__file__).parents[2] / "docs" / "how-to" / "telemetry-dashboard.json"
CONTENT = ("USER_PROMPTS", "ASSISTANT_RESPONSES", "TOOL_DETAILS", "TOOL_CONTENT", "RAW_API_BODIES")
current_and_old = pytest.mark.parametrize("version", [CURRENT, OLD])


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with FakeCollector() as one:
        yield one


@pytest.fixture
def hostile() -> Iterator[FakeCollector]:
    """The collector that the settings files and the shell name."""
    with FakeCollector() as one:
        yield one


def table(collector: FakeCollector, more: str = "") -> str:
    return f'[telemetry]\notlp = "{collector.url}"\n{more}'


def elsewhere(collector: FakeCollector, *, content: bool = False) -> dict[str, str]:
    """The variables with which a user has telemetry of their own, in each way that the client has for that."""
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"{collector.url}{METRICS}",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{collector.url}{LOGS}",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.url}{TRACES}",
        "OTEL_EXPORTER_OTLP_HEADERS": "x-of-the-user=1",
        "OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES": "false",
        "ENABLE_BETA_TRACING_DETAILED": "1",
        "BETA_TRACING_ENDPOINT": collector.url,
    } | ({f"OTEL_LOG_{name}": "1" for name in CONTENT} if content else {})


def every(collector: FakeCollector) -> list[Point]:
    return [point for path in (METRICS, LOGS, TRACES) for point in collector.points(path)]


def check_whole(collector: FakeCollector, profile: str = "own") -> None:
    """All three kinds have come, with the profile on each point: on it or on what it belongs to."""
    assert collector.kinds == EVERYTHING
    points = every(collector)
    assert points
    assert [point for point in points if point.resource.get("cc.profile") != profile] == []
    told = {export.headers.get("x-of-the-user") for export in collector.exports}
    assert told == {None}


@pytest.mark.parametrize(
    ("version", "kind", "protocol"),
    [
        (CURRENT, "token", "http/protobuf"),
        (CURRENT, "token", "http/json"),
        (CURRENT, "sealed file", "http/protobuf"),
        (CURRENT, "none", "http/protobuf"),
        (CURRENT, "login", "http/protobuf"),
        (CURRENT, "key", "http/protobuf"),
        (OLD, "token", "http/protobuf"),
        (OLD, "key", "http/json"),
    ],
)
def test_metrics_events_and_spans_have_the_profile(
    stage: Stage, collector: FakeCollector, kind: str, protocol: str
) -> None:
    if kind == "login":
        harness.seed_login(stage.home)
    public = "compat.private = false" if kind == "none" else ""  # the catalog's servers of this machine are private
    stage.profile(KINDS[kind], public, tables=table(collector, f'protocol = "{protocol}"\n'))

    ended = stage.launch(KINDS[kind], "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check_whole(collector)
    if stage.is_current:
        assert [point for point in every(collector) if point.attributes.get("cc.profile") != "own"] == []
    names = {point.name for point in collector.points(METRICS)}
    assert {"claude_code.cost.usage", "claude_code.token.usage", "claude_code.session.count"} <= names
    tokens = {point.attributes["type"]: point.value for point in collector.points(METRICS) if "token" in point.name}
    assert tokens["input"] > 0
    assert not collector.holds(PROMPT)
    stage.check_requests(KINDS[kind], stage.protection(KINDS[kind]))


@pytest.mark.parametrize("version", [OLDEST])
def test_the_oldest_client_starts_as_before_and_has_no_spans(stage: Stage, collector: FakeCollector) -> None:
    stage.profile(TOKEN, tables=table(collector))

    ended = stage.launch(TOKEN, "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert collector.kinds == {METRICS, LOGS}
    assert {point.resource["cc.profile"] for point in every(collector)} == {"own"}


@pytest.mark.parametrize("place", ["user", "project", "local", "shell"])
@current_and_old
def test_no_settings_file_redirects_it(
    stage: Stage, collector: FakeCollector, hostile: FakeCollector, place: str
) -> None:
    marker = stage.elsewhere / "helper-ran"
    stage.profile(TOKEN, tables=table(collector))
    if place == "shell":
        stage.environment |= elsewhere(hostile, content=True)
    else:
        helper = f'touch {marker}; echo \'{{"x-of-the-user": "1"}}\''
        stage.settings(place, {"env": elsewhere(hostile, content=True), "otelHeadersHelper": helper})

    ended = stage.launch(TOKEN, "-p", PROMPT)

    assert ended.returncode == 0, ended
    assert hostile.exports == []
    check_whole(collector)
    assert not marker.exists()
    assert not collector.holds(PROMPT)
    assert stage.hijacker.requests == []


@current_and_old
def test_a_private_profile_exports_nothing_whatever_the_user_has(stage: Stage, hostile: FakeCollector) -> None:
    stage.profile(TOKEN)
    stage.settings("user", {"env": elsewhere(hostile)})
    assert stage.launch(TOKEN, "-p", PROMPT).returncode == 0
    assert hostile.exports, "without `private`, the user's own telemetry is the user's to have"
    hostile.exports.clear()

    stage.profile(TOKEN, "compat.private = true")
    for place in ("project", "local"):
        stage.settings(place, {"env": elsewhere(hostile)})
    stage.environment |= elsewhere(hostile)
    ended = stage.launch(TOKEN, "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert hostile.exports == []


@pytest.mark.parametrize("version", [OLDEST])
def test_so_it_is_with_the_oldest_client(stage: Stage, hostile: FakeCollector) -> None:
    stage.profile(TOKEN, "compat.private = true")
    stage.settings("user", {"env": elsewhere(hostile)})

    ended = stage.launch(TOKEN, "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert hostile.exports == []


@pytest.fixture
def token(stage: Stage) -> str:
    """The collector's token, in a file of its own."""
    made = f"otel-canary-{uuid4().hex}"
    path = stage.elsewhere / "token"
    path.touch(mode=0o600)
    path.write_text(made)
    return made


def with_secret(stage: Stage, collector: FakeCollector) -> str:
    about = f'{{ secret = "file:{stage.elsewhere}/token", prefix = "Bearer " }}'
    return table(collector, f'headers.X-Scope-OrgID = "a b"\nsecret_headers.Authorization = {about}\n')


@pytest.mark.parametrize(("version", "kind"), [(CURRENT, "token"), (CURRENT, "sealed file"), (OLD, "token")])
def test_a_secret_header_arrives_and_is_nowhere_else(
    stage: Stage, collector: FakeCollector, token: str, kind: str
) -> None:
    stage.profile(KINDS[kind], tables=with_secret(stage, collector))
    stage.ours.script = first(call("Bash", command=f"{LOOK}; {LOOK_AT_CLIENT}", description="x"))

    with no_argument_holds(token.encode()):
        ended = stage.launch(KINDS[kind], "-p", PROMPT, "--allowedTools", "Bash")

    assert ended.returncode == 0, ended
    check_whole(collector)
    sent = {(export.headers.get("authorization"), export.headers.get("x-scope-orgid")) for export in collector.exports}
    assert sent == {(f"Bearer {token}", "a b")}
    [seen] = tool_results(stage.ours.messages[-1].body)
    assert f"HOME={stage.home}" in seen
    assert token not in seen
    assert files_with(token, stage.home) == []
    assert all(token not in str(request) for request in stage.everything())


def test_the_secret_is_for_the_host_that_it_was_kept_for(stage: Stage, collector: FakeCollector, token: str) -> None:
    stage.profile(TOKEN, tables=with_secret(stage, collector))
    assert stage.launch(TOKEN, "-p", PROMPT).returncode == 0
    with FakeCollector() as other:
        address = other.url.replace("127.0.0.1", "localhost")
        stage.profile(TOKEN, tables=with_secret(stage, collector).replace(collector.url, address))

        ended = stage.launch(TOKEN, "-p", PROMPT)

        assert ended.returncode == 77, ended
        assert "the secret of the collector of telemetry was kept for 127.0.0.1" in ended.stderr
        assert "cc edit own --confirm-host, or cc secret set own --header telemetry.Authorization" in ended.stderr
        assert other.exports == []
        assert stage.cc("edit", "own", "--confirm-host").returncode == 0
        assert stage.launch(TOKEN, "-p", PROMPT).returncode == 0
        assert {export.headers["authorization"] for export in other.exports} == {f"Bearer {token}"}


def test_the_helper_hands_nothing_out_for_another_collector(stage: Stage, collector: FakeCollector, token: str) -> None:
    stage.profile(TOKEN, tables=with_secret(stage, collector))
    pins = json.loads(stage.plan(TOKEN)["pins"])

    asked = harness.run(
        ["sh", "-c", pins["otelHeadersHelper"]],
        stage.environment | {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "https://elsewhere.example/v1/metrics"},
        stage.work,
        timeout=PATIENCE,
    )

    assert (asked.returncode, asked.stdout) == (77, "")
    assert "only for 127.0.0.1" in asked.stderr
    allowed = harness.run(["sh", "-c", pins["otelHeadersHelper"]], stage.environment, stage.work, timeout=PATIENCE)
    assert json.loads(allowed.stdout) == {"Authorization": f"Bearer {token}"}


def test_prompts_go_only_where_the_profile_says_so_and_nothing_else_does(
    stage: Stage, collector: FakeCollector
) -> None:
    def launch(more: str) -> None:
        collector.exports.clear()
        stage.profile(TOKEN, tables=table(collector, more))
        stage.ours.script = lambda body: (
            [call("Bash", command="echo OF-A-TOOL", description="x")]
            if body.get("tools") and not tool_results(body)
            else [say("OF-THE-MODEL")]
        )
        assert stage.launch(TOKEN, "-p", "TYPED-BY-THE-USER", "--allowedTools", "Bash").returncode == 0

    stage.settings("user", {"env": {f"OTEL_LOG_{name}": "1" for name in CONTENT}})
    launch("")
    assert [word for word in ("TYPED-BY", "OF-A-TOOL", "OF-THE-MODEL") if collector.holds(word)] == []
    launch("prompts = true\n")
    assert [word for word in ("TYPED-BY", "OF-A-TOOL", "OF-THE-MODEL") if collector.holds(word)] == ["TYPED-BY"]


@pytest.mark.parametrize("where", ["shell", "user"])
def test_the_users_own_attributes_stay(stage: Stage, collector: FakeCollector, where: str) -> None:
    theirs = "team=core,cc.profile=another,region=eu"
    stage.profile(TOKEN, tables=table(collector, 'attributes.stage = "night"\n'))
    if where == "user":
        stage.settings("user", {"env": {"OTEL_RESOURCE_ATTRIBUTES": theirs}})
        stage.settings("project", {"env": {"OTEL_RESOURCE_ATTRIBUTES": "cc.profile=of-a-project"}})
    else:
        stage.environment["OTEL_RESOURCE_ATTRIBUTES"] = theirs

    for cached in (False, True):
        collector.exports.clear()
        assert stage.launch(TOKEN, "-p", PROMPT, cached=cached).returncode == 0
        check_whole(collector)
        for point in every(collector):
            assert [point.resource[name] for name in ("team", "region", "stage")] == ["core", "eu", "night"]


@pytest.mark.parametrize("kind", ["token", "sealed file"])
def test_a_wrapper_does_the_same(
    stage: Stage, collector: FakeCollector, hostile: FakeCollector, token: str, kind: str
) -> None:
    stage.profile(KINDS[kind], tables=with_secret(stage, collector))
    stage.environment |= elsewhere(hostile) | {"OTEL_RESOURCE_ATTRIBUTES": "team=core"}
    wrapper = Wrapped(stage)

    with no_argument_holds(token.encode()):
        ended = wrapper.launch("-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check_whole(collector)
    assert {point.resource["team"] for point in every(collector)} == {"core"}
    assert {export.headers["authorization"] for export in collector.exports} == {f"Bearer {token}"}
    assert hostile.exports == []


def test_a_wrapper_of_a_private_profile_exports_nothing(stage: Stage, hostile: FakeCollector) -> None:
    stage.profile(TOKEN, "compat.private = true")
    stage.settings("user", {"env": elsewhere(hostile)})

    ended = Wrapped(stage).launch("-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert hostile.exports == []


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("fault", ["nobody", "refused", "helper"])
def test_a_collector_that_is_down_breaks_nothing(stage: Stage, fault: str) -> None:
    with FakeCollector(status=503) as broken, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        tables = with_secret(stage, broken)
        if fault == "nobody":
            tables = tables.replace(broken.url, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        stage.profile(TOKEN, tables=tables)
        if fault == "helper":  # the secret goes while the session runs
            (stage.elsewhere / "token").write_text("")
            ended = stage.launch(TOKEN, "-p", PROMPT)
            assert ended.returncode == 77, ended
            assert "own: telemetry: the secret is empty" in ended.stderr
            return

        ended = stage.launch(TOKEN, "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    assert "telemetry" not in ended.stderr.lower()


def claude(stage: Stage, *arguments: str) -> harness.Ended:
    return harness.run([stage.client, *arguments], stage.environment, stage.work, timeout=PATIENCE)


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("kind", ["token", "none"])
def test_cc_use_leaves_telemetry_to_launches(stage: Stage, collector: FakeCollector, kind: str) -> None:
    stage.profile(KINDS[kind], "compat.private = false", tables=with_secret(stage, collector))

    used = stage.cc("use", "own")

    assert used.returncode == 0, used
    assert "telemetry is for launches alone" in used.stderr
    written = stage.settings_path("local").read_text()
    assert "OTEL_" not in written
    assert collector.url not in written
    assert claude(stage, "-p", PROMPT).returncode == 0
    assert collector.exports == []


@current_and_old
def test_cc_use_of_a_private_profile_silences_the_users_own(stage: Stage, hostile: FakeCollector) -> None:
    stage.profile(TOKEN, "compat.private = true")
    theirs = {name: value for name, value in elsewhere(hostile).items() if "BETA_TRACING" not in name}
    stage.settings("user", {"env": theirs})
    assert stage.cc("use", "own").returncode == 0

    assert claude(stage, "-p", PROMPT).returncode == 0
    assert hostile.exports == []


def test_the_dashboard_asks_for_what_the_client_sends(stage: Stage, collector: FakeCollector) -> None:
    """Each metric and label of the example dashboard, as Prometheus names what this session sent."""

    stage.profile(TOKEN, tables=table(collector))
    assert stage.launch(TOKEN, "-p", PROMPT).returncode == 0
    sent: dict[str, set[str]] = {}
    for point in collector.points(METRICS):
        unit = {"": "", "s": "_seconds"}.get(point.unit, f"_{point.unit}")
        name = f"{point.name.replace('.', '_').removesuffix('_total')}{unit}_total"  # which stands at the end, once
        sent.setdefault(name, set()).update(label.replace(".", "_") for label in point.attributes)
    queries = [
        target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel.get("targets", ())
    ]
    assert len(queries) >= 4
    for query in queries:
        [asked] = set(re.findall(r"claude_code_\w+", query))
        assert asked in sent, f"{asked} is none of {sorted(sent)}"
        labels = set(re.findall(r"(\w+)(?:=~|=)\"", query))
        for group in re.findall(r"by \(([^)]*)\)", query):
            labels |= {label.strip() for label in group.split(",")}
        assert labels <= sent[asked], query
