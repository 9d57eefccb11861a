"""What may be a secret, and that no error repeats one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.errors import REFUSED, CcError, Unfit
from cc_launcher.core.text import has_control
from cc_launcher.launch import secret_reader
from tests.unit.conftest import CANARY, all_of


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        (b"key", "key"),
        (b"key\n", "key"),
        (b"key\r\n", "key"),
        (b" key ", " key "),
        ("clé€".encode(), "clé€"),
        (b"x" * secret_reader.MAX_BYTES, "x" * secret_reader.MAX_BYTES),
    ],
)
def test_a_secret_is_one_line_of_text(raw: bytes, cleaned: str) -> None:
    assert secret_reader.cleaned(raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"  \r\n", "is empty"),
        (CANARY.encode() + b"\xff", "is not text"),
        (CANARY.encode() + b"\0", "holds control characters, or more than one line"),
        (CANARY.encode() + b"\n\n", "holds control characters, or more than one line"),
        (CANARY.encode() + b"\nsecond: line", "holds control characters, or more than one line"),
        (CANARY.encode() + b"\r", ""),
        (CANARY.encode() + b"\x1b[0m", "holds control characters, or more than one line"),
        (CANARY.encode() + "\u202e".encode(), "holds control characters, or more than one line"),
        (CANARY.encode() * secret_reader.MAX_BYTES, "is larger than 64 KiB"),
    ],
)
def test_anything_else_is_refused_with_the_reason_and_not_repeated(raw: bytes, why: str, tmp_path: Path) -> None:
    if not why:
        assert secret_reader.cleaned(raw) == CANARY
        return
    file = tmp_path / "key"
    file.write_bytes(raw)
    file.chmod(0o600)
    with pytest.raises(CcError) as caught:
        secret_reader.value(("file", str(file)), "mine", "keep one")
    assert (caught.value.what, caught.value.code) == (f"mine: the secret {why}", REFUSED)
    assert CANARY not in all_of(caught.value)


@given(st.binary(max_size=30))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    try:
        text = secret_reader.cleaned(raw)
    except Unfit as bad:
        text = str(bad)
    assert text.strip()
    assert not has_control(text)


def test_a_secret_comes_out_of_its_variable_or_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)
    assert secret_reader.value(("env", "MY_KEY"), "x", "") == CANARY
    (home / "key").write_text(f"{CANARY}\n")
    (home / "key").chmod(0o600)
    assert secret_reader.value(("file", "~/key"), "x", "") == CANARY
    assert secret_reader.value(("command", "cat", str(home / "key")), "x", "") == CANARY


def test_a_variable_that_is_not_set_is_told_with_what_to_do() -> None:
    with pytest.raises(CcError) as caught:
        secret_reader.value(("env", "NOT_SET"), "mine", "export NOT_SET")
    assert (caught.value.what, caught.value.hint) == ("mine: NOT_SET is not set", "export NOT_SET")
    assert caught.value.code == REFUSED


def removed(path: Path) -> None:
    path.unlink()


def as_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (removed, "No such file or directory"),
    "a directory": (as_directory, "is not a file"),
    "a fifo": (as_fifo, "is not a file"),
    "readable by the group": (lambda path: path.chmod(0o640), "can be read by others"),
    "readable by others": (lambda path: path.chmod(0o604), "can be read by others"),
    "writable by the group": (lambda path: path.chmod(0o620), "can be read by others"),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_file_that_is_not_ones_own_alone_is_refused(tmp_path: Path, odd: str) -> None:
    file = tmp_path / "key"
    file.write_text(CANARY)
    file.chmod(0o600)
    make, told = ODD[odd]
    make(file)
    with pytest.raises(CcError, match=told) as caught:
        secret_reader.value(("file", str(file)), "mine", "keep one")
    assert caught.value.code == REFUSED
    assert CANARY not in all_of(caught.value)
