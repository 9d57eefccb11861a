"""The status line as text: which segments, how they are coloured, and that nothing odd gets through."""

import json
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core import status
from cc_launcher.core.status import Facts
from cc_launcher.core.status.figures import Figure, Quota
from cc_launcher.core.status.segments import PRESETS, Around, Given, chosen, line
from cc_launcher.core.text.width import cut, width

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "statusline"
NOW = 1_795_000_000.0
START, TURN = (json.loads((SAMPLES / f"{name}.json").read_text()) for name in ("start", "turn"))
LIMITS = {"rate_limits": json.loads((SAMPLES / "login.json").read_text())["rate_limits"]}
CTX = f"{TURN['context_window']['used_percentage']}% ctx"
GLM = {"v/main": (200_000, (1.0, 2.0, 1.0, 0.1))}


def shown(
    content: Any,
    segments: str = "standard",
    *,
    quota: Quota | None = None,
    branch: str = "",
    protection: str = "",
    priced: str = "",
    guessed: bool = False,
    columns: int = 0,
    colour: bool = False,
    **facts: Any,
) -> str:
    named = chosen(segments)
    around = Around(
        branch=branch,
        protection=protection,
        priced=priced,
        guessed=guessed,
        quota=quota,
        now=NOW,
        columns=columns,
        colour=colour,
    )
    return line(Given(content), Facts(**({"segments": named, "label": "GLM"} | facts)), around)


def told(*figures: Figure, age: float = 10) -> Quota:
    return Quota(fetched=NOW - age, figures=figures)


def test_the_line_of_the_issue() -> None:
    quota = told(Figure("5h", used=67), Figure("wk", used=8))
    content = TURN | {"workspace": {"current_dir": "/home/u/my-project"}}
    assert (
        shown(content, quota=quota, branch="feature-branch", models=GLM)
        == f"GLM | 5h:67% | wk:8% | {CTX} | feature-branch | my-project"
    )


def test_the_limits_that_the_client_passes_come_before_what_was_fetched() -> None:
    quota = told(Figure("5h", used=99), Figure("wk", used=99))
    assert shown(TURN | LIMITS, "provider,five_hour,weekly", quota=quota, label="Claude") == "Claude | 5h:23% | wk:8%"


def test_at_the_start_nothing_is_known_of_the_context() -> None:
    assert shown(START, models=GLM) == "GLM | work"


@pytest.mark.parametrize(
    ("percent", "code"), [(0, "32"), (49.9, "32"), (50, "33"), (79.9, "33"), (80, "31"), (250, "31")]
)
def test_green_below_fifty_yellow_below_eighty_red_above(percent: float, code: str) -> None:
    made = shown({"context_window": {"used_percentage": percent}}, "context", colour=True)
    assert made == f"\x1b[{code}m{round(percent)}% ctx\x1b[0m"


def test_thresholds_and_colours_are_the_users() -> None:
    content = {"context_window": {"used_percentage": 30}}
    made = shown(content, "context", colour=True, thresholds=(10.0, 20.0), colours={"bad": "magenta"})
    assert made == "\x1b[35m30% ctx\x1b[0m"
    assert shown(content, "context", colour=True, colours={"good": ""}) == "30% ctx"


def test_a_stale_figure_is_dimmed_and_a_worthless_one_left_out() -> None:
    figure = Figure("5h", used=99)
    assert shown({}, "five_hour", quota=told(figure), colour=True) == "\x1b[31m5h:99%\x1b[0m"
    assert shown({}, "five_hour", quota=told(figure, age=151), colour=True) == "\x1b[2m5h:99%\x1b[0m"
    assert shown({}, "five_hour", quota=told(figure, age=90_000), colour=True) == ""
    assert shown({}, "five_hour", quota=told(figure, age=-120), colour=True) == ""  # told in the future
    begun_anew = Figure("5h", used=99, resets=NOW - 1)
    assert shown({}, "five_hour", quota=told(begun_anew), colour=True) == "\x1b[2m5h:99%\x1b[0m"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure("balance", left=12.3, unit="USD"), "$12.30"),
        (Figure("balance", left=-0.5, unit="USD"), "-$0.50"),
        (Figure("balance", left=88, unit="CNY"), "¥88.00"),
        (Figure("balance", left=12345.6, unit="GBP"), "12346 GBP"),
        (Figure("budget", used=75, left=5, limit=20, unit="USD"), "$5.00"),
        (Figure("spent", left=5, unit="USD"), ""),
    ],
)
def test_a_balance_is_shown_in_its_currency(figure: Figure, text: str) -> None:
    assert shown({}, "balance", quota=told(figure)) == text


