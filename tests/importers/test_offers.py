"""What becomes one profile, whose address is whose, what a gateway reaches, and what needs an answer first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cc_launcher.actions import import_scan, import_take
from cc_launcher.actions.import_take import Choice
from cc_launcher.actions.key_places import FILE
from cc_launcher.cli import import_profiles
from cc_launcher.core.importing.sources import SOURCES
from cc_launcher.files import known_hosts, places, profiles
from tests.importers.test_command import settle

__all__ = ["settle"]
KEY = "sk-fake-offers-0001"


def env(url: str, key: str = KEY, **more: str) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_AUTH_TOKEN": key} | more


def settings(home: Path, **variables: str) -> None:
    (home / ".claude").mkdir(exist_ok=True)
    (home / ".claude" / "settings.json").write_text(json.dumps({"env": variables}))


def ccs(home: Path, name: str, **variables: str) -> None:
    (home / ".ccs").mkdir(exist_ok=True)
    (home / ".ccs" / f"{name}.settings.json").write_text(json.dumps({"env": variables}))


def ccr(home: Path, *entries: dict[str, object]) -> None:
    (home / ".claude-code-router").mkdir(exist_ok=True)
    (home / ".claude-code-router" / "config.json").write_text(json.dumps({"Providers": entries}))


def test_three_tools_one_profile(home: Path) -> None:
    model = {"ANTHROPIC_MODEL": "glm-5.3"}
    ccs(home, "mine", **env("https://api.z.ai/api/anthropic/", **model))
    settings(home, **env("https://api.z.ai/api/anthropic/v1/messages", **model, API_TIMEOUT_MS="60000"))
    line = "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic/v1 ANTHROPIC_MODEL=glm-5.3"
    (home / ".bashrc").write_text(f"{line} ANTHROPIC_AUTH_TOKEN={KEY}\n")
    [offer] = import_scan.look([]).offers
    candidate = offer.candidate
    assert candidate.name == "mine"
    assert candidate.sources == ("ccs", "shell", "settings")
    assert len(candidate.places) == 3
    assert candidate.data["extends"] == "zai"


@pytest.mark.parametrize("what", ["host", "key", "model", "region"])
def test_what_differs_is_another_profile(home: Path, what: str) -> None:
    first = env("https://api.z.ai/api/anthropic", ANTHROPIC_MODEL="glm-5.3")
    url = {"host": "https://h.example", "region": "https://open.bigmodel.cn/api/anthropic"}.get(what)
    second = first | ({"ANTHROPIC_BASE_URL": url} if url else {})
    second |= {"key": {"ANTHROPIC_AUTH_TOKEN": f"{KEY}2"}, "model": {"ANTHROPIC_MODEL": "glm-5.2"}}.get(what, {})
    ccs(home, "one", **first)
    ccs(home, "two", **second)
    assert [offer.candidate.name for offer in import_scan.look([]).offers] == ["one", "two"]


def test_what_the_others_say_beside_it_is_told(home: Path) -> None:
    ccs(home, "a", **env("https://h.example", ANTHROPIC_MODEL="m"))
    ccs(home, "b", **env("https://h.example", ANTHROPIC_MODEL="m", API_TIMEOUT_MS="60000", PATH="/tmp"))
    [offer] = import_scan.look([]).offers
    assert "ccs says something else of timeout: left out" in offer.candidate.notes
    assert "PATH" in [dropped.what for dropped in offer.candidate.dropped]


def test_a_name_says_nothing_about_a_host(home: Path) -> None:
    ccs(home, "deepseek", **env("https://h.example/anthropic", ANTHROPIC_MODEL="m"))
    ccs(home, "anthropic", **env("https://api.deepseek.com.h.example", ANTHROPIC_MODEL="m"))
    for offer in import_scan.look([]).offers:
        assert "extends" not in offer.candidate.data
        assert offer.candidate.data["open_ended"] is True


def test_one_that_is_there_already_and_one_of_its_name(home: Path) -> None:
    """Whoever has answered which model finds it there the next time."""
    ccs(home, "relay", **env("https://h.example", ANTHROPIC_DEFAULT_HAIKU_MODEL="small"))
    [offer] = import_scan.look([]).offers
    assert offer.needs_model
    import_take.all_of([Choice(offer.candidate, main="claude-opus-5")], FILE, lambda _: None)
    [again] = import_scan.look([]).offers
    assert again.there == "relay"
    ccs(home, "relay", **env("https://other.example", ANTHROPIC_MODEL="m"))
    [other] = import_scan.look([]).offers
    assert (other.there, other.candidate.name) == ("", "relay-ccs")
    before = places.user_path("relay").read_text()
    import_take.all_of([Choice(other.candidate)], FILE, lambda _: None)
    assert places.user_path("relay").read_text() == before


@pytest.mark.parametrize(
    ("url", "extends", "base_url"),
    [
        ("https://llm.example.com/v1/chat/completions", None, "https://llm.example.com/v1"),
        ("https://api.groq.com/openai/v1/chat/completions", "groq", None),
        ("https://api.groq.com/other/v1/chat/completions", "groq", "https://api.groq.com/other/v1"),
        ("http://127.0.0.1:9999/v1/chat/completions", None, "http://127.0.0.1:9999/v1"),
    ],
)
def test_what_speaks_openai_only_is_reached_by_a_gateway(
    home: Path, url: str, extends: str | None, base_url: str | None
) -> None:
    ccr(home, {"name": "chat", "api_base_url": url, "api_key": KEY, "models": ["m"]})
    ccs(home, "direct", **env("https://d.example", ANTHROPIC_MODEL="m"))
    offers = [offer for offer in import_scan.look([]).offers if not offer.candidate.router]
    assert [offer.candidate.name for offer in offers] == ["direct", "chat"]
    candidate = offers[-1].candidate
    assert (candidate.data.get("extends"), candidate.data.get("base_url")) == (extends, base_url)
    assert candidate.by_gateway
    assert not candidate.chosen
    done = import_take.all_of([Choice(candidate)], FILE, lambda _: None)
    resolved = profiles.load(done.taken[0])
    assert resolved.profile.api == "openai"
    [bound] = [host for entry, host in known_hosts.read().items() if entry.startswith("chat ")]
    assert bound == resolved.host


def test_an_address_of_chat_in_the_clients_own_file_is_no_direct_profile(home: Path) -> None:
    settings(home, **env("https://llm.example.com/v1/chat/completions", ANTHROPIC_MODEL="m"))
    [offer] = import_scan.look([]).offers
    assert offer.candidate.data["api"] == "openai"


@pytest.mark.parametrize("url", ["https://api.groq.com/anthropic", "https://llm.example.com/v1", "https://h.example"])
def test_what_says_nothing_of_openai_is_direct(home: Path, url: str) -> None:
    settings(home, **env(url, ANTHROPIC_MODEL="m"))
    [offer] = import_scan.look([]).offers
    assert "api" not in offer.candidate.data
    assert offer.candidate.chosen


@pytest.mark.parametrize("form", ["openai_responses", "gemini_native", "something_new"])
def test_another_api_of_cc_switch_is_no_profile(home: Path, form: str) -> None:
    text = json.dumps({"env": env("https://h.example")})
    row = f"INSERT INTO providers VALUES ('1', 'claude', 'x', '{text}', '{json.dumps({'apiFormat': form})}', 0);"
    (home / "x.sql").write_text(f"CREATE TABLE providers (id, app_type, name, settings_config, meta, is_current);{row}")
    looked = import_scan.look([str(home / "x.sql")])
    assert looked.offers == []
    [skip] = looked.skipped
    assert (form in skip.why, skip.key.value) == (True, KEY)


def test_a_server_that_is_guessed_needs_an_answer(home: Path) -> None:
    lines = [f"{name}_API_KEY={KEY}{at}" for at, name in enumerate(("ARK", "GLM", "QWEN", "KIMI", "DEEPSEEK"))]
    (home / ".ccm_config").write_text("\n".join(lines))
    asked = {offer.candidate.name: offer.questions for offer in import_scan.look([]).offers}
    assert "ark.cn-beijing.volces.com is guessed" in asked["ark"][0]
    assert [name for name, questions in asked.items() if not questions] == ["deepseek"]


def test_what_a_second_file_says_is_no_guess(home: Path) -> None:
    (home / ".ccm_config").write_text(f"KIMI_API_KEY={KEY}\nKIMI_MODEL=kimi-k3\n")
    settings(home, **env("https://api.moonshot.ai/anthropic", ANTHROPIC_MODEL="kimi-k3"))
    [offer] = import_scan.look([]).offers
    assert offer.questions == ()


@pytest.mark.parametrize("name", ["claude-code-router-2/ui", "codehelper/wrappers", "hand/wrapper", "clother/many"])
def test_the_command_for_what_is_left_is_one_that_works(
    name: str, settle: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(name)  # type: ignore[operator]
    import_profiles.command([], all_of_it=True, no_secret=True, as_json=True)
    left = json.loads(capsys.readouterr().out)["data"]["left"]
    for entry in left:
        words = entry["command"].partition(",")[0].removeprefix("cc import ").split()
        assert {*words} <= {*SOURCES}


def test_options_stay_together(home: Path) -> None:
    """A yes to one line and a no to another leaves no half of either."""
    (home / ".config" / "multi-claude").mkdir(parents=True)
    args = ["--permission-mode", "plan", "--add-dir", "/a", "/b", "--verbose"]
    account = {"env": env("https://h.example", ANTHROPIC_MODEL="m"), "args": args}
    (home / ".config" / "multi-claude" / "config.json").write_text(json.dumps({"accounts": {"w": account}}))
    [offer] = import_scan.look([]).offers
    lines = [consent.line for consent in offer.candidate.consents]
    assert lines == ["--permission-mode plan", "--add-dir /a /b", "--verbose"]
    import_take.all_of([Choice(offer.candidate, [lines[1]])], FILE, lambda _: None)
    assert profiles.load("w").profile.args == ("--add-dir", "/a", "/b")
