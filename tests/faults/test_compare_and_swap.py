"""Files that others write while we do: whatever they add stays, whenever they add it, and wherever we are killed."""

from __future__ import annotations

import functools
import json
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.core.text import json_edit
from cc_launcher.files import backups, client_settings, overrides, swap
from tests.support import Sandbox

WANTED = [
    (("env", "ANTHROPIC_MODEL"), "glm-5.3"),
    (("env", "ANTHROPIC_API_KEY"), ""),
    (("apiKeyHelper",), "/opt/cc secret get"),
    (("permissions", "defaultMode"), "default"),
]
OTHERS = [(("env", "ANTHROPIC_MODEL"), "other"), (("availableModels",), ["other"])]
THEIRS = '{\n  "permissions": {"allow": ["Bash(ls:*)"]},\n  "env": {"ANTHROPIC_MODEL": "opus", "A": "b"}\n}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project" / ".claude" / "settings.local.json"


def begun(file: Path, text: str | None) -> None:
    if text is not None:
        file.parent.mkdir()
        file.write_text(text)


def allowed(text: str, rule: str) -> str:
    """The text after somebody has answered "always allow" in a session."""
    path = ("permissions", "allow")
    return json_edit.put(text, path, [*json_edit.get(text, path, []), rule])


def allow(file: Path, rule: str) -> None:
    file.parent.mkdir(exist_ok=True)
    new = file.with_name("of-the-client")
    new.write_text(allowed(file.read_text() if file.exists() else "", rule))
    new.replace(file)


def allowing(file: Path, rule: str, times: int) -> list[Callable[[], object]]:
    """So many answers, one after the other."""
    return [functools.partial(allow, file, f"{rule}{number}") for number in range(times)]


def use(file: Path, wanted: list[tuple[tuple[str, ...], Any]] = WANTED) -> overrides.Change:
    return overrides.carry_out(file, lambda base: overrides.with_ours(base, wanted, "own", "glm-5.3"))


def rules(file: Path) -> list[str]:
    found: list[str] = json.loads(file.read_text())["permissions"]["allow"]
    return found


def has_ours(file: Path, wanted: list[tuple[tuple[str, ...], Any]] = WANTED) -> bool:
    return all(json_edit.get(file.read_text(), path) == value for path, value in wanted)


