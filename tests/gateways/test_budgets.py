"""Budgets, for real: whose money each one counts, what is said at 80 %, and that a spent one ends a request at once.

What has been spent before is written into the log as its rows have it; what an answer costs comes from LiteLLM.
"""

from __future__ import annotations

import pytest

from tests.gateways.running import COST, Answer, Gateway, wait_for


def refused(gateway: Gateway, key: str, model: str = "main", **more: str) -> str:
    """Why this request is, at once: nobody is asked, and there is a row of it."""
    before = len(gateway.upstream.asked)
    answer = gateway.ask(key, model, **more)
    assert (answer.status, len(gateway.upstream.asked)) == (402, before), answer
    assert gateway.row_of(answer)["status"] == 402 if "request-id" in answer.headers else True
    return answer.fault


def served(answer: Answer) -> str:
    assert answer.status == 200, answer
    return answer.text


def test_of_a_route(gateway: Gateway) -> None:
    key = gateway.key("money", "dora")
    assert served(gateway.ask(key, "limited")) == "a"
    gateway.spend(0.85, "money", route="limited")
    assert served(gateway.ask(key, "limited")) == "a"
    gateway.spend(0.2, "money", route="limited")
    assert refused(gateway, key, "limited") == "cc: the budget of route limited is spent (105 % of 1 USD/day)"
    assert served(gateway.ask(key, "main")) == "a"
    assert wait_for(lambda: gateway.rows("status = 402 AND route = 'limited'"), "its row")


def test_of_a_key(gateway: Gateway) -> None:
    ann, dora = gateway.key("money", "ann", "blue"), gateway.key("money", "dora")
    gateway.spend(1.5, "money", key="ann")
    assert refused(gateway, ann) == "cc: the budget of key ann is spent (150 % of 1 USD/30d)"
    assert served(gateway.ask(dora)) == "a"


def test_of_a_team(gateway: Gateway) -> None:
    bob, carl, dora = (gateway.key("money", *who) for who in (("bob", "red"), ("carl", "red"), ("dora", "")))
    gateway.spend(0.6, "money", key="bob", team="red")
    assert served(gateway.ask(carl)) == "a"
    gateway.spend(0.6, "money", key="carl", team="red")
    for key in (bob, carl):
        assert refused(gateway, key) == "cc: the budget of team red is spent (120 % of 1 USD/month)"
    assert served(gateway.ask(dora)) == "a"


def test_of_a_profile_in_its_own_currency(gateway: Gateway) -> None:
    key = gateway.key("yuan")
    row = gateway.row_of(gateway.ask(key))
    assert (row["currency"], round(row["cost"], 9)) == ("CNY", round(COST, 9))
    gateway.spend(8.5, "yuan", "CNY")
    assert served(gateway.ask(key)) == "yuan"
    said = gateway.cc("gateway", "up", "yuan").stderr
    assert "yuan: 85 % of the budget of yuan (10 CNY/30d) is spent" in said
    budget = gateway.state_of("yuan")["budgets"][0]
    assert (budget["warned"], budget["currency"], round(budget["percent"])) == (True, "CNY", 85)
    assert "most of it is spent" in gateway.cc("gateway", "status").stdout
    gateway.spend(2.0, "yuan", "CNY")
    assert refused(gateway, key) == "cc: the budget of yuan is spent (105 % of 10 CNY/30d)"


@pytest.mark.parametrize("session", ["its-own", ""], ids=["with its id", "without an id"])
def test_of_a_session(gateway: Gateway, session: str) -> None:
    key = gateway.key("each")
    row = gateway.row_of(gateway.ask(key, session=session))
    assert row["session"]  # that of its key, where a program says none
    gateway.spend(1.0, "each", session=row["session"])
    assert refused(gateway, key, session=session).startswith("cc: the budget of each is spent (100 % of 1 USD/session)")
    if session:
        assert served(gateway.ask(key, session="another")) == "a"
    else:
        assert served(gateway.ask(gateway.key("each"), session="")) == "a"  # another launch
    warned = gateway.state_of("each")["budgets"][0]
    assert warned["warned"] is True


def test_a_rule_sees_how_much_is_spent_within_a_session(gateway: Gateway) -> None:
    key = gateway.key("tight")
    assert served(gateway.ask(key, session="one")) == "a"
    gateway.spend(0.84, "tight", route="main")
    assert served(gateway.ask(key, session="one")) == "a"
    gateway.spend(0.02, "tight", route="main")
    answer = gateway.ask(key, session="one")
    assert (served(answer), gateway.row_of(answer)["rule"]) == ("b", "saver")
    assert answer.body["model"] == "main"
