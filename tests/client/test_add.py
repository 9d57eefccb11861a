"""`cc add` as a conversation on a real terminal: from an empty home to a launch of the real client."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.client.harness import Conversation
from tests.client.stage import HOSTED, PATIENCE, SEALED, Kind, Stage
from tests.fakes.fake_provider import ErrorReply, FakeProvider
from tests.support import Sandbox, require_tool

DOWN, ENTER, CTRL_C, CTRL_D, ERASE = "\x1b[B", "\r", "\x03", "\x04", "\x15"
PROVIDER, URL, AUTH, MODEL = "Which provider?", "Its base URL", "How does it take the key?", "The id of its model"
NAME, WHERE, REFERENCE = "A name for the profile", "Where is the key?", "Its reference"
SEAL = "Keep the key out of the session's environment?"
WRITE, PASTE, TRY = "Save this as", "paste the key (it is not shown)", "Ask the provider if it accepts the key?"
LISTED, WINDOW = "Which of its 2 models?", "How large is its window in tokens"
IN_FILE = "Keep the key there?"
BY_URL = "an endpoint of your own, by URL"
MAIN = "v/main"
CC = [sys.executable, "-m", "cc_launcher"]
# prompt_toolkit asks a terminal where its cursor is, which this one does not answer.
SILENT = {"PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm-256color"}


@contextmanager
def adding(sandbox: Sandbox, *args: str, **more: str) -> Iterator[Conversation]:
    """`cc add` where no client is needed, on a terminal that shows the whole list."""
    argv: list[str | Path] = [sandbox.cc, "add", *args]
    environment = sandbox.environment(**SILENT | more)
    with Conversation(argv, environment, sandbox.work, size=(90, 160)) as conversation:
        yield conversation


def profiles(home: Path) -> list[Path]:
    return sorted((home / ".config" / "cc-launcher").rglob("*"))


def profile(home: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((home / ".config" / "cc-launcher" / "profiles" / f"{name}.toml").read_text())


def take_all_as_it_is(conversation: Conversation) -> None:
    """Press Enter at all that is asked of a provider of the catalog, up to its key."""
    for question in (NAME, WHERE):
        conversation.answer(question, ENTER)


def describe(conversation: Conversation, url: str, auth: str = "", name: str = "mine") -> None:
    """Answer what is asked of an endpoint of one's own, up to where its key is."""
    conversation.answer(PROVIDER, "by URL", ENTER)
    conversation.answer(URL, f"{url}/v1/messages", ENTER)  # as people copy it
    conversation.answer(AUTH, auth, ENTER)
    conversation.answer(NAME, ERASE, name, ENTER)


def name_model(conversation: Conversation, window: str = "") -> None:
    """Say which model it is: none of those that it lists."""
    conversation.answer(LISTED, "another", ENTER)
    conversation.answer(MODEL, MAIN, ENTER)
    conversation.answer(WINDOW, window, ENTER)


def paste(conversation: Conversation, key: str, *after: str) -> None:
    conversation.wait_for(PASTE, timeout=PATIENCE)
    conversation.wait_for_silence()
    for keys in (key, *(after or (ENTER,))):
        conversation.send(keys)


# --- with the real client --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("auth", ["bearer", "api-key"])
def test_from_an_empty_home_to_a_launch_with_a_key_by_reference(stage: Stage, auth: str, *, sealed: bool) -> None:
    assert list(stage.home.iterdir()) == [stage.home / "tmp"]
    reference = f"file:{stage.secret_file}"
    with Conversation([*CC, "add"], stage.environment | SILENT, stage.work) as conversation:
        describe(conversation, stage.ours.url, DOWN if auth == "api-key" else "", "own")
        conversation.answer(WHERE, DOWN, ENTER)
        conversation.answer(REFERENCE, reference, ENTER)
        name_model(conversation, "128k")
        conversation.answer(SEAL, "y" if sealed else "n")
        conversation.answer(WRITE, "y")
        conversation.answer(TRY, "y")
        assert conversation.ends() == 0
        assert f"cc: own: the provider accepts the key ({MAIN} answered)" in conversation.screen()
        assert conversation.screen().endswith("cc: next: cc run own")
    assert profile(stage.home, "own") == {
        "base_url": f"{stage.ours.url}/v1/messages",
        "auth": auth,
        "secret": reference,
        "context": 128_000,
        "tiers": {"main": MAIN},
    } | ({"sealed": True} if sealed else {})
    assert stage.secret.encode() not in conversation.written
    assert stage.ours.messages[0].body["max_tokens"] == 1

    launched(stage, auth, sealed=sealed)


