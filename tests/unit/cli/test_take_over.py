"""`cc sessions`, `cc take-over` and `cc run --resume` on another profile: what is said, asked, refused and started."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import run
from tests.transcripts import answer, stamp, text
from tests.unit.cli.scene import (
    CTRL_C,
    ENTER,
    IN_THE_WAY,
    INTERRUPTED,
    NO_SUCH,
    OK,
    REFUSED,
    USAGE,
    CommandScene,
)

HOSTS = {"alpha": "alpha.example", "beta": "beta.example", "near": "localhost:1234"}
PROFILE = 'base_url = "https://{host}"\nauth = "bearer"\nsecret = "cmd:echo the-secret"\ntiers.main = "{name}-1"\n'
NEAR = (
    'base_url = "http://localhost:1234"\nauth = "none"\nkind = "gateway"\ncompat.private = true\n'
    'tiers.main = "near-1"\n'
)
ONE, TWO, OTHER = (f"{letter * 8}-1111-4111-8111-111111111111" for letter in "abc")
LATER = "abababab-1111-4111-8111-111111111111"
CANARY = "a-prompt-that-nobody-else-may-see"


@pytest.fixture
def scene(scene: CommandScene) -> CommandScene:
    for name in ("alpha", "beta"):
        scene.sandbox.profile(name, PROFILE.format(host=HOSTS[name], name=name))
    scene.sandbox.profile("near", NEAR)
    return scene


def mark(after: float, profile: str, session: str) -> dict[str, Any]:
    host = HOSTS.get(profile, "elsewhere.example").partition(":")[0]
    said = f'cc {{"v":1,"profile":"{profile}","provider":"{profile}","host":"{host}"}}\n'
    hook = {"type": "hook_success", "hookName": "SessionStart:startup", "stderr": said, "toolUseID": f"e{after}"}
    return {"type": "attachment", "attachment": hook, "timestamp": stamp(after), "sessionId": session}


def prompt(after: float, session: str, cwd: Path, **more: Any) -> dict[str, Any]:
    message = {"role": "user", "content": more.pop("content", CANARY)}
    about = {"timestamp": stamp(after), "sessionId": session, "cwd": str(cwd), "entrypoint": "cli"}
    return {"type": "user", "message": message, "uuid": f"u-{session}-{after}", "parentUuid": None, **about, **more}


def spoken(scene: CommandScene, profiles: str, session: str = ONE, *more: dict[str, Any], age: int = 0) -> Path:
    """A transcript of a session that was on these profiles in turn; `-` is plain claude."""
    lines: list[dict[str, Any]] = []
    for number, name in enumerate(profiles.split()):
        at = number * 10
        model = "claude-opus-5-5" if name == "-" else f"{name}-1"
        lines += [] if name == "-" else [mark(at, name, session)]
        lines += [prompt(at + 1, session, scene.sandbox.work)]
        about: dict[str, Any] = {"model": model, "cwd": str(scene.sandbox.work), "requestRef": f"ref-{session}-{at}"}
        lines += [answer(at + 2, (100, 20, 0, 0), session=session, **about)]
    return put(scene, session, [*lines, *more], age=age)


def put(scene: CommandScene, session: str, lines: list[dict[str, Any]], age: int = 0, config: str = ".claude") -> Path:
    project = "".join(letter if letter.isalnum() else "-" for letter in str(scene.sandbox.work))
    path = scene.sandbox.home / config / "projects" / project / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{text(line)}\n" for line in lines))
    os.utime(path, (1_795_900_000 - age,) * 2)
    return path


def started(scene: CommandScene) -> list[str]:
    """The user's part of the arguments that the client got, and on which profile."""
    assert scene.sandbox.fake.started
    dump = scene.sandbox.fake.take()
    words = [os.fsdecode(word) for word in dump.arguments]
    while words and words[0] in {"--settings", "--managed-settings", "--permission-mode"}:
        words = words[2:]
    return [dump.environment[b"CC_PROFILE"].decode(), *words]


