"""The configuration; that LiteLLM does what it says shows tests/gateways/test_rendered.py."""

import json

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway import litellm
from cc_launcher.core.gateway.describe import describe
from tests.rows import BY_GATEWAY
from tests.unit.conftest import catalog_profile
from tests.unit.core.gateway.samples import BUDGETS, MIX, described, loader


def test_each_target_is_a_group_of_its_own_and_leads_to_the_next_and_then_to_fallback() -> None:
    config = litellm.config([described(MIX)])
    assert [one["model_name"] for one in config["model_list"]] == ["mix/main@0", "mix/main@1", "mix/cheap@0"]
    assert [one["model_info"]["id"] for one in config["model_list"]] == ["mix/main@0", "mix/main@1", "mix/cheap@0"]
    assert config["router_settings"]["fallbacks"] == [
        {"mix/main@0": ["mix/main@1", "mix/cheap@0"]},
        {"mix/main@1": ["mix/main@0", "mix/cheap@0"]},
    ]
    assert config["router_settings"]["max_fallbacks"] == 2
    assert config["general_settings"]["custom_auth"] == "cc_hooks.check"


def test_how_each_upstream_is_reached() -> None:
    anthropic, openai, _ = litellm.config([described(MIX)])["model_list"]
    assert anthropic["litellm_params"]["model"] == "anthropic/glm-5.3"
    assert anthropic["litellm_params"]["extra_headers"]["Authorization"].startswith("os.environ/CC_UPSTREAM_MIX_A_")
    assert openai["litellm_params"]["model"] == "hosted_vllm/glm-5.3"
    assert openai["litellm_params"]["api_base"] == "https://llm.example.com/openai/v1"
    assert openai["litellm_params"]["input_cost_per_token"] == 0.000001
    assert openai["model_info"]["max_output_tokens"] == 8192


def test_every_secret_is_a_variable() -> None:
    config = litellm.config([described(BUDGETS)], metrics=True, redis=True)
    secrets = [value for one in config["model_list"] for value in (one["litellm_params"]["api_key"],)]
    assert all(value.startswith("os.environ/CC_UPSTREAM_MIX_") for value in secrets)
    assert config["litellm_settings"]["callbacks"] == ["prometheus", "cc_hooks.hooks"]
    assert config["router_settings"]["redis_host"] == "os.environ/REDIS_HOST"
    json.dumps(config, allow_nan=False)


def test_a_rule_that_asks_for_what_it_cannot_say_is_refused_by_name() -> None:
    with pytest.raises(CcError, match="mix: rule saver asks for complexity_tier, which LiteLLM cannot say"):
        litellm.config([described(MIX.replace("budget_used > 85.0", "complexity_tier == 'X'"))])


def test_a_provider_of_which_no_model_is_named_is_refused() -> None:
    load = loader({})
    with pytest.raises(CcError, match="nvidia: no model of it is named"):
        litellm.config([describe(load("nvidia"), load)])


@pytest.mark.parametrize("name", BY_GATEWAY)
def test_each_provider_of_the_catalog_is_reached_as_its_row_says(name: str) -> None:
    row, whole = BY_GATEWAY[name], catalog_profile(name)
    found = describe(whole, loader({}), word=row.get("ask", ""))
    params = {one["model_name"]: one for one in litellm.config([found])["model_list"]}
    asked = row.get("ask") or row["models"].get("main", row["models"]["all"])
    one = params[f"{name}/{asked}@0"]
    assert one["litellm_params"]["model"] == f"{row['engine']}/{asked}"
    assert one["litellm_params"]["api_base"] == row["address"]
    assert one["model_info"].get("max_input_tokens") == row.get("window")
    [upstream] = found.upstreams
    assert whole.profile.key_env[:1] == ((row["variable"],) if "variable" in row else ())
    assert (upstream.key is None) == ("variable" not in row)
    if upstream.key is None:
        assert one["litellm_params"]["api_key"] == row["token"]
    tiers = {whole.profile.tiers.main, whole.profile.tiers.haiku} - {None}
    assert tiers == {*row.get("models", {}).values()}