def launched(stage: Stage, auth: str, *, sealed: bool = False) -> None:
    """The client answers, and the provider got the key as the profile says."""
    protection = SEALED if sealed else HOSTED
    kind = Kind("", "key" if auth == "api-key" else "bearer", (protection, protection), frozenset({MAIN}))
    stage.forget()
    ended = stage.cc("run", "own", "-p", "hi")
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    stage.check_requests(kind, protection)


def test_a_key_is_pasted_into_the_real_keyring_and_a_launch_finds_it_there(stage: Stage) -> None:
    """GNOME's, on a bus of its own. The key is in no file of ours, and not on the screen."""
    bus = require_tool("dbus-run-session")
    require_tool("gnome-keyring-daemon")
    script = (
        "printf 'open\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "
        '"$@" add && "$@" secret status own && "$@" run own -p hi </dev/null'
    )
    environment = stage.environment | SILENT | {"XDG_RUNTIME_DIR": str(stage.elsewhere), "CC_OFFLINE": ""}
    stage.secret_file.unlink()
    with Conversation([bus, "--", "sh", "-c", script, "sh", *CC], environment, stage.work) as conversation:
        describe(conversation, stage.ours.url, name="own")
        conversation.answer(WHERE, ENTER)
        conversation.answer("in the keyring of this system", ENTER)
        paste(conversation, stage.secret)
        name_model(conversation)
        conversation.answer(SEAL, ENTER)
        conversation.answer(WRITE, ENTER)
        conversation.wait_for("pong", timeout=PATIENCE)
        assert conversation.ends() == 0
    said = conversation.written.decode()
    assert "cc: own: the secret is kept in the keyring (keyring:own)" in said
    assert "cc: own: the provider accepts the key" in said
    assert stage.secret not in said
    assert "secret" not in profile(stage.home, "own")
    files = [path for place in (stage.home, stage.work) for path in place.rglob("*") if path.is_file()]
    assert [path for path in files if stage.secret.encode() in path.read_bytes()] == []
    tried = stage.ours.messages[0]  # the key, when no model was chosen yet
    assert tried.body["max_tokens"] == 1
    listed = next(request for request in stage.ours.requests if request.is_for("/v1/models"))
    for ours in (tried, listed):
        stage.ours.requests.remove(ours)
    kind = Kind("", "bearer", (HOSTED, HOSTED), frozenset({MAIN}))
    stage.check_requests(kind, HOSTED)


def test_a_key_that_the_provider_does_not_know_is_said_and_the_profile_is_there(stage: Stage) -> None:
    stage.ours.script = lambda _: ErrorReply(401)
    with Conversation([*CC, "add"], stage.environment | SILENT, stage.work) as conversation:
        describe(conversation, stage.ours.url, name="own")
        conversation.answer(WHERE, DOWN, ENTER)
        conversation.answer(REFERENCE, f"file:{stage.secret_file}", ENTER)
        name_model(conversation)
        conversation.answer(SEAL, ENTER)
        conversation.answer(WRITE, ENTER)
        conversation.answer(TRY, ENTER)
        assert conversation.ends() == 0
        assert "cc: own: the provider does not accept this key (401)" in conversation.screen()
    assert profile(stage.home, "own")["tiers"] == {"main": MAIN}


