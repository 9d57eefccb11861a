"""`cc` alone and `cc ls` on a terminal: what is ready first, at most a screen, one line each, at any width."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest

from tests.client.harness import Terminal
from tests.unit.cli.scene import CommandScene

LINES = 24
Screen = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _a_login_and_no_stores(scene: CommandScene) -> None:
    scene.sandbox.hide("secret-tool", "pass")
    scene.log_in()
    scene.install_op()


@pytest.fixture
def screen(scene: CommandScene) -> Screen:
    """What a command leaves on a terminal: every line, also those that have scrolled away."""

    def shown(*args: str, columns: int = 80, lines: int = LINES, **more: str) -> list[str]:
        argv: list[str | Path] = [scene.sandbox.cc, *args]
        terminal = Terminal(argv, scene.environment(**more), scene.sandbox.work, size=(lines, columns))
        terminal._screen = pyte.HistoryScreen(columns, lines, history=5000)
        terminal._stream = pyte.ByteStream(terminal._screen)
        with terminal:
            assert terminal.wait(60) == 0
            terminal._read(0.2)
            gone = ["".join(line[x].data for x in range(columns)) for line in terminal._screen.history.top]
            whole = [line.rstrip() for line in (*gone, *terminal._screen.display)]
        while whole and not whole[-1]:
            whole.pop()
        return whole

    return shown


def launched(scene: CommandScene, **ago: float) -> None:
    """Have our records say that these profiles were launched so many seconds ago."""
    directory = scene.sandbox.home / ".local/share/cc-launcher"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = {name: {"word": "", "when": time.time() - seconds} for name, seconds in ago.items()}
    file = directory / "records.json"
    file.write_text(json.dumps({"version": 1, "secrets": {}, "accepted": {}, "launched": known}))
    file.chmod(0o600)


# `cc` alone


def test_on_an_empty_machine_three_lines_lead_to_a_session(scene: CommandScene, screen: Screen) -> None:
    (scene.sandbox.bin / "claude").unlink()
    assert screen() == [
        "cc run zai                asks for a key, installs Claude Code, starts it",
        "cc ls                     the other providers: openrouter, anthropic, deepseek …",
        "cc demo                   a tour first, without a key and offline",
    ]


def test_with_the_client_alone_the_next_thing_is_a_key(screen: Screen) -> None:
    assert screen() == [
        "ready",
        "  claude  the client's own",
        "next",
        "  cc run zai                asks for a key, then starts Claude Code",
        "  cc run claude             starts it as it is",
        "  cc ls                     all 63 profiles, and what each one needs",
        "  cc help                   the commands",
    ]


def test_with_a_client_that_is_not_logged_in_three_lines_lead_to_a_session(scene: CommandScene, screen: Screen) -> None:
    (scene.sandbox.home / ".claude" / ".credentials.json").unlink()
    assert screen()[0] == "cc run zai                asks for a key, then starts Claude Code"
    assert len(screen()) == 3


def test_what_is_ready_is_there_with_the_last_one_used_first(scene: CommandScene, screen: Screen) -> None:
    scene.keep(scene.key)
    for name in ("able", "baker", "charlie"):
        scene.profile(name=name)
    scene.profile(name="unseen", secret="op://a/b/c")
    scene.profile(name="lacking", secret="file:/nowhere")
    launched(scene, baker=7300, charlie=100_000)
    whole = screen()
    assert whole[:7] == [
        "ready",
        "  baker    glm-5.3           used 2 hours ago",
        "  charlie  glm-5.3           used 1 day ago",
        "  able     glm-5.3",
        "  unseen   glm-5.3           key not looked at",
        "  claude   the client's own",
        "next",
    ]
    assert whole[7] == "  cc run baker              starts Claude Code, as the last time"
    assert "lacking" not in "\n".join(whole)


def test_without_a_client_it_says_what_would_be_ready(scene: CommandScene, screen: Screen) -> None:
    scene.keep(scene.key)
    scene.profile()
    (scene.sandbox.bin / "claude").unlink()
    assert screen()[:4] == [
        "ready once there is a Claude Code: claude is not installed, or not on PATH",
        "  mine  glm-5.3",
        "next",
        "  cc run mine               installs Claude Code, if you want it, and starts it",
    ]


@pytest.mark.parametrize("columns", [80, 120])
def test_it_is_never_more_than_a_screen(scene: CommandScene, screen: Screen, columns: int) -> None:
    scene.keep(scene.key)
    for number in range(40):
        scene.profile(name=f"{'a-very-long-name-of-a-profile-' * (number % 2)}{number}")
    whole = screen(columns=columns)
    assert len(whole) < LINES
    assert "  … and 31 more: cc ls" in whole
    assert max(map(len, whole)) <= columns


# `cc ls`


def test_a_list_is_a_screen_with_ones_own_and_what_is_ready_first(scene: CommandScene, screen: Screen) -> None:
    scene.keep(scene.key)
    scene.profile(name="able")
    scene.profile(name="zulu")
    scene.profile(name="lacking", secret="file:/nowhere")
    whole = screen("ls", DEEPSEEK_API_KEY="k")
    assert whole[0].split() == ["profile", "model", "state"]
    names = [line.split()[0] for line in whole[1:-1]]
    assert names[:7] == ["able", "zulu", "lacking", "deepseek", "claude", "openrouter", "zai"]
    assert len(whole) == LINES - 2  # with a prompt before and after it
    left = 63 + 3 - len(names)
    assert whole[-1] == f"… and {left} more: cc ls --all, or cc ls WORD (a name, or a model such as glm)"
    assert max(map(len, whole)) <= 80


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_each_is_one_line_however_wide_the_terminal_is(scene: CommandScene, screen: Screen, columns: int) -> None:
    scene.profile(name="a" * 64, text=f'title = "{"long " * 30}"\ntiers.main = "{"m" * 150}"\n')
    whole = screen("ls", "--all", columns=columns, lines=60)
    assert len(whole) == 1 + 63 + 1
    assert ("title" in whole[0]) is (columns >= 100)
    assert max(map(len, whole)) <= columns


def test_at_80_columns_every_name_of_the_catalog_is_whole(scene: CommandScene, screen: Screen) -> None:
    listed = json.loads(scene.shown("ls", "--json"))["data"]
    assert [line.split()[0] for line in screen("ls", "--all")[1:]] == [found["name"] for found in listed]


def test_a_taller_terminal_shows_more(screen: Screen) -> None:
    assert len(screen("ls", lines=40)) == 38
    assert len(screen("ls", lines=100)) == 1 + 63


def test_a_word_is_looked_for_in_names_titles_and_models(scene: CommandScene, screen: Screen) -> None:
    scene.profile(text='title = "For the Office"\n')
    assert [line.split()[0] for line in screen("ls", "OFFICE")] == ["profile", "mine"]
    assert [line.split()[0] for line in screen("ls", "zhipu ")] == ["profile", "zhipu"]
    by_model = screen("ls", "glm-5.3")
    assert len(by_model) > 4
    assert any(line.split()[:2] == ["openrouter", "z-ai/glm-5.3"] for line in by_model)
    assert "… and" not in by_model[-1]


def test_what_nothing_has_is_one_line_and_no_failure(scene: CommandScene) -> None:
    result = scene.run("ls", "no-such-thing-anywhere")
    assert (result.code, result.out) == (0, b"")
    assert result.err == b"cc: no profile has no-such-thing-anywhere in it: cc ls --all shows them all\n"
    assert b"did you mean deepseek?" in scene.run("ls", "deepsek").err
    assert json.loads(scene.shown("ls", "--json", "no-such-thing"))["data"] == []


def test_a_pipe_loses_no_row(scene: CommandScene) -> None:
    lines = scene.shown("ls").splitlines()
    assert len(lines) == 63
    assert all(line.count("\t") == 3 for line in lines)
    assert "zai\tZ.ai GLM\tglm-5.3\tneeds a key" in lines
    assert scene.shown("ls", "--all").splitlines() == lines
    assert scene.shown("list-profiles").splitlines() == lines


def test_only_what_is_ready(scene: CommandScene, screen: Screen) -> None:
    scene.keep(scene.key)
    scene.profile()
    scene.profile(name="unseen", secret="op://a/b/c")
    assert [line.split()[0] for line in screen("ls", "--ready")] == ["profile", "mine", "unseen", "claude"]
    assert "ready (key not looked at)" in screen("ls", "--ready")[2]


def test_the_versions_without_a_client(scene: CommandScene) -> None:
    (scene.sandbox.bin / "claude").unlink()
    assert scene.shown("version").splitlines()[1] == "claude is not installed, or not on PATH"
