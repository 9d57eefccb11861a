"""An administrator's settings are not gone around. They are laid over /etc in a namespace of the test's own."""

import json
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import REFUSED
from tests.client.stage import KINDS, MODELS, PROMPT, Stage, first, tool_results
from tests.fakes.fake_collector import FakeCollector
from tests.fakes.fake_provider import call
from tests.support import not_here, require_tool, run

KINDS_OF_TOKENS = ("input", "output", "cacheRead", "cacheWrite")
POLICIES = {
    "address": {"env": {"ANTHROPIC_BASE_URL": "https://gateway.example"}},
    "cloud": {"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}},
    "credential": {"apiKeyHelper": "echo x"},
    "models": {"availableModels": ["sonnet"]},
}


@pytest.fixture
def policy(stage: Stage) -> Path:
    """Where the administrator's settings are written."""
    path = stage.elsewhere / "etc" / "claude-code" / "managed-settings.json"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def under_policy(stage: Stage, policy: Path) -> list[str]:
    """What to run a program with, so that it finds these settings in /etc."""
    (stage.elsewhere / "scratch").mkdir()
    layers = f"lowerdir=/etc,upperdir={policy.parent.parent},workdir={stage.elsewhere}/scratch"
    script = f'mount -t overlay overlay -o {layers} /etc && exec "$@"'
    under = [require_tool("unshare"), "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    if run([*under, "true"], stage.environment, stage.work).code != 0:
        not_here("nothing can be mounted over /etc here; the unit tests have the same with another path")
    return under


@pytest.mark.parametrize("name", ["token", "sealed"])
@pytest.mark.parametrize("what", POLICIES)
def test_one_that_decides_what_a_launch_would_decide_refuses_it(
    stage: Stage, policy: Path, under_policy: list[str], what: str, name: str
) -> None:
    stage.profile(KINDS[name])
    policy.write_text(json.dumps(POLICIES[what]))

    ended = stage.launch(KINDS[name], "-p", PROMPT, under=under_policy)

    assert (ended.returncode, ended.stdout) == (REFUSED, ""), ended
    assert "/etc/claude-code/managed-settings.json" in ended.stderr
    assert list(stage.everything()) == []


def test_one_that_comes_later_is_seen_in_spite_of_the_cached_plan(
    stage: Stage, policy: Path, under_policy: list[str]
) -> None:
    stage.profile(KINDS["token"])
    stage.launch(KINDS["token"], "-p", "hi")
    stage.forget()
    policy.write_text(json.dumps(POLICIES["address"]))

    assert stage.launch(KINDS["token"], "-p", "hi", under=under_policy).returncode == REFUSED
    assert list(stage.everything()) == []


def test_one_that_decides_other_things_applies(stage: Stage, policy: Path, under_policy: list[str]) -> None:
    kind = KINDS["token"]
    stage.profile(kind)
    policy.write_text(json.dumps({"env": {"FOO": "bar"}, "permissions": {"allow": ["Bash(printenv:*)"]}}))
    stage.ours.script = first(call("Bash", command="printenv FOO", description="x"))

    stage.launch(kind, "-p", PROMPT, under=under_policy)

    assert tool_results(stage.ours.messages[-1].body) == ["bar"]
    stage.check_requests(kind, stage.protection(kind))


OURS, THEIRS = 1, 50  # dollars for a million tokens, of every kind


@pytest.mark.parametrize(
    ("policy_says", "price", "told"),
    [
        ({"permissions": {"deny": ["Bash(rm:*)"]}}, OURS, "used"),  # the model of the catalog's own file has no price
        ({"modelPricing": {"overrides": {"v/main": dict.fromkeys(KINDS_OF_TOKENS, THEIRS)}}}, THEIRS, "policy"),
    ],
)
def test_prices_are_ours_unless_the_administrators_file_has_some(
    stage: Stage, policy: Path, under_policy: list[str], policy_says: dict[str, Any], price: int, told: str
) -> None:
    kind = KINDS["none"]
    prices = f"input = {OURS}, output = {OURS}, cache_read = {OURS}, cache_write = {OURS}"
    stage.profile(
        kind, 'billing = "tokens"', "".join(f'[models."{m}"]\nprices = {{ {prices} }}\n' for m in MODELS.values())
    )
    policy.write_text(json.dumps(policy_says))

    ended = stage.launch(kind, "-p", "hi", "--output-format", "json", under=under_policy)

    answer = json.loads(ended.stdout)
    usage = answer["modelUsage"]["v/main"]
    assert answer["total_cost_usd"] == pytest.approx((usage["inputTokens"] + usage["outputTokens"]) * price / 1e6)
    shown = stage.cc("run", "--dry-run", "--json", "own", under=under_policy)
    assert json.loads(shown.stdout)["data"]["prices"]["told"] == told


def test_a_collector_of_the_administrators_gets_the_telemetry_and_no_secret_of_the_profiles(
    stage: Stage, policy: Path, under_policy: list[str]
) -> None:
    token = stage.elsewhere / "token"
    token.touch(mode=0o600)
    token.write_text("otel-canary")
    with FakeCollector() as ours, FakeCollector() as theirs:
        address = theirs.url.replace("127.0.0.1", "localhost")  # by another name
        table = f'[telemetry]\notlp = "{ours.url}"\nsecret_headers.X-Key = "file:{token}"\n'
        stage.profile(KINDS["token"], tables=table)
        policy.write_text(json.dumps({"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": address}}))

        ended = stage.launch(KINDS["token"], "-p", PROMPT, under=under_policy)

        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        assert ours.exports == []
        assert not theirs.holds("otel-canary")
        assert "the secret of its telemetry is only for 127.0.0.1" in ended.stderr
