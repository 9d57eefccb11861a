"""An import into real stores: its key is there, is bound to its host, starts a launch, and goes with `--undo`."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import bus
from tests.stores.keys import IDENTITY, gpg_home
from tests.stores.place import Place, require_system_tool
from tests.support import LIMIT

URL = "https://llm.example.com"
NAME = "llm-example-com"


@pytest.fixture
def source(place: Place) -> Path:
    """A settings file with an address, a key and a model. It is no file of ours: the key may stand there."""
    path = place.sandbox.home / ".claude" / "settings.json"
    path.parent.mkdir()
    write(path, place.secret)
    return path


def write(path: Path, key: str, **more: str) -> None:
    env = {"ANTHROPIC_BASE_URL": URL, "ANTHROPIC_AUTH_TOKEN": key, "ANTHROPIC_MODEL": "corp-large"}
    path.write_text(json.dumps({"env": env | more}))


@pytest.fixture
def keyring(place: Place) -> Iterator[Place]:
    with bus.session(place), bus.gnome_keyring(place):
        yield place


@pytest.fixture
def passwords(place: Place) -> Iterator[Place]:
    require_system_tool("pass")
    with gpg_home(place):
        place.directory("passwords", "PASSWORD_STORE_DIR")
        place.tool("pass", "init", IDENTITY)
        yield place


def imports(place: Place, source: Path, *words: str) -> dict[str, object]:
    """Import without a question, for programs; the source is away while files are searched for the key."""
    kept = source.read_bytes()
    result = place.sandbox.run("import", "settings", "--json", *words, environment=place.environment())
    assert place.secret.encode() not in result.out + result.err
    source.unlink()
    try:
        place._found_nowhere(b"")
    finally:
        source.write_bytes(kept)
    data: dict[str, object] = json.loads(result.out)
    return data


def hosts(place: Place) -> dict[str, str]:
    path = place.sandbox.home / ".local" / "share" / "cc-launcher" / "hosts.json"
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def launched(place: Place, source: Path) -> None:
    """The client of a launch gets the key."""
    source.unlink()
    result = place.run("run", NAME, "-p", "hi")
    assert result.code == 0, result.err
    place.handed_over()


@pytest.mark.parametrize("store", ["keyring", "passwords"])
def test_a_key_goes_there_is_bound_and_goes_again(store: str, source: Path, request: pytest.FixtureRequest) -> None:
    place: Place = request.getfixturevalue(store)
    reference = f"keyring:{NAME}" if store == "keyring" else f"pass:cc-launcher/{NAME}"
    whole = imports(place, source)
    assert whole["status"] == "success"
    assert hosts(place) == {f"{NAME} {reference}": "llm.example.com"}
    content = source.read_bytes()
    launched(place, source)
    source.write_bytes(content)
    undone = place.sandbox.run("import", "--undo", "--json", environment=place.environment())
    assert json.loads(undone.out)["data"]["keys"] == [reference]
    assert hosts(place) == {}
    again = imports(place, source)
    assert again["data"]["taken"] == [NAME]  # type: ignore[index]


def test_a_locked_keyring_takes_nothing_and_keeps_what_undo_cannot_see(keyring: Place, source: Path) -> None:
    place = keyring
    assert imports(place, source)["data"]["taken"] == [NAME]  # type: ignore[index]
    bus.lock(place)
    undone = json.loads(place.sandbox.run("import", "--undo", "--json", environment=place.environment()).out)["data"]
    assert (undone["removed"], undone["keys"]) == ([NAME], [])
    assert [*undone["stays"]] == [f"keyring:{NAME}"]
    later = json.loads(place.sandbox.run("import", "--json", environment=place.environment()).out)["data"]
    assert later["taken"] == []
    assert "the keyring is locked" in later["left"][0]["why"]
    assert "gcr-prompter" not in place.names_of_processes()


def test_on_a_terminal_a_locked_keyring_leaves_the_other_places(keyring: Place, source: Path) -> None:
    assert source.exists()
    bus.lock(keyring)
    with keyring.terminal(keyring.sandbox.cc, "import", env={"PROMPT_TOOLKIT_NO_CPR": "1"}) as terminal:
        terminal.wait_for("Import llm-example-com?", timeout=LIMIT)
        terminal.wait_for_quiet()
        terminal.send("\r")
        terminal.wait_for("Where should the keys be kept?", timeout=LIMIT)
        assert "the keyring is locked" in terminal.screen()
        terminal.send("\x03")
        assert terminal.wait(LIMIT) == -signal.SIGINT
    assert not (keyring.sandbox.home / ".config").exists()


def test_what_the_store_of_another_program_has_stays_a_reference(passwords: Place, source: Path) -> None:
    """Both of it: `op read` and `pass show` in a start-up file. Neither program is asked."""
    place = passwords
    place.tool("pass", "insert", "--multiline", "ai/zai", stdin=f"{place.secret}\n")
    source.unlink()
    (place.sandbox.home / ".bashrc").write_text(
        "one() { ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=$(pass show ai/zai) claude; }\n"
        "two() { ANTHROPIC_BASE_URL=https://api.deepseek.com/anthropic ANTHROPIC_AUTH_TOKEN=$(op read op://dev/ds/key)"
        " claude; }\n"
    )
    result = place.run("import", "--all")
    assert result.code == 0, result.err
    profiles = place.sandbox.home / ".config" / "cc-launcher" / "profiles"
    assert 'secret = "pass:ai/zai"' in (profiles / "one.toml").read_text()
    assert 'secret = "op://dev/ds/key"' in (profiles / "two.toml").read_text()
    assert place.tool("pass", "ls").count("cc-launcher") == 0
    assert place.run("import", "--undo").code == 0
    assert place.tool("pass", "show", "ai/zai") == f"{place.secret}\n"


def test_a_store_that_gives_another_key_back(place: Place, source: Path) -> None:
    """A FAKE pass that keeps something else. Then there is no profile either, and nothing is left."""
    require_system_tool("gpg")
    with gpg_home(place):
        place.directory("passwords", "PASSWORD_STORE_DIR")
        (place.own / "passwords" / ".gpg-id").write_text(f"{IDENTITY}\n")
        kept = place.sandbox.outside / "of-the-fake"
        program = place.sandbox.bin / "pass"
        program.write_text(
            "#!/bin/sh\n# A FAKE of pass, for tests, which keeps something else.\n"
            f'case "$1" in\nshow) cat {kept} 2>/dev/null || '
            '{ echo "Error: $2 is not in the password store." >&2; exit 1; } ;;\n'
            f"insert) cat >/dev/null; echo another >{kept} ;;\nrm) rm {kept} ;;\nesac\n"
        )
        program.chmod(0o755)
        whole = imports(place, source)
    assert whole["status"] == "partial"
    assert "returned a different key than it was given" in str(whole["errors"])
    assert not kept.exists()
    assert hosts(place) == {}
    assert not list((place.sandbox.home / ".local").rglob("imports/*.json"))
    assert not list((place.sandbox.home / ".config").rglob("*.toml"))
