"""The engine as `cc gateway install` has it: the list of `in_engine/packages.txt`, in a venv of its own.

It is installed once, into the cache of the tests, from whatever index this machine's uv has.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from tests.gateways.installed import installed, run

LIST = Path(__file__).resolve().parents[2] / "src" / "cc_launcher" / "in_engine" / "packages.txt"
UV = "0.13.8"


def python() -> Path:
    """Its Python, installed unless it is in the cache."""

    def install(directory: Path) -> None:
        # uv has it in a fifth of the time that pip takes for so many packages.
        run(sys.executable, "-m", "pip", "install", "--target", directory / "uv", "--no-compile", f"uv=={UV}")
        run(sys.executable, "-m", "venv", "--without-pip", directory / "venv")
        uv = (directory / "uv" / "bin" / "uv", "pip", "install", "--python", directory / "venv" / "bin" / "python")
        flags = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache", "--system-certs")
        run(*uv, *flags, "--link-mode", "copy", "--compile-bytecode", "-r", LIST)
        shutil.rmtree(directory / "uv")

    version = hashlib.sha256(LIST.read_bytes()).hexdigest()[:12]
    return installed(f"engine-{version}", install) / "venv" / "bin" / "python"
