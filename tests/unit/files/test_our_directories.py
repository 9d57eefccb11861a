"""What `cc uninstall` may take out of our directories: every name that we use, and nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.files import our_directories
from tests.unit.conftest import REPOSITORY

# How a module says where in one of our directories its files are
_NAMED = re.compile(
    r"(?<!\w)(?P<place>cache|data|config)\(\)\)? / \"(?P<one>[\w.]+)\""
    r"|\{\w+\.(?P<other>cache|data|config)\(\)\}/(?P<two>[\w.]+)"
)


def test_every_name_that_the_program_uses_there_is_known() -> None:
    known = {
        "cache": our_directories.IN_CACHE,
        "data": our_directories.IN_DATA,
        "config": our_directories.IN_CONFIG,
    }
    found = set()
    for file in (REPOSITORY / "src").rglob("*.py"):
        for match in _NAMED.finditer(file.read_text()):
            place, name = match["place"] or match["other"], match["one"] or match["two"]
            found.add((place, name))
            assert known[place].fullmatch(name), (file, name)
    assert len(found) > 15


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"CC_{name}_DIR", str(tmp_path / name.lower()))
        (tmp_path / name.lower()).mkdir()
    return tmp_path


def test_what_is_not_ours_stays(ours: Path) -> None:
    (ours / "data" / "hosts.json").write_text("{}")
    (ours / "data" / "thesis.txt").write_text("x")
    (ours / "cache" / "plans").mkdir()
    our_directories.remove([*our_directories.data(), *our_directories.cache()])
    assert [path.name for path in (ours / "data").iterdir()] == ["thesis.txt"]
    assert not (ours / "cache").exists()
    assert not (ours / "config").exists()  # it was empty


def test_a_link_goes_and_what_it_leads_to_stays(ours: Path) -> None:
    (ours / "elsewhere").mkdir()
    (ours / "elsewhere" / "a.toml").write_text("x")
    (ours / "config" / "profiles").symlink_to(ours / "elsewhere")
    our_directories.remove(our_directories.config())
    assert not os.path.lexists(ours / "config")
    assert (ours / "elsewhere" / "a.toml").exists()


def test_what_is_left_of_writing_goes_too(ours: Path) -> None:
    (ours / "data" / ".hosts.json.0123456789abcdef").write_text("half")
    assert our_directories.size(our_directories.data()) == 4
    our_directories.remove(our_directories.data())
    assert not (ours / "data").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove anything")
def test_what_cannot_be_removed_is_said(ours: Path) -> None:
    (ours / "data" / "probes").mkdir()
    (ours / "data").chmod(0o500)
    with pytest.raises(CcError):
        our_directories.remove(our_directories.data())
    (ours / "data").chmod(0o700)
