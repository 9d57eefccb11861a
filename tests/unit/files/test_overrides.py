"""Values of ours in files of others: over hundreds of files, what was there before comes back byte for byte."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.core.text import json_edit
from cc_launcher.files import atomic, overrides

OURS: dict[str, Any] = {
    "env.ANTHROPIC_BASE_URL": "https://host.example/v",
    "env.ANTHROPIC_MODEL": "glm-5.3",
    "env.ANTHROPIC_API_KEY": "",
    "apiKeyHelper": "/opt/cc secret get --reference 'file:/a b'",
    "availableModels": ["glm-5.3", "z-ai/glm"],
    "permissions.defaultMode": "default",
}
WANTED = [(tuple(path.split(".")), value) for path, value in OURS.items()]
# KEEP stands for what the user changes in between.
SHAPES: dict[str, str] = {
    "one key": '{\n>"keep": KEEP\n}',
    "one line": '{"keep": KEEP}',
    "tight": '{"keep":KEEP,"x":[1,2]}',
    "odd": '  {"keep"  :KEEP ,\n\n>>>"x" : [ 1,\n2 ]   }',
    "with env": '{\n>"keep": KEEP,\n>"env": {\n>>"FOO": "bar"\n>}\n}',
    "empty env": '{\n>"env": {},\n>"keep": KEEP\n}',
    "ours are there": '{\n>"env": {"ANTHROPIC_MODEL": "opus", "ANTHROPIC_API_KEY": "sk-mine"},\n>"keep": KEEP\n}',
    "a helper and a list": '{"apiKeyHelper":"echo \\u0041","availableModels":[ "opus" ,\n"x"],"keep":KEEP}',
    "permissions": '{\n>"permissions": {\n>>"allow": ["Bash(ls:*)"],\n>>"deny": []\n>},\n>"keep": KEEP\n}',
    "a mode": '{\n>"permissions": {"defaultMode": "plan"},\n>"keep": KEEP\n}',
    "keys twice": '{\n>"keep": 0, "env": 1,\n>"env": {"A": "b", "A": "c"},\n>"keep": KEEP\n}',
    "escapes": '{\n>"\\u00e4\\/": "\\ud800 \\u0000",\n>"ü": "\U0001f600",\n>"keep": KEEP\n}',
    "no objects inside": '{"keep":KEEP\n}',
}
LINE_ENDS = {"unix": "\n", "windows": "\r\n"}
INDENTS = {"two": "  ", "tab": "\t"}
MARKS = {"": b"", "mark": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}
ENDS = {"": "", "end": "\n"}


def _corpus() -> dict[str, bytes]:
    """Every shape with every line end, indentation, mark and end: each combination once."""
    found = {}
    for shape, (line, newline), (indent, unit), (mark, start), (end, last) in itertools.product(
        SHAPES, LINE_ENDS.items(), INDENTS.items(), MARKS.items(), ENDS.items()
    ):
        text = (SHAPES[shape] + last).replace("\n", newline).replace(">", unit)
        encoding = "utf-16-le" if mark == "utf-16" else "utf-8"
        found[f"{shape}, {line}, {indent}, {mark}, {end}"] = start + text.encode(encoding)
    return found


CORPUS = _corpus()


def bytes_of(content: bytes, value: str) -> bytes:
    text, encoding = json_edit.decode(content)
    return json_edit.encode(text.replace("KEEP", value), encoding)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "project" / ".claude" / "settings.local.json"


def put_in(file: Path, profile: str = "own", wanted: list[tuple[tuple[str, ...], Any]] = WANTED) -> None:
    overrides.carry_out(file, lambda base: overrides.with_ours(base, wanted, profile, "glm-5.3"))


def test_the_corpus_is_large_and_its_files_differ() -> None:
    assert len(set(CORPUS.values())) >= 200


@pytest.mark.parametrize("shape", SHAPES)
def test_every_foreign_byte_is_left_alone(file: Path, shape: str) -> None:
    file.parent.mkdir(parents=True)
    for name, template in CORPUS.items():
        if not name.startswith(f"{shape},"):
            continue
        before = bytes_of(template, "1")
        file.write_bytes(before)

        put_in(file)
        once = file.read_bytes()
        text = json_edit.decode(once)[0]
        assert {path: json_edit.get(text, path.split(".")) for path in OURS} == OURS, name
        whole = json_edit.get(text, ())
        assert whole == json_edit.get(json_edit.decode(before)[0], ()) | whole, name
        put_in(file)
        assert file.read_bytes() == once, name
        overrides.carry_out(file)
        assert file.read_bytes() == before, name

        # Changed by the user while ours was in it: what is ours goes, what is theirs stays as they left it.
        put_in(file)
        changed = _with_another_keep(file.read_bytes())
        file.write_bytes(changed)
        change = overrides.carry_out(file)
        assert change.edited
        assert change.left == ()
        assert file.read_bytes() == _with_another_keep(before), name
        assert overrides.recorded(file) is None


def _with_another_keep(content: bytes) -> bytes:
    """The file as if somebody had typed another value: no other byte differs."""
    text, encoding = json_edit.decode(content)
    return json_edit.encode(json_edit.rewrite(text, ("keep",), '"changed \\u0041"'), encoding)


def test_what_a_user_changed_of_ours_stays_and_is_named(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"keep": 1}')
    put_in(file)
    file.write_text(file.read_text().replace('"ANTHROPIC_MODEL": "glm-5.3"', '"ANTHROPIC_MODEL": "theirs"'))
    change = overrides.carry_out(file)
    assert [entry.path for entry in change.left] == [("env", "ANTHROPIC_MODEL")]
    assert json.loads(file.read_text()) == {"keep": 1, "env": {"ANTHROPIC_MODEL": "theirs"}}


def test_another_profile_replaces_ours_and_only_that(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"env": {"ANTHROPIC_MODEL": "before", "A": "b"}}')
    put_in(file)
    put_in(file, "other", [(("env", "ANTHROPIC_MODEL"), "other-model")])
    assert json.loads(file.read_text()) == {"env": {"ANTHROPIC_MODEL": "other-model", "A": "b"}}
    record = overrides.recorded(file)
    assert record is not None
    assert record.profile == "other"
    overrides.carry_out(file)
    assert file.read_text() == '{"env": {"ANTHROPIC_MODEL": "before", "A": "b"}}'


@pytest.mark.parametrize("content", [b"", b" \n", b"\xef\xbb\xbf", b"{}", b"{}\n", b"{ }", b"{\n}"])
def test_files_in_which_nothing_stands(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    put_in(file)
    assert json_edit.get(json_edit.decode(file.read_bytes())[0], ("apiKeyHelper",)) == OURS["apiKeyHelper"]
    overrides.carry_out(file)
    assert file.read_bytes() == content


def test_a_file_and_a_directory_of_ours_go_again(file: Path) -> None:
    file.parent.parent.mkdir()
    put_in(file)
    put_in(file)
    assert file.stat().st_mode & 0o777 == 0o600
    overrides.carry_out(file)
    assert list(file.parent.parent.iterdir()) == []


def test_a_directory_in_which_there_is_something_else_stays(file: Path) -> None:
    file.parent.parent.mkdir()
    put_in(file)
    (file.parent / "agents").mkdir()
    overrides.carry_out(file)
    assert [path.name for path in file.parent.iterdir()] == ["agents"]


def test_a_file_of_ours_to_which_something_was_added_stays_with_that(file: Path) -> None:
    file.parent.parent.mkdir()
    put_in(file)
    file.write_text(json_edit.put(file.read_text(), ("hooks",), {}))
    overrides.carry_out(file)
    assert json.loads(file.read_text()) == {"hooks": {}}


def test_a_link_stays_and_its_rights_too(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.json"
    real.write_text('{"keep": 1}')
    real.chmod(0o640)
    file.parent.mkdir(parents=True)
    file.symlink_to(real)
    put_in(file)
    assert file.is_symlink()
    assert "apiKeyHelper" in real.read_text()
    overrides.carry_out(file)
    assert (file.is_symlink(), real.read_text(), real.stat().st_mode & 0o777) == (True, '{"keep": 1}', 0o640)


def test_what_is_kept_meanwhile_is_for_its_owner_alone(file: Path, home: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"env": {"ANTHROPIC_API_KEY": "sk-mine"}}')
    put_in(file)
    kept = list((home / "data" / "overrides").iterdir())
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    overrides.carry_out(file)
    assert list((home / "data" / "overrides").iterdir()) == []


@pytest.mark.parametrize("what", ["directory", "fifo", "link to nothing", "file for a directory", "large"])
def test_what_is_in_the_way_is_named_and_nothing_is_lost(file: Path, what: str) -> None:
    file.parent.parent.mkdir()
    if what == "file for a directory":
        file.parent.write_text("x")
    else:
        file.parent.mkdir()
    if what == "directory":
        file.mkdir()
    elif what == "fifo":
        os.mkfifo(file)
    elif what == "link to nothing":
        file.symlink_to("nowhere")
    elif what == "large":
        file.write_bytes(b" " * (4 * 1024 * 1024 + 1))
    with pytest.raises(CcError) as raised:
        put_in(file)
    assert raised.value.code == IN_THE_WAY
    assert ".claude" in raised.value.what
    assert overrides.recorded(file) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [("{\n// c\n}", 2), ('{"a": 1,}', 1), ("[]", 1), ('{"env": "x"}', 1), ('{\n"permissions": []}', 2)],
)
def test_a_file_that_the_client_ignores_is_not_written(file: Path, text: str, line: int) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(CcError) as raised:
        put_in(file)
    assert raised.value.code == INVALID
    assert f"settings.local.json:{line}: " in raised.value.what
    assert file.read_text() == text


def test_a_write_that_fails_leaves_no_trace(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"keep": 1}')

    def full(path: Path, content: bytes, *_: object, **__: object) -> bool:
        if path == file:
            raise CcError("no space", "make room", code=IN_THE_WAY)
        return write(path, content)

    write = atomic.write
    monkeypatch.setattr(atomic, "write", full)
    with pytest.raises(CcError):
        put_in(file)
    assert (file.read_text(), overrides.recorded(file)) == ('{"keep": 1}', None)


def test_an_interrupted_write_is_undone_by_the_next(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"keep": 1}')

    def interrupted(path: Path, content: bytes, *_: object, **__: object) -> bool:
        if path == file:
            raise KeyboardInterrupt
        return write(path, content)

    write = atomic.write
    with monkeypatch.context() as patched:
        patched.setattr(atomic, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put_in(file)
    overrides.carry_out(file)
    assert file.read_text() == '{"keep": 1}'


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 2}', '{"format": 1, "file": "/other", "entries": []}'])
def test_a_record_that_is_none_of_ours_is_as_none(file: Path, home: Path, content: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('{"keep": 1}')
    put_in(file)
    for path in (home / "data" / "overrides").iterdir():
        path.write_text(content)
    assert overrides.recorded(file) is None
