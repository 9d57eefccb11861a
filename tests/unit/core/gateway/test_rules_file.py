from cc_launcher.core.gateway import rules_file
from tests.unit.core.gateway.samples import BUDGETS, MIX, described


def test_what_the_hooks_are_told() -> None:
    told = rules_file.rules([described(MIX)], "/data/log.sqlite3")
    assert (told["version"], told["database"], list(told["profiles"])) == (1, "/data/log.sqlite3", ["mix"])
    mix = told["profiles"]["mix"]
    assert mix["models"] == ["main", "cheap"]
    assert mix["routes"]["main"]["targets"] == [["mix/main@0", 70], ["mix/main@1", 30]]
    [rule] = mix["rules"]
    assert rule == {
        "name": "saver",
        "when": "budget_used > 85.0 && model == 'main'",
        "to": "cheap",
        "priority": 0,
        "chain": False,
    }
    assert mix["served"]["mix/main@1"] == {"upstream": "b", "model": "glm-5.3"}
    assert set(told["secrets"]) == {"mix/main@0", "mix/main@1", "mix/cheap@0"}


def test_a_price_has_all_four_and_those_of_longer_requests() -> None:
    prices = rules_file.rules([described(MIX)], "x")["profiles"]["mix"]["prices"]
    assert prices["mix/main@1"] == {
        "input": 1,
        "output": 5,
        "cache_read": 1,
        "cache_write": 1,
        "currency": "USD",
        "above": {"99999": {"input": 2, "output": 10, "cache_read": 2, "cache_write": 2}},
    }
    assert prices["mix/cheap@0"]["cache_read"] == 0.01


def test_a_plan_costs_nothing_by_the_token_and_an_unknown_price_is_left_out() -> None:
    text = MIX.replace('"zai"', '"kimi-code"').replace("a/glm-5.3", "a/k3").replace('"b/small"', '"b/unknown"')
    prices = rules_file.rules([described(text)], "x")["profiles"]["mix"]["prices"]
    assert prices["mix/main@0"]["output"] == 0
    assert "mix/cheap@0" not in prices


def test_budgets_and_whose_they_are() -> None:
    mix = rules_file.rules([described(BUDGETS)], "x")["profiles"]["mix"]
    assert [(budget["scope"], budget["name"], budget["per"]) for budget in mix["budgets"]] == [
        ("profile", "", "30d"),
        ("route", "cheap", "day"),
        ("key", "alice", "day"),
        ("team", "red", "month"),
    ]
    assert (mix["key"], mix["keys"]) == ("alice", {"alice": {"team": "red"}, "bob": {"team": ""}})
    assert "metrics_key" not in rules_file.rules([described(BUDGETS)], "x"), "here cc hands that out, too"
    assert rules_file.rules([described(BUDGETS)], "x", deployed=True)["metrics_key"] == "LITELLM_MASTER_KEY"
    deployed = rules_file.rules([described(BUDGETS)], "x", deployed=True)["profiles"]["mix"]["keys"]
    assert deployed["alice"] == {"team": "red", "variable": "CC_KEY_MIX_ALICE"}
    alone = rules_file.rules([described(MIX)], "x", deployed=True)["profiles"]["mix"]["keys"]
    assert alone == {"default": {"team": "", "variable": "CC_KEY_MIX_DEFAULT"}}
