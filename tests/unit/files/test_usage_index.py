"""The index of usage: the corpus to the token, whatever happens to the files, and nothing in it that was said."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import usage_refresh, usage_rows, usage_store
from tests.transcripts import (
    CORPUS,
    FORK,
    PROJECT,
    SESSION,
    TRUTH,
    answer,
    by,
    compacted,
    marked,
    missing,
    read_up,
    requests,
    stamp,
    summed,
    text,
    whole,
    write,
)

CANARY = "sk-canary-5d1c0a77"
ATTRIBUTED = ("01-print", "03-subagents", "05-interactive", "06-titles", "08-late-usage", "10-config-dirs")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "data" / "usage" / "index.sqlite3"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "client"


def of_corpus(index: Path, scenario: str) -> list[Any]:
    return read_up(index, *(CORPUS / directory for directory in TRUTH[scenario]["config_dirs"]))


# The corpus


@pytest.mark.parametrize("scenario", [*ATTRIBUTED, "12-client-2.1.240"])
def test_each_request_counts_once_and_for_its_profile(index: Path, scenario: str) -> None:
    truth = TRUTH[scenario]["totals_in_transcript"]
    parts = of_corpus(index, scenario)
    assert by(parts, "profile", hidden=False) == truth["by_profile"]
    assert by(parts, "model", hidden=False) == truth["by_model"]
    assert by(parts, "session", hidden=False) == truth["by_session"]
    assert requests(parts) == truth["requests"]


@pytest.mark.parametrize("scenario", ATTRIBUTED)
def test_with_what_the_clients_own_sums_add_it_is_what_the_endpoint_counted(index: Path, scenario: str) -> None:
    parts = of_corpus(index, scenario)
    assert by(parts, "profile") == TRUTH[scenario]["totals"]["by_profile"]
    assert by(parts, "model") == TRUTH[scenario]["totals"]["by_model"]
    assert by(parts, "session") == TRUTH[scenario]["totals"]["by_session"]


def test_without_a_marker_no_profile_is_named(index: Path) -> None:
    parts = of_corpus(index, "11-unmarked")
    assert by(parts, "profile") == {"": TRUTH["11-unmarked"]["totals"]["all"]}


def test_of_old_clients_it_is_known_that_compaction_is_missing(index: Path) -> None:
    of_corpus(index, "12-client-2.1.240")
    assert missing(index) == 1


def test_of_very_old_clients_the_output_is_known_to_be_too_low(index: Path) -> None:
    truth = TRUTH["12-client-2.0.64"]["totals_in_transcript"]
    parts = of_corpus(index, "12-client-2.0.64")
    found = whole(parts)
    assert [found[0], *found[2:]] == [truth["all"][0], *truth["all"][2:]]
    assert found[1] < truth["all"][1]
    assert requests(parts) == truth["requests"] == sum(amount.old for _, amount in parts)
    assert missing(index) == 1


def test_a_session_that_was_not_kept_has_no_row(index: Path) -> None:
    assert of_corpus(index, "13-not-kept") == []


def test_forks_of_forks_and_resumed_ones_count_once_with_their_compaction(index: Path) -> None:
    truth = TRUTH["21-forks"]["totals"]["by_session"]
    found = by(of_corpus(index, "21-forks"), "session")
    undisturbed = [session for session in truth if session[:1] in "123"]
    assert len(undisturbed) == 3
    assert {session: found[session] for session in undisturbed} == {session: truth[session] for session in undisturbed}


def test_a_broken_answer_and_a_killed_client_are_counted_as_far_as_they_were_written_down(index: Path) -> None:
    parts = of_corpus(index, "21-forks")
    found = by(parts, "session")
    sessions = {session[:1]: session for session in found}
    # The client itself took its sum for 815; and one that was stopped wrote it before its line, which counts once.
    assert found[sessions["4"]] == [4529, 815, 8539, 0]
    assert found[sessions["5"]] == [3802, 4, 6116, 0]
    assert found[sessions["6"]] == [3715, 776, 7629, 0]
    # Broken off, stopped and killed: the last of them has no line of its last request.
    assert {part.session[:1] for part, amount in parts if amount.cut} == {"4", "5", "6"}


def test_a_model_goes_by_the_name_that_was_asked_for(index: Path) -> None:
    parts = of_corpus(index, "22-another-name")
    assert by(parts, "model") == {"glm-x": TRUTH["22-another-name"]["totals"]["all"]}
    assert not any(part.hidden for part, _ in parts)


def test_all_directories_together_are_their_sum(index: Path) -> None:
    every = [CORPUS / directory for scenario in TRUTH.values() for directory in scenario["config_dirs"]]
    parts = read_up(index, *every)
    assert (
        requests(parts)
        == sum(truth.get("totals_in_transcript", {}).get("requests", 0) for truth in TRUTH.values())
        + requests(read_up(index.with_name("a.sqlite3"), CORPUS / "21-forks" / "home" / ".claude"))
        + 1
    )


def test_of_a_killed_client_it_is_known_that_not_all_is_there(index: Path, config: Path) -> None:
    reference = {"sessionId": SESSION, "id": "ref-2", "version": "2.1.332", "params": {"model": "glm-5.3"}}
    asked = {"type": "api-request", **reference, "timestamp": stamp(2)}
    first = answer(1, (10, 20, 30, 40))
    for lines, cut in (([first, asked], 1), ([first, asked, answer(2, (1, 2, 3, 4))], 0), ([first, asked], 1)):
        write(config, lines)
        parts = read_up(index, config)
        assert (requests(parts), sum(amount.cut for _, amount in parts)) == (len(lines) - 1 if cut else 2, cut)
        assert {part.project for part, _ in parts} == {PROJECT}


# What happens to files


def test_a_second_reading_changes_nothing(index: Path) -> None:
    assert of_corpus(index, "05-interactive") == of_corpus(index, "05-interactive")


def test_a_torn_last_line_counts_when_it_is_whole(index: Path, config: Path) -> None:
    first, second = text(answer(1, (10, 20, 30, 40))), text(answer(2, (1, 2, 3, 4)))
    path = write(config, [f"{first}\n", second[:300]])
    assert whole(read_up(index, config)) == [10, 20, 30, 40]
    with path.open("a") as file:
        file.write(f"{second[300:]}\n")
    assert whole(read_up(index, config)) == [11, 22, 33, 44]


def test_a_line_that_goes_on_behind_a_torn_one_counts(index: Path, config: Path) -> None:
    torn, good = text(answer(1, (10, 20, 30, 40))), text(answer(2, (1, 2, 3, 4)))
    for length in (40, 200, len(torn) // 2, len(torn) - 5):
        write(config, [torn[:length], f"{good}\n"])
        assert whole(read_up(index, config)) == [1, 2, 3, 4], length


@pytest.mark.parametrize("same_file", [True, False])
def test_a_transcript_that_was_written_anew_is_read_anew(
    index: Path,
    config: Path,
    same_file: bool,  # noqa: FBT001 - a parameter
) -> None:
    path = write(config, [answer(1, (10, 20, 30, 40)), answer(2, (1, 2, 3, 4))])
    assert whole(read_up(index, config)) == [11, 22, 33, 44]
    if not same_file:
        path.rename(path.with_suffix(".old"))
    write(config, [answer(1, (10, 20, 30, 40))])
    assert whole(read_up(index, config)) == [10, 20, 30, 40]
    longer = [answer(at, (5, 5, 5, 5), cwd="/home/dev/project/below") for at in range(3, 30)]
    write(config, longer)
    assert whole(read_up(index, config)) == [135, 135, 135, 135]


def test_what_a_deleted_transcript_said_stays(index: Path, config: Path) -> None:
    path = write(config, [marked(0, "mine"), answer(1, (10, 20, 30, 40))])
    before = read_up(index, config)
    path.unlink()
    assert read_up(index, config) == before
    shutil.rmtree(config)
    assert read_up(index, config) == before


def test_of_a_parent_that_was_written_anew_its_forks_copies_are_left(index: Path, config: Path) -> None:
    one, two = answer(1, (10, 20, 30, 40)), answer(2, (1, 2, 3, 4))
    copies = [line | {"sessionId": FORK, "requestSessionId": SESSION} for line in (one, two)]
    parent = write(config, [one, two])
    os.utime(parent, (1, 1))
    write(config, [*copies, answer(3, (100, 0, 0, 0), session=FORK)], FORK)
    assert whole(read_up(index, config)) == [111, 22, 33, 44]
    write(config, [one])
    assert whole(read_up(index, config)) == [111, 22, 33, 44]
    assert read_up(index.with_name("scratch.sqlite3"), config) == read_up(index, config)


def test_copies_of_old_clients_go_to_the_older_file(index: Path, config: Path) -> None:
    one = answer(1, (10, 20, 30, 40), requestRef=None)
    os.utime(write(config, [one]), (1_000, 1_000))
    write(config, [one | {"sessionId": FORK}, answer(2, (1, 2, 3, 4), session=FORK)], FORK)
    assert by(read_up(index, config), "session") == {SESSION: [10, 20, 30, 40], FORK: [1, 2, 3, 4]}


def test_also_where_the_younger_file_was_read_first(index: Path, config: Path) -> None:
    one = answer(1, (10, 20, 30, 40), requestRef=None)
    write(config, [one | {"sessionId": FORK}, answer(2, (1, 2, 3, 4), session=FORK)], FORK)
    read_up(index, config)
    os.utime(write(config, [one]), (1_000, 1_000))
    parts = read_up(index, config)
    assert by(parts, "session") == {SESSION: [10, 20, 30, 40], FORK: [1, 2, 3, 4]}
    assert parts == read_up(index.with_name("scratch.sqlite3"), config)


def test_the_largest_figures_of_a_request_count_whenever_they_are_read(index: Path, config: Path) -> None:
    lines = [answer(1, (10, output, 0, 0), requestRef=None, message={"id": "m"}) for output in (3, 163, 5)]
    path = write(config, [])
    for line in lines:
        with path.open("a") as file:
            file.write(f"{text(line)}\n")
        found = whole(read_up(index, config))
    assert found == [10, 163, 0, 0]


def test_a_copy_with_an_older_sum_does_not_take_the_place_of_the_newer_one(index: Path, tmp_path: Path) -> None:
    lines = [marked(0, "mine"), answer(1, (1, 1, 1, 1)), summed({"glm-5.3": (5, 5, 5, 5)}, started=0.5)]
    write(tmp_path / "a", [*lines, answer(2, (1, 1, 1, 1)), summed({"glm-5.3": (9, 9, 9, 9)}, started=0.5)])
    os.utime(write(tmp_path / "b", lines), (4_000_000_000, 4_000_000_000))
    assert whole(read_up(index, tmp_path / "a", tmp_path / "b")) == [9, 9, 9, 9]


def test_a_copy_counts_for_its_parent_even_where_that_is_gone(index: Path, config: Path) -> None:
    copy = answer(1, (10, 20, 30, 40), session=FORK) | {"requestSessionId": SESSION}
    write(config, [marked(0, "mine", session=FORK), copy], FORK)
    assert [(part.session, part.profile) for part, _ in read_up(index, config)] == [(SESSION, "mine")]


def test_a_mark_in_the_session_that_a_process_began_with_counts_whichever_is_read_first(
    index: Path, config: Path
) -> None:
    write(config, [answer(2, (10, 20, 30, 40), session=FORK, session_id=SESSION)], FORK)
    assert [part.profile for part, _ in read_up(index, config)] == [""]
    write(config, [marked(0, "mine"), answer(1, (1, 1, 1, 1))])
    parts = read_up(index, config)
    assert [part.profile for part, _ in parts] == ["mine", "mine"]
    assert parts == read_up(index.with_name("scratch.sqlite3"), config)


def test_a_file_that_only_looks_the_same_is_read_again(index: Path, config: Path) -> None:
    write(config, [answer(1, (10, 20, 30, 40))])
    read_up(index, config)
    path = write(config, [answer(1, (11, 20, 30, 40))])
    os.utime(path, (5, 5))
    assert whole(read_up(index, config)) == [11, 20, 30, 40]


def test_a_line_of_many_megabytes_takes_no_memory_and_counts(index: Path, config: Path) -> None:
    long = answer(1, (10, 20, 30, 40))
    long["message"]["content"] = [{"type": "text", "text": "x" * 20_000_000}]
    path = write(config, [long, answer(2, (1, 2, 3, 4))])
    assert whole(read_up(index, config)) == [11, 22, 33, 44]
    with usage_store.opened(index) as connection:
        assert connection.execute("SELECT position FROM file").fetchone() == (path.stat().st_size,)
    with path.open("a") as file:
        file.write(f"{text(answer(3, (5, 5, 5, 5)))}\n")
    assert whole(read_up(index, config)) == [16, 27, 38, 49]


def test_what_is_no_file_is_passed_over(index: Path, config: Path) -> None:
    path = write(config, [answer(1, (10, 20, 30, 40))])
    (path.parent / "a-directory.jsonl").mkdir()
    (path.parent / "link.jsonl").symlink_to("/dev/zero")
    os.mkfifo(path.parent / "pipe.jsonl")
    (path.parent / "loop").symlink_to(path.parent)
    (path.parent / "bytes.jsonl").write_bytes(b'\xff\xfe"usage":{\n{"type":"assistant","message":{"usage":[]}}\n[]\n')
    assert whole(read_up(index, config)) == [10, 20, 30, 40]


def test_in_any_number_of_steps_it_is_the_same_as_from_scratch(index: Path, tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for scenario, truth in TRUTH.items():
        for number, directory in enumerate(truth["config_dirs"]):
            config = tmp_path / scenario / str(number)
            files = sorted((CORPUS / directory).rglob("*.jsonl"))
            left = {file: file.read_bytes() for file in files}
            while any(left.values()):
                file = dice.choice([file for file, content in left.items() if content])
                taken = dice.randrange(1, len(left[file]) + 1)
                path = config / file.relative_to(CORPUS / directory)
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as grown:
                    grown.write(left[file][:taken])
                left[file] = left[file][taken:]
                if dice.random() < 0.4:
                    read_up(index, config)
            steps = read_up(index, config)
            scratch = read_up(tmp_path / f"{scenario}-{number}.sqlite3", config)
            assert steps == scratch, (seed, scenario)
            index.unlink()


@pytest.mark.parametrize("scenario", ["05-interactive", "12-client-2.1.240", "21-forks"])
def test_a_copied_configuration_directory_counts_once(index: Path, tmp_path: Path, scenario: str) -> None:
    (directory,) = (CORPUS / directory for directory in TRUTH[scenario]["config_dirs"])
    once = read_up(index, directory)
    lost = missing(index)
    copy = tmp_path / "copy"
    shutil.copytree(directory, copy)
    for path in copy.rglob("*.jsonl"):  # it is older: the last lines are not in it yet
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-2]))
    assert read_up(index, copy, directory) == once
    assert read_up(tmp_path / "other.sqlite3", copy, directory) == once
    assert missing(index) == lost


# Hidden


def test_each_process_of_a_session_is_held_against_its_own_sum(index: Path, config: Path) -> None:
    """One that was killed left no sum: what it had hides nothing of the next one's."""
    lines = [
        marked(0, "mine"),
        answer(1, (10, 1, 0, 0)),
        summed({"glm-5.3": (10, 1, 0, 0)}),
        marked(2, "mine", why="resume"),
        answer(3, (1000, 100, 0, 0)),  # then it was killed
        marked(4, "mine", why="resume"),
        answer(5, (20, 2, 0, 0)),
        summed({"glm-5.3": (37, 6, 0, 0), "small": (5, 5, 0, 0)}),
    ]
    write(config, lines)
    parts = read_up(index, config)
    assert by(parts, "model", hidden=True) == {"glm-5.3": [7, 3, 0, 0], "small": [5, 5, 0, 0]}


