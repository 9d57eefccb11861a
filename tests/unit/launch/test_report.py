"""What is said at a bad end: of the system's trouble, of a bug, and for programs."""

import ast
import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.cli import render
from cc_launcher.core.errors import BUG, IN_THE_WAY, WORDS, CcError
from cc_launcher.launch import report
from tests import house
from tests.unit.conftest import CANARY


def ended(fault: Exception, capsys: pytest.CaptureFixture[str], place: str = "~/bug.log") -> tuple[int, str]:
    code = report.ended_by(fault, lambda _: place)
    return code, capsys.readouterr().err


@pytest.fixture(autouse=True)
def _keeps_its_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_drop_output", lambda: None)
    monkeypatch.delenv("CC_DEBUG", raising=False)


def test_a_full_disk_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ended(OSError(errno.ENOSPC, "No space left on device"), capsys)
    assert (code, said) == (
        IN_THE_WAY,
        "cc: No space left on device\nhint: free some disk space, or check where the output goes\n",
    )


def test_what_may_not_be_done_names_the_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ended(PermissionError(errno.EACCES, "Permission denied", str(home / "x")), capsys)
    assert (code, said) == (IN_THE_WAY, "cc: ~/x: Permission denied\nhint: check whose it is: ls -ld\n")


def test_a_file_of_ours_that_is_not_there_is_a_bug(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And no full disk, which is what it was called once."""
    with pytest.raises(FileNotFoundError) as caught:
        (home / "gone.json").read_text()
    code, said = ended(caught.value, capsys)
    assert code == BUG
    assert said.startswith("cc: a bug of cc: FileNotFoundError at ")
    assert "(~/gone.json: No such file or directory)\nhint: please report it, with ~/bug.log\n" in said


def test_a_bug_says_where_and_never_what(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ended(RuntimeError(CANARY), capsys, place="")
    assert (code, said) == (
        BUG,
        "cc: a bug of cc: RuntimeError at ?\nhint: please report it; CC_DEBUG=1 shows all of it\n",
    )


def test_the_line_of_ours_is_named_and_not_the_one_of_the_library_it_called(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_a_module_of_ours = Path(report.__file__).with_name("some_module.py")
    code = compile("\n\npath.read_text()", str(in_a_module_of_ours), "exec")
    with pytest.raises(FileNotFoundError) as caught:
        exec(code, {"path": home / "gone.json"})
    assert " at some_module.py:3 " in ended(caught.value, capsys)[1]


@pytest.mark.parametrize("fault", [RuntimeError("x"), FileNotFoundError(errno.ENOENT, "none", "/x")], ids=type)
def test_somebody_who_looks_for_a_bug_sees_all_of_it(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_DEBUG", "1")
    with pytest.raises(type(fault)):
        report.ended_by(fault, lambda _: "")


def texts() -> Iterator[tuple[str, str]]:
    """What the program can say on standard error: each first text of an error, of `talk` and of a note, and where."""
    for name, tree in house.trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(("CcError", ".talk", "ours")):
                continue
            for argument in [*node.args[:1], *(word.value for word in node.keywords if word.arg == "details")]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.JoinedStr) and part.values and isinstance(part.values[0], ast.Constant):
                        yield str(part.values[0].value), name
                    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value, name


def test_our_name_stands_once_in_front_of_whatever_we_say(capsys: pytest.CaptureFixture[str]) -> None:
    said = list(texts())
    assert len(said) > 300
    assert any(text.startswith("cc run: ") for text, _ in said)
    for text, _ in said:
        report.say(CcError(text, details=(text,)))
        render.talk(text)
    printed = capsys.readouterr().err
    assert printed.count("cc: ") > len(said)
    assert [line for line in printed.splitlines() if line.startswith(("cc: cc", "cc: `cc"))] == []
    assert [(text, name) for text, name in said if text.startswith(("cc: ", "cc:"))] == []


def test_a_command_in_front_of_an_error_is_name_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(CcError("cc run: which profile?", "h"), capsys) == (2, "cc run: which profile?\nhint: h\n")
    assert ended(CcError("ccx: no", details=("cc a: b",)), capsys) == (2, "cc: ccx: no\ncc a: b\n")


def test_an_error_of_ours_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    error = CcError("a", "b", code=78, details=("c",))
    assert ended(error, capsys) == (78, "cc: a\ncc: c\nhint: b\n")
    assert WORDS[error.code] == "invalid"
    assert ended(BrokenPipeError(), capsys) == (0, "")
