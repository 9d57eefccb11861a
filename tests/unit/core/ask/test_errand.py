"""How the client is started for a task, and what a session is started with that may give some."""

from __future__ import annotations

import json

import pytest

from cc_launcher.core.ask import errand, offer
from cc_launcher.core.ask.amount import Limit
from cc_launcher.core.ask.errand import Errand
from cc_launcher.core.ask.offer import Service

SERVICE = Service({"zai": "Z.ai, “glm”"}, "One task …", ("zai",), Limit(0.5, "USD", 9), taken_out=("A", "B"))


def words(task: Errand, *allowed: str) -> list[str]:
    return errand.arguments(task, allowed, ("/home/me/.claude",), "/work", "/tree")


def test_a_reader_has_three_tools_and_nobody_to_ask() -> None:
    given = words(Errand("zai", "SECRET TASK"))
    assert given[:3] == ["--sealed", "zai", "-p"]
    assert "--tools=Read,Glob,Grep" in given
    assert given[given.index("--permission-mode") + 1] == "dontAsk"
    assert "--disallowedTools=Read(//home/me/.claude/**)" in given
    assert "SECRET TASK" not in " ".join(given)
    assert not any(word.startswith("--allowedTools") for word in given)


def test_a_writer_can_change_files_and_knows_where_it_is() -> None:
    given = words(Errand("zai", "x", write=True, sealed=False, model="glm"))
    assert given[:3] == ["zai", "glm", "-p"]
    assert "--tools=Read,Glob,Grep,Edit,Write,NotebookEdit" in given
    assert given[given.index("--permission-mode") + 1] == "acceptEdits"
    assert "What the task calls /work is here /tree" in given[-1]


def test_tools_that_the_user_allows_are_there() -> None:
    given = words(Errand("zai", "x"), "Bash(pytest *)", "mcp__db__query")
    assert "--tools=Read,Glob,Grep,Bash" in given
    assert "--allowedTools=Bash(pytest *),mcp__db__query" in given


def test_what_a_server_is_started_with_comes_back_as_it_was() -> None:
    again = Service.decode(SERVICE.encode())
    assert again == SERVICE._replace(rates={})
    [config, allowed] = offer.arguments(SERVICE, ("/py", "-P", "-m", "cc_launcher"))
    entry = json.loads(config.partition("=")[2])["mcpServers"]["cc"]
    assert (entry["command"], entry["args"][:2], entry["args"][3:5]) == ("/py", ["-P", "-c"], ["__ask", "serve"])
    assert Service.decode(entry["args"][5]).profiles == SERVICE.profiles
    assert allowed == "--allowedTools=mcp__cc__ask"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"profiles": 5}', "null"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Service.decode(text)
