"""What stands where a tool's file should be, and is none: nothing hangs, nothing grows, nothing outside is read."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import time
import tracemalloc
from pathlib import Path

import pytest

from cc_launcher.core.importing import offers, sources, sql_text
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
    read = foreign_database.read(str(made), ".cc-switch/cc-switch.db", ("providers",))
    assert "Added last" in {row["name"] for row in read.tables["providers"]}
    assert (read.mode, read.version) == (0o644, 17)
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


def in_database(home: Path, script: str, name: str = "cc-switch.db") -> Path:
    """A database of cc-switch that this makes."""
    (home / ".cc-switch").mkdir(exist_ok=True)
    path = home / ".cc-switch" / name
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


PROVIDERS = "CREATE TABLE providers (id, app_type, name TEXT, settings_config TEXT, meta TEXT, is_current INT);"
ROW = f"INSERT INTO providers VALUES ('1', 'claude', 'mine', '{SETTINGS}', '{{}}', 1);"
SCHEMAS = {
    "view": "CREATE VIEW providers AS SELECT 'claude' AS app_type, load_extension('/tmp/x') AS name",
    "computed": """
        CREATE TABLE providers (app_type TEXT, name TEXT AS (hex(zeroblob(200000000))) VIRTUAL, settings_config TEXT);
        INSERT INTO providers VALUES ('claude', 'SETTINGS')""",
    "virtual": """
        CREATE VIRTUAL TABLE providers USING fts5(app_type, name, settings_config);
        INSERT INTO providers VALUES ('claude', 'x', 'SETTINGS')""",
    "schema": """
        PRAGMA writable_schema = ON; CREATE TABLE providers (x);
        UPDATE sqlite_master SET sql = 'CREATE TABLE providers (x DEFAULT (randomblob(1 << 30)))'""",
}


@pytest.mark.parametrize("script", SCHEMAS.values(), ids=[*SCHEMAS])
def test_a_database_whose_schema_is_a_program(home: Path, script: str) -> None:
    path = in_database(home, script.replace("SETTINGS", SETTINGS))
    before = path.read_bytes()
    tracemalloc.start()
    scan, faults = scanned(home)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # What is plain of a row is read without what would be computed; of the rest there is nothing.
    assert [one.key.value for one in scan.candidates] == ([KEY] if "VIRTUAL, settings" in script else [])
    assert faults == []
    assert peak < 100 << 20
    assert path.read_bytes() == before


def test_a_trigger_of_a_database_never_fires(home: Path) -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON providers BEGIN DELETE FROM providers; END;"
    path = in_database(home, PROVIDERS + ROW + trigger)
    before = path.read_bytes()
    assert [candidate.name for candidate in scanned(home)[0].candidates] == ["mine"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_that_another_program_holds(home: Path, journal: str) -> None:
    """Its lock does not count for a copy. What the other one has not finished is not there, and what it has is."""
    path = in_database(home, f"PRAGMA journal_mode = {journal};" + PROVIDERS + ROW)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA cache_spill = OFF")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE providers SET name = 'half'")
    before = corpus.state(home)
    assert [candidate.name for candidate in scanned(home)[0].candidates] == ["mine"]
    other.execute("COMMIT")
    other.execute("UPDATE providers SET name = 'whole'")
    assert [candidate.name for candidate in scanned(home)[0].candidates] == ["whole"]
    beside = {"cc-switch.db"} | ({"cc-switch.db-wal", "cc-switch.db-shm"} if journal == "wal" else set())
    assert {name.rsplit("/", 1)[-1] for name in before if ".cc-switch/" in name} - {"cc-switch.db-journal"} == beside
    other.close()


def test_a_database_that_is_torn(home: Path) -> None:
    path = in_database(home, PROVIDERS + ROW * 500)
    content = path.read_bytes()
    for torn in (content[: len(content) // 2], content[:4096] + b"\xa5" * (len(content) - 4096), content[:100]):
        path.write_bytes(torn)
        scan, faults = scanned(home)
        assert scan.candidates == ()
        assert faults == [".cc-switch/cc-switch.db: not a database that SQLite can read"]


def test_a_row_that_is_no_text_leaves_the_others(home: Path) -> None:
    in_database(
        home, PROVIDERS + ROW + ROW.replace("'mine'", "CAST(X'ff41' AS TEXT)").replace("h.example", "i.example")
    )
    assert len(scanned(home)[0].candidates) == 1
    assert scanned(home)[0].candidates[0].key.value == KEY


def test_a_database_of_a_later_version_is_read_and_said(home: Path) -> None:
    in_database(home, "PRAGMA user_version = 99;" + PROVIDERS + ROW)
    scan, _ = scanned(home)
    assert [candidate.name for candidate in scan.candidates] == ["mine"]
    assert "its version is 99, and 17 is known" in scan.faults[0]


@pytest.mark.parametrize("kind", ["pipe", "directory", "loop", "device"])
def test_what_is_no_database_is_named(home: Path, kind: str) -> None:
    (home / ".cc-switch").mkdir()
    path = home / ".cc-switch" / "cc-switch.db"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(path if kind == "loop" else "/dev/zero")
    scan, faults = scanned(home)
    assert scan.candidates == ()
    [fault] = faults
    assert fault.startswith(".cc-switch/cc-switch.db: ")


@pytest.mark.parametrize(
    "text", ["/* " * 200_000, "[" * 400_000, '"' * 400_001, "'" * 400_001, "INSERT INTO providers VALUES (" * 20_000]
)
def test_sql_that_never_ends(text: str) -> None:
    begun = time.process_time()
    assert sql_text.tables(text) == {}
    assert time.process_time() - begun < 10  # of a processor; each of these was minutes, or had no end


def test_sql_that_is_a_program_is_not_run() -> None:
    text = (
        "ATTACH '/tmp/x' AS x; CREATE TABLE providers (id, name); INSERT INTO providers SELECT 1, load_extension('x');"
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) INSERT INTO providers SELECT n, n FROM c;"
        "INSERT INTO providers VALUES (1, 'plain'), (2, readfile('/etc/passwd')), (3, 'a' || 'b'), (4, 'it''s');"
        f"INSERT INTO providers VALUES ({'9' * 5000}, 'long');"
    )
    assert [row["name"] for row in sql_text.tables(text)["providers"]] == ["plain", "it's", "long"]


@pytest.mark.parametrize(
    "text", ["!!timestamp x", "!!bool x", "!!int x", "? [a]\n: b", "!!binary '\xff'", "- " * 5000, "{" * 5000]
)
def test_yaml_that_is_none(home: Path, text: str) -> None:
    (home / ".config" / "ccm").mkdir(parents=True)
    (home / ".config" / "ccm" / "profiles.yaml").write_text(text)
    assert scanned(home)[0].candidates == ()


def test_more_files_and_more_providers_than_anybody_has(home: Path) -> None:
    (home / ".ccs").mkdir()
    for number in range(2_100):
        (home / ".ccs" / f"p{number}.settings.json").write_text(SETTINGS.replace("llm.", f"llm{number}."))
    scan, faults = scanned(home)
    assert faults == [".ccs/*.settings.json: more than 1999 files: the rest is left out"]
    [fault] = scan.faults
    assert fault.endswith(": more than 1000 providers: it, and what comes behind it, is left out. Name a source")
    assert len(scan.candidates) == 1_000


def test_a_thousand_of_one_name(home: Path, place: Path) -> None:
    """Each gets a name of its own; what has no name at all is named by its host."""
    providers = {
        str(number): {"name": "公司", "settingsConfig": json.loads(SETTINGS.replace(KEY, f"{KEY}{number}"))}
        for number in range(1_000)
    }
    (home / ".cc-switch").mkdir()
    (home / ".cc-switch" / "config.json").write_text(json.dumps({"claude": {"providers": providers}}))
    names = [candidate.name for candidate in scanned(home)[0].candidates]
    assert len({*names}) == 1_000
    assert place.parent.exists()


def test_names_that_are_paths_and_characters_that_hide(home: Path) -> None:
    (home / ".ccpkit").mkdir()
    names = ["../../../etc/passwd", "\x1b[31mred", "\u202egnp.exe", "a\nb", "CON", "-rf", "..", "\ud800", "x" * 500]
    profiles = {
        name: {"claude_base": f"https://h{at}.example", "claude_key": f"{KEY}{at}"} for at, name in enumerate(names)
    }
    (home / ".ccpkit" / "profiles.json").write_text(json.dumps({"profiles": profiles}))
    scan, _ = scanned(home)
    assert len(scan.candidates) == len(names)
    for candidate in scan.candidates:
        assert re.fullmatch("[a-z0-9][a-z0-9._-]{0,63}", candidate.name)
        assert candidate.title.isprintable()


@pytest.mark.parametrize("host", ["h\u202e.example", "h .example", "[", "user:pw@h.example", "h.example:99999", "h=x"])
def test_hosts_that_are_none(home: Path, place: Path, host: str) -> None:
    place.write_text(SETTINGS.replace("llm.example.com", host))
    scan, _ = scanned(home)
    assert scan.candidates == ()
    [skip] = scan.skipped
    assert skip.why.startswith("its address")
    assert "pw" not in skip.why


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (b"\xef\xbb\xbfexport ANTHROPIC_BASE_URL=https://h.example ANTHROPIC_AUTH_TOKEN=" + KEY.encode(), [KEY]),
        (
            b"# caf\xe9\r\nexport ANTHROPIC_BASE_URL=https://h.example\r\nexport ANTHROPIC_AUTH_TOKEN=" + KEY.encode(),
            [KEY],
        ),
        (f"export ANTHROPIC_BASE_URL=https://h.example ANTHROPIC_AUTH_TOKEN={KEY}".encode("utf-16"), [KEY]),
        (b"export ANTHROPIC_BASE_URL=https://h.example ANTHROPIC_AUTH_TOKEN=sk-\xe9\xff-0123", []),
    ],
    ids=["mark", "latin-1 and CRLF", "UTF-16", "in the key"],
)
def test_other_ways_to_write_a_text(home: Path, content: bytes, keys: list[str]) -> None:
    (home / ".bashrc").write_bytes(content)
    scan, faults = scanned(home)
    assert [candidate.key.value for candidate in scan.candidates] == keys
    odd = [".bashrc: not UTF-8 in some place: a value with such bytes in it is left out"]
    assert faults == (odd if b"\xe9" in content else [])


@pytest.mark.parametrize("what", ["file", "directory"])
def test_what_others_can_change_is_asked(home: Path, place: Path, what: str) -> None:
    place.write_text(SETTINGS)
    (place if what == "file" else place.parent).chmod(0o777)
    [candidate] = scanned(home)[0].candidates
    assert "others can change ~/.claude/settings.json: is its host right?" in candidate.needs
    (place if what == "file" else place.parent).chmod(0o700)
    assert not [need for need in scanned(home)[0].candidates[0].needs if "others" in need]


def test_a_directory_that_cannot_be_looked_into(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, whom nothing is closed to, the answer of the system is a stand-in's."""
    real = os.lstat

    def closed(path: str) -> os.stat_result:
        if str(path) == str(place):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "lstat", closed)
    assert scanned(home)[1] == [".claude/settings.json: Permission denied"]


