"""Where our files are: by the XDG rules, with variables of our own that come first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.launch import paths

PLACES: list[tuple[Callable[[], str], str, str, str]] = [
    (paths.config, "CC_CONFIG_DIR", "XDG_CONFIG_HOME", ".config"),
    (paths.cache, "CC_CACHE_DIR", "XDG_CACHE_HOME", ".cache"),
    (paths.data, "CC_DATA_DIR", "XDG_DATA_HOME", ".local/share"),
]


@pytest.mark.parametrize(("place", "ours", "xdg", "default"), PLACES, ids=["config", "cache", "data"])
def test_where_a_kind_of_file_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, place: Callable[[], str], ours: str, xdg: str, default: str
) -> None:
    monkeypatch.setenv(ours, "/ours")
    monkeypatch.setenv(xdg, "/xdg")
    assert place() == "/ours"
    monkeypatch.setenv(ours, "")
    assert place() == "/xdg/cc-launcher"
    for no_path in ("relative", ""):
        monkeypatch.setenv(xdg, no_path)
        assert place() == f"{home}/{default}/cc-launcher"


def test_where_the_client_keeps_its_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.client_config() == f"{home}/.claude"
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/elsewhere")
    assert paths.client_config() == "/elsewhere"


def test_places_are_the_same_through_links_and_when_they_are_not_there(tmp_path: Path) -> None:
    """As /tmp, which is a link to /private/tmp on macOS."""
    (tmp_path / "private").mkdir()
    (tmp_path / "link").symlink_to("private")
    assert paths.same(str(tmp_path / "link"), str(tmp_path / "private"))
    assert paths.same(str(tmp_path / "link" / "new"), str(tmp_path / "private" / "new"))
    assert not paths.same(str(tmp_path / "link" / "new"), str(tmp_path / "private" / "other"))
    assert not paths.same(str(tmp_path), str(tmp_path / "private"))


def test_places_are_the_same_in_other_letters_where_the_system_says_so(tmp_path: Path) -> None:
    """No file system of this machine is like that of macOS: two names of one file stand in for it."""
    (tmp_path / "claude").write_text("x")
    (tmp_path / "Claude").hardlink_to(tmp_path / "claude")
    assert paths.same(str(tmp_path / "Claude"), str(tmp_path / "claude"))
