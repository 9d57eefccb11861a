"""What a compile pays when our `cc` is first on PATH: `python tests/speed/compiler.py`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SYSTEM_PATH, SpeedScene

TARGET = 1.15


def main() -> None:
    """Print the table."""
    real = shutil.which("cc", path=SYSTEM_PATH)
    if real is None:
        raise SystemExit("there is no C compiler here")
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        source, made = Path(root) / "hello.c", Path(root) / "hello.o"
        source.write_text('#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n')
        compiles = ("-O2", "-c", source, "-o", made)
        programs = [
            Program("python -c pass", BARE, scene.environment),
            Program("cc --version", (real, "--version"), scene.environment),
            Program("cc --version, through ours", (scene.cc, "--version"), scene.environment),
            Program("cc -O2 -c hello.c", (real, *compiles), scene.environment),
            Program("cc -O2 -c hello.c, through ours", (scene.cc, *compiles), scene.environment),
        ]
        costs = in_turns(programs)
        title("What passing on to the compiler adds, as a multiple of `python -c pass`")
        for direct, through in ((1, 2), (3, 4)):
            three = (costs[through], costs[direct], costs[0])
            say(programs[direct].name, three, lambda ours, its, bare: (ours - its) / bare, TARGET)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
