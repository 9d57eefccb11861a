"""The small parent of the gateway's engine: it keeps the port open, whatever becomes of the engine, and ends when idle.

`cc` tells it over a socket that only its owner can open what to serve, secrets too: they are in no file and in no
argument. Nothing is imported here but Python's own.
"""

import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from cc_launcher.launch import gateway_alive, gateway_callers, gateway_parts, gateway_port
from cc_launcher.launch.gateway_callers import Caller
from cc_launcher.launch.gateway_engine import Engine
from cc_launcher.launch.gateway_parts import Parts

_RESTARTS, _WITHIN = 3, 300.0
_HANDED_OVER = 1800.0  # seconds in which what an engine was answering is over, when another one has taken its place
_TICK = 0.5

Write = Callable[[str, bytes], object]


class Parent:
    """What is served, by which engine, and who waits for that."""

    def __init__(self, directory: str, write: Write) -> None:
        self.parts = Parts(directory, write)
        self.write = write
        self.selector = selectors.DefaultSelector()
        self.listening: socket.socket | None = None
        self.orphan = 0
        self.engines: list[Engine] = []
        self.current: Engine | None = None
        self.coming: Engine | None = None
        self.queue: list[tuple[Caller, dict[str, Any]]] = []  # who wants to join, in turn
        self.joining: tuple[Caller, dict[str, Any]] | None = None
        self.crashes: list[float] = []
        self.fault = ""
        self.needed = time.monotonic()
        self.looked = 0.0
        self.leaving: list[Caller] | None = None
        self.control = gateway_callers.opened()
        self.selector.register(self.control, selectors.EVENT_READ, self._accept)

    def run(self) -> None:
        """Until there is nothing left to do."""
        while not (self.leaving is not None and not self.engines):
            for key, _ in self.selector.select(_TICK):
                key.data()
            self._reap()
            self._advance()
            self._look()
        if gateway_port.recorded(".").get("pid") == os.getpid():
            self.record(over=True)
        for caller in self.leaving:
            caller.tell(state="down")

    # Who asks

    def _accept(self) -> None:
        connection, _ = self.control.accept()
        caller = Caller(connection)
        self.selector.register(connection, selectors.EVENT_READ, lambda: self._hear(caller))

    def _hear(self, caller: Caller) -> None:
        lines = caller.heard()
        if lines is None:
            self._let_go(caller)
            return
        for line in lines:
            try:
                self._asked(caller, json.loads(line))
            except (ValueError, KeyError, TypeError):
                caller.tell(state="failed", why="that is no question")

    def _let_go(self, caller: Caller) -> None:
        self.selector.unregister(caller.connection)
        caller.connection.close()
        self.queue = [(other, asked) for other, asked in self.queue if other is not caller]

    def _asked(self, caller: Caller, asked: dict[str, Any]) -> None:
        what = asked["do"]
        if what == "status":
            caller.tell(state="status", **self.status())
        elif what == "join":
            gateway_parts.taken_apart(asked)  # which it has to be, before anything depends on it
            self.needed = time.monotonic()
            caller.tell(state="waiting")
            self.queue.append((caller, asked))
        elif what == "down":
            self._leave(float(asked.get("within") or 0.0), caller)
        else:
            caller.tell(state="here")

    def status(self) -> dict[str, Any]:
        """How it stands."""
        shown = self.coming or self.current
        state = "serving" if self.current else "starting" if self.coming else "failed" if self.fault else "empty"
        return {
            "serves": "ending" if self.leaving is not None else state,
            "starting": self.coming is not None,
            "port": self._port(),
            "pid": os.getpid(),
            "engine": None if shown is None else shown.pid,
            "since": None if self.current is None else self.current.since,
            "ending": sum(bool(engine.ending) for engine in self.engines),
            "restarts": len(self.crashes),
            "profiles": self.parts.names(),
            "run": self.current.run if self.current else "",
            "version": self.parts.version,
            "python": self.parts.python,
            "fault": self.fault,
        }

    # Engines

    def _advance(self) -> None:
        """Take the next step: answer who joins when the engine serves, and start what is wanted next."""
        if self.coming is not None and self.coming.ready:
            self._take_over(self.coming)
        if self.leaving is not None or self.coming is not None or self.joining is not None:
            return
        while self.queue and self.coming is None:
            caller, asked = self.queue.pop(0)
            if self.current is not None and self.parts.is_same(asked):
                self._joined(caller)
                continue
            self.joining = (caller, asked)
            was, self.fault = self.fault, ""
            caller.tell(state="starting", was=was)
            self.parts.take(asked)
            self._start()

    def _start(self) -> None:
        """Start an engine on what is to be served now."""
        try:
            listening = self._opened()
            run = self.parts.written()
            engine = Engine(run, self.parts.python, listening, self.parts.secrets())
        except OSError as bad:
            self._failed(f"{bad.filename or self.parts.python}: {bad.strerror}")
            return
        except Exception as bad:  # noqa: BLE001 - of who writes our files
            self._failed(str(getattr(bad, "what", bad)))
            return
        self.engines.append(engine)
        self.coming = engine
        self.selector.register(engine.says, selectors.EVENT_READ, lambda: self._listen_to(engine))
        self.record()

    def _listen_to(self, engine: Engine) -> None:
        if not engine.heard():
            self._unhear(engine)

    def _unhear(self, engine: Engine) -> None:
        if engine.says >= 0:
            self.selector.unregister(engine.says)
            os.close(engine.says)
            engine.says = -1

    def _take_over(self, engine: Engine) -> None:
        """The new engine serves: the one before may finish what it is answering."""
        before, self.current, self.coming = self.current, engine, None
        if before is not None:
            before.end(within=_HANDED_OVER)
        if self.orphan:
            gateway_port.end(self.orphan)
            self.orphan = 0
        self.parts.settled()
        self.parts.sweep([other.run for other in self.engines])
        self.record()
        if self.joining is not None:
            caller, self.joining = self.joining[0], None
            self._joined(caller)

    def _joined(self, caller: Caller) -> None:
        caller.tell(state="ready", port=self._port())

    def _failed(self, why: str) -> None:
        """What was to be served cannot be: what was served before still is."""
        self.coming = None
        if self.joining is None:
            self._give_up(why)
            return
        caller, self.joining = self.joining[0], None
        self.parts.undo()
        serves = self.current is not None or bool(self.orphan)
        caller.tell(state="failed", why=why or "the engine ended", serves=serves)
        if not serves and not self.parts.names():
            self._leave(0.0)

    def _reap(self) -> None:
        """See which engines have ended, and which have to be ended."""
        for engine in list(self.engines):
            try:
                pid, status = os.waitpid(engine.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = engine.pid, 0
            if not pid:
                if engine.is_late:
                    engine.kill()
                continue
            while engine.says >= 0 and engine.heard():
                pass
            self._unhear(engine)
            self.engines.remove(engine)
            self._ended(engine, os.waitstatus_to_exitcode(status))
            self.parts.sweep([other.run for other in self.engines])

    def _ended(self, engine: Engine, code: int) -> None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if engine is self.coming and not engine.ready and self.joining is not None:
            self._failed(engine.fault() or f"the engine ended with {how}")
            return
        if engine is self.coming:
            self.coming = None
        elif engine is self.current:
            self.current = None
        else:
            return
        if self.leaving is not None:
            return
        now = time.monotonic()
        self.crashes = [*(time_ for time_ in self.crashes if now - time_ < _WITHIN), now]
        if len(self.crashes) > _RESTARTS:
            self._give_up(
                f"the engine ended {len(self.crashes)} times in five minutes ({how}); {engine.fault()}".rstrip("; ")
            )
        elif self.coming is None:
            self._start()

    def _give_up(self, why: str) -> None:
        """No engine serves, and none is started before somebody launches: who asks is to hear that at once."""
        self.fault = why
        self.crashes.clear()
        if self.listening is not None:
            self.listening.close()
            self.listening = None
        self.record()

    # Coming and going

    def _opened(self) -> socket.socket:
        if self.listening is None:
            self.listening, self.orphan = gateway_port.listening()
        return self.listening

    def _port(self) -> int:
        return 0 if self.listening is None else int(self.listening.getsockname()[1])

    def record(self, *, over: bool = False) -> None:
        """Write down where we are, for the next launch."""
        port = self._port() or gateway_port.recorded(".").get("port") or 0
        pid = 0 if over else os.getpid()
        content = {
            "version": gateway_port.VERSION,
            "port": port,
            "pid": pid,
            "start": gateway_alive.started(pid) if pid else "",
        }
        content |= {"engine": None if self.current is None or over else self.current.pid, "litellm": self.parts.version}
        try:
            self.write(gateway_port.RECORD, json.dumps(content).encode())
        except Exception:  # noqa: BLE001 - a full disk: we serve all the same
            return

    def _look(self) -> None:
        """See whether somebody still needs us, from time to time."""
        now = time.monotonic()
        if self.leaving is not None or now - self.looked < min(self.parts.idle / 4, 15.0):
            return
        self.looked = now
        if self.coming is not None or self.queue or gateway_alive.any_session(self.parts.database):
            self.needed = now
        elif now - self.needed > self.parts.idle:
            self._leave(_HANDED_OVER)

    def _leave(self, within: float, caller: Caller | None = None) -> None:
        """End, when the engines have ended. Who launches from now on starts another parent, on the same port."""
        if self.leaving is None:
            self.selector.unregister(self.control)
            self.control.close()
            os.unlink(gateway_callers.CONTROL)
        self.leaving = [*(self.leaving or []), *([caller] if caller else [])]
        if self.listening is not None:
            self.listening.close()
            self.listening = None
        for engine in self.engines:
            engine.end(within=within if engine.ready else 0.0)
        if self.orphan:
            gateway_port.end(self.orphan)
        for waiting, _ in [*self.queue, *([self.joining] if self.joining else [])]:
            waiting.tell(state="failed", why="the gateway was told to end", serves=False)
        self.queue, self.joining = [], None
        if caller is not None:
            caller.tell(state="ending", engines=len(self.engines))


def main(args: list[str], write: Write) -> int:
    """`__gateway DIRECTORY`: serve until told to end, or until nobody needs it."""
    os.chdir(args[0])  # the names of sockets may not be long
    os.umask(0o077)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reads, writes = os.pipe()
    for end in (reads, writes):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    parent = Parent(os.getcwd(), write)
    signal.signal(signal.SIGTERM, lambda *_: parent._leave(60.0))  # noqa: SLF001 - our own
    parent.selector.register(reads, selectors.EVENT_READ, lambda: os.read(reads, 4096))
    parent.record()
    parent.run()
    return 0