def test_the_context_is_counted_in_the_models_own_window() -> None:
    window = TURN | {
        "context_window": TURN["context_window"] | {"context_window_size": 1_000_000, "used_percentage": 1}
    }
    assert shown(window, "context,window", models=GLM) == f"{CTX} | window 1M, model 200K"
    assert shown(window, "context,window") == "1% ctx"  # nothing else is known
    suffixed = window | {"model": {"id": "v/main[1m]"}}
    assert shown(suffixed, "window", models=GLM) == "window 1M, model 200K"


def test_the_cost_is_turned_into_the_providers_prices() -> None:
    # 16702 tokens, of which 13502 new, at 1 instead of 5; the sum of the client is 1.2 of the newest request's.
    usage = {"input_tokens": 10_000, "output_tokens": 1_000, "cache_read_input_tokens": 100_000}
    theirs = (10_000 * 5 + 1_000 * 25 + 100_000 * 0.5) / 1e6
    ours = (10_000 * 1 + 1_000 * 2 + 100_000 * 0.1) / 1e6
    content = {"model": {"id": "v/main"}, "cost": {"total_cost_usd": 10 * theirs}}
    content["context_window"] = {"current_usage": usage}
    assert shown(content, "cost", models=GLM) == f"~${10 * ours:.2f}"
    assert shown(content, "cost", models={"v/main": (0, ())}) == ""  # no prices
    assert shown(content, "cost", clients_own=True) == f"${10 * theirs:.2f}"
    assert shown(content | {"context_window": {}}, "cost", models=GLM) == ""
    assert shown(content | {"cost": {"total_cost_usd": -1}}, "cost", models=GLM) == ""


def test_the_cost_of_a_model_that_the_client_has_a_price_for_is_not_guessed() -> None:
    """What the client's sum is made of is only known for a model that it knows nothing of."""
    usage = {"input_tokens": 1000, "output_tokens": 10}
    content = {"cost": {"total_cost_usd": 1.0}, "context_window": {"current_usage": usage}}
    prices = dict.fromkeys(("v/main", "anthropic/claude-opus-5"), (0, (1.0, 2.0, 1.0, 0.1)))
    assert shown(content | {"model": {"id": "v/main"}}, "cost", models=prices).startswith("~$")
    assert shown(content | {"model": {"id": "anthropic/claude-opus-5"}}, "cost", models=prices) == ""
    nothing = {"context_window": {"current_usage": {"input_tokens": 0, "output_tokens": 0}}}
    assert shown(content | {"model": {"id": "v/main"}} | nothing, "cost", models=prices) == ""


def test_the_cost_is_the_clients_own_figure_where_it_has_exact_prices() -> None:
    usage = {"input_tokens": 1000, "output_tokens": 0}
    content = {"model": {"id": "v/main"}, "cost": {"total_cost_usd": 1.0}, "context_window": {"current_usage": usage}}
    cheaper: dict[str, Any] = {"models": {"v/main": (0, (1.0, 2.0, 1.0, 0.1))}}
    assert shown(content, "cost", priced="all") == "$1.00"  # whatever else is known
    assert shown(content, "cost", priced="all", **cheaper) == "$1.00"
    assert shown(content | {"cost": {"total_cost_usd": 0}}, "cost", priced="all") == ""
    # Of those that the launch uses: as long as the session was on no other one.
    mine: dict[str, Any] = cheaper | {"priced": "used", "exact": frozenset({"v/main"})}
    assert shown(content, "cost", **mine) == "$1.00"
    assert shown(content, "cost", guessed=True, **mine) == "~$1.00"
    assert shown(content | {"model": {"id": "v/other"}}, "cost", **mine) == ""
    # Of some: the session may have asked for others, of which the client guesses.
    assert shown(content, "cost", priced="some", exact=frozenset({"v/main"}), **cheaper) == "~$1.00"
    assert shown(content, "cost", priced="some", exact=frozenset({"other"}), **cheaper) == "~$0.20"
    assert shown(content, "cost", priced="policy", **cheaper) == "~$1.00"
    for none in ("none", "", "odd"):
        assert shown(content, "cost", priced=none, exact=frozenset({"v/main"}), **cheaper) == "~$0.20"


