"""Held to a schema of the part that is written (tests/data/bifrost). Bifrost itself is not run."""

import json
from typing import Any

import pytest
from jsonschema import Draft201909Validator  # type: ignore[import-untyped] # it comes without types

from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway import bifrost
from cc_launcher.core.gateway.describe import describe
from tests.unit.conftest import REPOSITORY
from tests.unit.core.gateway.samples import BUDGETS, MINE, MIX, bifrost_renderings, described, loader

SCHEMA = json.loads((REPOSITORY / "tests/data/bifrost/parts.schema.json").read_text(encoding="utf-8"))


def rules_of(text: str) -> dict[str, Any]:
    return {rule["name"]: rule for rule in bifrost.config(described(text))["governance"]["routing_rules"]}


@pytest.mark.parametrize("name", bifrost_renderings())
def test_each_rendering_holds_the_schema(name: str) -> None:
    Draft201909Validator.check_schema(SCHEMA)
    Draft201909Validator(SCHEMA).validate(bifrost_renderings()[name])


def test_the_schema_would_see_a_key_that_is_not_there() -> None:
    rendering = bifrost.config(described(MIX))
    rendering["governance"]["routing_rules"][0]["weight"] = 1
    assert [*Draft201909Validator(SCHEMA).iter_errors(rendering)]


def test_a_route_is_a_rule_on_its_name_behind_those_of_the_user() -> None:
    rules = rules_of(MIX)
    assert list(rules) == ["saver", "route main", "route cheap"]
    assert [rule["priority"] for rule in rules.values()] == [0, 1, 2]
    assert rules["saver"]["cel_expression"] == "budget_used > 85.0 && model == 'main'"
    assert rules["saver"]["targets"] == [{"provider": "cc-b", "model": "small", "weight": 1.0}]
    main = rules["route main"]
    assert main["cel_expression"] == 'model == "main"'
    assert [target["weight"] for target in main["targets"]] == [0.7, 0.3]
    assert main["fallbacks"] == ["cc-a/glm-5.3", "cc-b/glm-5.3", "cc-b/small"]  # and so a session keeps its target


def test_weights_come_to_one() -> None:
    text = MIX.replace("weight = 70", "weight = 1").replace("weight = 30", "weight = 2")
    assert sum(target["weight"] for target in rules_of(text)["route main"]["targets"]) == 1


def test_order_a_chain_and_another_name() -> None:
    rules = rules_of(BUDGETS)
    assert list(rules) == ["soon", "late", "route main", "route cheap"]
    assert rules["route main"]["targets"] == [{"provider": "cc-b", "model": "glm-5.3", "weight": 1.0}]
    assert rules["late"]["chain_rule"] is True
    assert rules["late"]["targets"] == [{"model": "cheap", "weight": 1}]
    assert rules["route cheap"]["cel_expression"] == 'model in ["cheap", "claude-haiku-4-5"]'


def test_budgets_and_prices() -> None:
    governance = bifrost.config(described(BUDGETS))["governance"]
    assert [(budget["max_limit"], budget["reset_duration"]) for budget in governance["budgets"]] == [
        (20, "30d"),
        (3, "1d"),
        (5, "1d"),
        (50, "1M"),
    ]
    assert governance["virtual_keys"][0]["value"] == "env.CC_KEY_MIX_ALICE"
    patches = {one["name"]: json.loads(one["pricing_patch"]) for one in governance["pricing_overrides"]}
    assert patches["cc-b/small"]["output_cost_per_token"] == 0.0000004


@pytest.mark.parametrize(
    ("text", "mine", "what"),
    [
        (BUDGETS.replace('"20 USD/30d"', '"1 USD/session"'), MINE, "the budget is for a session"),
        (BUDGETS.replace('"b/small"', '"b/glm-5.3"'), MINE, "the budget of route cheap"),
        (MIX, MINE + '[secret_headers]\nX-A = "env:A"\n', "upstream b: Bifrost has no header with a secret (X-A)"),
        (
            MIX,
            MINE.replace("/openai/v1", "/{part}/v1").replace("[models", 'secret_values.part = "env:P"\n[models', 1),
            "upstream b: Bifrost has no address with a secret in it",
        ),
    ],
)
def test_what_it_cannot_say_is_refused_by_name(text: str, mine: str, what: str) -> None:
    with pytest.raises(CcError) as caught:
        bifrost.config(described(text, my_openai=mine))
    assert caught.value.what.startswith("mix: ")
    assert what in caught.value.what
    assert 'engine = "litellm"' in caught.value.hint


def test_a_name_that_it_would_take_apart_is_refused() -> None:
    load = loader({})
    with pytest.raises(CcError, match="groq: route openai/gpt-oss-120b: what stands before a / is a provider"):
        bifrost.config(describe(load("groq"), load))


def test_an_address_that_does_not_end_in_v1_is_written_as_a_path() -> None:
    provider = bifrost_renderings()["odd path"]["providers"]["cc-b"]
    assert provider["network_config"]["base_url"] == "https://llm.example.com"
    paths = provider["custom_provider_config"]["request_path_overrides"]
    assert paths["chat_completion_stream"] == "/api/paas/v4/chat/completions"
