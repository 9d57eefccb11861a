"""What each provider of the catalog is to see of a launch (`tests/data/catalog.toml`), and what a launch would do."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from typing import Any

from cc_launcher.core.plan import BASE_URL, Plan
from tests.unit.conftest import CATALOG, REPOSITORY, plan_of, resolved

EVERY: dict[str, dict[str, Any]] = tomllib.loads((REPOSITORY / "tests/data/catalog.toml").read_text(encoding="utf-8"))
# Those that the client reaches itself, and those that it reaches by a gateway.
ROWS = {name: row for name, row in EVERY.items() if "api" not in row}
BY_GATEWAY = {name: row for name, row in EVERY.items() if "api" in row}
REGIONS = [(name, region) for name, row in ROWS.items() for region in row.get("regions", {})]
WINDOW, TIMEOUT, MAX_OUTPUT = "CLAUDE_CODE_MAX_CONTEXT_TOKENS", "API_TIMEOUT_MS", "CLAUDE_CODE_MAX_OUTPUT_TOKENS"
# What differs from provider to provider, and changes nothing of how a client works but its number, its host or a name.
_VALUES = (BASE_URL, WINDOW, TIMEOUT, MAX_OUTPUT, "CC_PROFILE", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS")


@cache
def planned(name: str, region: str = "") -> Plan:
    """The plan of this provider, with the values that its row has."""
    row = ROWS[name]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in CATALOG.glob("*.toml")}
    values = "".join(f"values.{key} = {json.dumps(value)}\n" for key, value in row.get("values", {}).items())
    chosen = f"region = {json.dumps(region)}\n" if region else ""
    return plan_of(resolved(f'extends = "{name}"\n{chosen}{values}', shipped=texts), row.get("ask"))


def shape(name: str) -> str:
    """All of a plan but what it says of this provider alone: a client does the same with all plans of a shape."""
    plan = planned(name)
    variables = sorted(
        (variable, "" if variable in _VALUES or "MODEL" in variable else value) for variable, value in plan.set.items()
    )
    slots = [(slot.delivery, slot.before, slot.delivery != "header" and slot.name) for slot in plan.slots]
    # The client knows these models, and thinks and counts for them as it has learned to.
    known = plan.model.startswith("claude-")
    return repr((variables, slots, plan.protection, plan.unset, plan.network, bool(plan.managed), known))
