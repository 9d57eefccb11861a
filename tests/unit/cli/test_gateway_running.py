"""`cc gateway` where nothing runs yet, what its log shows, and how it goes. No engine is started here."""

from __future__ import annotations

import json
import sqlite3
import stat
import time
from pathlib import Path

from tests.unit.cli.scene import CTRL_C, INTERRUPTED, OK, UNREACHABLE, USAGE, CommandScene

LOCAL = 'base_url = "http://127.0.0.1:9/v1"\napi = "openai"\nauth = "none"\ntiers.main = "m"\n'


def place(scene: CommandScene) -> Path:
    return scene.sandbox.home / ".local" / "share" / "cc-launcher" / "gateway"


def fill(scene: CommandScene) -> None:
    """Three requests in the log."""
    scene.shown("gateway", "metrics-key")  # makes the log
    now = time.time()
    rows = [
        (now - 90_000, "11111111-aaaa", "mix", "main", "a/glm", "", 200, "", 0.25),
        (now - 60, "22222222-bbbb", "mix", "main", "b/glm", "saver", 200, "", 0.001),
        (now - 30, "22222222-bbbb", "other", "main", "a/glm", "", 500, "Timeout", None),
    ]
    with sqlite3.connect(place(scene) / "log.sqlite3") as log:
        log.executemany(
            "INSERT INTO request (time, session, profile, route, upstream, rule, status, code, cost, currency, input, "
            "output) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'USD', 10, 2)",
            rows,
        )


def test_where_nothing_was_ever_started(scene: CommandScene) -> None:
    assert scene.shown("gateway", "status").splitlines() == [
        "gateway   down: the next launch starts it",
        "engine    not installed: cc gateway install",
    ]
    told = json.loads(scene.shown("gateway", "status", "--json"))
    assert (told["command"], told["data"]["state"], told["data"]["profiles"]) == ("gateway status", "down", [])
    assert "no request has come yet" in scene.told(OK, "gateway", "logs")
    assert "not running" in scene.told(OK, "gateway", "down")
    assert "not installed" in scene.told(OK, "gateway", "uninstall")
    assert "name one: cc gateway up PROFILE" in scene.told(USAGE, "gateway", "up")
    assert not place(scene).exists()  # who looks leaves nothing


def test_the_first_use_asks_and_without_a_terminal_says_what_to_type(scene: CommandScene) -> None:
    scene.sandbox.profile("mine", LOCAL)
    said = scene.told(UNREACHABLE, "gateway", "up", "mine")
    assert said.splitlines()[-1] == "hint: cc gateway install --yes"
    with scene.on_a_terminal("gateway", "up", "mine") as session:
        session.answer("Install it now?", CTRL_C)
        assert session.ends() == INTERRUPTED
        assert "about 103 MB to load and 490 MB on disk" in session.text.replace("\r\n", "")
    assert not (place(scene) / "engine").exists()


def test_what_the_log_shows(scene: CommandScene) -> None:
    fill(scene)
    lines = scene.shown("gateway", "logs").splitlines()
    assert [line.split("\t")[1:7] for line in lines] == [
        ["11111111", "mix", "main", "a/glm", "", "200"],
        ["22222222", "mix", "main", "b/glm", "saver", "200"],
        ["22222222", "other", "main", "a/glm", "", "500 Timeout"],
    ]

    def calls(*options: str) -> int:
        return len(json.loads(scene.shown("gateway", "logs", "--json", *options))["data"])

    assert [calls("--profile", "mix"), calls("--session", "2222"), calls("--failed"), calls("-n", "1")] == [2, 2, 1, 1]
    assert [calls("--since", "today") <= 2, calls("--route", "cheap")] == [True, 0]
    assert "there is no such request" in scene.told(OK, "gateway", "logs", "--route", "cheap")


def test_following_ends_at_ctrl_c(scene: CommandScene) -> None:
    fill(scene)
    with scene.on_a_terminal("gateway", "logs", "--follow", "--failed") as session:
        session.wait_for("500 Time")
        with sqlite3.connect(place(scene) / "log.sqlite3") as log:
            log.execute("INSERT INTO request (time, profile, status, code) VALUES (?, 'new', 402, '')", (time.time(),))
        session.wait_for("402")
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED


def test_what_is_there_is_its_owner_s_and_uninstall_takes_it_out(scene: CommandScene) -> None:
    fill(scene)
    for path in [place(scene), *place(scene).rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert "the gateway: its engine, and its log" in scene.shown("uninstall", "--dry-run")
    assert scene.run("uninstall", "--yes").code == OK
    assert not place(scene).exists()
