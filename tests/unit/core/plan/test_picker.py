"""The rows of the client's `/model`."""

import json
from typing import Any

import pytest

from cc_launcher.core.profile.resolve import Resolved
from tests.unit.conftest import catalog_profile, plan_of, resolved

PROFILE = """\
base_url = "https://h"
auth = "bearer"
secret = "keyring:k"
[tiers]
main = "m"
haiku = "h"
[models.x]
good_for = "long texts"
context = 1000000
prices = { input = 2, output = 8, currency = "CNY" }
[models.m]
name = "Em"
context = 200000
prices = { input = 1, output = 3.5 }
[models.h]
prices = { input = 0, output = 0 }
"""


def picker(text: str | Resolved, word: str | None = None, **how: Any) -> Any:
    return json.loads(plan_of(text, word, **how).pins).get("modelPicker")


def test_the_main_model_is_first_and_each_row_says_what_it_is_for_its_window_and_its_price() -> None:
    assert picker(PROFILE) == {
        "replaceBuiltInOptions": True,
        "options": [
            {"model": "m", "label": "Em", "description": "main model · 200K window · $1.00 in, $3.50 out"},
            {"model": "h", "label": "h", "description": "small jobs · free"},
            {"model": "x", "label": "x", "description": "long texts · 1M window · CNY 2.00 in, CNY 8.00 out"},
        ],
    }


def test_a_model_that_is_named_comes_first_and_other_slots_say_what_they_are() -> None:
    rows = picker(PROFILE, "x")["options"]
    assert [row["model"] for row in rows] == ["x", "m", "h"]
    text = f'fallback_model = "x"\n{PROFILE}'.replace("[tiers]", '[tiers]\nopus = "o"\nsubagent = "s"')
    said = {row["model"]: row["description"] for row in picker(text)["options"]}
    assert (said["o"], said["s"]) == ("opus tier, fable tier", "subagents")
    plain = {row["model"]: row["description"] for row in picker(text.replace('good_for = "long texts"', ""))["options"]}
    assert plain["x"].startswith("when the main one is busy · ")


@pytest.mark.parametrize(("paid", "words"), [("plan", "in your plan"), ("free", "free")])
def test_what_is_not_paid_by_the_token_has_no_price(paid: str, words: str) -> None:
    rows = picker(f'billing = "{paid}"\n{PROFILE}')["options"]
    assert [row["description"].rpartition(" · ")[2] for row in rows] == [words] * 3


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (PROFILE.partition("[models.x]")[0].replace('haiku = "h"', ""), {}),  # one model: nothing to choose
        (PROFILE, {"version": (2, 1, 241)}),
        (PROFILE, {"version": None}),
        ('auth = "login"\n', {}),
    ],
)
def test_where_there_is_none(text: str, how: dict[str, Any]) -> None:
    assert picker(text, **how) is None


def test_a_sealed_launch_has_it_too_and_a_model_without_tools_is_not_offered() -> None:
    assert picker(PROFILE, sealed=True) == picker(PROFILE)
    text = PROFILE.replace("[models.x]", "[models.x]\ntools = false").replace("[models.h]", "[models.h]\ntools = false")
    assert [row["model"] for row in picker(text)["options"]] == ["m", "h"]  # small jobs need none


def test_of_dozens_of_models_three_screens_are_shown() -> None:
    profile = catalog_profile("openrouter")
    assert len(profile.profile.models) > 40
    assert len(picker(profile)["options"]) == 30
    assert len(plan_of(profile).pins) < 64 * 1024


def test_a_model_to_go_on_with_is_pinned_by_its_whole_name() -> None:
    text = f'fallback_model = "ex"\n{PROFILE}'.replace("[models.x]", '[models."v/x"]\naliases = ["ex"]')

    def fallback(word: str | None = None, **how: Any) -> Any:
        return json.loads(plan_of(text, word, **how).pins).get("fallbackModel")

    assert fallback() == fallback(sealed=True) == fallback(version=(2, 1, 166)) == fallback("m") == ["v/x"]
    assert fallback("ex") is None  # it is the main one
    assert fallback(version=(2, 1, 165)) is None
    assert json.loads(plan_of(PROFILE).pins).get("fallbackModel") is None
    assert resolved(text).profile.fallback_model == "ex"
