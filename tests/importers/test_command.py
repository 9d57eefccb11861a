"""`cc import`: what is shown, what is taken with a yes and without one, what is taken back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cc_launcher.actions import import_scan, import_take, import_undo
from cc_launcher.actions.import_take import Choice, Done
from cc_launcher.actions.key_places import FILE
from cc_launcher.cli import import_profiles, overview
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.importing import history
from cc_launcher.files import import_history, known_hosts, places, profiles
from tests.importers import corpus
from tests.importers.corpus import Case
from tests.thinning import ALL, SEED

CASES = corpus.cases()
BY_NAME = {case.name: case for case in CASES}
MODEL = "some-model"


@pytest.fixture
def settle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Move into a home of the corpus. Our own directories are beside it."""

    def move(name: str) -> Path:
        case = BY_NAME[name]
        made = case.make(tmp_path / name.replace("/", "-"))
        monkeypatch.setenv("HOME", str(made))
        project = next((entry["from"]["file"].split("/.")[0] for entry in case.profiles if "only" in entry), "")
        monkeypatch.chdir(made / project)
        return made

    return move


def words_of(case: Case) -> list[str]:
    """The files that somebody has to name."""
    files = {entry["from"]["file"] for entry in case.profiles if "/" not in entry["from"]["file"]}
    return sorted(str(Path(os.environ["HOME"]) / name) for name in files - {".bashrc", ".ccm_config"})


def take(wanted: list[str] | None = None, *, yes: bool = True, only: str = "") -> Done:
    looked = import_scan.look(wanted or [])
    choices = [
        Choice(
            offer.candidate,
            [consent.line for consent in offer.candidate.consents] if yes else (),
            main=MODEL if offer.needs_model else "",
        )
        for offer in looked.offers
        if not offer.there and only in offer.candidate.name and (yes or not offer.candidate.plain_http)
    ]
    return import_take.all_of(choices, FILE, lambda _: None)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_all_of_a_home_with_a_yes_to_all(case: Case, settle: object, capsys: pytest.CaptureFixture[str]) -> None:
    home = settle(case.name)  # type: ignore[operator]
    before = corpus.state(home)
    done = take(words_of(case))
    assert done.failed == {}
    names = {entry["name"] for entry in case.about["not_imported"]}
    by_gateway = [name for name in done.taken if profiles.load(name).profile.api == "openai"]
    assert {profiles.load(name).profile.title for name in by_gateway} <= names
    assert len(done.taken) - len(by_gateway) == len(case.profiles)
    values = {entry["secret"]["value"] for entry in case.profiles if "value" in entry["secret"]}
    kept = {path.read_text().rstrip("\n") for path in (Path(places.data()) / "keys").glob("*")}
    assert values <= kept
    hosts = known_hosts.read()
    for name in done.taken:
        resolved = profiles.load(name)
        reference = resolved.profile.secret
        if reference and reference.startswith("file:") and "/keys/" in reference:
            assert hosts[f"{name} {reference}"] == resolved.host
    again = import_scan.look(words_of(case))
    assert [offer.candidate.name for offer in again.offers if not offer.there] == []
    import_profiles.command(words_of(case), all_of_it=True)
    import_profiles.command(words_of(case), as_json=True)
    import_profiles.command(words_of(case), dry_run=True)
    import_profiles.command(words_of(case), dry_run=True, as_json=True)
    import_profiles.command([], history=True)
    import_profiles.command([], history=True, as_json=True)
    import_profiles.command([], undo=True, dry_run=True)
    import_profiles.command([], left=True)
    import_profiles.command([], left=True, as_json=True)
    screen = "".join(capsys.readouterr())
    for value in values | {skip["secret"] for skip in case.about["not_imported"] if "secret" in skip}:
        assert value not in screen
        assert json.dumps(value)[1:-1] not in screen
    undone = import_undo.undone(import_undo.of(0), dry_run=False)
    assert sorted(undone.removed) == sorted(done.taken)
    assert [path.name for path in (Path(places.data()) / "keys").glob("*")] == []
    assert places.user_names() == []
    assert corpus.state(home) == before


