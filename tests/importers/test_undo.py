"""What `--undo` takes back, and what it leaves: profiles and keys that are somebody's own by now, stores that fail."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.actions import import_scan, import_take, import_undo, key_places, secret_values
from cc_launcher.actions.import_take import Choice, Done
from cc_launcher.actions.key_places import FILE, STORE, Place
from cc_launcher.cli import import_profiles
from cc_launcher.core.errors import NO_SUCH, REFUSED, USAGE, CcError
from cc_launcher.core.importing import history
from cc_launcher.files import import_history, known_hosts, places, profiles, user_profiles
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import keep

KEY = "sk-fake-of-the-source-01"
HEADER_KEY = "sk-fake-of-the-header-02"
ENV = {"ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic", "ANTHROPIC_AUTH_TOKEN": KEY}


@pytest.fixture
def source(home: Path) -> Path:
    """A settings file of the client's, with Z.ai and its key."""
    path = home / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"env": ENV}))
    path.chmod(0o600)
    return path


def take(kind: str = FILE) -> Done:
    offers = [offer for offer in import_scan.look(["settings"]).offers if not offer.there]
    return import_take.all_of([Choice(offer.candidate) for offer in offers], kind, lambda _: None)


def undo() -> import_undo.Undone:
    return import_undo.undone(import_undo.of(0), dry_run=False)


def kept() -> list[str]:
    return sorted(path.name for path in (Path(places.data()) / "keys").glob("*"))


def test_all_of_it_goes_the_host_too(source: Path) -> None:
    assert source.exists()
    assert take().taken == ["zai"]
    assert known_hosts.read() != {}
    assert undo().removed == ["zai"]
    assert (places.user_names(), kept(), known_hosts.read()) == ([], [], {})


