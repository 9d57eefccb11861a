"""A dump that may be a program: rows of plain values are read, and nothing is run."""

from __future__ import annotations

from cc_launcher.core.importing.sql_text import tables


def test_rows() -> None:
    text = """-- a comment; with a mark
CREATE TABLE "t" (id TEXT NOT NULL, n INTEGER DEFAULT (1+1), x, PRIMARY KEY (id, n));
INSERT INTO "t" VALUES('it''s; a -- text',2,NULL),('b',-3,X'00ff');
INSERT INTO t (x, id) VALUES ('c', 'd');
"""
    assert tables(text) == {
        "t": [
            {"id": "it's; a -- text", "n": 2, "x": None},
            {"id": "b", "n": -3, "x": None},
            {"x": "c", "id": "d"},
        ]
    }


def test_a_program_gives_no_rows() -> None:
    text = (
        "CREATE TABLE t(a);ATTACH '/tmp/x' AS y;INSERT INTO t VALUES(load_extension('x'));"
        "INSERT INTO t SELECT 1;INSERT INTO t VALUES(1+1);DELETE FROM t;INSERT INTO t VALUES('good');"
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO t VALUES('bad', 2); END"
    )
    assert tables(text) == {"t": [{"a": "good"}]}


def test_what_never_ends() -> None:
    assert tables("INSERT INTO t VALUES('" + "x" * 100_000) == {}
    assert tables("CREATE TABLE t(" * 5000) == {}
