"""What the real client does without a web search: it does not offer the tool, and nobody's settings bring it back.

With the tool, where the provider does not search, the model's own words come back as what was found.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.client import harness
from tests.client.levers import NEW
from tests.client.stage import HOSTED, PROMPT, SEALED, Kind, Stage, tool_results
from tests.client.wrapped import Wrapped
from tests.fakes.fake_provider import Block, Body, call, say

KIND = Kind(
    'base_url = "{url}"\nauth = "bearer"\nsecret = "cmd:cat {secret_file}"\n[tiers]\nmain = "v/main"\n',
    "bearer",
    (HOSTED, SEALED),
)
TOOL = "WebSearch"
WITHOUT = "web_search = false"
ENDS = pytest.mark.parametrize("version", [harness.OLDEST, NEW])  # of the client table
ALLOWING = {"permissions": {"allow": [TOOL]}}
SAID = f"cc: own: no web search ({TOOL} is off): cc show own"


def searches(body: Body) -> list[Block]:
    """A model that searches the web, once, and then says what it got."""
    if not body.get("tools") or any(tool["name"] == "web_search" for tool in body["tools"]):
        return [say("made up")]  # as a provider answers that does not know its own tool
    return [say("done")] if tool_results(body) else [call(TOOL, query="cats")]


def tools(stage: Stage) -> set[str]:
    """The tools that the model was told of, those that it would have to look for, too."""
    sent = [request.body for request in stage.ours.messages if request.body.get("tools")]
    named = {tool["name"] for body in sent for tool in body["tools"]}
    return named | ({TOOL} if any(TOOL in json.dumps(body["messages"]) for body in sent) else set())


def results(stage: Stage) -> list[str]:
    return [result for request in stage.ours.messages for result in tool_results(request.body)]


def launched(stage: Stage, *arguments: str, **how: Any) -> harness.Ended:
    ended = stage.launch(KIND, "-p", PROMPT, *arguments, **how)
    assert ended.returncode == 0, ended.stderr
    return ended


@ENDS
def test_the_tool_is_gone_and_that_is_said_once(stage: Stage) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    stage.profile(KIND, WITHOUT)
    assert launched(stage).stderr.count(SAID) == 1
    assert TOOL not in tools(stage)
    stage.forget()
    assert SAID not in launched(stage).stderr
    assert TOOL not in tools(stage)
    stage.forget()
    assert SAID not in launched(stage, cached=True).stderr
    assert TOOL not in tools(stage)


@ENDS
def test_nothing_brings_it_back_but_the_profile(stage: Stage) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    stage.profile(KIND, WITHOUT)
    stage.ours.script = searches
    for place in ("user", "project", "local"):
        stage.settings(place, ALLOWING)
    for arguments in (["--allowedTools", TOOL], ["--settings", json.dumps(ALLOWING)]):
        stage.forget()
        launched(stage, *arguments)
        assert any(f"No such tool available: {TOOL}" in result for result in results(stage)), results(stage)
    stage.forget()
    stage.profile(KIND, "web_search = true")
    launched(stage, "--allowedTools", TOOL)
    assert TOOL in tools(stage)
    assert any("made up" in result for result in results(stage))  # what a dead search comes to


@ENDS
@pytest.mark.parametrize("said", ["", "web_search = true"])
def test_where_nobody_says_that_it_is_missing_it_stays(stage: Stage, said: str) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    stage.profile(KIND, said)
    assert "no web search" not in launched(stage).stderr
    assert TOOL in tools(stage)


@ENDS
def test_what_the_user_denies_stays_denied(stage: Stage) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    stage.profile(KIND, WITHOUT)
    launched(stage, "--settings", json.dumps({"permissions": {"deny": ["Bash"]}}))
    assert not {TOOL, "Bash"} & tools(stage)


@ENDS
def test_a_wrapper_does_the_same_and_says_it_when_it_is_installed(stage: Stage) -> None:
    harness.seed_home(stage.home, trust=[stage.work])
    stage.profile(KIND, WITHOUT)
    wrapped = Wrapped(stage)
    assert SAID.removeprefix("cc: ") in wrapped.said
    ended = wrapped.launch("-p", PROMPT)
    assert ended.returncode == 0, ended.stderr
    assert SAID not in ended.stderr
    assert TOOL not in tools(stage)