# --- the conversation alone ------------------------------------------------------------------------------------------


def test_typing_searches_in_the_list(sandbox: Sandbox) -> None:
    with adding(sandbox) as conversation:
        conversation.wait_for(BY_URL)
        everything = conversation.screen()
        assert all(name in everything for name in ("anthropic", "moonshot", "zai"))
        conversation.send("KIMI")  # of its title
        wait_gone(conversation, "anthropic")
        assert "moonshot" in conversation.screen()
        conversation.send("\x7f" * 4)
        conversation.wait_for("anthropic")
        conversation.send("z.a")
        wait_gone(conversation, "moonshot")
        conversation.send(ENTER)
        conversation.wait_for(f"{NAME} zai")
    assert profiles(sandbox.home) == []


def wait_gone(conversation: Conversation, text: str) -> None:
    for _ in range(300):
        if text not in conversation.screen():
            return
        conversation._read(0.1)
    pytest.fail(f"{text} stays on the screen:\n{conversation.screen()}")


def test_a_provider_with_a_key_for_later(sandbox: Sandbox) -> None:
    with adding(sandbox) as conversation:
        conversation.answer(PROVIDER, "zai", ENTER)
        conversation.answer(NAME, ENTER)
        conversation.answer(f"{WHERE} (a key: https://z.ai/", DOWN, DOWN, ENTER)
        conversation.answer("Which model to start on?", "flash", ENTER)
        conversation.answer(SEAL, ENTER)
        conversation.answer(WRITE, ENTER)
        assert conversation.ends() == 0
        assert "cc: next: " in conversation.screen()
        assert TRY not in conversation.screen()  # there is nothing to ask about yet
    assert profile(sandbox.home, "zai") == {"extends": "zai", "tiers": {"main": "glm-5.3-flash"}}


def test_a_provider_that_is_named_is_not_asked_for_and_its_own_model_is_the_first(sandbox: Sandbox) -> None:
    with adding(sandbox, "zai") as conversation:
        conversation.answer(f"{NAME} zai", ENTER)
        conversation.answer(WHERE, DOWN, DOWN, ENTER)
        conversation.answer("glm-5.3 (the provider's default)", ENTER)
        conversation.answer(SEAL, "y")
        conversation.answer(WRITE, "y")
        assert conversation.ends() == 0
        assert PROVIDER not in conversation.screen()
    assert profile(sandbox.home, "zai") == {"extends": "zai", "sealed": True}


def test_a_variable_that_is_set_is_offered_first(sandbox: Sandbox) -> None:
    with adding(sandbox, "zai", ZAI_API_KEY="sk-of-the-shell") as conversation:
        conversation.answer(NAME, ENTER)
        conversation.answer("in the variable ZAI_API_KEY, which is set now", ENTER)
        conversation.answer("Which model", ENTER)
        conversation.answer(SEAL, ENTER)
        conversation.answer(WRITE, ENTER)
        conversation.answer(TRY, "n")
        assert conversation.ends() == 0
    assert profile(sandbox.home, "zai") == {"extends": "zai", "secret": "env:ZAI_API_KEY"}
    assert b"sk-of-the-shell" not in conversation.written


def test_a_provider_without_a_key_asks_for_none(sandbox: Sandbox) -> None:
    with adding(sandbox, "ollama") as conversation:
        conversation.answer(NAME, ENTER)
        conversation.answer("Which model", "another", ENTER)
        conversation.answer("Its id", "qwen:32b", ENTER)
        conversation.answer(WRITE, ENTER)
        assert conversation.ends() == 0
        assert WHERE not in conversation.screen()
    assert profile(sandbox.home, "ollama") == {"extends": "ollama", "tiers": {"main": "qwen:32b"}}