def test_compaction_counts_as_missing_only_where_no_sum_follows(index: Path, config: Path) -> None:
    write(config, [marked(0, "mine"), answer(1, (1, 1, 1, 1)), compacted(2), summed({"glm-5.3": (9, 1, 1, 1)})])
    read_up(index, config)
    assert missing(index) == 0
    write(config, [marked(0, "mine"), compacted(2)], FORK)
    with (config / "projects" / "-home-dev-project" / f"{SESSION}.jsonl").open("a") as file:
        file.writelines(f"{text(line)}\n" for line in (marked(5, "mine", why="resume"), compacted(6)))
    read_up(index, config)
    assert missing(index) == 1  # each once, though two files tell of one session


# The file


def test_sums_that_were_kept_apart_by_other_lengths_are_made_again(index: Path, config: Path) -> None:
    write(config, [answer(0, (150_000, 1, 0, 0))])
    expected = read_up(index, config)
    with usage_store.opened(index) as connection:
        usage_rows.is_due(connection)  # which writes down by which lengths
        usage_refresh.refresh(connection)
        assert not usage_rows.is_due(connection)
        connection.executescript("UPDATE sum SET bucket = bucket - 1; PRAGMA application_id = 7")
        assert usage_rows.is_due(connection)
    (config / "projects").rename(config / "gone")  # the transcript is not needed for it
    assert read_up(index, config) == expected


