"""What the other commands cost with 1,000 profiles of the user's: `python tests/speed/commands.py`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Cost, Program, in_turns, once, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

TARGET = 1.5
PROFILES = 1000
FIRST_TURNS = 7
IMPORTS = "import typer, rich, pydantic"
# What any Typer program costs: since 0.29 it converts parameters with pydantic, of which the line above loads little.
BARE_TYPER = """\
import rich, typer
app = typer.Typer(add_completion=False)
@app.callback()
def program() -> None: pass
@app.command()
def command(word: str = "") -> None: print(word)
app()
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        for number in range(PROFILES):
            base = ("zai", "openrouter", "deepseek", "moonshot")[number % 4]
            scene.profile(
                f"mine-{number:04}",
                f'extends = "{base}"\ntitle = "Profile {number}"\nsecret = "env:KEY_{number}"\n\n'
                f'[tiers]\nmain = "model-{number}"\n\n[models."model-{number}"]\ncontext = 200000\n',
            )
        for args in (["list-profiles"], ["run", "--dry-run", "mine-0500"]):
            scene.run(*args)
        lines = {
            "cc --help": ["--help"],
            "cc run --help": ["run", "--help"],
            "cc version": ["version"],
            "cc config path": ["config", "path"],
            "cc list-profiles": ["list-profiles"],
            "cc ls --json": ["ls", "--json"],
            "cc show": ["show", "mine-0500"],
            "cc env": ["env", "mine-0500"],
            "cc run --dry-run": ["run", "--dry-run", "mine-0500"],
        }
        programs = [
            Program(
                "a Typer program that prints a word",
                (*BARE[:2], BARE_TYPER, "command", "--word", "x"),
                scene.environment,
            ),
            Program("its help", (*BARE[:2], BARE_TYPER, "--help"), scene.environment),
            Program(f"python -c '{IMPORTS}'", (*BARE[:2], IMPORTS), scene.environment),
            *(Program(name, (scene.cc, *args), scene.environment) for name, args in lines.items()),
            Program("cc run, mistyped profile", (scene.cc, "run", "mine-050x"), scene.environment, code=66),
        ]
        costs = in_turns(programs)
        title(f"With {PROFILES} profiles, as a multiple of `{programs[0].name}`")
        say(programs[2].name, (costs[2], costs[0]), lambda ours, yardstick: ours / yardstick)
        for program, row in zip(programs[3:], costs[3:], strict=True):
            yardstick = costs[1 if program.name.endswith("--help") else 0]
            say(program.name, (row, yardstick), lambda ours, yardstick: ours / yardstick, TARGET)
        _say_first(scene, programs[0])
        say_times(programs, costs)


def _say_first(scene: SpeedScene, yardstick: Program) -> None:
    """The list when nothing of it is remembered: the first one, or the one after an update of ours."""
    program = Program("cc list-profiles, the first time", (scene.cc, "list-profiles"), scene.environment)
    costs: list[list[Cost]] = [[], []]
    for _ in range(FIRST_TURNS):
        shutil.rmtree(scene.home / ".cache", ignore_errors=True)
        costs[0].append(once(program))
        costs[1].append(once(yardstick))
    say(f"{program.name} (of {FIRST_TURNS})", costs, lambda ours, its: ours / its)


if __name__ == "__main__":
    main()
