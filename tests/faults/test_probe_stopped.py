"""A probe that somebody stops, whose results have nowhere to go, or that is asked for in an odd way."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from cc_launcher.files import kept_probes
from tests.fakes.fake_flawed import SECRET
from tests.fakes.fake_hostile import FakeHostile
from tests.fakes.fake_provider import Request
from tests.faults.desk import Desk, profile_text
from tests.support import LIMIT, Sandbox, start, wait_until

STAGES = {"the first request": 1, "the key": 3, "one by one": 9, "side by side": 30, "near the end": 40}


class Hanging(FakeHostile):
    """An endpoint that is honest up to its nth request, and then never answers."""

    def __init__(self, nth: int) -> None:
        self.nth = nth
        self.over = threading.Event()
        super().__init__(self.hang)

    def hang(self, _: Request) -> Iterable[bytes] | None:
        return self.silence() if len(self.requests) >= self.nth else None

    def silence(self) -> Iterator[bytes]:
        self.over.wait(120)
        yield b""

    def reached(self) -> bool:
        return len(self.requests) >= self.nth


@contextlib.contextmanager
def hanging(nth: int) -> Iterator[Hanging]:
    with Hanging(nth) as endpoint:
        yield endpoint
        endpoint.over.set()


def profile(sandbox: Sandbox, name: str, url: str) -> None:
    secret = sandbox.secret_file(SECRET.encode())
    sandbox.profile(name, profile_text(url, secret))


def begin(sandbox: Sandbox, *args: str) -> subprocess.Popen[bytes]:
    return start([sandbox.cc, "probe", *args], sandbox.environment(), sandbox.work)


def ended(process: subprocess.Popen[bytes], signals: Iterable[int], pause: float = 0.0) -> tuple[int, str, str]:
    """Send these to it: how it ends, which takes no longer than a person waits, and what it has said."""
    began = time.monotonic()
    for number in signals:
        process.send_signal(number)
        time.sleep(pause)
    out, err = process.communicate(timeout=LIMIT)
    assert time.monotonic() - began < 50  # a request of it would be waited for longer
    return process.returncode, out.decode(), err.decode()


def kept(sandbox: Sandbox, name: str) -> list[dict[str, object]]:
    path = sandbox.home / ".local" / "share" / "cc-launcher" / "probes" / name
    return [json.loads(line) for line in path.read_text().splitlines()[1:]] if path.exists() else []


def leftovers(sandbox: Sandbox) -> list[Path]:
    """Files that were not written to their end."""
    return [
        path
        for path in (*sandbox.home.rglob(".*"), *sandbox.work.rglob(".*"))
        if re.search(r"\.[0-9a-f]{16}$", path.name)
    ]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("form", ["rows", "json"])
def test_ctrl_c_gives_the_report_so_far(sandbox: Sandbox, stage: str, form: str) -> None:
    with hanging(STAGES[stage]) as endpoint:
        profile(sandbox, "own", endpoint.url)
        process = begin(sandbox, "own", "--html", "report.html", *(["--json"] if form == "json" else []))
        wait_until(endpoint.reached, f"request {STAGES[stage]}")
        code, out, err = ended(process, [signal.SIGINT])
        asked = len(endpoint.requests)
        assert code == -signal.SIGINT, err
        assert "Traceback" not in err
        assert sandbox.nothing_runs()
        assert len(endpoint.requests) == asked
    page = (sandbox.work / "report.html").read_text()
    if form == "json":
        data = json.loads(out)["data"]
        assert data["whole"] is False
        # What the interrupt has cut says nothing against the endpoint.
        assert {check["status"] for check in data["checks"]} <= {"passed", "skipped"}
        assert data["counts"]["passed"] >= STAGES[stage] // 6
    else:
        assert "stopped after" in err
    assert "was stopped" in page or "works" in page
    runs = kept(sandbox, "own")
    assert [run["whole"] for run in runs] == ([False] if STAGES[stage] > 1 else [])
    assert leftovers(sandbox) == []


def test_ctrl_c_twice_ends_it_as_well(sandbox: Sandbox) -> None:
    with hanging(30) as endpoint:
        profile(sandbox, "own", endpoint.url)
        process = begin(sandbox, "own", "--html", "report.html")
        wait_until(endpoint.reached, "request 30")
        code, _, err = ended(process, [signal.SIGINT] * 3, 0.02)
        assert code == -signal.SIGINT
        assert "Traceback" not in err
        assert leftovers(sandbox) == []


def test_ctrl_c_while_the_key_is_read_asks_nobody(sandbox: Sandbox) -> None:
    mark = sandbox.outside / "begun"
    program = sandbox.bin / "pass"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexec sleep 120\n")
    program.chmod(0o755)
    with hanging(1) as endpoint:
        sandbox.profile("own", profile_text(endpoint.url, Path("x")).replace("file:x", "pass:entry"))
        process = begin(sandbox, "own", "--html", "report.html")
        wait_until(mark.exists, "the store")
        code, _, err = ended(process, [signal.SIGINT])
        assert code == -signal.SIGINT, err
        assert endpoint.requests == []
        assert sandbox.nothing_runs()
        assert not (sandbox.work / "report.html").exists()


def test_ctrl_c_side_by_side_keeps_the_one_that_was_done(sandbox: Sandbox) -> None:
    with hanging(12) as slow, FakeHostile() as quick:
        profile(sandbox, "slow", slow.url)
        profile(sandbox, "quick", quick.url)
        process = begin(sandbox, "--all", "--json")
        wait_until(slow.reached, "request 12")
        assert process.stderr is not None
        while b"quick: " not in process.stderr.readline():
            pass
        code, out, err = ended(process, [signal.SIGINT])
        assert code == -signal.SIGINT, err
        assert {run["profile"]: run["whole"] for run in json.loads(out)["data"]} == {"slow": False, "quick": True}
    assert [run["whole"] for run in kept(sandbox, "slow") + kept(sandbox, "quick")] == [False, True]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_it_no_file_is_half_written(sandbox: Sandbox, number: signal.Signals) -> None:
    with hanging(30) as endpoint:
        profile(sandbox, "own", endpoint.url)
        process = begin(sandbox, "own", "--html", "report.html")
        wait_until(endpoint.reached, "request 30")
        code, _, err = ended(process, [number])
        assert code == -number, err
        assert sandbox.nothing_runs()
    assert leftovers(sandbox) == []
    assert not (sandbox.work / "report.html").exists()
    assert kept(sandbox, "own") == []


# -- results that have nowhere to go --------------------


@pytest.mark.parametrize("line", ['"$@" | head -1', '"$@" 2>&1 | head -1', '"$@" --json | head -1', '"$@" >/dev/full'])
def test_what_nobody_reads_is_kept_and_written(sandbox: Sandbox, line: str) -> None:
    with FakeHostile() as endpoint:
        profile(sandbox, "own", endpoint.url)
        argv = ["/bin/sh", "-c", line, "sh", str(sandbox.cc), "probe", "own", "--html", "report.html"]
        process = start(argv, sandbox.environment(), sandbox.work)
        _, err = process.communicate(timeout=LIMIT)
        assert b"Traceback" not in err
        wait_until((sandbox.work / "report.html").exists, "the report")
        wait_until(lambda: bool(kept(sandbox, "own")), "the results")


def test_without_a_place_to_keep_it_a_probe_is_shown_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_DATA_DIR", "/dev/null/no/such/place")
    with FakeHostile() as endpoint:
        desk.profile("own", endpoint.url)
        told = desk.run("own")
    assert told.code == 0
    assert "this probe could not be kept" in told.err


def _file(path: Path) -> None:
    path.write_text("somebody's own notes about # cc probe: and others")


def _link(path: Path) -> None:
    path.with_name("target").write_text("<title>cc probe: x</title>")
    path.symlink_to("target")


TAKEN: dict[str, Callable[[Path], object]] = {
    "a file": _file,
    "a link to an old report": _link,
    "a dangling link": lambda path: path.symlink_to("nowhere"),
    "a pipe": os.mkfifo,
    "a directory": Path.mkdir,
}


@pytest.mark.parametrize("what", TAKEN)
@pytest.mark.parametrize("option", ["--html", "--markdown"])
def test_what_is_not_ours_is_refused_before_anybody_is_asked(desk: Desk, what: str, option: str) -> None:
    taken = desk.root / "taken"
    TAKEN[what](taken)
    before = taken.lstat()
    with FakeHostile() as endpoint:
        desk.profile("own", endpoint.url)
        told = desk.run("own", option, "taken")
        assert (told.code, endpoint.requests) == (73, []), told
    assert "is not a report of cc" in told.err
    assert taken.lstat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--html", "missing/report.html"), 73),
        (("--html", "/dev/null/report.html"), 73),
        (("--html", "-"), 2),
        (("--html", "same", "--markdown", "./same"), 2),
        (("--json", "--markdown", "-"), 2),
        (("--only", " , "), 2),
        (("--only", "edti"), 2),
        (("--only", "edit,\x1b[31m"), 2),
        (("--all", "--html", "x"), 2),
    ],
)
def test_what_cannot_be_done_is_said_before_anybody_is_asked(desk: Desk, args: tuple[str, ...], code: int) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", endpoint.url)
        told = desk.run("own", *args)
        assert (told.code, endpoint.requests) == (code, []), told


def test_an_older_report_makes_room(desk: Desk) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", endpoint.url)
        for _ in range(2):
            assert desk.run("own", "--only", "model", "--html", "a.html", "--markdown", "a.md").code == 0
    assert (desk.root / "a.html").stat().st_mode & 0o777 == 0o600


def test_a_report_that_cannot_be_written_after_all_does_not_cost_the_rest(desk: Desk) -> None:
    there = desk.root / "there"
    there.mkdir()
    with FakeHostile() as endpoint:
        endpoint.play = lambda _: there.rmdir() if there.exists() else None
        desk.profile("own", endpoint.url)
        told = desk.run("own", "--json", "--html", "there/a.html", "--markdown", "a.md")
    assert told.code == 73
    assert json.loads(told.out)["data"]["fit"] is True
    assert (desk.root / "a.md").exists()


# -- again, at once, and compared --------------------


def test_two_at_once_are_both_kept(sandbox: Sandbox) -> None:
    with FakeHostile() as endpoint:
        profile(sandbox, "own", endpoint.url)
        both = [begin(sandbox, "own") for _ in range(2)]
        assert [ended(process, [])[0] for process in both] == [0, 0]
    assert [run["fit"] for run in kept(sandbox, "own")] == [True, True]


def test_only_with_blanks_is_the_same_as_with_commas(desk: Desk) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", endpoint.url)
        told = [
            desk.run("own", "--dry-run", "--only", text).out
            for text in ("edit,images", " edit  images ", "edit, images,")
        ]
        assert told[0].splitlines()
        assert told[0] == told[1] == told[2]


def test_what_is_compared_has_to_be_there(desk: Desk) -> None:
    with FakeHostile() as endpoint:
        desk.profile("own", endpoint.url)
        assert desk.run("own", "--compare").code == 66
        desk.run("own")
        asked = len(endpoint.requests)
        told = desk.run("own", "--compare")
        assert (told.code, "there is no older one" in told.err) == (66, True)
        assert desk.run("own", "fake-small", "--compare").code == 66
        desk.run("own", "fake-small")
        assert desk.run("own", "--compare").code == 66  # of another model
        desk.run("own")
        assert desk.run("own", "--compare").code == 0
        assert desk.run("own", "fake-large", "--compare", "--json").code == 0
        assert len(endpoint.requests) > asked
        for since in ("x", "7w", "2026-13-01", "-1", "0000-00-00", "9" * 30, "1 1", "\x1b[31m", "١d d", "2026-01-01x"):
            told = desk.run("own", "--compare", f"--since={since}")
            assert (told.code, "is not a time" in told.err) == (2, True), since
        for since in ("0", "7d", "99999d", "2026-11-14", "9999-12-31", "1900-01-01"):
            assert desk.run("own", "--compare", f"--since={since}").code == 0, since
        assert desk.run("own", "--since", "7d").code == 2
    (desk.root / "data" / "probes" / "own").write_text("cc-probes 1\n[]\n{}\n" + "[" * 100_000)
    assert desk.run("own", "--compare").code == 66


def test_all_without_a_profile_that_is_ready_says_so(desk: Desk) -> None:
    told = desk.run("--all")
    assert (told.code, "no profile is ready" in told.err) == (66, True)
    (desk.root / "config" / "profiles").mkdir(parents=True)
    (desk.root / "config" / "profiles" / "broken.toml").write_text("[[[")
    told = desk.run("--all")
    assert (told.code, "left out: " in told.err) == (66, True)


def test_one_that_hangs_does_not_hold_the_others_up(desk: Desk) -> None:
    with hanging(5) as slow, FakeHostile() as quick:
        desk.profile("slow", slow.url)
        desk.profile("quick", quick.url)
        (desk.root / "config" / "profiles" / "broken.toml").write_text("[[[")
        desk.profile("keyless", quick.url)
        (desk.root / "keyless.secret").unlink()
        told = desk.run("--all", "--json")
        assert told.code == 1
        whole = json.loads(told.out)
        assert {run["profile"]: run["fit"] for run in whole["data"]} == {"slow": False, "quick": True}
        assert (whole["status"], {one["profile"] for one in whole["errors"]}) == ("partial", {"broken", "keyless"})
        assert told.err.count("left out: ") == 2
    assert [run.fit for run in kept_probes.every("quick")] == [True]
