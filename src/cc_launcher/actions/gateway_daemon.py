"""The gateway's parent: started where there is none, told what to serve, and told to end."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cc_launcher.core.errors import UNREACHABLE, CcError
from cc_launcher.core.text.entry_points import CODE
from cc_launcher.files import atomic, gateway_places, lock
from cc_launcher.launch import background, gateway_alive, gateway_engine, gateway_port
from cc_launcher.launch.request import GATEWAY
from cc_launcher.net import gateway_control
from cc_launcher.net.gateway_control import NoParent, Told

_COMES_IN = 20.0  # seconds, for a small Python
_SILENT = 400.0  # an engine has 300 to start, and somebody may be before us
_LOGS = "cc gateway status"


def status() -> Told:
    """How it stands; nothing where it does not run."""
    return gateway_control.status(gateway_places.directory())


def join(questions: list[Told], say: Callable[[str], None]) -> int:
    """Have profiles served, and return the port. Who comes second waits for the first."""
    if os.name == "nt":
        raise CcError("the gateway does not run on Windows", "use it in WSL, or one that runs elsewhere")
    directory = gateway_places.directory()
    atomic.directory(directory)
    for _ in range(2):  # the one that was there may have been about to end
        with lock.alone(directory):
            if not _answers(directory):
                _start(directory)
        port = _asked(directory, questions, say)
        if port:
            return port
    raise CcError("the gateway ended before it served", f"{_LOGS} says more", code=UNREACHABLE)


def _asked(directory: Path, questions: list[Told], say: Callable[[str], None]) -> int:
    """The port at which they are served; 0 where the parent ended first."""
    port, said, faults = 0, set[str](), list[CcError]()
    answers = [(question["profile"], gateway_control.asked(directory, question, _SILENT)) for question in questions]
    try:
        for _, answer in answers:
            next(answer)  # all of them are asked before the first is waited for, so one engine is started for all
        for profile, answer in answers:
            for told in answer:
                if told["state"] == "starting":
                    said |= _starting(told, said, say)
                elif told["state"] == "ready":
                    port = int(told["port"])
                elif told["state"] == "failed":
                    faults.append(_failed(profile, told))  # the others are served all the same
    except (NoParent, StopIteration):
        return 0
    if faults:
        raise faults[0]
    return port


def _starting(told: Told, said: set[str], say: Callable[[str], None]) -> set[str]:
    """Say it once."""
    lines = [f"the gateway had stopped: {told['was']}; it is started again"] if told.get("was") else []
    lines.append("the gateway's engine is starting, which takes 10 to 30 seconds")
    for line in lines:
        if line not in said:
            say(line)
    return set(lines)


def down(within: float, wait: Callable[[int], None]) -> bool:
    """Have it end: what is being answered may be finished, within so many seconds. Whether there was one."""
    directory = gateway_places.directory()
    try:
        for told in gateway_control.asked(directory, {"do": "down", "within": within}, within + 30.0):
            if told["state"] == "ending":
                wait(int(told["engines"]))
            elif told["state"] == "down":
                return True
    except NoParent:
        return _down_without_parent(directory, within)
    return True


def _down_without_parent(directory: Path, within: float) -> bool:
    """End an engine that serves on since its parent was killed. Whether there was one."""
    record = gateway_port.recorded(str(directory))
    pid, start = int(record.get("engine") or 0), record.get("engine_start")
    if not pid or gateway_alive.started(pid) != start:
        return False
    gateway_port.end(pid)
    deadline = time.monotonic() + within
    while gateway_alive.started(pid) == start:
        if time.monotonic() > deadline:
            gateway_port.end(pid, now=True)
        time.sleep(0.05)
    return True


def _failed(profile: str, told: Told) -> CcError:
    if told.get("serves"):
        what = f"{profile}: the gateway could not take this over: {told['why']}"
        return CcError(
            what, "what it served before, it still serves; fix the profile, then the same again", code=UNREACHABLE
        )
    return CcError(
        f"{profile}: the gateway's engine does not start: {told['why']}", f"{_LOGS} says more", code=UNREACHABLE
    )


def _answers(directory: Path) -> bool:
    try:
        return any(True for _ in gateway_control.asked(directory, {"do": "ping"}, 5.0))
    except NoParent:
        return False


def _start(directory: Path) -> None:
    """Start it, on its own: it has no terminal and nothing of our environment that it does not need."""
    surroundings = gateway_engine.environment(dict(os.environ))
    background.start([sys.executable, "-P", "-c", CODE, GATEWAY, str(directory)], surroundings)
    deadline = time.monotonic() + _COMES_IN
    while not _answers(directory):
        if time.monotonic() > deadline:
            raise CcError("the gateway does not start", f"{_LOGS} says more", code=UNREACHABLE)
        time.sleep(0.05)


def question_of(profile: str, engine: Any, config: Told, rules: Told, secrets: dict[str, str], idle: float) -> Told:
    """What is told of a profile."""
    return {
        "do": "join",
        "profile": profile,
        "python": engine.python,
        "litellm": engine.version,
        "database": str(gateway_places.log()),
        "ours": str(gateway_places.OURS),
        "idle": idle,
        "config": config,
        "rules": rules,
        "secrets": secrets,
    }
