"""Which prices a launch hands to the client, and what the status line is told of that."""

import json
from typing import Any

import pytest

from cc_launcher.core.plan import Plan, pins, priced
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.plan.priced import Priced
from tests.unit.conftest import CURRENT, plan_of, resolved

PROFILE = """\
base_url = "https://h"
auth = "bearer"
secret = "keyring:k"
[tiers]
main = "m"
haiku = "h"
[models.m]
prices = { input = 1, output = 3, cache_read = 0.1, cache_write = 2 }
[models.h]
prices = { input = 0.5, output = 1.5, cache_read = 0.05, cache_write = 1 }
"""
UNKNOWN = PROFILE + "[models.x]\nprices = { input = 9, output = 9 }\n"
CHINESE = PROFILE.replace("{ input = 1,", '{ currency = "CNY", input = 1,')
ROWS = {
    "m": {"input": 1, "output": 3, "cacheRead": 0.1, "cacheWrite": 2},
    "h": {"input": 0.5, "output": 1.5, "cacheRead": 0.05, "cacheWrite": 1},
}
IN_DOLLARS = ROWS | {"m": {"input": 0.5, "output": 1.5, "cacheRead": 0.05, "cacheWrite": 1}}
POLICY = SettingsFile("/etc/m.json", "managed", keys=frozenset({"modelPricing", "modelPricing.multiplier"}))
OF_ANOTHER_KIND = SettingsFile("/etc/m.json", "managed", keys=frozenset({"permissions"}))


def handed(plan: Plan) -> Any:
    return json.loads(plan.managed or "{}").get("modelPricing", {}).get("overrides")


def told(plan: Plan) -> str:
    mark = plan.set["CC_PRICES"]
    assert json.loads(plan.pins)["env"]["CC_PRICES"] == mark  # nobody can say otherwise
    return mark


@pytest.mark.parametrize(
    ("profile", "how", "mark", "rows"),
    [
        (PROFILE, {}, "all", ROWS),
        (PROFILE, {"managed": (OF_ANOTHER_KIND,)}, "all", ROWS),
        (UNKNOWN, {}, "used", ROWS),
        (f"any_model = true\n{PROFILE}", {}, "used", ROWS),
        (CHINESE, {}, "some", {"h": ROWS["h"]}),
        (CHINESE, {"rates": (("CNY", 0.5),)}, "all", IN_DOLLARS),
        (PROFILE, {"sealed": True}, "none", None),
        (PROFILE, {"version": (2, 1, 252)}, "none", None),
        (PROFILE, {"version": (2, 1, 72)}, "none", None),
        (PROFILE, {"version": None}, "none", None),
        (PROFILE, {"managed": (POLICY,)}, "policy", None),
        ('auth = "login"\n', {}, "none", None),
        ('base_url = "https://h"\nauth = "none"\n[tiers]\nmain = "m"\n', {}, "none", None),
    ],
)  # fmt: skip
def test_what_is_handed_over(profile: str, how: dict[str, Any], mark: str, rows: Any) -> None:
    plan = plan_of(profile, **how)
    assert (told(plan), handed(plan)) == (mark, rows)


def test_every_model_that_a_session_may_ask_for_has_its_prices() -> None:
    more = "".join(
        f'[models."v/{name}"]\nprices = {{ input = 1, output = 1, cache_read = 1, cache_write = 1 }}\n'
        for name in ("sub", "next", "other")
    )
    text = f'fallback_model = "v/next"\n{PROFILE}{more}'.replace("[tiers]", '[tiers]\nsubagent = "v/sub"')
    assert set(handed(plan_of(text))) == {"m", "h", "v/sub", "v/next", "v/other"}
    assert set(json.loads(plan_of(text).pins)["availableModels"]) == set(handed(plan_of(text)))


def of(text: str, models: list[str], **how: Any) -> Priced:
    machine = Machine(target="/bin/claude", version=CURRENT, **how)
    return priced.of(resolved(text).profile, models, 1, machine, "hosted")


def test_each_model_without_has_its_reason() -> None:
    found = of(UNKNOWN, ["m", "x", "y"])
    assert found.without == {"x": "the price of reading the cache is not known", "y": "no price is known"}
    assert of(CHINESE, ["m"], rates=(("CNY", 0.5),)).rates == ("CNY",)
    assert of(PROFILE, ["m"], rates=(("CNY", 0.5),)).rates == ()


def test_the_rows_fit_into_an_argument_those_of_the_launch_first() -> None:
    models = [f"v/{number}-{'x' * 100}" for number in range(2000)]
    found = of(f'billing = "plan"\n{PROFILE}', models)
    assert len(json.dumps(priced.setting(found))) < 100_000
    assert list(found.rows) == models[: len(found.rows)]
    assert found.mark == "used"
    assert set(found.without.values()) == {"there are too many models for one argument"}


@pytest.mark.parametrize(
    ("models", "replaced", "mark"),
    [([], False, "all"), (["m"], False, "all"), (["m", "stranger"], False, "some"), ([], True, "none")],
)
def test_arguments_of_the_users_may_take_something_away(models: list[str], mark: str, *, replaced: bool) -> None:
    assert told(pins.repriced(plan_of(PROFILE), models, replaced=replaced)) == mark
    without = plan_of(PROFILE, sealed=True)
    assert pins.repriced(without, models, replaced=replaced) == without
