import json
from typing import Any

import pytest

from cc_launcher.core.gateway import client_side
from cc_launcher.core.gateway.describe import describe
from tests.unit.conftest import plan_of
from tests.unit.core.gateway.samples import BUDGETS, MINE, MIX, described, loader


def test_a_route_has_the_smallest_window_and_the_dearest_prices_of_its_targets() -> None:
    load = loader({"mix": MIX})
    seen = client_side.seen(load("mix"), describe(load("mix"), load), "http://127.0.0.1:4000", "env:KEY").profile
    assert seen.models["main"].context == 131_072
    prices = seen.models["main"].prices
    assert prices is not None
    assert (prices.input, prices.output, prices.cache_read, prices.above) == (2, 10, 2, {})  # for any length
    small = MIX + "[models.main]\ncontext = 90000\n"
    within = client_side.seen(
        loader({"mix": small})("mix"), described(small), "http://127.0.0.1:4000", "env:KEY"
    ).profile.models["main"]
    assert within.prices is not None
    assert (within.prices.input, within.prices.output, within.prices.cache_read) == (1.40, 5, 1)


def test_of_an_unknown_price_nothing_is_claimed() -> None:
    assert client_side.dearest(described(MIX.replace("b/glm-5.3", "b/unknown")).route("main").targets) is None


def test_a_session_is_launched_on_the_gateway_and_names_routes() -> None:
    load = loader({"mix": BUDGETS})
    seen = client_side.seen(load("mix"), describe(load("mix"), load), "http://127.0.0.1:4000", "env:KEY")
    plan = plan_of(seen)
    assert plan.set["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:4000"
    assert plan.model == "main"
    assert [slot.reference for slot in plan.slots] == ["env:KEY"]
    assert not seen.profile.by_gateway
    assert seen.profile.budget is None


def plan(text: str, *, mine: str = "") -> Any:
    load = loader({"mix": text} | ({"my-openai": mine} if mine else {}))
    return plan_of(client_side.seen(load("mix"), describe(load("mix"), load), "http://127.0.0.1:4000", "env:KEY"))


def rows(text: str, *, mine: str = "") -> dict[str, str]:
    listed = json.loads(plan(text, mine=mine).pins)["modelPicker"]["options"]
    return {row["model"]: row["description"] for row in listed}


def test_the_picker_shows_what_a_route_costs_from_its_cheapest_to_its_dearest_target() -> None:
    assert rows(MIX) == {
        "main": "main model · 128K window · $1.00 to $1.40 in, $4.40 to $5.00 out",
        "cheap": "$0.10 in, $0.40 out",
    }


FREE = MINE.replace('auth = "bearer"', 'auth = "bearer"\nbilling = "free"')
CHINESE = MINE.replace("{ input = 1,", '{ currency = "CNY", input = 1,')


@pytest.mark.parametrize(
    ("text", "mine", "said"),
    [
        (MIX, FREE, "$0.00 to $1.40 in, $0.00 to $4.40 out"),
        (MIX, CHINESE, "$1.40 in, $4.40 out or CNY 1.00 in, CNY 5.00 out"),
        (MIX.replace("b/glm-5.3", "b/unknown"), MINE, "no price is known of b/unknown"),
        (f"{MIX}[models.main]\nprices = {{ input = 9, output = 10 }}\n", MINE, "$9.00 in, $10.00 out"),
    ],
)
def test_where_that_is_no_range_the_picker_says_what_it_is(text: str, mine: str, said: str) -> None:
    assert rows(text, mine=mine)["main"].endswith(f" · {said}")


def prices(text: str, mine: str = MINE) -> Any:
    made = plan(text, mine=mine)
    return json.loads(made.managed or "{}").get("modelPricing", {}).get("overrides", {}), made.set["CC_PRICES"]


FLAT = MINE.replace(", above = { 99999 = { input = 2, output = 10 } }", "")


def test_the_client_counts_with_the_dearest_of_all_that_may_serve() -> None:
    """Also where a rule or a fallback leads: a limit on costs is never late. That is no exact sum."""
    own, mark = prices(MIX, FLAT)
    assert own["main"] == {"input": 1.4, "output": 5, "cacheRead": 1, "cacheWrite": 1.4}
    dear = FLAT.replace("input = 0.1, output = 0.4, cache_read = 0.01", "input = 50, output = 60")
    by_rule, _ = prices(MIX.replace('fallback = ["cheap"]\n', ""), dear)
    assert by_rule["main"] == by_rule["cheap"] == {"input": 50, "output": 60, "cacheRead": 50, "cacheWrite": 50}
    behind, _ = prices(MIX.partition("[[rules]]")[0], dear)
    assert behind["main"]["output"] == 60
    assert mark == "some"  # the status line shows it with a ~


def test_one_target_alone_has_exact_prices() -> None:
    alone = MIX.replace('{ to = "a/glm-5.3", weight = 70 }, ', "").replace('fallback = ["cheap"]\n', "")
    _, mark = prices(alone.partition("[[rules]]")[0], FLAT.replace("prices = { input = 0.1", "prices = { input = 0.1"))
    assert mark == "all"


def test_the_mark_of_a_session_names_who_may_see_it() -> None:
    assert '"host\\":\\"api.z.ai,llm.example.com' in plan(MIX).pins.replace('\\\\\\"', '\\"')


def behind(mine: str, text: str = MIX) -> Any:
    load = loader({"mix": text, "my-openai": mine})
    return client_side.seen(load("mix"), describe(load("mix"), load), "http://127.0.0.1:4000", "env:KEY").profile


def test_what_one_upstream_cannot_take_the_client_leaves_out_for_all() -> None:
    assert "no-thinking" not in behind(MINE).compat
    turned = MINE.replace('title = "Mine"', 'title = "Mine"\ncompat = { no-thinking = true, private = true }')
    assert behind(turned).compat["no-thinking"]
    assert "private" not in behind(turned).compat  # the other one is not
    own = MIX + "[compat]\nno-thinking = false\n"
    assert not behind(turned, own).compat["no-thinking"]
    alone = MIX.replace('a = "zai"', 'a = "my-openai"').replace("a/glm-5.3", "a/small")
    assert behind(turned, alone).compat["private"]


def test_the_client_waits_as_long_as_the_slowest_upstream_may_take() -> None:
    slow = MINE.replace('auth = "bearer"', 'auth = "bearer"\ntimeout = "50m"')
    alone = MIX.replace('a = "zai"', 'a = "my-openai"').replace("a/glm-5.3", "a/small")
    assert behind(slow, alone).timeout == "3000s"
    assert behind(MINE, alone).timeout is None
    assert behind(slow, 'timeout = "7m"\n' + alone).timeout == "7m"


def test_a_route_sees_and_searches_only_where_all_that_may_serve_it_could() -> None:
    """An image that one of them refuses stops the session; a search that one of them has is not taken away."""
    models = behind(MINE).models
    assert (models["main"].vision, models["main"].web_search) == (False, None)  # Z.ai is one of them
    assert (models["cheap"].vision, models["cheap"].web_search) == (None, None)
    dead = behind(f"web_search = false\n{MINE}").models
    assert (dead["main"].web_search, dead["cheap"].web_search) == (False, False)
    own = behind(MINE, f"{MIX}[models.main]\nvision = true\nweb_search = true\n").models["main"]
    assert (own.vision, own.web_search) == (True, True)
