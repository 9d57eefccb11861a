"""Sessions that go on elsewhere, many times, each another one by chance.

`python -m tests.client.stay_runs --count 100`. Each run is made of the seed and its number: `--seed S --only N` plays
it again. What is asked of each: the prompt is answered once, by the next profile; no command is run twice; the terminal
is as it was; no process and no file is left. Where somebody kills cc or the client at a random moment: the terminal,
the processes and the commands, and that nothing goes on elsewhere because of a kill.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import PATIENCE, READY, Stage, texts
from tests.client.stayed import (
    BUSY,
    CREDIT,
    GO_ON,
    LIMIT,
    NEWEST,
    PROMPT,
    Chain,
    cc_pid,
    chain,
    client_pid,
    family,
    modes,
    shell,
)
from tests.fakes.fake_provider import FakeProvider
from tests.support import wait_until

FAULTS = {"429": LIMIT, "402": CREDIT, "529": BUSY, "silence": LIMIT}
FORMS = ("text", "json", "stream-json", "stdin", "terminal", "terminal")
KILLS = ("nobody", "nobody", "cc", "client")
LATEST = 4.0  # seconds until somebody is killed


@dataclass(frozen=True)
class Run:
    """One run."""

    form: str
    fault: str
    tools: int
    turns: int
    second: bool  # the second profile fails, too
    kill: str
    after: float


def drawn(seed: int, number: int) -> Run:
    """The run of this number."""
    chance = random.Random(f"{seed} {number}")
    form = chance.choice(FORMS)
    return Run(
        form,
        chance.choice([*FAULTS]),
        chance.randrange(4),
        chance.choice((0, 0, 2)) if form == "terminal" else 0,
        chance.random() < 0.3,
        chance.choice(KILLS),
        chance.random() * LATEST,
    )


def play(run: Run, stage: Stage) -> str:
    """Play it; what came of it, in a word. An AssertionError says what is wrong."""
    done = threading.Event()
    with ExitStack() as stack:
        three = stack.enter_context(chain(stage))
        stack.callback(done.set)
        first, second = three.models["own"], three.models["other"]
        first.fails, first.tools, first.turns = FAULTS[run.fault], run.tools, run.turns
        if run.fault == "silence":
            first.silent = lambda: (done.wait(30), None)[1]
            path = stage.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
            path.write_text(path.read_text().replace('timeout = "20s"', 'timeout = "2s"'))
        if run.second:
            second.fails, second.tools = CREDIT, run.tools + 1
        with shell(three) as terminal:
            before = modes(terminal)
            ended = _played(run, three, terminal)
            done.set()
            wait_until(lambda: len(family(three)) == 1, "the end of all but the shell")
            # What was typed for a client that was killed meanwhile is on the shell's line: it is ended first.
            terminal.send("\x15\r")
            terminal.wait_for_quiet()
            terminal.send("echo still $((40 + 2))\r")
            terminal.wait_for("still 42", timeout=PATIENCE)
            wait_until(lambda: modes(terminal) == before, "the terminal as it was")
        _check(run, three, ended)
        return ended


def _played(run: Run, three: Chain, terminal: harness.Terminal) -> str:
    """Start it, kill who is to be killed, and wait for its end: answered, or the exit code."""
    command = "cc run --fallback other,third --stay own --allowedTools Bash"
    out = three.stage.elsewhere / "out"
    if run.form == "terminal":
        terminal.send(f'clear; {command}; echo "ended" with $? .\r')
    else:
        option = {"json": " --output-format json", "stream-json": " --output-format stream-json --verbose"}
        prompt = f"printf '%s' '{PROMPT}' | {command} -p" if run.form == "stdin" else f"{command} -p '{PROMPT}'"
        terminal.send(f'clear; {prompt}{option.get(run.form, "")} >{out}; echo "ended" with $? .\r')
    killer = threading.Thread(target=_kill, args=(run, three), daemon=True)
    killer.start()
    if run.form == "terminal" and terminal.wait_for(READY, "ended with", timeout=PATIENCE) == READY:
        _talk(run, three, terminal)
    terminal.wait_for("ended with", timeout=PATIENCE)
    terminal.wait_for_quiet()
    killer.join(PATIENCE)
    return terminal.screen().rpartition("ended with ")[2].split()[0]


def _talk(run: Run, three: Chain, terminal: harness.Terminal) -> None:
    """Say what is said in a session, as long as it is there, and leave it."""
    for number in range(run.turns):
        terminal.wait_for_silence()
        terminal.send(f"turn {number}")
        if terminal.wait_for(f"turn {number}", "ended with", timeout=PATIENCE) == "ended with":
            return
        terminal.send("\r")
        wait_until(lambda n=number: len(three.models["own"].seen) > n or "ended with" in terminal.screen(), "an answer")  # type: ignore[misc]
        terminal.wait_for_quiet()
    terminal.wait_for_silence()
    terminal.send(PROMPT)
    if terminal.wait_for(PROMPT, "ended with", timeout=PATIENCE) == "ended with":
        return
    terminal.send("\r")
    last = "third" if run.second else "other"
    deadline = time.monotonic() + PATIENCE
    while f"answer of {last}" not in (screen := terminal.screen()) and "ended with" not in screen:
        assert time.monotonic() < deadline, f"nobody answers; on the screen is:\n{screen}"
        time.sleep(0.05)
    terminal.wait_for_quiet()
    if "ended with" not in terminal.screen():
        terminal.send("/exit")
        if terminal.wait_for("/exit", "ended with", timeout=PATIENCE) == "/exit":
            terminal.send("\r")


def _kill(run: Run, three: Chain) -> None:
    """Kill one of the two, so long after both are there."""
    if run.kill == "nobody":
        return
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(ValueError, KeyError, ProcessLookupError):
            client_pid(three)
            time.sleep(run.after)
            with suppress(ProcessLookupError):
                os.kill(cc_pid(three) if run.kill == "cc" else client_pid(three), signal.SIGKILL)
            return
        if len(family(three)) == 1 and three.requests("own"):
            return  # it was over sooner
        time.sleep(0.02)


def _check(run: Run, three: Chain, ended: str) -> None:
    ran = three.ran()
    assert len(ran) == len({*ran}), f"run twice: {ran}"
    three.check_secrets()
    if ended == "137":
        assert run.kill != "nobody", "killed by nobody"
        assert three.left() == [] or run.kill == "cc", f"left: {three.left()}"
        return
    assert ended == "0", f"ended with {ended}"
    assert three.left() == [], f"left: {three.left()}"
    last = "third" if run.second else "other"
    asked = three.requests(last)
    assert len(asked) == 1, f"{last} was asked {len(asked)} times"
    lines = texts(message for message in asked[0].body["messages"] if message["role"] == "user")
    assert lines.count(PROMPT) == 1, f"the prompt is there {lines.count(PROMPT)} times"
    assert GO_ON in lines
    whose = Counter(word.rstrip("0123456789") for word in ran)
    wanted: dict[str, int] = {"own": run.tools} if run.tools else {}
    if run.second:
        wanted["other"] = 1
    assert dict(whose) == wanted, f"ran {ran}"
    if run.form != "terminal":
        text = (three.stage.elsewhere / "out").read_text()
        assert f"answer of {last}" in text, text
        assert "answer of own" not in text


def one(seed: int, number: int, version: str = NEWEST, **changed: Any) -> tuple[Run, str]:
    """Play the run of this number in a home of its own."""
    run = replace(drawn(seed, number), **changed)
    with tempfile.TemporaryDirectory(prefix="stay-run-") as root, ExitStack() as stack:
        providers = [stack.enter_context(FakeProvider()) for _ in range(3)]
        return run, play(run, Stage(Path(root) / "stage", version, providers))


def main() -> int:
    """Play as many as are asked for, and say which of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", type=int, help="the run of this number alone")
    parser.add_argument("--client", default=NEWEST)
    asked = parser.parse_args()
    sys.stdout.write(f"seed {asked.seed}, client {asked.client}\n")
    failed = []
    ends: Counter[str] = Counter()
    for number in [asked.only] if asked.only is not None else range(asked.count):
        began = time.monotonic()
        try:
            run, ended = one(asked.seed, number, asked.client)
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt):
                raise
            failed.append(number)
            sys.stdout.write(f"{number}: {drawn(asked.seed, number)}\n  FAILED: {fault}\n")
        else:
            ends[f"{run.kill} killed, ended with {ended}"] += 1
            sys.stdout.write(f"{number}: {run}: {ended} ({time.monotonic() - began:.0f} s)\n")
        sys.stdout.flush()
    for what, count in sorted(ends.items()):
        sys.stdout.write(f"{count:4} {what}\n")
    sys.stdout.write(f"failed: {failed or 'none'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