@pytest.fixture
def at_each_look(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What the client does right before each of our last looks, one after the other."""
    to_do: list[Callable[[], object]] = []
    look = swap._is_as_seen

    def late(path: Path, read: swap.Read, seen: swap._Seen) -> bool:
        if to_do:
            to_do.pop(0)()
        return look(path, read, seen)

    monkeypatch.setattr(swap, "_is_as_seen", late)
    return to_do


# The client writes while we do


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("before", [THEIRS, "{}", None], ids=["a file", "an empty one", "no file"])
def test_a_session_that_writes_while_ours_is_put_in_and_taken_out_loses_nothing(
    file: Path, at_each_look: list[Callable[[], object]], before: str | None, times: int
) -> None:
    begun(file, before)
    at_each_look += allowing(file, "in", times)
    use(file)
    assert has_ours(file)
    assert rules(file)[-times:] == [f"in{number}" for number in range(times)]

    at_each_look += allowing(file, "switch", times)
    use(file, OTHERS)
    assert has_ours(file, OTHERS)

    at_each_look += allowing(file, "out", times)
    overrides.carry_out(file)
    expected = before or ""
    for when in ("in", "switch", "out"):
        for number in range(times):
            expected = allowed(expected, f"{when}{number}")
    assert json.loads(file.read_text()) == json.loads(expected)
    if before == THEIRS:
        assert file.read_text() == expected
    assert overrides.recorded(file) is None
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_what_is_written_down_is_what_was_done(file: Path, at_each_look: list[Callable[[], object]]) -> None:
    begun(file, THEIRS)
    at_each_look.append(lambda: allow(file, "late"))
    change = use(file)
    record = overrides.recorded(file)
    assert record is not None
    assert (change.old, record.before) == (allowed(THEIRS, "late").encode(),) * 2
    assert (change.new, record.after) == (file.read_bytes(), overrides._digest(file.read_bytes()))
    overrides.carry_out(file)
    assert file.read_text() == allowed(THEIRS, "late")


def test_a_file_that_appears_in_a_directory_of_ours_stays_in_it(
    file: Path, at_each_look: list[Callable[[], object]]
) -> None:
    at_each_look.append(lambda: allow(file, "late"))
    use(file)
    overrides.carry_out(file)
    assert json.loads(file.read_text()) == {"permissions": {"allow": ["late"]}}


def test_a_file_that_is_removed_meanwhile_is_made_anew(file: Path, at_each_look: list[Callable[[], object]]) -> None:
    begun(file, THEIRS)
    at_each_look.append(file.unlink)
    use(file)
    assert has_ours(file)
    assert "Bash(ls:*)" not in file.read_text()
    overrides.carry_out(file)
    assert not file.exists()


@pytest.mark.parametrize("before", [THEIRS, None], ids=["a file", "no file"])
def test_a_session_that_writes_at_each_look_is_told_of_and_nothing_is_left_of_us(
    file: Path, at_each_look: list[Callable[[], object]], before: str | None
) -> None:
    begun(file, before)
    at_each_look += allowing(file, "rule", 3)
    with pytest.raises(CcError, match="another program keeps writing to it, so nothing was changed") as raised:
        use(file)
    assert raised.value.code == IN_THE_WAY
    assert rules(file)[-3:] == ["rule0", "rule1", "rule2"]
    assert not has_ours(file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert overrides.recorded(file) is None
    assert list(Path.home().rglob("overrides/*")) == []


@pytest.mark.parametrize("how", ["switched", "taken out"])
def test_a_session_that_never_stops_leaves_what_was_in_use_in_use(
    file: Path, at_each_look: list[Callable[[], object]], how: str
) -> None:
    begun(file, THEIRS)
    use(file)
    record = overrides.recorded(file)
    at_each_look += allowing(file, "rule", 3)
    with pytest.raises(CcError, match="keeps writing to it"):
        overrides.carry_out(file) if how == "taken out" else use(file, OTHERS)
    assert has_ours(file)
    assert overrides.recorded(file) == record
    overrides.carry_out(file)
    assert rules(file) == ["Bash(ls:*)", "rule0", "rule1", "rule2"]
    assert json.loads(file.read_text())["env"] == {"ANTHROPIC_MODEL": "opus", "A": "b"}


def test_a_directory_of_ours_goes_when_nothing_could_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_is_as_seen", lambda *_: False)
    with pytest.raises(CcError, match="keeps writing to it"):
        use(file)
    assert list(file.parent.parent.iterdir()) == []


def test_what_is_read_half_written_is_no_fault_of_the_file(
    file: Path, at_each_look: list[Callable[[], object]]
) -> None:
    begun(file, THEIRS[: len(THEIRS) // 2])
    at_each_look.append(lambda: file.write_text(THEIRS))  # right after it was refused
    use(file)
    assert has_ours(file)
    overrides.carry_out(file)
    assert file.read_text() == THEIRS


def test_a_file_that_is_broken_meanwhile_is_left_as_it_is(file: Path, at_each_look: list[Callable[[], object]]) -> None:
    begun(file, THEIRS)
    at_each_look.append(lambda: file.write_text("{ broken"))
    with pytest.raises(CcError) as raised:
        use(file)
    assert raised.value.code == INVALID
    assert (file.read_text(), overrides.recorded(file)) == ("{ broken", None)


def test_a_session_beside_us_loses_nothing_in_many_rounds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes whenever it can, but not in the moment between our last look and the rename."""
    begun(file, "{}")
    written: list[str] = []
    over, moment, put = threading.Event(), threading.Lock(), swap._put

    def undisturbed(*args: Any) -> bool:
        with moment:
            return put(*args)

    def writes() -> None:
        while not over.wait(0.002):
            with moment:
                allow(file, f"rule{len(written)}")
                written.append(f"rule{len(written)}")

    def succeeds(step: Callable[[], object]) -> bool:
        try:
            step()
        except CcError:
            return False
        return True

    monkeypatch.setattr(swap, "_put", undisturbed)
    writer = threading.Thread(target=writes)
    writer.start()
    steps: list[Callable[[], object]] = [
        lambda: use(file),
        lambda: use(file, OTHERS),
        lambda: overrides.carry_out(file),
    ]
    try:
        done = sum(succeeds(step) for _ in range(20) for step in steps)
    finally:
        over.set()
        writer.join()
    overrides.carry_out(file)
    assert json.loads(file.read_text()) == ({"permissions": {"allow": written}} if written else {})
    assert done


# The other files


@pytest.fixture
def settings() -> Path:
    path = Path.home() / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text(THEIRS)
    path.chmod(0o640)
    return path


def test_the_users_own_settings_are_changed_beside_what_the_client_writes(
    settings: Path, at_each_look: list[Callable[[], object]]
) -> None:
    at_each_look += [lambda: allow(settings, "one"), lambda: allow(settings, "two")]
    assert client_settings.change(lambda text: json_edit.put(text, ["model"], "opus"))
    assert settings.read_text() == json_edit.put(allowed(allowed(THEIRS, "one"), "two"), ["model"], "opus")
    at_each_look += allowing(settings, "", 3)
    with pytest.raises(CcError, match="keeps writing to it"):
        client_settings.change(lambda text: json_edit.put(text, ["model"], "sonnet"))
    assert json.loads(settings.read_text())["model"] == "opus"
    assert rules(settings) == ["Bash(ls:*)", "one", "two", "0", "1", "2"]
    assert [path.name for path in settings.parent.iterdir()] == [settings.name]


def test_settings_that_lead_nowhere_yet_are_made_where_they_lead(settings: Path, tmp_path: Path) -> None:
    settings.unlink()
    settings.symlink_to(tmp_path / "elsewhere.json")
    assert not client_settings.change(lambda text: text)
    assert client_settings.change(lambda text: json_edit.put(text, ["model"], "opus"))
    assert settings.is_symlink()
    assert json.loads((tmp_path / "elsewhere.json").read_text()) == {"model": "opus"}


RC = b"A=1\nexport ANTHROPIC_MODEL=x\n"
STAMP = "20261101T000000"


@pytest.fixture
def shell_file() -> Path:
    path = Path.home() / ".bashrc"
    path.write_bytes(RC)
    return path


def commented(content: bytes) -> bytes:
    return content.replace(b"\nexport", b"\n: # export")


def appends(path: Path, text: bytes) -> Callable[[], object]:
    return lambda: path.write_bytes(path.read_bytes() + text)


def test_a_backup_is_of_what_was_there_last(shell_file: Path, at_each_look: list[Callable[[], object]]) -> None:
    at_each_look.append(appends(shell_file, b"B=2\n"))
    backup = backups.change(shell_file, commented, STAMP)
    assert backup is not None
    assert (shell_file.read_bytes(), backup.read_bytes()) == (commented(RC) + b"B=2\n", RC + b"B=2\n")
    (change,) = backups.last()
    backups.restore(change)
    assert (shell_file.read_bytes(), backups.last()) == (RC + b"B=2\n", [])


def test_no_backup_is_left_of_what_could_not_be_changed(
    shell_file: Path, at_each_look: list[Callable[[], object]]
) -> None:
    at_each_look += [appends(shell_file, b"B=%d\n" % number) for number in range(3)]
    with pytest.raises(CcError, match="keeps writing to it"):
        backups.change(shell_file, commented, STAMP)
    assert shell_file.read_bytes() == RC + b"B=0\nB=1\nB=2\n"
    assert [path.name for path in shell_file.parent.iterdir()] == [".bashrc"]
    assert backups.last() == []


def test_where_nothing_is_to_be_changed_there_is_no_backup(shell_file: Path) -> None:
    assert backups.change(shell_file, lambda content: content, STAMP) is None
    assert [path.name for path in shell_file.parent.iterdir()] == [".bashrc"]


def test_what_others_write_between_two_changes_of_a_run_is_not_undone_with_them(shell_file: Path) -> None:
    backups.change(shell_file, commented, STAMP)
    backups.change(shell_file, lambda content: content + b"# second\n", STAMP)
    (change,) = backups.last()  # nobody has written in between, so one backup is enough
    appends(shell_file, b"C=3\n")()
    backups.change(shell_file, lambda content: content + b"# third\n", STAMP)
    first, second = backups.last()
    assert first == change
    backups.restore(second)
    assert shell_file.read_bytes() == commented(RC) + b"# second\nC=3\n"
    with pytest.raises(CcError, match="was changed since"):
        backups.restore(first)
    assert shell_file.read_bytes() == commented(RC) + b"# second\nC=3\n"


def test_what_is_written_while_it_is_put_back_stays(shell_file: Path, at_each_look: list[Callable[[], object]]) -> None:
    backups.change(shell_file, commented, STAMP)
    (change,) = backups.last()
    at_each_look.append(appends(shell_file, b"C=3\n"))
    with pytest.raises(CcError, match="was changed since"):
        backups.restore(change)
    assert shell_file.read_bytes() == commented(RC) + b"C=3\n"
    assert backups.last() == [change]


# Killed while we write


STEPS = ("open", "write", "fchmod", "fsync", "replace", "unlink", "mkdir", "rmdir")  # of `os`: all that change a disk


def killed_before(step: int, doing: Callable[[], object]) -> bool:
    """Do it in a process that is killed before this step; returns whether it came to it."""
    child = os.fork()
    if child == 0:
        left = step

        def counted(call: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*args: Any, **named: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*args, **named)

            return counting

        try:
            for name in STEPS:
                setattr(os, name, counted(getattr(os, name)))
            doing()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


KILLED: dict[str, tuple[list[Callable[[Path], object]], Callable[[Path], object]]] = {
    "put in": ([], use),
    "put in again": ([use], use),
    "switched": ([use], lambda file: use(file, OTHERS)),
    "switched back": ([use, lambda file: use(file, OTHERS)], use),
    "taken out": ([use], overrides.carry_out),
}


@pytest.mark.parametrize("before", [THEIRS, None], ids=["a file", "no file"])
@pytest.mark.parametrize("session", [False, True], ids=["nobody else", "a session that writes afterwards"])
@pytest.mark.parametrize("how", KILLED)
def test_wherever_we_are_killed_off_brings_back_what_was_there(
    tmp_path: Path,
    how: str,
    before: str | None,
    session: bool,  # noqa: FBT001
) -> None:
    first, last = KILLED[how]

    def scene(name: str) -> Path:
        file = tmp_path / name / ".claude" / "settings.local.json"
        file.parent.parent.mkdir()
        begun(file, before)
        for doing in first:
            doing(file)
        return file

    undisturbed = scene("undisturbed")
    last(undisturbed)
    became = content(undisturbed)
    files: list[Path] = []
    olds: list[str | None] = []

    def begin() -> None:
        files.append(scene(f"{len(files)}"))
        olds.append(content(files[-1]))

    for was_killed in killed_at_each_step(begin, lambda: last(files[-1])):
        file = files[-1]
        assert content(file) in ({olds[-1], became} if was_killed else {became})
        expected = before
        if session:
            allow(file, "late")
            expected = allowed(before or "", "late")
        overrides.carry_out(file)
        if before is None and session:
            assert json.loads(file.read_text()) == json.loads(expected or "")
        else:
            assert content(file) == expected
        assert overrides.recorded(file) is None


def content(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


def killed_at_each_step(begin: Callable[[], object], doing: Callable[[], object]) -> Iterator[bool]:
    """Do it again and again, killed one step later each time, up to the last time, when it was not."""
    step, was_killed = 0, True
    while was_killed:
        begin()
        was_killed = killed_before(step, doing)
        yield was_killed
        step += 1
    assert step > 5


def test_wherever_we_are_killed_the_users_settings_are_whole(settings: Path) -> None:
    after = json_edit.put(THEIRS, ["model"], "opus")

    def changes() -> None:
        client_settings.change(lambda text: json_edit.put(text, ["model"], "opus"))

    for was_killed in killed_at_each_step(lambda: settings.write_text(THEIRS), changes):
        assert content(settings) in ({THEIRS, after} if was_killed else {after})


def backups_of(path: Path) -> list[bytes]:
    return [backup.read_bytes() for backup in path.parent.glob(f"{path.name}.cc-backup-*")]


def test_wherever_we_are_killed_a_shell_file_is_whole_or_its_backup_is(shell_file: Path) -> None:
    def begin() -> None:
        for old in shell_file.parent.glob("*.cc-backup-*"):
            old.unlink()
        shell_file.write_bytes(RC)

    for was_killed in killed_at_each_step(begin, lambda: backups.change(shell_file, commented, STAMP)):
        left = shell_file.read_bytes()
        assert left in ({RC, commented(RC)} if was_killed else {commented(RC)})
        assert left == RC or backups_of(shell_file) == [RC]


def test_wherever_we_are_killed_what_is_put_back_is_whole_or_its_backup_is(shell_file: Path) -> None:
    def begin() -> None:
        shell_file.write_bytes(RC)
        backups.change(shell_file, commented, STAMP)

    for was_killed in killed_at_each_step(begin, lambda: backups.restore(backups.last()[-1])):
        left = shell_file.read_bytes()
        assert left in ({RC, commented(RC)} if was_killed else {RC})
        assert left == RC or RC in backups_of(shell_file)


# Through the whole command


KEY = "sk-of-the-swap"


def client_writes(sandbox: Sandbox, code: str) -> None:
    """A profile whose secret is printed by a command, while which the client does this to its settings."""
    helper = sandbox.outside / "helper"
    helper.write_text(
        "#!/usr/bin/env python3\n"
        "import json, os, pathlib\n"
        f"file = pathlib.Path({str(local(sandbox))!r})\n"
        "found = json.loads(file.read_text()) if file.exists() else {}\n"
        f"{code}\n"
        "file.parent.mkdir(exist_ok=True)\n"
        "new = file.with_name('new')\n"
        "new.write_text(json.dumps(found, indent=2))\n"
        "new.replace(file)\n"
        f"print({KEY!r})\n"
    )
    helper.chmod(0o755)
    sandbox.profile("mine", f'extends = "zai"\nsecret = "cmd:{helper}"\n')


def local(sandbox: Sandbox) -> Path:
    return sandbox.work / ".claude" / "settings.local.json"


@pytest.mark.parametrize("before", ['{"permissions": {"allow": ["Bash(ls:*)"]}}', None], ids=["a file", "no file"])
def test_what_a_session_allows_while_the_store_is_asked_is_kept(sandbox: Sandbox, before: str | None) -> None:
    begun(local(sandbox), before)
    client_writes(sandbox, "found.setdefault('permissions', {}).setdefault('allow', []).append('Bash(make:*)')")

    result = sandbox.run("use", "mine")

    assert result.code == 0, result
    settings = json.loads(local(sandbox).read_text())
    expected = ["Bash(ls:*)", "Bash(make:*)"] if before else ["Bash(make:*)"]
    assert settings["permissions"]["allow"] == expected
    assert settings["permissions"]["defaultMode"] == "default"
    assert settings["env"]["ANTHROPIC_BASE_URL"] == "https://api.z.ai/api/anthropic"
    assert sandbox.run("use", "--off").code == 0
    assert json.loads(local(sandbox).read_text()) == {"permissions": {"allow": expected}}
    assert [path.name for path in local(sandbox).parent.iterdir()] == [local(sandbox).name]


def test_a_mode_that_is_chosen_while_the_store_is_asked_is_kept(sandbox: Sandbox) -> None:
    client_writes(sandbox, "found['permissions'] = {'defaultMode': 'plan'}")
    assert sandbox.run("use", "mine").code == 0
    assert json.loads(local(sandbox).read_text())["permissions"] == {"defaultMode": "plan"}
    assert sandbox.run("use", "--off").code == 0
    assert json.loads(local(sandbox).read_text()) == {"permissions": {"defaultMode": "plan"}}


def test_a_file_that_is_broken_while_the_store_is_asked_is_left_alone(sandbox: Sandbox) -> None:
    client_writes(sandbox, "json.dumps = lambda *_, **__: '{ broken'")
    result = sandbox.run("use", "mine")
    assert result.code == INVALID
    assert b"settings.local.json:1: " in result.err
    assert local(sandbox).read_text() == "{ broken"
    assert sandbox.run("use", "--off").err == b"cc: nothing here is from cc use\n"


def test_a_link_and_its_rights_stay_beside_a_session(sandbox: Sandbox) -> None:
    real = sandbox.outside / "linked.json"
    real.write_text(THEIRS)
    real.chmod(0o640)
    local(sandbox).parent.mkdir()
    local(sandbox).symlink_to(real)
    helper = f"#!/bin/sh\nprintf ' ' >>'{real}'\necho {KEY}\n"
    (sandbox.outside / "helper").write_text(helper)
    (sandbox.outside / "helper").chmod(0o755)
    sandbox.profile("mine", f'extends = "zai"\nsecret = "cmd:{sandbox.outside}/helper"\n')
    assert sandbox.run("use", "mine").code == 0
    assert json.loads(real.read_text())["env"]["A"] == "b"
    assert sandbox.run("use", "--off").code == 0
    assert (local(sandbox).is_symlink(), real.read_text()) == (True, f"{THEIRS} ")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
