"""Every way to a session, with a profile that is reached by the gateway, and the real client."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from cc_launcher.core.sessions import consent
from tests.client import harness
from tests.client.gatewayed import CANARY, OLDER, Desk
from tests.client.hostile import FILES, FOREIGN, SHELL, WHAT, plant
from tests.client.stage import PROMPT, Stage
from tests.fakes.fake_provider import Block, Body, ErrorReply, FakeProvider, call, say
from tests.gateways.scripted import Call, Said, results
from tests.support import console_script, wait_until

MINE = ("mix", "solo")
OLD = harness.BEFORE_HOST_FLAG
_ENV = Call("Bash", {"command": "env", "description": "look"})


class Direct:
    """A provider of Anthropic's API beside the gateway, profile `direct`."""

    def __init__(self, desk: Desk, provider: FakeProvider) -> None:
        self.provider = provider
        provider.script = lambda _: [say("answer of direct")]
        provider.headers["retry-after"] = "0"
        desk.gateway.secret("direct", "sk-canary-of-direct")
        secret = desk.gateway.root / "key-direct"
        text = f'base_url = "{provider.url}"\nauth = "bearer"\nsecret = "file:{secret}"\ncontext = 200000\n'
        desk.gateway.profile("direct", f'{text}tiers.main = "v/own"\n')


@pytest.fixture
def direct(desk: Desk) -> Iterator[Direct]:
    with FakeProvider() as provider:
        yield Direct(desk, provider)


def agree(desk: Desk, *hosts: str) -> None:
    """Each of these hosts may see what another one has seen."""
    given = [consent.Consent(a, b, 1.0) for a in hosts for b in hosts if a != b]
    path = desk.gateway.data / "consents.json"
    path.touch(mode=0o600)
    path.write_bytes(consent.encode(given))


@pytest.mark.parametrize("places", [FILES, SHELL], ids=["files", "shell"])
def test_hostile_settings_do_not_reach_another_gateway(desk: Desk, stage: Stage, places: tuple[str, ...]) -> None:
    stage.environment |= {name: value for name, value in desk.environment.items() if name.startswith("CC_")}
    harness.seed_login(stage.home)
    plant(stage, places, WHAT)
    ended = stage.cc("run", *MINE, "-p", "hi")
    assert (ended.returncode, ended.stdout.strip()) == (0, "answer of a"), ended
    assert [stage.hijacker.requests, stage.ours.requests, stage.outside.messages] == [[], [], []]
    for one in desk.upstream.asked:
        assert FOREIGN not in f"{one.headers} {one.raw!r}"
        assert one.headers["authorization"] == f"Bearer {desk.served.key('a')}"


@pytest.mark.parametrize("version", [harness.CURRENT, OLDER, OLD])
@pytest.mark.parametrize("options", [(), ("--sealed",)], ids=["usual", "sealed"])
def test_older_clients_and_sealed_ones_have_the_key_from_a_file(desk: Desk, options: tuple[str, ...]) -> None:
    desk.upstream.plans.steps["say env"] = [Said(calls=(_ENV,)), Said("done")]
    ended = desk.ok("run", *options, *MINE, "-p", "say env", "--allowedTools", "Bash")
    assert ended.stdout.strip() == "done"
    (variables,) = results(desk.upstream.turns()[-1].body)
    assert "sk-cc-" not in variables
    assert CANARY not in variables
    for path in (desk.gateway.data / "gateway" / "sessions").glob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_wrapper_starts_a_session_with_a_key_of_its_own(desk: Desk) -> None:
    console_script(desk.home / "bin")
    desk.environment["PATH"] = f"{desk.home / 'bin'}:{desk.environment['PATH']}"
    desk.ok("install-wrapper", "mix")
    wrapper = desk.home / ".local" / "bin" / "claude-mix"
    assert "sk-cc-" not in wrapper.read_text()
    for _ in range(2):
        ended = harness.run([wrapper, "-p", "hi"], desk.environment, desk.work, timeout=120)
        assert (ended.returncode, ended.stdout.strip()[:-1]) == (0, "answer of "), ended


