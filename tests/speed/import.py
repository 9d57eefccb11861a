"""What `cc import` costs: on a long `.bashrc`, next to a Python that splits it, and on whole homes.

`python tests/speed/import.py`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.importers import corpus
from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import SpeedScene

TARGET = 3.0
LINES = 10_000
_KINDS = (
    'export SOME_VARIABLE_{n}="$HOME/some/path-{n}:$PATH"  # a comment',
    "alias a{n}='cd ~/code/project-{n} && git status --short'",
    "if [ -f ~/.config/thing-{n} ]; then . ~/.config/thing-{n}; fi",
    "f{n}() {{ local x=\"$1\"; printf '%s\\n' \"${{x:-none}}\" | sed -e 's/a/b/'; }}",
    "# just a line of words that somebody has left here, number {n}",
)
_SPLIT = (
    "import shlex, sys\nfor line in open(sys.argv[1]):\n"
    "    try:\n        shlex.split(line, comments=True)\n    except ValueError:\n        pass\n"
)
_WORDS = "import sys\nfor line in open(sys.argv[1]):\n    line.split()\n"


def main() -> None:
    """Print the tables."""
    _long_file()
    _whole_homes()


def _long_file() -> None:
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        file = scene.home / ".bashrc"
        lines = [_KINDS[number % len(_KINDS)].format(n=number) for number in range(LINES - 2)]
        lines += [
            "export K=sk-fake-speed-0001",
            "alias c='ANTHROPIC_BASE_URL=https://h.example ANTHROPIC_AUTH_TOKEN=$K claude'",
        ]
        file.write_text("\n".join(lines) + "\n")
        programs = [
            Program(
                "a Python that reads and splits them as a shell does",
                (sys.executable, "-c", _SPLIT, file),
                scene.environment,
            ),
            Program(
                "a Python that reads and splits them at blanks", (sys.executable, "-c", _WORDS, file), scene.environment
            ),
            Program("cc import shell --dry-run", (scene.cc, "import", "shell", "--dry-run"), scene.environment),
        ]
        costs = in_turns(programs)
        title(f"{LINES} lines of .bashrc, as a multiple of a Python that reads and splits them")
        say("as a shell splits them (shlex)", (costs[2], costs[0]), lambda ours, bare: ours / bare, TARGET)
        say("at blanks (str.split)", (costs[2], costs[1]), lambda ours, bare: ours / bare)
        say_times(programs, costs)


def _whole_homes() -> None:
    """All sources: where there is nothing, where every tool of the corpus was, and that with a hundred profiles."""
    with tempfile.TemporaryDirectory() as root:
        programs = []
        for name, full, profiles in (
            ("nothing there", False, 0),
            ("all tools", True, 0),
            ("and 100 profiles", True, 100),
        ):
            directory = Path(root) / name.replace(" ", "-")
            directory.mkdir()
            scene = SpeedScene(directory)
            for case in corpus.cases() if full else ():
                case.add_to(scene.home)
            for number in range(profiles):
                scene.profile(f"mine-{number}", f'extends = "zai"\ntitle = "{number}"\n')
            argv = (scene.cc, "import", "--dry-run", "--json")
            programs.append(Program(f"cc import --dry-run: {name}", argv, scene.environment))
        costs = in_turns(programs)
        title(f"{len(corpus.cases())} homes of the corpus in one, as a multiple of an empty home")
        say("every tool", (costs[1], costs[0]), lambda ours, bare: ours / bare)
        say("every tool, and 100 profiles of the user's", (costs[2], costs[0]), lambda ours, bare: ours / bare)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
