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

from cc_launcher.launch import gateway_alive, gateway_parts, gateway_port
from cc_launcher.launch.gateway_callers import Caller, Control
from cc_launcher.launch.gateway_engine import Engine
from cc_launcher.launch.gateway_joins import Joins
from cc_launcher.launch.gateway_keeper import Keeper
from cc_launcher.launch.gateway_parts import Parts

_RESTARTS, _WITHIN = 3, 300.0
_HANDED_OVER = 1800.0  # seconds in which what an engine was answering is over, when another one has taken its place
_TICK = 0.5
_MORE = 0.05  # seconds in which somebody else may want to join: one engine is started for both

Write = Callable[[str, bytes], object]


class Parent:
    """What is served, by which engine, and who waits for that."""

    def __init__(self, directory: str, write: Write) -> None:
        self.parts = Parts(directory, write)
        self.write = write
        self.listening: socket.socket | None = None
        self.orphan = 0
        self.engines: list[Engine] = []
        self.current: Engine | None = None
        self.coming: Engine | None = None
        self.joins = Joins()
        self.crashes: list[float] = []
        self.fault = ""
        self.needed = time.monotonic()
        self.looked = 0.0
        self.leaving: list[Caller] | None = None
        self.keeper = Keeper()
        self.control = Control(self._asked, self.joins.forget)
        self._listen()

    def _listen(self) -> None:
        """Be told who asks, and which of our children has ended."""
        self.wake = os.pipe()
        for end in self.wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.wake[1])
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._leave(60.0))
        self.selector = selectors.DefaultSelector()
        self.control.attach(self.selector)
        self.selector.register(self.wake[0], selectors.EVENT_READ, lambda: os.read(self.wake[0], 4096))

    def run(self) -> None:
        """Until there is nothing left to do."""
        while not (self.leaving is not None and not self.engines):
            heard = self.selector.select(_MORE if self.joins.queue else _TICK)
            for key, _ in heard:
                key.data()
            self._reap()
            self._advance(is_quiet=not heard)
            self._look()
        if gateway_port.recorded(".").get("pid") == os.getpid():
            self.record(over=True)
        for caller in self.leaving:
            caller.tell(state="down")

    # Who asks

    def _asked(self, caller: Caller, asked: dict[str, Any]) -> None:
        what = asked["do"]
        if what == "status":
            caller.tell(state="status", **self.status())
        elif what == "join":
            gateway_parts.taken_apart(asked)  # which it has to be, before anything depends on it
            self.needed = time.monotonic()
            self.joins.add(caller, asked)
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

    def _advance(self, *, is_quiet: bool) -> None:
        """Take the next step: answer who joins when the engine serves, and start what is wanted next."""
        if self.coming is not None and self.coming.ready:
            self._take_over(self.coming)
        if self.leaving is None and self.coming is None and self.joins.queue:
            if self.current is not None:
                self.joins.answer(self.parts, self._port())
            if is_quiet and self.joins.next(self.parts):
                was, self.fault = self.fault, ""
                self.joins.tell(state="starting", was=was)
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
        self.parts.mark()
        self.parts.sweep([other.run for other in self.engines])
        self.keeper.make(self._forget, self._go_on)
        self.record()
        self.joins.ready(self._port())

    def _forget(self) -> None:
        """In the copy of us that waits: have nothing open but the two sockets, and no child."""
        for key in list(self.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket) and key.fileobj is not self.control.socket:
                key.fileobj.close()
        self.selector.close()
        for handle in (*self.wake, *(engine.says for engine in self.engines if engine.says >= 0)):
            os.close(handle)
        self.engines, self.current, self.coming = [], None, None
        self.joins.clear()
        self.keeper = Keeper()

    def _go_on(self) -> None:
        """In that copy: we were killed. The engine, if it lives, serves until there is one of ours."""
        self._listen()
        record = gateway_port.recorded(".")
        if gateway_alive.started(record.get("engine") or 0) == record.get("engine_start"):
            self.orphan = record["engine"]
        self.needed = time.monotonic()
        self._start()
        self.run()

    def _failed(self, why: str) -> None:
        """What was to be served cannot be: what was served before still is."""
        self.coming = None
        if not self.joins.starting:
            self._give_up(why)
            return
        serves = self.current is not None or bool(self.orphan)
        self.joins.failed(self.parts, why or "the engine ended", serves=serves)
        if not serves and not self.parts.names() and not self.joins.queue:
            self._leave(0.0)

    def _reap(self) -> None:
        """See which engines have ended, and which have to be ended."""
        if self.keeper.is_missed():
            self.keeper.make(self._forget, self._go_on)
            self.record()
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
        if engine is self.coming and not engine.ready and self.joins.starting:
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
        self.keeper.let_go()
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
        engine = 0 if self.current is None or over else self.current.pid
        content |= {"engine": engine or None, "engine_start": gateway_alive.started(engine) if engine else None}
        content |= {"keeper": self.keeper.pid or None, "litellm": self.parts.version}
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
        if self.coming is not None or self.joins.queue or gateway_alive.any_session(self.parts.database):
            self.needed = now
        elif now - self.needed > self.parts.idle:
            self._leave(_HANDED_OVER)

    def _leave(self, within: float, caller: Caller | None = None) -> None:
        """End, when the engines have ended. Who launches from now on starts another parent, on the same port."""
        if self.leaving is None:
            self.keeper.let_go()
            self.control.close()
        self.leaving = [*(self.leaving or []), *([caller] if caller else [])]
        if self.listening is not None:
            self.listening.close()
            self.listening = None
        for engine in self.engines:
            engine.end(within=within if engine.ready else 0.0)
        if self.orphan:
            gateway_port.end(self.orphan)
        self.joins.refuse("the gateway was told to end")
        if caller is not None:
            caller.tell(state="ending", engines=len(self.engines))


def main(args: list[str], write: Write) -> int:
    """`__gateway DIRECTORY`: serve until told to end, or until nobody needs it."""
    os.chdir(args[0])  # the names of sockets may not be long
    os.umask(0o077)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = Parent(os.getcwd(), write)
    parent.record()
    parent.run()
    return 0