@pytest.mark.parametrize("key", [KEY, "fake0103abcDEFxyz"], ids=["by its shape", "because it is one"])
def test_no_key_hides_in_what_is_said(home: Path, key: str) -> None:
    (home / ".config" / "multi-claude").mkdir(parents=True)
    env = {
        "ANTHROPIC_BASE_URL": "https://h.example",
        "ANTHROPIC_AUTH_TOKEN": key,
        "ANTHROPIC_MODEL": key,
        "CLAUDE_CODE_X": key,
        "API_TIMEOUT_MS": key,
    }
    args = ["--append-system-prompt", key, "--verbose"]
    accounts = {key: {"env": env, "args": args}}
    (home / ".config" / "multi-claude" / "config.json").write_text(json.dumps({"accounts": accounts}))
    [candidate] = scanned(home)[0].candidates
    assert candidate.key.value == key
    assert key not in repr(candidate)
    assert key not in json.dumps(offers.as_data(offers.Offer(candidate)))
    assert [consent.line for consent in candidate.consents] == ["--verbose"]
    place = home / ".claude"
    place.mkdir()
    for url in (f"https://h.example/{key}", f"https://{key}.example"):
        (place / "settings.json").write_text(SETTINGS.replace("https://llm.example.com", url).replace(KEY, key))
        [skip] = scanned(home)[0].skipped
        assert skip.why == "has a key in its address, which a profile does not keep"
        assert key not in repr(skip)


