"""Homes of the corpus with something broken in them, by chance; the same number makes the same home.

By hand, as many as you like: `python -m tests.importers.mutations 5000 20261129` (how many, from which number).
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from cc_launcher.actions.import_scan import Looked
from cc_launcher.cli import import_table
from cc_launcher.core.importing import offers, sources
from cc_launcher.core.importing.found import LITERAL, Reading
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.offers import Offer
from cc_launcher.files import foreign_home, providers
from tests.importers import corpus

SLOW = 20.0  # seconds; most take a few hundredths
_NASTY = (
    b"\x00",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b'"',
    b"'",
    b"`",
    b"\\",
    b"{",
    b"}",
    b"[" * 300,
    b"$(",
    b"${",
    b"<<E\n",
    b"/*",
    b"#",
    b"\\ud800",
    b"\\x1b[31m",
    b"\x1b[31m",
    b"null",
    b"1e999",
    b"9" * 5000,
    b"\n",
    b"\r\n",
    b";;",
    b"&a *a",
    b"!!timestamp ",
    b"!!bool x",
    b"https://[",
    b"http://h:99999",
    b"../../x",
    b"sk-fake-put-here-0123",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    5,
    -1.5,
    10**400,
    "",
    "x",
    "\ud800",
    "\u202e\x1b[31m",
    "https://[",
    "../../x",
    "9" * 5000,
    [],
    [[]],
    [5, None],
    {},
    {"": {}},
    {"a": [{"b": None}]},
)


@functools.cache
def catalog() -> Catalog:
    return Catalog(providers.catalog())


def broken(at: Path, chance: random.Random) -> list[str]:
    """Break something in one to three files of this home, and say in which."""
    files = sorted(path for path in at.rglob("*") if path.is_file() and not path.is_symlink())
    chosen = [chance.choice(files) for _ in range(chance.choice((1, 1, 2, 3)))]
    for path in chosen:
        if not path.exists():  # SQLite has taken the log of a database in
            continue
        content = path.read_bytes()
        ways = [_cut, _put, _change, _twice, _swap]
        if content.startswith(b"SQLite format 3"):
            ways = [_row, _row, _change]
        elif content.lstrip()[:1] in {b"{", b"["}:
            ways += [_json] * 6
        chance.choice(ways)(path, content, chance)
    return [str(path.relative_to(at)) for path in chosen]


def _cut(path: Path, content: bytes, chance: random.Random) -> None:
    begin = chance.randrange(len(content) + 1)
    path.write_bytes(content[:begin] + content[begin + chance.choice((1, 3, 40, len(content))) :])


def _put(path: Path, content: bytes, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 4))):
        at = chance.randrange(len(content) + 1)
        content = content[:at] + chance.choice(_NASTY) + content[at:]
    path.write_bytes(content)


def _change(path: Path, content: bytes, chance: random.Random) -> None:
    changed = bytearray(content or b" ")
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    path.write_bytes(bytes(changed))


def _twice(path: Path, content: bytes, chance: random.Random) -> None:
    begin = chance.randrange(len(content) + 1)
    piece = content[begin : begin + chance.choice((5, 50, 500))]
    at = chance.randrange(len(content) + 1)
    path.write_bytes(content[:at] + piece * chance.choice((1, 2, 50)) + content[at:])


def _swap(path: Path, content: bytes, chance: random.Random) -> None:
    lines = content.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    path.write_bytes(b"\n".join(lines))


def _json(path: Path, content: bytes, chance: random.Random) -> None:
    try:
        whole = json.loads(content)
    except ValueError:
        _put(path, content, chance)
        return
    for _ in range(chance.choice((1, 1, 3))):
        at = whole
        while isinstance(at, dict | list) and at:
            key: Any = chance.choice(sorted(at)) if isinstance(at, dict) else chance.randrange(len(at))
            if not isinstance(at[key], dict | list) or not at[key] or chance.random() < 0.3:
                at[key] = copy.deepcopy(chance.choice(_VALUES))
                break
            at = at[key]
    path.write_text(json.dumps(whole), encoding="utf-8")


def _row(path: Path, content: bytes, chance: random.Random) -> None:
    """Other values in the rows, as anybody's program may write them."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            tables = [str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            table = chance.choice(tables)
            names = [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
            value = chance.choice(
                (5, 1.5, b"\xff\x00", "\u202e", "{", '{"env": 5}', '{"env": {"ANTHROPIC_BASE_URL": 5}}')
            )
            rows = "1" if chance.random() < 0.5 else "rowid % 2"
            connection.execute(f'UPDATE OR IGNORE "{table}" SET "{chance.choice(names)}" = ? WHERE {rows}', (value,))
            if chance.random() < 0.3:
                connection.execute(f'UPDATE "{table}" SET "{chance.choice(names)}" = CAST(X\'ff41\' AS TEXT)')
            connection.commit()
    except sqlite3.Error:
        _change(path, content, chance)


def looked(home: Path, files: list[str]) -> tuple[str, set[str]]:
    """All that would be shown of a home, for people and for programs; and the keys that were found in it."""
    whole = Reading()
    found = foreign_home.look(str(home), project=str(home))
    for reading in sources.readings(found.homes):
        sources.add(whole, reading)
    for path in files:
        one = foreign_home.one(str(home), str(home / path))
        found.faults += one.faults
        for inside in one.home.files:
            sources.add(whole, sources.of_file(one.home, inside))
    scan = sources.concluded(whole, found.home, catalog())
    made = Looked(
        [Offer(candidate) for candidate in scan.candidates], list(scan.skipped), [*found.faults, *scan.faults]
    )
    screen = io.StringIO()
    with contextlib.redirect_stderr(screen), contextlib.redirect_stdout(screen):
        import_table.show(made, "")
    told = [offers.as_data(offer) for offer in made.offers]
    keys = [key for one in scan.candidates for key in (one.key, *one.header_keys.values())]
    keys += [skip.key for skip in scan.skipped]
    values = {key.value for key in keys if key.kind == LITERAL and len(key.value) >= 12}
    return screen.getvalue() + json.dumps(told, ensure_ascii=False), values


def one(number: int, root: Path) -> str:
    """One home of this number: what is wrong with what we made of it, or nothing."""
    chance = random.Random(number)
    case = chance.choice(corpus.cases())
    home = case.make(root / "dev")
    try:
        about = f"{number}: {case.name}: {broken(home, chance)}"
        before = corpus.state(home)
        named = [entry["from"]["file"] for entry in case.profiles if "/" not in entry["from"]["file"]]
        begun = time.monotonic()
        try:
            screen, values = looked(home, named)
        except Exception:  # noqa: BLE001 - whatever it is, it is a traceback that somebody would see
            return f"{about}: {traceback.format_exc()}"
        shown = [value for value in values if value in screen or json.dumps(value)[1:-1] in screen]
        if shown:
            return f"{about}: a value is shown: {shown}"
        if corpus.state(home) != before:
            return f"{about}: the source has changed"
        if time.monotonic() - begun > SLOW:
            return f"{about}: took {time.monotonic() - begun:.0f} s"
        if any(ord(char) < 32 and char not in "\n\t" for char in screen):
            return f"{about}: a control character is shown"
        return ""
    finally:
        shutil.rmtree(root / "dev")


def main() -> None:
    """Try many, and print what went wrong."""
    count, first = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as root:
        os.environ |= {
            "CC_CACHE_DIR": f"{root}/cache",
            "CC_CONFIG_DIR": f"{root}/config",
            "CC_DATA_DIR": f"{root}/data",
        }
        bad = [found for number in range(first, first + count) if (found := one(number, Path(root)))]
    print("\n".join(bad))
    print(f"{count} homes from number {first}: {len(bad)} went wrong")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
