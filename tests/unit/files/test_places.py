"""Our directories: what platformdirs decides, and what the launch path's own lines say, are the same."""

import ntpath
import os
from pathlib import Path

import pytest

from cc_launcher.files import places
from cc_launcher.launch import paths

HOME = "/home/somebody"
CHANGED = ("CC_CONFIG_DIR", "CC_CACHE_DIR", "CC_DATA_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
BY_VARIABLE = [
    {},
    {"XDG_CONFIG_HOME": "/x/config", "XDG_CACHE_HOME": "/x/cache", "XDG_DATA_HOME": "/x/data"},
    {"XDG_CONFIG_HOME": "/x/config/", "XDG_DATA_HOME": "/x/a b"},
    {"XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""},
    {"XDG_CONFIG_HOME": "relative", "XDG_CACHE_HOME": "./here", "XDG_DATA_HOME": "~/data"},  # to be ignored, says XDG
    {"CC_CONFIG_DIR": "/c/config", "CC_CACHE_DIR": "/c/cache", "CC_DATA_DIR": "/c/data"},
    {"CC_CONFIG_DIR": "/c/config", "XDG_CONFIG_HOME": "/x/config", "XDG_DATA_HOME": "/x/data"},
    {"HOME": "/root"},
]


def both(which: str) -> tuple[str, str]:
    return os.path.normpath(getattr(places, which)()), os.path.normpath(getattr(paths, which)())


@pytest.mark.parametrize("given", BY_VARIABLE, ids=lambda given: " ".join(given) or "nothing")
@pytest.mark.parametrize("which", ["config", "cache", "data"])
def test_they_are_the_same(which: str, given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Linux; on macOS platformdirs' class and our lines are the very same ones. Not run there: untested."""
    for name in CHANGED:
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"HOME": HOME} | given).items():
        monkeypatch.setenv(name, value)
    found, own = both(which)
    assert found == own
    usual = {"config": ".config/cc-launcher", "cache": ".cache/cc-launcher", "data": ".local/share/cc-launcher"}[which]
    if given == {}:
        assert own == f"{HOME}/{usual}"


def test_on_windows_they_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the folders that its variables name, as where nobody has moved one. Windows is not here: untested."""
    given = {"APPDATA": "C:\\Users\\s\\AppData\\Roaming", "LOCALAPPDATA": "C:\\Users\\s\\AppData\\Local"}
    for name in CHANGED:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.path", ntpath)

    monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda name: given[_VARIABLE[name]])
    monkeypatch.setattr("os.name", "nt")
    found = (places.config(), places.cache(), places.data())
    assert found == (paths.config(), paths.cache(), paths.data())
    assert found[0] == "C:\\Users\\s\\AppData\\Roaming\\cc-launcher"


_VARIABLE = {"CSIDL_APPDATA": "APPDATA", "CSIDL_LOCAL_APPDATA": "LOCALAPPDATA"}


def test_the_directory_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    assert paths.here() == str(gone)
    gone.rmdir()
    assert paths.here() == os.sep
