"""Gateways to try: profiles as files, described with the upstreams that they name."""

from __future__ import annotations

from typing import Any

from cc_launcher.core.gateway import bifrost
from cc_launcher.core.gateway.describe import describe
from cc_launcher.core.gateway.description import Gateway
from cc_launcher.core.profile.resolve import Resolved
from tests.unit.conftest import CATALOG, resolved

MINE = """\
api = "openai"
base_url = "https://llm.example.com/openai/v1"
auth = "bearer"
title = "Mine"
[models."glm-5.3"]
context = 131072
max_output = 8192
prices = { input = 1, output = 5, above = { 99999 = { input = 2, output = 10 } } }
[models.small]
prices = { input = 0.1, output = 0.4, cache_read = 0.01 }
"""
MIX = """\
[gateway]
engine = "litellm"
upstreams = { a = "zai", b = "my-openai" }
[routes.main]
targets = [{ to = "a/glm-5.3", weight = 70 }, { to = "b/glm-5.3", weight = 30 }]
fallback = ["cheap"]
[routes.cheap]
targets = [{ to = "b/small" }]
[[rules]]
name = "saver"
when = "budget_used > 85.0 && model == 'main'"
to = "cheap"
"""
BUDGETS = """\
budget = "20 USD/30d"
[gateway]
upstreams = { a = "zai", b = "my-openai" }
key = "alice"
[gateway.keys.alice]
budget = "5 USD/day"
team = "red"
[gateway.keys.bob]
[gateway.teams.red]
budget = "50 USD/month"
[routes.main]
targets = [{ to = "a/glm-5.3", order = 2 }, { to = "b/glm-5.3" }]
[routes.cheap]
targets = [{ to = "b/small" }]
budget = "3 USD/day"
[models.cheap]
aliases = ["claude-haiku-4-5"]
[[rules]]
name = "late"
when = "headers['x-cheap'] == '1'"
to = "cheap"
priority = 5
chain = true
[[rules]]
name = "soon"
when = "team_name == 'red' && 90 < budget_used"
to = "cheap"
"""


def loader(texts: dict[str, str]) -> Any:
    """What reads these profiles, and those of the catalog."""
    catalog = {path.stem: path.read_text(encoding="utf-8") for path in CATALOG.glob("*.toml")}

    def load(name: str) -> Resolved:
        return resolved({"my-openai": MINE} | texts, name, catalog)

    return load


def described(text: str, **others: str) -> Gateway:
    """The gateway that this file is; the names of others are with `_` for `-`."""
    load = loader({"mix": text} | {name.replace("_", "-"): other for name, other in others.items()})
    return describe(load("mix"), load)


def bifrost_renderings() -> dict[str, dict[str, Any]]:
    """What is written for Bifrost in each way that it is."""
    odd = MINE.replace("/openai/v1", "/api/paas/v4") + '[headers]\nX-A = "b"\n'
    keyless = MINE.replace('"bearer"', '"none"').replace("https://llm.example.com", "http://localhost:9000")
    return {
        "mix": bifrost.config(described(MIX)),
        "budgets": bifrost.config(described(BUDGETS)),
        "postgres": bifrost.config(described(BUDGETS), postgres=True),
        "odd path": bifrost.config(described(MIX, my_openai=odd)),
        "keyless": bifrost.config(described(MIX, my_openai=keyless)),
    }
