"""What the gateway costs: the same request directly, and through the engine alone, with its metrics, and with ours.

`python tests/speed/gateway.py [REQUESTS]`, from the project's root. All are asked in turn, so that what else happens on
the machine is the same for each. It installs the engine for the tests, unless that is done.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.gateways import engine, gateway
from tests.gateways.running import CANARY, Gateway, body
from tests.gateways.upstream import FakeUpstream

REQUESTS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
MASTER = "sk-for-this-measurement"
PROFILE = """\
[gateway]
upstreams = { a = "up-a", b = "up-b" }
[routes.main]
targets = [{ to = "a/m", weight = 70 }, { to = "b/m", weight = 30 }]
budget = "1000 USD/30d"
[[rules]]
name = "saver"
when = "budget_used > 85.0 && model == 'main'"
to = "main"
"""


def alone(stack: ExitStack, directory: Path, upstream: FakeUpstream, callbacks: list[str]) -> int:
    """LiteLLM as its own command starts it, on this port."""
    directory.mkdir()
    params = {"model": "hosted_vllm/m", "api_base": f"{upstream.url}/a/v1", "api_key": CANARY}
    config = {
        "model_list": [{"model_name": "main", "litellm_params": params}],
        "litellm_settings": {"drop_params": True, "turn_off_message_logging": True, "callbacks": callbacks},
        "general_settings": {"master_key": MASTER},
    }
    (directory / "config.json").write_text(json.dumps(config))
    port = gateway.free_port()
    argv: list[str | Path] = [engine.python(), "-m", "litellm.proxy.proxy_cli", "--config", directory / "config.json"]
    argv += ["--host", "127.0.0.1", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    environment |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True"}
    stack.enter_context(gateway.running(argv, environment, "/health/liveliness", port, directory / "log"))
    return port


def asked(port: int, path: str, key: str, content: dict[str, Any]) -> tuple[float, float]:
    """The milliseconds to the first byte of the answer, and to its last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.connect()
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    headers["x-claude-code-session-id"] = "speed"
    begun = time.perf_counter()
    connection.request("POST", path, json.dumps(content), headers)
    answer = connection.getresponse()
    answer.read(1)
    first = time.perf_counter()
    answer.read()
    last = time.perf_counter()
    connection.close()
    assert answer.status == 200, answer.status
    return (first - begun) * 1000, (last - begun) * 1000


def megabytes(pid: int) -> float:
    """What a process holds of the machine's memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000


def processor(pid: int) -> float:
    """The milliseconds of a processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def process_of(directory: Path) -> int:
    """The engine that was told of this directory."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = path.read_bytes()
            if b"proxy_cli" in line and os.fsencode(directory) in line:
                return int(path.parent.name)
    raise AssertionError(directory)


def main() -> None:
    """Print it."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(FakeUpstream())
        ours = Gateway(root / "ours", upstream)
        stack.callback(ours.end)
        ours.profile("mix", PROFILE)
        ours.use_engine()
        begun = time.monotonic()
        ours.cc("gateway", "up", "mix")
        warm = time.monotonic() - begun
        key = ours.key()
        first = asked(ours.record["port"], "/v1/messages", key, body("main"))[1]
        begun = time.monotonic()
        ours.cc("gateway", "up", "mix")
        again = time.monotonic() - begun
        bare = alone(stack, root / "bare", upstream, [])
        metrics = alone(stack, root / "metrics", upstream, ["prometheus"])
        port = ours.record["port"]
        ways: dict[str, Callable[[dict[str, Any]], tuple[float, float]]] = {
            "directly": lambda content: asked(upstream.port, "/a/v1/chat/completions", CANARY, content),
            "engine alone": lambda content: asked(bare, "/v1/messages", MASTER, content),
            "and its metrics": lambda content: asked(metrics, "/v1/messages", MASTER, content),
            "and ours": lambda content: asked(port, "/v1/messages", key, content),
        }
        print(
            f"{'ms, median of ' + str(REQUESTS):<24}{'first byte':>12}{'whole':>10}{'streamed: first':>18}{'whole':>10}"
        )
        found: dict[str, list[list[float]]] = {name: [[], [], [], []] for name in ways}
        engines = {
            "engine alone": process_of(root / "bare"),
            "and its metrics": process_of(root / "metrics"),
            "and ours": ours.record["engine"],
        }
        before: dict[str, float] = {}
        for number in range(-5, REQUESTS):
            if number == 0:
                before = {name: processor(pid) for name, pid in engines.items()}
            for name, ask in ways.items():
                times = [*ask(body("main")), *ask(body("main", stream=True))]
                if number >= 0:
                    for place, value in enumerate(times):
                        found[name][place].append(value)
        for name, columns in found.items():
            cells = [statistics.median(column) for column in columns]
            print(f"{name:<24}{cells[0]:>12.1f}{cells[1]:>10.1f}{cells[2]:>18.1f}{cells[3]:>10.1f}")
        differences = [
            statistics.median(
                [
                    mine - theirs
                    for mine, theirs in zip(found["and ours"][place], found["and its metrics"][place], strict=True)
                ]
            )
            for place in (0, 2)
        ]
        print(f"ours beside the same engine, pair by pair: {differences[0]:+.1f} ms, streamed {differences[1]:+.1f} ms")
        used = {name: (processor(pid) - before[name]) / REQUESTS / 2 for name, pid in engines.items()}
        print(
            "of a processor, for each request: " + ", ".join(f"{name} {value:.1f} ms" for name, value in used.items())
        )
        record = ours.record
        print(f"memory: parent {megabytes(record['pid']):.0f} MB, engine {megabytes(record['engine']):.0f} MB")
        print(f"cold: {warm:.1f} s to warm, first request {first:.0f} ms; warm: {again:.1f} s for `cc gateway up`")


if __name__ == "__main__":
    main()
