"""Budgets: what a launch says and asks, what is refused, what shows how they stand."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.plan import hooks
from tests import transcripts
from tests.fakes.fake_claude import package_around
from tests.transcripts import SESSION, answer, marked, text, write
from tests.unit.cli.scene import CTRL_C, ENTER, INTERRUPTED, INVALID, OK, USAGE, CommandScene

SPENT = 75
OTHER = "cccccccc-3333-4333-8333-333333333333"
PRICES = "prices = { input = 1, output = 5, cache_read = 0.1, cache_write = 1 }"
PROFILE = f"""\
base_url = "https://h.example"
auth = "none"
tiers.main = "z-ai/glm-5.3"
[models."z-ai/glm-5.3"]
context = 200000
{PRICES}
"""
MILLION = (1_000_000, 0, 0, 0)  # a dollar


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written in these tests was said just now."""
    monkeypatch.setattr(transcripts, "START", time.time() - 60)


@pytest.fixture
def limited(scene: CommandScene) -> CommandScene:
    """A profile of which a dollar was spent."""
    scene.sandbox.profile("alpha", f'budget = "10 USD/30d"\n{PROFILE}')
    scene.more = {"NO_COLOR": "1"}
    spend(scene, 1)
    return scene


def config(scene: CommandScene) -> Path:
    return scene.sandbox.home / ".claude"


def spend(scene: CommandScene, dollars: int, session: str = SESSION, model: str = "z-ai/glm-5.3") -> Path:
    lines = [answer(1 + n, MILLION, session=session, model=model, requestRef=f"{session}{n}") for n in range(dollars)]
    return write(config(scene), [marked(0, "alpha", session=session), *lines], session=session)


def arguments(scene: CommandScene) -> list[str]:
    return [os.fsdecode(word) for word in scene.sandbox.fake.take().arguments]


def place(scene: CommandScene) -> Path:
    return scene.sandbox.home / ".cache" / "cc-launcher" / "statusline" / "alpha"


# What may stand there


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("5 USD/week", "budget is not a budget"),
        ("5 USD", "budget is not a budget"),
        ("five dollars a day", "budget is not a budget"),
        ("0 USD/day", "budget is not a budget"),
        ("5 EUR/day", "budget is in EUR, and the prices of its models are in USD"),
    ],
)
def test_what_is_no_budget_is_refused_with_file_and_line(scene: CommandScene, wrong: str, says: str) -> None:
    scene.sandbox.profile("alpha", f'title = "A"\nbudget = "{wrong}"\n{PROFILE}')
    said = scene.told(INVALID, "show", "alpha")
    assert f"alpha.toml:2: {says}" in said
    assert scene.told(INVALID, "run", "alpha", "-p", "hi").startswith(said.partition("\n")[0])
    assert not scene.sandbox.fake.started


def test_a_budget_in_the_currency_of_the_prices_is_taken(scene: CommandScene) -> None:
    text_of = PROFILE.replace("{ input", '{ currency = "CNY", input')
    scene.sandbox.profile("alpha", f'budget = "5 CNY/day"\n{text_of}')
    assert "5 CNY/day, " in scene.shown("show", "alpha")


# The launch


def test_a_launch_says_what_is_left_on_a_terminal(limited: CommandScene) -> None:
    with limited.on_a_terminal("run", "alpha") as session:
        assert session.ends() == OK
    assert "alpha: 10 USD/30d, $1.00 spent, $9.00 left" in session.text
    assert "--max-budget-usd" not in arguments(limited)
    result = limited.run("run", "alpha")
    assert (result.code, result.err) == (OK, b"")


@pytest.mark.parametrize(
    ("version", "own", "left"),
    [
        ("2.1.332", (), "9.000000"),
        # With its own prices it takes five times as much for each of the four kinds, so of its dollars 45 are left.
        ("2.1.220", (), "45.000000"),
        ("2.1.332", ("--managed-settings", "{}"), "45.000000"),
    ],
)
def test_with_p_the_client_gets_what_is_left_in_its_own_count(
    limited: CommandScene, version: str, own: tuple[str, ...], left: str
) -> None:
    package_around(limited.sandbox.fake.path, version)
    assert limited.run("run", "alpha", "-p", "hi", *own).code == OK
    given = arguments(limited)
    assert given[given.index("--max-budget-usd") + 1] == left
    pins = json.loads(given[given.index("--settings") + 1])
    assert set(pins["hooks"]) >= {hooks.PROMPT}
    assert hooks.TOOL not in pins["hooks"]