def test_a_name_that_is_taken_is_neither_proposed_nor_accepted(sandbox: Sandbox) -> None:
    path = sandbox.profile("zai", 'extends = "zai"\n')
    with adding(sandbox, "zai") as conversation:
        conversation.answer(f"{NAME} zai-2", ERASE, "zai", ENTER)
        conversation.wait_for("zai exists already: change it with cc edit zai")
        conversation.send(CTRL_C)
        assert conversation.ends() == 130
    assert [found for found in profiles(sandbox.home) if found.is_file()] == [path]


def test_what_cannot_be_is_said_at_the_question_and_can_be_put_right(sandbox: Sandbox) -> None:
    with adding(sandbox) as conversation:
        conversation.answer(PROVIDER, "by URL", ENTER)
        for url, told in (
            ("example.com", "does not begin with https://"),
            ("http://example.com", "is plain http to a host that is not this machine"),
            ("https://u:p@example.com", "contains a user name or a password"),
            ("", "is empty"),
        ):
            conversation.answer(URL, ERASE, url, ENTER)
            conversation.wait_for(told)
        conversation.send(f"{ERASE}https://llm.example.com{ENTER}")
        conversation.answer(AUTH, ENTER)
        conversation.answer(f"{NAME} example", ERASE, "../mine", ENTER)
        conversation.wait_for("small letters, digits, '.', '_' and '-', a letter or digit first")
        conversation.send(f"{ERASE}mine{ENTER}")
        conversation.answer(WHERE, DOWN, ENTER)
        conversation.answer(REFERENCE, "pas:x", ENTER)
        conversation.wait_for("does not say where the key is kept")
        conversation.send(f"{ERASE}pass:x{ENTER}")
        conversation.answer(MODEL, "a model", ENTER)
        conversation.wait_for("letters, digits and . _ : / @ ~ + , - [ ]")
        conversation.send(f"{ERASE}{MAIN}{ENTER}")
        conversation.answer(WINDOW, "big", ENTER)
        conversation.wait_for("a number of tokens, such as 128k")
        conversation.send(f"{ERASE}{ENTER}")
        conversation.answer(SEAL, ENTER)
        conversation.answer(WRITE, "n")
        assert conversation.ends() == 2
        assert "cc: nothing was written" in conversation.screen()
    assert profiles(sandbox.home) == []


# Each question of an endpoint by its URL, with the answer that leads to the next one.
STEPS = {
    PROVIDER: ("by URL", ENTER),
    URL: ("http://127.0.0.1:9", ENTER),
    AUTH: (ENTER,),
    NAME: (ENTER,),
    WHERE: (DOWN, ENTER),
    REFERENCE: ("file:/no/such/file", ENTER),
    MODEL: (MAIN, ENTER),
    WINDOW: (ENTER,),
    SEAL: (ENTER,),
    WRITE: (ENTER,),
    TRY: (ENTER,),
}


@pytest.mark.parametrize("last", STEPS)
def test_ctrl_c_at_any_question_ends_it_and_nothing_is_written(sandbox: Sandbox, last: str) -> None:
    with adding(sandbox) as conversation:
        for question, keys in STEPS.items():
            if question == last:
                break
            conversation.answer(question, *keys)
        conversation.answer(last, "x" if last in {URL, MODEL, NAME, REFERENCE} else "", CTRL_C)
        assert conversation.ends() == 130
        assert "Traceback" not in conversation.screen()
        assert "bug of cc" not in conversation.screen()
    if last == TRY:  # by then the profile is written, and was said to be
        assert profile(sandbox.home, "mine")["secret"] == "file:/no/such/file"
    else:
        assert profiles(sandbox.home) == []
    assert not (sandbox.home / ".local").exists()


@pytest.mark.parametrize("last", [URL, MODEL, NAME, WINDOW, SEAL, WRITE])
def test_the_end_of_input_ends_it_too(sandbox: Sandbox, last: str) -> None:
    with adding(sandbox) as conversation:
        for question, keys in STEPS.items():
            if question == last:
                break
            conversation.answer(question, *keys)
        conversation.answer(last, ERASE if last == NAME else "", CTRL_D)
        assert conversation.ends() == 130
        assert "bug of cc" not in conversation.screen()
    assert profiles(sandbox.home) == []


