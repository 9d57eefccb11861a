"""Popular instructions that are wrong, tried with plain `claude`; docs/explanation/wrong-claims.md names the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.stage import A_TASK, PATIENCE, READY, asked_by_subagents, credential_of, first, texts
from tests.fakes.fake_internet import FakeInternet, origin
from tests.fakes.fake_provider import call
from tests.support import require_tool, wait_until

ANTHROPIC = "https://api.anthropic.com"
GATEWAY = "https://gateway.example"
TOKEN = "exported-token"
EXPORTED = {"ANTHROPIC_BASE_URL": GATEWAY, "ANTHROPIC_AUTH_TOKEN": TOKEN, "ANTHROPIC_MODEL": "v/main"}
QUIET = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


class Plain:
    """Plain `claude`, with what a guide says to export, and the internet as it sees it."""

    def __init__(self, root: Path, internet: FakeInternet) -> None:
        self.internet = internet
        self.home, self.work = root / "home", root / "work"
        self.work.mkdir(parents=True)
        harness.seed_home(self.home, [self.work])
        self.environment = harness.clean_environment(self.home) | internet.environment()

    def run(self, exported: dict[str, str], *arguments: str) -> harness.Ended:
        environment = self.environment | EXPORTED | exported
        return harness.run([harness.install(), *arguments, "-p", "GO"], environment, self.work, timeout=PATIENCE)

    def session(self, exported: dict[str, str]) -> harness.Terminal:
        return harness.Terminal([harness.install()], self.environment | EXPORTED | exported, self.work)

    @property
    def asked(self) -> set[str]:
        """Where an answer of a model was asked for."""
        return {request.path.partition("?")[0] for request in self.internet.messages}


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Plain]:
    require_tool("npm")
    with FakeInternet(tmp_path) as internet:
        yield Plain(tmp_path / "plain", internet)


@pytest.mark.parametrize(
    ("base_url", "asked"),
    [
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/v1/messages"),
        (
            "https://name.services.ai.azure.com/anthropic/v1",
            "https://name.services.ai.azure.com/anthropic/v1/v1/messages",
        ),
        ("http://localhost:11434/v1", "http://localhost:11434/v1/v1/messages"),
        ("https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/coding/paas/v4/v1/messages"),
        # No InvokeModel, no signature: the address of Bedrock does not make the client speak to Bedrock.
        (
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.amazonaws.com/v1/messages",
        ),
    ],
)
def test_the_client_appends_to_whatever_address_it_is_given(plain: Plain, base_url: str, asked: str) -> None:
    plain.run(QUIET | {"ANTHROPIC_BASE_URL": base_url})

    assert plain.asked == {asked}


def test_there_is_no_option_for_a_provider(plain: Plain) -> None:
    ended = plain.run({}, "--provider", "bedrock")

    assert (ended.returncode, ended.stderr.strip()) == (1, "error: unknown option '--provider'")


def test_an_empty_address_sends_the_token_to_anthropic(plain: Plain) -> None:
    plain.run({"ANTHROPIC_BASE_URL": ""})

    assert plain.asked == {f"{ANTHROPIC}/v1/messages"}
    assert credential_of(plain.internet.messages[0]) == {"authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(("value", "others"), [("", {ANTHROPIC}), ("1", set()), ("0", set())])
def test_any_value_turns_other_traffic_off(plain: Plain, value: str, others: set[str]) -> None:
    plain.run({"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": value})

    assert plain.internet.origins == {GATEWAY} | others


def test_a_suffix_for_the_window_is_taken_off_before_it_is_sent(plain: Plain) -> None:
    plain.run(QUIET | {"ANTHROPIC_MODEL": "v/main[1m]"})

    assert plain.internet.models() == {"v/main"}


def test_a_key_is_sent_as_a_key_alone(plain: Plain) -> None:
    plain.run(QUIET | {"ANTHROPIC_AUTH_TOKEN": "", "ANTHROPIC_API_KEY": "exported-key"})

    assert [credential_of(request) for request in plain.internet.messages] == [{"x-api-key": "exported-key"}]


@pytest.mark.parametrize(
    ("exported", "small_is_ours"),
    [
        ({}, False),
        ({"CLAUDE_CODE_SUBAGENT_MODEL": "v/sub"}, False),
        ({"ANTHROPIC_DEFAULT_HAIKU_MODEL": "v/small"}, True),
    ],
)
def test_one_model_for_all_is_not_one_for_the_tiers(
    plain: Plain, exported: dict[str, str], *, small_is_ours: bool
) -> None:
    """A subagent that is started on a tier asks for the tier's model, whatever the variable for subagents says."""
    plain.internet.script = first(
        call("Agent", description="x", prompt="SUB small", subagent_type="general-purpose", model="haiku")
    )

    plain.run(QUIET | exported)

    asked = asked_by_subagents(plain.internet.messages)["small"]
    assert (asked == "v/small") == small_is_ours
    assert asked.startswith("claude-haiku-") != small_is_ours


@pytest.mark.parametrize(
    ("exported", "model"),
    [
        ({"ANTHROPIC_DEFAULT_HAIKU_MODEL": "v/haiku"}, "v/haiku"),
        ({"ANTHROPIC_DEFAULT_HAIKU_MODEL": "v/haiku", "ANTHROPIC_SMALL_FAST_MODEL": "v/fast"}, "v/fast"),
    ],
)
def test_the_old_variable_for_small_jobs_is_not_needed_and_wins(
    plain: Plain, exported: dict[str, str], model: str
) -> None:
    with plain.session(exported) as terminal:
        terminal.wait_for(READY, timeout=PATIENCE)
        terminal.enter(A_TASK)
        wait_until(lambda: len(plain.internet.messages) > 1, "the session's title")

    [title] = [r for r in plain.internet.messages if "tools" not in r.body or not r.body["tools"]]
    assert title.body["model"] == model
    assert A_TASK in "\n".join(texts(title.body["messages"]))


def test_the_clients_own_discovery_leaves_models_out_that_are_not_claudes(plain: Plain) -> None:
    plain.internet.listed_models = ("vendor/claude-other", "vendor/else")

    with plain.session({"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1"}) as terminal:
        terminal.wait_for(READY, timeout=PATIENCE)
        wait_until(lambda: any(r.is_for("/v1/models") for r in plain.internet.requests), "the list")
        terminal.enter("/model")
        terminal.wait_for("vendor/claude-other", timeout=PATIENCE)
        assert "vendor/else" not in terminal.screen()

    assert {origin(r.path) for r in plain.internet.requests if r.is_for("/v1/models")} == {GATEWAY}
