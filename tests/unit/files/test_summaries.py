"""What a list says of profiles is remembered, and made anew when anything about them has changed."""

import json
from pathlib import Path

import pytest

from cc_launcher.core.profile.summary import CLIENTS_LOGIN, Summary
from cc_launcher.files import places, profiles, summaries


@pytest.fixture
def directory(home: Path) -> Path:
    made = home / "config" / "profiles"
    made.mkdir(parents=True, mode=0o700)
    return made


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The profiles that were read to make a summary."""
    names: list[str] = []
    load = profiles.load

    def noted(name: str) -> object:
        names.append(name)
        return load(name)

    monkeypatch.setattr(profiles, "load", noted)
    return names


def put(directory: Path, name: str, text: str) -> None:
    path = directory / f"{name}.toml"
    path.write_text(text)
    path.chmod(0o600)


def read() -> dict[str, Summary]:
    return {summary.name: summary for summary, _ in summaries.read()}


def test_ones_own_come_first_and_the_catalog_after_them(directory: Path) -> None:
    put(directory, "zzz", 'extends = "zai"\ntitle = "Mine"')
    put(directory, "zai", 'auth = "login"')
    listed = summaries.read()
    assert [(summary.name, own) for summary, own in listed[:2]] == [("zai", True), ("zzz", True)]
    assert [summary.name for summary, own in listed if not own] == [
        name for name in places.catalog_names() if name != "zai"
    ]


def test_a_summary_says_what_one_chooses_by(directory: Path) -> None:
    put(directory, "mine", 'extends = "zai"\ntitle = "Mine"\nsecret = "file:/k"\n[secret_headers]\nx-a = "env:A"\n')
    put(directory, "keyless", 'auth = "none"\nbase_url = "http://localhost:1"\n')
    put(directory, "broken", "auht = 1")
    found = read()
    models = found["mine"].models
    assert {"glm-5.3", "glm"} <= set(models)
    assert found["mine"] == Summary(
        "mine",
        "Mine",
        "api.z.ai/api/anthropic",
        "glm-5.3",
        references=("env:A", "file:/k"),
        key_env=None,
        models=models,
    )
    assert found["keyless"] == Summary(
        "keyless", "keyless", "http://localhost:1", "to be named", server=("localhost", "1", "", "")
    )
    assert found["broken"] == Summary("broken", fault="~/config/profiles/broken.toml:1: unknown key auht")
    assert found["zai"].key_env == ("ZAI_API_KEY", "Z_AI_API_KEY", "GLM_API_KEY")
    own = "the client's own"
    assert found["claude"] == Summary("claude", found["claude"].title, own, own, cloud=CLIENTS_LOGIN)


def test_what_is_remembered_is_not_read_again(directory: Path, made: list[str]) -> None:
    put(directory, "mine", 'extends = "zai"\n')
    first = read()
    assert sorted(made) == sorted(first)
    made.clear()
    assert read() == first
    assert made == []


@pytest.mark.parametrize("change", ["its own file", "a file it extends", "a file that came", "the directory's rights"])
def test_what_has_changed_is_read_again(directory: Path, made: list[str], change: str) -> None:
    put(directory, "base", 'auth = "login"\ntitle = "before"')
    put(directory, "mine", 'extends = "base"\n')
    put(directory, "other", 'extends = "zai"\n')
    read()
    made.clear()
    if change == "its own file":
        put(directory, "mine", 'extends = "base"\ntitle = "after"\n')
        assert read()["mine"].title == "after"
        assert made == ["mine"]
    elif change == "a file it extends":
        put(directory, "base", 'auth = "login"\ntitle = "after"')
        assert (read()["mine"].title, made) == ("after", ["base", "mine"])
    elif change == "a file that came":
        put(directory, "zai", 'auth = "login"\ntitle = "after"')
        assert read()["other"].title == "after"
        assert set(made) == {"zai", "other"}
    else:
        directory.chmod(0o770)
        assert "other users can write it" in read()["mine"].fault
        assert "mine" in made


@pytest.mark.parametrize(
    "memory",
    ["", "[]", "{}", '{"version": 1, "directory": "", "entries": {}}', "[" * 100_000, "garbage", "[entries]"],
)
def test_an_odd_memory_is_none(home: Path, directory: Path, memory: str) -> None:
    put(directory, "mine", 'auth = "login"')
    first = read()
    file = home / "cache" / "profiles.json"
    whole = json.loads(file.read_text())
    whole["entries"] = {"mine": 1, "zai": {"files": {}, "shipped": [], "summary": {"name": "x", "key_env": 5}}}
    file.write_text(json.dumps(whole) if memory == "[entries]" else memory)
    assert read() == first


def test_that_nothing_can_be_remembered_is_no_error(home: Path) -> None:
    (home / "cache").touch()
    assert "zai" in read()