@pytest.mark.parametrize("name", ["hand/wrapper", "claude-china/many", "clother/many"])
def test_a_no_leaves_the_line_out(name: str, settle: object) -> None:
    settle(name)  # type: ignore[operator]
    done = take(yes=False)
    for taken in done.taken:
        profile = profiles.load(taken).profile
        assert profile.args == ()
        assert not profile.plain_http
        assert not (profile.secret or "").startswith("cmd:")


@pytest.mark.parametrize("name", ["hand/settings", "clother/many", "claude-code-router-2/ui", "ccm-sh/many"])
def test_what_needs_an_answer_is_listed_with_its_command(
    name: str, settle: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(name)  # type: ignore[operator]
    import_profiles.command([], all_of_it=True, no_secret=True, as_json=True)
    data = json.loads(capsys.readouterr().out)["data"]
    asks = {entry["name"] for entry in data["found"] if entry["questions"] or not entry["chosen"]}
    assert asks
    assert {entry["name"] for entry in data["left"]} == asks
    assert all(entry["command"].startswith("cc import ") for entry in data["left"])
    assert set(data["taken"]) == {entry["name"] for entry in data["found"]} - asks
    assert not (Path(places.data()) / "keys").exists()


@pytest.mark.parametrize("case", [case for case in CASES if case.about["clear_text"]], ids=lambda case: case.name)
def test_what_still_stands_in_clear_text(case: Case, settle: object, capsys: pytest.CaptureFixture[str]) -> None:
    home = settle(case.name)  # type: ignore[operator]
    import_profiles.command([], left=True, as_json=True)
    found = {entry["path"].removeprefix("~/") for entry in json.loads(capsys.readouterr().out)["data"]["files"]}
    known = import_scan.look([])
    values = {offer.candidate.key.value for offer in known.offers} | {skip.key.value for skip in known.skipped}
    wanted = {
        place["path"] for key, held in case.about["clear_text"].items() for place in held if key in values
    }  # a key that is in no source is not known
    there = {path for path in wanted if (home / path).exists()}
    real = {str((home / path).resolve().relative_to(home)) for path in found}
    assert there - {"proj/.claude/settings.local.json"} <= found | real


def test_a_repository_with_a_remote(settle: object, capsys: pytest.CaptureFixture[str]) -> None:
    settle("hand/stow")  # type: ignore[operator]
    import_profiles.command([], left=True)
    assert "Revoke it" in capsys.readouterr().err


def test_a_changed_profile_and_a_key_without_its_source_stay(settle: object) -> None:
    home = settle("ccpkit/many")  # type: ignore[operator]
    done = take()
    assert sorted(done.taken) == ["2-prod", "anthropic", "zai"]
    path = places.user_path("zai")
    path.write_text(path.read_text() + "# mine\n")
    for source in (home / ".ccpkit" / "profiles.json", home / ".claude" / "settings.json"):
        source.write_text(source.read_text().replace("sk-ant-fake-0503", "sk-ant-fake-new"))
    undone = import_undo.undone(import_undo.of(0), dry_run=False)
    assert sorted(undone.removed) == ["2-prod", "anthropic"]
    assert undone.stays["zai"] == "it was changed since"
    [(kept, why)] = [(what, why) for what, why in undone.stays.items() if what.endswith("/anthropic")]
    assert "the only copy" in why
    assert kept.startswith("file:")
    assert places.user_names() == ["zai"]


def test_a_key_that_is_there_is_never_written_over(settle: object) -> None:
    settle("hand/stow")  # type: ignore[operator]
    mine = places.key_file("openrouter")
    mine.parent.mkdir(parents=True, mode=0o700)
    mine.write_text("my own key of another account\n")
    mine.chmod(0o600)
    assert take().taken == ["openrouter"]
    assert mine.read_text() == "my own key of another account\n"
    assert profiles.load("openrouter").profile.secret == f"file:{mine}-2"


def test_a_different_profile_of_that_name_stays(settle: object) -> None:
    settle("hand/stow")  # type: ignore[operator]
    path = places.user_path("openrouter")
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text('extends = "openrouter"\ntitle = "mine"\n')
    path.chmod(0o600)
    assert take().taken == ["openrouter-settings"]
    assert "mine" in path.read_text()


def test_nothing_found_names_where_it_looked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    import_profiles.command([])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("cc: nothing to import was found in ~/.")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("word", ["ccswitch://v1/import?x=1", "ccr://provider?x", "cc-swich", "/no/such/file"])
def test_a_word_that_is_refused(word: str) -> None:
    with pytest.raises(CcError) as bad:
        import_scan.check_words([word])
    assert bad.value.code == USAGE
    assert "x=1" not in bad.value.what


def test_another_name(settle: object) -> None:
    settle("hand/stow")  # type: ignore[operator]
    looked = import_scan.look(["settings"])
    import_scan.renamed(looked, {"openrouter": "work"})
    done = import_take.all_of([Choice(looked.offers[0].candidate)], FILE, lambda _: None)
    assert done.taken == ["work"]
    assert places.key_file("work").exists()
    with pytest.raises(CcError):
        import_scan.renamed(looked, {"nothing": "x"})


# Of the steps at which it is killed, and which of them come first: as the run was asked when it began.
EVERY, CHOSEN = 1 if os.environ.get(ALL) else 3, sum(map(ord, os.environ.get(SEED, "")))
KILLED = """
import os, signal, sys
from cc_launcher.files import atomic
real, left = atomic.write_pieces, [int(sys.argv[1])]
def write(*args, **named):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    done = real(*args, **named)
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
atomic.write_pieces = write
from tests.importers.test_command import take
print(take().taken)
"""


def test_killed_at_each_step(settle: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half done that a second import, or taking it back, does not put right. A run has each third step."""
    settle("ccpkit/many")  # type: ignore[operator]
    root = Path(__file__).parents[2]
    finished, step = 0, -(CHOSEN % EVERY)
    while not finished:
        step += EVERY
        for way in ("again", "undo"):
            monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / f"{way}{step}" / "data"))
            monkeypatch.setenv("CC_CONFIG_DIR", str(tmp_path / f"{way}{step}" / "config"))
            argv = [sys.executable, "-c", KILLED, str(step)]
            done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
            finished = done.returncode == 0
            assert done.returncode in {0, -9}, done.stderr
            for name in places.user_names():
                assert profiles.load(name).profile.secret
            if way == "again":
                take()
                assert places.user_names() == ["2-prod", "anthropic", "zai"]
                for name, key in (("zai", "sk-fake-zai-0501"), ("anthropic", "sk-ant-fake-0503")):
                    kept = Path((profiles.load(name).profile.secret or "").removeprefix("file:"))
                    assert kept.read_text() == f"{key}\n"
            while [about for about in import_history.all_of() if about.state != history.UNDONE]:
                import_undo.undone(import_undo.of(0), dry_run=False)
            assert places.user_names() == []
            left = [path.name for path in (Path(places.data()) / "keys").glob("*") if not path.name.startswith(".")]
            assert left == []
    assert step > 10


def test_in_a_directory_that_was_deleted(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.exists()
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    import_profiles.command([], all_of_it=True)
    import_profiles.command([], left=True)


def test_an_empty_machine_is_told_of_what_is_there_until_it_is_taken(
    settle: object, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.exists()
    overview.show()
    assert "cc import" not in capsys.readouterr().out, "there is nothing to bring"
    settle("ccpkit/many")  # type: ignore[operator]
    overview.show()
    assert capsys.readouterr().out.startswith("cc import ")
    take()
    for name in places.user_names():  # the keys go: nothing is ready, and nothing is left to bring
        places.key_file(name).unlink(missing_ok=True)
    overview.show()
    assert "cc import" not in capsys.readouterr().out
