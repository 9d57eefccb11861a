"""What stands where a tool's file should be, and is none: nothing hangs, nothing grows, nothing outside is read."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

import pytest

from cc_launcher.core.importing import sources
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.sources import Scan
from cc_launcher.files import foreign_database, foreign_home, providers
from tests.importers import corpus

KEY = "sk-fake-outside-0001"
SETTINGS = json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://llm.example.com", "ANTHROPIC_AUTH_TOKEN": KEY}})


def scanned(home: Path) -> tuple[Scan, list[str]]:
    looked = foreign_home.look(str(home))
    return sources.scan(looked.home, Catalog(providers.catalog())), looked.faults


@pytest.fixture
def place(home: Path) -> Path:
    (home / ".claude").mkdir()
    return home / ".claude" / "settings.json"


def test_a_pipe(home: Path, place: Path) -> None:
    os.mkfifo(place)
    scan, faults = scanned(home)
    assert scan.candidates == ()
    assert faults == [".claude/settings.json: not a plain file"]


def test_a_loop_of_links(home: Path, place: Path) -> None:
    place.symlink_to(place)
    scan, faults = scanned(home)
    assert scan.candidates == ()
    assert len(faults) == 1
    assert "leads nowhere" in faults[0]


def test_a_device_by_a_link(home: Path, place: Path) -> None:
    place.symlink_to("/dev/zero")
    scan, faults = scanned(home)
    assert scan.candidates == ()
    assert faults == [".claude/settings.json: leads out of your home"]


def test_a_link_out_of_the_home(home: Path, place: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text(SETTINGS)
    place.symlink_to(tmp_path / "outside.json")
    assert scanned(home)[0].candidates == ()
    (home / "inside.json").write_text(SETTINGS)
    place.unlink()
    place.symlink_to("../inside.json")
    assert [candidate.key.value for candidate in scanned(home)[0].candidates] == [KEY]


def test_a_directory_that_leads_out_of_the_home(home: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.settings.json").write_text(SETTINGS)
    (home / ".ccs").symlink_to(tmp_path / "outside")
    assert scanned(home)[0].candidates == ()


def test_two_gigabytes_of_nothing(home: Path, place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(2 << 30)
    (home / ".cc-switch").mkdir()
    with (home / ".cc-switch" / "cc-switch.db").open("wb") as file:
        file.truncate(2 << 30)
    begun = time.monotonic()
    scan, faults = scanned(home)
    assert time.monotonic() - begun < 20  # it would be minutes, and all memory
    assert scan.candidates == ()
    assert sorted(fault.partition(":")[0] for fault in faults) == [".cc-switch/cc-switch.db", ".claude/settings.json"]


@pytest.mark.parametrize(
    "text",
    ["[" * 1_000_000, '{"env":' * 100_000, "{" + "a:" * 1000, "\x00", '{"env": 3}', '{"env": {"a": []}}', "[]", "nan"],
)
def test_json_that_never_ends(home: Path, place: Path, text: str) -> None:
    place.write_text(text)
    assert scanned(home)[0].candidates == ()


def test_yaml_of_a_billion(home: Path) -> None:
    (home / ".config" / "ccm").mkdir(parents=True)
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (home / ".config" / "ccm" / "profiles.yaml").write_text("\n".join(lines))
    scan, _ = scanned(home)
    assert scan.faults == (".config/ccm/profiles.yaml: aliases are not followed",)


def test_yaml_that_makes_objects(home: Path) -> None:
    (home / ".config" / "ccm").mkdir(parents=True)
    marker = home / "made"
    (home / ".config" / "ccm" / "profiles.yaml").write_text(f'!!python/object/apply:os.system ["touch {marker}"]')
    assert scanned(home)[0].candidates == ()
    assert not marker.exists()


def test_commands_in_values_are_never_run(home: Path) -> None:
    marker = home / "ran"
    (home / ".bashrc").write_text(
        f"export ANTHROPIC_BASE_URL=https://llm.example.com\nexport ANTHROPIC_AUTH_TOKEN=$(touch {marker}; echo key)\n"
        f"source <(touch {marker})\n`touch {marker}`\n"
    )
    scan, _ = scanned(home)
    [candidate] = scan.candidates
    assert candidate.consents[0].part == "secret"
    assert "touch" in candidate.consents[0].line
    assert not marker.exists()


def test_what_changes_which_programs_run_is_never_taken(home: Path, place: Path) -> None:
    env = {"ANTHROPIC_BASE_URL": "https://llm.example.com", "ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_MODEL": "m"}
    bad = {
        "LD_PRELOAD": "/tmp/x.so",
        "PATH": "/tmp",
        "NODE_OPTIONS": "--require /tmp/x.js",
        "HOME": "/tmp",
        "BASH_ENV": "/tmp/x",
    }
    place.write_text(json.dumps({"env": env | bad, "hooks": {"Stop": []} | {"x": 1}, "statusLine": {"command": "x"}}))
    [candidate] = scanned(home)[0].candidates
    assert {dropped.what for dropped in candidate.dropped} == {*bad, "hooks", "statusLine"}
    assert "env" not in candidate.data


def test_a_database_that_is_none_and_one_with_a_view_that_never_ends(home: Path) -> None:
    (home / ".cc-switch").mkdir()
    path = home / ".cc-switch" / "cc-switch.db"
    path.write_bytes(b"SQLite format 3\x00" + os.urandom(5000))
    assert scanned(home)[1] == [".cc-switch/cc-switch.db: not a database that SQLite can read"]
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE VIEW providers AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS id FROM c"
    )
    connection.commit()
    connection.close()
    assert scanned(home)[0].candidates == ()


def test_nothing_of_a_database_is_left(home: Path) -> None:
    case = next(case for case in corpus.cases() if case.name == "cc-switch/db-wal")
    made = case.make(home / "dev")
    root = home / "cache" / "import"
    left = root / "999999999.abcd"
    left.mkdir(parents=True)
    (left / "copy").write_text("what somebody of us who was killed has left")
    tables, mode = foreign_database.tables(str(made), ".cc-switch/cc-switch.db", ("providers",))
    assert "Added last" in {row["name"] for row in tables["providers"]}
    assert mode == 0o644
    assert list(root.iterdir()) == []


def test_a_file_of_somebody_else(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write_text(SETTINGS)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert scanned(home)[1] == [".claude/settings.json: belongs to another user"]


def test_a_program_of_a_hundred_megabytes_in_the_path_is_not_read(home: Path) -> None:
    (home / ".local" / "bin").mkdir(parents=True)
    with (home / ".local" / "bin" / "node").open("wb") as file:
        file.truncate(100 << 20)
    assert scanned(home) == (Scan((), (), ()), [])
