"""The user's own `--settings` keeps its effect and ours keeps its own; the client's subcommands are left alone."""

import json

import pytest

from cc_launcher.core.errors import USAGE
from tests.client import harness
from tests.client.stage import KINDS, PATIENCE, PROMPT, Stage, first, tool_results
from tests.fakes.fake_provider import call

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
OWN = json.dumps({"env": {"FOO": "bar"}, "permissions": {"allow": ["Bash(printenv:*)"]}})
FORMS = {
    "inline": ("--settings", OWN),
    "with =": (f"--settings={OWN}",),
    "file": ("--settings", "own.json"),
    "the last of two": ("--settings", '{"env": {"FOO": "other"}}', "--settings", OWN),
}
WRONG = {
    "no file": ("--settings", "nowhere.json"),
    "broken file": ("--settings", "broken.json"),
    "a directory": ("--settings", "."),
    "broken JSON": ("--settings", '{"env": '),
    "a list": ("--settings", "list.json"),
    "nothing": ("--settings",),
}


@pytest.mark.parametrize(
    ("version", "name", "form"),
    [
        *((CURRENT, "token", form) for form in FORMS),
        (CURRENT, "sealed", "inline"),
        (CURRENT, "login", "file"),
        (OLD, "none", "with ="),
    ],
)
def test_they_are_joined(stage: Stage, name: str, form: str) -> None:
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    stage.settings("project", {"env": {"ANTHROPIC_BASE_URL": stage.hijacker.url}})
    (stage.work / "own.json").write_text(OWN)
    stage.ours.script = first(call("Bash", command="printenv FOO", description="x"))

    ended = stage.launch(kind, *FORMS[form], "-p", PROMPT)

    assert ended.returncode == 0, ended
    assert tool_results(stage.ours.messages[-1].body) == ["bar"]
    stage.check_requests(kind, stage.protection(kind))


@pytest.mark.parametrize("name", ["token", "sealed", "login"])
@pytest.mark.parametrize("form", WRONG)
def test_what_cannot_be_joined_ends_before_the_launch(stage: Stage, name: str, form: str) -> None:
    stage.profile(KINDS[name])
    (stage.work / "broken.json").write_text('{"env": ')
    (stage.work / "list.json").write_text("[]")

    ended = stage.launch(KINDS[name], "-p", PROMPT, *WRONG[form])

    assert (ended.returncode, ended.stdout) == (USAGE, ""), ended
    assert "--settings" in ended.stderr
    assert list(stage.everything()) == []


@pytest.mark.parametrize(("version", "name"), [(CURRENT, "token"), (CURRENT, "sealed"), (OLD, "token")])
@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--no-such-option",), ("mcp", "list"), ("mcp", "get", "nothing"), ("plugin", "list")],
    ids=" ".join,
)
def test_what_starts_no_session_is_as_with_plain_claude(stage: Stage, name: str, arguments: tuple[str, ...]) -> None:
    stage.profile(KINDS[name])
    harness.seed_home(stage.home)
    plain = harness.run([stage.client, *arguments], stage.environment, stage.work, timeout=PATIENCE)

    launched = stage.launch(KINDS[name], *arguments)

    assert (launched.returncode, launched.stdout) == (plain.returncode, plain.stdout)
    assert launched.stderr.endswith(plain.stderr)  # an old client's sealing is said before
