"""Kept probes: newest first, bounded, nobody else's to write, and never an error when they are damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cc_launcher.core.probe import record
from cc_launcher.core.probe.outcome import DEGRADED
from cc_launcher.files import kept_probes, places
from cc_launcher.launch import planfile
from tests.report import sample


@pytest.fixture
def directory(home: Path) -> Path:
    return home / "data" / "probes"


def test_runs_come_back_newest_first_and_without_what_was_said(directory: Path) -> None:
    first, second = sample.run(), sample.good_run(began=sample.BEGAN + 9)
    kept_probes.keep(first)
    kept_probes.keep(second)
    assert kept_probes.every("zai") == [record.kept(second), record.kept(first)]
    content = (directory / "zai").read_bytes()
    assert b"Say hello" not in content
    assert b"authorization" not in content
    assert kept_probes.every("other") == []


def test_nobody_else_can_look_at_them(directory: Path) -> None:
    kept_probes.keep(sample.run())
    assert (directory.stat().st_mode & 0o777, (directory / "zai").stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_newest_twenty_stay_over_all_models() -> None:
    for number in range(23):
        kept_probes.keep(sample.run(began=float(number), model=f"model-{number % 2}"))
    assert [run.began for run in kept_probes.every("zai")] == [float(number) for number in range(22, 2, -1)]


def test_the_newest_one_of_a_model_is_found() -> None:
    for began, model in ((1.0, "a"), (2.0, "a"), (3.0, "b")):
        kept_probes.keep(sample.run(began=began, model=model))
    found = {model: kept_probes.newest("zai", model) for model in "abc"}
    assert {model: run and run.began for model, run in found.items()} == {"a": 2.0, "b": 3.0, "c": None}


def test_a_stopped_run_counts_only_if_something_had_failed() -> None:
    kept_probes.keep(sample.run(began=1.0))
    kept_probes.keep(sample.good_run(began=2.0, whole=False, outcomes=sample.outcomes()[:3]))
    assert (found := kept_probes.newest("zai", "glm-5.3")) is not None
    assert found.began == 1.0
    kept_probes.keep(sample.run(began=3.0, whole=False))
    assert (found := kept_probes.newest("zai", "glm-5.3")) is not None
    assert found.began == 3.0


def test_the_file_stays_small_enough_to_be_read() -> None:
    long = replace(sample.outcome("effort"), status=DEGRADED, said="\U0001f600" * 5_000, harm="\U0001f600" * 5_000)
    many = tuple(replace(long, check=f"check-{n}") for n in range(20))
    for number in range(6):
        kept_probes.keep(sample.run(began=float(number), outcomes=many))
    assert [run.began for run in kept_probes.every("zai")] == [5.0, 4.0, 3.0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"cc-probes 2\n{}\n",
        b"cc-probes 1\n",
        b"cc-probes 1\n{}\nnull\n[[[[\n",
        b"cc-probes 1\n" + b"[" * 90_000,
    ],
    ids=["empty", "no text", "of another version", "without runs", "with other lines", "deep"],
)
def test_a_damaged_file_counts_as_empty_and_is_replaced(directory: Path, content: bytes) -> None:
    kept_probes.keep(sample.run())
    (directory / "zai").write_bytes(content)
    assert kept_probes.every("zai") == []
    assert kept_probes.newest("zai", "glm-5.3") is None
    kept_probes.keep(sample.run())
    assert len((directory / "zai").read_bytes().splitlines()) == 2


def test_a_line_that_is_damaged_takes_no_other_with_it(directory: Path) -> None:
    for began in (1.0, 2.0, 3.0):
        kept_probes.keep(sample.run(began=began))
    lines = (directory / "zai").read_text().splitlines()
    lines[2] = lines[2][:-9]
    (directory / "zai").write_text("\n".join(lines) + "\n")
    assert [run.began for run in kept_probes.every("zai")] == [3.0, 1.0]


@pytest.mark.parametrize("wrong", ["group can write", "a link", "a pipe", "directory is shared"])
def test_what_somebody_else_could_have_written_counts_as_none(directory: Path, tmp_path: Path, wrong: str) -> None:
    kept_probes.keep(sample.run())
    path = directory / "zai"
    if wrong == "group can write":
        path.chmod(0o620)
    elif wrong == "directory is shared":
        directory.chmod(0o770)
    else:
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere") if wrong == "a link" else os.mkfifo(path, 0o600)
    assert kept_probes.every("zai") == []


def test_a_file_says_itself_whose_it_is(directory: Path) -> None:
    kept_probes.keep(sample.run())
    (directory / "zai").rename(directory / "other")
    assert kept_probes.every("other") == []


@pytest.mark.parametrize("name", ["../zai", "", ".", "a/b", "A"])
def test_a_name_that_is_none_leads_nowhere(name: str) -> None:
    assert kept_probes.every(name) == []
    assert kept_probes.newest(name, "m") is None
    kept_probes.forget(name)


def test_which_profiles_have_runs_is_told_without_reading(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.probed() == set()
    for name in ("zai", "mine"):
        kept_probes.keep(sample.run(profile=name))
    (directory / ".zai.0123").touch()
    monkeypatch.setattr(planfile, "read_own", None)
    assert places.probed() == {"zai", "mine"}


def test_what_is_removed_is_forgotten(directory: Path) -> None:
    kept_probes.forget("zai")
    for name in ("zai", "mine"):
        kept_probes.keep(sample.run(profile=name))
    kept_probes.forget("zai")
    assert os.listdir(directory) == ["mine"]


AT_ONCE = """
import sys
from cc_launcher.files import kept_probes
from tests.report import sample
for number in range(4):
    kept_probes.keep(sample.run(model=sys.argv[1], began=float(number), outcomes=()))
"""


def test_several_at_once_lose_nothing() -> None:
    at_work = [
        subprocess.Popen([sys.executable, "-c", AT_ONCE, f"model-{number}"], cwd=Path(__file__).parents[3])
        for number in range(5)
    ]
    assert [one.wait() for one in at_work] == [0] * 5
    found = [(run.model, run.began) for run in kept_probes.every("zai")]
    assert sorted(found) == [(f"model-{number}", float(began)) for number in range(5) for began in range(4)]
