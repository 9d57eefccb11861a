"""The first five minutes: from an empty home, with a key on the clipboard, to a session of the real client.

One command, one paste, at most three keys. The client is installed by the real npm, from packages that were fetched
before; what the client itself asks at its first start is counted apart, and cc answers none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.harness import Conversation
from tests.client.stage import PATIENCE, READY
from tests.fakes.fake_provider import FakeProvider, Request
from tests.fakes.fake_registry import FakeRegistry
from tests.support import console_script, require_tool, system_without
from tests.watch import no_argument_holds

ENTER, DOWN = "\r", "\x1b[B"
INSTALL, WHERE, PASTE = "Install it now?", "Where should the key be kept?", "paste the key (it is not shown)"
KEY = "sk-canary-5a0f1c7e9b"
MOST_KEYS = 3
PROFILE = 'extends = "zai"\nbase_url = "{url}"\n[tiers]\nmain = "v/main"\n'
# What the client may ask at its first start, and the keys that go on.
DIALOGS = {"Choose the text style": (ENTER,), "Security notes": (ENTER,), "Yes, I trust this folder": (DOWN, ENTER)}


class Machine:
    """An empty home on which nothing is installed but npm, a provider, and a registry."""

    def __init__(self, root: Path, provider: FakeProvider, registry: FakeRegistry) -> None:
        self.provider = provider
        self.home, self.work, self.run = root / "home", root / "work", root / "run"
        for directory in (self.home, self.work, self.run):
            directory.mkdir(mode=0o700)
        self.cc = console_script(root / "bin")
        self.environment = harness.clean_environment(self.home) | {
            "PATH": f"{root / 'bin'}:{system_without(('claude',))}",
            "npm_config_registry": registry.url,
            "npm_config_cache": str(root / "npm"),
            "HTTPS_PROXY": provider.url,  # nothing reaches the real world
            "HTTP_PROXY": provider.url,
            "NO_PROXY": "127.0.0.1,localhost",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "XDG_RUNTIME_DIR": str(self.run),
            "CC_OFFLINE": "",
        }
        # The one thing that is not as a user has it: the provider is one on this machine.
        profiles = self.home / ".config" / "cc-launcher" / "profiles"
        profiles.mkdir(parents=True, mode=0o700)
        (profiles / "zai.toml").write_text(PROFILE.format(url=provider.url))

    def holders(self) -> list[Path]:
        files = [path for place in (self.home, self.work) for path in place.rglob("*") if path.is_file()]
        return [path for path in files if path.stat().st_size < 10_000_000 and KEY.encode() in path.read_bytes()]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    require_tool("npm")
    with FakeProvider() as provider, FakeRegistry(harness.packages()) as registry:
        yield Machine(tmp_path, provider, registry)


def to_a_prompt(conversation: Conversation) -> int:
    """Go through what the client asks by itself, and have it answer; how many keys that took."""
    keys = 0
    left = dict(DIALOGS)
    while (found := conversation.wait_for(READY, *left, timeout=PATIENCE)) != READY:
        for key in left.pop(found):
            conversation.send(key)
            conversation.wait_for_quiet()
            keys += 1
    conversation.enter("hi")
    conversation.wait_for("pong", timeout=PATIENCE)
    return keys


def with_our_key(requests: list[Request]) -> bool:
    return all(request.headers.get("authorization") == f"Bearer {KEY}" for request in requests)


def played(machine: Machine, argv: list[str | Path], place: str) -> None:
    """One command, one paste, and these keys, counted, until the client is started."""
    keys = 0
    with no_argument_holds(KEY.encode()), Conversation(argv, machine.environment, machine.work) as conversation:
        for question in (INSTALL, WHERE):
            conversation.answer(question, ENTER)
            keys += 1
        conversation.wait_for(PASTE, timeout=PATIENCE)
        conversation.wait_for_silence()
        conversation.send(KEY)
        conversation.send(ENTER)
        keys += 1
        conversation.wait_for("installing @anthropic-ai/claude-code", timeout=PATIENCE)
        conversation.wait_for("Claude Code is installed", timeout=600)
        theirs = to_a_prompt(conversation)
        said = conversation.written.decode()
    print(f"one command, one paste, {keys} keys until the client is started; {theirs} at its own questions")
    assert keys <= MOST_KEYS
    assert place in said
    assert KEY not in said
    assert len(machine.provider.messages) >= 2  # ours, of one token, and the session's
    assert machine.provider.messages[0].body["max_tokens"] == 1
    assert with_our_key(machine.provider.messages)
    assert machine.holders() == []


def test_without_a_keyring(machine: Machine) -> None:
    played(machine, [machine.cc, "run", "zai"], "for this session only")


def test_with_the_keyring_of_gnome(machine: Machine) -> None:
    bus = require_tool("dbus-run-session")
    require_tool("gnome-keyring-daemon")
    script = "printf 'open\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\""
    played(
        machine, [bus, "--", "sh", "-c", script, "sh", str(machine.cc), "run", "zai"], "in the keyring of this system"
    )
