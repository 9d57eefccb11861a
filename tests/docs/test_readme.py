"""The README's first command works where nothing is prepared: a copy of the tree, an empty home.

Its second command is this test run itself; `.ci/run` starts it the same way, from a clean clone with an empty home.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.client import harness

ROOT = Path(__file__).resolve().parents[2]
NOT_PART_OF_A_CLONE = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "dist", "build"
)


def command(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"the README has no command marked {mark}"
    return found[1]


def test_the_first_command_shows_a_launch_from_end_to_end(tmp_path: Path) -> None:
    clone, home = tmp_path / "clone", tmp_path / "home"
    shutil.copytree(ROOT, clone, ignore=NOT_PART_OF_A_CLONE)
    home.mkdir()
    kept = ("PATH", "LANG", "SSL_CERT_FILE", "PIP_CERT", "PIP_FIND_LINKS", "PIP_INDEX_URL")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {"HOME": str(home)}
    # That it is fetched where it is missing, tests/client/test_demo.py shows.
    environment["CC_CLAUDE"] = str(harness.install())
    done = subprocess.run(
        ["bash", "-euc", command("run")], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The file says: Hello from a file on your own disk." in done.stdout
    assert "cc run openrouter" in done.stdout
    assert not [name for name in (".claude", ".claude.json", ".config", ".local") if (home / name).exists()]


def test_the_tour_shows_what_the_program_prints(tmp_path: Path) -> None:
    tour = (ROOT / "README.md").read_text(encoding="utf-8").partition("## A short tour")[2].partition("## Read on")[0]
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "CC_CLAUDE": "/bin/true",
        "COLUMNS": "100",
        "CC_OFFLINE": "1",
    }
    shown = set(re.findall(r"^  ([A-Z_]+=\S+)$", tour, re.MULTILINE))

    done = subprocess.run(
        [sys.executable, "-m", "cc_launcher", "run", "--dry-run", "-v", "zai"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown
    assert shown <= {line.strip() for line in done.stdout.splitlines()}
