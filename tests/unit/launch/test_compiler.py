"""The C compiler whose name we share: the next `cc` on PATH that is not ours."""

from pathlib import Path

import pytest

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.launch import compiler, process

OURS = b"#!/venv/bin/python\nimport sys\nfrom cc_launcher.launch.entry import main\nsys.exit(main())\n"
GCC = b"\x7fELF of cc_launcher"


class Became(Exception):
    """The program that we would have become."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three directories on PATH, and a process that says what it becomes."""
    directories = [tmp_path / name for name in ("one", "two", "three")]
    for directory in directories:
        directory.mkdir()
    monkeypatch.setenv("PATH", ":".join(map(str, directories)))

    def become(program: str, argv: list[str], environment: dict[str, str]) -> int:
        raise Became(program, argv, environment.get(compiler.TRIED))

    monkeypatch.setattr(process, "become", become)
    return directories


def program(directory: Path, content: bytes = GCC, mode: int = 0o755) -> str:
    file = directory / "cc"
    file.write_bytes(content)
    file.chmod(mode)
    return str(file)


def became(arguments: list[str]) -> tuple[str, list[str], str | None]:
    with pytest.raises(Became) as caught:
        compiler.pass_on(arguments)
    program, argv, tried = caught.value.args
    return program, argv, tried


def test_the_compiler_gets_the_same_arguments_and_its_full_path_as_its_name(path: list[Path]) -> None:
    program(path[0], OURS)
    gcc = program(path[1])
    assert became(["-O2", "x.c", "", "\udcff"])[:2] == (gcc, [gcc, "-O2", "x.c", "", "\udcff"])


def test_a_relative_directory_on_path_still_gives_a_full_path(
    path: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "one")
    assert compiler.candidates() == [str(path[0] / "cc")]
    monkeypatch.chdir(path[0])
    monkeypatch.setenv("PATH", ":/nonexistent")
    assert compiler.candidates() == [str(path[0] / "cc")]


def test_candidates_are_every_other_cc_once(path: list[Path]) -> None:
    program(path[0], OURS)
    gcc = program(path[1])
    (path[2] / "cc").symlink_to(gcc)
    assert compiler.candidates() == [gcc]


def test_two_installations_of_ours_are_both_skipped(path: list[Path]) -> None:
    program(path[0], OURS)
    program(path[1], OURS.replace(b"/venv", b"/other"))
    assert compiler.candidates() == []


def test_what_is_no_program_is_no_candidate(path: list[Path]) -> None:
    (path[0] / "cc").mkdir()
    (path[1] / "cc").symlink_to("/nonexistent")
    program(path[2], mode=0o644)
    assert compiler.candidates() == []


def test_a_cc_that_comes_back_to_us_is_not_tried_again(path: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    shim, gcc = program(path[0], b"#!/bin/sh\nexec env cc\n"), program(path[1])
    found, _, tried = became(["x.c"])
    assert (found, tried) == (shim, shim)
    monkeypatch.setenv(compiler.TRIED, shim)
    found, _, tried = became(["x.c"])
    assert (found, tried) == (gcc, f"{shim}\n{gcc}")
    monkeypatch.setenv(compiler.TRIED, f"{shim}\n{gcc}")
    with pytest.raises(CcError, match="is this program again"):
        compiler.pass_on(["x.c"])


@pytest.mark.parametrize(
    ("arguments", "what", "hint"),
    [
        (["x.c"], "x.c is not a command of cc, and there is no C compiler", "cc help lists the commands"),
        (["-O2"], "-O2 is not a command of cc", "cc help lists the commands"),
        ([], "no command, and there is no C compiler", "cc help lists the commands"),
    ],
)
def test_without_a_compiler_it_is_a_usage_error_of_ours(
    path: list[Path], arguments: list[str], what: str, hint: str
) -> None:
    program(path[0], OURS)
    with pytest.raises(CcError) as caught:
        compiler.pass_on(arguments)
    assert caught.value.what.startswith(what)
    assert (caught.value.hint, caught.value.code) == (hint, USAGE)


def test_what_is_the_compilers_without_a_further_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in compiler.MAKES:
        monkeypatch.delenv(name, raising=False)
    assert [word for word in ("-O2", "-", "@x", "--help-me") if not compiler.is_for_it([word])] == []
    assert compiler.is_for_it([])
    assert not compiler.is_for_it(["zai"])
    for name in compiler.MAKES:
        monkeypatch.setenv(name, "")
        assert compiler.is_for_it(["zai"]), name
        monkeypatch.delenv(name)
    Path("zai").symlink_to("nowhere")
    assert compiler.is_for_it(["zai"])


@pytest.mark.parametrize(
    ("content", "ours"),
    [(OURS, True), (GCC, False), (b"#!/bin/sh\nexec gcc\n", False), (b"", False), (OURS[2:], False)],
)
def test_what_is_an_installation_of_ours(tmp_path: Path, content: bytes, ours: bool) -> None:  # noqa: FBT001
    assert compiler.is_ours(program(tmp_path, content)) is ours


def test_what_cannot_be_read_is_not_ours() -> None:
    assert not compiler.is_ours("/nonexistent")