def test_a_dry_run_says_the_same_and_removes_nothing(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert source.exists()
    take()
    import_profiles.command([], undo=True, dry_run=True)
    said = capsys.readouterr().err
    assert "cc: zai: would be removed\n" in said
    assert "cc: the key in " in said
    assert KEY not in said
    assert (places.user_names(), kept()) == (["zai"], ["zai"])
    import_profiles.command([], undo=True)
    assert said.replace("would be removed", "removed") == capsys.readouterr().err


def test_a_profile_that_was_removed_leaves_its_key_to_undo(source: Path) -> None:
    assert source.exists()
    take()
    user_profiles.delete("zai")
    undone = undo()
    assert (undone.removed, undone.stays, len(undone.keys)) == ([], {}, 1)
    assert kept() == []


def test_one_that_was_renamed_keeps_its_key(source: Path) -> None:
    assert source.exists()
    take()
    path = places.user_path("zai")
    path.rename(path.with_name("work.toml"))
    undone = undo()
    assert [*undone.stays.values()] == ["work uses it"]
    assert kept() == ["zai"]
    places.user_path("work").unlink()
    assert len(undo().keys) == 1, "later, it can go"
    assert kept() == []


def test_a_changed_one_stays_with_its_key_and_is_gone_when_it_is_as_it_was(source: Path) -> None:
    assert source.exists()
    take()
    path = places.user_path("zai")
    before = path.read_text()
    path.write_text(before + "# mine\n")
    undone = undo()
    assert undone.stays["zai"] == "it was changed since"
    assert kept() == ["zai"]
    path.write_text(before)
    assert undo().removed == ["zai"]
    assert kept() == []


def test_a_key_that_was_rotated_in_its_source_stays(source: Path) -> None:
    take()
    source.write_text(source.read_text().replace(KEY, "sk-fake-the-new-one"))
    undone = undo()
    assert undone.removed == ["zai"]
    [why] = undone.stays.values()
    assert "the only copy" in why
    assert kept() == ["zai"]
    with pytest.raises(CcError) as bad:  # and that is said once
        import_undo.of(0)
    assert bad.value.code == NO_SUCH


def test_a_key_that_was_rotated_in_the_store_stays(source: Path) -> None:
    assert source.exists()
    take()
    resolved = profiles.load("zai")
    secret_values.kept(resolved, secret_values.to_keep(resolved), "sk-fake-given-by-hand")
    [why] = undo().stays.values()
    assert "the only copy" in why
    assert kept() == ["zai"]


def test_the_source_is_gone(source: Path) -> None:
    take()
    source.unlink()
    undone = undo()
    assert (undone.removed, len(undone.stays), kept()) == (["zai"], 1, ["zai"])


def test_a_child_of_it_keeps_it(source: Path) -> None:
    assert source.exists()
    take()
    user_profiles.create("child", 'extends = "zai"\ntitle = "Mine"\n')
    [import_made] = import_history.all_of()
    assert import_made.number == 1
    undone = undo()
    assert (undone.removed, next(iter(undone.stays.values()))) == ([], "child extends it")


def test_twice_and_by_number(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take()
    source.write_text(json.dumps({"env": ENV | {"ANTHROPIC_BASE_URL": "https://api.deepseek.com/anthropic"}}))
    assert take().taken == ["deepseek"]
    import_profiles.command(["1"], undo=True)
    assert places.user_names() == ["deepseek"]
    with pytest.raises(CcError) as bad:
        import_profiles.command(["1"], undo=True)
    assert (bad.value.what, bad.value.code) == ("import 1 is undone already", NO_SUCH)
    with pytest.raises(CcError) as bad:
        import_profiles.command(["7"], undo=True)
    assert bad.value.what == "there is no import 7 to undo"
    import_profiles.command([], undo=True)
    assert places.user_names() == []
    with pytest.raises(CcError):
        import_profiles.command([], undo=True)
    import_profiles.command([], history=True)
    assert capsys.readouterr().out.count("undone") == 2


@pytest.mark.parametrize("words", [{"left": True, "undo": True}, {"history": True, "undo": True}])
def test_two_questions_at_once_are_refused_and_nothing_is_undone(source: Path, words: dict[str, bool]) -> None:
    assert source.exists()
    take()
    with pytest.raises(CcError) as bad:
        import_profiles.command([], **words)  # type: ignore[arg-type]
    assert bad.value.code == USAGE
    with pytest.raises(CcError):
        import_profiles.command(["zai"], left=True)
    assert places.user_names() == ["zai"]


def test_a_store_that_cannot_be_asked_keeps_the_import_open(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked now may be open later: then `--undo` removes the rest."""
    assert source.exists()
    take()
    real = secret_reader.value

    def locked(*_: object, **__: object) -> str:
        raise CcError("zai: the keyring is locked", "unlock it", code=REFUSED)

    monkeypatch.setattr(secret_reader, "value", locked)
    undone = undo()
    assert (undone.removed, [*undone.stays.values()]) == (["zai"], ["the keyring is locked"])
    monkeypatch.setattr(secret_reader, "value", real)
    assert len(undo().keys) == 1
    assert kept() == []
    assert [about.state for about in import_history.all_of()] == [history.UNDONE]


def test_whoever_comes_meanwhile_waits(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or two imports would take a key from under each other."""
    assert source.exists()
    met: list[str] = []

    def meanwhile(real: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any) -> None:
            handle = os.open(import_history.directory(), os.O_RDONLY)
            with pytest.raises(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(handle)
            met.append(real.__name__)
            real(*arguments)

        return call

    monkeypatch.setattr(keep, "put", meanwhile(keep.put))
    monkeypatch.setattr(keep, "remove", meanwhile(keep.remove))
    take()
    undo()
    assert met == ["put", "remove"]


# --- what fails while it is taken ------------------------------------------------------------------------------------


@pytest.fixture
def two_keys(source: Path) -> Path:
    """A profile with two keys: its own, and one in a header."""
    env = ENV | {
        "ANTHROPIC_BASE_URL": "https://llm.example.com",
        "ANTHROPIC_MODEL": "m",
        "ANTHROPIC_CUSTOM_HEADERS": f"X-Gateway-Key: {HEADER_KEY}",
    }
    source.write_text(json.dumps({"env": env}))
    return source


@pytest.mark.parametrize("fault", [CcError("the store is on fire", code=REFUSED), KeyboardInterrupt()])
def test_a_second_key_that_is_not_taken_takes_the_first_one_back(
    two_keys: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    assert two_keys.exists()
    real = keep.put

    def put(reference: object, value: str, whose: str) -> None:
        if value == HEADER_KEY:
            raise fault
        real(reference, value, whose)  # type: ignore[arg-type]

    monkeypatch.setattr(keep, "put", put)
    if isinstance(fault, CcError):
        done = take()
        assert [error.what for error in done.failed.values()] == ["the store is on fire"]
    else:
        with pytest.raises(KeyboardInterrupt):
            take()
    assert (places.user_names(), kept(), known_hosts.read()) == ([], [], {})
    assert import_history.all_of() == []


def test_a_key_that_cannot_be_taken_back_stays_written_down(two_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_keys.exists()
    real_put, real_remove = keep.put, keep.remove

    def put(reference: object, value: str, whose: str) -> None:
        if value == HEADER_KEY:
            raise CcError("the store is on fire", code=REFUSED)
        real_put(reference, value, whose)  # type: ignore[arg-type]

    def remove(*_: object) -> None:
        raise CcError("the store is on fire", code=REFUSED)

    monkeypatch.setattr(keep, "put", put)
    monkeypatch.setattr(keep, "remove", remove)
    assert [*take().failed] == ["llm-example-com"]
    assert kept() == ["llm-example-com"]
    monkeypatch.setattr(keep, "remove", real_remove)
    assert len(undo().keys) == 1
    assert kept() == []


def test_all_that_failed_is_said(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = source.with_name("settings-deepseek.json")
    other.write_text(json.dumps({"env": ENV | {"ANTHROPIC_BASE_URL": "https://api.deepseek.com/anthropic"}}))

    def put(_: object, __: str, whose: str) -> None:
        raise CcError(f"{whose}: the store is on fire", code=REFUSED)

    monkeypatch.setattr(keep, "put", put)
    found = key_places.Choice((Place(STORE),), "no keyring here")
    monkeypatch.setattr(key_places, "of_keyring", lambda *_, **__: found)
    monkeypatch.setattr(import_take, "_there", lambda *_: None)
    with pytest.raises(CcError) as bad:
        import_profiles.command(["settings"], all_of_it=True)
    said = capsys.readouterr().err + bad.value.what
    assert "deepseek: the store is on fire" in said
    assert "zai: the store is on fire" in said


def test_a_disk_that_is_full_from_some_write_on(two_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is half done, whichever write is the first that fails; when there is room again, `--undo` finds all."""
    assert two_keys.exists()
    real, room = os.write, [0]

    def write(handle: int, content: bytes) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= 1
        return real(handle, content)

    refused = 0
    for writes in range(30):
        room[0] = writes
        monkeypatch.setattr(os, "write", write)
        try:
            done = take()
            fault = next(iter(done.failed.values()), None)
        except CcError as error:
            done, fault = Done(), error
        monkeypatch.setattr(os, "write", real)
        if fault is not None:
            refused += 1
            assert "No space left on device" in fault.what
            assert (done.taken, places.user_names(), kept()) == ([], [], [])
        for name in places.user_names():
            assert len(kept()) == 2, name
        while [about for about in import_history.all_of() if about.state != history.UNDONE]:
            undo()
        assert (places.user_names(), kept(), known_hosts.read()) == ([], [], {})
    assert 5 < refused < 20
