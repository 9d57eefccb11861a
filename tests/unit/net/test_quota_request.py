"""What each provider is asked, and what its answers, good and bad, become."""

from typing import Any

import pytest

from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status import quota_answers
from cc_launcher.core.status.figures import Figure
from cc_launcher.core.status.quota_answers import SHAPES, NoFigures
from cc_launcher.net import quota_request as net_quota
from cc_launcher.net.fetch import NoAnswer
from tests.fakes.fake_quota import DOCUMENTED, HOUR, WEEK_END, fake_quota
from tests.unit.conftest import CANARY, catalog_profile, resolved

DAY = 1795219200  # 2026-11-21
EXPECTED: dict[str, list[tuple[object, ...]]] = {  # name, used, left, limit, unit, resets
    "zai": [("5h", 67, None, None, "", HOUR), ("wk", 8.4, None, None, "", WEEK_END)],
    "openrouter": [("budget", 75, 5, 20, "USD", 0), ("balance", None, 74.75, None, "USD", 0)],
    "deepseek": [("balance", None, 110, None, "CNY", 0)],
    "moonshot": [("balance", None, 49.58894, None, "USD", 0)],
    "kimi": [("wk", 50, None, None, "", DAY + 7 * 86400), ("5h", 25, None, None, "", DAY + 15 * 3600 + 0.5)],
    "minimax": [("5h", 67, None, None, "", HOUR), ("wk", 8, None, None, "", 0)],
    "siliconflow": [("balance", None, 88.88, None, "USD", 0)],
    "novita": [("balance", None, 12.34, None, "USD", 0)],
    "stepfun": [("balance", None, 12.5, None, "USD", 0)],
    "litellm": [("budget", 25, 22.5, 30, "USD", DAY + 10 * 86400)],
    "bifrost": [("budget", 25, 37.5, 50, "USD", DAY + 86400), ("tokens", 25, None, None, "", DAY + 11 * 3600)],
}
CREDENTIAL = {"zai": ("authorization", CANARY), "bifrost": ("x-bf-vk", CANARY)}


def profile(shape: str, address: str, more: str = "") -> Resolved:
    base = address.rpartition("://")[2].partition("/")[0]
    where = f'base_url = "http://{base}"\nquota = "{shape}"\nquota_url = "{address}"\n'
    return resolved(f'auth = "bearer"\n{where}{more}tiers.main = "m"\n')


def values(figure: Figure) -> tuple[object, ...]:
    return tuple(getattr(figure, name) for name in ("name", "used", "left", "limit", "unit", "resets"))


def test_every_shape_has_a_fake_and_a_place_in_the_catalog() -> None:
    assert set(SHAPES) == set(DOCUMENTED) == set(EXPECTED)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_documented_answer_is_understood(shape: str) -> None:
    with fake_quota(shape) as fake:
        found = net_quota.ask(profile(shape, fake.address), fake.address, CANARY)
    assert [values(figure) for figure in found] == [pytest.approx(row) for row in EXPECTED[shape]]
    assert [path for path, _ in fake.requests] == list(DOCUMENTED[shape])
    name, value = CREDENTIAL.get(shape, ("authorization", f"Bearer {CANARY}"))
    for path, headers in fake.requests:
        assert {header: text for header, text in headers.items() if CANARY in text} == {name: value}
        assert CANARY not in path


ODD: dict[str, bytes] = {
    "empty": b"",
    "no object": b"[]",
    "nothing in it": b"{}",
    "null": b"null",
    "not JSON": b"<html>",
    "deep": b"[" * 100_000,
    "nested nothing": b'{"data":null,"usage":null,"limits":null,"info":null,"budgets":null,"model_remains":null}',
    "wrong types": b'{"data":{"limits":[1,{"unit":[],"type":{},"percentage":{}}],"limit":"x","total_credits":[],'
    b'"available_balance":{},"totalBalance":true},"balance_infos":[{"total_balance":"NaN"},3],"usage":{"limit":[],'
    b'"remaining":0},"limits":[[]],"info":{"spend":"a","max_budget":[]},"budgets":[{"max_limit":"q"}],"balance":"inf",'
    b'"model_remains":[{"current_interval_remaining_percent":[]}],"availableBalance":{},"rate_limit":[]}',
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_odd_answer_is_no_answer(shape: str, odd: str) -> None:
    with fake_quota(shape) as fake:
        fake.raw = ODD[odd]
        with pytest.raises(NoAnswer) as caught:
            net_quota.ask(profile(shape, fake.address), fake.address, CANARY)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 302])
@pytest.mark.parametrize("shape", ["zai", "openrouter", "bifrost"])
def test_a_refusal_says_its_number_and_is_not_followed(shape: str, status: int) -> None:
    with fake_quota(shape) as fake:
        fake.status = status
        with pytest.raises(NoAnswer, match=f"answers {status}") as caught:
            net_quota.ask(profile(shape, fake.address), fake.address, CANARY)
    assert caught.value.status == status
    assert len(fake.requests) == 1


def test_a_slow_answer_is_not_waited_for() -> None:
    with fake_quota("zai") as fake:
        fake.delay = 600
        with pytest.raises(NoAnswer, match="no answer in time"):
            net_quota.ask(profile("zai", fake.address), fake.address, CANARY, 0.2)


def test_a_key_of_openrouter_that_may_not_see_the_credits_shows_its_own_limit() -> None:
    with fake_quota("openrouter") as fake:
        del fake.answers["/api/v1/credits"]
        found = net_quota.ask(profile("openrouter", fake.address), fake.address, CANARY)
    assert [figure.name for figure in found] == ["budget"]