def test_it_is_its_owners_alone(index: Path, config: Path) -> None:
    write(config, [answer(1, (1, 1, 1, 1))])
    os.umask(0)
    try:
        with usage_store.opened(index) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO name (text) VALUES ('x')")
            connection.execute("COMMIT")
            modes = {path.name: path.stat().st_mode & 0o777 for path in index.parent.iterdir()}
    finally:
        os.umask(0o022)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3
    assert index.parent.stat().st_mode & 0o777 == 0o700
    index.chmod(0o644)
    read_up(index, config)
    assert index.stat().st_mode & 0o777 == 0o600


def test_nothing_that_was_said_is_in_it(index: Path, config: Path) -> None:
    line = answer(1, (1, 1, 1, 1), slug=CANARY, gitBranch=CANARY)
    line["message"]["content"] = [{"type": "text", "text": CANARY}, {"type": "tool_use", "input": {"usage": CANARY}}]
    user = {"type": "user", "message": {"role": "user", "content": CANARY}, "sessionId": SESSION, "cwd": "/x"}
    hook = marked(0, "mine")
    hook["attachment"] |= {"command": CANARY, "content": CANARY, "stdout": CANARY}
    odd = answer(2, (1, 1, 1, 1), model=f"{CANARY}\n{CANARY}", session=f"{CANARY}\x1b", cwd=f"/{CANARY}\x00")
    write(config, [hook, user, line, compacted(3) | {"content": CANARY}, odd, f"{CANARY} no line\n"])
    assert requests(read_up(index, config)) == 2
    content = b"".join(path.read_bytes() for path in index.parent.iterdir())
    assert CANARY.encode() not in content
    assert b"glm-5.3" in content


def test_a_broken_one_is_put_aside_and_made_again(index: Path, config: Path) -> None:
    write(config, [answer(1, (10, 20, 30, 40))])
    read_up(index, config)
    index.write_bytes(b"no database at all" * 500)
    assert whole(read_up(index, config)) == [10, 20, 30, 40]
    assert index.with_name("index.sqlite3.broken").exists()


def test_one_of_a_newer_version_is_left_alone(index: Path) -> None:
    with usage_store.opened(index) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CcError, match="newer cc") as caught, usage_store.opened(index):
        pass
    assert caught.value.code == IN_THE_WAY


def test_what_is_no_file_of_ours_is_not_used(index: Path) -> None:
    index.parent.mkdir(parents=True, mode=0o700)
    index.symlink_to("/etc/passwd")
    with pytest.raises(CcError, match="no file of yours"), usage_store.opened(index):
        pass
