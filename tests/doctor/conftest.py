"""What the tests of `cc doctor` share: a machine on which all is well, until a test makes a fault."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.actions import examination
from cc_launcher.claude import settings_files
from cc_launcher.cli import app
from cc_launcher.core.errors import CcError
from cc_launcher.launch import report
from tests.support import console_script, require_tool

_PROGRAMS = ("cat", "find", "grep", "head", "sh", "sleep", "tr")  # that a wrapper calls


class Day(date):
    """A clock for the tests: whatever day it really is, the catalog has just been looked at."""

    now = (2026, 11, 1)

    @classmethod
    def today(cls) -> Day:
        return cls(*cls.now)


@dataclass
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        whole = json.loads(self.out)
        assert whole["command"] == "doctor"
        found: list[dict[str, Any]] = whole["data"]["findings"]
        return found

    def of(self, code: str) -> list[dict[str, Any]]:
        return [finding for finding in self.findings if finding["code"] == code]


class DoctorMachine:
    """A home, a project in it, a PATH, and a profile whose secret is there."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.home = root / "home"
        self.work = self.home / "work"
        self.bin = root / "bin"
        self.managed = root / "managed"
        self.key = f"sk-canary-{secrets.token_hex(16)}"
        self.patch = monkeypatch
        self.capsys = capsys
        self.open: list[socket.socket] = []  # until the test ends
        self.work.mkdir(parents=True)
        console_script(self.bin)
        self.program("compiler/cc")
        self.claude("bin/claude")
        for name in _PROGRAMS:
            (self.bin / name).symlink_to(require_tool(name))
        self.path("bin", "compiler")
        monkeypatch.chdir(self.work)
        monkeypatch.setattr(examination, "date", Day)
        monkeypatch.setattr(
            settings_files, "managed_paths", lambda: [str(self.managed / "x.json"), str(self.managed / "x.d")]
        )
        self.secret = root / "kept"
        self.file(self.secret, f"{self.key}\n")
        self.profile('extends = "zai"')

    def path(self, *directories: str) -> None:
        self.patch.setenv("PATH", os.pathsep.join(str(self.root / directory) for directory in directories))

    def file(self, path: Path | str, content: str | bytes, mode: int = 0o600) -> Path:
        """A file, in the home unless it says otherwise."""
        place = self.home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        place.chmod(mode)
        return place

    def program(self, name: str, text: str = "#!/bin/sh\n") -> Path:
        return self.file(self.root / name, text, 0o755)

    def claude(self, name: str, version: str = "2.1.329 (Claude Code)") -> Path:
        return self.program(name, f"#!/bin/sh\necho '{version}'\n")

    def settings(self, content: dict[str, Any], name: str = ".claude/settings.json") -> Path:
        return self.file(name, json.dumps(content, indent=2))

    def project(self, content: dict[str, Any], name: str = "settings.json") -> Path:
        return self.settings(content, f"work/.claude/{name}")

    def cloned(self, *files: str) -> None:
        """Make the project a clone with these files in it."""
        self.file("work/.git/HEAD", "ref: refs/heads/main\n")
        self.file("work/.git/config", '[core]\n[remote "origin"]\n\turl = https://example.com/x.git\n')
        self.file("work/.git/index", b"DIRC\0\0\0\2" + b"\0".join(name.encode() for name in files))

    def profile(self, text: str, name: str = "mine", *, secret: str | None = None) -> Path:
        where = f"file:{self.secret}" if secret is None else secret
        first = f'secret = "{where}"\n' if where else ""
        place = self.config / "profiles" / f"{name}.toml"
        for directory in (self.config, place.parent):
            directory.mkdir(exist_ok=True, mode=0o700)
        return self.file(place, first + text)

    @property
    def config(self) -> Path:
        return Path(os.environ["CC_CONFIG_DIR"])

    def run(self, *args: str) -> Said:
        """Run `cc`, in this process: what is the same in every process is tested elsewhere."""
        self.capsys.readouterr()
        try:
            code = app.main([*args])
        except CcError as error:
            report.say(error)
            code = error.code
        out, err = self.capsys.readouterr()
        return Said(code, out, err)

    def doctor(self, *args: str) -> Said:
        return self.run("doctor", "--json", *args)

    def listening(self) -> tuple[socket.socket, int]:
        """A server that takes connections, and no more."""
        server = socket.create_server(("127.0.0.1", 0))
        return server, server.getsockname()[1]

    def unused_port(self) -> int:
        server, port = self.listening()
        server.close()
        return port

    def remove(self, path: Path) -> None:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[DoctorMachine]:
    """A machine of its own; nothing of the one that the tests run on gets in."""
    root = tmp_path / "machine"
    home = root / "home"
    home.mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for variable, directory in (("CC_CONFIG_DIR", "config"), ("CC_CACHE_DIR", "cache"), ("CC_DATA_DIR", "data")):
        monkeypatch.setenv(variable, str(root / directory))
    for variable in ("ZDOTDIR", "NO_COLOR", "FORCE_COLOR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    made = DoctorMachine(root, monkeypatch, capsys)
    yield made
    for server in made.open:
        server.close()
