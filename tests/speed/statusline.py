"""What one status line costs, next to a bare Python: `python tests/speed/statusline.py`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

TARGET = 2.0
SAMPLE = Path(__file__).resolve().parents[1] / "data" / "statusline" / "turn.json"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        config = scene.home / ".config" / "cc-launcher"
        config.mkdir(parents=True, mode=0o700)
        (config / "config.toml").write_text('[statusline]\nenabled = true\npreset = "full"\n')
        work = scene.root / "work"
        (work / ".git").mkdir(parents=True)
        (work / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        scene.run("run", "zai")  # which compiles what the line needs
        here = SAMPLE.read_text(encoding="utf-8").replace("/home/u/work", str(work))
        sample = scene.root / "sample.json"
        sample.write_text(here, encoding="utf-8")
        in_session = scene.environment | {"CC_PROFILE": "zai", "CC_PROTECTION": "hosted"}
        shell = ("/bin/sh", "-c", f'exec "$@" <{sample}', "sh")  # the same for both
        programs = [
            Program("python -c pass", (*shell, *BARE), in_session),
            Program("cc statusline, all segments", (*shell, scene.cc, "statusline"), in_session),
            Program("cc statusline, plain claude", (*shell, scene.cc, "statusline"), scene.environment),
        ]
        costs = in_turns(programs)
        title("A status line, as a multiple of `python -c pass`")
        for program, cost in zip(programs[1:], costs[1:], strict=True):
            say(program.name, (cost, costs[0]), lambda ours, bare: ours / bare, TARGET)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
