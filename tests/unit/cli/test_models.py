"""`cc models`, and what a launch makes of a provider's list: with a FAKE list on this machine."""

from __future__ import annotations

import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fake_model_list import FakeModelList, Reply, listing
from tests.support import Sandbox
from tests.unit.cli.scene import CTRL_C, ENTER, INTERRUPTED, INVALID, NO_SUCH, OK, USAGE, CommandScene

GLM = {
    "id": "z-ai/glm-5.3",
    "name": "GLM 5.3",
    "context_length": 1_048_576,
    "pricing": {"prompt": "0.00000093", "completion": "0.000003"},
    "top_provider": {"context_length": 202_752, "max_completion_tokens": 131_072},
    "supported_parameters": ["tools"],
}
GEMMA = {
    "id": "google/gemma:free",
    "context_length": 131_072,
    "pricing": {"prompt": "0", "completion": "0"},
    "supported_parameters": ["temperature"],
}
TINY = {"id": "some/tiny", "context_length": 8_192, "supported_parameters": ["tools"]}
LIST = listing(GLM, GEMMA, TINY)
EVIL = "\x1b]0;owned\x07"


class Models(CommandScene):
    """A scene whose profile asks the FAKE list."""

    def __init__(self, sandbox: Sandbox, fake: FakeModelList) -> None:
        super().__init__(sandbox)
        self.fake = fake
        self.more = {"CC_OFFLINE": ""}
        self.keep(self.key)

    def mine(self, more: str = "", *, auth: str = "bearer", secret: str | None = None) -> None:
        secret = f'secret = "file:{self.file}"\n' if secret is None else secret
        text = (
            f'base_url = "{self.fake.url}/api"\nauth = "{auth}"\nopen_ended = true\n{secret if auth != "none" else ""}'
        )
        self.sandbox.profile("mine", f'{text}{more}\n[tiers]\nmain = "vendor/claude-main"\n')

    @property
    def kept(self) -> Path:
        return self.sandbox.home / ".cache" / "cc-launcher" / "models" / "mine"

    @property
    def stamp(self) -> Path:
        return self.kept.with_name(".mine.asked")

    def aged(self, seconds: float) -> None:
        """Make the kept list so old."""
        then = time.time() - seconds
        os.utime(self.stamp, (then, then))

    def listed(self, *args: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.shown("models", "mine", *args, "--json"))["data"]
        return data

    def ids(self, *args: str) -> list[str]:
        return [model["id"] for model in self.listed(*args)["models"]]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Models]:
    root = tmp_path / "sandbox"
    root.mkdir()
    with FakeModelList(LIST) as fake:
        made = Models(Sandbox(root), fake)
        made.mine()
        yield made


# The list


def test_the_list_is_shown_and_kept_for_a_day(scene: Models) -> None:
    result = scene.run("models", "mine")
    assert result.code == OK
    assert result.out.decode().splitlines() == [
        "google/gemma:free\t128K\tfree\tfree\tno\t",
        "some/tiny\t8K\t?\t?\tyes\t",
        "z-ai/glm-5.3\t198K\t0.93\t3.00\tyes\t",
    ]
    assert result.err == b"cc: mine: 3 models, as of now\n"
    scene.aged(3 * 3600 + 60)
    assert b"3 models, as of 3 h ago (cc models mine --refresh)" in scene.run("models", "mine").err
    assert len(scene.fake.requests) == 1
    assert b"as of now" in scene.run("models", "mine", "--refresh").err
    assert len(scene.fake.requests) == 2
    scene.aged(25 * 3600)
    assert b"as of now" in scene.run("models", "mine").err
    assert len(scene.fake.requests) == 3


def test_what_is_kept_is_the_users_alone_and_holds_no_secret(scene: Models) -> None:
    with scene.watched():
        scene.run("models", "mine")
    for path in (scene.kept, scene.stamp):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(scene.kept.parent.stat().st_mode) == 0o700


def test_a_list_that_says_the_same_again_leaves_its_file_alone(scene: Models) -> None:
    scene.run("models", "mine")
    before = scene.kept.stat()
    scene.run("models", "mine", "--refresh")
    after = scene.kept.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    scene.fake.reply = listing(GLM)
    scene.run("models", "mine", "--refresh")
    assert scene.kept.stat().st_ino != before.st_ino


