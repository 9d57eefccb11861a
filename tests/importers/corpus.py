"""The homes that tools wrote, made anew for a test, with the modes that they had."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1] / "data" / "importers"
MADE = Path(__file__).parent / "made"  # small stand-ins for scripts that tools made, with the same marks
_GIT = '[remote "origin"]\n\turl = git@example.com:dev/dotfiles.git\n'


@dataclass(frozen=True)
class Case:
    """One home, and what is expected of it."""

    name: str
    about: dict[str, Any]

    @property
    def directory(self) -> Path:
        return ROOT / self.name

    @property
    def profiles(self) -> list[dict[str, Any]]:
        return list(self.about["profiles"])

    def add_to(self, home: Path) -> None:
        """Its files among those of others, the first of a name wins."""
        for path in sorted((self.directory / "home").rglob("*")):
            target = home / path.relative_to(self.directory / "home")
            if path.is_dir() and not path.is_symlink():
                target.mkdir(parents=True, exist_ok=True)
            elif path.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)

    def make(self, at: Path) -> Path:
        """The home, at this place."""
        shutil.copytree(self.directory / "home", at, symlinks=True)
        made = MADE / self.name.replace("/", "-")
        if made.is_dir():
            shutil.copytree(made, at, dirs_exist_ok=True)
        for entry in self.about["files"]:
            path = at / entry["path"]
            if "link" in entry:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(entry["link"].replace("/home/dev", str(at)))
            elif entry["path"].endswith(".git/config"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(_GIT)
                (path.parent / "HEAD").write_text("ref: refs/heads/main\n")
        for entry in sorted(self.about["files"], key=lambda entry: -len(entry["path"])):
            path = at / entry["path"].rstrip("/")
            if "mode" in entry and path.exists():
                path.chmod(int(entry["mode"], 8))
        return at


def cases() -> list[Case]:
    return [
        Case(f"{path.parts[-3]}/{path.parts[-2]}", json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(ROOT.glob("*/*/manifest.json"))
    ]


def state(home: Path) -> dict[str, tuple[object, ...]]:
    """All of a home: bytes, modes and times, but for when something was last read."""
    found: dict[str, tuple[object, ...]] = {}
    for directory, names, files in os.walk(home):
        for name in [*names, *files]:
            path = Path(directory) / name
            about = path.lstat()
            content: object = ""
            if path.is_symlink():
                content = os.readlink(path)
            elif path.is_file():
                content = path.read_bytes()
            found[str(path.relative_to(home))] = (
                about.st_mode,
                about.st_mtime_ns,
                about.st_ctime_ns,
                about.st_ino,
                content,
            )
    return found