def test_a_key_of_openrouter_without_a_limit_shows_what_it_spent() -> None:
    answer = {"data": {"limit": None, "limit_remaining": None, "usage": 1.5}}
    assert [values(figure) for figure in quota_answers.figures("openrouter", answer, "h")] == [
        ("spent", None, 1.5, None, "USD", 0)
    ]


@pytest.mark.parametrize(
    ("shape", "answer", "host", "unit"),
    [
        ("moonshot", {"data": {"available_balance": 1}}, "api.moonshot.cn", "CNY"),
        ("siliconflow", {"data": {"totalBalance": "1"}}, "api.siliconflow.cn", "CNY"),
        ("stepfun", {"balance": 1}, "api.stepfun.com", "CNY"),
    ],
)
def test_the_currency_is_the_platforms(shape: str, answer: Any, host: str, unit: str) -> None:
    assert [figure.unit for figure in quota_answers.figures(shape, answer, host)] == [unit]


def test_what_steers_a_terminal_is_no_currency() -> None:
    answer = {"balance_infos": [{"currency": "\x1b[2J", "total_balance": "1"}]}
    assert [figure.unit for figure in quota_answers.figures("deepseek", answer, "h")] == [""]
    with pytest.raises(NoFigures):
        quota_answers.figures("deepseek", {"balance_infos": [{"total_balance": 1e300}]}, "h")


@pytest.mark.parametrize("status", [0, 2, None, "1"])
def test_a_week_that_is_not_in_force_is_no_limit(status: object) -> None:
    """MiniMax names one for plans that have none: its share would then be shown as what is left."""
    row = {"model_name": "general", "current_interval_remaining_percent": 33, "current_weekly_remaining_percent": 92}
    answer = {"model_remains": [row | {"current_weekly_status": status}]}
    assert [figure.name for figure in quota_answers.figures("minimax", answer, "h")] == ["5h"]


@pytest.mark.parametrize(("percent", "used"), [(-5, 100), (0, 100), (100, 0), (140, 0)])
def test_a_share_stays_one(percent: int, used: int) -> None:
    answer = {"model_remains": [{"model_name": "other", "current_interval_remaining_percent": percent}]}
    assert [figure.used for figure in quota_answers.figures("minimax", answer, "h")] == [used]


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({"type": "TOKENS_LIMIT", "unit": 3, "percentage": 1}, ["5h"]),
        ({"type": "CREDIT_LIMIT", "unit": "6", "percentage": 1}, ["wk"]),
        ({"type": "TOKENS_LIMIT", "unit": 5, "percentage": 1}, ["mo"]),
        ({"type": "TIME_LIMIT", "unit": 3, "percentage": 1}, []),
        ({"type": "TOKENS_LIMIT", "unit": 4, "percentage": 1}, []),
        ({"type": "TOKENS_LIMIT", "unit": 3}, []),
    ],
)
def test_of_zais_limits_those_count_whose_span_is_known(row: dict[str, Any], names: list[str]) -> None:
    other = {"type": "TOKENS_LIMIT", "unit": 6, "percentage": 50}
    found = quota_answers.figures("zai", {"data": {"limits": [row, other]}}, "h")
    assert [figure.name for figure in found] == [*names, "wk"]


@pytest.mark.parametrize(
    ("length", "seconds"), [("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1M", 0), ("", 0)]
)
def test_when_a_budget_begins_again(length: str, seconds: int) -> None:
    begun = "2026-11-21T00:00:00Z"
    budget = {"max_limit": 4, "current_usage": 1, "reset_duration": length, "last_reset": begun}
    (figure,) = quota_answers.figures("bifrost", {"budgets": [budget]}, "h")
    assert figure.resets == (DAY + seconds if seconds else 0)


# Where the secret may go

OWN = 'auth = "bearer"\nquota = "zai"\ntiers.main = "m"\n'


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('base_url = "https://h/a"\nquota_url = "https://h/q"\n', "https://h/q"),
        ('base_url = "https://h/a"\nquota_url = "https://other/q"\n', ""),
        ('base_url = "https://h/a"\nquota_url = "https://h:444/q"\n', ""),
        ('base_url = "https://h/a"\nquota_url = "http://h/q"\n', ""),
        ('base_url = "https://h/a"\n', ""),  # nobody knows where
    ],
)
def test_a_secret_goes_to_its_own_host_alone(text: str, address: str) -> None:
    assert quota_answers.address_of(resolved(OWN + text)) == address


def test_a_gateway_is_asked_where_it_is() -> None:
    mine = resolved('extends = "litellm"\nbase_url = "https://proxy.corp:4443/x"\n', shipped=SHIPPED)
    assert quota_answers.address_of(mine) == "https://proxy.corp:4443/key/info"


def test_another_base_url_leaves_the_catalogs_quota_url_behind() -> None:
    mine = resolved('extends = "zai"\nbase_url = "https://elsewhere"\n', shipped=SHIPPED)
    assert quota_answers.address_of(mine) == ""


def test_a_local_server_and_a_login_are_never_asked() -> None:
    for name in ("ollama", "lmstudio", "claude", "vllm"):
        assert quota_answers.address_of(catalog_profile(name)) == ""


@pytest.mark.parametrize("name", ["zai", "zhipu", "openrouter", "deepseek", "moonshot", "moonshot-cn", "kimi-code"])
def test_a_provider_of_the_catalog_is_asked_where_its_file_says(name: str) -> None:
    provider = catalog_profile(name)
    assert quota_answers.address_of(provider) == provider.profile.quota_url


SHIPPED = {
    "litellm": 'auth = "bearer"\nquota = "litellm"\nbase_url = "http://localhost:4000"\ntiers.main = "m"\n',
    "zai": OWN + 'base_url = "https://api.z.ai/a"\nquota_url = "https://api.z.ai/q"\n',
}
