"""`cc run` as the whole way in, on a terminal: what is missing is asked for, and who leaves has changed nothing.

The client is a FAKE that writes down how it was started, npm is a FAKE that installs it, and so is the provider.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.fakes.fake_claude import FakeClaude
from tests.fakes.fake_provider import Block, Body, ErrorReply, FakeProvider
from tests.support import Sandbox, wait_until
from tests.unit.cli.scene import (
    CTRL_C,
    CTRL_D,
    ENTER,
    INTERRUPTED,
    NOT_FOUND,
    OK,
    REFUSED,
    USAGE,
    CommandScene,
    Session,
)

DOWN, UP = "\x1b[B", "\x1b[A"
INSTALL, WHERE, PASTE, FILE = (
    "Install it now?",
    "Where should the key be kept?",
    "paste the key (it is not shown)",
    "Keep the key there?",
)
WHICH, KEEP_IT, ANOTHER, MEAN = "Which profile?", "Save this as your profile", "Paste another key now?", "Did you mean"
# A FAKE npm: it installs a FAKE client, and asks no registry.
_FAKE_NPM = """\
#!/bin/sh
# A FAKE npm, for tests.
[ "$1" = install ] || exit 9
echo "$@" >>{log}
if [ -e {log}.fails ]; then echo "npm error: no space left" >&2; exit 1; fi
while [ $# -gt 0 ]; do
    if [ "$1" = --prefix ]; then
        mkdir -p "$2/node_modules/.bin" "$2/node_modules/@anthropic-ai/claude-code"
        cp {client}/claude {client}/package.json "$2/node_modules/@anthropic-ai/claude-code/"
        ln -s ../@anthropic-ai/claude-code/claude "$2/node_modules/.bin/claude"
        exit 0
    fi
    if [ "$1" = -g ]; then cp {client}/claude {client}/package.json {bin}/; exit 0; fi
    shift
done
exit 9
"""


class WayIn(CommandScene):
    """An empty home, no keyring, a provider, and a key for it."""

    def __init__(self, sandbox: Sandbox, provider: FakeProvider) -> None:
        super().__init__(sandbox)
        self.provider = provider
        # The last word: whatever is asked at a provider is asked at the fake one.
        self.more = {"PROMPT_TOOLKIT_NO_CPR": "1", "CC_OFFLINE": "", "NO_PROXY": "127.0.0.1", "CC_SECRET_TIMEOUT": "60"}
        self.more |= {"HTTPS_PROXY": provider.url, "HTTP_PROXY": provider.url}
        self.endpoint()

    def endpoint(self, more: str = "") -> None:
        """A profile named zai, which leads to the fake."""
        self.sandbox.profile("zai", f'extends = "zai"\nbase_url = "{self.provider.url}"\n{more}')

    def without_client(self) -> None:
        """Have npm install the client; there is none."""
        elsewhere = self.sandbox.outside / "package"
        FakeClaude(elsewhere, self.sandbox.fake.dump)
        self.sandbox.fake.path.unlink()
        (self.sandbox.bin / "package.json").unlink()
        npm = self.sandbox.bin / "npm"
        npm.write_text(_FAKE_NPM.format(log=self.npm_log, client=elsewhere, bin=self.sandbox.bin))
        npm.chmod(0o755)

    @property
    def npm_log(self) -> Path:
        return self.sandbox.outside / "npm.log"

    @property
    def key_file(self) -> Path:
        return self.sandbox.home / ".local" / "share" / "cc-launcher" / "keys" / "zai"

    @property
    def records(self) -> Path:
        return self.sandbox.home / ".local" / "share" / "cc-launcher" / "records.json"

    @contextlib.contextmanager
    def asked(self, *args: str, **more: str) -> Iterator[Session]:
        """`cc run` on a terminal. Whatever happens, no key is on the screen."""
        with self.on_a_terminal("run", *(args or ("zai",)), **more) as session:
            yield session
            assert self.key not in session.text
            assert "bug of cc" not in session.text

    def paste(self, session: Session, key: str = "") -> None:
        session.wait_for(PASTE)
        session.wait_for_silence()
        session.send((key or self.key) + ENTER)

    def launched(self, session: Session) -> None:
        assert session.ends() == OK, session.screen()
        assert self.launched_with() == self.key


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[WayIn]:
    root = tmp_path / "sandbox"
    root.mkdir()
    with FakeProvider() as provider:
        yield WayIn(Sandbox(root), provider)


def cancel(scene: WayIn, session: Session, question: str, key: str = CTRL_C) -> None:
    """Leave at this question; nothing has changed."""
    before = scene.sandbox.kept_files()
    session.wait_for(question)
    if question == PASTE:
        session.wait_for_silence()
        session.send("sk-half-a-key")
    session.send(key)
    assert session.ends() == INTERRUPTED, session.screen()
    assert scene.sandbox.kept_files() == before
    assert not scene.sandbox.fake.started
    assert not scene.npm_log.exists()
    assert scene.holders() == set()


# --- no key ----------------------------------------------------------------------------------------------------------


def test_a_key_for_this_session_is_handed_over_and_kept_nowhere(scene: WayIn) -> None:
    with scene.asked() as session:
        session.wait_for("Z.ai GLM needs a key. Get one: https://z.ai/")
        session.answer(WHERE, ENTER)
        scene.paste(session)
        scene.launched(session)
        assert "no keyring here" in session.text
        assert "for this session only" in session.text
    assert scene.holders() == set()
    assert "keyring:zai" not in scene.records.read_text()  # so no list calls it ready
    assert scene.sandbox.plans == []
    assert len(scene.provider.messages) == 1
    assert scene.provider.messages[0].headers["authorization"] == f"Bearer {scene.key}"
    assert scene.provider.messages[0].body["max_tokens"] == 1
    with scene.asked() as session:  # and the next one asks again
        session.wait_for(WHERE)


def test_a_key_in_our_file_needs_a_yes_of_its_own_and_all_launches_find_it(scene: WayIn) -> None:
    with scene.asked() as session:
        session.answer(WHERE, DOWN, ENTER)
        session.answer(FILE, ENTER)
        session.wait_for(f"{FILE} No")  # the usual answer
        session.answer(WHERE, DOWN, ENTER)
        session.answer(FILE, "y")
        scene.paste(session)
        scene.launched(session)
    assert scene.holders() == {scene.key_file}
    assert (scene.key_file.stat().st_mode & 0o777, scene.key_file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert scene.run("run", "zai").code == OK
    assert scene.launched_with() == scene.key
    result = scene.sandbox.run("run", "zai", environment=scene.environment(), cached=True)
    assert (result.code, result.err) == (OK, b"")
    assert len(scene.provider.messages) == 1  # it was accepted once, and that is known


def test_a_provider_of_the_catalog_gets_a_profile_of_the_users_that_says_where_its_key_is(scene: WayIn) -> None:
    (scene.profiles / "zai.toml").unlink()
    with scene.asked(CC_OFFLINE="1") as session:
        session.answer(WHERE, DOWN, ENTER)
        session.answer(FILE, "y")
        scene.paste(session)
        scene.launched(session)
    assert (scene.profiles / "zai.toml").read_text() == f'extends = "zai"\nsecret = "file:{scene.key_file}"\n'
    assert scene.provider.messages == []


def asked_times(session: Session, number: int) -> bool:
    session.screen()  # which reads
    return session.text.count(PASTE) >= number


def test_a_wrong_key_is_asked_for_again_three_times_and_then_nothing_is_kept(scene: WayIn) -> None:
    scene.provider.script = lambda _: ErrorReply(401)
    before = scene.sandbox.kept_files()
    with scene.asked() as session:
        session.answer(WHERE, DOWN, ENTER)
        session.answer(FILE, "y")
        for number in range(3):
            wait_until(partial(asked_times, session, number + 1), "the prompt")
            scene.paste(session)
        assert session.ends() == REFUSED
        assert session.text.count("the provider does not accept this key (401)") == 3
        assert "no key after 3 tries; nothing was kept" in session.text
        assert "get a key: https://z.ai/" in session.text
    assert scene.sandbox.kept_files() == before
    assert not scene.sandbox.fake.started


UNFIT = {
    "nothing": ("", "is empty"),
    "blanks": ("   ", "is empty"),
    "two lines": ("sk-one\rsk-two", "has more than one line"),
    "a control character": ("sk\x01x", "control characters"),
}


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("sk-one\rsk-two", "has more than one line"),
        ("sk\x01x", "control characters"),
    ],
    ids=["nothing", "blanks", "two lines", "a control character"],
)
def test_what_can_be_no_key_is_said_and_asked_again(scene: WayIn, pasted: str, said: str) -> None:
    with scene.asked() as session:
        session.answer(WHERE, ENTER)
        session.wait_for(PASTE)
        session.wait_for_silence()
        session.send(pasted + ENTER)
        session.wait_for(said)
        session.wait_for_silence()
        session.send(scene.key + ENTER)
        scene.launched(session)


def slow(_: Body) -> list[Block]:
    time.sleep(20)  # longer than anybody waits
    return []


@pytest.mark.parametrize("answer", ["gone", "slow"])
def test_a_provider_that_says_nothing_is_no_failure(scene: WayIn, answer: str) -> None:
    if answer == "gone":
        scene.provider.stop()
    else:
        scene.provider.script = slow
    with scene.asked() as session:
        session.answer(WHERE, DOWN, ENTER)
        session.answer(FILE, "y")
        scene.paste(session)
        scene.launched(session)
        assert "the key was not checked" in session.text
    assert '"accepted": {}' in scene.records.read_text()


@pytest.mark.parametrize("question", [WHERE, FILE, PASTE])
def test_who_leaves_at_a_question_about_the_key_has_changed_nothing(scene: WayIn, question: str) -> None:
    with scene.asked() as session:
        if question != WHERE:
            session.answer(WHERE, *([DOWN] if question == FILE else []), ENTER)
        cancel(scene, session, question)


def test_the_end_of_input_is_no_key(scene: WayIn) -> None:
    with scene.asked() as session:
        session.answer(WHERE, ENTER)
        session.wait_for(PASTE)
        session.wait_for_silence()
        session.send(CTRL_D)
        assert session.ends() == USAGE
        assert "nothing was typed" in session.text


@pytest.mark.parametrize(("shell", "more"), [('"$@" </dev/null', {}), ('"$@" | cat', {}), ('"$@"', {"TERM": "dumb"})])
def test_without_a_terminal_it_is_an_error_with_the_command_for_it(
    scene: WayIn, shell: str, more: dict[str, str]
) -> None:
    with scene.on_a_terminal("run", "zai", shell=shell, **more) as session:
        session.ends()
        assert "cc: zai: no keyring here" in session.text
        assert "export ZAI_API_KEY=…" in session.text
        assert WHERE not in session.text
    assert not scene.sandbox.fake.started


def test_a_sealed_launch_has_no_key_for_one_session(scene: WayIn) -> None:
    with scene.asked("--sealed", "zai") as session:
        session.answer(FILE, "y")
        scene.paste(session)
        assert session.ends() == OK
        assert "for this session only" not in session.text
    assert scene.holders() == {scene.key_file}


def test_a_store_that_does_not_take_the_key_is_no_reason_to_throw_it_away(scene: WayIn) -> None:
    scene.install_pass()
    (scene.store / ".fails").touch()
    scene.endpoint('secret = "pass:entry"\n')
    with scene.asked() as session:
        session.answer("in pass (pass:entry)", ENTER)
        scene.paste(session)
        session.answer("Go on with the key for this session alone?", ENTER)
        scene.launched(session)
        assert "the disk is on fire" in session.text
    assert scene.holders() == set()


# --- a key that nobody has tried yet ---------------------------------------------------------------------------------


def test_a_kept_key_is_tried_at_its_first_launch_and_then_never_again(scene: WayIn) -> None:
    scene.endpoint(f'secret = "file:{scene.file}"\n')
    scene.keep(scene.key)
    for _ in range(3):
        assert scene.run("run", "zai").code == OK
    assert len(scene.provider.messages) == 1
    assert scene.sandbox.run("run", "zai", environment=scene.environment(), cached=True).code == OK
    scene.told(OK, "secret", "set", "zai", "--stdin", stdin=scene.key.encode())  # another one, as far as anybody knows
    assert scene.run("run", "zai").code == OK
    assert len(scene.provider.messages) == 2


def test_a_key_of_another_provider_is_sent_nowhere_before_a_yes(scene: WayIn) -> None:
    with scene.asked("deepseek") as session:
        session.answer(WHERE, ENTER)
        scene.paste(session, "sk-ant-api03-" + "x" * 40)
        session.wait_for("this looks like a key of anthropic")
        session.answer("anyway?", ENTER)
        session.wait_for("it was sent nowhere; try again")
        session.wait_for(PASTE)
        session.wait_for_silence()
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED
    assert scene.provider.requests == []


def test_secret_set_finds_a_place_before_the_paste(scene: WayIn) -> None:
    with scene.on_a_terminal("secret", "set", "zai") as session:
        session.wait_for(FILE)
        assert PASTE not in session.text
        session.answer(FILE, "y")
        scene.paste(session)
        assert session.ends() == OK, session.screen()
    assert scene.key_file.read_text() == f"{scene.key}\n"
    assert scene.run("run", "zai").code == OK
    assert scene.launched_with() == scene.key


def test_secret_set_says_without_a_terminal_which_command_keeps_it_elsewhere(scene: WayIn) -> None:
    said = scene.told(REFUSED, "secret", "set", "zai", "--stdin", stdin=scene.key.encode())
    assert "cc edit zai secret=file:~/.local/share/cc-launcher/keys/zai" in said
    said = scene.told(REFUSED, "secret", "set", "deepseek", "--stdin", stdin=scene.key.encode())
    command = "cc add deepseek --secret file:~/.local/share/cc-launcher/keys/deepseek --stdin"
    assert command in said
    assert scene.run(*command.split()[1:], stdin=scene.key.encode()).code == OK
    assert (scene.key_file.parent / "deepseek").read_text() == f"{scene.key}\n"


def test_a_kept_key_that_is_refused_is_named_with_how_to_replace_it(scene: WayIn) -> None:
    scene.endpoint(f'secret = "file:{scene.file}"\nkey_prefix = "sk-zai-"\n')
    scene.keep(scene.key)
    scene.provider.script = lambda _: ErrorReply(401)
    said = scene.told(REFUSED, "run", "zai")
    assert f"the provider does not accept this key (401): it is the one in a file (file:{scene.file})" in said
    assert "keys of Z.ai GLM begin with sk-zai-" in said
    assert "replace it: cc secret set zai (a new key: https://z.ai/" in said
    assert not scene.sandbox.fake.started


def test_on_a_terminal_another_one_can_be_pasted_in_its_place(scene: WayIn) -> None:
    scene.endpoint(f'secret = "file:{scene.file}"\n')
    scene.keep("sk-the-wrong-one")
    right = f"Bearer {scene.key}"
    scene.provider.also = lambda asked: None if asked.headers.get("authorization") == right else (401, {})
    with scene.asked() as session:
        session.answer(ANOTHER, ENTER)
        session.answer(WHERE, ENTER)
        scene.paste(session)
        scene.launched(session)
    assert scene.file.read_text() == f"{scene.key}\n"


def test_a_launch_offline_says_so_and_goes_on_and_tries_again_later(scene: WayIn) -> None:
    scene.endpoint(f'secret = "file:{scene.file}"\n')
    scene.keep(scene.key)
    scene.provider.stop()
    for _ in range(2):
        result = scene.run("run", "zai")
        assert result.code == OK
        assert result.err.count(b"the key was not checked") == 1


# --- no client -------------------------------------------------------------------------------------------------------


def test_from_nothing_to_a_client_with_three_keys(scene: WayIn) -> None:
    scene.without_client()
    with scene.asked() as session:
        session.answer(INSTALL, ENTER)
        session.answer(WHERE, ENTER)
        scene.paste(session)
        scene.launched(session)
    own = scene.sandbox.home / ".local" / "share" / "cc-launcher" / "client" / "node_modules" / ".bin" / "claude"
    assert own.exists()
    assert scene.run("run", "zai", ZAI_API_KEY=scene.key).code == OK
    result = scene.sandbox.run("run", "zai", environment=scene.environment(ZAI_API_KEY=scene.key), cached=True)
    assert result.code == OK
    assert scene.launched_with() == scene.key


def test_one_on_path_comes_before_the_one_of_ours_from_a_cached_plan_too(scene: WayIn) -> None:
    test_from_nothing_to_a_client_with_three_keys(scene)
    FakeClaude(scene.sandbox.bin, scene.sandbox.fake.dump)
    with_key = scene.environment(ZAI_API_KEY=scene.key)
    assert scene.sandbox.run("run", "zai", environment=with_key, cached=True).code != OK  # no cached plan serves
    assert scene.run("run", "--dry-run", "zai", ZAI_API_KEY=scene.key).out.count(str(scene.sandbox.bin).encode())


def test_it_can_be_installed_for_the_whole_machine(scene: WayIn) -> None:
    scene.without_client()
    with scene.asked(ZAI_API_KEY=scene.key) as session:
        session.answer(INSTALL, DOWN, ENTER)
        scene.launched(session)
    assert "install --no-audit --no-fund --loglevel=error -g @anthropic-ai/claude-code" in scene.npm_log.read_text()


def test_who_wants_none_is_told_how_to_have_one(scene: WayIn) -> None:
    scene.without_client()
    with scene.asked() as session:
        session.answer(INSTALL, UP, ENTER)
        assert session.ends() == NOT_FOUND
        assert "npm install -g @anthropic-ai/claude-code" in session.text
    assert not scene.npm_log.exists()


def test_without_npm_it_says_what_to_install(scene: WayIn) -> None:
    scene.without_client()
    (scene.sandbox.bin / "npm").unlink()
    scene.sandbox.hide("npm")
    with scene.asked() as session:
        assert session.ends() == NOT_FOUND
        assert "install Node.js with npm" in session.text
        assert "cc run zai" in session.text


def test_a_key_is_kept_also_where_npm_fails(scene: WayIn) -> None:
    scene.without_client()
    scene.npm_log.with_name("npm.log.fails").touch()
    with scene.asked() as session:
        session.answer(INSTALL, ENTER)
        session.answer(WHERE, DOWN, ENTER)
        session.answer(FILE, "y")
        scene.paste(session)
        assert session.ends() == NOT_FOUND
        assert "no space left" in session.text
    assert scene.holders() == {scene.key_file}
    assert not list((scene.sandbox.home / ".local" / "share" / "cc-launcher").glob("client*"))


def test_who_leaves_at_the_question_about_the_client_has_changed_nothing(scene: WayIn) -> None:
    scene.without_client()
    with scene.asked() as session:
        cancel(scene, session, INSTALL)


def test_without_a_terminal_no_client_is_an_error(scene: WayIn) -> None:
    scene.without_client()
    said = scene.told(NOT_FOUND, "run", "zai")
    assert "npm install -g @anthropic-ai/claude-code" in said


# --- no profile ------------------------------------------------------------------------------------------------------


def test_the_picker_has_ready_and_own_profiles_first_and_then_what_people_use(scene: WayIn) -> None:
    scene.sandbox.profile("work", 'extends = "deepseek"\n')
    with scene.on_a_terminal("run", DEEPSEEK_API_KEY=scene.key) as session:
        session.wait_for(WHICH)
        session.wait_for("openrouter")
        lines = [line for line in session.screen().splitlines() if line.startswith((" » ", "   "))]
        names = [line[3:].split()[0] for line in lines]
        assert names[0] == "work"
        assert names.index("zai") < names.index("openrouter") < names.index("anthropic") < names.index("alibaba-cn")
        assert max(map(len, lines)) < 160  # the terminal's columns
        assert "models of many vendors with one key" in session.screen()
        session.send("deepseek")
        session.wait_for("cheap tokens")
        session.send(DOWN)
        session.send(CTRL_C)
        assert session.ends() == INTERRUPTED


def test_what_is_picked_is_launched(scene: WayIn) -> None:
    with scene.on_a_terminal("run", ZAI_API_KEY=scene.key) as session:
        session.answer(WHICH, "zai", ENTER)
        scene.launched(session)


def test_the_last_one_that_worked_is_launched_and_named(scene: WayIn) -> None:
    assert scene.run("run", "zai", "glm-5.2", ZAI_API_KEY=scene.key).code == OK
    assert scene.run("run", "anthropic").code != OK  # which did not work
    with scene.on_a_terminal("run", ZAI_API_KEY=scene.key) as session:
        scene.launched(session)
        assert "zai glm-5.2: the last one that worked. Another one: cc run PROFILE" in session.text
    with scene.on_a_terminal("run", "-", ZAI_API_KEY=scene.key) as session:
        scene.launched(session)
    with scene.on_a_terminal("run", "--pick", ZAI_API_KEY=scene.key) as session:
        session.answer(WHICH, "zai", ENTER)
        session.answer("Which model?", ENTER)
        scene.launched(session)


def test_this_projects_profile_comes_before_the_last_one_but_only_by_our_own_record(scene: WayIn) -> None:
    scene.endpoint(f'secret = "file:{scene.file}"\n')
    scene.keep(scene.key)
    scene.sandbox.profile(
        "other", f'extends = "zai"\nbase_url = "{scene.provider.url}"\nsecret = "file:{scene.file}"\n'
    )
    assert scene.run("run", "zai").code == OK
    assert scene.run("use", "other").code == OK
    with scene.on_a_terminal("run") as session:
        scene.launched(session)
        assert "cc: other: chosen for this project with cc use." in session.text
    # What came with a repository looks just the same, and says nothing.
    settings = scene.sandbox.work / ".claude" / "settings.local.json"
    text = settings.read_text()
    assert scene.run("use", "--off").code == OK
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(text)
    assert scene.run("run", "zai").code == OK
    with scene.on_a_terminal("run") as session:
        session.ends()
        assert "cc: zai: the last one that worked." in session.text


def test_without_a_terminal_a_line_without_a_profile_is_an_error_with_the_command(scene: WayIn) -> None:
    assert "cc run PROFILE, one of zai, openrouter, anthropic" in scene.told(USAGE, "run")
    assert scene.run("run", "zai", ZAI_API_KEY=scene.key).code == OK
    scene.sandbox.fake.take()
    assert "hint: cc run zai (the last one that worked)" in scene.told(USAGE, "run")
    assert scene.run("run", "-", ZAI_API_KEY=scene.key).code == OK
    assert scene.launched_with() == scene.key


def test_nothing_is_the_last_one_on_a_new_machine(scene: WayIn) -> None:
    assert "nothing has been started yet" in scene.told(66, "run", "-")


# --- what a profile lacks --------------------------------------------------------------------------------------------

GATEWAY = """\
title = "Gate"
auth = "bearer"
base_url = "{url}/{{account}}"
open_ended = true
[parameters]
account = {{ title = "your account", example = "abc123" }}
"""


@pytest.mark.parametrize("kept", [True, False])
def test_a_parameter_and_a_model_are_asked_for_and_kept_if_wanted(scene: WayIn, kept: bool) -> None:  # noqa: FBT001
    scene.provider.listed_models = ("m/large", "m/small")
    path = scene.sandbox.profile("gate", GATEWAY.format(url=scene.provider.url))
    before = path.read_text()
    with scene.asked("gate") as session:
        session.answer("your account, such as abc123:", "a b", ENTER)
        session.wait_for("letters, digits and . _ -")
        session.send("\x15me" + ENTER)
        session.answer("Which model?", "small", ENTER)
        session.answer(KEEP_IT, "y" if kept else "n")
        session.answer(WHERE, ENTER)
        scene.paste(session)
        assert session.ends() == OK
    environment = scene.sandbox.fake.take().environment
    assert environment[b"ANTHROPIC_MODEL"] == b"m/small"
    assert environment[b"ANTHROPIC_BASE_URL"] == f"{scene.provider.url}/me".encode()
    assert ('account = "me"' in path.read_text(), 'main = "m/small"' in path.read_text()) == (kept, kept)
    if not kept:
        assert path.read_text() == before
        with scene.asked("gate") as session:  # no plan of that was cached
            session.wait_for("your account")


@pytest.mark.parametrize("question", ["your account", "Which model?", KEEP_IT])
def test_who_leaves_at_a_question_about_the_profile_has_changed_nothing(scene: WayIn, question: str) -> None:
    scene.sandbox.profile("gate", GATEWAY.format(url=scene.provider.url))
    answers = {"your account": "me" + ENTER, "Which model?": ENTER, KEEP_IT: "y"}
    with scene.asked("gate") as session:
        for asked, keys in answers.items():
            if asked == question:
                break
            session.answer(asked, keys)
        cancel(scene, session, question)


def test_without_a_terminal_what_is_missing_is_an_error_with_the_command(scene: WayIn) -> None:
    assert "hint: cc add cloudflare --value account=… --value gateway=…\n" in scene.told(78, "run", "cloudflare")
    assert "name one: cc run litellm MODEL" in scene.told(78, "run", "litellm")


# --- a model whose name is mistyped ----------------------------------------------------------------------------------


@pytest.fixture
def mistyped(scene: WayIn) -> WayIn:
    scene.endpoint(f'open_ended = true\nsecret = "file:{scene.file}"\n')
    scene.keep(scene.key)
    return scene


def model_of(scene: WayIn) -> str:
    return scene.sandbox.fake.take().environment[b"ANTHROPIC_MODEL"].decode()


def test_on_a_terminal_it_is_asked_what_was_meant(mistyped: WayIn) -> None:
    for key, model in ((ENTER, "glm-5.2"), ("n", "glmm-5.2")):
        with mistyped.asked("zai", "glmm-5.2") as session:
            session.answer("zai has no model glmm-5.2. Did you mean glm-5.2?", key)
            assert session.ends() == OK
        assert model_of(mistyped) == model


def test_elsewhere_it_goes_as_typed_with_one_line(mistyped: WayIn) -> None:
    result = mistyped.run("run", "zai", "glmm-5.2")
    assert b"cc: zai: did you mean glm-5.2? glmm-5.2 is sent as typed\n" in result.err
    assert model_of(mistyped) == "glmm-5.2"
    assert b"as typed" not in mistyped.run("run", "--anyway", "zai", "glmm-5.2").err
    with mistyped.asked("--anyway", "zai", "glmm-5.2") as session:
        assert session.ends() == OK
        assert MEAN not in session.text


def test_another_version_is_no_mistake(mistyped: WayIn) -> None:
    with mistyped.asked("zai", "glm-5.9") as session:
        assert session.ends() == OK
        assert MEAN not in session.text
        assert "cc does not know the model glm-5.9; it is sent as typed" in session.text


def test_who_leaves_at_that_question_has_changed_nothing(mistyped: WayIn) -> None:
    with mistyped.asked("zai", "glmm-5.2") as session:
        before = mistyped.sandbox.kept_files()
        session.answer(MEAN, CTRL_C)
        assert session.ends() == INTERRUPTED
    assert mistyped.sandbox.kept_files() == before


def test_the_list_of_models_begins_at_the_profiles_own(scene: WayIn) -> None:
    scene.provider.listed_models = ("an-earlier-one", "glm-5.3", "later")
    with scene.asked("zai", "--pick", ZAI_API_KEY=scene.key, CC_OFFLINE="1") as session:
        session.wait_for("later")
        assert "» glm-5.3 " in session.screen()
        session.send(ENTER)
        assert session.ends() == OK
    assert model_of(scene) == "glm-5.3"


# --- out of our file -------------------------------------------------------------------------------------------------


def test_a_key_in_our_file_moves_to_another_store_by_one_command(scene: WayIn) -> None:
    scene.install_pass()
    test_a_key_in_our_file_needs_a_yes_of_its_own_and_all_launches_find_it(scene)
    said = scene.told(OK, "secret", "move", "zai", "--to", "pass:entry")
    assert "the key is in pass now (pass:entry)" in said
    assert not scene.key_file.exists()
    assert scene.run("run", "zai").code == OK
    assert scene.launched_with() == scene.key
    assert len(scene.provider.messages) == 1  # the same key: it is accepted still


def test_a_key_stays_where_it_is_when_the_other_store_does_not_take_it(scene: WayIn) -> None:
    test_a_key_in_our_file_needs_a_yes_of_its_own_and_all_launches_find_it(scene)
    before = scene.sandbox.kept_files()
    assert "no keyring here" in scene.told(REFUSED, "secret", "move", "zai")
    assert scene.sandbox.kept_files() == before