def allow(scene: CommandScene, *words: str) -> None:
    result = scene.run("take-over", "--allow", *words)
    assert result.code == OK, result


def listed(scene: CommandScene, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(scene.shown("sessions", "--json", *more))["data"]
    return found


@pytest.fixture
def open_elsewhere(scene: CommandScene) -> Iterator[int]:
    """A process that says that it has the session open."""
    with subprocess.Popen(["sleep", "600"]) as process:
        directory = scene.sandbox.home / ".claude" / "sessions"
        directory.mkdir(parents=True)
        told = {"pid": process.pid, "sessionId": ONE}
        (directory / f"{process.pid}.json").write_text(json.dumps(told))
        yield process.pid
        process.kill()


# What there is


def test_sessions_are_listed_the_newest_first_with_whose_they_were(scene: CommandScene) -> None:
    spoken(scene, "alpha", ONE, age=7_200)
    spoken(scene, "alpha beta", TWO)
    spoken(scene, "-", OTHER, age=90_000)
    rows = listed(scene)
    assert [(row["session"], row["profile"], row["model"]) for row in rows] == [
        (TWO, "beta", "beta-1"),
        (ONE, "alpha", "alpha-1"),
        (OTHER, None, "claude-opus-5-5"),
    ]
    assert [(row["title"], row["tokens"], row["open_in"]) for row in rows] == [
        (CANARY, 240, None),
        (CANARY, 120, None),
        (CANARY, 120, None),
    ]
    lines = scene.shown("sessions").splitlines()
    assert [line.split("\t")[0] for line in lines] == [TWO, ONE, OTHER]
    data = scene.sandbox.home / ".local" / "share" / "cc-launcher"
    assert not [path for path in data.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_on_a_terminal_a_row_is_a_line(scene: CommandScene) -> None:
    spoken(scene, "alpha", ONE)
    title = {"type": "custom-title", "customTitle": "x" * 100, "sessionId": TWO}
    spoken(scene, "beta", TWO, title, age=7_200)
    with scene.on_a_terminal("sessions") as session:
        assert session.ends() == OK
        screen = session.screen().splitlines()
    assert screen[0].split() == ["session", "profile", "model", "age", "tokens", "cost", "title"]
    assert [line.split()[:2] for line in screen[1:3]] == [["aaaaaaaa", "alpha"], ["bbbbbbbb", "beta"]]
    assert "xxx" in screen[2]


def test_where_there_are_none_it_says_what_makes_one(scene: CommandScene) -> None:
    assert "cc run begins one" in scene.told(OK, "sessions")
    assert listed(scene) == []
    put(scene, TWO, [{"type": "mode", "mode": "normal", "sessionId": TWO}])  # nobody said anything
    assert listed(scene) == []
    elsewhere = scene.sandbox.home / ".claude" / "projects" / "-elsewhere" / f"{ONE}.jsonl"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text(text(prompt(0, ONE, Path("/elsewhere"))) + "\n")
    assert "--all shows 1 of other projects" in scene.told(OK, "sessions")
    assert [row["project"] for row in listed(scene, "--all")] == ["/elsewhere"]
    assert "\t/elsewhere\t" in scene.shown("sessions", "--all")
    error = scene.told(NO_SUCH, "take-over", "alpha", ONE[:8])
    assert "is of another project" in error
    assert "cd /elsewhere" in error


# Who goes on with it


def test_nothing_is_sent_without_a_consent_and_the_command_is_named(scene: CommandScene) -> None:
    before = spoken(scene, "alpha").read_bytes()
    error = scene.told(REFUSED, "take-over", "beta")
    assert "beta.example gets all of it: 120 tokens" in error
    assert "cc take-over --allow alpha beta" in error
    assert not scene.sandbox.fake.started
    allow(scene, "alpha", "beta")
    assert scene.run("take-over", "beta", "last", "-p", "go on").code == OK
    assert started(scene) == ["beta", "--resume", ONE, "-p", "go on"]
    assert spoken(scene, "alpha").read_bytes() == before
    for words in (["take-over", "beta", ONE], ["take-over", "beta", ONE[:4]], ["run", "beta", "--resume", ONE]):
        assert scene.run(*words).code == OK
        assert started(scene) == ["beta", "--resume", ONE]


@pytest.mark.parametrize("line", [["--resume", ONE], [f"-r{ONE}"], ["-c"], ["-p", "hi", "--continue"], ["-pc", "hi"]])
@pytest.mark.parametrize("warm", [False, True])
def test_cc_run_on_another_profile_asks_the_same(scene: CommandScene, line: list[str], warm: bool) -> None:  # noqa: FBT001 - of a matrix
    spoken(scene, "alpha")
    if warm:
        assert scene.run("run", "beta", "-p", "hi").code == OK
        started(scene)
    error = scene.told(REFUSED, "run", "beta", *line)
    assert "cc take-over --allow alpha beta" in error
    assert not scene.sandbox.fake.started
    allow(scene, "alpha", "beta")
    assert scene.run("run", "beta", *line).code == OK
    assert started(scene)[:3] == ["beta", "--resume", ONE]


@pytest.mark.parametrize("seen", ["alpha", "beta alpha"])
@pytest.mark.parametrize("line", [["--resume", ONE], ["-c"], ["-p", "hi", "-c"]])
def test_a_session_of_its_own_is_gone_on_with_in_silence(scene: CommandScene, seen: str, line: list[str]) -> None:
    spoken(scene, seen)
    for _ in range(2):  # the second time from a cached plan
        result = scene.run("run", "alpha", *line)
        assert (result.code, b"gets all of it" in result.err, b"agreed" in result.err) == (OK, False, False)
        assert started(scene)[0] == "alpha"


def test_a_cached_launch_goes_on_with_its_own_session_without_the_command_line(scene: CommandScene) -> None:
    sandbox = scene.sandbox
    assert scene.run("run", "alpha", "-p", "hi").code == OK
    dump = sandbox.fake.take()
    pins = json.loads(os.fsdecode(dump.arguments[1 + dump.arguments.index(b"--settings")]))
    command = pins["hooks"]["SessionStart"][0]["hooks"][0]["command"]
    said = command.split("'")[3]
    first = mark(0, "alpha", ONE)
    first["attachment"] |= {"stderr": said, "command": command}
    put(scene, ONE, [first, prompt(1, ONE, sandbox.work), answer(2, (1, 1, 0, 0), session=ONE, model="alpha-1")])
    for line in (["--resume", ONE], ["-c"]):
        result = run([sandbox.cached_cc, "run", "alpha", *line], scene.environment(), sandbox.work)
        assert result.code == OK, result
        assert started(scene) == ["alpha", "--resume", ONE]
    spoken(scene, "beta")
    assert run([sandbox.cached_cc, "run", "alpha", "-c"], scene.environment(), sandbox.work).code != OK
    assert not sandbox.fake.started


def test_a_profile_whose_own_arguments_go_on_with_a_session_asks_too(scene: CommandScene) -> None:
    scene.sandbox.profile("beta", 'args = ["--continue"]\n' + PROFILE.format(host=HOSTS["beta"], name="beta"))
    assert scene.run("run", "beta").code == OK  # there is none so far
    assert started(scene) == ["beta", "--continue"]
    spoken(scene, "alpha")
    assert "cc take-over --allow alpha beta" in scene.told(REFUSED, "run", "beta", "-p", "hi")
    assert not scene.sandbox.fake.started
    allow(scene, "alpha", "beta")
    assert scene.run("run", "beta", "-p", "hi").code == OK
    assert started(scene) == ["beta", "--resume", ONE, "-p", "hi"]


def test_only_what_the_receiver_has_not_seen_counts(scene: CommandScene) -> None:
    spoken(scene, "alpha beta")
    assert "--allow beta alpha" in scene.told(REFUSED, "run", "alpha", "--resume", ONE)
    assert "--allow alpha claude" in scene.told(REFUSED, "run", "claude", "--resume", ONE)
    assert "--allow beta claude" in scene.told(REFUSED, "run", "claude", "--resume", ONE)
    allow(scene, "beta", "alpha")
    assert scene.run("run", "alpha", "--resume", ONE).code == OK


def test_back_goes_to_where_it_came_from_with_the_newest_of_the_thread(scene: CommandScene) -> None:
    spoken(scene, "alpha", ONE, age=50)
    first = prompt(1, ONE, scene.sandbox.work)  # a copy has its lines' own ids
    lines = [mark(0, "alpha", LATER), first | {"sessionId": LATER}, answer(2, (1, 1, 0, 0), session=LATER, model="a")]
    lines += [mark(10, "beta", LATER), answer(11, (1, 1, 0, 0), session=LATER, model="b")]
    put(scene, LATER, lines, age=10)
    allow(scene, "beta", "alpha")
    assert scene.run("take-over", "--back", ONE, "-p", "hi").code == OK
    assert started(scene) == ["alpha", "--resume", LATER, "-p", "hi"]
    assert scene.run("take-over", "--back").code == OK
    assert started(scene) == ["alpha", "--resume", LATER]


def test_what_cannot_be_meant_is_a_line(scene: CommandScene) -> None:
    assert "no session in this project" in scene.told(NO_SUCH, "take-over", "alpha")
    assert "no session in this project" in scene.told(NO_SUCH, "take-over")
    assert "no session in this project" in scene.told(NO_SUCH, "take-over", "--back")
    spoken(scene, "alpha", ONE)
    spoken(scene, "alpha", LATER, age=10)
    for code, words, what in (
        (USAGE, ["alpha"], "aaaaaaaa is on alpha already\nhint: cc run alpha --resume " + ONE),
        (USAGE, ["beta", "a"], "a could be several sessions\nhint: say which: aaaaaaaa-1111, abababab-1111"),
        (NO_SUCH, ["beta", "deadbeef"], "no session deadbeef"),
        (NO_SUCH, ["nobody"], "no profile named nobody"),
        (USAGE, [], "which profile?"),
        (USAGE, ["--bak", "beta"], "unknown option --bak\nhint: did you mean --back?"),
        (NO_SUCH, ["--back"], "aaaaaaaa has been on alpha alone"),
        (USAGE, ["--back", "alpha", "x"], "--back knows the profile"),
        (USAGE, ["--private", "beta"], "--private goes with --allow"),
        (USAGE, ["--json", "beta"], "--json goes with --dry-run"),
        (USAGE, ["--allow", "alpha"], "--allow takes two profiles"),
        (USAGE, ["--allow", "alpha", "alpha"], "are both alpha.example"),
        (NO_SUCH, ["--allow", "alpha", "nobody"], "no profile named nobody"),
    ):
        assert what in scene.told(code, "take-over", *words), words
    assert not scene.sandbox.fake.started


def test_an_open_session_is_refused_with_its_process(scene: CommandScene, open_elsewhere: int) -> None:
    spoken(scene, "alpha")
    allow(scene, "alpha", "beta")
    assert listed(scene)[0]["open_in"] == open_elsewhere
    for words in (["take-over", "beta"], ["run", "beta", "-c"]):
        assert f"(process {open_elsewhere})" in scene.told(REFUSED, *words)
    assert not scene.sandbox.fake.started
    assert scene.run("run", "beta", "--resume", ONE, "--fork-session").code == OK  # two ids, two writers
    assert scene.run("run", "alpha", "--resume", ONE).code == OK  # the client's own affair


def test_what_is_private_takes_a_word(scene: CommandScene) -> None:
    spoken(scene, "near")
    error = scene.told(REFUSED, "take-over", "beta")
    assert "near is private" in error
    assert "cc take-over --allow --private near beta" in error
    assert "near is private" in scene.told(USAGE, "take-over", "--allow", "near", "beta")
    for typed in ("y", "", "near"):
        with scene.on_a_terminal("take-over", "beta") as session:
            session.answer("type beta", typed, ENTER)
            assert session.ends() == REFUSED
            assert "nothing was sent to beta.example" in session.text
    assert not scene.sandbox.fake.started
    with scene.on_a_terminal("take-over", "beta") as session:
        session.answer("type beta", "beta", ENTER)
        assert session.ends() == OK
    assert started(scene) == ["beta", "--resume", ONE]
    assert scene.run("take-over", "beta").code == OK  # once
    assert "near" in scene.shown("show", "near")


def test_a_session_that_was_private_once_stays_so_for_the_next(scene: CommandScene) -> None:
    spoken(scene, "near alpha")
    error = scene.told(REFUSED, "take-over", "beta")
    assert "--allow --private near beta" in error
    assert "--allow alpha beta" in error


def test_a_profile_that_is_gone_or_went_elsewhere_is_asked_about_by_its_host(scene: CommandScene) -> None:
    spoken(scene, "gone")
    assert "--allow elsewhere.example beta" in scene.told(REFUSED, "take-over", "beta")
    allow(scene, "elsewhere.example", "beta")
    assert scene.run("take-over", "beta").code == OK
    spoken(scene, "alpha")
    scene.sandbox.profile("alpha", PROFILE.format(host="new.example", name="alpha"))
    assert "from alpha.example to new.example" in scene.told(REFUSED, "run", "alpha", "--resume", ONE)


def test_plain_claude_is_its_own_host_or_nobody_knows(scene: CommandScene) -> None:
    spoken(scene, "-")
    assert "--allow claude beta" in scene.told(REFUSED, "take-over", "beta")
    lines = [prompt(0, TWO, scene.sandbox.work), answer(1, (1, 1, 0, 0), session=TWO, model="whatever")]
    put(scene, TWO, lines)
    assert "--allow unknown beta" in scene.told(REFUSED, "take-over", "beta", TWO)
    allow(scene, "unknown", "beta")
    assert scene.run("take-over", "beta", TWO).code == OK


# On a terminal


def test_without_a_mark_it_was_the_one_profile_that_has_the_model(scene: CommandScene) -> None:
    """Clients before 2.1.97 write no marks down, and each resume of theirs would be asked about."""
    about: dict[str, Any] = {"model": "alpha-1", "cwd": str(scene.sandbox.work), "requestRef": "ref"}
    lines = [prompt(1, ONE, scene.sandbox.work), answer(2, (100, 20, 0, 0), session=ONE, **about)]
    put(scene, ONE, lines)
    assert "gets all of it" not in scene.told(OK, "run", "alpha", "--resume", ONE)
    assert "--allow alpha beta" in scene.told(REFUSED, "take-over", "beta", ONE)
    scene.sandbox.profile("gamma", PROFILE.format(host="gamma.example", name="alpha"))  # which has it, too
    assert "--allow unknown alpha" in scene.told(REFUSED, "run", "alpha", "--resume", ONE)


def test_it_is_asked_once_for_each_pair_and_can_be_taken_back(scene: CommandScene) -> None:
    spoken(scene, "alpha")
    question = "Send what alpha.example has seen to beta.example?"
    with scene.on_a_terminal("take-over", "beta") as session:
        session.answer(question, "n", ENTER)
        assert session.ends() == REFUSED
    with scene.on_a_terminal("take-over", "beta") as session:
        session.answer(question, CTRL_C)
        assert session.ends() == INTERRUPTED
    assert not scene.sandbox.fake.started
    with scene.on_a_terminal("take-over", "beta") as session:
        session.answer(question, "y", ENTER)
        assert session.ends() == OK
    assert started(scene) == ["beta", "--resume", ONE]
    with scene.on_a_terminal("take-over", "beta") as session:
        assert session.ends() == OK
        assert question not in session.text
    scene.sandbox.fake.take()
    assert "of alpha.example may go to beta.example (cc edit alpha --withdraw beta.example)" in scene.shown(
        "show", "alpha"
    )
    assert json.loads(scene.shown("show", "beta", "--json"))["data"]["consents"] == [
        {"from": "alpha.example", "to": "beta.example"}
    ]
    assert "would be asked again" in scene.told(OK, "edit", "alpha", "--withdraw", "beta", "--dry-run")
    assert "is asked again" in scene.told(OK, "edit", "alpha", "--withdraw", "beta.example")
    assert "nothing was said of beta.example" in scene.told(NO_SUCH, "edit", "alpha", "--withdraw", "beta")
    assert scene.told(REFUSED, "take-over", "beta")


def test_a_profile_of_the_catalog_has_consents_too(scene: CommandScene) -> None:
    allow(scene, "zai", "deepseek")
    assert "of api.z.ai may go to api.deepseek.com" in scene.shown("show", "deepseek")
    assert "cc edit zai --withdraw api.deepseek.com" in scene.shown("show", "-v", "zai")
    assert "is asked again" in scene.told(OK, "edit", "zai", "--withdraw", "deepseek")
    assert "--withdraw stands alone" in scene.told(USAGE, "edit", "alpha", "--withdraw", "zai", "label=x")


def test_without_a_word_both_are_chosen_from_lists(scene: CommandScene) -> None:
    spoken(scene, "alpha", ONE)
    spoken(scene, "beta", TWO, age=5_000)
    allow(scene, "beta", "alpha")
    with scene.on_a_terminal("take-over") as session:
        session.wait_for("Which session?")
        session.wait_for_quiet()
        session.send("bbbb")
        session.wait_for_quiet()
        session.send(ENTER)
        session.wait_for("Which profile?")
        session.wait_for_quiet()
        session.send("alpha")
        session.wait_for_quiet()
        session.send(ENTER)
        assert session.ends() == OK, session.text
    assert started(scene) == ["alpha", "--resume", TWO]
    with scene.on_a_terminal("take-over") as session:
        session.answer("Which session?", CTRL_C)
        assert session.ends() == INTERRUPTED


def test_the_clients_own_list_is_not_shown_where_it_has_what_others_have_seen(scene: CommandScene) -> None:
    spoken(scene, "alpha", ONE)
    with scene.on_a_terminal("run", "alpha", "--resume") as session:
        assert session.ends() == OK
    assert started(scene) == ["alpha", "--resume"]
    spoken(scene, "beta", TWO, age=5_000)
    allow(scene, "beta", "alpha")
    with scene.on_a_terminal("run", "alpha", "--resume") as session:
        session.wait_for("Go on with which session?")
        session.wait_for_quiet()
        session.send("bbbb")
        session.wait_for_quiet()
        session.send(ENTER)
        assert session.ends() == OK, session.text
    assert started(scene) == ["alpha", "--resume", TWO]
    assert "which session?" in scene.told(NO_SUCH, "run", "alpha", "--resume")


def test_what_does_not_fit_is_asked_about_and_both_ways_to_compact_are_named(scene: CommandScene) -> None:
    priced = PROFILE.format(host=HOSTS["beta"], name="beta")
    priced += '[models."beta-1"]\ncontext = 64000\nprices = { input = 2, output = 6 }\n'
    scene.sandbox.profile("beta", priced)
    lines = [mark(0, "alpha", ONE), prompt(1, ONE, scene.sandbox.work)]
    put(scene, ONE, [*lines, answer(2, (100_000, 50, 0, 0), session=ONE, model="alpha-1")])
    allow(scene, "alpha", "beta")
    with scene.on_a_terminal("take-over", "beta") as session:
        session.answer("Go on, and have it compacted on beta?", "n", ENTER)
        assert session.ends() == REFUSED
        shown = " ".join(session.text.split())
    assert "it does not fit: the window of beta-1 holds 64K" in shown
    assert "$0.2001" in shown
    assert f"cc run alpha --resume {ONE}, then /compact" in shown
    assert not scene.sandbox.fake.started
    with scene.on_a_terminal("take-over", "beta") as session:
        session.answer("Go on, and have it compacted on beta?", "y", ENTER)
        assert session.ends() == OK


def test_a_dry_run_says_all_and_asks_nothing(scene: CommandScene) -> None:
    spoken(scene, "near")
    result = scene.run("take-over", "--dry-run", "beta")
    assert result.code == OK
    assert b"beta.example gets all of it" in result.err
    assert b"cc take-over --allow --private near beta" in result.err
    whole = json.loads(scene.shown("take-over", "--dry-run", "--json", "beta", "last", "-p", "x"))
    assert whole["data"]["argv"][-4:] == ["--resume", ONE, "-p", "x"]
    told = whole["data"]["take_over"]
    assert (told["session"], told["host"], told["tokens"], told["copied"]) == (ONE, "beta.example", 120, False)
    assert told["seen_by"] == [{"profile": "near", "host": "localhost:1234", "models": ["near-1"]}]
    assert told["not_agreed"] == [{"from": "localhost:1234", "to": "beta.example", "private": True}]
    assert "take_over" not in json.loads(scene.shown("run", "--dry-run", "--json", "near", "-c"))["data"]
    assert not scene.sandbox.fake.started


def test_a_damaged_file_of_consents_is_named_and_kept(scene: CommandScene) -> None:
    spoken(scene, "alpha")
    file = scene.sandbox.home / ".local" / "share" / "cc-launcher" / "consents.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"version": 1, "cons')
    for words in (["take-over", "beta"], ["take-over", "--allow", "alpha", "beta"], ["show", "alpha"]):
        assert "consents.json: not JSON (line 1)" in scene.run(*words).err.decode(), words
    assert scene.run("take-over", "beta").code == IN_THE_WAY
    assert file.read_text() == '{"version": 1, "cons'


def test_a_session_of_an_isolated_profile_is_copied_into_where_the_other_looks(scene: CommandScene) -> None:
    lines = [mark(0, "alpha", ONE), prompt(1, ONE, scene.sandbox.work)]
    lines += [answer(2, (1, 1, 0, 0), session=ONE, model="alpha-1")]
    before = put(scene, ONE, lines, config=".local/share/cc-launcher/isolated/alpha")
    content = before.read_bytes()
    scene.sandbox.profile("alpha", "isolated = true\n" + PROFILE.format(host=HOSTS["alpha"], name="alpha"))
    allow(scene, "alpha", "beta")
    assert scene.run("take-over", "beta").code == OK
    profile, option, made = started(scene)
    assert (profile, option) == ("beta", "--resume")
    assert made != ONE
    (copy,) = (scene.sandbox.home / ".claude" / "projects").glob(f"*/{made}.jsonl")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert before.read_bytes() == content
    assert [path.name for path in before.parent.iterdir()] == [before.name]


def test_a_wrapper_leaves_it_to_cc(scene: CommandScene) -> None:
    spoken(scene, "alpha")
    assert scene.run("install-wrapper", "beta").code == OK
    wrapper = scene.sandbox.home / ".local" / "bin" / "claude-beta"
    for line in (["--resume", ONE], ["-c"], [f"-r{ONE}"], ["-pc", "hi"], [f"--resume={ONE}"]):
        result = run([wrapper, *line], scene.environment(), scene.sandbox.work)
        assert result.code == REFUSED, result
        assert b"cc take-over --allow alpha beta" in result.err
    assert run([wrapper, "-p", "--", "-c"], scene.environment(), scene.sandbox.work).code == OK
    assert started(scene) == ["beta", "-p", "--", "-c"]


def test_images_go_by_the_word_of_the_profile(scene: CommandScene) -> None:
    """Where it says nothing, nobody knows; what it says needs no probe."""
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    spoken(scene, "alpha", ONE, prompt(90, ONE, scene.sandbox.work, content=[picture]))
    looked = ("take-over", "--dry-run", "beta", "last")
    unknown = scene.run(*looked).err.decode()
    assert "whether beta-1 takes images is not known" in unknown
    for word, says in (("false", True), ("true", False)):
        scene.sandbox.profile("beta", f"vision = {word}\n{PROFILE.format(host=HOSTS['beta'], name='beta')}")
        said = scene.run(*looked).err.decode()
        assert "is not known" not in said
        assert ("its images would be refused, and become text" in said) is says
