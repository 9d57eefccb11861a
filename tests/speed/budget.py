"""What the hooks of a budget cost, next to a bare Python: `python tests/speed/budget.py [SESSIONS]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import transcripts
from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

SESSIONS = 1000  # of 20 requests each, all of today
REQUESTS = 20
TARGET = 15.0
PROFILE = """\
base_url = "https://alpha.example"
auth = "none"
budget = "1000000 USD/day"
tiers.main = "glm-5.3"
[models."glm-5.3"]
prices = { input = 1, output = 5, cache_read = 0.1, cache_write = 1 }
"""


def main() -> None:
    """Print the table."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    transcripts.START = time.time() - 60
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        profiles = scene.home / ".config" / "cc-launcher" / "profiles"
        profiles.mkdir(parents=True, mode=0o700)
        (profiles / "alpha.toml").write_text(PROFILE)
        path = Path()
        for number in range(sessions):
            session = f"{number:08d}-1111-4111-8111-111111111111"
            figures = (1000, 100, 500, 20_000)
            lines = [
                transcripts.answer(each, figures, session=session, requestRef=f"{number}-{each}")
                for each in range(REQUESTS)
            ]
            marked = transcripts.marked(0, "alpha", session=session)
            path = transcripts.write(scene.home / ".claude", [marked, *lines], session=session)
        scene.run("usage")
        said = scene.root / "said.json"
        said.write_text(transcripts.text({"session_id": path.stem, "transcript_path": str(path)}))
        shell = ("/bin/sh", "-c", f'exec "$@" <{said}', "sh")  # the same for all
        programs = [
            Program("python -c pass", (*shell, *BARE), scene.environment),
            Program("at a prompt", (*shell, scene.cc, "__budget", "prompt", "alpha"), scene.environment),
            Program("behind a tool", (*shell, scene.cc, "__budget", "tool", "alpha"), scene.environment),
        ]
        costs = in_turns(programs)
        title(f"The hooks of a budget, with {sessions} sessions today, as a multiple of `python -c pass`")
        for program, cost in zip(programs[1:], costs[1:], strict=True):
            say(program.name, (cost, costs[0]), lambda ours, bare: ours / bare, TARGET)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
