"""Who wants a profile served, and who waits for the engine that is being started for it."""

from typing import Any

from cc_launcher.launch.gateway_callers import Caller
from cc_launcher.launch.gateway_parts import Parts

Join = tuple[Caller, dict[str, Any]]


class Joins:
    """All of them. One engine is started for as many as there are, for that takes its time."""

    def __init__(self) -> None:
        self.queue: list[Join] = []
        self.starting: list[Join] = []
        self._one_by_one = False  # several could not be served together: each is to hear of its own fault

    def clear(self) -> None:
        """Nobody waits."""
        self.queue, self.starting, self._one_by_one = [], [], False

    def add(self, caller: Caller, asked: dict[str, Any]) -> None:
        """Somebody wants to join."""
        caller.tell(state="waiting")
        self.queue.append((caller, asked))

    def forget(self, caller: Caller) -> None:
        """One that is gone."""
        self.queue = [(other, asked) for other, asked in self.queue if other is not caller]

    def answer(self, parts: Parts, port: int) -> None:
        """Those whose profile is served already, at this port."""
        served = [caller for caller, asked in self.queue if parts.is_same(asked)]
        self.queue = [(caller, asked) for caller, asked in self.queue if caller not in served]
        for caller in served:
            caller.tell(state="ready", port=port)

    def next(self, parts: Parts) -> bool:
        """Take those for whom an engine is to be started. Whether there are some."""
        waiting, self.queue = self.queue, []
        profiles = set()
        parts.mark()
        for caller, asked in waiting:
            is_first = not self.starting
            if is_first or (asked["profile"] not in profiles and not self._one_by_one and parts.is_beside(asked)):
                profiles.add(asked["profile"])
                parts.take(asked)
                self.starting.append((caller, asked))
            else:
                self.queue.append((caller, asked))
        self._one_by_one = self._one_by_one and bool(self.queue)
        return bool(self.starting)

    def tell(self, **what: Any) -> None:
        """Tell those for whom an engine is started."""
        for caller, _ in self.starting:
            caller.tell(**what)

    def ready(self, port: int) -> None:
        """It serves."""
        self.tell(state="ready", port=port)
        self.starting = []

    def failed(self, parts: Parts, why: str, *, serves: bool) -> None:
        """It does not: what was served before is what is served. Those whose fault it is not are tried again."""
        parts.undo()
        named = [join for join in self.starting if why.startswith(f"{join[1]['profile']}: ")]
        guilty = named or (self.starting if len(self.starting) == 1 else [])
        others = [join for join in self.starting if join not in guilty]
        self._one_by_one = not guilty
        self.queue, self.starting = [*others, *self.queue], guilty
        self.tell(state="failed", why=why, serves=serves or bool(others))
        self.starting = []

    def refuse(self, why: str) -> None:
        """Nobody is served any more."""
        for caller, _ in (*self.queue, *self.starting):
            caller.tell(state="failed", why=why, serves=False)
        self.queue, self.starting = [], []
