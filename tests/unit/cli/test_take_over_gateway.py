"""A session behind our gateway goes elsewhere, or one from elsewhere goes there: each upstream may see it.

No engine is started: what is looked at is said before that.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.transcripts import stamp
from tests.unit.cli.scene import OK, REFUSED, CommandScene
from tests.unit.cli.test_take_over import ONE, PROFILE, put, spoken

HOSTS = ("alpha.example", "beta.example")
MIX = '[gateway]\nupstreams = { a = "alpha", b = "beta" }\n[routes.main]\ntargets = [{ to = "a/m" }, { to = "b/m" }]\n'
LONE = (
    'api = "openai"\nbase_url = "https://lone.example/v1"\nauth = "bearer"\nsecret = "cmd:echo x"\ntiers.main = "m"\n'
)


@pytest.fixture
def scene(scene: CommandScene) -> CommandScene:
    for name in ("alpha", "beta", "gamma"):
        scene.sandbox.profile(name, PROFILE.format(host=f"{name}.example", name=name))
    scene.sandbox.profile("mix", MIX)
    scene.sandbox.profile("lone", LONE)
    return scene


def on(scene: CommandScene, profile: str, host: str) -> None:
    """A session of this profile, marked as its launch does."""
    path = spoken(scene, profile)
    said = f'cc {{"v":1,"profile":"{profile}","provider":"{profile}","host":"{host}"}}\n'
    hook = {"type": "hook_success", "hookName": "SessionStart:startup", "stderr": said, "toolUseID": "e0"}
    mark = {"type": "attachment", "attachment": hook, "timestamp": stamp(0), "sessionId": ONE}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    put(scene, ONE, [mark, *lines[1:]])


def looked(scene: CommandScene, profile: str) -> dict[str, Any]:
    told = json.loads(scene.shown("take-over", "--dry-run", "--json", profile))["data"]
    return dict(told.get("take_over") or {"not_agreed": []})


def missing(told: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(one["from"], one["to"], one["private"]) for one in told["not_agreed"]]


def test_who_has_seen_a_session_of_a_gateway_are_its_upstreams(scene: CommandScene) -> None:
    on(scene, "mix", ",".join(HOSTS))
    (session,) = json.loads(scene.shown("sessions", "--json"))["data"]
    assert session["profile"] == "mix"
    told = looked(scene, "gamma")
    assert told["seen_by"][0]["host"] == "alpha.example, beta.example"
    assert missing(told) == [(host, "gamma.example", False) for host in HOSTS]


def test_to_an_upstream_nothing_new_is_told(scene: CommandScene) -> None:
    on(scene, "mix", ",".join(HOSTS))
    assert missing(looked(scene, "alpha")) == []


def test_a_session_that_goes_behind_a_gateway_goes_to_each_of_its_upstreams(scene: CommandScene) -> None:
    on(scene, "gamma", "gamma.example")
    told = looked(scene, "mix")
    assert told["host"] == "alpha.example, beta.example"
    assert missing(told) == [("gamma.example", host, False) for host in HOSTS]


def test_a_gateway_of_one_provider_is_that_provider(scene: CommandScene) -> None:
    on(scene, "gamma", "gamma.example")
    assert missing(looked(scene, "lone")) == [("gamma.example", "lone.example", False)]
    on(scene, "lone", "lone.example")
    assert missing(looked(scene, "gamma")) == [("lone.example", "gamma.example", False)]


def test_an_upstream_of_before_has_seen_it_too(scene: CommandScene) -> None:
    on(scene, "mix", "alpha.example,gone.example")
    pairs = missing(looked(scene, "gamma"))
    assert pairs == [(host, "gamma.example", False) for host in ("alpha.example", "gone.example")]


def test_what_was_said_on_a_private_upstream_is_private(scene: CommandScene) -> None:
    near = (
        'base_url = "http://localhost:1234"\nauth = "none"\nkind = "gateway"\ncompat.private = true\ntiers.main = "m"\n'
    )
    scene.sandbox.profile("beta", near)
    on(scene, "mix", "alpha.example,localhost")
    assert missing(looked(scene, "gamma")) == [
        ("alpha.example", "gamma.example", False),
        ("localhost:1234", "gamma.example", True),
    ]


def test_a_gateway_may_be_allowed_and_taken_back_as_a_whole(scene: CommandScene) -> None:
    said = scene.told(OK, "take-over", "--allow", "gamma", "mix")
    assert [line.partition(";")[0] for line in said.splitlines()] == [
        f"cc: what gamma.example has seen may go to {host}" for host in HOSTS
    ]
    on(scene, "gamma", "gamma.example")
    assert missing(looked(scene, "mix")) == []
    scene.told(OK, "edit", "gamma", "--withdraw", "mix")
    assert len(missing(looked(scene, "mix"))) == 2


def test_without_anybody_to_ask_a_launch_names_the_command(scene: CommandScene) -> None:
    on(scene, "mix", ",".join(HOSTS))
    said = scene.told(REFUSED, "take-over", "gamma", "last", "-p", "x")
    assert "cc take-over --allow alpha gamma" in said
    assert "cc take-over --allow beta gamma" in said
