"""A session that asks another profile, and `cc ask` from a shell: the real client on both sides, on two providers.

Here is a thin slice of how a session can end: `python tests/client/ask_runs.py` plays a hundred.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from cc_launcher.core.ask import amount
from cc_launcher.files import worktrees
from tests.client import harness
from tests.client.ask_runs import ENDINGS, Play
from tests.client.asking import NEWEST, OTHER, READS, TOOL, Asking, asking
from tests.client.counted import RATES, rounded
from tests.client.exposure import files_with
from tests.client.stage import MODELS, PATIENCE, PROMPT, tool_results
from tests.fakes.fake_counting import total
from tests.fakes.fake_provider import call
from tests.support import require_tool, start, wait_until
from tests.watch import no_argument_holds

MAIN = MODELS["main"]
both = pytest.mark.parametrize("version", [NEWEST, harness.BEFORE_HOST_FLAG])


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    require_tool("npm")
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def scene(opened: ExitStack, tmp_path: Path, version: str = NEWEST) -> Asking:
    return opened.enter_context(asking(tmp_path, version))


@both
def test_the_answer_comes_back_with_what_it_took(opened: ExitStack, tmp_path: Path, version: str) -> None:
    scene = opened.enter_context(asking(tmp_path, version))
    (scene.stage.work / "in.txt").write_text("INSIDE")
    scene.asks(scene.task(f"read:{scene.stage.work}/in.txt", f"read:{scene.secret_file}"))
    with no_argument_holds(scene.secret.encode()), no_argument_holds(scene.stage.secret.encode()):
        told = scene.session()
    served = scene.second.ledger
    tokens = total(one.tokens for one in served)
    assert told.startswith("done 1."), told
    assert f"in {len(served)} requests" in told
    assert f"Not allowed: Read {scene.secret_file}." in told
    results = [text for one in scene.second.messages for text in tool_results(one.body)]
    assert any("INSIDE" in text for text in results)
    assert all(scene.secret not in text for text in results)
    assert all(offered - {"DeferredToolPlaceholder"} == READS for offered in scene.offered())
    scene.check_wires()
    for secret in scene.secrets():
        assert [path for path in files_with(secret, scene.stage.home) if path.name != ".credentials.json"] == []
    about = scene.usage(scene.parent())
    [task] = about["asked"]
    [row] = task["rows"]
    assert (task["profile"], task["ending"]) == (OTHER, "done")
    if version == NEWEST:
        found = [row[name] for name in ("input", "output", "cache_write", "cache_read")]
        assert (row["profile"], found) == (OTHER, tokens.four)
        assert rounded(scene.second.bill(), 8) == round(Decimal(repr(row["cost"])), 8)
    assert {one["profile"] for one in about["rows"]} == ({"own"} if version == NEWEST else {None})  # without marks
    shown = scene.stage.cc("usage", scene.parent())
    assert task["session"] in shown.stdout
    assert "asked from this session: 1 task" in shown.stderr
    assert scene.usage(task["session"])["task_of"] == scene.parent()
    scene.check_nothing_left()


def test_the_tool_is_there_at_once_and_only_where_it_was_asked_for(scene: Asking) -> None:
    assert scene.ended().returncode == 0
    [tool] = [one for one in scene.stage.ours.messages[0].body["tools"] if one["name"] == TOOL]
    assert tool["input_schema"]["properties"]["profile"]["enum"] == [OTHER]
    assert f"{OTHER}: Second, {MAIN}, reads 200k tokens at once" in tool["description"]
    scene.stage.forget()
    assert scene.stage.launch(scene.kind, "-p", PROMPT).returncode == 0
    assert TOOL not in json.dumps(scene.stage.ours.messages[0].body)
    listed = scene.stage.cc("run", "own", "--with", OTHER, "mcp", "list")
    assert "No MCP servers" in listed.stdout, listed


def test_servers_and_tools_of_the_user_stay(scene: Asking) -> None:
    scene.stage.ours.script = lambda body: (
        [call("Bash", command="echo MINE", description="x"), call(TOOL, profile=OTHER, task=scene.task("read:x"))]
        if not tool_results(body)
        else [{"type": "text", "text": "pong"}]
    )
    ended = scene.ended("--allowedTools", "Bash", "--mcp-config", '{"mcpServers": {}}')
    assert ended.returncode == 0, ended
    results = tool_results(scene.stage.ours.messages[-1].body)
    assert any(text.startswith("MINE") for text in results), results
    assert any(text.startswith("done") for text in results), results


def test_a_login_is_seen_by_its_own_provider_alone(opened: ExitStack, tmp_path: Path) -> None:
    scene = opened.enter_context(asking(tmp_path, kind="login"))
    credentials = scene.stage.home / ".claude" / ".credentials.json"
    scene.stage.settings("user", {"permissions": {"allow": ["Read(//**)", "Grep", "Glob"]}})
    scene.asks(scene.task(f"read:{credentials}", f"read:{scene.stage.home}/.config/cc-launcher/profiles/own.toml"))
    told = scene.session()
    assert told.startswith("done 1."), told
    scene.check_wires()
    results = [text for one in scene.second.messages for text in tool_results(one.body)]
    assert len(results) >= 2
    assert all("denied" in text for text in results), results
    assert files_with(harness.LOGIN_TOKEN, scene.stage.home) == [credentials]


@pytest.mark.parametrize("priced", [True, False], ids=["money", "tokens"])
def test_a_task_ends_when_its_limit_is_reached(opened: ExitStack, tmp_path: Path, *, priced: bool) -> None:
    scene = opened.enter_context(asking(tmp_path, seed=7))
    scene.profile(priced=priced)
    scene.pause = 0.5
    scene.config('[ask]\nlimit = "1.50 USD"\ntokens = 60000\n')
    scene.asks(scene.task(*["bash"] * 40))
    told = scene.session()
    shown = "1.50 USD" if priced else "60.0k tokens"
    assert told.startswith(f"{OTHER} was stopped: the limit of {shown} for one task was reached."), told
    assert f"limit {shown}]" in told
    # What was served when the task ended is less than one request more than the limit.
    counted = [one for one in scene.second.ledger if one.about == "answer"]
    if priced:
        costs = [RATES[MAIN].cost(one.tokens) for one in counted]
        reached = next(at for at in range(len(costs)) if sum(costs[: at + 1]) >= 1.5)
    else:
        sums = [sum(one.tokens) for one in counted]
        reached = next(at for at in range(len(sums)) if sum(sums[: at + 1]) >= 60_000)
    assert reached + 1 <= len(counted) <= reached + 2
    assert len(counted) < 40
    [task] = scene.usage(scene.parent())["asked"]
    assert task["ending"] == "limit"
    scene.check_nothing_left()


def test_changes_are_on_a_branch_and_nowhere_else(scene: Asking) -> None:
    scene.repository()
    (scene.stage.work / "loose.txt").write_text("in no commit")
    trees = scene.stage.home / ".local/share/cc-launcher/asks/trees"

    def where() -> str:
        [tree] = [path for path in trees.iterdir() if path.is_dir()]
        return str(tree)

    content = scene.second.content

    def in_its_tree(word: str, body: dict[str, object]) -> list[dict[str, object]]:
        return content(word.replace("HERE", where()), body)

    scene.second.content = in_its_tree  # type: ignore[method-assign]
    scene.asks(scene.task("write:HERE/new.txt", f"write:{scene.stage.work}/stray.txt", "read:HERE/in.txt"), write=True)
    told = scene.session()
    [branch] = re.findall(r"cc-ask/second-[0-9a-f]{8}", told.partition("on the branch ")[2][:40])
    assert "new.txt | 1 +" in told
    assert "changes here that are in no commit were not seen" in told
    assert f"Not allowed: Write {scene.stage.work}/stray.txt" in told
    assert not (scene.stage.work / "stray.txt").exists()
    assert not (scene.stage.work / "new.txt").exists()
    assert scene.git("status", "--porcelain") == "?? loose.txt\n"
    assert scene.git("diff", "--stat", "main", branch).count("\n") == 2
    refused = scene.ask("--clean")
    assert refused.returncode == 2
    assert "nowhere else" in refused.stderr
    assert scene.ask("--clean", "--yes").returncode == 0
    assert scene.git("branch").split() == ["*", "main"]
    assert scene.git("worktree", "list").count("\n") == 1
    assert list(trees.iterdir()) == []


def test_without_changes_no_branch_is_left_and_outside_git_nothing_is_changed(scene: Asking) -> None:
    scene.asks(scene.task("read:x"), write=True)
    told = scene.session()
    assert told.startswith(f"{OTHER} did not do it: here is no git repository"), told
    assert scene.second.requests == []
    scene.repository()
    scene.stage.forget()
    told = scene.session()
    assert "It changed nothing, so there is no branch." in told, told
    assert scene.git("branch").split() == ["*", "main"]
    assert list((scene.stage.home / ".local/share/cc-launcher/asks/trees").iterdir()) == []


def test_a_refused_key_is_told_in_words(scene: Asking) -> None:
    scene.secret_file.write_text("")
    scene.asks(scene.task("read:x"))
    told = scene.session()
    assert told.startswith(f"{OTHER} did not do it: "), told
    assert "the secret is empty; keep it again, as one line of text" in told
    assert "Nothing is gained by asking the same again" in told


# How a session can end


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != "Esc"])
def test_nothing_is_left_whatever_ends_the_session(opened: ExitStack, tmp_path: Path, ending: str) -> None:
    scene = opened.enter_context(asking(tmp_path))
    Play(scene).play(ending, 0.0)


@both
def test_esc_ends_a_task_and_the_session_goes_on(opened: ExitStack, tmp_path: Path, version: str) -> None:
    scene = opened.enter_context(asking(tmp_path, version))
    Play(scene).play("Esc", 0.0)


# From a shell


def test_an_answer_alone_and_several_side_by_side(scene: Asking) -> None:
    scene.profile("third", priced=False)
    done = scene.ask(OTHER, scene.task("read:x"))
    assert (done.returncode, done.stdout) == (0, "done 1.\n"), done
    piped = scene.ask(OTHER, "-", stdin=scene.task("read:x"))
    assert piped.stdout == "done 2.\n"
    several = scene.ask(f"{OTHER},third", "--compare", "--json", scene.task("read:x"))
    first, second = json.loads(several.stdout)["data"]
    assert [first["profile"], second["profile"]] == [OTHER, "third"]
    assert first["cost_low"]
    assert second["cost_low"] is None
    assert {first["ending"], second["ending"]} == {"done"}
    argv = [*scene.stage_program(), "ask", f"{OTHER},third", scene.task("read:x")]
    with harness.Terminal(argv, scene.stage.environment, scene.stage.work) as terminal:
        terminal.wait_for("tokens  ", timeout=PATIENCE)
        terminal.wait_for("profile", timeout=PATIENCE)
        assert terminal.wait() == 0
        screen = terminal.screen()
    assert re.search(rf"profile +model +time +tokens +cost\n{OTHER} +v/main +[\d.]+ s +[\d.]+k +\$", screen), screen
    assert re.search(r"third +v/main +[\d.]+ s +[\d.]+k +unknown", screen), screen
    scene.check_nothing_left()


def test_the_worst_exit_code_and_what_is_wrong(scene: Asking) -> None:
    scene.profile("third")
    scene.config('[ask]\nlimit = "0.01 USD"\n')
    scene.pause = 0.5
    ended = scene.ask(f"{OTHER},third", scene.task("bash", "bash", "bash", "bash", "bash", "bash", "bash"))
    assert ended.returncode == 75
    assert f"{OTHER}: stopped, since its limit of 0.01 USD was reached" in ended.stderr
    assert scene.ask("nobody", "x").returncode == 66
    assert scene.ask(OTHER, "").returncode == 2
    assert scene.ask(OTHER, "--compare", "x").returncode == 2
    assert scene.ask(OTHER, "--limit", "much", "x").returncode == 2


def test_ctrl_c_ends_every_task(scene: Asking) -> None:
    scene.profile("third")
    argv = [*scene.stage_program(), "ask", f"{OTHER},third", scene.task("wait")]
    with harness.Terminal(argv, scene.stage.environment, scene.stage.work) as terminal:
        wait_until(scene.second.at_wait.is_set, "an answer that does not go on")
        terminal.wait_for("Ctrl-C to stop", timeout=PATIENCE)
        terminal.send("\x03")
        assert terminal.wait() == -signal.SIGINT
    scene.check_nothing_left()
    scene.second.go_on.set()


def test_a_killed_shell_leaves_no_task(scene: Asking) -> None:
    process = start(
        [*scene.stage_program(), "ask", OTHER, scene.task("wait")], scene.stage.environment, scene.stage.work
    )
    wait_until(scene.second.at_wait.is_set, "an answer that does not go on")
    process.kill()
    process.communicate()
    scene.check_nothing_left()
    scene.second.go_on.set()


# Who may have what


def test_a_private_profile_asks_a_stranger_only_after_a_typed_word(opened: ExitStack, tmp_path: Path) -> None:
    scene = opened.enter_context(asking(tmp_path, kind="none"))
    own = scene.stage.home / ".config/cc-launcher/profiles/own.toml"
    own.write_text(own.read_text().replace("[tiers]", "[compat]\nprivate = true\n[tiers]"))
    ended = scene.ended()
    assert ended.returncode == 77, ended
    assert "cc take-over --allow --private own second" in ended.stderr
    assert scene.stage.ours.messages == []
    with harness.Conversation(scene.argv(), scene.stage.environment, scene.stage.work) as terminal:
        terminal.answer(f"type {OTHER}", "no\r")
        assert terminal.ends() == 77
    assert amount.OF_SESSION == 10


def test_what_a_session_sets_for_itself_is_not_handed_on(scene: Asking) -> None:
    """Variables of its profile, and those of a session, are not in the environment of a task; the user's own are."""
    own = scene.stage.home / ".config/cc-launcher/profiles/own.toml"
    own.write_text(f"{own.read_text()}\n[env]\nONLY_OURS = 'own-canary'\n")
    seen = scene.stage.elsewhere / "seen"
    hook = {"hooks": [{"type": "command", "command": f"env >>{seen}"}]}
    scene.stage.settings("user", {"hooks": {"UserPromptSubmit": [hook]}})
    scene.stage.environment["OF_THE_USER"] = "user-canary"
    scene.asks(scene.task("wait"))
    scene.second.go_on.set()
    scene.session()
    of_session, of_task = seen.read_text().split("CC_PROFILE=")[1:]
    whole = seen.read_text()
    assert whole.count("OF_THE_USER=user-canary") == 2
    assert whole.count("ONLY_OURS=own-canary") == 1
    assert (of_session.split("\n")[0], of_task.split("\n")[0]) == ("own", OTHER)
    sessions = re.findall(r"^CLAUDE_CODE_SESSION_ID=(.+)$", whole, re.MULTILINE)
    assert len(set(sessions)) == len(sessions)
    assert scene.secret not in whole
    assert scene.stage.secret not in whole