@pytest.mark.usefixtures("direct")
def test_what_a_gateways_route_cannot_do_another_profile_goes_on_with(desk: Desk) -> None:
    asked = ("run", "--fallback", "direct", *MINE, "-p", PROMPT)
    assert desk.ok(*asked).stdout.strip() == "answer of a"
    desk.upstream.broken["a"] = 402
    ended = desk.ok(*asked)
    assert ended.stdout.strip() == "answer of direct"
    assert "on to direct" in ended.stderr


def test_a_gateway_comes_second(desk: Desk, direct: Direct) -> None:
    direct.provider.script = lambda _: ErrorReply(402, "Insufficient Balance", "invalid_request_error")
    ended = desk.ok("run", "--fallback", "mix", "direct", "-p", PROMPT)
    assert ended.stdout.strip()[:-1] == "answer of "
    assert "on to mix" in ended.stderr


def test_a_session_stays_when_the_gateway_fails_in_it_and_the_other_way_round(desk: Desk, direct: Direct) -> None:
    ran = desk.work / "ran"
    count = {"command": f"echo once >>{ran}", "description": "count"}
    refused = desk.cc("run", "--stay", "--fallback", "direct", *MINE, "-p", PROMPT)
    assert (refused.returncode, desk.upstream.asked, direct.provider.messages) == (77, [], []), refused
    agree(desk, desk.upstream.host, desk.served.gone.host, direct.provider.host)

    desk.upstream.plans.steps[PROMPT] = [Said(calls=(Call("Bash", count),)), Said(status=402)]
    stays = ("run", "--stay", "--fallback")
    ended = desk.ok(*stays, "direct", *MINE, "-p", PROMPT, "--allowedTools", "Bash")
    assert ended.stdout.strip() == "answer of direct"
    assert "on to direct" in ended.stderr
    assert ran.read_text() == "once\n"

    def script(body: Body) -> list[Block] | ErrorReply:
        if not body.get("tools"):
            return [say("a title")]
        done = "tool_result" in json.dumps(body)
        return ErrorReply(402, "Insufficient Balance", "invalid_request_error") if done else [call("Bash", **count)]

    del desk.upstream.plans.steps[PROMPT]
    direct.provider.script = script
    ended = desk.ok(*stays, "mix", "direct", "-p", PROMPT, "--allowedTools", "Bash")
    assert ended.stdout.strip()[:-1] == "answer of "
    assert "on to mix" in ended.stderr
    assert ran.read_text() == "once\nonce\n"
    wait_until(lambda: not desk.processes(), "the end of all that was started here")


def test_a_task_for_a_gateway_from_a_shell_and_from_a_session(desk: Desk, direct: Direct) -> None:
    ended = desk.ok("ask", "mix", "what is it?")
    assert ended.stdout.strip()[:-1] == "answer of "
    tool = call("mcp__cc__ask", profile="mix", task="what is it?")

    def script(body: Body) -> list[Block]:
        return [say("told")] if "tool_result" in json.dumps(body) else [tool]

    direct.provider.script = script
    ended = desk.cc("run", "--with", "mix", "direct", "-p", PROMPT)
    assert ended.stdout.strip() == "told", ended
    told = json.dumps(direct.provider.messages[-1].body)
    assert "answer of " in told
    wait_until(lambda: not desk.processes(), "the end of all that was started here")


def test_a_session_is_taken_over_by_a_gateway_and_from_it(desk: Desk, direct: Direct) -> None:
    begun = desk.turn(("direct",), "the first thing")["session_id"]
    refused = desk.cc("take-over", "mix", begun, "-p", "the second thing")
    assert (refused.returncode, desk.upstream.asked) == (77, []), refused
    assert desk.upstream.host in refused.stderr

    agree(desk, desk.upstream.host, desk.served.gone.host, direct.provider.host)
    desk.upstream.plans.steps["the second thing"] = [Said("said by the gateway")]
    there = desk.ok("take-over", "mix", begun, "-p", "the second thing", "--output-format", "json")
    told = json.loads(there.stdout)
    assert told["result"].strip() == "said by the gateway"
    for words in ("the first thing", "answer of direct"):
        assert words in json.dumps(desk.upstream.turns()[-1].body)

    back = desk.ok("take-over", "direct", told["session_id"], "-p", "the third thing")
    assert back.stdout.strip() == "answer of direct"
    last = json.dumps(direct.provider.messages[-1].body)
    assert "said by the gateway" in last
