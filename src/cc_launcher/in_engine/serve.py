"""Run LiteLLM's proxy on a socket that is open already: `serve.py CONFIG SOCKET SAYS LOG`.

SOCKET is inherited from our parent, which keeps it open when we end; SAYS is a pipe to it, on which we say `ready`, or
what is wrong. From then on nothing that was asked or answered can get into LOG: it has places in the code alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
from collections.abc import Callable, Collection
from typing import Any

_SERVED = ("/v1/messages", "/v1/messages/count_tokens", "/health/liveliness", "/health/readiness")
_MOST = 512 * 1024  # bytes of a log that is gone on with
_LOOK, _LOOKS = 0.02, 100  # seconds: who has connected also asks in two


def main() -> None:
    """Serve until we are told to end."""
    config, number, says, log = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    _log_into(log)
    listening = socket.socket(fileno=number)
    try:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        import cc_orphan  # noqa: PLC0415 - in the directory that was just added

        # LiteLLM puts the directory two above the current one in front of where modules are looked for. So that is one
        # of ours, and what is ours is loaded before.
        os.chdir(os.path.dirname(config))
        import cc_hooks  # noqa: PLC0415
        import uvicorn  # noqa: PLC0415 - what fails from here on is said

        _serve_on(uvicorn, listening, says, cc_hooks, cc_orphan.serving.set)
        cc_orphan.watch(listening)
        from litellm.proxy import proxy_cli  # noqa: PLC0415

        port = str(listening.getsockname()[1])
        arguments = ["--config", config, "--host", "127.0.0.1", "--port", port, "--telemetry", "False"]
        proxy_cli.run_server(arguments, standalone_mode=False)
    except BaseException as fault:
        _tell(says, f"fault {type(fault).__name__}: {fault}")
        raise


def _serve_on(uvicorn: Any, listening: socket.socket, says: int, hooks: Any, serving: Callable[[], None]) -> None:
    """Have what LiteLLM starts serve there, and say when it does."""

    class Server(uvicorn.Server):  # type: ignore[misc]
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            begin, lifespan = self.lifespan.startup, self.lifespan

            async def begun() -> None:
                await begin()
                if not lifespan.should_exit:
                    await hooks.cc_warm.up(self.config.loaded_app.app)

            lifespan.startup = begun
            await super().startup(sockets=sockets)
            if self.started:
                _hush()
                serving()
                _tell(says, "ready")

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """Take no more connections, and answer who has one of ours before it is closed."""
            for server in self.servers:
                server.close()
            await _until_all_have_asked(self.server_state.connections)
            await super().shutdown(sockets=sockets)

    def run(app: Any, **options: Any) -> None:
        for name in ("host", "port"):
            options.pop(name, None)
        config = uvicorn.Config(app, **(options | {"access_log": False, "log_level": "warning", "backlog": 2048}))
        load = config.load

        def loaded() -> None:
            load()
            config.loaded_app = Door(config.loaded_app, hooks, lambda: bool(server.should_exit))

        config.load = loaded
        server = Server(config)
        server.run(sockets=[listening])

    uvicorn.run = run


async def _until_all_have_asked(connections: Collection[Any]) -> None:
    """Wait for the first request of each connection: closed before that, somebody would be sent away unheard."""
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK)  # in which what was accepted becomes a connection
        if not any(getattr(connection, "cycle", connection) is None for connection in connections):
            return


class Door:
    """What comes in passes here first: paths that nobody needs end here, and we see when a request is over."""

    def __init__(self, app: Any, hooks: Any, ends: Callable[[], bool]) -> None:
        self.app = app
        self.ends = ends
        self.hooks = hooks.hooks
        self.call = hooks.CALL.encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection's request, as ASGI has it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        send = self._closing(send)
        path = scope["path"].rstrip("/") or "/"
        if path == "/":
            await _answer(send, 200, {})  # the client looks whether somebody is there
        elif path == "/v1/models" or path.startswith("/v1/models/"):
            await self._models(scope, send)
        elif path in _SERVED or path == "/metrics":
            await self._passed(scope, receive, send)
        else:
            await _answer(send, 404, _error("not_found_error", "cc: this gateway has no such path"))

    def _closing(self, send: Any) -> Any:
        """While we end: whoever is answered comes back on a new connection, which is the next engine's."""

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start" and self.ends():
                message = message | {"headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        return sent

    async def _passed(self, scope: Any, receive: Any, send: Any) -> None:
        call, status, whole = os.urandom(16).hex(), 499, False
        if scope["path"] == "/metrics":  # where LiteLLM would answer that it is at the other one
            scope["path"], scope["raw_path"] = "/metrics/", b"/metrics/"
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != self.call]
        scope["headers"].append((self.call, call.encode()))

        async def sent(message: Any) -> None:
            nonlocal status, whole
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                whole = not message.get("more_body")
            await send(message)

        async def received() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect" and not whole:
                self.hooks.gone(call)
            return message

        try:
            await self.app(scope, received, sent)
        finally:
            self.hooks.over(call, status)

    async def _models(self, scope: Any, send: Any) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        given = headers.get("authorization") or headers.get("x-api-key") or ""
        try:
            key = self.hooks.check("/v1/models", given)
        except Exception as fault:  # noqa: BLE001 - of FastAPI, which this file does not import
            text = str(getattr(fault, "detail", "cc: refused"))
            await _answer(send, getattr(fault, "status_code", 500), _error("authentication_error", text))
            return
        await _answer(send, 200, self.hooks.listed(key))


def _error(kind: str, text: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": text}}


async def _answer(send: Any, status: int, content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _tell(says: int, text: str) -> None:
    line = " ".join(text.split())[:2000]
    try:
        os.write(says, f"{line}\n".encode())
        os.close(says)
    except OSError:
        return  # our parent is gone, or it was told already


def _log_into(path: str) -> None:
    """Have what we write go into a file, begun again where it is long."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, 0o600)
    if os.fstat(handle).st_size > _MOST:
        os.ftruncate(handle, 0)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


def _hush() -> None:
    """From now on, no text of LiteLLM's is written: what an upstream says may repeat what it was asked."""
    kept = os.fdopen(os.dup(2), "a", buffering=1, encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)

    class Bare(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            fault = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
            kept.write(f"{record.levelname} {record.name} {record.filename}:{record.lineno} {fault}\n")

    for name in [None, *logging.root.manager.loggerDict]:
        logging.getLogger(name).handlers.clear()
    logging.root.addHandler(Bare(logging.WARNING))
    sys.stderr = kept  # where our own lines go, which begin with `cc:`
    asyncio.get_running_loop().set_exception_handler(lambda _, about: kept.write(f"ERROR asyncio {about['message']}\n"))


if __name__ == "__main__":
    main()