def test_another_address_is_asked_anew(scene: Models) -> None:
    scene.run("models", "mine")
    with FakeModelList(listing(TINY)) as other:
        scene.mine(f'models_url = "{other.url}/else"')
        assert scene.ids() == ["some/tiny"]


@pytest.mark.parametrize(
    ("content", "mode"), [(b"", 0o600), (b"cc-models 1\t\nx\n", 0o600), (b"\xff\0\n", 0o600), (None, 0o644)]
)
def test_an_odd_kept_list_is_asked_for_anew(scene: Models, content: bytes | None, mode: int) -> None:
    scene.run("models", "mine")
    if content is not None:
        scene.kept.write_bytes(content)
    scene.kept.chmod(mode)
    assert len(scene.ids()) == 3
    assert len(scene.fake.requests) == 2


@pytest.mark.parametrize(
    ("args", "ids"),
    [
        (["glm"], ["z-ai/glm-5.3"]),
        (["--free"], ["google/gemma:free"]),
        (["--tools", "--sort", "context"], ["z-ai/glm-5.3", "some/tiny"]),
        (["--min-context", "100k", "--sort", "price"], ["google/gemma:free", "z-ai/glm-5.3"]),
        (["--max-price", "0.5"], ["google/gemma:free"]),
        (["gmela"], ["google/gemma:free"]),
        (["--free", "--tools"], []),
    ],
)
def test_searched_filtered_and_sorted(scene: Models, args: list[str], ids: list[str]) -> None:
    if args == ["gmela"]:
        args = ["gemma:fre3"]
    assert scene.ids(*args) == ids


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--free", "--tools"], "no model passes all filters (3 looked at); without --free: 2, without --tools: 1"),
        (["--min-context", "9m"], "without --min-context: 3"),
        (["--min-context", "9m", "--max-price", "0.1", "--tools"], "leave out --tools and --min-context"),
        (["xyzzyxyzzy"], "no model of 3 has xyzzyxyzzy in its name; to see all: cc models mine"),
    ],
)
def test_an_empty_result_says_what_to_loosen(scene: Models, args: list[str], said: str) -> None:
    assert said in scene.told(OK, "models", "mine", *args)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--sort", "prise"], "did you mean price?"),
        (["--min-context", "lots"], "lots is not a number of tokens"),
        (["--max-price", "-1"], "--max-price"),
        (["--max-price", "cheap"], "--max-price"),
    ],
)
def test_wrong_usage(scene: Models, args: list[str], said: str) -> None:
    assert said in scene.told(USAGE, "models", "mine", *args)
    assert scene.fake.requests == []


def test_an_unknown_profile(scene: Models) -> None:
    assert "no profile named" in scene.told(NO_SUCH, "models", "nobody")


@pytest.mark.parametrize("columns", [30, 50, 70, 120])
def test_on_a_narrow_terminal_the_ids_are_whole(scene: Models, columns: int) -> None:
    with scene.on_a_terminal("models", "mine", COLUMNS=str(columns)) as session:
        assert session.ends() == OK
        for model in (GLM, GEMMA, TINY):
            assert str(model["id"]) in session.text
        lines = [line for line in session.text.splitlines() if "glm" in line]
        assert all(len(line.rstrip()) <= columns for line in lines)


def test_what_the_profile_knows_fills_gaps_and_gives_aliases(scene: Models) -> None:
    scene.mine('[models."some/tiny"]\naliases = ["tiny"]\nprices = { input = 2, output = 4 }\n')
    (tiny,) = scene.listed("tiny")["models"]
    assert (tiny["aliases"], tiny["input_price"], tiny["context"]) == (["tiny"], 2.0, 8_192)


def test_a_price_in_yuan_is_not_shown_as_dollars(scene: Models) -> None:
    scene.mine('[models."some/tiny"]\nprices = { input = 2, output = 4, currency = "CNY" }\n')
    (tiny,) = scene.listed("tiny")["models"]
    assert tiny["input_price"] is None  # dollars are what is listed there


# Whom the key reaches


