from cc_launcher.core.gateway import client_side
from cc_launcher.core.gateway.describe import describe
from tests.unit.conftest import plan_of
from tests.unit.core.gateway.samples import BUDGETS, MIX, described, loader


def test_a_route_has_the_smallest_window_and_the_dearest_prices_of_its_targets() -> None:
    load = loader({"mix": MIX})
    seen = client_side.seen(load("mix"), describe(load("mix"), load), "http://127.0.0.1:4000", "env:KEY").profile
    assert seen.models["main"].context == 131_072
    prices = seen.models["main"].prices
    assert prices is not None
    assert (prices.input, prices.output, prices.cache_read) == (1.40, 5, 1)
    assert (prices.above["99999"].input, prices.above["99999"].output) == (2, 10)


def test_of_an_unknown_price_nothing_is_claimed() -> None:
    assert client_side.dearest(described(MIX.replace("b/glm-5.3", "b/unknown")).route("main")) is None


def test_a_session_is_launched_on_the_gateway_and_names_routes() -> None:
    load = loader({"mix": BUDGETS})
    seen = client_side.seen(load("mix"), describe(load("mix"), load), "http://127.0.0.1:4000", "env:KEY")
    plan = plan_of(seen)
    assert plan.set["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:4000"
    assert plan.model == "main"
    assert [slot.reference for slot in plan.slots] == ["env:KEY"]
    assert not seen.profile.by_gateway
    assert seen.profile.budget is None
