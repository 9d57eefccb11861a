"""Rows: told apart as asked, currencies and unknown prices apart, what is hidden counted in; and how they are said."""

from __future__ import annotations

import pytest

from cc_launcher.core.usage import page, price, report, words
from cc_launcher.core.usage.attribution import Ran
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.price import Cost, Price, Rates
from cc_launcher.core.usage.report import Known, Row
from cc_launcher.core.usage.rollup import Amount, Part

LISTED = {
    ("zai", "glm"): Price(Rates(1, 1, 1, 1, 1)),
    ("zhipu", "glm"): Price(Rates(7, 7, 7, 7, 7), currency="CNY"),
    ("coding", "glm"): Price(Rates(1, 1, 1, 1, 1)),
}


class Listing:
    def price(self, profile: str, model: str, _: str) -> Price | None:
        return LISTED.get((profile, model))

    def billing(self, profile: str) -> str:
        return {"coding": price.PLAN, "local": price.FREE}.get(profile, price.TOKENS)


KNOWN = Known(Listing(), {"zai": ("glm",), "local": ("llama",)}, {"both": [Ran("zai"), Ran("local")]}, str)


def part(profile: str = "zai", model: str = "glm", *, hidden: bool = False, session: str = "s", day: int = 1) -> Part:
    return Part(session, day, model, profile, "", "/p", None if hidden else 0, hidden=hidden)


def amount(given: int, requests: int = 1) -> Amount:
    return Amount(requests, Figures(given * 1_000_000), given, 0, 0)


def rows(*parts: tuple[Part, Amount], by: tuple[str, ...] = ("profile",)) -> dict[tuple[str, str], Row]:
    found = report.rows(parts, by, KNOWN)
    return {(" ".join(row.keys.values()), row.currency): row for row in found}


def test_they_are_told_apart_as_asked() -> None:
    parts = [(part(), amount(1)), (part(day=2), amount(2)), (part(session="t"), amount(4))]
    assert [row.figures.input for row in rows(*parts).values()] == [7_000_000]
    assert [row.requests for row in rows(*parts, by=("day",)).values()] == [2, 1]
    assert set(rows(*parts, by=("session", "day"))) == {("s 1", "USD"), ("s 2", "USD"), ("t 1", "USD")}


def test_what_is_hidden_is_counted_in_and_told() -> None:
    (row,) = rows((part(), amount(1)), (part(hidden=True), amount(2, 0))).values()
    data = report.as_data(row)
    assert (data["requests"], data["input"], data["hidden"]["input"], data["cost"]) == (1, 3_000_000, 2_000_000, 3.0)
    assert data["basis"] == "exact"


def test_currencies_and_what_has_no_price_are_summed_apart() -> None:
    parts = [(part(), amount(1)), (part("zhipu"), amount(1)), (part(model="new"), amount(1))]
    found = rows(*parts, by=("session",))
    assert {currency: row.cost for (_, currency), row in found.items()} == {
        "USD": Cost(1, 1, "exact"),
        "CNY": Cost(7, 7, "exact"),
        "": Cost(None, None, "unknown"),
    }
    assert [row.currency for row in report.totals(found.values())] == ["CNY", "USD", ""]
    unknown = report.as_data(found["s", ""])
    assert (unknown["cost"], unknown["cost_low"], unknown["currency"], unknown["basis"]) == (
        None,
        None,
        None,
        "unknown",
    )


def test_a_plan_costs_nothing_more_and_what_it_would_have_is_told_apart() -> None:
    (row,) = rows((part("coding"), amount(3))).values()
    data = report.as_data(row)
    assert (data["cost"], data["basis"], data["by_token_low"], data["by_token_high"]) == (0.0, "plan", 3.0, 3.0)


def test_what_is_free_costs_nothing_though_no_price_is_known() -> None:
    (row,) = rows((part("local", "llama"), amount(3))).values()
    assert (report.as_data(row)["cost"], row.said) == (0.0, "free")


def test_whose_it_is_is_guessed_or_not_known_and_said() -> None:
    guessed, nobody = rows((part(""), amount(1)), (part("", "gpt"), amount(1))).values()
    assert (report.as_data(guessed)["profile"], guessed.said, guessed.cost.value) == ("zai", "guessed", 1.0)
    assert report.as_data(guessed)["attribution"] == "guessed"
    assert (report.as_data(nobody)["profile"], nobody.said, nobody.cost.value) == (None, "unknown", None)


def test_of_two_profiles_in_one_session_the_model_tells() -> None:
    assert list(rows((part("zai", "llama", session="both"), amount(1)))) == [("local", "")]


