"""What a profile may say of a gateway, and what is said of one that is wrong: the file, the line, and what to do."""

import pytest

from cc_launcher.core.errors import INVALID, CcError
from tests.unit.conftest import resolved
from tests.unit.core.gateway.samples import BUDGETS, MINE, MIX


def refused(text: str) -> tuple[str, str]:
    with pytest.raises(CcError) as caught:
        resolved(text)
    assert caught.value.code == INVALID
    return caught.value.what, caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        ('"a/glm-5.3"', '"c/glm-5.3"', "mine.toml:5: route main: no upstream c", "did you mean"),
        ('"a/glm-5.3"', '"b/glm-5.3"', "mine.toml:5: route main names b/glm-5.3 twice", "add their weights"),
        ('"a/glm-5.3"', '"glm-5.3"', "mine.toml:5: routes.main.targets.0.to is not a target", "UPSTREAM/MODEL"),
        ('to = "b/small"', "weight = 1", "mine.toml:8: a target of route cheap has no `to`", "UPSTREAM/MODEL"),
        ('[{ to = "b/small" }]', "[]", "mine.toml:7: route cheap has no targets", 'to = "a/MODEL"'),
        ("weight = 70", "weight = 0", "mine.toml:5: routes.main.targets.0.weight must be greater than 0", ""),
        ("weight = 70", "weight = -1", "mine.toml:5: routes.main.targets.0.weight must be greater than 0", ""),
        ('["cheap"]', '["chaep"]', "mine.toml:6: route main falls back to chaep, which is no route", "mean cheap?"),
        ('["cheap"]', '["main"]', "mine.toml:6: route main falls back to itself: main → main", "take one"),
        ('\nto = "cheap"', '\nto = "chaep"', "mine.toml:12: rule saver leads to chaep, which is no route", "cheap?"),
        ('\nto = "cheap"', "", "mine.toml:9: rule saver has no `to`", 'add to = "main" or "cheap"'),
        ('name = "saver"\n', "", "mine.toml:9: rule 1 has no `name`", "the log"),
        ("budget_used", "budget", "mine.toml:11: rules.0.when names budget, which no request has", "budget_used"),
        ('engine = "litellm"', 'engine = "nginx"', "mine.toml:2: gateway.engine must be one of", ""),
        ('a = "zai", b = "my-openai"', "", "mine.toml:1: no upstreams", 'upstreams = { a = "PROFILE" }'),
        (
            "[gateway]",
            'base_url = "https://x.example"\n[gateway]',
            "base_url of a gateway that cc runs",
            "--gateway URL",
        ),
        ("[gateway]", 'auth = "bearer"\n[gateway]', "auth of a gateway that cc runs", "take it out"),
        ("[gateway]", 'api = "openai"\n[gateway]', "mine.toml:1: a gateway has no `api` of its own", "take it out"),
        ("[gateway]", 'tiers.main = "dear"\n[gateway]', "mine.toml:1: main is dear, which is no route", "main, cheap"),
        ("[gateway]", "models.dear.context = 2000\n[gateway]", "mine.toml:1: model dear is no route", "main, cheap"),
        ("[routes.cheap]", "[routes.'a/b']", 'routes."a/b" is not a valid name of a route', ""),
    ],
)
def test_a_fault_has_its_line_and_what_to_do(old: str, new: str, what: str, hint: str) -> None:
    assert old in MIX
    said, told = refused(MIX.replace(old, new, 1))
    assert what in said
    assert hint in told


def test_of_two_rules_the_second_one_has_its_own_line() -> None:
    text = MIX + '[[rules]]\nname = "saver"\nwhen = "model == \'main\'"\nto = "cheap"\n'
    assert refused(text) == ("mine.toml:14: two rules are called saver", "rename one: the log names them")
    assert refused(text.replace('"model ==', '"modle =='))[0].startswith("mine.toml:15: rules.1")


def test_a_loop_of_several_routes_is_told_as_its_way() -> None:
    text = MIX.replace('targets = [{ to = "b/small" }]', 'targets = [{ to = "b/small" }]\nfallback = ["main"]')
    assert "main → cheap → main" in refused(text)[0]


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        ('team = "red"', 'team = "rde"', "mine.toml:7: key alice: no team rde", "did you mean red?"),
        ('key = "alice"', 'key = "carol"', "mine.toml:4: no key carol", "[gateway.keys.carol]"),
        (
            'budget = "5 USD/day"',
            'budget = "5 USD"',
            "mine.toml:6: gateway.keys.alice.budget is not a budget",
            "5 USD/day",
        ),
        ('"claude-haiku-4-5"', '"main"', "main is a route, and a short name of another one", "rename one"),
    ],
)
def test_keys_teams_and_budgets(old: str, new: str, what: str, hint: str) -> None:
    said, told = refused(BUDGETS.replace(old, new, 1))
    assert what in said
    assert hint in told


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("routes.main.targets = []\n", "mine.toml:1: routes without [gateway]"),
        ('[[rules]]\nname = "a"\nwhen = "model == \'a\'"\nto = "b"\n', "mine.toml:1: rules without [gateway]"),
        ('api = "openai"\nauth = "bearer"\n', "mine.toml:1: no `base_url`"),
        (
            'api = "openai"\nauth = "api-key"\nbase_url = "https://a.example/v1"\n',
            "mine.toml:2: OpenAI's API has no",
        ),
        (
            'api = "openai"\nauth = "login"\nbase_url = "https://a.example/v1"\n',
            "mine.toml:1: a claude.ai login",
        ),
    ],
)
def test_half_a_gateway(text: str, what: str) -> None:
    assert what in refused(text)[0]


def test_its_routes_are_its_models_and_a_session_starts_on_main() -> None:
    profile = resolved(MIX).profile
    assert list(profile.models) == ["main", "cheap"]
    assert profile.tiers.main == "main"
    assert (
        resolved(MIX.replace("routes.main", "routes.first").replace("'main'", "'first'")).profile.tiers.main == "first"
    )
    assert resolved('tiers.main = "cheap"\n' + MIX).profile.tiers.main == "cheap"
    assert profile.by_gateway


def test_an_address_of_openais_api_keeps_its_v1_and_loses_what_the_engine_appends() -> None:
    whole = resolved(MINE.replace("/openai/v1", "/openai/v1/chat/completions/"))
    assert whole.profile.base_url == "https://llm.example.com/openai/v1"
    [correction] = whole.corrections
    assert correction.startswith("mine.toml:2: base_url is read as https://llm.example.com/openai/v1: the gateway")
    assert resolved(MINE).corrections == ()


def test_the_other_address_of_a_provider_does_not_follow_to_another_host() -> None:
    shipped = {"up": 'base_url = "https://a.example"\nopenai_url = "https://a.example/v1"\nauth = "bearer"\n'}
    assert resolved('extends = "up"\n', shipped=shipped).profile.openai_url == "https://a.example/v1"
    other = resolved('extends = "up"\nbase_url = "https://b.example"\n', shipped=shipped)
    assert other.profile.openai_url is None
    plain = 'base_url = "https://a.example"\nopenai_url = "http://a.example/v1"\nauth = "bearer"\n'
    assert "mine.toml:2: openai_url is plain http" in refused(plain)[0]
