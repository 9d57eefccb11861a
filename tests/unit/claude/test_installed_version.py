"""Which version a client is."""

import json
from pathlib import Path

import pytest

from cc_launcher.claude import installed_version
from cc_launcher.core.errors import CcError
from cc_launcher.launch import helper


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.1.329 (Claude Code)", (2, 1, 329)),
        ("v2.0.64", (2, 0, 64)),
        ("Claude Code 10.20.30-beta.1", (10, 20, 30)),
        ("2.1", None),
        ("", None),
    ],
)
def test_the_version_is_the_first_thing_that_looks_like_one(text: str, found: tuple[int, ...] | None) -> None:
    assert installed_version.parse(text) == found


@pytest.fixture
def client(tmp_path: Path) -> Path:
    path = tmp_path / "package" / "claude"
    path.parent.mkdir()
    path.write_text("a binary")
    path.chmod(0o755)
    return path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Each time that the client is started to say its version, which it does as 2.1.72."""
    calls: list[tuple[str, ...]] = []

    def read(argv: tuple[str, ...], what: str, deadline: float, manner: helper.Manner) -> bytes:
        assert what == "the version of claude"
        assert deadline > 0
        assert manner.alone
        assert manner.environment is not None
        names = list(manner.environment)
        assert not [name for name in names if name.startswith(("ANTHROPIC", "CLAUDE")) or name.endswith("_KEY")]
        calls.append(argv)
        return b"2.1.72 (Claude Code)\n"

    monkeypatch.setattr(helper, "read", read)
    return calls


def package(client: Path, content: object) -> None:
    (client.parent / "package.json").write_text(content if isinstance(content, str) else json.dumps(content))


def test_the_package_around_the_client_names_it_without_starting_anything(
    client: Path, asked: list[tuple[str, ...]]
) -> None:
    package(client, {"name": "@anthropic-ai/claude-code", "version": "2.1.329"})
    (client.parent.parent / "link").symlink_to(client)
    assert installed_version.of(str(client.parent.parent / "link")) == (2, 1, 329)
    assert asked == []


@pytest.mark.parametrize(
    "content",
    [{"name": "other", "version": "9.9.9"}, {"name": "@anthropic-ai/claude-code"}, "nonsense", "[]", "[" * 100_000],
    ids=["another package", "no version", "no JSON", "a list", "nested"],
)
def test_otherwise_the_client_is_asked_once_and_the_answer_remembered(
    client: Path, asked: list[tuple[str, ...]], content: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(client, content)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    for _ in range(2):
        assert installed_version.of(str(client)) == (2, 1, 72)
    assert asked == [(str(client), "--version")]


def test_another_binary_is_asked_again(client: Path, asked: list[tuple[str, ...]]) -> None:
    installed_version.of(str(client))
    client.write_text("another binary")
    installed_version.of(str(client))
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("name", "content"), [("claude", "#!/bin/sh\nexec mise x -- claude\n"), ("mise", "a binary of many tools")]
)
def test_a_shim_is_asked_each_time_since_it_may_start_another_version(
    tmp_path: Path, asked: list[tuple[str, ...]], name: str, content: str
) -> None:
    shim = tmp_path / "shims" / name
    shim.parent.mkdir()
    shim.write_text(content)
    for _ in range(2):
        assert installed_version.of(str(shim)) == (2, 1, 72)
    assert len(asked) == 2


def test_a_memory_that_somebody_else_could_have_written_is_none(
    home: Path, client: Path, asked: list[tuple[str, ...]]
) -> None:
    installed_version.of(str(client))
    (home / "cache" / "clients.json").chmod(0o666)
    installed_version.of(str(client))
    assert len(asked) == 2


def test_a_client_that_does_not_say_has_no_version(client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise CcError("hangs")

    monkeypatch.setattr(helper, "read", fails)
    assert installed_version.of(str(client)) is None
    monkeypatch.setattr(helper, "read", lambda *_: b"\xff\x1b[2J")
    client.write_text("another")
    assert installed_version.of(str(client)) is None


@pytest.mark.parametrize("memory", ["", "[]", '{"x": 1}', "\udcff", "[" * 100_000])
def test_an_odd_memory_is_none(home: Path, client: Path, asked: list[tuple[str, ...]], memory: str) -> None:
    (home / "cache").mkdir()
    (home / "cache" / "clients.json").write_bytes(memory.encode("utf-8", "surrogateescape"))
    assert installed_version.of(str(client)) == (2, 1, 72)
    assert len(asked) == 1


def test_the_memory_keeps_the_last_twenty(home: Path, tmp_path: Path, asked: list[tuple[str, ...]]) -> None:
    for number in range(25):
        (tmp_path / f"claude{number}").touch()
        installed_version.of(str(tmp_path / f"claude{number}"))
    kept = json.loads((home / "cache" / "clients.json").read_text())
    assert len(kept) == 20
    assert next(iter(kept)).startswith(f"{tmp_path}/claude24 ")
    assert len(asked) == 25
