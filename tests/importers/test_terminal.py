"""`cc import` on a real terminal: the table, each question, each answer, Ctrl-C at each of them, and a second run."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.client.harness import Conversation
from tests.support import Sandbox

ENTER, DOWN, SPACE, CTRL_C = "\r", "\x1b[B", " ", "\x03"
KEY, RELAY_KEY = "sk-fake-of-the-source-01", "sk-fake-of-the-relay-02"
WHICH, TICK, MODEL, WHERE = "Import these 3?", "Which?", "names no model", "Where should the keys be kept?"
COMMAND, SURE = "Take the command over?", "Keep the keys there?"
DANGER, VERBOSE = (
    "it at each launch? (the client then asks for no permission",
    "it at each launch? (an argument for claude",
)
# Three profiles: one that is clear, a relay without a model, one with a command for its key and two arguments.
BASHRC = f"""\
alias claude-zai='ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN={KEY} claude'
relay() {{
  ANTHROPIC_BASE_URL=https://llm.example.com ANTHROPIC_AUTH_TOKEN={RELAY_KEY} claude "$@"
}}
work() {{
  export ANTHROPIC_BASE_URL=https://llm.corp.example.com ANTHROPIC_MODEL=corp/large
  export ANTHROPIC_AUTH_TOKEN="$(vendor-key --for "$(whoami)")"
  claude --dangerously-skip-permissions --verbose "$@"
}}
"""
SHELL_LINE = """sh -c 'vendor-key --for "$(whoami)"'"""  # as it is shown, and as it would be run


@pytest.fixture
def home(sandbox: Sandbox) -> Sandbox:
    """A start-up file, and a command that must not run."""
    (sandbox.home / ".bashrc").write_text(BASHRC)
    marker = sandbox.outside / "ran"
    program = sandbox.bin / "vendor-key"
    program.write_text(f"#!/bin/sh\ntouch {marker}\necho sk-fake-of-the-command\n")
    program.chmod(0o755)
    return sandbox


@contextmanager
def importing(sandbox: Sandbox, *words: str, size: tuple[int, int] = (100, 100), **more: str) -> Iterator[Conversation]:
    environment = sandbox.environment(TERM="xterm-256color", PROMPT_TOOLKIT_NO_CPR="1", **more)
    with Conversation([sandbox.cc, "import", *words], environment, sandbox.work, size=size) as conversation:
        yield conversation
        for key in (KEY, RELAY_KEY):
            assert key.encode() not in conversation.written
        assert b"Traceback" not in conversation.written
        assert b"bug of cc" not in conversation.written
    assert not (sandbox.outside / "ran").exists(), "a command was run to look at it"


def profiles(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    directory = sandbox.home / ".config" / "cc-launcher" / "profiles"
    return {path.stem: tomllib.loads(path.read_text()) for path in directory.glob("*.toml")}


def kept(sandbox: Sandbox) -> dict[str, tuple[str, int]]:
    directory = sandbox.home / ".local" / "share" / "cc-launcher" / "keys"
    return {path.name: (path.read_text(), path.stat().st_mode & 0o777) for path in directory.glob("*")}


def ours(sandbox: Sandbox) -> list[Path]:
    """All that we have written, but for the cache."""
    return [
        path
        for place in (".config/cc-launcher", ".local/share/cc-launcher")
        for path in (sandbox.home / place).rglob("*")
        if path.is_file()
    ]


# The questions, in their order, with an answer to each that leads to the next one.
ANSWERS = {
    WHICH: (DOWN, ENTER),
    TICK: (ENTER,),
    MODEL: (DOWN, ENTER),
    DANGER: ("n",),
    VERBOSE: ("y",),
    COMMAND: ("y",),
    WHERE: (ENTER,),
    SURE: ("y",),
}


def test_each_answer_is_for_that_very_line(home: Sandbox) -> None:
    with importing(home) as conversation:
        for question, keys in ANSWERS.items():
            conversation.answer(question, *keys)
        assert conversation.ends() == 0, conversation.screen()
        screen = conversation.screen()
    assert f"work: its key comes from a command, which was not run: {SHELL_LINE}" in screen
    assert "next: cc run " in screen
    found = profiles(home)
    assert {name: profile.get("tiers", {}).get("main") for name, profile in found.items()} == {
        "claude-zai": None,
        "relay": "claude-sonnet-5-5",
        "work": "corp/large",
    }
    assert found["work"]["args"] == ["--verbose"]
    assert found["work"]["secret"] == f"cmd:{SHELL_LINE}"
    assert kept(home) == {"claude-zai": (f"{KEY}\n", 0o600), "relay": (f"{RELAY_KEY}\n", 0o600)}

    with importing(home) as conversation:
        assert conversation.ends() == 0
        assert conversation.screen().count("already there") == 3
        assert conversation.screen().endswith("cc: nothing of it is new")

    assert home.run("install-wrapper", "claude-zai", "--name", "go-zai").code == 0
    with importing(home, "--undo") as conversation:
        assert conversation.ends() == 0
        assert "go-zai: removed" in conversation.screen(), conversation.screen()
    assert (profiles(home), kept(home)) == ({}, {})


@pytest.mark.parametrize("last", ANSWERS)
def test_ctrl_c_at_each_question_leaves_nothing(home: Sandbox, last: str) -> None:
    with importing(home) as conversation:
        for question, keys in ANSWERS.items():
            if question == last:
                break
            conversation.answer(question, *keys)
        conversation.answer(last, CTRL_C)
        assert conversation.ends() == 130
    assert ours(home) == []


def test_nowhere_makes_profiles_that_have_no_key_yet(home: Sandbox) -> None:
    with importing(home, "--name", "claude-zai=zai") as conversation:
        conversation.answer(WHICH, DOWN, ENTER)
        conversation.answer(TICK, DOWN, SPACE, DOWN, SPACE, ENTER)
        conversation.answer(WHERE, ENTER)
        conversation.answer(SURE, ENTER)  # no: it is asked again
        conversation.wait_for("Keep the keys there? No")
        conversation.answer(WHERE, DOWN, ENTER)
        assert conversation.ends() == 0
        assert "zai: made without a key: cc secret set zai" in conversation.screen()
    assert profiles(home) == {"zai": {"extends": "zai", "title": "claude-zai"}}
    assert kept(home) == {}


def test_none_writes_nothing(home: Sandbox) -> None:
    with importing(home) as conversation:
        conversation.answer(WHICH, DOWN, DOWN, ENTER)
        assert conversation.ends() == 0
    assert ours(home) == []


@pytest.mark.parametrize("columns", [160, 80, 60])
def test_the_rows_fit_the_terminal(home: Sandbox, columns: int) -> None:
    with importing(home, "--dry-run", size=(100, columns), NO_COLOR="1") as conversation:
        assert conversation.ends() == 0
        screen = conversation.screen()
        written = conversation.written.decode()
    assert "\x1b[1m" not in written
    lines = screen.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("claude-zai  ") and "api.z.ai" in line]
    if columns == 60:
        assert lines[at + 2].startswith("  key     ~/.bashrc:1 (0644)")
    else:
        assert "~/.bashrc:1 (0644)" in lines[at]
        assert lines[at - 1].split() == ["profile", "host", "models", "key", "goes", "to"]
    assert ours(home) == []


def test_nothing_is_there(home: Sandbox) -> None:
    (home.home / ".bashrc").unlink()
    with importing(home) as conversation:
        assert conversation.ends() == 0
        assert conversation.screen().startswith("cc: nothing to import was found in ~/")
    assert ours(home) == []


def test_without_a_terminal_what_has_no_place_is_one_line(home: Sandbox) -> None:
    (home.home / ".claude").mkdir()
    other = '{"env": {"ANTHROPIC_BASE_URL": "https://api.deepseek.com/anthropic", "ANTHROPIC_AUTH_TOKEN": "sk-fake-d"}}'
    (home.home / ".claude" / "settings.json").write_text(other)
    result = home.run("import")
    said = result.err.decode()
    assert result.code == 0
    assert said.count("no place for its key") == 1
    assert [len(row.split("\t")) for row in result.out.decode().splitlines()] == [5] * 4
    assert set(profiles(home)) == {"work"}
    assert "work: made without a key" in said
