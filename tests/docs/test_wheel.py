"""What an installation brings, beside the program: the man page, and the catalog."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.docs import generate
from tests.support import require_module


def test_the_wheel_has_the_man_page_and_the_catalog(tmp_path: Path) -> None:
    require_module("hatchling")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=generate.DOCS.parent, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [page] = [name for name in names if name.endswith(".data/data/share/man/man1/cc-launcher.1")]
        assert archive.read(page) == (generate.DOCS / "cc-launcher.1").read_bytes()
    assert "cc_launcher/profiles/zai.toml" in names
    assert [name for name in names if name.endswith("/man1/cc.1")] == []  # that one is the compiler's
