"""Install real gateways and run them on loopback: LiteLLM's proxy from PyPI, claude-code-router from npm."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.gateways import engine
from tests.gateways.installed import installed, run
from tests.support import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

CCR = "2.0.0"  # the newest that runs without a desktop and on Node 20: 3.x is an app of its own with pages
PATIENCE = 300.0  # seconds: LiteLLM alone needs about 12 of a processor to start


class Keys(NamedTuple):
    """Of the gateway, and of what is behind it."""

    own: str
    upstream: str


def claude_code_router() -> Path:
    """The router's program, installed unless it is in the cache."""
    require_tool("npm")

    def install(directory: Path) -> None:
        directory.mkdir()
        package = f"@musistudio/claude-code-router@{CCR}"
        run("npm", "install", "--no-audit", "--no-fund", "--prefix", directory, package)

    return installed(f"claude-code-router-{CCR}", install) / "node_modules" / ".bin" / "ccr"


@contextmanager
def running(argv: list[str | Path], environment: dict[str, str], health: str, port: int, log: Path) -> Iterator[None]:
    """A gateway, from when it answers until the test is done with it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, env=environment, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port, health):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{argv} does not answer; it wrote:\n{log.read_text(errors='replace')}")
            time.sleep(0.1)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def litellm_serving(
    directory: Path, surroundings: dict[str, str], models: dict[str, str], upstream: str, keys: Keys
) -> Iterator[int]:
    """LiteLLM's proxy on this port: the names of models on the left, those of the upstream on the right."""
    python, port = engine.python(), free_port()
    config = directory / "config.yaml"
    config.write_text(litellm_config(models, upstream, keys.upstream, keys.own))
    argv: list[str | Path] = [python, "-m", "litellm.proxy.proxy_cli", "--config", config]
    argv += ["--host", "127.0.0.1", "--port", str(port)]
    # Its table of prices is fetched from GitHub otherwise.
    environment = surroundings | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with running(argv, environment, "/health/liveliness", port, directory / "log"):
        yield port


@contextmanager
def router_serving(
    directory: Path, surroundings: dict[str, str], models: list[str], upstream: str, keys: Keys
) -> Iterator[int]:
    """claude-code-router on this port; its home is that of the surroundings."""
    ccr, port = claude_code_router(), free_port()
    config = Path(surroundings["HOME"]) / ".claude-code-router" / "config.json"
    config.parent.mkdir()
    config.write_text(ccr_config(port, models, upstream, keys.upstream, keys.own))
    with running([ccr, "start"], surroundings, "/health", port, directory / "log"):
        yield port


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def litellm_config(models: dict[str, str], upstream: str, upstream_key: str, master_key: str) -> str:
    """Its config.yaml, which may be JSON as well. `hosted_vllm/`: with `openai/` it would ask for /v1/responses."""
    found = [
        {
            "model_name": name,
            "litellm_params": {"model": f"hosted_vllm/{there}", "api_base": f"{upstream}/v1", "api_key": upstream_key},
        }
        for name, there in models.items()
    ]
    return json.dumps({"model_list": found, "general_settings": {"master_key": master_key}})


def ccr_config(port: int, models: list[str], upstream: str, upstream_key: str, own_key: str) -> str:
    """Its config.json. What is asked for without a provider goes to a model that no test wants to see."""
    provider = {
        "name": "up",
        "api_base_url": f"{upstream}/v1/chat/completions",
        "api_key": upstream_key,
        "models": [*models, "nobody-asked"],
    }
    return json.dumps(
        {"LOG": False, "NON_INTERACTIVE_MODE": True, "HOST": "127.0.0.1", "PORT": port, "APIKEY": own_key}
        | {"Providers": [provider], "Router": {"default": "up,nobody-asked"}}
    )


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
