"""What a provider does not serve, through the commands: said once, shown with its source, and what takes its place."""

from __future__ import annotations

import json
import shlex
import time
from pathlib import Path

import pytest

from cc_launcher.actions import takes_images
from cc_launcher.core.probe import record
from cc_launcher.core.probe.outcome import FAILED, Outcome
from tests.report import sample
from tests.support import require_tool, run
from tests.unit.cli.scene import OK, CommandScene

SEARCH = "no web search (WebSearch is off)"
OFFER = '[search_servers.ours]\nurl = "https://search.example/mcp"\nsecret_headers.Authorization = "{where}"\n'
TEXT = (
    'base_url = "https://host.example"\nauth = "bearer"\ncontext = 200000\nsecret = "file:{key}"\n{keys}'
    '[tiers]\nmain = "m"\n{tables}'
)


@pytest.fixture
def scene(scene: CommandScene) -> CommandScene:
    scene.keep(scene.key)
    return scene


def profile(scene: CommandScene, keys: str = "", tables: str = "") -> Path:
    return scene.sandbox.profile("mine", TEXT.format(key=scene.file, keys=keys, tables=tables))


def said(scene: CommandScene, *words: str) -> str:
    result = scene.run("run", "mine", *words)
    assert result.code == OK, result
    return result.err.decode()


def denied(scene: CommandScene) -> list[str]:
    arguments = [word.decode() for word in scene.sandbox.fake.take().arguments]
    found: list[str] = json.loads(arguments[arguments.index("--settings") + 1]).get("permissions", {}).get("deny", [])
    return found


def test_it_is_said_once_and_by_nothing_that_asks_no_model(scene: CommandScene) -> None:
    profile(scene, "web_search = false\nvision = false\n")
    for option in ("--version", "-h", "mcp"):
        assert SEARCH not in said(scene, "--", option)
    scene.shown("run", "--dry-run", "mine")  # a look is none
    assert said(scene) == f"cc: mine: {SEARCH} and no images on m: cc show mine\n"
    assert denied(scene) == ["WebSearch"]
    assert said(scene) == ""
    cached = scene.sandbox.run("run", "mine", environment=scene.environment(), cached=True)
    assert (cached.code, cached.err) == (OK, b"")
    assert denied(scene) == ["WebSearch"]


def test_a_task_of_another_session_does_not_use_it_up(scene: CommandScene) -> None:
    profile(scene, "web_search = false\n")
    assert SEARCH not in scene.run("ask", "mine", "hi").err.decode()
    assert denied(scene) == ["WebSearch"]
    assert SEARCH in said(scene)


def test_what_is_new_is_said_alone(scene: CommandScene) -> None:
    profile(scene, "web_search = false\n", "[models.n]\nvision = false\n")
    assert said(scene) == f"cc: mine: {SEARCH}: cc show mine\n"
    assert said(scene, "n") == "cc: mine: no images on n: cc show mine\n"
    assert said(scene, "n") == ""
    profile(scene, "web_search = true\n", "[models.n]\nvision = true\n")
    scene.sandbox.fake.take()
    assert said(scene) == ""
    assert denied(scene) == []
    assert said(scene, "n") == ""


def test_a_profile_that_is_removed_takes_what_was_said_along(scene: CommandScene) -> None:
    profile(scene, "web_search = false\n")
    assert SEARCH in said(scene)
    assert scene.run("remove", "mine", "--yes").code == OK
    profile(scene, "web_search = false\n")
    assert SEARCH in said(scene)


def test_that_nothing_can_be_written_only_means_that_it_is_said_again(scene: CommandScene) -> None:
    profile(scene, "web_search = false\n")
    place = scene.sandbox.home / ".local" / "share" / "cc-launcher"
    place.mkdir(parents=True, mode=0o700)
    (place / "said").write_text("a file where a directory should be")
    for _ in range(2):
        assert SEARCH in said(scene)
        assert denied(scene) == ["WebSearch"]


def test_what_a_probe_has_seen_is_said_at_the_next_launch_also_of_a_kept_plan(scene: CommandScene) -> None:
    profile(scene)
    assert said(scene) == said(scene) == ""
    outcome = Outcome(takes_images.CHECK, "pictures", "content", FAILED, "refused (400): no image input")
    kept = sample.run(profile="mine", model="m", host="host.example:443", began=time.time(), outcomes=(outcome,))
    code = (
        "import sys; from cc_launcher.core.probe import record; from cc_launcher.actions import probing; "
        "probing.keep(record.decode(sys.argv[1]), probing.Wishes())"
    )
    program = str(scene.sandbox.cc)
    python = Path(program).read_text().splitlines()[0].removeprefix("#!")
    assert run([python, "-c", code, record.encode(kept)], scene.environment(), scene.sandbox.work).code == 0
    assert said(scene) == "cc: mine: no images on m: cc show mine\n"
    assert "images      none on m (its probe of " in scene.shown("show", "-v", "mine")


