"""`cc import --follow`: a source is kept, what it changes is said, and nothing of it counts before a yes."""

from __future__ import annotations

import json
import os
import time
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cc_launcher.actions import follow_examination, following, import_undo, leaving, secret_places
from cc_launcher.cli import doctor, edit, import_profiles, remove, show
from cc_launcher.core.doctor.checks import followed
from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import Finding, with_fine
from cc_launcher.core.errors import IN_THE_WAY, INVALID, NO_SUCH, REFUSED, UNREACHABLE, USAGE, CcError
from cc_launcher.core.importing.followed import DAY
from cc_launcher.files import follows, hosts, import_history, known_hosts, places, profiles, records, user_profiles
from tests.importers.served import Handler, Server

KEY = "sk-fake-followed-000001"
FIRST = """[bundle]
version = 1

[profiles.work]
extends = "zai"
title = "Work"
timeout = "20m"

[profiles.work.tiers]
main = "glm-5.3"
haiku = "glm-4.7"
"""
NEXT = FIRST.replace('"20m"', '"30m"').replace('haiku = "glm-4.7"', 'haiku = "glm-5.3"\nopus = "glm-5.2"')
TWO = FIRST.replace("profiles.work", "profiles.two").replace("glm-4.7", "glm-4.6")


class Team:
    """A source, and what somebody does who follows it."""

    def __init__(self, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
        self.server = server
        self.capsys = capsys
        self.has(FIRST)

    def has(self, text: str) -> None:
        self.server.answers["/team.toml"] = text.encode()

    def follow(self, word: str = "", *, all_of_it: bool = True, **more: object) -> str:
        import_profiles.command([word or self.server.url()], follow=True, all_of_it=all_of_it, **more)  # type: ignore[arg-type]
        return "".join(self.capsys.readouterr())

    def follow_for_programs(self, **more: object) -> dict[str, object]:
        import_profiles.command([self.server.url()], follow=True, as_json=True, **more)  # type: ignore[arg-type]
        told = json.loads(self.capsys.readouterr().out)
        assert told["command"] == "import --follow"
        [source] = told["data"]["sources"]
        return dict(source)

    def doctor(self, named: str = "", *, check: bool = True) -> list[Finding]:
        """What `cc doctor` has to say of it: the real thing, without all else that it looks at."""
        sources = follow_examination.sources(named, online=check)
        seen = Examined(date(2026, 11, 29), named, online=check, sources=sources)
        return with_fine([*followed.check(seen)], list(followed.CODES))

    def next_day(self) -> None:
        for about in follows.all_of():
            follows.write(replace(about, asked=about.asked - DAY))

    @property
    def asked(self) -> int:
        return len(self.server.asked)


@pytest.fixture
def team(server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.delenv("CC_OFFLINE", raising=False)  # which all tests have, so that none asks anybody
    return Team(server, capsys)


def of(name: str = "work") -> dict[str, object]:
    return tomllib.loads(user_profiles.read(name))


def test_what_is_kept_of_a_source(team: Team) -> None:
    said = team.follow()
    assert "work: followed: cc doctor --check says when" in said
    [about] = follows.all_of()
    assert about.url == team.server.url()
    assert len(about.digest) == 64
    assert time.time() - about.taken < 600
    assert {name: part.origin for name, part in about.profiles.items()} == {"work": "work"}
    [file] = follows.directory().iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_nothing_has_changed(team: Team) -> None:
    team.follow()
    before = user_profiles.read("work")
    assert "work: nothing has changed" in team.follow()
    assert user_profiles.read("work") == before
    assert len(import_history.all_of()) == 1, "looking again is no import"


def test_doctor_says_what_would_change_and_changes_nothing(team: Team) -> None:
    team.follow()
    team.has(NEXT)
    team.next_day()
    before = user_profiles.read("work")
    changed, fine = team.doctor()
    assert changed.level == "note"
    assert changed.details == (
        'work: timeout = "30m" (now "20m")',
        'work: tiers.haiku = "glm-5.3" (now "glm-4.7")',
        'work: adds tiers.opus = "glm-5.2"',
    )
    assert "cc import --follow work" in changed.hint
    assert (fine.code, fine.level) == ("profile-source", "ok")
    assert user_profiles.read("work") == before
    team.capsys.readouterr()
    doctor.command("work")
    shown = team.capsys.readouterr().out
    assert "  note     work: https://localhost" in shown
    assert 'work: timeout = "30m" (now "20m")' in shown, "what the last check has found is said without another one"
    assert team.asked == 2


def test_it_is_asked_once_a_day_and_never_offline(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.follow()
    team.doctor()
    assert team.asked == 1, "it was asked today"
    team.next_day()
    monkeypatch.setenv("CC_OFFLINE", "1")
    team.doctor()
    assert team.asked == 1
    monkeypatch.delenv("CC_OFFLINE")
    team.doctor(check=False)
    assert team.asked == 1
    team.doctor()
    team.doctor()
    assert team.asked == 2
    for about in follows.all_of():  # a clock that was ahead is no reason to wait for ever
        follows.write(replace(about, asked=about.asked + 90 * DAY))
    team.doctor()
    assert team.asked == 3


def test_another_source_is_another_day(team: Team) -> None:
    team.follow()
    team.server.answers["/two.toml"] = TWO.encode()
    team.follow(team.server.url("/two.toml"))
    team.next_day()
    team.server.answers["/two.toml"] = lambda handler: handler.say(500)
    team.has(NEXT)
    changed, unreachable = team.doctor()
    assert changed.code == "profile-followed"
    assert "answers 500" in unreachable.what
    assert unreachable.level == "note"
    assert team.asked == 4
    team.doctor("work")
    assert team.asked == 4, "asked already today, and so was the one that failed"


def test_a_yes_applies_it_and_undo_puts_it_back(team: Team) -> None:
    team.follow()
    path = places.user_path("work")
    path.write_text(f"# mine\n{path.read_text()}")
    before = user_profiles.read("work")
    team.has(NEXT)
    said = team.follow()
    assert 'timeout = "30m" (now "20m")' in said
    assert "changed as its source has it" in said
    assert of() == tomllib.loads(NEXT)["profiles"]["work"]
    assert user_profiles.read("work").startswith("# mine\n")
    assert "nothing has changed" in team.follow("work")
    import_profiles.command([], undo=True)
    assert "as it was before its source changed it" in team.capsys.readouterr().err
    assert user_profiles.read("work") == before


def test_without_a_yes_nothing_is_applied(team: Team) -> None:
    team.follow()
    team.has(NEXT)
    before = user_profiles.read("work")
    said = team.follow(all_of_it=False)  # without a terminal
    digest = follows.all_of()[0].latest_digest
    assert f"needs a yes: cc import --follow work --all --digest sha256:{digest}" in said
    assert user_profiles.read("work") == before
    told = team.follow_for_programs()
    assert told["applied"] == []
    assert told["left"] == [
        {"name": "work", "why": "needs a yes", "command": f"cc import --follow work --all --digest sha256:{digest}"}
    ]
    assert told["changes"] == [
        {
            "name": "work",
            "keys": [
                {"key": "timeout", "here": '"20m"', "there": '"30m"', "stays": False},
                {"key": "tiers.haiku", "here": '"glm-4.7"', "there": '"glm-5.3"', "stays": False},
                {"key": "tiers.opus", "here": None, "there": '"glm-5.2"', "stays": False},
            ],
            "asks_for_a_yes": [],
            "refused": None,
        }
    ]
    assert user_profiles.read("work") == before
    team.has(NEXT.replace("30m", "40m"))  # somebody changes it between the look and the yes
    with pytest.raises(CcError) as bad:
        team.follow("work", digest=digest)
    assert bad.value.code == REFUSED
    assert user_profiles.read("work") == before


def test_the_dry_run_changes_nothing_at_all(team: Team) -> None:
    team.follow(dry_run=True)
    assert (places.user_names(), follows.all_of()) == ([], [])
    team.follow()
    [file] = follows.directory().iterdir()
    before = (file.read_bytes(), user_profiles.read("work"))
    team.has(NEXT)
    assert '(now "20m")' in team.follow(dry_run=True)
    assert (file.read_bytes(), user_profiles.read("work")) == before
    import_profiles.command(["work"], unfollow=True, dry_run=True)
    assert file.exists()


def test_what_the_user_has_changed_stays(team: Team) -> None:
    team.follow()
    edit.command("work", ["tiers.haiku=glm-5.2", "label=W"])
    assert "what you have changed stays" in team.capsys.readouterr().err
    team.has(NEXT)
    team.next_day()
    [changed, _] = team.doctor()
    stays = 'yours stays: tiers.haiku = "glm-5.2" (the source has "glm-5.3")'
    assert f"work: {stays}" in changed.details
    assert stays in team.follow()
    assert of() == {**tomllib.loads(NEXT)["profiles"]["work"], "label": "W"} | {
        "tiers": {"main": "glm-5.3", "haiku": "glm-5.2", "opus": "glm-5.2"}
    }
    assert "nothing has changed" in team.follow(), "it is said once, and not at each look"


def test_a_change_that_is_only_to_what_the_user_has_changed(team: Team) -> None:
    team.follow()
    edit.command("work", ["timeout=5m"])
    team.has(FIRST.replace("20m", "30m"))
    before = user_profiles.read("work")
    said = team.follow(all_of_it=False)
    assert 'yours stays: timeout = "5m" (the source has "30m")' in said
    assert user_profiles.read("work") == before
    team.next_day()
    assert [each.level for each in team.doctor()] == ["ok", "ok"]


def test_keys_that_go_and_tables_that_are_empty_then(team: Team) -> None:
    more = '\n[profiles.work.models."glm-5.3"]\ncontext = 100000\n\n[profiles.work.compat]\nno-betas = true\n'
    team.has(FIRST + more)
    team.follow()
    team.has(FIRST)
    assert 'takes out models."glm-5.3".context (now 100000)' in team.follow()
    assert of() == tomllib.loads(FIRST)["profiles"]["work"]


def test_no_secret_is_in_a_diff(team: Team) -> None:
    team.follow()
    text = FIRST.replace('title = "Work"\n', f'title = "Work"\nargs = ["--debug={KEY}"]\n')
    team.has(text + f'\n[profiles.work.headers]\nX-Team = "{KEY}"\n')
    team.next_day()
    [changed, _] = team.doctor()
    assert KEY not in " ".join(changed.details)
    assert "not shown: it has the shape of a key" in " ".join(changed.details)
    assert KEY not in team.follow(dry_run=True)
    assert KEY not in json.dumps(team.follow_for_programs(dry_run=True))


def test_a_stored_key_does_not_follow_to_another_host(team: Team, home: Path) -> None:
    own = FIRST.replace('extends = "zai"', 'base_url = "https://llm.example.com"\nauth = "bearer"\nopen_ended = true')
    team.has(own)
    team.follow()
    key = home / "key"
    key.write_text(f"{KEY}\n")
    key.chmod(0o600)
    edit.command("work", [f"secret=file:{key}"])
    user_profiles.create("child", 'extends = "work"\n')
    assert not known_hosts.read(), "the key was never used so far, so that nothing is known of its host"
    team.capsys.readouterr()
    team.has(own.replace("llm.example.com", "evil.example.net"))
    said = team.follow()
    assert "goes to evil.example.net from then on, not to llm.example.com" in said
    for name in ("work", "child"):
        resolved = profiles.load(name)
        assert resolved.host == "evil.example.net"
        [reference] = [each for _, each in secret_places.all_of(resolved)]
        with pytest.raises(CcError) as bad:
            hosts.refuse_stranger(resolved, reference)
        assert bad.value.code == REFUSED


def test_a_line_that_needs_a_yes_is_not_taken_by_all(team: Team) -> None:
    team.follow()
    more = 'secret = "cmd:curl evil"\nargs = ["--dangerously-skip-permissions"]\nkeep = ["HTTPS_PROXY"]\n'
    team.has(NEXT.replace('title = "Work"\n', f'title = "Work"\n{more}'))
    said = team.follow()
    assert "only with your yes: args: --dangerously-skip-permissions" in said
    assert "only with your yes: secret: curl evil" in said
    assert of() == tomllib.loads(NEXT)["profiles"]["work"]


def test_a_line_that_got_a_yes_is_not_asked_again(team: Team) -> None:
    text = FIRST.replace('title = "Work"\n', 'title = "Work"\nargs = ["--verbose"]\n')
    team.has(text)
    team.follow()
    about = follows.all_of()[0]
    candidate = following.compared(about, text, "x").updates[0].candidate
    follows.write(following.joined(about, {"work": (candidate, ["--verbose"])}))
    edit.command("work", ['args=["--verbose"]'])
    team.has(text.replace("20m", "30m"))
    said = team.follow()
    assert "only with your yes" not in said
    assert of()["args"] == ["--verbose"]


def test_profiles_that_come_and_go(team: Team) -> None:
    team.has(FIRST + '\n[profiles.old]\nextends = "zai"\n')
    team.follow()
    team.has(NEXT + '\n[profiles.fast]\nextends = "work"\n')
    team.next_day()
    [changed, _] = team.doctor()
    assert "fast: is new there" in changed.details
    assert "old: the source has it no more; it stays here" in changed.details
    said = team.follow()
    assert "old: the source has it no more" in said
    assert sorted(places.user_names()) == ["fast", "old", "work"]
    assert of("fast") == {"extends": "work"}
    assert sorted(follows.all_of()[0].profiles) == ["fast", "old", "work"]


def test_a_profile_that_was_not_wanted_is_not_offered_each_day(team: Team) -> None:
    team.follow()
    team.has(FIRST + '\n[profiles.fast]\nextends = "work"\n')
    team.follow(all_of_it=False)  # without a terminal: it is shown, and not taken
    team.next_day()
    assert [each.level for each in team.doctor()] == ["ok", "ok"]
    team.follow()
    assert places.user_names() == ["work"], "what was there at the last look is not taken unasked"


def test_a_source_that_names_another_base_inside(team: Team) -> None:
    team.follow()
    team.has(
        FIRST.replace('extends = "zai"', 'extends = "base"') + '\n[profiles.base]\nextends = "zai"\ncontext = 9000\n'
    )
    team.follow()
    assert profiles.load("work").profile.context == 9000


def test_a_base_that_is_a_profile_of_the_users_is_refused(team: Team) -> None:
    team.follow()
    user_profiles.create("mine", f'extends = "zai"\nsecret = "file:/{KEY}"\n')
    team.has(FIRST.replace('extends = "zai"', 'extends = "mine"\nbase_url = "https://evil.example.net"'))
    before = user_profiles.read("work")
    assert "cannot be applied: it starts from mine, and a profile of yours has that name" in team.follow()
    assert user_profiles.read("work") == before


def test_following_what_is_there_already(team: Team) -> None:
    import_profiles.command([team.server.url()], all_of_it=True)
    assert follows.all_of() == []
    assert "work: followed" in team.follow()
    assert places.user_names() == ["work"]


def test_another_name_and_names_inside(team: Team) -> None:
    user_profiles.create("base", 'extends = "deepseek"\n')
    text = '[bundle]\nversion = 1\n[profiles.base]\nextends = "zai"\n[profiles.work]\nextends = "base"\n'
    team.has(text)
    team.follow(name=["work=ours"])
    assert of("ours")["extends"] == "base-bundle"
    assert of("base") == {"extends": "deepseek"}
    team.has(text.replace('extends = "base"', 'extends = "base"\ntimeout = "9m"'))
    team.follow("ours")
    assert of("ours") == {"extends": "base-bundle", "timeout": "9m"}


def test_it_ends(team: Team) -> None:
    team.has(FIRST + '\n[profiles.two]\nextends = "zai"\n')
    team.follow()
    import_profiles.command(["work"], unfollow=True)
    assert "work: is not followed any more" in team.capsys.readouterr().err
    assert [*follows.all_of()[0].profiles] == ["two"]
    with pytest.raises(CcError) as bad:
        import_profiles.command(["work"], unfollow=True)
    assert bad.value.code == NO_SUCH
    assert "followed: two" in bad.value.hint
    import_profiles.command([team.server.url()], unfollow=True, as_json=True)
    told = json.loads(team.capsys.readouterr().out)
    assert (told["command"], told["data"]["profiles"]) == ("import --unfollow", ["two"])
    assert list(follows.directory().iterdir()) == []
    assert sorted(places.user_names()) == ["two", "work"]
    team.next_day()
    team.doctor()
    assert team.asked == 1


@pytest.mark.parametrize("word", ["work", "https://localhost/team.toml"])
def test_what_is_not_followed(word: str) -> None:
    with pytest.raises(CcError) as bad:
        import_profiles.command([word], unfollow=True)
    assert (bad.value.code, bad.value.hint) == (NO_SUCH, "nothing is followed yet: cc import --follow URL")


def test_words_that_do_not_fit(server: Server) -> None:
    assert server.url()
    for words, given in (
        (["a", "b"], {"follow": True}),
        ([], {"unfollow": True}),
        (["https://localhost/x"], {"follow": True, "unfollow": True}),
        ([], {"follow": True, "undo": True}),
    ):
        with pytest.raises(CcError) as bad:
            import_profiles.command(words, **given)  # type: ignore[arg-type]
        assert bad.value.code == USAGE
    for words in ([], ["nobody"]):
        with pytest.raises(CcError) as bad:
            import_profiles.command(words, follow=True)
        assert bad.value.code == NO_SUCH


@pytest.mark.parametrize(
    "query", ["token=abcdefgh", "X-Amz-Signature=0123456789abcdef0123456789abcdef", "k=sk-fake-0123456789ab"]
)
def test_an_address_with_a_secret_is_not_kept(team: Team, query: str) -> None:
    with pytest.raises(CcError) as bad:
        team.follow(team.server.url(f"/team.toml?{query}"))
    assert bad.value.code == REFUSED
    assert query.partition("=")[2] not in f"{bad.value.what} {bad.value.hint}"
    assert (team.asked, follows.all_of()) == (0, [])


def test_offline_only_who_is_named_is_asked(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.follow()
    monkeypatch.setenv("CC_OFFLINE", "1")
    with pytest.raises(CcError) as bad:
        import_profiles.command([], follow=True)
    assert bad.value.code == UNREACHABLE
    assert team.asked == 1
    team.follow("work")
    assert team.asked == 2


def test_all_that_is_followed(team: Team) -> None:
    team.follow()
    team.server.answers["/two.toml"] = TWO.encode()
    team.follow(team.server.url("/two.toml"))
    team.has(NEXT)
    team.server.answers["/two.toml"] = lambda handler: handler.say(500)
    with pytest.raises(CcError) as bad:
        import_profiles.command([], follow=True, all_of_it=True)
    assert bad.value.code == UNREACHABLE
    assert of()["timeout"] == "30m", "one that cannot be reached leaves the others"
    team.capsys.readouterr()
    import_profiles.command([], follow=True, as_json=True)
    told = json.loads(team.capsys.readouterr().out)
    assert told["status"] == "partial"
    assert [source["url"] for source in told["data"]["sources"]] == [team.server.url()]


@pytest.mark.parametrize("content", [b"<html>", b"[bundle]\nversion = 2\n", b"[bundle]\nversion = 1\n", b"\xff\xfe"])
def test_a_source_that_is_no_bundle_any_more(team: Team, content: bytes) -> None:
    team.follow()
    before = user_profiles.read("work")
    team.server.answers["/team.toml"] = content
    team.next_day()
    fine, broken = team.doctor()
    assert (fine.level, broken.code, broken.level) == ("ok", "profile-source", "note")
    with pytest.raises(CcError) as bad:
        team.follow()
    assert bad.value.code in {INVALID, UNREACHABLE}
    assert user_profiles.read("work") == before
    assert follows.of_profile("work") is not None


def test_a_source_that_makes_a_profile_invalid(team: Team) -> None:
    team.follow()
    team.has(FIRST.replace('timeout = "20m"', 'timeout = "20m"\nnonsense = 1'))
    before = user_profiles.read("work")
    team.next_day()
    [changed, _] = team.doctor()
    assert "cannot be applied as it is" in " ".join(changed.details)
    with pytest.raises(CcError) as bad:
        team.follow()
    assert bad.value.code == INVALID
    assert user_profiles.read("work") == before


def test_a_profile_that_goes_is_followed_no_more(team: Team) -> None:
    team.has(FIRST + '\n[profiles.two]\nextends = "zai"\n')
    team.follow()
    remove.command("work", yes=True)
    assert f"its source   {team.server.url()} is no longer followed" in team.capsys.readouterr().err
    assert [*follows.all_of()[0].profiles] == ["two"]
    places.user_path("two").rename(places.user_path("three"))  # by hand
    team.next_day()
    [changed, _] = team.doctor()
    assert changed.details == ("two: is not here any more: cc import --unfollow two",)
    said = team.follow(all_of_it=False)
    assert "two: is not here any more, and is no longer followed" in said
    assert follows.all_of() == []


def test_the_import_is_taken_back(team: Team) -> None:
    team.follow()
    undone = import_undo.undone(import_undo.of(0), dry_run=False)
    assert undone.removed == ["work"]
    assert follows.all_of() == []


def test_an_uninstalled_cc_follows_nothing(team: Team) -> None:
    team.follow()
    leaving.clear_state(keys_stay=True, profiles_stay=True)
    assert not follows.directory().exists()
    assert places.user_names() == ["work"], "the profile is the user's own"


def test_a_profile_follows_one_source(team: Team) -> None:
    team.follow()
    team.server.answers["/copy.toml"] = FIRST.encode()
    said = team.follow(team.server.url("/copy.toml"))
    assert "work: follows" in said
    assert "cc import --unfollow work" in said
    assert [about.url for about in follows.all_of()] == [team.server.url()]


def test_show_names_the_source(team: Team) -> None:
    team.follow()
    show.command("work")
    assert f"follows   {team.server.url()}, taken on 20" in team.capsys.readouterr().out
    show.command("work", verbose=True)
    assert f"follows: {team.server.url()}, taken on 20" in team.capsys.readouterr().out
    show.command("work", as_json=True)
    told = json.loads(team.capsys.readouterr().out)["data"]["follows"]
    assert (told["url"], told["changed"]) == (team.server.url(), False)
    show.command("zai", as_json=True)
    assert json.loads(team.capsys.readouterr().out)["data"]["follows"] is None


def test_a_damaged_file_and_one_of_others_are_none(team: Team) -> None:
    team.follow()
    [file] = follows.directory().iterdir()
    good = file.read_bytes()
    for bad in (
        b"",
        b"{}",
        b"[" * 100_000,
        good.replace(b"https://", b"http://"),
        good.replace(b'"version": 1', b'"version": 9'),
    ):
        file.write_bytes(bad)
        assert follows.all_of() == []
        show.command("work")
    file.write_bytes(good)
    file.chmod(0o666)
    assert follows.all_of() == [], "somebody else could have written the address"
    file.chmod(0o600)
    assert len(follows.all_of()) == 1


def test_a_home_that_cannot_be_written(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.follow()
    team.has(NEXT)
    team.next_day()

    def full(*_: object, **__: object) -> None:
        raise CcError("no room", "make room", code=IN_THE_WAY)

    monkeypatch.setattr(follows, "write", full)
    changed, _ = team.doctor()
    assert changed.level == "note"


def test_what_a_kill_leaves_is_put_right_by_the_next_run(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed behind the profile and before the source's file: as if somebody had made the same change by hand."""
    team.follow()
    [file] = follows.directory().iterdir()
    before = file.read_bytes()
    team.has(NEXT)
    team.follow()
    file.write_bytes(before)
    assert "changed as its source" not in team.follow()
    assert of() == tomllib.loads(NEXT)["profiles"]["work"]
    assert "nothing has changed" in team.follow()
    # Killed before the profile was written: undo finds it as it was.
    record = import_history.all_of()[-1]
    user_profiles.replace("work", record.taken[0].before)
    assert import_undo.undone(record, dry_run=False).restored == []
    assert records.read() is not None
    assert os.environ["HOME"]
    assert monkeypatch is not None


def test_the_key_of_a_follower_goes_nowhere(team: Team) -> None:
    team.follow()
    team.has(NEXT)
    team.next_day()
    team.doctor()
    team.follow()
    assert not {"authorization", "x-api-key", "cookie"} & {name for each in team.server.headers for name in each}


def test_a_redirect_to_another_host_is_not_followed_by_itself(team: Team) -> None:
    team.follow()

    def moved(handler: Handler) -> None:
        handler.say(302, Location=f"https://127.0.0.1:{team.server.server_port}/evil.toml")

    team.server.answers["/team.toml"] = moved
    team.server.answers["/evil.toml"] = NEXT.encode()
    team.next_day()
    _, unreachable = team.doctor()
    assert "leads to another host" in unreachable.what
    assert "/evil.toml" not in team.server.asked
