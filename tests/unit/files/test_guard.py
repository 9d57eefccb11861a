"""A file that decides where secrets go is read only when nobody else could have written it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile.file_size import MAX_BYTES
from cc_launcher.files import guard, profiles, user_config
from tests.unit.conftest import CANARY, all_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_bytes(b'title = "T"\n')
    path.chmod(0o600)
    return path


def refused(path: Path) -> CcError:
    with pytest.raises(CcError) as caught:
        guard.read_text(path)
    assert caught.value.code == INVALID
    return caught.value


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a = 1\n", "a = 1\n"),
        (b"", ""),
        (b"\xef\xbb\xbfa = 1\n", "a = 1\n"),
        (b"a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        (b"a = 1\rb = 2\n", "a = 1\rb = 2\n"),  # no line end in TOML, which will say so
        ("# é€😀\n".encode(), "# é€😀\n"),
        (b"#" * MAX_BYTES, "#" * MAX_BYTES),
    ],
)
def test_the_text_comes_without_marks_and_with_one_kind_of_line_end(file: Path, content: bytes, text: str) -> None:
    file.write_bytes(content)
    assert guard.read_text(file) == text


def test_a_missing_file_is_nothing(tmp_path: Path) -> None:
    assert guard.read_text(tmp_path / "missing.toml") is None
    assert guard.read_text(tmp_path / "missing" / "x.toml") is None


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"\xff", 1), (b"a = 1\nb = '\xe9'\n", 2), (b"\n\n\xc3", 3), ("a".encode("utf-16"), 1), (b"\xed\xb3\xbf", 1)],
)
def test_what_is_not_utf8_is_told_with_its_line(file: Path, content: bytes, line: int) -> None:
    file.write_bytes(content)
    assert refused(file).what == f"{file}:{line}: not UTF-8"


@pytest.mark.parametrize(
    "content",
    [
        b"#" * (MAX_BYTES + 1),
        b"#\r\n" * MAX_BYTES,  # shorter than the limit, were it cut off there and its line ends shortened
        b"\xef\xbb\xbf" + b"#" * MAX_BYTES,
        b"#" + "é".encode() * MAX_BYTES,  # in the middle of a character, were it cut off
    ],
)
def test_a_file_beyond_the_limit_is_refused_and_never_read_in_part(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert refused(file).what == f"{file}: larger than 32 KiB"


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "x.toml").symlink_to("/dev/zero")
    assert refused(tmp_path / "x.toml").what == f"{tmp_path}/x.toml: not a file"


def as_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_link(to: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.unlink()
        path.symlink_to(to)

    return make


def as_link_to_shared(path: Path) -> None:
    shared = path.rename(path.with_name("shared"))
    shared.chmod(0o666)
    path.symlink_to(shared)


IN_ITS_PLACE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a directory": (as_directory, "not a file"),
    "a fifo": (as_fifo, "not a file"),
    "a link to a directory": (as_link("."), "not a file"),
    "a link to itself": (as_link("mine.toml"), "Too many levels of symbolic links"),
    "a link to nothing": (as_link("nothing"), "a broken link"),
    "a link to a file that others can write": (as_link_to_shared, "other users can write it"),
    "a file that the group can write": (lambda path: path.chmod(0o660), "other users can write it"),
    "a file that others can write": (lambda path: path.chmod(0o602), "other users can write it"),
}


@pytest.mark.parametrize("what", IN_ITS_PLACE)
def test_what_is_in_a_files_place_is_told(file: Path, what: str) -> None:
    make, told = IN_ITS_PLACE[what]
    make(file)
    assert refused(file).what == f"{file}: {told}"


def test_a_link_to_ones_own_file_is_followed(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to(file)
    assert guard.read_text(tmp_path / "link.toml") == 'title = "T"\n'


@pytest.mark.parametrize(
    ("owner", "we", "allowed"),
    [(1000, 1000, True), (0, 1000, True), (0, 0, True), (1001, 1000, False), (1000, 0, False)],
)
def test_a_file_is_ours_or_the_superusers(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: int,
    we: int,
    allowed: bool,  # noqa: FBT001
) -> None:
    fstat = os.fstat

    def owned(handle: int) -> os.stat_result:
        found = list(fstat(handle))
        found[4] = owner
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", owned)
    monkeypatch.setattr(os, "geteuid", lambda: we)
    if allowed:
        assert guard.read_text(file) == 'title = "T"\n'
    else:
        assert refused(file).what == f"{file}: belongs to another user"


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_directory_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    directory = tmp_path / "profiles"
    directory.mkdir()
    directory.chmod(mode)
    with pytest.raises(CcError, match="other users can write it") as caught:
        guard.check_directory(directory)
    assert caught.value.hint == f"chmod go-w {directory}"


def test_a_directory_of_ones_own_or_none_is_right(tmp_path: Path) -> None:
    guard.check_directory(tmp_path)
    guard.check_directory(tmp_path / "missing")


def test_a_path_is_shown_short_and_harmless(home: Path) -> None:
    assert guard.shown(home / "x.toml") == "~/x.toml"
    assert guard.shown(Path(f"{home}-not/x")) == f"{home}-not/x"
    assert guard.shown(Path("/a\x1b[2J\u202e")) == "/a\\x1b[2J\\u202e"


# The two that read through it


def test_the_configuration_is_read_with_the_same_care(home: Path) -> None:
    assert user_config.read().claude == ""
    path = home / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text('claude = "~/claude"\n')
    path.chmod(0o600)
    assert user_config.read().claude == "~/claude"
    path.write_text(f'token = "{CANARY}"\n')
    with pytest.raises(CcError, match="unknown key token") as caught:
        user_config.read()
    assert CANARY not in all_of(caught.value)
    path.chmod(0o666)
    with pytest.raises(CcError, match="other users can write it"):
        user_config.read()


def test_a_profile_is_read_with_the_same_care(home: Path) -> None:
    directory = home / "config" / "profiles"
    directory.mkdir(parents=True, mode=0o700)
    path = directory / "mine.toml"
    path.write_text('auth = "login"\n')
    path.chmod(0o600)
    assert profiles.load("mine").profile.auth == "login"
    directory.chmod(0o770)
    with pytest.raises(CcError, match="~/config/profiles: other users can write it"):
        profiles.load("mine")