def test_a_key_is_pasted_at_once_and_kept_where_the_machine_can_keep_one(sandbox: Sandbox) -> None:
    with adding(sandbox, "zai") as conversation:
        take_all_as_it_is(conversation)
        conversation.wait_for("no keyring here")
        conversation.answer(IN_FILE, "y")
        paste(conversation, "sk-canary-typed")
        for question in ("Which model", SEAL, WRITE):
            conversation.answer(question, ENTER)
        assert conversation.ends() == 0
        assert conversation.screen().endswith("cc: next: cc run zai")
    assert b"sk-canary" not in conversation.written
    kept = sandbox.home / ".local" / "share" / "cc-launcher" / "keys" / "zai"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("sk-canary-typed\n", 0o600)
    assert profile(sandbox.home, "zai") == {"extends": "zai", "secret": f"file:{kept}"}


def test_who_wants_no_file_is_asked_again_where_the_key_is(sandbox: Sandbox) -> None:
    with adding(sandbox, "zai") as conversation:
        take_all_as_it_is(conversation)
        conversation.answer(IN_FILE, ENTER)  # no
        conversation.answer("Where is the key?", DOWN, DOWN, ENTER)
        for question in ("Which model", SEAL, WRITE):
            conversation.answer(question, ENTER)
        assert conversation.ends() == 0
        assert "cc: next: cc secret set zai, then: cc run zai" in conversation.screen()
    assert profile(sandbox.home, "zai") == {"extends": "zai"}


def test_ctrl_c_where_the_key_is_pasted_leaves_nothing(sandbox: Sandbox) -> None:
    with adding(sandbox, "zai") as conversation:
        take_all_as_it_is(conversation)
        conversation.answer(IN_FILE, "y")
        paste(conversation, "sk-canary-typed", CTRL_C)
        assert conversation.ends() == 130
    assert b"sk-canary" not in conversation.written
    assert profiles(sandbox.home) == []


def test_who_types_custom_finds_an_endpoint_of_ones_own_first(sandbox: Sandbox) -> None:
    with adding(sandbox, "custom") as conversation:
        conversation.answer("» custom ", ENTER)
        conversation.wait_for(URL)
    with adding(sandbox) as conversation:
        conversation.answer(PROVIDER, "custom")
        wait_gone(conversation, "anthropic")
        conversation.send(ENTER)
        conversation.wait_for(URL)
    assert profiles(sandbox.home) == []


def test_the_window_is_read_from_the_endpoints_own_list(sandbox: Sandbox) -> None:
    with FakeProvider() as provider:
        listed = {"data": [{"id": "m/large", "context_length": 262_144}, {"id": "m/small"}]}
        provider.also = lambda asked: (200, listed) if asked.is_for("/v1/models") else None
        with adding(sandbox, "custom") as conversation:
            conversation.answer("» custom ", ENTER)
            conversation.answer(URL, provider.url, ENTER)
            conversation.answer(AUTH, DOWN, DOWN, ENTER)
            conversation.answer(NAME, ENTER)
            conversation.answer("Which of its 2 models?", "large", ENTER)
            conversation.answer(WRITE, ENTER)
            assert conversation.ends() == 0
            assert WINDOW not in conversation.screen()
    found = profile(sandbox.home, "mine")
    assert (found["context"], found["tiers"]) == (262_144, {"main": "m/large"})


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_terminal_that_can_show_no_list_is_told_to_use_flags(sandbox: Sandbox, term: str | None) -> None:
    environment = sandbox.environment(**({"TERM": term} if term else {}))
    with Conversation([sandbox.cc, "add"], environment, sandbox.work) as conversation:
        assert conversation.ends() == 2
        assert conversation.screen() == ("cc add: this terminal cannot show a menu\nhint: use flags: cc help add")
    assert profiles(sandbox.home) == []