def test_figures_of_old_clients_and_of_cut_answers_are_estimates() -> None:
    for doubtful in (amount(1)._replace(cut=1), amount(1)._replace(old=1)):
        (row,) = rows((part(), doubtful)).values()
        assert row.said == "estimate"


def test_the_dearest_comes_first_but_days_as_they_come() -> None:
    parts = [(part(day=3), amount(1)), (part("zhipu", day=2), amount(1)), (part(model="x", day=1), amount(9))]
    found = report.rows(parts, ("profile", "model"), KNOWN)
    assert [row.keys["profile"] for row in report.ordered(found, ("profile", "model"))] == ["zhipu", "zai", "zai"]
    days = report.ordered(report.rows(parts, ("day",), KNOWN), ("day",))
    assert [row.keys["day"] for row in days] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0"), (999, "999"), (1_000, "1.0k"), (12_345, "12.3k"), (999_600, "1.0M"), (2_239_199_949, "2.2G")],
)
def test_tokens_in_words(count: int, said: str) -> None:
    assert words.tokens(count) == said


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (Cost(1.5, 1.5, "exact"), "$1.50"),
        (Cost(0.0123, 0.0123, "exact"), "$0.0123"),
        (Cost(0.000123, 0.000123, "exact"), "$0.000123"),
        (Cost(0.0, 0.0, "exact"), "$0.00"),
        (Cost(1234.5, 1234.5, "estimate"), "~$1,234.50"),
        (Cost(1, 2, "range"), "$1.00 to $2.00"),
        (Cost(1, None, "unknown"), "$1.00 + unknown"),
        (Cost(), "unknown"),
    ],
)
def test_a_cost_in_words(cost: Cost, said: str) -> None:
    assert words.cost(cost, "USD") == said


def test_a_bar_is_never_nothing_for_something() -> None:
    assert words.bar(1, 4) == "████"
    assert words.bar(0, 4) == ""
    assert words.bar(0.001, 4) == "▏"
    assert words.bar(0.5, 4, ascii_only=True) == "##"
    assert words.bar(7, 4) == "████"


def test_the_page_is_one_file_in_which_nothing_foreign_acts() -> None:
    evil = '<script>alert("x")</script>\x1b[2J'
    found = report.rows([(part(model=evil), amount(1))], ("profile", "model"), KNOWN)
    made = page.html(evil, [("By model", found), ("Nothing", [])], [evil], [evil])
    assert "<script" not in made
    assert "\x1b" not in made
    assert "http:" not in made
    assert "https:" not in made
    assert "unknown" in made


ROUTED = Price(Rates(2, 2, 2, 2, 2), others=(Price(Rates(1, 1, 1, 1, 1)), Price(Rates(2, 2, 2, 2, 2))))


def paid(given: int, cost: float, served: str = "a/glm", *, beside: bool = False) -> tuple[Part, Amount]:
    """What the log of our gateway says."""
    told = part(hidden=beside)._replace(served=served, currency="USD", bucket=0)
    return told, amount(given)._replace(cost=cost)


def test_what_the_log_says_is_the_cost_and_models_are_told_apart_by_who_answered() -> None:
    parts = [paid(1, 0.5), paid(1, 0.25, "b/glm"), paid(1, 0.125, beside=True), (part(), amount(1))]
    found = report.rows(parts, ("model",), KNOWN)
    assert [(row.model, row.cost.value, row.requests) for row in found] == [
        ("glm (a/glm)", 0.5, 1),
        ("glm (b/glm)", 0.25, 1),
        ("glm (a/glm), in no transcript", 0.125, 1),
        ("glm", 1.0, 1),
    ]
    (whole,) = report.together(found, ())
    assert (whole.cost, whole.basis, whole.logged.input) == (Cost(1.875, 1.875, "exact"), "exact", 1_000_000)
    assert [row.model for row in report.together(found, ("model",))] == [row.model for row in found]


def test_the_gateway_knows_whose_a_request_was_whatever_a_model_is_called() -> None:
    told, much = paid(1, 0.5)
    (row,) = report.rows([(told._replace(profile="local", session="both"), much)], ("profile",), KNOWN)
    assert (row.keys["profile"], row.how) == ("local", {"marked"})


def test_of_a_route_without_a_row_in_the_log_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LISTED, ("zai", "glm"), ROUTED)
    (row,) = report.rows([(part(), amount(1)), paid(1, 0.5)], ("profile",), KNOWN)
    assert (row.cost, row.basis, row.routed) == (Cost(1.5, 2.5, "range"), "range", 1)
