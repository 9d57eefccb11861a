"""`cc import URL` and `--follow` on a terminal: the table, the question, a yes and a no, and Ctrl-C at each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importers.served import Handler, Server, serving
from tests.importers.test_follow import FIRST, NEXT
from tests.support import Sandbox
from tests.unit.cli.scene import CTRL_C, ENTER, INTERRUPTED, OK, CommandScene


class Follower(CommandScene):
    """A sandbox that trusts the server."""

    def __init__(self, root: Path, server: Server) -> None:
        super().__init__(Sandbox(root))
        self.server = server
        self.more = {"SSL_CERT_FILE": str(server.authority), "NO_PROXY": "localhost", "CC_OFFLINE": ""}
        server.answers["/team.toml"] = FIRST.encode()

    @property
    def work(self) -> Path:
        return self.profiles / "work.toml"

    @property
    def followed(self) -> list[Path]:
        return list((self.sandbox.home / ".local" / "share" / "cc-launcher").glob("follows/*.json"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Follower]:
    root = tmp_path / "sandbox"
    root.mkdir()
    with serving(tmp_path) as server:
        yield Follower(root, server)


def test_from_the_first_question_to_the_end(scene: Follower) -> None:
    url = scene.server.url()
    with scene.on_a_terminal("import", "--follow", url) as session:
        session.answer("Import work?", CTRL_C)
        assert session.ends() == INTERRUPTED
    assert (scene.work.exists(), scene.followed) == (False, [])
    with scene.on_a_terminal("import", "--follow", url) as session:
        session.answer("Import work?", ENTER)
        assert session.ends() == OK
        assert "work: followed" in session.text
    before = scene.work.read_bytes()
    assert len(scene.followed) == 1

    scene.server.answers["/team.toml"] = NEXT.encode()
    for keys, code in ((CTRL_C, INTERRUPTED), (ENTER, OK)):
        with scene.on_a_terminal("import", "--follow", "work") as session:
            session.answer("work: apply this?", keys)
            assert session.ends() == code
            assert 'timeout = "30m" (now "20m")' in session.text
        assert scene.work.read_bytes() == before
    with scene.on_a_terminal("import", "--follow", "work") as session:
        session.answer("work: apply this?", "y")
        assert session.ends() == OK
    assert b'timeout = "30m"' in scene.work.read_bytes()

    assert scene.run("uninstall", "--yes").code == OK
    assert scene.followed == []
    assert scene.work.exists(), "the profile is the user's own"


def test_a_line_that_needs_a_yes_of_its_own(scene: Follower) -> None:
    assert scene.run("import", "--follow", scene.server.url(), "--all").code == OK
    more = NEXT.replace('title = "Work"\n', 'title = "Work"\nargs = ["--verbose", "--debug"]\n')
    scene.server.answers["/team.toml"] = more.encode()
    with scene.on_a_terminal("import", "--follow", "work") as session:
        session.answer("work: apply this?", "y")
        session.answer("work: args: --verbose: take this line?", "y")
        session.answer("work: args: --debug: take this line?", "n")
        assert session.ends() == OK
    assert b'args = ["--verbose"]' in scene.work.read_bytes()


def test_ctrl_c_while_the_server_is_slow(scene: Follower) -> None:
    def slow(handler: Handler) -> None:
        handler.server.over.wait(120)

    scene.server.answers["/team.toml"] = slow
    with scene.on_a_terminal("import", scene.server.url()) as session:
        session.answer("waiting for localhost", CTRL_C)
        assert session.ends() == INTERRUPTED
        assert "Traceback" not in session.text
    assert not scene.profiles.exists() or list(scene.profiles.iterdir()) == []
