"""What the manifests of the corpus say that an import must not do: each line is held by a check, or this fails."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cc_launcher.actions import import_scan
from cc_launcher.actions.import_scan import Looked
from cc_launcher.cli import import_profiles
from cc_launcher.core.errors import CcError
from cc_launcher.core.importing.lenient import yaml_of
from cc_launcher.core.importing.readers import cc_switch, routers
from cc_launcher.files import foreign_home, import_history, places
from tests.importers import corpus, witness
from tests.importers.corpus import Case
from tests.importers.test_command import settle, take, words_of
from tests.importers.witness import Witness

__all__ = ["settle"]
CASES = corpus.cases()
VALUE = "value-of-a-variable-0123"


@dataclass(frozen=True)
class Told:
    """All that can be known of one import."""

    case: Case
    home: Path
    seen: Witness
    read: Witness  # of the look alone: what is left in clear text is looked for in more files
    looked: Looked
    profiles: dict[str, str]
    stored: set[str]

    @property
    def text(self) -> str:
        return "\n".join([*self.profiles.values(), *self.stored])

    def found(self, name: str) -> object:
        return next(offer.candidate for offer in self.looked.offers if offer.candidate.title == name)


Check = Callable[[Told], None]
Prepare = Callable[[Path], None]


def nothing_is_run(told: Told) -> None:
    assert told.seen.programs == []


def nothing_is_fetched(told: Told) -> None:
    assert told.seen.calls == []


def nothing_is_written(told: Told) -> None:
    assert told.seen.below(told.home, told.seen.changed) == []


def never_in_place(told: Told) -> None:
    assert told.seen.below(told.home, told.seen.databases) == []
    if told.case.name != "cc-switch/sql-export":
        assert told.seen.databases


def no_sql_is_run(told: Told) -> None:
    assert told.seen.databases == []


def no_usage_script(told: Told) -> None:
    nothing_is_run(told)
    assert "{{baseUrl}}" not in told.text
    dropped = [each.what for offer in told.looked.offers for each in offer.candidate.dropped]
    assert "usage_script" in dropped


def one_host_a_key(told: Told) -> None:
    """The further hosts of cc-switch stand in a table that is not even read."""
    assert "llm-eu.example.com" not in told.text
    wanted = foreign_home._DATABASES["cc-switch"][1]
    assert wanted == ("providers", "settings")


def the_chosen_one_is_active(told: Told) -> None:
    chosen = told.home / cc_switch.OWN
    wanted = "DeepSeek" if chosen.exists() else "Zhipu GLM en"
    active = [offer.candidate.title for offer in told.looked.offers if "the active one there" in offer.candidate.notes]
    assert active == [wanted]


def no_link_as_an_argument(told: Told) -> None:
    for link in (told.home / "links.txt").read_text().split():
        with pytest.raises(CcError) as bad:
            import_scan.check_words([link])
        assert link[20:] not in f"{bad.value.what} {bad.value.hint}"


def nobody_is_made_the_default(_told: Told) -> None:
    config = Path(os.environ["CC_CONFIG_DIR"])
    assert {path.parent.name for path in config.rglob("*") if path.is_file()} == {"profiles"}


def accounts_are_not_touched(told: Told) -> None:
    assert str(told.home / ".ccm_accounts") not in told.seen.opened
    assert "not-a-key" not in told.text


def a_file_of_accounts(home: Path) -> None:
    (home / ".ccm_accounts").write_text(base64.b64encode(b"not-a-key").decode())


def nothing_but_the_provider_of_a_bundle(told: Told) -> None:
    bundle = json.loads((told.home / "work.ccs-export.json").read_text())["settings"]
    [offer] = told.looked.offers
    inside = {"hooks", "apiKeyHelper", "statusLine", "permissions"} & {*bundle}
    assert inside
    assert inside <= {each.what for each in offer.candidate.dropped}
    assert not inside & {*offer.candidate.data}
    assert "cmd:" not in told.text


def links_lead_nowhere(told: Told) -> None:
    for directory in ("instances", "shared"):
        assert told.seen.below(told.home / ".ccs" / directory, told.seen.opened) == []
    assert "sk-fake-behind-a-link" not in told.text


def links_of_ccs(home: Path) -> None:
    other = {"env": {"ANTHROPIC_BASE_URL": "https://h.example", "ANTHROPIC_AUTH_TOKEN": "sk-fake-behind-a-link"}}
    (home / "elsewhere.json").write_text(json.dumps(other))
    for directory in ("instances/personal", "shared"):
        (home / ".ccs" / directory).mkdir(parents=True, exist_ok=True)
        (home / ".ccs" / directory / "x.settings.json").symlink_to(home / "elsewhere.json")


def no_other_secret_of_ccs(told: Told) -> None:
    def secrets(value: object, name: str = "") -> set[str]:
        if isinstance(value, dict):
            return {text for key, inner in value.items() for text in secrets(inner, str(key))}
        return {value} if isinstance(value, str) and len(value) > 7 and re.search("token|secret|key", name) else set()

    own = secrets(yaml_of((told.home / ".ccs" / "config.yaml").read_text()))
    assert own
    assert not [value for value in own if value in told.text]


def with_a_token(home: Path) -> None:
    path = home / ".ccs" / "config.yaml"
    about = yaml_of(path.read_text())
    about.setdefault("cliproxy_server", {})["remote"] = {"auth_token": "token-of-the-proxy-1234"}
    path.write_text(json.dumps(about))  # which is YAML, too


def variables_stay_variables(told: Told) -> None:
    assert VALUE not in told.text
    assert "env:MODELSCOPE_API_KEY" in told.text


def no_code_is_followed(told: Told) -> None:
    nothing_is_run(told)
    assert str(told.home / "router.js") not in told.seen.opened
    dropped = [each.what for offer in told.looked.offers for each in offer.candidate.dropped]
    assert "CUSTOM_ROUTER_PATH" in dropped


def with_code(home: Path) -> None:
    (home / "router.js").write_text("throw 1")
    path = home / routers.FILE
    about = json.loads(path.read_text())
    about |= {"CUSTOM_ROUTER_PATH": str(home / "router.js"), "plugins": [{"path": str(home / "router.js")}]}
    path.write_text(json.dumps(about))


def no_old_copies(told: Told) -> None:
    """Each profile is one of the manifest's, so that none is from the old file, which is whole in a table."""
    connection = sqlite3.connect(f"file:{told.home / routers.DATABASE}?mode=ro", uri=True)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "legacy_storage_backups" in tables
    assert "legacy_storage_backups" not in foreign_home._DATABASES["ccr"][1]