@pytest.mark.parametrize(
    ("helper", "kind", "reference"),
    [
        (f"echo {KEY}", "literal", ""),
        (f"printf %s '{KEY}'", "literal", ""),
        ("echo $KEY", "missing", ""),
        (f"curl -H 'Authorization: Bearer {KEY}' https://h.example", "missing", ""),
        ("op read op://dev/llm/key", "reference", "op://dev/llm/key"),
        ("pass show llm/key", "reference", "pass:llm/key"),
        ("op read op://dev/llm/key | head -1", "reference", "cmd:sh -c 'op read op://dev/llm/key | head -1'"),
        ("my-helper --get", "reference", "cmd:my-helper --get"),
    ],
)
def test_a_helper(home: Path, place: Path, helper: str, kind: str, reference: str) -> None:
    env = {"ANTHROPIC_BASE_URL": "https://h.example", "ANTHROPIC_MODEL": "m"}
    place.write_text(json.dumps({"env": env, "apiKeyHelper": helper}))
    [candidate] = scanned(home)[0].candidates
    assert (candidate.key.kind, candidate.key.reference) == (kind, reference)
    assert bool(candidate.consents) == reference.startswith("cmd:")
    assert home.exists()


def test_variables_that_run_programs(home: Path, place: Path) -> None:
    bad = {
        "CLAUDE_CODE_SHELL": "/tmp/x",
        "CLAUDE_CODE_SHELL_PREFIX": "/tmp/x",
        "CLAUDE_CODE_GIT_BASH_PATH": "/tmp/x",
        "CLAUDE_CODE_MANAGED_SETTINGS_PATH": "/tmp/x",
        "CLAUDE_CODE_ENABLE_PROXY_AUTH_HELPER": "1",
    }
    env = {"ANTHROPIC_BASE_URL": "https://h.example", "ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_MODEL": "m"}
    place.write_text(json.dumps({"env": env | bad}))
    [candidate] = scanned(home)[0].candidates
    assert {dropped.what for dropped in candidate.dropped} == {*bad}
    assert "env" not in candidate.data