def test_how_far_a_task_is_stands_on_the_screen(scene: Asking) -> None:
    scene.pause = 1.0
    scene.asks(scene.task("read:a.txt", "read:b.txt", "wait"))
    with harness.Terminal(scene.argv(), scene.stage.environment, scene.stage.work) as terminal:
        scene.stage.wait_until_ready(terminal)
        scene.stage.type(terminal, PROMPT)
        terminal.wait_for("of the limit)", timeout=PATIENCE)
        scene.second.go_on.set()
        terminal.wait_for("pong", timeout=PATIENCE)


def test_a_key_in_the_environment_is_named_before_the_session_begins(scene: Asking) -> None:
    path = scene.stage.home / ".config/cc-launcher/profiles/second.toml"
    path.write_text(re.sub(r'secret = ".*"', 'secret = "env:SECOND_KEY"', path.read_text()))
    scene.stage.environment["SECOND_KEY"] = scene.secret
    scene.asks(scene.task("read:x"))
    ended = scene.ended()
    assert ended.returncode == 0, ended
    assert "second: its key is in SECOND_KEY, so the commands of this session see it, too" in ended.stderr
    assert tool_results(scene.stage.ours.messages[-1].body)[0].startswith("done")
    scene.check_wires()


def test_leftovers_are_listed_and_removed_after_a_yes(scene: Asking) -> None:
    scene.repository()
    done = scene.ask(OTHER, "--write", scene.task(f"write:{scene.stage.work}/x"))
    assert done.returncode == 0, done
    made = scene.stage.home / ".local/share/cc-launcher"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CC_DATA_DIR", str(made))
        tree, _ = worktrees.make(str(scene.stage.work), OTHER)
        place = Path(tree.path)
        (place / "left.txt").write_text("left by a task that was killed\n")
        held = scene.ask("--clean", "--yes")
        assert f"{tree.branch}: a task is at work there: left alone" in held.stderr
        worktrees.settle(tree, "x")
    listed = json.loads(scene.ask("--clean", "--json").stdout)["data"]["work_trees"]
    assert [(one["branch"], one["merged"], one["removed"]) for one in listed] == [(tree.branch, False, False)]
    with harness.Conversation(
        [*scene.stage_program(), "ask", "--clean"], scene.stage.environment, scene.stage.work
    ) as no:
        no.answer("nowhere else.", "n\r")
        assert no.ends() != 0
    assert place.exists()
    with harness.Conversation(
        [*scene.stage_program(), "ask", "--clean"], scene.stage.environment, scene.stage.work
    ) as yes:
        yes.answer("nowhere else.", "y\r")
        assert yes.ends() == 0
    assert not place.exists()
    assert scene.git("branch").split() == ["*", "main"]
