"""All that `cc` shows without a network, in a home made for it: every help text and the JSON of every command.

`python -m tests.surface` prints it; with the Python of another checkout, only what differs from it, as a diff. Run by
hand, before and after a change that is to change nothing.
"""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.launch.request import TABLE
from tests.fakes.fake_claude import package_around

# The files of which a plan is made have the names of modules, how long a store took is otherwise each time.
_OF_THE_TREE = re.compile(r'/cc_launcher/|"catalog": |"ms": ')
PROFILES = {
    "mine": 'auth = "bearer"\nbase_url = "https://h.example/api"\nsecret = "env:MY_KEY"\ntiers.main = "m/main"\n',
    "key": 'extends = "anthropic"\nsecret = "file:~/key"\n',
    "sealed": 'extends = "zai"\nsealed = true\nsecret = "cmd:echo k"\n',
    "cloud": 'extends = "bedrock"\nregion = "eu-west-1"\n',
    "broken": 'extends = "nosuch"\n',
}
LINES = (
    "version --json",
    "config path --json",
    "list-profiles --json",
    "ls --json --ready",
    "secret status --json",
    "list-wrappers --json",
    "use --json",
    "doctor --json",
    *(f"show {name} --json" for name in ("mine", "key", "sealed", "cloud", "openrouter", "ollama")),
    *(f"env {name} --format json" for name in ("mine", "key")),
    *(f"run --dry-run --json {name}" for name in ("mine", "key", "sealed", "cloud", "zai", "claude")),
    "run --dry-run mine -p hi",
    "run --dry-run --sealed sealed",
    "models zai --json",
    "quota mine --json",
    "probe mine --dry-run",
    "use mine --dry-run",
    "install-wrapper mine --dry-run",
    "edit mine label=X --dry-run",
    "remove mine --dry-run",
    "add other --provider zai --dry-run",
    "alias mine --shell bash",
    "init bash",
)


def shown(python: str) -> Iterator[str]:
    """Line by line, with the paths of this machine left out."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made).resolve()
        environment = _stage(root)
        asked = [*LINES, "help", *(f"help {name}" for name in TABLE if name != "help")]
        for line in asked:
            call = [python, "-P", "-m", "cc_launcher", *line.split()]
            done = subprocess.run(
                call,
                env=environment,
                cwd=root / "work",
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            yield f"$ cc {line}  → {done.returncode}"
            for text in (done.stdout + done.stderr).splitlines():
                if not _OF_THE_TREE.search(text):
                    yield text.replace(str(root), "ROOT").replace(python, "PYTHON")


def _stage(root: Path) -> dict[str, str]:
    home, profiles = root / "home", root / "home" / ".config" / "cc-launcher" / "profiles"
    for directory in (profiles, root / "work", root / "bin"):
        directory.mkdir(parents=True, mode=0o700)
    for name, text in PROFILES.items():
        (profiles / f"{name}.toml").write_text(text)
        (profiles / f"{name}.toml").chmod(0o600)
    (home / "key").write_text("sk-made-up\n")
    (home / "key").chmod(0o600)
    claude = root / "bin" / "claude"
    claude.write_text('#!/bin/sh\necho "2.1.332 (Claude Code)"\n')
    claude.chmod(0o755)
    package_around(claude)
    return {
        "HOME": str(home),
        "PATH": f"{root / 'bin'}:/usr/bin:/bin",
        "MY_KEY": "sk-made-up",
        "CC_OFFLINE": "1",
        "COLUMNS": "120",
        "LANG": "C.UTF-8",
    }


if __name__ == "__main__":
    here = list(shown(sys.executable))
    if len(sys.argv) < 2:
        print("\n".join(here))
    else:
        there = list(shown(sys.argv[1]))
        differs = list(difflib.unified_diff(there, here, "there", "here", n=1, lineterm=""))
        print(
            "\n".join(differs)
            or f"the same: {len(here)} lines of {sum(line.startswith('$ ') for line in here)} commands"
        )
