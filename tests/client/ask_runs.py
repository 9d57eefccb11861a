"""Sessions that are ended while a task is at work for them, a hundred of them in turn in each way, with nothing left.

`python tests/client/ask_runs.py [RUNS [SEED [FROM]]]` prints its seed; with that, the same runs come again, from a
number on if one is given. A run is a session of the real client on one provider, whose model asks another profile. At a
moment that is drawn it is ended: in every other round after the task was started, else after its answer has begun.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":  # found from where this is run
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.client import harness
from tests.client.asking import NEWEST, Asking, asking
from tests.client.stage import PATIENCE, PROMPT, leave_by_ctrl_c
from tests.support import start, wait_until

ENDINGS = ("Esc", "Ctrl-C", "SIGTERM", "SIGHUP", "SIGINT", "SIGKILL", "SIGKILL of the server")
_TOOLS = 1_000  # bytes of the list of tools, at least
_LONGEST = 3.0  # seconds after the task has begun


class Play:
    """One scene, in which session after session is ended."""

    def __init__(self, scene: Asking) -> None:
        self.scene = scene

    def play(self, ending: str, moment: float, *, answers: bool = True) -> None:
        """A session that is ended in this way, so many seconds after its task began, or began to answer."""
        scene = self.scene
        scene.second.at_wait.clear()
        scene.second.go_on.clear()
        scene.asks(scene.task("bash", "wait"))
        if ending in {"Esc", "Ctrl-C"}:
            self._on_a_terminal(ending, moment, answers=answers)
        else:
            self._printed(ending, moment, answers=answers)
        scene.check_nothing_left()
        scene.second.go_on.set()

    def _at(self, moment: float, *, answers: bool) -> None:
        if answers:
            wait_until(self.scene.second.at_wait.is_set, "an answer that does not go on")
        else:
            wait_until(lambda: bool(_children(self.scene)), "the server's child")
        time.sleep(moment)

    def _on_a_terminal(self, ending: str, moment: float, *, answers: bool) -> None:
        scene, stage = self.scene, self.scene.stage
        with harness.Terminal(scene.argv(), stage.environment, stage.work) as terminal:
            stage.wait_until_ready(terminal)
            # An old client takes a prompt before its servers have said what they have.
            wait_until(lambda: any(_written(pid) > _TOOLS for pid in _servers(scene)), "the server's tools")
            terminal.wait_for_quiet()
            stage.type(terminal, PROMPT)
            self._at(moment, answers=answers)
            if ending == "Esc":
                terminal.send("\x1b")
                wait_until(lambda: not _children(scene), "the end of the task")
                terminal.wait_for("Interrupted", "interrupted", "aborted", timeout=PATIENCE)
                stage.type(terminal, "/exit")
            else:
                terminal.send("\x03")
                wait_until(lambda: not _children(scene), "the end of the task")
                terminal.wait_for_quiet()
                leave_by_ctrl_c(terminal, terminal.is_over)
            terminal.wait(PATIENCE)

    def _printed(self, ending: str, moment: float, *, answers: bool) -> None:
        scene, stage = self.scene, self.scene.stage
        process = start(scene.argv("-p", PROMPT), stage.environment, stage.work)
        self._at(moment, answers=answers)
        if ending == "SIGKILL of the server":
            for pid in _servers(scene):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not _children(scene), "the end of the task")
            process.terminate()
        else:
            process.send_signal(getattr(signal, ending))
        process.communicate(timeout=PATIENCE)


def _servers(scene: Asking) -> list[int]:
    return [pid for pid in scene.left() if "\0__ask\0serve\0" in _arguments(pid)]


def _children(scene: Asking) -> list[int]:
    """The clients that do a task, also before they have become one."""
    return [
        pid
        for pid in scene.left()
        if "\0__ask\0child\0" in _arguments(pid) or "\0--include-partial-messages\0" in _arguments(pid)
    ]


def _written(pid: int) -> int:
    """How many bytes it has written."""
    try:
        told = Path(f"/proc/{pid}/io").read_text()
    except OSError:
        return 0
    return int(next(line for line in told.splitlines() if line.startswith("wchar")).split()[1])


def _arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def main() -> None:
    """Play them, and say what came of it."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1_000_000)
    since = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    drawn = random.Random(seed)
    print(f"seed {seed}, {runs} runs on {NEWEST}", flush=True)
    played = dict.fromkeys(ENDINGS, 0)
    with tempfile.TemporaryDirectory() as root, asking(Path(root)) as scene:
        play = Play(scene)
        for number in range(runs):
            ending, moment = ENDINGS[number % len(ENDINGS)], drawn.uniform(0.0, _LONGEST)
            answers = number // len(ENDINGS) % 2 == 1
            if number + 1 < since:
                continue
            what = "its answer" if answers else "its start"
            print(f"{number + 1:4} {ending} {moment:.3f} s after {what}", flush=True)
            play.play(ending, moment, answers=answers)
            played[ending] += 1
        scene.check_secrets()
    print(f"0 left in {sum(played.values())} runs: {', '.join(f'{name} {count}' for name, count in played.items())}")


if __name__ == "__main__":
    main()
