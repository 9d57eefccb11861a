"""This tree beside an earlier one: `python tests/speed/beside.py [REVISION]`, by default the commit before.

The same launches, wrappers and status lines of both, in turns, as a multiple of `python -c pass` of the same turn: what
a change costs is the difference of two lines.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

ROOT = Path(__file__).resolve().parents[2]
_SAMPLE = ROOT / "tests" / "data" / "statusline" / "turn.json"
_SCRIPT = """\
#!{python} -P
import sys
sys.path.insert(0, {source!r})
from cc_launcher.{door} import main
if __name__ == '__main__':
    sys.exit(main())
"""
PROFILES = {
    "filed": ("secret in a file", 'extends = "zai"\nsecret = "file:{secret}"\n'),
    "piped": ("key in a pipe", 'extends = "anthropic"\nsecret = "file:{secret}"\n'),
    "sealed": ("sealed", 'extends = "zai"\nsecret = "cmd:/bin/cat {secret}"\nsealed = true\n'),
}


def programs_of(name: str, source: Path, root: Path) -> list[Program]:
    """The launches of one tree, in a home of its own."""
    root.mkdir()
    scene = SpeedScene(root)
    secret = root / "secret"
    secret.write_text("sk-not-a-key")
    secret.chmod(0o600)
    door = "main" if (source / "cc_launcher" / "main.py").exists() else "launch.entry"  # of November 2026 and before
    scene.cc.write_text(_SCRIPT.format(python=sys.executable, source=str(source), door=door))
    # A project as people have them: a checkout with the client's own file in the home.
    (scene.home / ".claude.json").write_text('{"projects": {' + ", ".join(f'"/p{n}": {{}}' for n in range(4000)) + "}}")
    found = []
    for profile, (what, text) in PROFILES.items():
        scene.profile(profile, text.format(secret=secret))
        scene.run("run", profile)
        found.append(Program(f"{name}: cc run, {what}", (scene.cc, "run", profile), scene.environment))
    scene.run("install-wrapper", "filed")
    scene.run("install-wrapper", "sealed")
    for profile in ("filed", "sealed"):
        script = scene.home / ".local" / "bin" / f"claude-{profile}"
        found.append(Program(f"{name}: wrapper, {PROFILES[profile][0]}", ("/bin/sh", script), scene.environment))
    shell = ("/bin/sh", "-c", f'exec "$@" <{_SAMPLE}', "sh")
    in_session = scene.environment | {"CC_PROFILE": "filed", "CC_PROTECTION": "hosted"}
    found.append(Program(f"{name}: status line", (*shell, scene.cc, "statusline"), in_session))
    return found


def main(revision: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        other = root / "other"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", other, revision], check=True)
        try:
            (other / "src" / "cc_launcher" / "profiles").symlink_to(other / "profiles")
            before = programs_of(revision[:10], other / "src", root / "before")
            now = programs_of("now", ROOT / "src", root / "now")
            rows = [program for pair in zip(before, now, strict=True) for program in pair]
            programs = [Program("python -c pass", BARE, before[0].environment), *rows]
            costs = in_turns(programs)
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", other], check=True)
        title(f"This tree beside {revision}, as multiples of `python -c pass`")
        for index, program in enumerate(programs[1:], start=1):
            say(program.name, (costs[index], costs[0]), lambda ours, bare: ours / bare)
        say_times(programs, costs)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "HEAD~1")
