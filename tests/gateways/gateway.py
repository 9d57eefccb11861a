"""Install real gateways and run them on loopback: LiteLLM's proxy from PyPI, claude-code-router from npm."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.client.harness import CACHE, REAL_HOME
from tests.support import require_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CCR = "2.0.0"  # the newest that runs without a desktop and on Node 20: 3.x is an app of its own with pages
UV = "0.13.8"
# Every package with its version, LiteLLM's too, and only what its proxy imports: half of `litellm[proxy]`. Releases
# 1.82.7 and 1.82.8 of it were malicious.
LITELLM = Path(__file__).with_name("litellm.txt")
PATIENCE = 300.0  # seconds: LiteLLM alone needs about 12 of a processor to start

_GATEWAYS = CACHE.parent / "gateways"


class Keys(NamedTuple):
    """Of the gateway, and of what is behind it."""

    own: str
    upstream: str


def litellm() -> Path:
    """The Python that has LiteLLM, installed unless it is in the cache."""
    wanted = LITELLM.read_text()
    version = next(line.partition("==")[2] for line in wanted.splitlines() if line.startswith("litellm=="))
    assert version not in {"1.82.7", "1.82.8"}

    def install(directory: Path) -> None:
        # uv has it in a tenth of the time that pip takes for so many packages.
        _run(sys.executable, "-m", "pip", "install", "--target", directory / "uv", "--no-compile", f"uv=={UV}")
        _run(sys.executable, "-m", "venv", "--without-pip", directory / "venv")
        uv = directory / "uv" / "bin" / "uv"
        into = ("--python", directory / "venv" / "bin" / "python", "--no-deps", "--no-cache", "--system-certs")
        _run(uv, "pip", "install", *into, "--link-mode", "copy", "-r", LITELLM)
        shutil.rmtree(directory / "uv")

    return _installed(f"litellm-{version}", install) / "venv" / "bin" / "python"


def claude_code_router() -> Path:
    """The router's program, installed unless it is in the cache."""
    require_tool("npm")

    def install(directory: Path) -> None:
        directory.mkdir()
        package = f"@musistudio/claude-code-router@{CCR}"
        _run("npm", "install", "--no-audit", "--no-fund", "--prefix", directory, package)

    return _installed(f"claude-code-router-{CCR}", install) / "node_modules" / ".bin" / "ccr"


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
    python, port = litellm(), free_port()
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


def _installed(name: str, install: Callable[[Path], None]) -> Path:
    directory = _GATEWAYS / name
    _GATEWAYS.mkdir(parents=True, exist_ok=True)
    with (_GATEWAYS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = directory / "complete"
        if not done.exists():
            shutil.rmtree(directory, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=_GATEWAYS) as scratch:
                unfinished = Path(scratch) / "install"
                install(unfinished)
                unfinished.rename(directory)  # which a venv's Python survives, but not its scripts
            done.touch()
    return directory


def _run(*argv: str | Path) -> None:
    ended = subprocess.run(
        argv, env={**os.environ, "HOME": str(REAL_HOME)}, capture_output=True, timeout=900, check=False
    )
    assert ended.returncode == 0, (argv, ended.stdout, ended.stderr)