@pytest.mark.parametrize(("auth", "header"), [("bearer", "authorization"), ("api-key", "x-api-key")])
def test_the_key_goes_as_the_profile_authenticates(scene: Models, auth: str, header: str) -> None:
    scene.mine('[secret_headers]\nx-vk = "env:VK"\n[headers]\nx-team = "blue"\n', auth=auth)
    assert scene.run("models", "mine", VK="vk-1").code == OK
    ((path, headers),) = scene.fake.requests
    assert path == "/api/v1/models"
    assert headers[header].removeprefix("Bearer ") == scene.key
    assert (headers["x-vk"], headers["x-team"]) == ("vk-1", "blue")
    assert headers["anthropic-version"]
    assert "authorization" not in headers or "x-api-key" not in headers


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "answers 401"), (403, "answers 403"), (404, "answers 404"), (500, "answers 500")]
)
def test_a_refusal_leaves_what_is_there(scene: Models, status: int, reason: str) -> None:
    scene.fake.reply = Reply({"error": {"message": f"{EVIL} {scene.key}"}}, status)
    result = scene.run("models", "mine")
    assert result.code == OK
    assert result.out == b"vendor/claude-main\t?\t?\t?\t?\t\n"
    assert reason in result.err.decode()
    assert "; this is your profile mine\n" in result.err.decode()
    assert ("cc secret set mine" in result.err.decode()) == (status in {401, 403})
    assert scene.key not in result.err.decode()
    scene.fake.reply = LIST
    scene.run("models", "mine")
    scene.aged(3 * 86_400)
    scene.fake.reply = Reply({}, status)
    result = scene.run("models", "mine")
    assert len(result.out.splitlines()) == 3
    assert "; this is the list of 127.0.0.1 of 3 d ago\n" in result.err.decode()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>"),
        Reply(b"[" * 100_000),
        Reply(b'{"data": 7}'),
        Reply(b'"x"'),
        Reply(b'{"data": [{"id": "' + b"m" * 10_000_000 + b'"}]}'),
    ],
    ids=["html", "deep", "number", "text", "huge"],
)
def test_an_odd_answer_is_no_traceback(scene: Models, reply: Reply) -> None:
    scene.fake.reply = reply
    result = scene.run("models", "mine")
    assert result.code == OK
    assert b"Traceback" not in result.err
    assert len(result.out) < 1000


def test_hostile_entries_reach_no_terminal(scene: Models) -> None:
    scene.fake.reply = listing({"id": f"x{EVIL}"}, {"id": "fine", "name": EVIL}, {"id": "$(reboot)"})
    result = scene.run("models", "mine")
    assert result.out == b"fine\t?\t?\t?\t?\t\n"
    assert b"\x1b" not in result.out + result.err
    assert b"\x1b" not in scene.kept.read_bytes()


def test_a_redirect_gets_no_key(scene: Models) -> None:
    with FakeModelList(LIST) as other:
        scene.fake.reply = Reply(b"", 302, {"location": f"{other.url}/v1/models"})
        assert "answers 302" in scene.run("models", "mine").err.decode()
        assert other.requests == []


def test_the_key_does_not_go_to_another_host_that_the_file_names(scene: Models) -> None:
    with FakeModelList(LIST) as other:
        scene.mine(f'models_url = "{other.url}/list"')
        assert len(scene.ids()) == 3
        assert scene.key not in other.said
        assert other.paths == ["/list"]
    assert scene.fake.requests == []


def test_the_key_of_one_host_is_not_sent_to_another(scene: Models) -> None:
    scene.sandbox.profile("mine", f'extends = "zai"\nsecret = "file:{scene.file}"\n')
    hosts = scene.hosts
    hosts.parent.mkdir(parents=True, exist_ok=True)
    hosts.write_text(json.dumps({f"mine file:{scene.file}": "api.z.ai"}))
    scene.sandbox.profile("mine", f'extends = "zai"\nsecret = "file:{scene.file}"\nbase_url = "{scene.fake.url}"\n')
    scene.fake.reply = lambda _: Reply({}, 401)
    result = scene.run("models", "mine")
    assert "its secret was kept for api.z.ai" in result.err.decode()
    assert scene.key not in scene.fake.said


