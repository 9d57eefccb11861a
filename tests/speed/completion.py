"""What one press of TAB costs, next to a bare Python: `python tests/speed/completion.py`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

TARGET = 2.0


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        for number in range(20):
            scene.profile(f"mine-{number}", 'extends = "zai"\n')
        scene.run("list-profiles")  # which remembers the models
        lines = {"a profile": "cc run z", "a model": "cc run zai g", "a wrapper": "cc uninstall-wrapper c"}
        complete = (scene.cc, "__complete", "bash")
        programs = [
            Program("python -c pass", BARE, scene.environment),
            *(
                Program(f"cc __complete, {what}", (*complete, line, line.split()[-1]), scene.environment)
                for what, line in lines.items()
            ),
        ]
        costs = in_turns(programs)
        title("A press of TAB, as a multiple of `python -c pass`")
        for program, cost in zip(programs[1:], costs[1:], strict=True):
            say(program.name, (cost, costs[0]), lambda ours, bare: ours / bare, TARGET)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