def test_it_is_shown_with_its_source_for_people_and_for_programs(scene: CommandScene) -> None:
    path = profile(scene, "web_search = false\nvision = false\n")
    assert "without   web search and images: cc show -v mine" in scene.shown("show", "mine")
    whole = scene.shown("show", "-v", "mine")
    where = f"~/{path.relative_to(scene.sandbox.home)}"
    assert f"search      none here ({where}:5), so WebSearch is off" in whole
    assert f"images      none on m ({where}:6)" in whole
    plan = json.loads(scene.shown("run", "--dry-run", "--json", "mine"))["data"]
    assert plan["serves"] == {
        "web_search": {"value": False, "source": f"{where}:5"},
        "vision": {"value": False, "source": f"{where}:6"},
        "search_servers": [],
        "search": None,
    }
    assert plan["notes"] == []


def test_an_offered_server_is_in_no_session_before_it_is_chosen(scene: CommandScene) -> None:
    secret = scene.sandbox.outside / "search-key"
    secret.write_text("a key for the search")
    secret.chmod(0o600)
    profile(scene, "web_search = false\n", OFFER.format(where=f"file:{secret}"))
    assert said(scene).endswith(": cc show mine names another search\n")
    assert not any(b"--mcp-config" in word for word in scene.sandbox.fake.take().arguments)
    assert "(ours has one)" in scene.shown("show", "mine")
    assert "instead: cc edit mine search=ours" in scene.shown("show", "-v", "mine")
    told = scene.told(OK, "edit", "mine", "search=ours")
    assert f"ours reads its key from file:{secret}; if it is not there: cc secret set mine --mcp ours.Author" in told
    assert said(scene) == ""
    arguments = [word.decode() for word in scene.sandbox.fake.take().arguments]
    [config] = [word.partition("=")[2] for word in arguments if word.startswith("--mcp-config=")]
    helper = json.loads(config)["mcpServers"]["ours"]["headersHelper"]
    done = run([require_tool("sh"), "-c", helper], scene.environment(), scene.sandbox.work)
    assert json.loads(done.out) == {"Authorization": "a key for the search"}
    assert "a key for the search" not in shlex.join(arguments)
    scene.told(OK, "edit", "mine", "web_search=true")
    said(scene)
    assert denied(scene) == []


def test_a_server_that_is_not_offered_cannot_be_chosen(scene: CommandScene) -> None:
    path = profile(scene, "", OFFER.format(where="keyring:ours"))
    before = path.read_text()
    result = scene.run("edit", "mine", "search=our")
    assert result.code != OK
    assert b"no search server our" in result.err
    assert b"did you mean ours?" in result.err
    assert path.read_text() == before


def test_a_wrapper_says_it_when_it_is_written_and_a_project_when_it_is_used(scene: CommandScene) -> None:
    path = profile(scene, "web_search = false\n")
    installed = scene.run("install-wrapper", "mine")
    assert installed.code == OK, installed
    assert f"mine: {SEARCH}: cc show mine" in installed.err.decode()
    (scene.sandbox.work / ".claude").mkdir()
    settings = scene.sandbox.work / ".claude" / "settings.local.json"
    settings.write_text('{"permissions": {"deny": ["Bash"], "allow": ["WebSearch"]}}')
    before = settings.read_text()
    assert f"mine: {SEARCH}: cc show mine" in scene.run("use", "mine").err.decode()
    assert json.loads(settings.read_text())["permissions"]["deny"] == ["Bash", "WebSearch"]
    assert scene.run("use", "--off").code == OK
    assert settings.read_text() == before
    assert path.exists()


def test_a_server_of_the_providers_own_may_have_its_key_and_nobody_elses_may(scene: CommandScene) -> None:
    """As Z.ai's: it is on the host of the provider, and wants the key that this one has."""
    offer = OFFER.replace("search.example", "{host}").format(host="host.example", where=f"file:{scene.file}")
    profile(scene, 'web_search = false\nsearch = "ours"\n', offer)
    for _ in range(2):
        assert said(scene) == ""
        assert b"--mcp-config" in b" ".join(scene.sandbox.fake.take().arguments)
    profile(scene, 'web_search = false\nsearch = "ours"\n', offer.replace("host.example", "other.example"))
    refused = scene.run("run", "mine")
    assert refused.code != OK
    assert b"would go to other.example and to host.example" in refused.err
    assert not scene.sandbox.fake.started
