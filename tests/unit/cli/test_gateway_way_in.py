"""`cc run` of a provider behind a gateway, before there is a key or an engine: who leaves has changed nothing.

The provider is a FAKE that speaks OpenAI's API. No engine is started here: tests/gateways/test_way_in.py does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.upstream import FakeUpstream
from tests.support import Sandbox
from tests.unit.cli.scene import (
    CTRL_C,
    ENTER,
    INTERRUPTED,
    NO_SUCH,
    OK,
    REFUSED,
    UNREACHABLE,
    CommandScene,
    Session,
)
from tests.watch import no_argument_holds

DOWN = "\x1b[B"
WHERE, PASTE, INSTALL = "Where should the key be kept?", "paste the key (it is not shown)", "Install it now?"


class WayIn(CommandScene):
    """An empty home, no keyring, no engine, and a FAKE provider."""

    def __init__(self, sandbox: Sandbox, upstream: FakeUpstream) -> None:
        super().__init__(sandbox)
        self.upstream = upstream
        # Nothing is loaded from anywhere.
        self.more = {"PROMPT_TOOLKIT_NO_CPR": "1", "CC_OFFLINE": "", "NO_PROXY": "127.0.0.1", "PIP_NO_INDEX": "1"}
        self.more |= {"UV_NO_INDEX": "1", "UV_OFFLINE": "1", "CC_SECRET_TIMEOUT": "60"}
        self.provider("a")

    def provider(self, mode: str, name: str = "groq") -> None:
        self.sandbox.profile(name, f'extends = "groq"\nbase_url = "{self.upstream.url}/{mode}/v1"\n')

    def paste(self, session: Session) -> None:
        session.wait_for(PASTE)
        session.wait_for_silence()
        session.send(self.key + ENTER)

    @property
    def data(self) -> Path:
        return self.sandbox.home / ".local" / "share" / "cc-launcher"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[WayIn]:
    root = tmp_path / "sandbox"
    root.mkdir()
    with FakeUpstream() as upstream:
        made = WayIn(Sandbox(root), upstream)
        made.sandbox.hide("secret-tool")
        yield made


@pytest.mark.parametrize("at", [WHERE, PASTE, INSTALL])
def test_who_leaves_at_a_question_has_changed_nothing(scene: WayIn, at: str) -> None:
    before = scene.sandbox.kept_files()
    with scene.on_a_terminal("run", "groq") as session:
        session.wait_for("Groq needs a key")
        if at != WHERE:
            session.answer(WHERE, ENTER)
        if at == INSTALL:
            scene.paste(session)
            session.wait_for("about 103 MB to load and 490 MB on disk")
        session.wait_for(at)
        session.wait_for_silence()
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED, session.screen()
        assert scene.key not in session.text
    assert scene.sandbox.kept_files() == before
    assert (scene.holders(), scene.sandbox.fake.started) == (set(), False)


def test_without_the_engine_nothing_is_kept_either(scene: WayIn) -> None:
    scene.install_pass()
    before = scene.sandbox.kept_files()
    with scene.on_a_terminal("run", "groq") as session:
        session.answer(WHERE, ENTER)
        scene.paste(session)
        session.answer(INSTALL, "n")
        assert session.ends() == UNREACHABLE, session.screen()
        assert "cc gateway install --yes" in session.text
    assert (scene.sandbox.kept_files(), scene.holders()) == (before, set())


def test_an_installation_that_fails_does_not_lose_the_key(scene: WayIn) -> None:
    with no_argument_holds(scene.key.encode()), scene.on_a_terminal("run", "groq") as session:
        session.answer(WHERE, DOWN + ENTER)
        session.answer("Keep the key there?", "y")
        scene.paste(session)
        session.answer(INSTALL, ENTER)
        assert session.ends() == UNREACHABLE, session.screen()
        assert "check the network" in session.text
    assert scene.holders() == {scene.data / "keys" / "groq"}
    assert not list((scene.data / "gateway" / "engine").iterdir())
    with scene.on_a_terminal("run", "groq") as session:  # the second run asks for the engine alone
        session.wait_for(INSTALL)
        assert PASTE not in session.text
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED
    assert [key for _, _, key in scene.upstream.asked] == [f"Bearer {scene.key}"]  # it was tried once


def test_a_key_that_the_provider_refuses_is_not_taken(scene: WayIn) -> None:
    scene.provider("u401")
    with scene.on_a_terminal("run", "groq") as session:
        session.answer(WHERE, ENTER)
        scene.paste(session)
        session.wait_for("try again")
        session.wait_for(PASTE)
        session.wait_for_silence()
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED
    assert scene.holders() == set()
    said = scene.told(REFUSED, "run", "groq", "-p", "hi", GROQ_API_KEY=scene.key)
    assert "the provider does not accept this key (401)" in said or "401" in said
    assert scene.key not in said


def test_without_a_terminal_it_says_what_to_type(scene: WayIn) -> None:
    said = scene.told(REFUSED, "run", "groq", "-p", "hi")
    assert "GROQ_API_KEY" in said or "cc secret set groq" in said
    said = scene.told(UNREACHABLE, "run", "groq", "-p", "hi", GROQ_API_KEY=scene.key)
    assert said.splitlines()[-1] == "hint: cc gateway install --yes"


def test_a_model_that_there_is_not_is_said_before_anything_is_asked(scene: WayIn) -> None:
    mix = '[gateway]\nupstreams = { a = "groq" }\n[routes.main]\ntargets = [{ to = "a/openai/gpt-oss-20b" }]\n'
    scene.sandbox.profile("mix", mix)
    with scene.on_a_terminal("run", "mix", "mian") as session:
        assert session.ends() == NO_SUCH
        assert "did you mean main?" in session.text
        assert "needs a key" not in session.text


def test_each_provider_behind_a_gateway_is_asked_for_by_its_name(scene: WayIn) -> None:
    scene.provider("b", "other")
    mix = '[gateway]\nupstreams = { a = "groq", b = "other" }\n[routes.main]\n'
    scene.sandbox.profile("mix", f'{mix}targets = [{{ to = "a/m" }}, {{ to = "b/m" }}]\n')
    assert scene.shown("ls", "mix").split("\t")[3].strip() == (
        "needs a key for groq, a key for other and the gateway's engine"
    )
    with scene.on_a_terminal("run", "mix") as session:
        session.answer(WHERE, ENTER)
        scene.paste(session)
        session.wait_for("127.0.0.1 if it accepts the key")
        session.answer(WHERE, CTRL_C)
        assert session.ends() == INTERRUPTED
    assert scene.holders() == set()


@pytest.mark.parametrize(
    ("upstream", "why"),
    [
        ("nosuch", "no profile named nosuch"),
        ("claude", "only Claude Code itself may send that"),
        ("bedrock", "a cloud, which Claude Code reaches by its own way"),
        ("litellm", "a gateway itself"),
        ("mix", "a gateway itself"),
    ],
)
def test_what_cannot_be_behind_a_gateway_is_said_with_file_and_line(scene: WayIn, upstream: str, why: str) -> None:
    mix = f'[gateway]\nupstreams = {{ a = "{upstream}" }}\n[routes.main]\ntargets = [{{ to = "a/m" }}]\n'
    scene.sandbox.profile("mix", mix)
    for command in (("run", "mix"), ("run", "--dry-run", "mix"), ("show", "mix"), ("gateway", "up", "mix")):
        result = scene.run(*command)
        assert (result.code, result.out) == (78, b""), result
        assert "mix.toml:2: upstream a" in result.err.decode()
        assert why in result.err.decode()
    assert scene.shown("ls", "mix").split("\t")[3].startswith("invalid: ")
    assert why in scene.run("doctor", "mix").out.decode()
    assert scene.run("ls").code == OK
