"""What asking the server of a local model makes of a plan, and what is kept of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.actions import planning
from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.files import plan_cache
from cc_launcher.launch.request import Request
from tests.fakes.fake_ollama import FakeOllama

GLM = "glm-4.7-flash"


@pytest.fixture
def ollama(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    """A FAKE Ollama, a profile on it, and a client that only tells its version."""
    client = home / "claude"
    client.write_text("#!/bin/sh\necho '2.1.329 (Claude Code)'\n")
    client.chmod(0o755)
    monkeypatch.setenv("CC_CLAUDE", str(client))
    with FakeOllama() as fake:
        path = home / "config" / "profiles" / "mine.toml"
        path.parent.mkdir(parents=True, mode=0o700)
        path.write_text(f'extends = "ollama"\nbase_url = "{fake.url}"\n')
        path.chmod(0o600)
        yield fake


def asked(*flags: str) -> planning.Planned:
    request = Request()
    request.profile, request.flags = "mine", list(flags)
    return planning.plan(request, for_real=True, ask=True)


@pytest.mark.parametrize("tools", [True, False])
def test_with_anyway_a_model_of_no_use_is_launched_but_not_remembered(ollama: FakeOllama, tools: bool) -> None:  # noqa: FBT001
    ollama.add(GLM, num_ctx=8192, tools=tools)
    with pytest.raises(CcError) as caught:
        asked()
    assert caught.value.code == INVALID
    planned = asked("--anyway")
    assert planned.plan.set["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "8192"
    planned.remember()
    assert plan_cache.count("mine") == 0
    ollama.add(GLM, num_ctx=65_536)
    asked().remember()
    assert plan_cache.count("mine") == 1


def test_who_only_looks_at_a_plan_asks_nobody(ollama: FakeOllama) -> None:
    request = Request()
    request.profile = "mine"
    planned = planning.plan(request, for_real=False)
    assert planned.told is None
    assert planned.plan.set["NO_PROXY"] == "127.0.0.1"
    assert ollama.requests == []