def test_a_login_is_never_sent(scene: Models) -> None:
    scene.sandbox.profile("mine", f'extends = "claude"\nbase_url = "{scene.fake.url}"\n')
    assert len(scene.ids()) == 3
    ((_, headers),) = scene.fake.requests
    assert not {"authorization", "x-api-key"} & set(headers)


def test_a_key_that_is_missing_is_asked_for_where_the_list_wants_one(scene: Models) -> None:
    scene.file.unlink()
    assert len(scene.ids()) == 3  # this one is public
    scene.fake.reply = Reply({}, 401)
    assert "mine" in scene.run("models", "mine", "--refresh").err.decode()


def test_a_list_in_pages_is_read_whole(scene: Models) -> None:
    def pages(path: str) -> Reply:
        if "after_id=a" in path:
            return Reply({"data": [{"id": "b"}], "has_more": False, "last_id": "b"})
        return Reply({"data": [{"id": "a"}], "has_more": True, "last_id": "a"})

    scene.fake.reply = pages
    assert scene.ids() == ["a", "b"]


def test_a_list_that_always_goes_on_comes_to_an_end(scene: Models) -> None:
    scene.fake.reply = Reply({"data": [{"id": "a"}], "has_more": True, "last_id": "a"})
    assert scene.ids() == ["a"]
    assert len(scene.fake.requests) < 5