@pytest.mark.parametrize(("own", "left"), [("3", ["3"]), ("8.5", ["8.5"]), ("9.5", ["9.000000"]), ("x", ["x"])])
def test_of_two_limits_the_smaller_one_holds(limited: CommandScene, own: str, left: list[str]) -> None:
    assert limited.run("run", "alpha", "-p", "hi", "--max-budget-usd", own).code == OK
    given = arguments(limited)
    assert [given[at + 1] for at, word in enumerate(given) if word == "--max-budget-usd"] == left


def test_where_nothing_is_left_it_is_refused_without_a_terminal(limited: CommandScene) -> None:
    spend(limited, 10, OTHER)
    said = limited.told(SPENT, "run", "alpha", "-p", "hi")
    assert said == (
        "cc: alpha: the budget of 10 USD/30d is spent ($11.00)\n"
        "hint: raise it: cc edit alpha 'budget=…'; to go on: cc run --anyway alpha\n"
    )
    assert not limited.sandbox.fake.started


def test_with_anyway_it_goes_on_and_the_hooks_are_told(limited: CommandScene) -> None:
    spend(limited, 10, OTHER)
    assert limited.run("run", "--anyway", "alpha", "-p", "hi").code == OK
    dump = limited.sandbox.fake.take()
    assert dump.environment[b"CC_OVER_BUDGET"] == b"alpha"
    assert b"--max-budget-usd" not in dump.arguments


@pytest.mark.parametrize(
    ("keys", "code"),
    [(ENTER, USAGE), ("n", USAGE), ("y", OK), (CTRL_C, INTERRUPTED)],
    ids=["enter", "n", "y", "ctrl-c"],
)
def test_on_a_terminal_it_asks(limited: CommandScene, keys: str, code: int) -> None:
    spend(limited, 10, OTHER)
    with limited.on_a_terminal("run", "alpha") as session:
        session.answer("Go on anyway?", keys)
        assert session.ends() == code
    assert limited.sandbox.fake.started is (code == OK)
    assert "alpha: the budget of 10 USD/30d is spent ($11.00)" in session.text


def test_where_every_event_is_printed_the_mark_is_beside_the_budget(limited: CommandScene) -> None:
    given = ["-p", "hi", "--output-format", "stream-json", "--verbose"]
    assert limited.run("run", "alpha", *given).code == OK
    text_of = arguments(limited)
    pins = text_of[text_of.index("--settings") + 1]
    assert pins.count('"UserPromptSubmit":') == 1
    at_prompt = json.loads(pins)["hooks"][hooks.PROMPT]
    assert ["__budget" in entry["hooks"][0]["command"] for entry in at_prompt] == [False, True]


def test_no_model_is_asked_so_nobody_looks(limited: CommandScene) -> None:
    spend(limited, 10, OTHER)
    assert limited.run("run", "alpha", "mcp", "list").code == OK
    assert limited.run("run", "alpha", "--", "--version").code == OK


def test_what_has_no_price_is_said_and_does_not_count(limited: CommandScene) -> None:
    spend(limited, 20, OTHER, model="z-ai/unheard-of")
    result = limited.run("run", "alpha", "-p", "hi")
    assert (result.code, result.err.decode()) == (
        OK,
        "cc: alpha: no price is known of z-ai/unheard-of, so that does not count in the budget\n",
    )


def test_a_plan_is_never_used_without_the_look(limited: CommandScene) -> None:
    """The launch of before may have left nothing."""
    assert limited.run("run", "alpha").code == OK
    limited.sandbox.fake.take()
    assert limited.sandbox.plans == []
    spend(limited, 10, OTHER)
    assert limited.run("run", "alpha").code == SPENT


def test_a_session_that_goes_on_is_looked_at_by_its_own_budget(scene: CommandScene) -> None:
    scene.sandbox.profile("alpha", f'budget = "2 USD/session"\n{PROFILE}')
    spend(scene, 3)
    spend(scene, 1, OTHER)
    assert scene.run("run", "alpha", "-p", "hi").code == OK
    assert scene.run("run", "alpha", "--resume", OTHER, "-p", "hi").code == OK
    assert "the budget of 2 USD/session is spent ($3.00)" in scene.told(
        SPENT, "run", "alpha", "-r", SESSION, "-p", "hi"
    )


def test_in_a_chain_the_next_profile_takes_over(limited: CommandScene) -> None:
    spend(limited, 10, OTHER)
    limited.sandbox.profile("beta", PROFILE.replace("alpha", "beta").replace("none", "login").replace("tiers", "#"))
    said = limited.run("run", "--fallback", "claude", "alpha", "-p", "hi").err.decode()
    assert "alpha: its budget of 10 USD/30d is spent; on to claude" in said
    both = limited.told(SPENT, "run", "--fallback", "alpha", "alpha", "-p", "hi")
    assert "alpha: the budget of 10 USD/30d is spent" in both