def test_the_estimate_is_in_the_currency_of_the_prices_and_nothing_where_nothing_is_paid() -> None:
    usage = {"input_tokens": 1000, "output_tokens": 0}
    content = {"model": {"id": "v/main"}, "cost": {"total_cost_usd": 1.0}, "context_window": {"current_usage": usage}}
    models = {"v/main": (0, (7.5, 2.0, 1.0, 0.1))}
    assert shown(content, "cost", models=models, currencies={"v/main": "CNY"}) == "~¥1.50"
    assert shown(content, "cost", models=models, currencies={"v/main": "GBP"}, priced="some") == "~1.50 GBP"
    assert shown(content, "cost", models={"v/main": (0, (0.0,) * 4)}) == ""


def test_lines_changed_and_a_seal() -> None:
    content = {"cost": {"total_lines_added": 12, "total_lines_removed": 3}}
    assert shown(content, "lines,sealed", protection="sealed") == "+12 -3 | sealed"
    assert shown({}, "lines,sealed", protection="hosted") == ""


def test_a_narrow_terminal_loses_the_least_important_first() -> None:
    content = TURN | LIMITS
    whole = shown(content, branch="b", models=GLM)
    assert whole == f"GLM | 5h:23% | wk:8% | {CTX} | b | work"
    assert shown(content, branch="b", models=GLM, columns=len(whole)) == whole
    assert shown(content, branch="b", models=GLM, columns=len(whole) - 1) == f"GLM | 5h:23% | wk:8% | {CTX} | b"
    assert shown(content, branch="b", models=GLM, columns=15) == f"GLM | {CTX}"
    assert shown(content, branch="b", models=GLM, columns=3) == "GLM"
    assert shown(content, branch="b", label="a long label", columns=5) == "a lo…"


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("🙂", 2), ("ﾊﾝ", 2), ("a\u200db", 2)]
)
def test_wide_characters_are_counted_right(text: str, columns: int) -> None:
    assert width(text) == columns


def test_what_is_too_long_is_cut_between_characters() -> None:
    assert cut("日本語", 5) == "日本…"
    assert cut("日本語", 4) == "日…"
    assert cut("日本語", 6) == "日本語"
    assert width(shown({"cwd": f"/{'語' * 100}"}, "directory")) <= 40


def test_nothing_that_steers_a_terminal_gets_through() -> None:
    content = {"model": {"display_name": "a\x1b[2J\n\u202eb"}, "cwd": "/x/\x07\r\ny"}
    assert shown(content, "model,directory", branch="\x9b31m") == "a[2Jb | y"
    assert shown({}, "provider", label="\u2028x") == "x"


def test_each_preset_is_of_known_segments_and_a_format_takes_what_it_knows() -> None:
    for name in PRESETS:
        assert chosen(name) == PRESETS[name]
    assert chosen(" branch , nonsense,provider") == ("branch", "provider")
    assert chosen("nonsense") == ()


def test_facts_come_back_as_they_were() -> None:
    facts = Facts(
        label="G",
        separator=" · ",
        models=GLM | {"other": (0, ())},
        currencies={"v/main": "CNY"},
        exact=frozenset({"v/main", "other"}),
        asks="https://h/q",
        bases=(("https://h", "n", "l"),),
    )
    sources = {"/a\tb": "1 2", "/c": "-"}
    again, read = status.decode(status.encode(facts, sources).decode())
    assert {name: getattr(again, name) for name in Facts.__slots__} == {
        name: getattr(facts, name) for name in Facts.__slots__
    }
    assert read == sources
