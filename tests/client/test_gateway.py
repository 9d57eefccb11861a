"""Sessions of the real client on profiles that are reached by the gateway, through `cc run`."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.client import harness
from tests.client.gatewayed import CANARY, NEWEST, Desk, ask
from tests.client.stage import PATIENCE
from tests.gateways.running import wait_for
from tests.gateways.scripted import AT_ONCE, PIECES, WHOLE, Call, FakeScripted, Said, by_call, results

CODE = 'printf \'%s|\' one "two \\"2\\"" täst; echo "{}[],:"'


def bash(command: str) -> Call:
    return Call("Bash", {"command": command, "description": "a FAKE's command"})


@pytest.mark.parametrize("version", [harness.CURRENT, NEWEST])
@pytest.mark.parametrize("profile", [("plain",), ("mix", "solo")], ids=" ".join)
def test_tools_and_thinking(desk: Desk, profile: tuple[str, ...]) -> None:
    note = desk.work / "note.txt"
    note.write_text("what stands in the note")
    read = Call("Read", {"file_path": str(note)})
    desk.upstream.plans.steps["say tools"] = [
        Said(thought="first I think, and then I read", calls=(read,), way=WHOLE),
        Said(thought="now a command", calls=(bash(CODE),), way=PIECES),
        Said("several", calls=(bash("echo number 1"), read, bash("echo number 3")), way=AT_ONCE),
        Said(calls=(bash("echo number 4"), bash("echo number 5")), way=PIECES),
        Said(calls=(bash("echo number 6"), bash("echo number 7")), way=WHOLE),
        Said("all of it is done", thought="that was it"),
    ]
    ended = desk.ok(
        "run", *profile, "-p", "say tools", "--allowedTools", "Bash,Read", "--output-format", "stream-json", "--verbose"
    )
    said = [json.loads(line) for line in ended.stdout.splitlines()]
    blocks: list[dict[str, Any]] = [
        block for one in said if one["type"] == "assistant" for block in one["message"]["content"]
    ]
    thought = [block["thinking"] for block in blocks if block["type"] == "thinking"]
    assert thought == ["first I think, and then I read", "now a command", "that was it"]
    assert [block["text"].strip() for block in blocks if block["type"] == "text"] == ["several", "all of it is done"]
    called = [block["input"] for block in blocks if block["type"] == "tool_use"]
    assert [one.get("command") for one in called] == [
        None, CODE, "echo number 1", None, *(f"echo number {number}" for number in (3, 4, 5, 6, 7)),
    ]  # fmt: skip
    assert called[0]["file_path"] == str(note)

    last = desk.upstream.turns()[-1].body
    given = by_call(last)
    assert [text.strip() for text in given if "what stands" not in text] == [
        'one|two "2"|täst|{}[],:', *(f"number {number}" for number in (1, 3, 4, 5, 6, 7)),
    ]  # fmt: skip
    assert ["what stands in the note" in text for text in given] == [number in (0, 3) for number in range(9)]
    assert len(desk.upstream.turns()) == 6
    # What was thought goes up again, to the model that thought it.
    assert "first I think" in json.dumps(last["messages"])
    session = said[-1]["session_id"]
    rows = wait_for(lambda: [row for row in desk.rows(session) if row["status"] == 200], "its rows")
    assert {row["profile"] for row in rows} == {profile[0]}


def test_three_split_sessions_are_each_constant_in_themselves(desk: Desk) -> None:
    desk.upstream.plans.steps["say twice"] = [Said(calls=(bash("true"),)), Said("done")]
    for _ in range(3):
        desk.upstream.asked.clear()
        first = desk.turn(("mix",), "say twice", "--allowedTools", "Bash")
        again = desk.turn(("mix",), "and again", "--allowedTools", "Bash", "--resume", first["session_id"])
        assert again["session_id"] == first["session_id"]
        served = {one.name for one in desk.upstream.turns()}
        assert len(served) == 1, served
        assert len(desk.upstream.turns()) == 3


def test_a_primary_that_is_killed_between_turns_and_comes_back(desk: Desk) -> None:
    gone = desk.served.gone
    gone.plans.steps = desk.upstream.plans.steps
    steps = [Said(calls=(bash("echo from the second"),), way=PIECES), Said("the second has done it")]
    begun = desk.turn(("mix", "away"), "hello")
    assert begun["result"].strip() == "answer of gone"
    more = ("--allowedTools", "Bash", "--resume", begun["session_id"])
    port = gone.port
    gone.stop()
    try:
        desk.upstream.plans.steps["say on"] = steps
        assert desk.turn(("mix", "away"), "say on", *more)["result"].strip() == "the second has done it"
        assert results(desk.upstream.turns("b")[-1].body)[-1].strip() == "from the second"
        asked = time.monotonic()
    finally:
        again = FakeScripted(port)
        again.__enter__()
        desk.served.gone = again
    time.sleep(max(0.0, asked + 31 - time.monotonic()))  # as long as LiteLLM leaves one alone
    back = desk.turn(("mix", "away"), "hello again", *more)
    assert back["result"].strip() == "answer of gone"
    served = [row["served"] for row in desk.rows(begun["session_id"])]
    assert (served[0], served[-1], "cheap@0" in served) == ("away@0", "away@0", True)


def test_most_of_a_budget_leads_to_the_rules_route_and_all_of_it_ends_the_turn(desk: Desk) -> None:
    first = desk.turn(("mix", "tight"), "hello")
    assert first["result"].strip() == "answer of a"
    desk.gateway.spend(0.9, route="tight")
    more = ("--resume", first["session_id"])
    assert desk.turn(("mix", "tight"), "hello again", *more)["result"].strip() == "answer of b"
    wait_for(lambda: len(desk.rows(first["session_id"])) >= 2, "its rows")
    assert desk.rows(first["session_id"])[-1]["rule"] == "saver"

    # Spent in the middle of a session on the screen: said at once, once.
    with desk.session("mix", "spent") as terminal:
        ask(terminal, "hello")
        terminal.wait_for("answer of a", timeout=PATIENCE)
        desk.gateway.spend(1.5, route="spent")
        desk.upstream.asked.clear()
        terminal.wait_for_quiet()
        number = len(desk.gateway.rows("status = 402"))
        ask(terminal, "and now")
        terminal.wait_for("the budget of route spent is spent", timeout=PATIENCE)
        time.sleep(3)
        assert "etrying" not in terminal.screen()
        assert desk.upstream.turns() == []
        refused = desk.gateway.rows("status = 402 AND route = 'spent'")
        assert len(refused) - number <= 2  # the turn, and perhaps a title beside it
    ended = desk.turn(("mix", "spent"), "hello")
    assert ended["is_error"] is True
    assert "the budget of route spent is spent" in ended["result"]
    assert len(desk.gateway.rows("status = 402 AND route = 'spent'")) - len(refused) == 1


def test_model_shows_the_routes_with_their_prices_and_only_those(desk: Desk) -> None:
    with desk.session("mix", "solo") as terminal:
        ask(terminal, "/model")
        terminal.wait_for("cheap", timeout=PATIENCE)
        terminal.wait_for_quiet()
        screen = terminal.screen()
        for route in ("main", "cheap", "solo", "away", "tight", "spent"):
            assert route in screen, screen
        assert "$1.00 in, $10.00 out" in screen
        assert "@0" not in screen
        terminal.send("\x1b")
        ask(terminal, "/model opus-of-another")
        terminal.wait_for("not available", "not found", "restricts", timeout=PATIENCE)
        ask(terminal, "/model cheap")
        terminal.wait_for_quiet()
        terminal.wait_for("cheap", timeout=PATIENCE)
        desk.upstream.asked.clear()
        ask(terminal, "hello")
        terminal.wait_for("answer of b", timeout=PATIENCE)
    assert {(one.name, one.body["model"]) for one in desk.upstream.turns()} == {("b", "small")}


def test_no_secret_is_anywhere(desk: Desk) -> None:
    desk.upstream.plans.steps["say env"] = [
        Said(calls=(bash("env; cat /proc/$PPID/environ | tr '\\\\0' '\\\\n' >/dev/null"),)), Said("done"),
    ]  # fmt: skip
    found = desk.turn(("mix", "solo"), "say env", "--allowedTools", "Bash")
    assert found["result"].strip() == "done"
    variables = results(desk.upstream.turns()[-1].body)[-1]
    assert "PATH=" in variables
    assert CANARY not in variables
    assert "sk-cc-" not in variables
    for one in desk.upstream.asked:
        assert "sk-cc-" not in f"{one.headers} {one.raw!r}"
        assert desk.served.key(one.name) in one.headers["authorization"]
    wait_for(lambda: desk.rows(found["session_id"]), "its rows")
    kept = {desk.gateway.root / f"key-{name}" for name in ("a", "b", "plain", "gone")}
    for top in (desk.home, desk.work, desk.gateway.root):
        for path in top.rglob("*"):
            if path.is_file() and path not in kept and "sessions" not in path.parts:
                content = path.read_bytes()
                assert CANARY.encode() not in content, path
                assert b"sk-cc-" not in content or path.suffix in (".py", ".pyc"), path
    for directory in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            assert CANARY.encode() not in (directory / "cmdline").read_bytes()
