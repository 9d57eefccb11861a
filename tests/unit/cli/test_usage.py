"""`cc usage`: what it shows, for people and for programs, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.cli import usage_view
from cc_launcher.core.usage import periods
from cc_launcher.core.usage.rollup import QUARTER
from cc_launcher.files import transcripts
from tests.transcripts import CORPUS, FORK, SESSION, TRUTH, answer, compacted, marked, summed, write
from tests.unit.cli.scene import IN_THE_WAY, NO_SUCH, OK, USAGE, CommandScene

ALPHA = """\
base_url = "https://alpha.example"
auth = "bearer"
tiers.main = "z-ai/glm-5.3"
tiers.haiku = "z-ai/glm-5.3-small"
[models."z-ai/glm-5.3"]
prices = { input = 1, output = 5, cache_read = 0.1, cache_write = 1 }
[models."z-ai/glm-5.3-small"]
prices = { input = 0.5, output = 1 }
"""
BETA = 'base_url = "https://beta.example"\nauth = "bearer"\ntiers.main = "deepseek-v4-pro"\n'
DAY = periods.day_of(1_795_885_500_000 // QUARTER)  # on which the corpus was made, in the time of this place
SINCE = ("--since", "2026-11-01", "--until", "2026-11-30")


@pytest.fixture
def corpus(scene: CommandScene) -> CommandScene:
    scene.sandbox.profile("alpha", ALPHA)
    scene.sandbox.profile("beta", BETA)
    return scene


def directories(scenario: str) -> list[str]:
    return [word for directory in TRUTH[scenario]["config_dirs"] for word in ("--dir", str(CORPUS / directory))]


def data(scene: CommandScene, *args: str) -> Any:
    return json.loads(scene.shown("usage", "--json", *args))["data"]


def rows(scene: CommandScene, scenario: str, *args: str) -> list[dict[str, Any]]:
    return list(data(scene, *directories(scenario), *args)["rows"])


def four(row: dict[str, Any]) -> list[int]:
    return [row[key] for key in ("input", "output", "cache_write", "cache_read")]


@pytest.mark.parametrize("scenario", ["01-print", "03-subagents", "05-interactive", "06-titles", "10-config-dirs"])
def test_the_rows_come_to_what_the_endpoint_counted(corpus: CommandScene, scenario: str) -> None:
    truth = TRUTH[scenario]["totals"]
    found = {row["profile"]: four(row) for row in rows(corpus, scenario, "--by", "profile")}
    assert found == truth["by_profile"]
    every = rows(corpus, scenario)
    assert [sum(each) for each in zip(*map(four, every), strict=True)] == truth["all"]
    assert {row["session"] for row in every} == set(truth["by_session"])
    assert {row["day"] for row in every} == {DAY}
    assert {row["project"] for row in every} <= {f"/home/dev/corpus/{scenario}/cwd{end}" for end in ("", "2")}


def test_a_cost_is_that_of_the_four_prices(corpus: CommandScene) -> None:
    row = next(row for row in rows(corpus, "03-subagents") if row["model"] == "deepseek-v4-pro")
    assert (row["profile"], row["cost"], row["currency"], row["basis"]) == ("beta", None, None, "unknown")
    small = next(row for row in rows(corpus, "03-subagents") if row["model"] == "z-ai/glm-5.3-small")
    # 197 in, 2791 out, 2489 written for an hour, whose price nobody knows
    assert (small["cost"], small["basis"]) == (None, "range")
    assert small["cost_low"] == pytest.approx((197 * 0.5 + 2791 * 1 + 2489 * 0.5) / 1e6)
    assert small["cost_high"] == pytest.approx((197 * 0.5 + 2791 * 1 + 2489 * 1.0) / 1e6)


def test_what_is_hidden_is_counted_in_and_said(corpus: CommandScene) -> None:
    hidden = {row["model"]: row["hidden"]["input"] for row in rows(corpus, "06-titles")}
    assert hidden == {"z-ai/glm-5.3": 0, "z-ai/glm-5.3-small": 6964}
    result = corpus.run("usage", *directories("06-titles"), *SINCE)
    assert "in no line of a transcript" in result.err.decode()


def test_without_a_mark_it_is_guessed_or_not_attributed_and_said(corpus: CommandScene) -> None:
    found = {row["model"]: (row["profile"], row["attribution"], row["basis"]) for row in rows(corpus, "11-unmarked")}
    assert found == {
        "z-ai/glm-5.3": ("alpha", "guessed", "guessed"),
        "deepseek-v4-pro": ("beta", "guessed", "unknown"),
        "MiniMax-M3": (None, "none", "unknown"),
    }
    result = corpus.run("usage", *directories("11-unmarked"), *SINCE)
    assert "not attributed" in result.out.decode()
    assert "one profile alone has the model" in result.err.decode()


def test_where_two_profiles_have_the_model_nobody_guesses(corpus: CommandScene) -> None:
    corpus.sandbox.profile("again", ALPHA)
    found = {row["model"]: row["profile"] for row in rows(corpus, "11-unmarked")}
    assert found["z-ai/glm-5.3"] is None


@pytest.mark.parametrize("scenario", ["12-client-2.0.64", "12-client-2.1.240"])
def test_of_old_clients_it_is_said_what_is_missing(corpus: CommandScene, scenario: str) -> None:
    assert data(corpus, *directories(scenario))["uncounted_compactions"] == 1
    said = corpus.run("usage", *directories(scenario), *SINCE).err.decode()
    assert "1 compaction is missing" in said
    assert ("is too low" in said) is (scenario == "12-client-2.0.64")


def test_it_is_told_apart_as_asked(corpus: CommandScene) -> None:
    found = rows(corpus, "10-config-dirs", "--by", "project,day", "--by", "profile")
    assert {(row["project"][-4:], row["day"], row["profile"]) for row in found} == {
        ("/cwd", DAY, "alpha"),
        ("cwd2", DAY, "alpha"),
        ("/cwd", DAY, "beta"),
    }
    assert {(row["model"], row["session"]) for row in found} == {(None, None)}
    assert [row["host"] for row in rows(corpus, "01-print", "--by", "host")] == ["127.0.0.1"]


def test_the_time_is_bounded_as_asked(corpus: CommandScene) -> None:
    assert rows(corpus, "01-print", "--since", "2026-11-30") == []
    assert rows(corpus, "01-print", "--until", "2026-11-26") == []
    assert rows(corpus, "01-print", "--since", DAY, "--until", DAY)
    assert rows(corpus, "01-print", "--since", "2026-11")


def test_all_directories_of_the_client_are_known(corpus: CommandScene, tmp_path: Path) -> None:
    home = corpus.sandbox.home
    write(home / ".claude", [marked(0, "alpha"), answer(1, (1, 1, 1, 1))])
    write(tmp_path / "other", [answer(2, (2, 2, 2, 2), session=FORK)], FORK)
    isolated = home / ".local" / "share" / "cc-launcher" / "isolated" / "beta"
    write(isolated, [answer(3, (4, 4, 4, 4), session="third")], "third")
    corpus.more["CLAUDE_CONFIG_DIR"] = str(tmp_path / "other")
    assert sum(row["input"] for row in data(corpus)["rows"]) == 7
    assert sum(row["input"] for row in data(corpus, "--dir", str(home / ".claude"))["rows"]) == 1


def test_the_report_has_the_usual_spans_and_the_month(corpus: CommandScene) -> None:
    lines = corpus.shown("usage", *directories("01-print")).splitlines()
    assert [line.split("\t")[0] for line in lines[:3]] == ["today", "this week", "this month"]
    (line,) = corpus.shown("usage", *directories("01-print"), *SINCE, "--by", "profile").splitlines()
    assert line.split("\t")[:6] == ["alpha", "4", "5.1k", "5.0k", "9.5k", "211k"]


def test_on_a_terminal_there_are_bars(corpus: CommandScene, tmp_path: Path) -> None:
    lines = [marked(0, "alpha"), *(answer(day * 86_400, (day * 1000, 1, 0, 0)) for day in range(1, 5))]
    write(tmp_path / "client", lines)
    args = ["usage", "--dir", str(tmp_path / "client"), "--since", "2026-11-01", "--by", "day"]
    with corpus.on_a_terminal(*args, COLUMNS="100") as session:
        assert session.ends() == OK
        shown = session.text
    bars = {line[:10]: line.count("█") for line in shown.splitlines() if "█" in line}
    assert list(bars) == sorted(bars)
    assert len(bars) == 4
    assert list(bars.values()) == sorted(bars.values())


def test_a_session_is_shown_with_its_requests_and_changes(corpus: CommandScene, tmp_path: Path) -> None:
    lines = [
        marked(0, "alpha"),
        answer(1, (10, 20, 30, 40), model="z-ai/glm-5.3"),
        compacted(2),
        answer(3, (1, 1, 1, 1), model="z-ai/glm-5.3-small") | {"isSidechain": True, "agentId": "x"},
        summed({"z-ai/glm-5.3": (15, 25, 30, 40)}),
        marked(4, "beta", why="resume"),
        answer(5, (1, 1, 1, 1), model="deepseek-v4-pro"),
    ]
    write(tmp_path / "client", lines)
    where = ("--dir", str(tmp_path / "client"))
    shown = corpus.shown("usage", "last", *where)
    for part in (SESSION, "subagent", "compacted", "from here on beta", "in no line", "unknown"):
        assert part in shown
    assert corpus.shown("usage", SESSION[:8], *where) == shown
    told = data(corpus, "last", *where)
    assert [event.get("profile", event.get("event")) for event in told["events"]] == [
        "alpha",
        "the conversation was compacted",
        "alpha",
        "from here on beta",
        "beta",
    ]
    assert corpus.run("usage", "nothing-like-it", *where).code == NO_SUCH
    assert "did you mean last?" in corpus.told(NO_SUCH, "usage", "lsat", *where)
    write(tmp_path / "client", [answer(9, (1, 1, 1, 1), session=f"{SESSION[:-1]}2")], "other")
    assert "could be several sessions" in corpus.told(NO_SUCH, "usage", SESSION[:8], *where)
    assert "no session yet" in corpus.told(NO_SUCH, "usage", "last", "--dir", str(tmp_path))


def test_the_prices_are_shown_with_their_source_and_day(corpus: CommandScene) -> None:
    corpus.sandbox.profile("beta", 'extends = "deepseek"\ntiers.main = "deepseek-v4-pro"\n')
    lines = corpus.shown("usage", "--prices", *directories("03-subagents")).splitlines()
    cells = {tuple(line.split("\t")[:2]): line.split("\t")[2:] for line in lines}
    assert cells["alpha", "z-ai/glm-5.3"][:5] == ["1", "5", "0.1", "1", "?"]
    assert "alpha.toml:6" in cells["alpha", "z-ai/glm-5.3"][-1]
    assert cells["beta", "deepseek-v4-pro"][-1].startswith("catalog deepseek.toml:")
    assert cells["beta", "deepseek-v4-pro"][-1].endswith(" 2026-08-17")
    told = {row["model"]: row for row in data(corpus, "--prices", *directories("03-subagents"))["prices"]}
    assert (told["deepseek-v4-pro"]["cache_read"], told["deepseek-v4-pro"]["cache_write_5m"]) == (0.044, 1.32)


PLAN = """\
extends = "alpha"
billing = "plan"
plan_price = "30 USD/month"
"""


def test_of_a_plan_the_fee_and_the_tokens_stand_apart_from_the_sum(corpus: CommandScene, tmp_path: Path) -> None:
    corpus.sandbox.profile("coding", PLAN)
    lines = [
        marked(0, "coding"),
        answer(1, (1_000_000, 0, 0, 0), model="z-ai/glm-5.3"),
        marked(2, "alpha", session=FORK),
        answer(3, (2_000_000, 0, 0, 0), session=FORK, model="z-ai/glm-5.3"),
    ]
    write(tmp_path / "client", lines)
    args = ("--dir", str(tmp_path / "client"), "--since", "2026-11-15", "--until", "2026-11-29")
    told = data(corpus, "--dir", str(tmp_path / "client"), "--since", DAY, "--until", DAY)
    by_profile = {row["profile"]: row for row in told["rows"]}
    assert (by_profile["coding"]["cost"], by_profile["coding"]["basis"]) == (0.0, "plan")
    assert (by_profile["alpha"]["cost"], by_profile["alpha"]["basis"]) == (2.0, "exact")
    assert sum(row["cost"] for row in told["totals"]) == 2.0
    (plan,) = told["plans"]
    assert (plan["profile"], plan["plan_price"], plan["fee"], plan["days"]) == ("coding", "30 USD/month", 1.0, 1)
    assert (plan["by_token_low"], plan["requests"], plan["cheaper"], plan["saved_low"]) == (1.0, 1, None, 0.0)
    result = corpus.run("usage", *args)
    assert (
        "coding is paid by a plan, apart from the sum: $15.00 for these 15 days (30 USD/month)" in result.err.decode()
    )
    result = corpus.run("usage", "--dir", str(tmp_path / "client"), *SINCE)
    assert "by the token this would be $1.00, so by the token it would have been cheaper by $" in result.err.decode()


def test_the_cheapest_of_the_plans_is_said(corpus: CommandScene, tmp_path: Path) -> None:
    corpus.sandbox.profile("coding", PLAN)
    corpus.sandbox.profile("mini", PLAN.replace("30", "3"))
    write(tmp_path / "client", [marked(0, "alpha"), answer(1, (9_000_000, 0, 0, 0), model="z-ai/glm-5.3")])
    where = ("--dir", str(tmp_path / "client"), "--since", DAY, "--until", DAY)
    assert data(corpus, *where)["cheapest_plan"] == "mini"
    said = corpus.run("usage", *where).err.decode()
    assert "with mini alone, the cheapest of your plans, all of it would have been $0.1000 instead of $10.10" in said
    assert "coding is paid by a plan, apart from the sum: $1.00 for these 1 day (30 USD/month), 0 requests" in said


def test_a_plan_without_a_price_says_how_to_set_it(corpus: CommandScene, tmp_path: Path) -> None:
    corpus.sandbox.profile("coding", 'extends = "alpha"\nbilling = "plan"\n')
    write(tmp_path / "client", [marked(0, "coding"), answer(1, (1_000_000, 0, 0, 0), model="z-ai/glm-5.3")])
    result = corpus.run("usage", "--dir", str(tmp_path / "client"), *SINCE)
    assert "by the token this would be $1.00; set plan_price in the profile" in result.err.decode()


def test_what_is_free_costs_nothing(corpus: CommandScene, tmp_path: Path) -> None:
    corpus.sandbox.profile("gift", 'extends = "alpha"\nbilling = "free"\n')
    write(tmp_path / "client", [marked(0, "gift"), answer(1, (1_000_000, 0, 0, 0), model="z-ai/glm-5.3")])
    (row,) = rows_in(corpus, tmp_path / "client")
    assert (row["cost"], row["basis"], row["billing"]) == (0.0, "free", "free")


YUAN = """\
base_url = "https://yuan.example"
auth = "bearer"
tiers.main = "glm-yuan"
[models.glm-yuan]
prices = { input = 10, output = 10, cache_read = 1, cache_write = 10, currency = "CNY" }
"""


def test_currencies_are_summed_apart_and_converted_at_the_users_rate_alone(
    corpus: CommandScene, tmp_path: Path
) -> None:
    corpus.sandbox.profile("yuan", YUAN)
    lines = [
        marked(0, "yuan"),
        answer(1, (1_000_000, 0, 0, 0), model="glm-yuan"),
        marked(2, "alpha"),
        answer(3, (1_000_000, 0, 0, 0), model="z-ai/glm-5.3"),
    ]
    write(tmp_path / "client", lines)
    where = ("--dir", str(tmp_path / "client"), "--since", DAY)
    told = data(corpus, *where)
    assert [(row["currency"], row["cost"]) for row in told["totals"]] == [("CNY", 10.0), ("USD", 1.0)]
    assert told["converted"] is None
    result = corpus.run("usage", *where)
    assert "CNY: not added to dollars; with a rate of yours under [rates]" in result.err.decode()
    (corpus.profiles.parent / "config.toml").write_text("[rates]\nCNY = 0.14\n")
    told = data(corpus, *where)
    assert told["converted"] == {
        "currency": "USD",
        "cost": 2.4,
        "cost_low": 2.4,
        "cost_high": 2.4,
        "rates": {"CNY": 0.14},
    }
    assert [(row["currency"], row["cost"]) for row in told["totals"]] == [("CNY", 10.0), ("USD", 1.0)]
    result = corpus.run("usage", *where)
    assert "together $2.40, at your rate 1 CNY = 0.14 USD" in result.err.decode()
    every = data(corpus, "--as", "yuan,alpha", *where)["what_if"]
    assert [(one["profile"], one["currency"]) for one in every] == [("alpha", "USD"), ("yuan", "CNY")]
    assert [one["dollars_high"] for one in every] == pytest.approx([2.0, 2.8])


def test_the_saving_against_plain_claude_is_of_the_users_own_tokens(corpus: CommandScene, tmp_path: Path) -> None:
    where = ("--dir", str(tmp_path / "client"), "--since", DAY)
    lines = [marked(0, "alpha"), answer(1, (1_000_000, 0, 0, 1_000_000), model="z-ai/glm-5.3")]
    write(tmp_path / "client", lines)
    claude = data(corpus, "--as", "claude", *where)["what_if"][0]["cost_low"]
    told = data(corpus, *where)["plain_claude"]
    assert claude > 1.1
    assert (told["would_have_cost_low"], told["saved_low"]) == (claude, pytest.approx(claude - 1.1))
    (line,) = [line for line in corpus.run("usage", *where).err.decode().splitlines() if "plain Claude" in line]
    assert line.startswith(f"cc: saved in this time against plain Claude: ${claude - 1.1:.2f} (")
    assert "a what-if" in line


def test_the_saving_is_not_shown_where_it_cannot_be_known(corpus: CommandScene, tmp_path: Path) -> None:
    client = tmp_path / "client"
    where = ("--dir", str(client), "--since", DAY)
    for profile, model in (("", "MiniMax-M3"), ("beta", "deepseek-v4-pro"), ("claude", "claude-opus-5-5")):
        mark = [marked(0, profile)] if profile else []
        write(client, [*mark, answer(1, (1_000_000, 0, 0, 0), model=model)])
        assert data(corpus, *where)["plain_claude"] is None, profile
        assert b"plain Claude:" not in corpus.run("usage", *where).err
    # a plan whose fee nobody knows
    corpus.sandbox.profile("coding", 'extends = "alpha"\nbilling = "plan"\n')
    write(client, [marked(0, "coding"), answer(1, (1_000_000, 0, 0, 0), model="z-ai/glm-5.3")])
    assert data(corpus, *where)["plain_claude"] is None


def test_what_has_no_price_is_left_out_of_the_saving_and_that_is_said(corpus: CommandScene, tmp_path: Path) -> None:
    lines = [
        marked(0, "alpha"),
        answer(1, (1_000_000, 0, 0, 0), model="z-ai/glm-5.3"),
        marked(2, "beta"),
        answer(3, (1_000_000, 0, 0, 0), model="deepseek-v4-pro"),
    ]
    write(tmp_path / "client", lines)
    where = ("--dir", str(tmp_path / "client"), "--since", DAY)
    told = data(corpus, *where)["plain_claude"]
    assert (told["requests"], told["requests_left_out"]) == (1, 1)
    assert "; 1 request without a known price is left out)" in corpus.run("usage", *where).err.decode()


def test_where_plain_claude_would_have_been_cheaper_that_is_said(corpus: CommandScene, tmp_path: Path) -> None:
    dear = BETA + "[models.deepseek-v4-pro]\nprices = { input = 90, output = 90, cache_read = 9, cache_write = 90 }\n"
    corpus.sandbox.profile("beta", dear)
    write(tmp_path / "client", [marked(0, "beta"), answer(1, (1_000_000, 0, 0, 0), model="deepseek-v4-pro")])
    said = corpus.run("usage", "--dir", str(tmp_path / "client"), "--since", DAY).err.decode()
    assert "paid more in this time than with plain Claude: $" in said


def rows_in(scene: CommandScene, client: Path, *args: str) -> list[dict[str, Any]]:
    return list(data(scene, "--dir", str(client), *args)["rows"])


def test_a_range_shows_both_ends_and_the_unknown_is_never_nothing(corpus: CommandScene, tmp_path: Path) -> None:
    half = BETA + "[models.deepseek-v4-pro]\nprices = { input = 1, output = 1 }\n"
    corpus.sandbox.profile("beta", half)
    lines = [
        marked(0, "beta"),
        answer(1, (0, 0, 0, 2_000_000), model="deepseek-v4-pro"),
        answer(2, (1, 1, 1, 1), model="nobody-knows"),
    ]
    write(tmp_path / "client", lines)
    found = {row["model"]: row for row in rows_in(corpus, tmp_path / "client")}
    assert [found["deepseek-v4-pro"][key] for key in ("cost", "cost_low", "cost_high", "basis")] == [
        None,
        0.0,
        2.0,
        "range",
    ]
    assert [found["nobody-knows"][key] for key in ("cost", "cost_low", "cost_high", "basis")] == [
        None,
        None,
        None,
        "unknown",
    ]
    shown = corpus.shown("usage", "--dir", str(tmp_path / "client"), *SINCE)
    assert "$0.00 to $2.00" in shown
    assert "unknown" in shown
    assert "$1.00" not in shown


def test_rows_for_programs_have_these_keys(corpus: CommandScene) -> None:
    promised = "profile model project session day requests input output cache_write cache_read cost currency basis"
    for row in rows(corpus, "03-subagents"):
        assert set(promised.split()) <= set(row)


def test_two_profiles_in_one_session_are_two_rows(corpus: CommandScene) -> None:
    session = next(iter(TRUTH["03-subagents"]["totals"]["by_session"]))
    found = data(corpus, session, *directories("03-subagents"))["rows"]
    assert {row["profile"] for row in found} == {"alpha", "beta"}
    assert {row["profile"] for row in rows(corpus, "03-subagents", "--by", "session,profile")} == {"alpha", "beta"}


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_it_fits_the_terminal(corpus: CommandScene, tmp_path: Path, columns: int) -> None:
    long = "odd/model-with-a-very-long-name-2026-11-28-preview"
    corpus.sandbox.profile("coding", PLAN)
    lines = [marked(0, "coding"), *(answer(day * 86_400, (day * 1000, 1, 0, 0), model=long) for day in range(1, 4))]
    write(tmp_path / "client", lines)
    where = ("--dir", str(tmp_path / "client"))
    time = ("--since", "2026-11-01")
    reports = (time, ("--by", "project,model", *time), ("--by", "session", *time), ("last",), ("--as", "all", *time))
    for args in reports:
        with corpus.on_a_terminal("usage", *where, *args, COLUMNS=str(columns)) as session:
            assert session.ends() == OK
        shown = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;]*[mK]", "", session.text))
        # The line of a long wait goes by the terminal's own width, and is taken away again.
        shown = [line for line in shown if not line.startswith(("cc: waiting for", "reading transcripts"))]
        assert max(map(len, shown)) <= columns, args
        assert "0" in session.text


def test_for_ccusage(corpus: CommandScene) -> None:
    result = corpus.run("usage", "--export", "ccusage", *directories("03-subagents"))
    assert result.code == OK
    overrides = json.loads(result.out)["defaults"]["pricingOverrides"]
    assert overrides["z-ai/glm-5.3"]["cacheReadInputTokenCost"] == 1e-07
    said = result.err.decode()
    assert "left out: deepseek-v4-pro: no price is known" in said
    assert "left out: z-ai/glm-5.3-small: no price of cached tokens is known" in said


def test_elsewhere_is_a_what_if_the_cheapest_first(corpus: CommandScene) -> None:
    result = corpus.run("usage", "--as", "zai,deepseek", *directories("01-print"), *SINCE)
    assert [line.split("\t")[0] for line in result.out.decode().splitlines()] == ["deepseek", "zai"]
    assert "a what-if" in result.err.decode()
    every = data(corpus, "--as", "all", *directories("01-print"), *SINCE)["what_if"]
    costs = [one["cost_high"] for one in every if one["cost_high"] is not None and one["currency"] == "USD"]
    assert costs == sorted(costs)
    assert len(costs) > 10
    assert {one["profile"] for one in every} >= {"claude", "alpha", "zai"}
    narrow = "context = 100_000\nprices = { input = 0, output = 0 }\n"  # its longest request has 112k tokens
    corpus.sandbox.profile("narrow", f'{BETA}[models."deepseek-v4-pro"]\n{narrow}')
    (one,) = data(corpus, "--as", "narrow", *directories("01-print"), *SINCE)["what_if"]
    assert (one["fits"], one["cost_high"]) == (False, 0.0)
    shown = corpus.shown("usage", "--as", "narrow", *directories("01-print"), *SINCE)
    assert "would not have fit: its window is 100k" in shown
    assert corpus.run("usage", "--as", "no-such", *directories("01-print")).code == NO_SUCH


def test_for_a_spreadsheet(corpus: CommandScene, tmp_path: Path) -> None:
    write(tmp_path / "client", [answer(1, (1, 2, 3, 4), model="=cmd()", cwd='-danger,"x')])
    (row,) = csv.DictReader(io.StringIO(corpus.shown("usage", "--csv", "--dir", str(tmp_path / "client"))))
    assert (row["model"], row["project"], row["input"], row["cost"]) == ("'=cmd()", "'-danger,\"x", "1", "")


def test_a_page_is_one_file_and_takes_nobody_elses_place(corpus: CommandScene, tmp_path: Path) -> None:
    page = tmp_path / "usage.html"
    args = ("usage", "--html", str(page), *directories("03-subagents"), *SINCE)
    assert corpus.run(*args).code == OK
    assert "z-ai/glm-5.3-small" in page.read_text()
    assert not re.search(r"<script|https?:|src=", page.read_text())
    assert corpus.run(*args).code == OK
    page.write_text("my own")
    assert "is not a report of cc" in corpus.told(IN_THE_WAY, *args)
    assert page.read_text() == "my own"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--by", "colour"], USAGE),
        (["--by", ""], USAGE),
        (["--since", "soon"], USAGE),
        (["--since", "2026-11-20", "--until", "2026-11-10"], USAGE),
        (["lsat"], NO_SUCH),
        (["--until", "2026-02-30"], USAGE),
        (["--json", "--csv"], USAGE),
        (["last", "--prices"], USAGE),
        (["--prices", "--by", "day"], USAGE),
        (["--as", "zai", "--csv"], USAGE),
        (["last", "--as", "zai"], USAGE),
        (["last", "--watch"], USAGE),
        (["last", "--csv"], USAGE),
        (["--export", "ccusage", "--json"], USAGE),
        (["--export", "tokscale"], USAGE),
        (["--watch"], USAGE),
        (["--watch", "--csv"], USAGE),
        (["--html", "-"], USAGE),
        (["--html", "/no/such/place.html"], IN_THE_WAY),
        (["--dir", "/no/such/directory"], NO_SUCH),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_hint(corpus: CommandScene, args: list[str], code: int) -> None:
    result = corpus.run("usage", *args)
    assert result.code == code
    if "--json" not in args:
        assert b"hint: " in result.err


def test_without_any_session_that_is_said(corpus: CommandScene, tmp_path: Path) -> None:
    result = corpus.run("usage")
    assert (result.code, result.out) == (OK, b"")
    assert result.err.decode() == (
        "cc: there are no transcripts in ~/.claude\n"
        "cc: a session that Claude Code writes down is counted here: cc run begins one\n"
    )
    assert data(corpus)["rows"] == []
    assert "no session ran on a profile" in corpus.run("usage", "--prices").err.decode()
    projects = tmp_path / "projects"
    projects.mkdir()
    said = corpus.run("usage", "--dir", str(projects)).err.decode()
    assert f"name the directory above it: --dir {tmp_path}" in said
    assert "there is nothing to compare" in corpus.run("usage", "--as", "all").err.decode()
    assert corpus.told(NO_SUCH, "usage", "last") == "cc: there is no session yet\nhint: cc run begins one\n"


def test_without_any_in_this_time_the_newest_is_named(corpus: CommandScene, tmp_path: Path) -> None:
    write(tmp_path / "client", [answer(1, (1, 1, 1, 1))])
    result = corpus.run("usage", "--dir", str(tmp_path / "client"), "--since", "2027-01", "--until", "2027-01")
    assert result.err.decode() == (
        f"cc: nothing was used in this time\ncc: the newest session is of {DAY}: cc usage --since {DAY}\n"
    )


def test_what_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "client"
    write(config, [answer(1, (1, 1, 1, 1))])
    write(config, [answer(2, (1, 1, 1, 1))], name="-secret")
    may = os.access  # root may read everything: so the answer of the system is told here
    monkeypatch.setattr("os.access", lambda path, mode: not str(path).endswith("-secret") and may(path, mode))
    assert transcripts.unreadable(str(config)) == [f"{config}/projects/-secret"]
    monkeypatch.setattr("os.access", lambda _path, _mode: False)
    assert transcripts.unreadable(str(config))[0] == f"{config}/projects"
    assert transcripts.unreadable(str(tmp_path)) == [str(tmp_path)]
    assert transcripts.unreadable(str(tmp_path / "gone")) == []
    assert capsys.readouterr().err == ""


def test_nothing_foreign_steers_the_terminal(corpus: CommandScene, tmp_path: Path) -> None:
    odd = answer(1, (1, 1, 1, 1), model="evil\x1b[2J", cwd="/x\x1b]0;title\x07")
    write(tmp_path / "client", [odd])
    with corpus.on_a_terminal("usage", "--dir", str(tmp_path / "client"), *SINCE, "--by", "model,project") as session:
        assert session.ends() == OK
        assert "\x1b[2J" not in session.text
        assert "\x07" not in session.text


def test_the_index_is_the_owners_alone(corpus: CommandScene) -> None:
    os.umask(0)
    try:
        corpus.shown("usage", *directories("01-print"))
    finally:
        os.umask(0o022)
    directory = corpus.sandbox.home / ".local" / "share" / "cc-launcher" / "usage"
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}


def test_how_far_the_reading_is_is_told_after_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with usage_view.Reading() as reading:
        reading.told(10, 100)
        assert capsys.readouterr().err == ""
        for now[0] in (1.5, 1.6, 9.0):
            reading.told(50_000_000, 100_000_000)
    assert capsys.readouterr().err == "cc: reading transcripts: 50 % of 100 MB\n"


def test_on_a_terminal_it_is_a_line_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with usage_view.Reading() as reading:
        for now[0] in (1.5, 1.6, 9.0):
            reading.told(25, 100)
    said = capsys.readouterr().err
    assert said.count("25 %") == 2
    assert said.endswith("\r\x1b[K")