def test_litellm_says_elsewhere_what_it_knows(scene: Models) -> None:
    def answers(path: str) -> Reply:
        if path == "/model/info":
            info = {"max_input_tokens": 400_000, "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05}
            return Reply({"data": [{"model_name": "house", "model_info": info}]})
        return listing({"id": "house"}, {"id": "other"})

    scene.fake.reply = answers
    text = f'extends = "litellm"\nbase_url = "{scene.fake.url}"\nsecret = "file:{scene.file}"\n'
    scene.sandbox.profile("mine", text)
    house, other = scene.listed()["models"]
    assert (house["context"], house["input_price"], other["context"]) == (400_000, 1.25, None)


# A launch


def launched(scene: Models) -> dict[bytes, bytes]:
    return scene.sandbox.fake.take().environment


def test_a_launch_finds_a_model_that_nobody_has_written_down_and_says_its_window(scene: Models) -> None:
    assert scene.run("run", "mine", "glm-5.3").code == OK
    child = launched(scene)
    assert child[b"ANTHROPIC_MODEL"] == b"z-ai/glm-5.3"
    assert child[b"CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == b"202752"
    assert child[b"CLAUDE_CODE_MAX_OUTPUT_TOKENS"] == str(202_752 // 4).encode()
    assert len(scene.fake.requests) == 1
    assert scene.run("run", "mine", "glm-5.3").code == OK  # the list is there
    assert scene.run("run", "mine", "glm-5.3", "-p", "x").code == OK
    assert len(scene.fake.requests) == 1


def test_a_launch_on_a_cached_plan_follows_the_list_where_it_was_used(scene: Models) -> None:
    scene.run("models", "mine")
    cached = scene.environment()
    time.sleep(0.05)  # a plan made of files that changed just now is not kept
    assert scene.run("run", "mine", "glm-5.3").code == OK
    assert scene.sandbox.run("run", "mine", "glm-5.3", environment=cached, cached=True).code == OK
    assert launched(scene)[b"CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == b"202752"
    scene.fake.reply = listing(GLM | {"top_provider": {"context_length": 65_536}})
    scene.run("models", "mine", "--refresh")
    assert scene.run("run", "mine", "glm-5.3").code == OK
    assert launched(scene)[b"CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == b"65536"


def test_a_launch_that_did_not_need_the_list_does_not_depend_on_it(scene: Models) -> None:
    scene.mine('[models."own/model"]\ncontext = 100000\n')
    assert scene.run("run", "mine", "own/model").code == OK
    assert scene.fake.requests == []
    scene.run("models", "mine")
    assert scene.sandbox.run("run", "mine", "own/model", environment=scene.environment(), cached=True).code == OK


def test_a_launch_without_an_answer_goes_on_and_does_not_ask_again_at_once(scene: Models) -> None:
    scene.fake.reply = Reply({}, 500)
    for number in range(2):
        result = scene.run("run", "mine", "new/model")
        assert result.code == OK
        assert b"it is sent as typed" in result.err
        assert (b"the window of new/model is not known" in result.err) == (number == 0)
        assert b"CLAUDE_CODE_MAX_CONTEXT_TOKENS" not in launched(scene)
    assert len(scene.fake.requests) == 1


UNKNOWN = "mine: the window of new/model is not known; "
SET = "cc models mine new/model --set-context 200k"


def test_a_window_that_is_not_known_is_said_once_a_profile(scene: Models) -> None:
    scene.more["CC_OFFLINE"] = "1"
    for option in ("--version", "-h", "mcp"):
        assert "the window of" not in scene.run("run", "mine", "new/model", "--", option).err.decode()
    for _ in range(2):  # a look is none
        assert SET in scene.shown("run", "--dry-run", "mine", "new/model")
    said = scene.run("run", "mine", "new/model").err.decode()
    assert UNKNOWN in said
    assert SET in said
    assert UNKNOWN not in scene.run("run", "mine", "new/model").err.decode()
    cached = scene.sandbox.run("run", "mine", "new/model", environment=scene.environment(), cached=True)
    assert (cached.code, UNKNOWN in cached.err.decode()) == (OK, False)
    assert SET in scene.shown("show", "mine", "new/model")


def test_the_command_that_sets_a_window(scene: Models) -> None:
    scene.more["CC_OFFLINE"] = "1"
    scene.run("run", "mine", "new/model")
    launched(scene)
    before = (scene.profiles / "mine.toml").read_text()
    shown = scene.shown(*SET.split()[1:], "--dry-run")
    assert (scene.profiles / "mine.toml").read_text() == before
    said = scene.told(OK, *SET.split()[1:])
    assert "from now on new/model has a window of 200,000 tokens" in said
    assert (scene.profiles / "mine.toml").read_text() == shown == f'{before}\n[models."new/model"]\ncontext = 200000\n'
    result = scene.run("run", "mine", "new/model")
    assert (result.code, UNKNOWN in result.err.decode()) == (OK, False)
    assert b"CLAUDE_CODE_MAX_CONTEXT_TOKENS" in launched(scene)
    scene.sandbox.profile("openrouter", 'extends = "openrouter"\n').unlink()
    scene.run("models", "openrouter", "openai/gpt-6-sol", "--set-context", "1m")
    made = (scene.profiles / "openrouter.toml").read_text()
    assert made == 'extends = "openrouter"\n\n[models."openai/gpt-6-sol"]\ncontext = 1000000\n'


@pytest.mark.parametrize(("size", "code"), [("8k", USAGE), ("lots", USAGE)])
def test_a_window_that_no_session_fits_into_is_refused(scene: Models, size: str, code: int) -> None:
    before = (scene.profiles / "mine.toml").read_text()
    scene.told(code, "models", "mine", "new/model", "--set-context", size)
    assert (scene.profiles / "mine.toml").read_text() == before


def test_the_vendors_window_counts_until_the_provider_tells_its_own(scene: Models) -> None:
    """The catalog has the window of glm-5.3 at OpenRouter from Z.ai alone."""
    text = f'extends = "openrouter"\nbase_url = "{scene.fake.url}/api"\nmodels_url = "{scene.fake.url}/api/v1/models"\n'
    scene.sandbox.profile("mine", f'{text}models_public = true\nsecret = "file:{scene.file}"\n')
    scene.more["CC_OFFLINE"] = "1"
    assert scene.run("run", "mine", "glm-5.3").code == OK
    assert launched(scene)[b"CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == b"1000000"
    scene.more["CC_OFFLINE"] = ""
    for path in scene.sandbox.plans:
        path.unlink()
    assert scene.run("run", "mine", "glm-5.3").code == OK
    assert launched(scene)[b"CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == b"202752"


def test_a_launch_does_not_wait_long_for_the_list(scene: Models) -> None:
    scene.fake.reply = Reply(LIST.body, slowness=20)
    begun = time.monotonic()
    assert scene.run("run", "mine", "new/model").code == OK
    assert time.monotonic() - begun < 20


def test_a_look_asks_nobody_with_a_key(scene: Models) -> None:
    assert scene.run("run", "--dry-run", "mine", "new/model").code == OK
    assert scene.run("show", "mine", "new/model").code == OK
    assert scene.fake.requests == []


def test_offline_a_launch_asks_nobody(scene: Models) -> None:
    assert scene.run("run", "mine", "new/model", CC_OFFLINE="1").code == OK
    assert scene.fake.requests == []


def test_a_store_that_may_ask_somebody_is_not_asked_for_a_list(scene: Models) -> None:
    scene.mine(secret=f'secret = "cmd:cat {scene.file}"\n')
    assert scene.run("run", "mine", "new/model").code == OK
    assert scene.fake.requests == []


def test_several_models_that_a_word_could_mean(scene: Models) -> None:
    scene.fake.reply = listing({"id": "a/twin"}, {"id": "b/twin"})
    assert "twin fits several models" in scene.told(NO_SUCH, "run", "mine", "twin")


@pytest.mark.parametrize(("word", "why"), [("gemma", "cannot call tools"), ("tiny", "a window of 8192 tokens")])
def test_a_model_that_is_of_no_use_is_refused_unless_anyway(scene: Models, word: str, why: str) -> None:
    for command in (["run", "mine", word], ["install-wrapper", "mine", "--model", word], ["env", "mine", word]):
        assert why in scene.told(INVALID, *command)
    assert why in scene.shown("run", "--dry-run", "mine", word)
    for place in (["--anyway", "mine", word], ["mine", "--anyway", word], ["mine", word, "--anyway"]):
        assert scene.run("run", *place).code == OK
        launched(scene)
    assert scene.run("run", "mine", word).code == INVALID  # the plan of the other is not taken
    scene.sandbox.home.joinpath(".local", "bin").mkdir(parents=True)
    assert scene.run("install-wrapper", "mine", "--model", word, "--anyway").code == OK
    assert scene.run("install-wrapper", "--refresh").code == OK
    wrapper = scene.sandbox.home / ".local" / "bin" / "claude-mine"
    assert '"anyway":true' in wrapper.read_text()


# The picker


def test_picking_a_model_by_typing(scene: Models) -> None:
    with scene.on_a_terminal("run", "mine", "--pick", "-p", "hi") as session:
        session.wait_for("Which model? (1, as of now; type to search)")
        assert "gemma" not in session.screen()  # what would be refused is not offered
        session.answer("z-ai/glm-5.3", "glm", ENTER)
        assert session.ends() == OK
    call = scene.sandbox.fake.take()
    assert call.environment[b"ANTHROPIC_MODEL"] == b"z-ai/glm-5.3"
    assert call.arguments[-2:] == [b"-p", b"hi"]


def test_picking_among_all_with_anyway_and_a_word(scene: Models) -> None:
    with scene.on_a_terminal("run", "--pick", "--anyway", "mine", "gemma") as session:
        session.answer("Which model? (1,", ENTER)
        assert session.ends() == OK
    assert launched(scene)[b"ANTHROPIC_MODEL"] == b"google/gemma:free"


def test_leaving_the_picker(scene: Models) -> None:
    with scene.on_a_terminal("run", "mine", "--pick") as session:
        session.answer("Which model?", CTRL_C)
        assert session.ends() == INTERRUPTED
    assert not scene.sandbox.fake.dump.exists()


def test_picking_needs_a_terminal(scene: Models) -> None:
    assert "cc models mine prints the list" in scene.told(USAGE, "run", "mine", "--pick")
    with scene.on_a_terminal("run", "mine", "--pick", TERM="dumb") as session:
        assert session.ends() == USAGE


def test_completion_knows_the_list(scene: Models) -> None:
    scene.run("models", "mine")
    scene.run("list-profiles")
    assert scene.shown("__complete", "fish", "run", "mine", "glm").split() == ["glm-5.3"]
    assert scene.shown("__complete", "fish", "run", "mine", "").split() == ["vendor/claude-main"]


def test_that_a_server_does_not_run_is_said_in_words(scene: Models) -> None:
    with socket.socket() as silent:  # a port that is taken, and at which nobody listens
        silent.bind(("127.0.0.1", 0))
        scene.sandbox.profile("box", f'extends = "ollama"\nbase_url = "http://127.0.0.1:{silent.getsockname()[1]}"\n')
        said = scene.run("models", "box").err
    assert b"box: no list of models: 127.0.0.1: nothing answers (Connection refused)" in said