def test_an_index_that_cannot_be_read_is_said_and_the_launch_goes_on(limited: CommandScene) -> None:
    index = limited.sandbox.home / ".local" / "share" / "cc-launcher" / "usage" / "index.sqlite3"
    index.parent.mkdir(parents=True, mode=0o700)
    index.mkdir()
    result = limited.run("run", "alpha", "-p", "hi")
    assert result.code == OK
    assert result.err.decode().startswith("cc: alpha: nobody can say what is left of the budget: ")
    assert result.err.count(b"\n") == 1
    assert limited.sandbox.fake.started


def test_two_at_once_both_go(limited: CommandScene) -> None:
    """What each of them is going to spend, nobody can know."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        codes = [one.code for one in pool.map(lambda _: limited.run("run", "alpha", "-p", "hi"), range(4))]
    assert codes == [OK] * 4


def test_a_wrapper_hands_over(limited: CommandScene) -> None:
    assert limited.run("install-wrapper", "alpha").code == OK
    wrapper = limited.sandbox.home / ".local" / "bin" / "claude-alpha"
    assert "its budget, which is looked at first" in wrapper.read_text()
    spend(limited, 10, OTHER)
    from tests.support import run

    result = run([wrapper, "-p", "hi"], limited.environment(), limited.sandbox.work)
    assert (result.code, limited.sandbox.fake.started) == (SPENT, False)


# Without one


def test_a_profile_without_one_pays_nothing(scene: CommandScene) -> None:
    scene.sandbox.profile("alpha", PROFILE)
    spend(scene, 1)
    assert scene.run("run", "alpha").code == OK
    scene.sandbox.fake.take()
    assert len(scene.sandbox.plans) == 1
    hook = "import sys; sys.addaudithook(lambda event, args: event == 'open' and print(args[0], file=sys.stderr))\n"
    from tests.support import console_script, run

    for name, arguments_of in (("cached", ["run", "alpha"]), ("slow", ["run", "alpha", "-v"])):
        script = console_script(scene.sandbox.outside / name, before=hook)
        result = run([script, *arguments_of], scene.environment(), scene.sandbox.work)
        assert result.code == OK
        scene.sandbox.fake.take()
        opened = {path.rpartition("/")[2] for path in result.err.decode().splitlines()}
        assert any(name.startswith("request.") for name in opened)
        assert [name for name in opened if re.search("budget|usage|spending|sqlite|hooks", name)] == []
    assert not place(scene).exists()


# The hooks


def hook(scene: CommandScene, word: str = "prompt", session: str = SESSION, **more: str) -> tuple[int, Any]:
    """Call it as the client would."""
    transcript = config(scene) / "projects" / transcripts.NAME / f"{session}.jsonl"
    said = text({"session_id": session, "transcript_path": str(transcript), "prompt": "hi"})
    result = scene.run("__budget", word, "alpha", stdin=said.encode(), **more)
    return result.code, json.loads(result.out) if result.out else None


def test_a_hook_sees_what_the_session_has_spent_since_the_launch(limited: CommandScene) -> None:
    assert limited.run("run", "alpha").code == OK
    assert hook(limited) == (OK, None)
    spend(limited, 11, OTHER)
    code, said = hook(limited, session=OTHER)
    assert (code, said["decision"]) == (OK, "block")
    assert said["reason"].startswith("alpha: the budget of 10 USD/30d is spent ($12.00). To go on: raise it: ")
    code, said = hook(limited, "tool")
    assert (code, said["continue"], said["stopReason"][:42]) == (
        OK,
        False,
        "alpha: the budget of 10 USD/30d is spent (",
    )


def test_what_others_spend_is_seen_at_the_next_prompt(limited: CommandScene) -> None:
    assert hook(limited) == (OK, None)
    spend(limited, 11, OTHER)
    assert hook(limited, "tool") == (OK, None)
    assert hook(limited)[1]["decision"] == "block"
    assert hook(limited, "tool")[1]["continue"] is False


def test_what_subagents_spend_counts(limited: CommandScene) -> None:
    assert hook(limited) == (OK, None)
    lines = [answer(9 + n, MILLION, model="z-ai/glm-5.3", isSidechain=True, requestRef=f"sub{n}") for n in range(10)]
    path = config(limited) / "projects" / transcripts.NAME / SESSION / "subagents" / "agent-a.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{text(line)}\n" for line in lines))
    assert hook(limited, "tool")[1]["continue"] is False


def test_a_budget_that_is_raised_or_taken_out_holds_at_once(limited: CommandScene) -> None:
    spend(limited, 11, OTHER)
    assert hook(limited, session=OTHER)[1] is not None
    limited.sandbox.profile("alpha", f'budget = "20 USD/30d"\n{PROFILE}')
    assert hook(limited, session=OTHER) == (OK, None)
    limited.sandbox.profile("alpha", PROFILE)
    spend(limited, 50, OTHER)
    assert hook(limited, session=OTHER) == (OK, None)


def test_a_session_on_another_profile_or_over_budget_by_choice_is_not_stopped(limited: CommandScene) -> None:
    spend(limited, 11, OTHER)
    assert hook(limited, session=OTHER, CC_PROFILE="beta") == (OK, None)
    assert hook(limited, session=OTHER, CC_PROFILE="alpha", CC_OVER_BUDGET="alpha") == (OK, None)
    assert hook(limited, session=OTHER, CC_PROFILE="alpha")[1] is not None


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b'{"session_id": 1, "transcript_path": "x"}', b"\xff"])
def test_what_it_cannot_make_sense_of_ends_it_without_a_word(limited: CommandScene, said: bytes) -> None:
    result = limited.run("__budget", "prompt", "alpha", stdin=said)
    assert (result.code, result.out, result.err) == (1, b"", b"")


def test_an_index_that_is_broken_lets_the_session_go_on(limited: CommandScene) -> None:
    index = limited.sandbox.home / ".local" / "share" / "cc-launcher" / "usage" / "index.sqlite3"
    index.parent.mkdir(parents=True, mode=0o700)
    index.mkdir()
    assert hook(limited) == (1, None)


def test_nothing_of_a_prompt_is_kept(limited: CommandScene) -> None:
    spend(limited, 11, OTHER)
    hook(limited, session=OTHER)
    kept = [path for path in limited.sandbox.home.rglob("*") if path.is_file() and ".claude" not in path.parts]
    assert not any(b'"prompt"' in path.read_bytes() for path in kept)
    assert {path.stat().st_mode & 0o077 for path in kept if "budget" in path.name} == {0}


# What shows it


def test_the_status_line_warns_from_80_per_cent_on(limited: CommandScene) -> None:
    limited.run("config", "path")
    (limited.sandbox.home / ".config" / "cc-launcher" / "config.toml").write_text("[statusline]\nenabled = true\n")
    assert limited.run("run", "alpha").code == OK

    def line() -> str:
        said = text({"session_id": SESSION, "model": {"id": "z-ai/glm-5.3"}})
        return limited.run("statusline", stdin=said.encode(), CC_PROFILE="alpha").out.decode()

    assert "budget" not in line()
    spend(limited, 8)
    hook(limited)
    assert "alpha | budget 80%" in line()
    spend(limited, 12)
    hook(limited)
    assert "budget 120%" in line()


def test_show_names_it_and_what_is_left(limited: CommandScene) -> None:
    assert re.search(r"^ +budget +10 USD/30d, \$1.00 spent, \$9.00 left$", limited.shown("show", "alpha"), re.MULTILINE)


def test_usage_shows_each_with_a_bar(limited: CommandScene) -> None:
    limited.sandbox.profile("beta", PROFILE)
    with limited.on_a_terminal("usage") as session:
        assert session.ends() == OK
    assert re.search(r"alpha +█+ +10 % +10 USD/30d, \$1.00 spent, \$9.00 left", session.screen())
    found = json.loads(limited.shown("usage", "--json"))["data"]["budgets"]
    assert [(one["profile"], one["spent"], one["left"], one["percent"]) for one in found] == [("alpha", 1, 9, 10)]
    assert "USD/30d" in limited.shown("usage")
    assert "USD/30d" not in limited.shown("usage", "--by", "day")


def test_env_says_that_it_does_not_hold_there(limited: CommandScene) -> None:
    assert "its budget holds only in a launch" in limited.run("env", "alpha").err.decode()


def test_hooks_that_are_off_are_said_at_the_launch(limited: CommandScene) -> None:
    config(limited).mkdir(exist_ok=True)
    (config(limited) / "settings.json").write_text('{"disableAllHooks": true}')
    assert (
        "turns hooks off, so inside the session nothing stops at the budget" in limited.run("run", "alpha").err.decode()
    )


def test_the_index_is_left_in_peace_by_a_look(limited: CommandScene) -> None:
    """What a hook reads in, a report has too, once."""
    spend(limited, 2, OTHER)
    hook(limited, session=OTHER)
    hook(limited, session=OTHER)
    limited.shown("usage")
    index = limited.sandbox.home / ".local" / "share" / "cc-launcher" / "usage" / "index.sqlite3"
    with sqlite3.connect(index) as connection:
        assert connection.execute("SELECT count(*) FROM request").fetchone() == (3,)
