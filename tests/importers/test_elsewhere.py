"""Places beside the usual ones: what the environment or a tool's own file names, a project, a file that is named."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from cc_launcher.actions import import_scan
from cc_launcher.core.importing import sources
from cc_launcher.core.importing.found import Candidate, Reading
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.sources import Scan
from cc_launcher.files import foreign_elsewhere, foreign_home, foreign_search, providers
from tests.importers import corpus

KEY = "sk-fake-elsewhere-0001"
SET = f"export ANTHROPIC_BASE_URL=https://h.example\nexport ANTHROPIC_AUTH_TOKEN={KEY}\n"
SETTINGS = json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://h.example", "ANTHROPIC_AUTH_TOKEN": KEY}})


def scanned(home: Path, project: str = "") -> Scan:
    looked = foreign_home.look(str(home), project=project)
    whole = Reading()
    for reading in sources.readings(looked.homes):
        sources.add(whole, reading)
    assert looked.faults == []
    return sources.concluded(whole, looked.home, Catalog(providers.catalog()))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def places_of(candidate: Candidate) -> list[str]:
    return [place.file for place in candidate.places]


@pytest.mark.parametrize("inside", [True, False], ids=["in the home", "outside"])
@pytest.mark.parametrize(
    ("variable", "file", "text"),
    [
        ("CLAUDE_CONFIG_DIR", "settings.json", SETTINGS),
        ("CLAUDE_CONFIG_DIR", "settings-work.json", SETTINGS),
        ("XDG_CONFIG_HOME", "fish/config.fish", SET.replace("export ", "set -gx ").replace("=", " ", 2)),
        ("XDG_CONFIG_HOME", "Code/User/settings.json", ""),
        ("ZDOTDIR", ".zshrc", SET),
    ],
)
def test_a_directory_that_the_environment_names(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, file: str, text: str, *, inside: bool
) -> None:
    directory = (home if inside else tmp_path) / "else where"
    listed = [{"name": name, "value": value} for name, value in json.loads(SETTINGS)["env"].items()]
    path = write(directory / file, text or json.dumps({"claudeCode.environmentVariables": listed}))
    assert scanned(home).candidates == ()
    monkeypatch.setenv(variable, str(directory))
    [candidate] = scanned(home).candidates
    assert candidate.key.value == KEY
    assert candidate.places[0].file == (f"else where/{file}" if inside else str(path))
    assert candidate.places[0].shown.startswith("~/else where/" if inside else str(path))


def test_both_places_are_looked_at(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One variable is of one terminal: what stands in the usual place is there all the same."""
    write(home / ".claude" / "settings.json", SETTINGS)
    write(home / "work" / "settings.json", SETTINGS.replace(KEY, "sk-fake-elsewhere-0002"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / "work"))
    found = {candidate.key.value: places_of(candidate) for candidate in scanned(home).candidates}
    assert found == {KEY: [".claude/settings.json"], "sk-fake-elsewhere-0002": ["work/settings.json"]}
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / ".claude"))
    assert foreign_elsewhere.roots(str(home)) == []


