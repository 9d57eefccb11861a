"""Many sessions of the real client at once on one gateway; what is wrong with what came of them is printed.

`python tests/client/gateway_crowd.py [SESSIONS [SEED]]` prints its seed; with that, the same prompts come again. Each
session runs commands, whose arguments come whole, in pieces or several at once. While they run, the engine is killed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

if __name__ == "__main__":  # found from where this is run
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.client.gatewayed import Desk, one_daemon, serving
from tests.gateways.running import wait_for
from tests.gateways.scripted import AT_ONCE, PIECES, WHOLE, Call, Said


def play(desk: Desk, sessions: int, seed: int, *, kill: bool = False) -> list[str]:
    """Let them run, and say what was wrong."""
    drawn = random.Random(seed)
    wrong: list[str] = []
    for number in range(sessions):
        steps = []
        for step in range(drawn.randint(1, 3)):
            count = drawn.randint(1, 3)
            calls = [
                Call("Bash", {"command": f"echo {step}.{each} >>ran-{number}", "description": "count"})
                for each in range(count)
            ]
            steps.append(Said(calls=tuple(calls), way=drawn.choice([WHOLE, PIECES, AT_ONCE])))
        desk.upstream.plans.steps[f"say {seed}-{number}"] = [*steps, Said(f"done {number}")]

    def session(number: int) -> None:
        word = f"say {seed}-{number}"
        found = desk.turn(("mix",), word, "--allowedTools", "Bash")
        wanted = [
            f"{step}.{each}"
            for step, said in enumerate(desk.upstream.plans.steps[word])
            for each in range(len(said.calls))
        ]
        ran = (desk.work / f"ran-{number}").read_text().split()
        served = {row["served"] for row in _rows(desk, found["session_id"])}
        if found["result"].strip() != f"done {number}":
            wrong.append(f"session {number}: {found['result']}")
        if sorted(ran) != sorted(wanted):
            wrong.append(f"session {number} ran {ran} and not {wanted}")
        if len(served) != 1 and not kill:
            wrong.append(f"session {number} was served by {served}")

    threads = [threading.Thread(target=session, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    if kill:
        time.sleep(drawn.uniform(2, 8))
        os.kill(desk.gateway.record["engine"], signal.SIGKILL)
    for thread in threads:
        thread.join()
    one_daemon(desk.gateway)
    return wrong


def _rows(desk: Desk, session: str) -> list[dict[str, object]]:
    return wait_for(lambda: [row for row in desk.rows(session) if row["status"] == 200], "its rows")


def main() -> int:
    """Twenty, unless told otherwise."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    print(f"{sessions} sessions, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch) / "served") as served:
        begun = time.monotonic()
        wrong = play(Desk(served, Path(scratch) / "calm"), sessions, seed)
        print(f"at once: {time.monotonic() - begun:.0f} s; wrong: {wrong}", flush=True)
        wrong += play(Desk(served, Path(scratch) / "killed"), sessions, seed + 1, kill=True)
        print(f"with a kill of the engine: {time.monotonic() - begun:.0f} s in all; wrong: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
