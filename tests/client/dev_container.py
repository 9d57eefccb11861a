"""A real dev container, made by the real Dev Containers CLI from what `cc env` prints, and the real client in it.

    python tests/client/dev_container.py IMAGE

By hand: it needs Docker, and a small image with a shell (`debian`). The client is mounted into the container. A
loopback provider stands for a real one; the container reaches it by the bridge.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.client import harness
from tests.client.stage import HOSTED, KINDS, PROMPT, Kind, Stage, said
from tests.client.test_elsewhere import CASES, DEVCONTAINER, FAR, STRAY, printed, put_traps
from tests.fakes.fake_provider import FakeProvider

INSIDE = "host.docker.internal"


def main(image: str) -> None:
    """Print a row for each kind of profile."""
    cli = harness.npm_program("@devcontainers/cli", DEVCONTAINER).parents[1] / "devcontainer"
    local = Kind(KINDS["none"].profile.replace("{url}", "{far}"), "none", (HOSTED, HOSTED))
    failed = 0
    for name, kind in {**CASES, "a server of this machine": local}.items():
        with ExitStack() as opened:
            root = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="cc-")))
            stage = Stage(root, harness.CURRENT, [opened.enter_context(FakeProvider()) for _ in range(3)])
            opened.callback(bridged(stage.ours.port).close)
            text = printed(stage, kind, "devcontainer", stage.ours.url if kind is local else FAR)
            keys = json.loads(text.replace(stage.ours.url, f"http://{INSIDE}:{stage.ours.port}"))
            put_traps(stage)
            code, told = asked(cli, stage, image, keys)
            strays = [request for request in stage.everything() if STRAY in said(request)]
            try:
                stage.check_requests(Kind("", kind.auth, kind.protection, prefix=kind.prefix), HOSTED)
                wrong = "" if (code, told.strip()) == (0, "pong") and not strays else f"WRONG: {told}"
            except AssertionError as error:
                wrong = f"WRONG: {error}"
            failed += bool(wrong)
            print(f"| {name} | {code} | {wrong or 'as it should be'} |", flush=True)
    sys.exit(1 if failed else 0)


def asked(cli: Path, stage: Stage, image: str, keys: dict[str, Any]) -> tuple[int, str]:
    """The exit code of the client in a container of these keys, and what it says."""
    folder = stage.work / ".devcontainer"
    folder.mkdir()
    client = f"type=bind,source={os.path.realpath(stage.client)},target=/usr/local/bin/claude"
    # A container that has a key for something else: an image may, and so does a codespace.
    keys["containerEnv"] = {"ANTHROPIC_API_KEY": STRAY} | keys["containerEnv"]
    reach = keys.get("runArgs") or [f"--add-host={INSIDE}:host-gateway"]
    whole = keys | {"image": image, "mounts": [client], "runArgs": reach}
    (folder / "devcontainer.json").write_text(json.dumps(whole))
    environment = {**os.environ, "HOME": str(stage.home)} | dict.fromkeys(keys.get("secrets", {}), stage.secret)
    where = ("--workspace-folder", str(stage.work))
    up = run(environment, str(cli), "up", *where)
    assert up.returncode == 0, up
    container = json.loads(up.stdout.splitlines()[-1])["containerId"]
    try:
        assert stage.secret not in run(environment, "docker", "inspect", container).stdout
        done = run(environment, str(cli), "exec", *where, "claude", "-p", PROMPT)
        return done.returncode, done.stdout
    finally:
        run(environment, "docker", "rm", "--force", container)


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def bridged(port: int) -> socket.socket:
    """The same port on Docker's bridge, which leads to the provider on loopback."""
    (address,) = json.loads(
        subprocess.run(["docker", "network", "inspect", "bridge"], capture_output=True, check=True).stdout
    )[0]["IPAM"]["Config"]
    listening = socket.create_server((address.get("Gateway", "172.17.0.1"), port))

    def serve() -> None:
        with suppress(OSError):
            while True:
                one, _ = listening.accept()
                two = socket.create_connection(("127.0.0.1", port))
                for pair in ((one, two), (two, one)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listening


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(sys.argv[1])
