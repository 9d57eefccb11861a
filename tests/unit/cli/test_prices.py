"""What commands say of the prices that a session gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import Sandbox
from tests.unit.cli.scene import OK, CommandScene

WHOLE = 'label = "X"\nbase_url = "https://x.example"\nauth = "none"\n[tiers]\nmain = "m"\n[models.m]\n'
PRICES = "prices = { input = 1, output = 3, cache_read = 0.1, cache_write = 2 }\n"
CHINESE = PRICES.replace("{", '{ currency = "CNY",')


@pytest.fixture
def scene(tmp_path: Path) -> CommandScene:
    root = tmp_path / "sandbox"
    root.mkdir()
    return CommandScene(Sandbox(root))


def said(scene: CommandScene, text: str) -> tuple[str, dict[str, Any]]:
    """The line of `cc show`, and what programs are told."""
    scene.sandbox.profile("mine", text)
    shown = scene.run("show", "mine")
    assert shown.code == OK, shown.err
    lines = [line.strip() for line in shown.out.decode().splitlines() if line.strip().startswith("shown ")]
    data = json.loads(scene.run("show", "--json", "mine").out)["data"]["plan"]["prices"]
    assert json.loads(scene.run("run", "--dry-run", "--json", "mine").out)["data"]["prices"] == data
    assert len(lines) < 2
    return "".join(lines).removeprefix("shown").strip(), data


def test_show_says_in_a_line_whether_what_a_session_shows_is_exact(scene: CommandScene) -> None:
    line, data = said(scene, WHOLE + PRICES)
    assert line == "exact: /cost, the status line and --max-budget-usd count with these prices"
    assert data == {
        "told": "all",
        "exact": {"m": {"input": 1.0, "output": 3.0, "cache_read": 0.1, "cache_write": 2.0}},
        "not_exact": {},
        "converted": [],
        "said": line,
    }
    line, data = said(scene, f"{WHOLE}{PRICES}[models.n]\n[models.o]\n")
    assert line == "exact, except for n (no price is known) and 1 more"
    assert (data["told"], data["not_exact"]) == ("used", dict.fromkeys("no", "no price is known"))
    line, data = said(scene, WHOLE + PRICES.replace(", cache_write = 2", ""))
    assert line == "an estimate: the price of writing the cache is not known"
    assert (data["told"], data["exact"]) == ("none", {})


def test_another_currency_needs_the_users_own_rate_and_that_is_said(scene: CommandScene) -> None:
    line, _ = said(scene, WHOLE + CHINESE)
    assert line == "an estimate: the price is in CNY, and config.toml has no rate for that"
    config = scene.sandbox.home / ".config" / "cc-launcher" / "config.toml"
    config.write_text("[rates]\nCNY = 0.5\n")
    config.chmod(0o600)
    line, data = said(scene, WHOLE + CHINESE)
    assert line.startswith("exact, at your own rate for CNY: ")
    assert (data["converted"], data["exact"]["m"]["output"]) == (["CNY"], 1.5)


def test_a_plan_costs_nothing_by_the_token(scene: CommandScene) -> None:
    line, data = said(scene, f'billing = "plan"\nplan_price = "20 USD/month"\n{WHOLE}{PRICES}')
    assert line.startswith("exact: ")
    assert set(data["exact"]["m"].values()) == {0.0}
    assert "nothing by the token: your plan pays (20 USD/month)" in scene.run("show", "mine").out.decode()


def test_variables_alone_hand_over_no_prices(scene: CommandScene) -> None:
    scene.sandbox.profile("mine", WHOLE + PRICES)
    assert json.loads(scene.run("env", "mine", "--format", "json").out)["data"]["set"]["CC_PRICES"] == "none"
