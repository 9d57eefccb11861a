"""`cc import --check`: what it sends, what it says of each answer, and that an import stays whatever that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.actions.key_places import FILE
from cc_launcher.cli import import_look, import_profiles
from cc_launcher.files import places
from tests.fakes.fake_provider import ErrorReply, FakeProvider

KEY = "sk-fake-of-the-source-01"


@pytest.fixture
def provider(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """A provider on loopback, whose address and key stand in a settings file. The store is the owner's own file."""
    monkeypatch.delenv("CC_OFFLINE")
    monkeypatch.setattr(import_look.Stores, "unasked", FILE)
    monkeypatch.setitem(import_look._STORES, FILE, "a file")
    with FakeProvider() as fake:
        env = {"ANTHROPIC_BASE_URL": fake.url, "ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_MODEL": "corp-large"}
        path = home / ".claude" / "settings.json"
        path.parent.mkdir()
        path.write_text(json.dumps({"env": env}))
        yield fake


def checked(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Import with --check; what is said of it."""
    import_profiles.command(["settings"], all_of_it=True, check=True)
    said = capsys.readouterr().err
    assert KEY not in said
    assert len(places.user_names()) == 1
    return said.splitlines()


def test_what_it_sends_is_said_first_and_is_one_token(
    provider: FakeProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    said = checked(capsys)
    [request] = provider.requests
    assert (request.path, request.body["max_tokens"], request.body["model"]) == ("/v1/messages", 1, "corp-large")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    [name] = places.user_names()
    at = said.index(f"cc: {name}: asking 127.0.0.1 if it accepts the key: one message of one token")
    assert said[at + 1] == f"cc: {name}: the provider accepts the key (corp-large answered)"


def test_a_key_that_is_refused(provider: FakeProvider, capsys: pytest.CaptureFixture[str]) -> None:
    provider.script = lambda _: ErrorReply(401)
    assert any("the provider does not accept this key (401)" in line for line in checked(capsys))


def test_nobody_is_there(provider: FakeProvider, capsys: pytest.CaptureFixture[str]) -> None:
    provider.stop()
    assert any("the key itself was not judged" in line for line in checked(capsys))


def test_something_else_answers(provider: FakeProvider, capsys: pytest.CaptureFixture[str]) -> None:
    """A proxy on the way, or the page of a hotel: nothing is said of the key."""
    provider.also = lambda _: (200, "<html>Log in to the network</html>")
    said = checked(capsys)
    assert not any("accepts the key (" in line for line in said), said
    provider.also = lambda _: (502, "Bad gateway")
    import_profiles.command([], undo=True)
    capsys.readouterr()
    assert any("a problem of its own (502)" in line for line in checked(capsys))


def test_for_programs(provider: FakeProvider, capsys: pytest.CaptureFixture[str]) -> None:
    provider.script = lambda _: ErrorReply(401)
    import_profiles.command(["settings"], as_json=True, check=True)
    data = json.loads(capsys.readouterr().out)["data"]
    [name] = data["taken"]
    assert data["checked"] == {
        name: {"accepted": False, "said": f"{name}: the provider does not accept this key (401)"}
    }


def test_offline_nobody_is_asked(
    provider: FakeProvider, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_OFFLINE", "1")
    assert "cc: CC_OFFLINE is set: no provider is asked" in checked(capsys)
    assert provider.requests == []