def no_launchers_of_clother(told: Told) -> None:
    expected = {entry["profile"] for entry in told.case.profiles}
    assert {offer.candidate.name for offer in told.looked.offers} == expected


def with_launchers(home: Path) -> None:
    (home / ".local" / "bin").mkdir(parents=True, exist_ok=True)
    program = home / ".local" / "bin" / "clother"
    program.write_text("#!/bin/sh\nexec claude\n")
    for name in ("clother-zai", "clother-kimi", "clother-minimax", "claude"):
        if not (home / ".local" / "bin" / name).is_symlink():
            (home / ".local" / "bin" / name).symlink_to("clother")


def nothing_of_direnv_counts(told: Told) -> None:
    assert told.seen.below(told.home / ".local" / "share" / "direnv", told.seen.opened) == []
    [app] = [offer for offer in told.looked.offers if offer.candidate.name == "app"]
    assert not app.is_easy


def no_token_of_github(told: Told) -> None:
    assert "ghp_fake3206" not in told.text
    assert "GITHUB_TOKEN" not in told.text
    assert str(told.home / ".secrets.sh") not in told.read.opened


CHECKS: dict[str, tuple[Check, ...]] = {
    "run the wrapper (it evaluates settings.json with node and sources the result)": (nothing_is_run,),
    "open it in place": (never_in_place, nothing_is_written),
    "run usage_script": (no_usage_script,),
    "use provider_endpoints or meta.custom_endpoints as further hosts for the key": (one_host_a_key,),
    "take is_current for the active one where settings.json has currentProviderClaude": (the_chosen_one_is_active,),
    "take a link as an argument where its key then stands in ps and in the shell's history": (no_link_as_an_argument,),
    "fetch configUrl": (nothing_is_fetched,),
    "let enabled choose the default": (nobody_is_made_the_default,),
    "execute the file: it is SQL of somebody else": (no_sql_is_run, nothing_is_run),
    "source ~/.ccm_config (ccm.sh does)": (nothing_is_run,),
    "touch ~/.ccm_accounts: claude.ai logins, base64": (accounts_are_not_touched,),
    "take over hooks, apiKeyHelper, statusLine, permissions of a bundle": (nothing_but_the_provider_of_a_bundle,),
    "run ccs (its first command creates ~/.claude/settings.json and installs completions)": (nothing_is_run,),
    "follow the links below .ccs/instances and .ccs/shared": (links_lead_nowhere,),
    "take cliproxy_server.remote.auth_token or other secrets of config.yaml for a provider key": (
        no_other_secret_of_ccs,
    ),
    "write into .ccs": (nothing_is_written,),
    "import $VAR by its value": (variables_stay_variables,),
    "follow CUSTOM_ROUTER_PATH or plugins (code)": (no_code_is_followed,),
    "run ccr": (nothing_is_run,),
    "run the apiKeyHelper": (nothing_is_run,),
    "open the database in place: mode=ro writes -shm, immutable=1 sees only what is checkpointed": (
        never_in_place,
        nothing_is_written,
    ),
    "read legacy_storage_backups for profiles (old file content, as BLOB)": (no_old_copies,),
    "take the links clother-* for profiles (22 are made, for 5 that are configured)": (no_launchers_of_clother,),
    "source secrets.env": (nothing_is_run,),
    "run direnv, mise, or dotenv": (nothing_is_run,),
    'take "direnv allow" for our trust': (nothing_of_direnv_counts,),
    "source anything": (nothing_is_run, no_token_of_github),
    "run pass, op or cat to see whether a reference works": (nothing_is_run,),
    "take GITHUB_TOKEN": (no_token_of_github,),
}
# What a home of the corpus does not have, and a check needs.
PREPARED: dict[str, tuple[Prepare, ...]] = {
    "ccm-sh/many": (a_file_of_accounts,),
    "ccs/many": (links_of_ccs, with_a_token),
    "claude-code-router-2/ui": (with_code,),
    "clother/many": (with_launchers,),
}


