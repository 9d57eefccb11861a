"""What one waits for, on a terminal: said after a second, in one line, and gone when the wait is over."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.fake_model_list import FakeModelList, Reply, listing
from tests.fakes.fake_provider import Block, Body, FakeProvider, say
from tests.support import Sandbox
from tests.unit.cli.scene import CTRL_C, INTERRUPTED, OK, CommandScene, Session

MODEL = {"id": "vendor/one", "context_length": 200_000, "supported_parameters": ["tools"]}


class WaitingScene(CommandScene):
    """A scene in which somebody says nothing until it was said that he is waited for."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.said = threading.Event()
        self.fake = FakeModelList(replace(listing(MODEL), until=self.said))

    @contextlib.contextmanager
    def waiting(self, what: str, *args: str, **more: str) -> Iterator[Session]:
        """The command on a terminal, when it has said what it waits for."""
        with self.on_a_terminal(*args, **more) as session:
            session.wait_for(f"cc: waiting for {what} (Ctrl-C to stop)")
            self.said.set()
            yield session


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[WaitingScene]:
    root = tmp_path / "sandbox"
    root.mkdir()
    made = WaitingScene(Sandbox(root))
    made.more = {"CC_OFFLINE": ""}
    made.keep(made.key)
    with made.fake as fake:
        models = f'base_url = "{fake.url}/api"\nauth = "bearer"\nopen_ended = true\nsecret = "file:{made.file}"\n'
        made.sandbox.profile("mine", f'{models}[tiers]\nmain = "vendor/one"\n')
        yield made
        made.said.set()


def test_a_list_of_models(scene: WaitingScene) -> None:
    with scene.waiting("127.0.0.1", "models", "mine") as session:
        assert session.ends() == OK
        assert "vendor/one" in session.screen()
        assert "waiting for" not in session.screen()
        assert "\ncc: mine: 1 model, as of now" in session.screen()
        assert session.text.count("waiting for") == 1


def test_a_list_that_comes_soon(scene: WaitingScene) -> None:
    scene.fake.reply = listing(MODEL)
    with scene.on_a_terminal("models", "mine") as session:
        assert session.ends() == OK
        assert "waiting for" not in session.text


def test_nothing_is_said_where_nobody_looks(scene: WaitingScene) -> None:
    scene.fake.reply = replace(listing(MODEL), slowness=2.0)
    result = scene.run("models", "mine")
    assert (result.code, b"waiting for" in result.err) == (OK, False)


def test_a_terminal_that_cannot_take_a_line_away(scene: WaitingScene) -> None:
    with scene.waiting("127.0.0.1", "models", "mine", TERM="dumb") as session:
        assert session.ends() == OK
        assert "\x1b" not in session.text


@pytest.mark.parametrize("columns", ["40", "24"])
def test_a_narrow_terminal(scene: WaitingScene, columns: str) -> None:
    """What stands in two lines could not be taken away whole."""
    argv = f'stty columns {columns}; "$@"'
    with scene.on_a_terminal("models", "mine", shell=argv) as session:
        session.wait_for("cc: waiting for 127.0.0"[: int(columns) - 1])
        scene.said.set()
        assert session.ends() == OK
        assert "waiting" not in session.screen()


def test_an_interrupt(scene: WaitingScene) -> None:
    scene.fake.reply = Reply({}, slowness=20)
    with scene.waiting("127.0.0.1", "models", "mine") as session:
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED
        assert "waiting for" not in session.screen()


def test_a_store(scene: WaitingScene) -> None:
    """The store is what is waited for, not the provider that is asked after it."""
    store = scene.sandbox.outside / "store.sh"
    go = scene.sandbox.outside / "go"
    store.write_text(f"#!/bin/sh\nuntil [ -e '{go}' ]; do sleep 0.05; done\ncat '{scene.file}'\n")
    store.chmod(0o755)
    path = scene.profiles / "mine.toml"
    path.write_text(path.read_text().replace(f"file:{scene.file}", f"cmd:{store}"))
    with scene.waiting("mine: secret", "models", "mine") as session:
        scene.said.clear()
        go.touch()
        session.wait_for("cc: waiting for 127.0.0.1 (Ctrl-C to stop)")
        scene.said.set()
        assert session.ends() == OK
        # The store's line stays: it has the terminal, and what it asks there may stand in the same line.
        assert session.screen().count("waiting for") == 1


def test_the_check_of_a_key(scene: WaitingScene) -> None:
    def late(_: Body) -> list[Block]:
        scene.said.wait()
        return [say("x")]

    with FakeProvider(late) as provider:
        scene.profile(f'base_url = "{provider.url}"\n')
        with scene.waiting("127.0.0.1", "doctor", "mine", "--online") as session:
            session.ends()
            assert "waiting for" not in session.screen()


def test_what_is_left_of_a_plan(scene: WaitingScene) -> None:
    path = scene.profiles / "mine.toml"
    path.write_text(f'quota = "openrouter"\nquota_url = "{scene.fake.url}/key"\n{path.read_text()}')
    with scene.waiting("127.0.0.1", "quota", "mine") as session:
        session.ends()
        assert "waiting for" not in session.screen()