@pytest.mark.parametrize("value", ["", "relative", "~/.claude", "/nowhere"])
def test_a_variable_that_names_no_other_place(home: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    write(home / ".claude" / "settings.json", SETTINGS)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", value)
    [candidate] = scanned(home).candidates
    assert places_of(candidate) == [".claude/settings.json"]


@pytest.mark.parametrize("written", ["~/sync", "{home}/sync"])
def test_cc_switch_keeps_its_files_elsewhere(home: Path, written: str) -> None:
    case = next(case for case in corpus.cases() if case.name == "cc-switch/db")
    made = case.make(home / "dev")
    shutil.move(made / ".cc-switch", home / "sync")
    app = home / ".local" / "share" / "com.ccswitch.desktop" / "app_paths.json"
    write(app, json.dumps({"app_config_dir_override": written.format(home=home)}))
    found = {candidate.name: candidate for candidate in scanned(home).candidates}
    assert "deepseek" in found
    assert places_of(found["deepseek"]) == ["sync/cc-switch.db"]
    for text in ("[]", '{"app_config_dir_override": 5}', "[" * 5000):
        app.write_text(text)
        assert scanned(home).candidates == ()


def test_variables_of_everything_that_runs(home: Path) -> None:
    write(home / ".config" / "environment.d" / "50-llm.conf", SET.replace("export ", ""))
    [candidate] = scanned(home).candidates
    assert (candidate.host, candidate.key.value) == ("h.example", KEY)
    assert places_of(candidate) == [".config/environment.d/50-llm.conf"]


def test_a_script_of_the_other_directory_and_a_snippet_of_fish(home: Path) -> None:
    write(home / "bin" / "claude-h", f'#!/bin/sh\n{SET}exec claude "$@"\n')
    snippet = SET.replace("export ", "set -gx ").replace("=", " ", 2).replace("h.example", "f.example")
    write(home / ".config" / "fish" / "conf.d" / "llm.fish", snippet)
    assert {candidate.host for candidate in scanned(home).candidates} == {"h.example", "f.example"}


def test_what_a_project_has(home: Path) -> None:
    """Each is shown, and none is chosen: it may be others' work."""
    app = home / "work" / "app"
    env = {"ANTHROPIC_BASE_URL": "https://c.example", "ANTHROPIC_AUTH_TOKEN": "${localEnv:LLM_KEY}"}
    write(app / ".devcontainer" / "devcontainer.json", f"// a comment\n{json.dumps({'remoteEnv': env})}")
    write(app / "leitum.yaml", json.dumps({"providers": {"l": {"base_url": "https://l.example", "api_key": KEY}}}))
    write(app / ".mise.toml", f'[env]\nANTHROPIC_BASE_URL = "https://m.example"\nANTHROPIC_AUTH_TOKEN = "{KEY}"\n')
    found = {candidate.host: candidate for candidate in scanned(home, str(app)).candidates}
    assert {*found} == {"c.example", "l.example", "m.example"}
    assert not [candidate for candidate in found.values() if candidate.chosen]
    assert found["c.example"].key.reference == "env:LLM_KEY"
    assert scanned(home).candidates == ()


def test_a_database_that_is_named(home: Path) -> None:
    path = home / "copy.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE providers (id, app_type, name, settings_config, meta, is_current);"
            f"INSERT INTO providers VALUES ('1', 'claude', 'mine', '{SETTINGS}', '{{}}', 1)"
        )
    looked = import_scan.look([str(path)])
    assert [offer.candidate.name for offer in looked.offers] == ["mine"]
    with contextlib.closing(sqlite3.connect(home / "other.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
    assert import_scan.look([str(home / "other.db")]).faults == ["other.db: a database of no tool that is known here"]
    assert import_scan.look([str(home)]).faults == [f"{home}: a directory: name a file in it"]


def test_the_keys_of_a_named_file_of_variables_are_told(home: Path) -> None:
    path = write(home / ".env", f"ANTHROPIC_API_KEY={KEY}\nANTHROPIC_MODEL=claude-opus-5\n")
    [offer] = import_scan.look([str(path)]).offers
    assert (offer.candidate.data["extends"], offer.candidate.key.value) == ("anthropic", KEY)


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_what_is_left_elsewhere_and_in_base64(home: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    write(home / "work" / "settings.json", SETTINGS)
    write(
        home / "links.txt", "ccswitch://v1/import?config=" + base64.b64encode(f"{before}{SETTINGS}".encode()).decode()
    )
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / "work"))
    held = {holder.path: holder.keys for holder in foreign_search.holders(str(home), {"h": KEY})}
    assert held == {"work/settings.json": ("h",), "links.txt": ("h",)}


@pytest.mark.parametrize(("target", "said"), [("clother", 1), ("../share/claude/versions/2.1.300", 0)])
def test_a_claude_that_is_another_program(home: Path, target: str, said: int) -> None:
    """clother puts a link to itself in the place of a `claude` that was there."""
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "claude").symlink_to(target)
    skipped = [skip for skip in scanned(home).skipped if skip.name == "claude"]
    assert len(skipped) == said
    assert all("starts that, and not Claude Code" in skip.why for skip in skipped)