def checks_of(line: str) -> tuple[Check, ...]:
    """How a line of a manifest is held. One that is unknown is held by nothing, and that is a failure."""
    return next((checks for start, checks in CHECKS.items() if line.startswith(start)), ())


@pytest.mark.parametrize("case", [case for case in CASES if case.about["must_not"]], ids=lambda case: case.name)
def test_what_must_not_be(
    case: Case, settle: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODELSCOPE_API_KEY", VALUE)
    home = settle(case.name)  # type: ignore[operator]
    for prepare in PREPARED.get(case.name, ()):
        prepare(home)
    before = corpus.state(home)
    words = words_of(case)
    with witness.watching() as read:
        looked = import_scan.look(words)
    with witness.watching() as seen:
        import_profiles.command(words, dry_run=True)
        import_profiles.command(words, all_of_it=True, no_secret=True)
        if import_history.all_of():
            import_profiles.command([], undo=True)
        take(words)
        import_profiles.command([], left=True)
        import_profiles.command([], history=True)
    assert corpus.state(home) == before
    texts = {name: places.user_path(name).read_text() for name in places.user_names()}
    stored = {path.read_text() for path in (Path(places.data()) / "keys").glob("*")}
    told = Told(case, home, seen, read, looked, texts, stored)
    assert VALUE not in "".join(capsys.readouterr())
    for line in case.about["must_not"]:
        checks = checks_of(line)
        assert checks, f"nothing holds this line: {line}"
        for check in checks:
            check(told)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_import_runs_calls_or_writes_anything(case: Case, settle: object) -> None:
    """What some manifests say holds for all."""
    home = settle(case.name)  # type: ignore[operator]
    with witness.watching() as seen:
        import_scan.look(words_of(case))
    assert (seen.programs, seen.calls) == ([], [])
    assert seen.below(home, seen.changed) == []
    assert seen.below(home, seen.databases) == []


def test_the_witness_sees(tmp_path: Path) -> None:
    """A check that finds nothing says something only where it would have found it."""
    with witness.watching() as seen:
        (tmp_path / "a").write_text("x")
        (tmp_path / "a").chmod(0o600)
        os.system("true")
        sqlite3.connect(tmp_path / "b").close()
    assert seen.below(tmp_path, seen.changed) == [str(tmp_path / "a")] * 2
    assert len(seen.programs) == 1
    assert seen.databases == [str(tmp_path / "b")]
    (tmp_path / "a").read_text()
    assert seen.opened.count(str(tmp_path / "a")) == 1


def test_a_line_that_nothing_holds_fails() -> None:
    assert checks_of("eat the home") == ()
