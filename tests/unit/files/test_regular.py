"""Reading what may be anything."""

import os
from pathlib import Path

import pytest

from cc_launcher.files import regular


def test_a_file_and_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    content, found = regular.read(path, 5)
    assert (content, found.st_uid) == (b"12345", os.geteuid())
    with pytest.raises(regular.TooLarge):
        regular.read(path, 4)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(regular.NotRegular):
            regular.read(path, 10)
    with pytest.raises(FileNotFoundError):
        regular.read(tmp_path / "none", 10)


def test_a_link_is_followed_unless_somebody_says_no(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "link").symlink_to("a")
    assert regular.read(tmp_path / "link", 10)[0] == b"x"
    with pytest.raises(OSError, match="symbolic"):
        regular.read(tmp_path / "link", 10, os.O_NOFOLLOW)
