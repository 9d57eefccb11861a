"""The real ccusage beside us: with our prices it comes to our dollars, and where it differs, it is as the docs say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import ccusage
from tests.client import beside_ccusage
from tests.support import Sandbox
from tests.transcripts import CORPUS, FORK, TRUTH, answer, marked, write
from tests.unit.cli.scene import OK, CommandScene

ALPHA = """\
base_url = "https://alpha.example"
auth = "bearer"
tiers.main = "z-ai/glm-5.3"
tiers.haiku = "z-ai/glm-5.3-small"
[models."z-ai/glm-5.3"]
prices = { input = 1, output = 5, cache_read = 0.1, cache_write = 1.25, cache_write_1h = 2 }
[models."z-ai/glm-5.3-small"]
prices = { input = 0.5, output = 1, cache_read = 0.05, cache_write = 0.5, cache_write_1h = 1 }
"""
BETA = """\
base_url = "https://beta.example"
auth = "bearer"
tiers.main = "deepseek-v4-pro"
[models.deepseek-v4-pro]
prices = { input = 0.435, output = 0.87, cache_read = 0.0036, cache_write = 0.435, cache_write_1h = 0.87 }
"""
# Where ccusage counts what the endpoint counted: then its dollars are to be ours.
SAME = ("01-print", "03-subagents", "10-config-dirs")


@pytest.fixture
def scene(tmp_path: Path) -> CommandScene:
    root = tmp_path / "sandbox"
    root.mkdir()
    made = CommandScene(Sandbox(root))
    made.sandbox.profile("alpha", ALPHA)
    made.sandbox.profile("beta", BETA)
    return made


def exported(scene: CommandScene, directory: Path, *args: str) -> Path:
    result = scene.run("usage", "--export", "ccusage", *args)
    assert result.code == OK, result
    path = directory / "prices.json"
    path.write_bytes(result.out)
    return path


def by_model(scene: CommandScene, *args: str) -> dict[str, float]:
    """Our own dollars."""
    rows: list[dict[str, Any]] = json.loads(scene.shown("usage", "--json", "--by", "model", *args))["data"]["rows"]
    return {row["model"]: row["cost"] for row in rows}


@pytest.mark.parametrize("scenario", SAME)
def test_with_our_prices_it_comes_to_our_dollars(scene: CommandScene, tmp_path: Path, scenario: str) -> None:
    configs = [CORPUS / directory for directory in TRUTH[scenario]["config_dirs"]]
    args = [word for config in configs for word in ("--dir", str(config))]
    ours = by_model(scene, *args)
    assert None not in ours.values()
    theirs = ccusage.costs(tmp_path, configs, exported(scene, tmp_path, *args))
    assert theirs == pytest.approx(ours, abs=1e-9)
    without = ccusage.asked(tmp_path, configs)
    assert without is not None
    assert without["totals"]["totalCost"] != pytest.approx(sum(ours.values()), rel=0.01)


def test_free_other_currencies_and_plans_too(scene: CommandScene, tmp_path: Path) -> None:
    scene.sandbox.profile("gift", 'extends = "alpha"\nbilling = "free"\ntiers.main = "gift-1"\n[models.gift-1]\n')
    scene.sandbox.profile(
        "yuan",
        'extends = "beta"\ntiers.main = "yuan-1"\n[models.yuan-1]\n'
        'prices = { input = 10, output = 20, cache_read = 1, cache_write = 10, currency = "CNY" }\n',
    )
    (scene.profiles.parent / "config.toml").write_text("[rates]\nCNY = 0.14\n")
    lines = [
        marked(0, "gift"),
        answer(1, (1_000, 2_000, 3_000, 4_000), model="gift-1"),
        marked(2, "yuan", session=FORK),
        answer(3, (1_000, 2_000, 3_000, 4_000), model="yuan-1", session=FORK),
    ]
    write(tmp_path / "client", lines)
    args = ("--dir", str(tmp_path / "client"))
    theirs = ccusage.costs(tmp_path, [tmp_path / "client"], exported(scene, tmp_path, *args))
    ours = by_model(scene, *args)
    assert ours == {"gift-1": 0.0, "yuan-1": pytest.approx(0.084)}
    assert theirs == pytest.approx({"gift-1": 0.0, "yuan-1": 0.084 * 0.14})


def test_the_file_is_as_its_schema_says(scene: CommandScene, tmp_path: Path) -> None:
    schema = json.loads((ccusage.install().parents[1] / "ccusage" / "config-schema.json").read_text())
    path = exported(scene, tmp_path, "--dir", str(CORPUS / "03-subagents/home/.claude"))
    jsonschema = pytest.importorskip("jsonschema")
    whole = json.loads(path.read_text())
    jsonschema.Draft7Validator(schema).validate(whole)
    assert whole["defaults"]["pricingOverrides"]


def test_what_it_cannot_do_is_as_we_say(tmp_path: Path) -> None:
    """Measured: a write for an hour is twice the input, and a price by length is of the tokens beyond it alone."""
    half = {"inputCostPerToken": 1e-06, "outputCostPerToken": 1e-06, "cacheCreationInputTokenCost": 1e-06}
    hour = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 1_000}
    usage = {"input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 1_000, "cache_creation": hour}
    write(tmp_path / "hour", [answer(1, (0, 0, 0, 0), model="m", message={"usage": usage})])
    write(tmp_path / "long", [answer(1, (300_000, 0, 0, 0), model="m")])
    write(tmp_path / "read", [answer(1, (0, 0, 0, 1_000), model="m")])
    assert dollars(tmp_path, "hour", half) == pytest.approx(0.002)
    assert dollars(tmp_path, "long", {**half, "inputCostPerTokenAbove200kTokens": 2e-06}) == pytest.approx(0.4)
    assert dollars(tmp_path, "read", half) == 0  # what has no price there costs nothing


def dollars(directory: Path, client: str, override: dict[str, float]) -> float:
    prices = directory / f"{client}.json"
    prices.write_text(json.dumps({"defaults": {"pricingOverrides": {"m": override}}}))
    return ccusage.costs(directory, [directory / client], prices)["m"]


def test_beside_it_on_the_corpus() -> None:
    every = beside_ccusage.compared()
    ours = {scenario for scenario, (truth, mine, _) in every.items() if mine == truth}
    theirs = {scenario for scenario, (truth, _, it) in every.items() if it == truth}
    assert theirs < ours
    assert theirs == {*SAME, "22-another-name"}
    # Of old clients no line and no sum has the compaction, and what is not kept, nobody can count.
    assert set(every) - ours == {"12-client-2.0.64", "12-client-2.1.240", "13-not-kept", "21-forks"}
