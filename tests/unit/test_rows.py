"""Each plan of the catalog has what the documentation of its provider says, and as the real client was seen to take it.

`tests/client/test_catalog.py` launches one provider of each shape of plan and looks at what arrives. Here all are held
against the same rows: so what was seen of one is true of all of its shape.
"""

from collections import defaultdict

import pytest

from cc_launcher.core.plan import BASE_URL, DESCRIPTOR, HEADER, TOKEN, URL
from tests.rows import MAX_OUTPUT, REGIONS, ROWS, TIMEOUT, WINDOW, planned, shape

ANTHROPIC = "https://api.anthropic.com"
TIERS = ("opus", "sonnet", "haiku", "fable")
CARRIES = {"authorization": TOKEN, "x-api-key": DESCRIPTOR}
# What a row says of how the client works, which is the same for all plans of a shape or is no matter of the plan.
EXPECTED = ("header", "thinking", "deferred", "private")


def address(name: str, region: str = "") -> str:
    plan = planned(name, region)
    found = plan.set.get(BASE_URL, ANTHROPIC)
    for key, secret in ROWS[name].get("in_path", {}).items():
        assert [slot.delivery for slot in plan.slots if slot.name == key] == [URL]
        found = found.replace(f"{{{key}}}", secret)
    return found


@pytest.mark.parametrize("name", ROWS)
def test_the_address(name: str) -> None:
    assert address(name) == ROWS[name]["address"]


@pytest.mark.parametrize(("name", "region"), REGIONS)
def test_a_region_is_another_address_for_the_same_key(name: str, region: str) -> None:
    assert address(name, region) == ROWS[name]["regions"][region]
    slots = [[slot.but(hint="", read=(), reference="") for slot in planned(name, at).slots] for at in ("", region)]
    assert slots[0] == slots[1]


@pytest.mark.parametrize("name", ROWS)
def test_the_credential(name: str) -> None:
    row, plan = ROWS[name], planned(name)
    own = [slot.delivery for slot in plan.slots if slot.delivery not in {HEADER, URL}]
    assert own == ([CARRIES[row["header"]]] if "variable" in row else [])
    assert plan.set.get("ANTHROPIC_AUTH_TOKEN") == row.get("token")
    headers = {slot.name.lower() for slot in plan.slots if slot.delivery == HEADER}
    assert headers >= {*row.get("twice", ())}
    assert headers <= {*row.get("twice", ()), *row.get("also", ())}
    lines = dict(line.lower().split(": ", 1) for line in plan.set.get("ANTHROPIC_CUSTOM_HEADERS", "").splitlines())
    assert lines == row.get("headers", {})


@pytest.mark.parametrize("name", ROWS)
def test_the_model_of_each_tier(name: str) -> None:
    row, plan = ROWS[name], planned(name)
    if "models" not in row and "ask" not in row:
        assert plan.model == ""
        return
    models = row.get("models", {"all": row.get("ask")})
    assert plan.set["ANTHROPIC_MODEL"] == models.get("main", models.get("all"))
    assert {tier: plan.set[f"ANTHROPIC_DEFAULT_{tier.upper()}_MODEL"] for tier in TIERS} == {
        tier: models.get(tier, models["all"]) for tier in TIERS
    }


@pytest.mark.parametrize("name", ROWS)
def test_the_numbers(name: str) -> None:
    row, plan = ROWS[name], planned(name)
    for variable, key, factor in ((TIMEOUT, "timeout", 1000), (WINDOW, "window", 1), (MAX_OUTPUT, "max_tokens", 1)):
        if key in row:
            assert plan.set[variable] == str(row[key] * factor), variable
    assert ("timeout" in row) == (TIMEOUT in plan.set)


def test_what_one_shape_is_to_do_is_the_same_for_all_of_it() -> None:
    expected = defaultdict(set)
    for name, row in ROWS.items():
        expected[shape(name)].add(tuple(row.get(key) for key in EXPECTED))
    assert {key: found for key, found in expected.items() if len(found) > 1} == {}
    assert 10 < len(expected) < len(ROWS)
