"""Whose file is at the place of a wrapper, and what becomes of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, CcError
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.script import render
from cc_launcher.files import wrappers
from tests.unit.core.wrapper.test_script import MACHINE, way


def script(model: str = "glm-5.3", name: str = "claude-mine") -> str:
    """A script of ours."""
    return render(Wrapper(name, "mine", model), [way()], MACHINE)


def nothing(path: Path) -> None:
    assert not os.path.lexists(path)


def clean(path: Path) -> None:
    path.write_text(script())


def edited(path: Path) -> None:
    path.write_text(script() + "echo mine\n")


def edited_mark(path: Path) -> None:
    path.write_text(script().replace('"profile":"mine"', '"profile":"other"', 1))


def of_another_format(path: Path) -> None:
    path.write_text(script().replace("# cc-launcher wrapper 1 ", "# cc-launcher wrapper 2 ", 1))


def foreign(path: Path) -> None:
    path.write_text("#!/bin/sh\necho mine\n")


def binary(path: Path) -> None:
    path.write_bytes(b"\x7fELF\xff\0")


def huge(path: Path) -> None:
    path.write_text(script() + "#" * 2_000_000)


def unreadable(path: Path) -> None:
    path.write_bytes(b"\xff" + script().encode())
    path.chmod(0)


def directory(path: Path) -> None:
    path.mkdir()
    (path / "kept").write_text("kept")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_nothing(path: Path) -> None:
    path.symlink_to("/nonexistent/somewhere")


def link_to_a_foreign_file(path: Path) -> None:
    target = path.parent.parent / "elsewhere"
    target.write_text("elsewhere")
    path.symlink_to(target)


def link_to_one_of_ours(path: Path) -> None:
    target = path.parent.parent / "ours-elsewhere"
    target.write_text(script())
    path.symlink_to(target)


Make = Callable[[Path], None]
OURS: list[Make] = [nothing, clean]
EDITED: list[Make] = [edited, edited_mark, of_another_format]
FOREIGN: list[Make] = [
    foreign,
    binary,
    huge,
    unreadable,
    directory,
    pipe,
    link_to_nothing,
    link_to_a_foreign_file,
    link_to_one_of_ours,
]


def seen(place: Path) -> dict[str, tuple[str, bytes]]:
    """All that is in a directory and below: what kind each is, with its rights, and what it holds."""
    found = {}
    for path in sorted(place.rglob("*")):
        mode = path.lstat().st_mode
        content = b""
        if stat.S_ISLNK(mode):
            content = os.fsencode(path.readlink())
        elif stat.S_ISREG(mode):
            content = path.read_bytes()
        found[str(path.relative_to(place))] = (stat.filemode(mode), content)
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "root" / "bin" / "claude-mine"
    made.parent.mkdir(parents=True)
    return made


WRITTEN = ("-rwxr-xr-x", script("glm-4.7").encode())


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("make", OURS)
def test_what_is_absent_or_ours_is_replaced(place: Path, make: Make, *, force: bool) -> None:
    make(place)
    assert wrappers.install(place, script("glm-4.7"), force=force) is None
    assert seen(place.parent) == {"claude-mine": WRITTEN}


@pytest.mark.parametrize("make", [*EDITED, *FOREIGN])
def test_what_is_not_ours_stays(place: Path, make: Make) -> None:
    make(place)
    before = seen(place.parent.parent)
    with pytest.raises(CcError) as caught:
        wrappers.install(place, script("glm-4.7"), force=False)
    assert caught.value.code == IN_THE_WAY
    assert "it stays as it is" in caught.value.what
    assert caught.value.hint == "--force moves it to a backup"
    assert seen(place.parent.parent) == before


@pytest.mark.parametrize("make", [*EDITED, *FOREIGN])
def test_with_force_it_is_put_aside_and_comes_back(place: Path, make: Make) -> None:
    """Byte for byte, with its rights, a link as a link, and what a link leads to untouched."""
    make(place)
    before = seen(place.parent.parent)
    backup = wrappers.install(place, script("glm-4.7"), force=True)
    assert backup == place.with_name("claude-mine.cc-backup")
    moved = {name.replace("bin/claude-mine", "bin/claude-mine.cc-backup"): what for name, what in before.items()}
    assert seen(place.parent.parent) == moved | {"bin/claude-mine": WRITTEN}
    assert wrappers.uninstall(place, force=False) == (backup, None)
    assert seen(place.parent.parent) == before


@pytest.mark.parametrize("force", [False, True])
def test_one_of_ours_is_removed(place: Path, *, force: bool) -> None:
    clean(place)
    assert wrappers.uninstall(place, force=force) == (None, None)
    assert seen(place.parent) == {}


@pytest.mark.parametrize("force", [False, True])
def test_what_is_absent_cannot_be_removed(place: Path, *, force: bool) -> None:
    with pytest.raises(CcError) as caught:
        wrappers.uninstall(place, force=force)
    assert caught.value.code == NO_SUCH


@pytest.mark.parametrize(
    ("make", "force"),
    [*((make, False) for make in EDITED), *((make, force) for make in FOREIGN for force in (False, True))],
)
def test_what_is_not_ours_is_not_removed(place: Path, make: Make, *, force: bool) -> None:
    make(place)
    before = seen(place.parent.parent)
    with pytest.raises(CcError) as caught:
        wrappers.uninstall(place, force=force)
    assert caught.value.code == IN_THE_WAY
    assert seen(place.parent.parent) == before


@pytest.mark.parametrize("make", EDITED)
def test_an_edited_one_is_put_aside_when_it_is_removed_by_force(place: Path, make: Make) -> None:
    make(place)
    (before,) = seen(place.parent).values()
    for number in ("", "1"):
        aside = place.with_name(f"claude-mine.cc-edited{number}")
        assert wrappers.uninstall(place, force=True) == (None, aside)
        assert seen(place.parent)[aside.name] == before
        make(place)
    assert len(seen(place.parent)) == 3


def test_backups_are_never_overwritten_and_the_last_comes_back_first(place: Path) -> None:
    for number in range(12):
        place.write_text(f"mine {number}")
        backup = wrappers.install(place, script(), force=True)
        assert backup is not None
        assert backup.name == f"claude-mine.cc-backup{number or ''}"
        assert backup.read_text() == f"mine {number}"
        place.unlink()
    for number in reversed(range(12)):
        clean(place)
        wrappers.uninstall(place, force=False)
        assert place.read_text() == f"mine {number}"
    assert list(seen(place.parent)) == ["claude-mine"]


@pytest.mark.parametrize("suffix", [".txt", "s", "-1", "²", "1.old"])
def test_a_file_that_only_begins_like_a_backup_stays_where_it_is(place: Path, suffix: str) -> None:
    clean(place)
    own = place.with_name(f"claude-mine.cc-backup{suffix}")
    own.write_text("my notes")
    assert wrappers.uninstall(place, force=False) == (None, None)
    assert [path.name for path in place.parent.iterdir()] == [own.name]


def test_the_directory_is_made(place: Path) -> None:
    deep = place.parent / "a" / "b" / "claude-mine"
    wrappers.install(deep, script(), force=False)
    assert deep.read_text() == script()


@pytest.mark.parametrize("make", [foreign, pipe, link_to_nothing])
def test_a_directory_that_is_none_is_refused(place: Path, make: Make) -> None:
    make(place)
    before = seen(place.parent)
    with pytest.raises(CcError) as caught:
        wrappers.install(place / "claude-mine", script(), force=True)
    assert caught.value.code == IN_THE_WAY
    assert seen(place.parent) == before


@pytest.mark.parametrize(("mode", "refused"), [(0o777, True), (0o1777, False), (0o755, False)])
def test_a_directory_in_which_others_can_put_programs_is_refused(place: Path, mode: int, *, refused: bool) -> None:
    place.parent.chmod(mode)
    if refused:
        with pytest.raises(CcError, match="others can put programs there"):
            wrappers.install(place, script(), force=True)
    else:
        wrappers.install(place, script(), force=True)
    assert place.exists() == (not refused)


def installed(monkeypatch: pytest.MonkeyPatch, *path: Path) -> list[Path]:
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, path)))
    return [found.path for found in wrappers.installed()]


def test_wrappers_are_found_wherever_they_were_put(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "claude-mine"
    for path in (place, other):
        wrappers.install(path, script(), force=False)
    by_hand = tmp_path / "by-hand" / "claude-mine"
    by_hand.parent.mkdir()
    clean(by_hand)
    assert installed(monkeypatch) == [place, other]
    assert installed(monkeypatch, by_hand.parent, place.parent, tmp_path / "nowhere") == [place, other, by_hand]


def test_what_is_no_wrapper_of_ours_is_not_found(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of others, links, what was put aside, and what an installer that was killed has left."""
    for number, make in enumerate(FOREIGN):
        if make is not huge:  # which begins like one, and is looked at no further than a megabyte
            make(place.with_name(f"foreign-{number}"))
    for name in (".claude-mine.0123456789abcdef", "claude-mine.cc-backup", "claude-mine.cc-edited3", "Upper", "a b"):
        clean(place.with_name(name))
    assert installed(monkeypatch, place.parent) == []
    clean(place)
    edited(place.with_name("claude-edited"))
    assert installed(monkeypatch, place.parent) == [place.with_name("claude-edited"), place]


@pytest.mark.parametrize("content", ["", "{", "{}", "5", '["a", 5, null, "relative", "/nonexistent"]', "[" * 100_000])
def test_an_odd_list_of_places_is_no_trouble(
    place: Path, home: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    kept = home / "data" / "wrappers.json"
    kept.parent.mkdir(mode=0o700)
    kept.write_text(content)
    kept.chmod(0o600)
    assert installed(monkeypatch) == []
    wrappers.install(place, script(), force=False)
    assert place in installed(monkeypatch)
