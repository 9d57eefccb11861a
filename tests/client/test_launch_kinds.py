"""Each kind of launch, on both clients: the provider sees the profile's credential and models, and nothing else."""

import pytest

from tests.client import harness
from tests.client.stage import A_TASK, KINDS, MODELS, PATIENCE, Stage, credential_of, texts
from tests.fakes.fake_provider import Request
from tests.support import wait_until

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
TITLED = dict.fromkeys(KINDS, MODELS["haiku"]) | {"key": "claude-haiku-5-5"}
UP = "\x1b[A"
# What the client shows on its first run, before the prompt, and the keys that lead on.
FIRST_RUN = {
    CURRENT: {"Choose the text style": "\r", "Security notes": "\r", "❯ No, exit": f"{UP}\r"},
    OLD: {"Choose the text style": "\r", "Security notes": "\r", "❯ 1. Yes, I trust this folder": "\r"},
}


@pytest.mark.parametrize("version", [CURRENT, OLD])
@pytest.mark.parametrize("name", KINDS)
def test_print_mode(stage: Stage, name: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    protection = stage.protection(kind)
    assert stage.plan(kind)["protection"] == protection

    seen = []
    for cached in (False, True):
        stage.forget()
        ended = stage.launch(kind, "-p", "hi", cached=cached)
        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        stage.check_requests(kind, protection)
        seen.append([_shape(request) for request in stage.ours.messages])
    assert seen[0] == seen[1]


def _shape(request: Request) -> tuple[str, dict[str, str], str]:
    return request.path, credential_of(request), request.body["model"]


@pytest.mark.parametrize(("name", "version"), [*((name, CURRENT) for name in KINDS), ("token", OLD), ("key", OLD)])
def test_a_session(stage: Stage, name: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    if name != "key":
        harness.seed_home(stage.home, [stage.work])

    with stage.session(kind) as terminal:
        if name == "key":
            first_run(stage, terminal)
        stage.wait_until_ready(terminal)
        if stage.is_current:
            # Auto mode asks a model that other providers do not have. With the login it is the client's own business.
            assert ("auto mode on" in terminal.screen()) == (name == "login")
        stage.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)
        if stage.is_current and name != "none":  # which is a private profile: no titles
            wait_until(lambda: bool(titles(stage)), "a title's request")
    if name != "login":
        assert set(titles(stage)) <= {TITLED[name]}
    stage.check_requests(kind, stage.protection(kind))


def first_run(stage: Stage, terminal: harness.Terminal) -> None:
    """Walk through the first run of a home in which nothing is: no question about a key, no way to Anthropic needed."""
    for text, keys in FIRST_RUN[stage.version].items():
        terminal.wait_for(text, timeout=PATIENCE)
        terminal.wait_for_silence()
        for key in filter(None, keys.partition("\r")):
            terminal.wait_for_quiet()  # a key that comes with the dialog is lost
            terminal.send(key)


def titles(stage: Stage) -> list[str]:
    """The models that were asked for a session's title."""
    return [request.body["model"] for request in stage.ours.messages if "<session>" in texts(request.body["messages"])]
