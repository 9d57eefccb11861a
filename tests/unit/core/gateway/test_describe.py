import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway.describe import describe
from tests.unit.core.gateway.samples import BUDGETS, MIX, described, loader


def refused(text: str, **others: str) -> str:
    with pytest.raises(CcError) as caught:
        described(text, **others)
    return caught.value.what


def test_targets_have_their_names_their_shares_and_what_is_known_of_their_models() -> None:
    main, cheap = described(MIX).routes
    assert [(target.name, target.weight) for target in main.targets] == [("mix/main@0", 70), ("mix/main@1", 30)]
    assert [(target.upstream.alias, target.model) for target in main.targets] == [("a", "glm-5.3"), ("b", "glm-5.3")]
    assert [target.context for target in main.targets] == [1_000_000, 131_072]
    assert main.targets[0].prices is not None
    assert main.targets[0].prices.cache_write == 1.40  # by the rule of its provider
    assert main.fallback == ("cheap",)
    assert cheap.targets[0].name == "mix/cheap@0"


def test_those_of_a_higher_order_share_nothing_and_come_last() -> None:
    [main, _] = described(BUDGETS).routes
    assert [(target.upstream.alias, target.weight) for target in main.targets] == [("b", 1), ("a", 0)]


def test_rules_are_in_the_order_in_which_they_are_looked_at_with_doubles() -> None:
    rules = described(BUDGETS).rules
    assert [(rule.name, rule.priority, rule.chain) for rule in rules] == [("soon", 0, False), ("late", 5, True)]
    assert rules[0].when == "team_name == 'red' && 90.0 < budget_used"


def test_budgets_are_those_of_the_profile_its_routes_keys_and_teams() -> None:
    found = described(BUDGETS)
    assert [(budget.scope, budget.name, budget.amount, budget.per) for budget in found.budgets] == [
        ("profile", "", 20, "30d"),
        ("route", "cheap", 3, "day"),
        ("key", "alice", 5, "day"),
        ("team", "red", 50, "month"),
    ]
    assert found.aliases == (("claude-haiku-4-5", "cheap"),)
    assert (found.key, [key.team for key in found.keys], found.teams) == ("alice", ["red", ""], ("red",))


def test_what_is_behind_a_route_goes_on_to_the_routes_behind_those() -> None:
    text = MIX.replace('[{ to = "b/small" }]', '[{ to = "b/small" }]\nfallback = ["last"]')
    found = described(text + '[routes.last]\ntargets = [{ to = "a/glm-4.7" }]\n')
    assert [target.name for target in found.behind(found.route("main"))] == ["mix/cheap@0", "mix/last@0"]


def test_a_lone_provider_is_a_gateway_of_its_models() -> None:
    load = loader({"lone": 'extends = "my-openai"\ntiers.main = "glm-5.3"\n'})
    found = describe(load("lone"), load, word="some/other")
    assert found.is_alone
    assert [route.targets[0].name for route in found.routes] == ["lone/glm-5.3@0", "lone/small@0", "lone/some/other@0"]


def test_a_plan_for_named_tools_is_said_before_its_first_use() -> None:
    assert any(
        "upstream a (zai): its coding plan is for the tools that Z.ai names" in note for note in described(MIX).notes
    )


def test_a_model_without_a_price_under_a_budget_is_said() -> None:
    found = described(BUDGETS.replace('"b/small"', '"b/unknown"'))
    assert any("no price is known of b/unknown" in note for note in found.notes)
    assert not any("no price" in note for note in described(MIX.replace('"b/small"', '"b/unknown"')).notes)


def test_a_budget_in_another_currency_than_its_models_is_refused() -> None:
    said = refused(BUDGETS.replace('"3 USD/day"', '"3 CNY/day"'))
    assert said == "mix.toml:15: the budget is in CNY, and b/small costs USD"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ('auth = "login"\n', "your claude.ai login"),
        ('extends = "bedrock"\n', "a cloud"),
        ('extends = "litellm"\n', "a gateway itself"),
        (MIX, "a gateway itself"),
        ('extends = "nobody"\n', "there is no such profile"),
        ("", "no `auth`"),
    ],
)
def test_what_cannot_be_an_upstream_is_refused_with_the_reason_and_the_line(other: str, why: str) -> None:
    said = refused(MIX, my_openai=other)
    assert said.startswith("mix.toml:3: upstream b")
    assert why in said


def test_one_that_claude_code_reaches_itself_is_no_gateway() -> None:
    load = loader({})
    with pytest.raises(CcError, match="zai is no gateway: it speaks Anthropic's API"):
        describe(load("zai"), load)
