"""`cc run --check` and `--fallback`: FAKE providers on loopback, the FAKE client, every way that can go wrong."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.fakes.fake_claude import Dump
from tests.fakes.fake_ollama import FakeOllama
from tests.fakes.fake_provider import ErrorReply, FakeProvider, Request, Script
from tests.support import LIMIT, Result, Sandbox, console_script, run, start, wait_until

OK, USAGE, NO_SUCH, UNREACHABLE, TIMED_OUT, REFUSED, INVALID = 0, 2, 66, 69, 75, 77, 78
NAMES = ("one", "two", "three")
SHORTEST = {"max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}


class FallbackScene:
    """Three profiles, each on a FAKE provider of its own, with a secret of its own."""

    def __init__(self, sandbox: Sandbox, providers: list[FakeProvider]) -> None:
        self.sandbox = sandbox
        self.providers = dict(zip(NAMES, providers, strict=True))
        self.secrets = {name: f"sk-canary-{name}-{'abcdefgh' * 3}" for name in NAMES}
        for name in NAMES:
            self.profile(name)

    def profile(self, name: str, keys: str = "", tables: str = "", auth: str = "bearer") -> Path:
        """A profile whose main model is called after it."""
        kept = self.sandbox.outside / f"secret-{name}"
        kept.write_text(self.secrets[name])
        kept.chmod(0o600)
        secret = "" if auth == "none" or "secret =" in keys else f'secret = "file:{kept}"\n'
        return self.sandbox.profile(
            name,
            f'auth = "{auth}"\nbase_url = "{self.providers[name].url}/api"\n{secret}{keys}\ncontext = 200000\n'
            f'[tiers]\nmain = "{name}-large"\nhaiku = "{name}-small"\n[models."{name}-large"]\naliases = ["a"]\n'
            f'[models."{name}-other"]\n{tables}',
        )

    def answers(self, name: str, script: Script) -> None:
        self.providers[name].script = script

    def fails(self, name: str, status: int, message: str = "refused") -> None:
        """This provider answers with this status, and repeats the secret."""
        self.answers(name, lambda _: ErrorReply(status, f"{message} {self.secrets[name]}"))

    def run(self, *args: str, program: Path | None = None, **more: str) -> Result:
        result = run([program or self.sandbox.cc, "run", *args], self.sandbox.environment(**more), self.sandbox.work)
        assert b"Traceback" not in result.err, result.err
        assert not any(secret.encode() in result.out + result.err for secret in self.secrets.values())
        return result

    def launched(self, *args: str) -> tuple[Dump, list[str]]:
        """A launch that comes to something: how the client was started, and what was said."""
        result = self.run(*args)
        assert (result.code, result.out) == (OK, b""), result
        return self.sandbox.fake.take(), result.err.decode().splitlines()

    def refused(self, code: int, *args: str) -> list[str]:
        """A launch that comes to nothing: what was said."""
        result = self.run(*args)
        assert (result.code, result.out) == (code, b""), result
        assert not self.sandbox.fake.started
        return result.err.decode().splitlines()

    def asked(self, name: str) -> list[Request]:
        return list(self.providers[name].requests)

    def models(self) -> dict[str, list[str]]:
        """The models that each provider was asked for."""
        return {name: [request.body["model"] for request in self.asked(name)] for name in NAMES}

    def each_has_only_its_own_secret(self) -> None:
        for name in NAMES:
            for request in self.asked(name):
                text = f"{request.path} {request.headers} {request.raw.decode(errors='replace')}"
                assert [other for other in NAMES if self.secrets[other] in text] == [name]


@pytest.fixture
def scene(sandbox: Sandbox) -> Iterator[FallbackScene]:
    with ExitStack() as open_for_the_test:
        yield FallbackScene(sandbox, [open_for_the_test.enter_context(FakeProvider()) for _ in NAMES])


def token(dump: Dump) -> str:
    return dump.environment[b"ANTHROPIC_AUTH_TOKEN"].decode()


# -- the check --------------------


def test_one_token_of_the_main_model_is_asked_for_and_nothing_is_said(scene: FallbackScene) -> None:
    dump, said = scene.launched("--check", "one", "-p", "hello there")
    assert said == []
    assert dump.arguments[-2:] == [b"-p", b"hello there"]
    (request,) = scene.asked("one")
    assert (request.method, request.path) == ("POST", "/api/v1/messages")
    assert request.body == SHORTEST | {"model": "one-large"}
    assert request.headers["authorization"] == f"Bearer {scene.secrets['one']}"
    assert token(dump) == scene.secrets["one"]


def test_without_the_flag_nobody_is_asked_before_or_after_one_that_was_checked(scene: FallbackScene) -> None:
    scene.launched("--check", "one")
    scene.providers["one"].requests.clear()
    for program in (scene.sandbox.cc, scene.sandbox.cached_cc):
        result = scene.run("one", program=program)
        assert (result.code, result.err) == (OK, b"")
        assert token(scene.sandbox.fake.take()) == scene.secrets["one"]
    assert scene.asked("one") == []


def test_a_cached_plan_does_not_stand_in_for_a_check(scene: FallbackScene) -> None:
    scene.launched("one")
    assert scene.sandbox.plans
    scene.fails("one", 401)
    scene.refused(REFUSED, "--check", "one")


@pytest.mark.parametrize(
    ("args", "model"),
    [
        (["one", "other"], "one-other"),
        (["one", "haiku"], "one-small"),
        (["one", "--", "--model", "one-other"], "one-other"),
        (["one", "--", "--model=haiku"], "one-small"),
        (["one", "--", "--model=best"], "one-large"),
        (["one", "--", "--model=one-other[1m]"], "one-other"),
        (["one", "--", "--", "--model=one-other"], "one-large"),
    ],
)
def test_the_model_is_the_one_that_the_session_starts_on(scene: FallbackScene, args: list[str], model: str) -> None:
    scene.launched("--check", *args)
    assert scene.models()["one"] == [model]


REFUSALS = {
    401: (REFUSED, "one: the provider does not accept this key (401); it says: no (not shown)"),
    403: (REFUSED, "one: the provider does not accept this key (403); it says: no (not shown)"),
    404: (NO_SUCH, "one: one-large is not served under http://{host}/api (404); it says: no (not shown)"),
    402: (REFUSED, "one: out of credit (402); it says: no (not shown)"),
    429: (TIMED_OUT, "one: rate limited (429), to be tried again in 30 s; it says: no (not shown)"),
    500: (UNREACHABLE, "one: the provider has a problem of its own (500); it says: no (not shown)"),
    529: (UNREACHABLE, "one: the provider has a problem of its own (529); it says: no (not shown)"),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_where_the_answer_is_no_nothing_starts(scene: FallbackScene, status: int) -> None:
    code, what = REFUSALS[status]
    scene.providers["one"].headers["retry-after"] = "30"
    scene.fails("one", status, "no")
    said = scene.refused(code, "--check", "one")
    assert said[0] == "cc: " + what.format(host=scene.providers["one"].host)
    assert said[1].startswith("hint: ")
    assert len(said) == 2
    assert len(scene.asked("one")) == 1  # a retry would hide a fault


def test_the_host_that_was_asked_has_the_secret_from_then_on(scene: FallbackScene) -> None:
    scene.fails("one", 401)
    scene.refused(REFUSED, "--check", "one")
    bound = scene.sandbox.home / ".local" / "share" / "cc-launcher" / "hosts.json"
    assert "127.0.0.1" in bound.read_text()


def test_a_complaint_about_something_else_is_a_note(scene: FallbackScene) -> None:
    scene.fails("one", 400, "max_tokens is too small")
    _, said = scene.launched("--check", "one")
    words = "the provider answers 400 to the shortest message; it says: max_tokens is too small (not shown)"
    assert said == [f"cc: one: {words}; the session may still work"]


def test_nobody_listens(scene: FallbackScene) -> None:
    scene.providers["one"].stop()
    said = scene.refused(UNREACHABLE, "--check", "one")
    assert said[0] == f"cc: one: {scene.providers['one'].url}/api cannot be reached (ConnectError)"


@contextmanager
def trickling() -> Iterator[str]:
    """A FAKE server whose answer begins, goes on a byte at a time, and never ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):  # whoever asked has gone
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not over.wait(0.02):
                        connection.sendall(b"x")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def hurried(scene: FallbackScene) -> Path:
    """A `cc` that waits less long."""
    before = "from cc_launcher.actions import before_launch\nbefore_launch.PATIENCE = 0.4\n"
    return console_script(scene.sandbox.outside / "hurried", before=before)


def test_an_answer_that_does_not_end_is_not_waited_for(scene: FallbackScene) -> None:
    with trickling() as url:
        scene.sandbox.profile("slow", f'auth = "none"\nbase_url = "{url}"\n[tiers]\nmain = "m"\n')
        result = scene.run("--check", "slow", program=hurried(scene))
        assert (result.code, result.err.decode().splitlines()[0]) == (
            TIMED_OUT,
            "cc: slow: no answer within 0.4 seconds",
        )
        result = scene.run("--fallback", "two", "slow", program=hurried(scene))
    assert (result.code, result.err) == (OK, b"cc: slow: no answer within 0.4 seconds; on to two (two-large)\n")
    assert token(scene.sandbox.fake.take()) == scene.secrets["two"]


def test_ctrl_c_during_the_check(scene: FallbackScene) -> None:
    over = threading.Event()

    def wait(_body: object) -> ErrorReply:
        over.wait(LIMIT)
        return ErrorReply(500)

    scene.answers("one", wait)
    sandbox = scene.sandbox
    patient = console_script(
        sandbox.outside / "patient", before="from cc_launcher.actions import before_launch as b\nb.PATIENCE = 100\n"
    )
    process = start([patient, "run", "--fallback", "two", "one"], sandbox.environment(), sandbox.work)
    try:
        wait_until(lambda: bool(scene.asked("one")), "the question")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
    finally:
        over.set()
    assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")
    assert scene.asked("two") == []
    assert not sandbox.fake.started


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_no_secret_along_and_is_no_reason_to_go_on(scene: FallbackScene, status: int) -> None:
    scene.providers["one"].headers["location"] = f"{scene.providers['three'].url}/v1/messages"
    scene.fails("one", status)
    said = scene.refused(UNREACHABLE, "--fallback", "two", "one")
    assert f"redirects to another address ({status}); the key was not sent there" in said[0]
    assert scene.asked("two") == scene.asked("three") == []


def test_a_subcommand_of_the_client_needs_no_model(scene: FallbackScene) -> None:
    _, said = scene.launched("--check", "one", "mcp", "list")
    assert said == ["cc: one: not asked first: claude mcp needs no model"]
    scene.profile("one", 'fallback = ["two"]')
    _, said = scene.launched("one", "mcp", "list")
    assert (said, scene.asked("one")) == ([], [])


def test_a_proxy_sees_nothing_of_what_is_for_this_machine(scene: FallbackScene) -> None:
    proxy = scene.providers["three"].url
    result = scene.run("--check", "one", HTTP_PROXY=proxy, http_proxy=proxy, ALL_PROXY=proxy)
    assert result.code == OK, result
    assert (len(scene.asked("one")), scene.asked("three")) == (1, [])


# -- how the secret goes --------------------


def test_a_key_in_its_own_header(scene: FallbackScene) -> None:
    scene.profile("one", auth="api-key")
    dump, _ = scene.launched("--check", "one")
    (request,) = scene.asked("one")
    assert request.headers["x-api-key"] == scene.secrets["one"]
    assert "authorization" not in request.headers
    assert dump.key == scene.secrets["one"].encode()


def test_a_server_without_keys_gets_its_placeholder(scene: FallbackScene) -> None:
    scene.profile("one", 'placeholder = "none-needed"', auth="none")
    scene.launched("--check", "one")
    assert scene.asked("one")[0].headers["authorization"] == "Bearer none-needed"
    scene.answers("one", lambda _: ErrorReply(401))
    assert "cc edit one auth=bearer" in scene.refused(REFUSED, "--check", "one")[1]


def test_secrets_in_headers_and_in_the_address(scene: FallbackScene) -> None:
    url = scene.providers["one"].url
    scene.sandbox.profile(
        "one",
        f'auth = "none"\nbase_url = "{url}/{{part}}/x"\nheaders = {{ X-Own = "mine" }}\n[tiers]\nmain = "m"\n'
        f'[secret_values]\npart = "cmd:echo a/b"\n'
        f'[secret_headers]\nX-Gate = {{ secret = "file:{scene.sandbox.outside}/secret-one", prefix = "Bearer " }}\n',
    )
    scene.fails("one", 400)
    _, said = scene.launched("--check", "one")
    (request,) = scene.asked("one")
    assert request.path == "/a%2Fb/x/v1/messages"
    assert (request.headers["x-gate"], request.headers["x-own"]) == (f"Bearer {scene.secrets['one']}", "mine")
    assert "(not shown)" in said[0]


def test_a_sealed_launch_is_checked_with_the_secret_that_it_would_fetch(scene: FallbackScene) -> None:
    dump, _ = scene.launched("--check", "--sealed", "one")
    assert scene.asked("one")[0].headers["authorization"] == f"Bearer {scene.secrets['one']}"
    assert b"ANTHROPIC_AUTH_TOKEN" not in dump.environment
    assert b"apiKeyHelper" in b" ".join(dump.arguments)


def test_a_store_is_asked_once(scene: FallbackScene) -> None:
    count = scene.sandbox.outside / "count"
    program = scene.sandbox.outside / "fetch"
    program.write_text(f"#!/bin/sh\necho x >>'{count}'\necho sk-fetched-secret\n")
    program.chmod(0o755)
    scene.profile("one", f'secret = "cmd:{program}"')
    dump, _ = scene.launched("--check", "one")
    assert (token(dump), count.read_text()) == ("sk-fetched-secret", "x\n")


def test_a_secret_that_was_kept_for_another_host_is_not_sent(scene: FallbackScene) -> None:
    scene.launched("--check", "one")
    path = scene.profile("one")
    path.write_text(path.read_text().replace("127.0.0.1", "localhost"))
    scene.providers["one"].requests.clear()
    said = scene.refused(REFUSED, "--check", "one")
    assert "its secret was kept for 127.0.0.1, and base_url now names localhost" in said[0]
    scene.fails("two", 402)
    assert scene.refused(REFUSED, "--fallback", "one", "two")[1] == said[0]
    assert scene.asked("one") == []


def test_a_key_that_no_header_can_hold(scene: FallbackScene) -> None:
    (scene.sandbox.outside / "secret-one").write_text("sk-schlüssel")
    said = scene.refused(REFUSED, "--fallback", "two", "one")
    assert "characters that cannot be sent" in said[0]
    assert scene.asked("one") == scene.asked("two") == []


# -- going on --------------------


def test_the_next_one_takes_over_with_its_own_secret_and_its_own_model(scene: FallbackScene) -> None:
    scene.fails("one", 402, "Insufficient balance")
    scene.fails("two", 429)
    dump, said = scene.launched("--fallback", "two,three", "one", "other", "-p", "hi", "--verbose")
    assert said == [
        "cc: one: out of credit (402); on to two (two-large)",
        "cc: two: rate limited (429); on to three (three-large)",
    ]
    assert scene.models() == {"one": ["one-other"], "two": ["two-large"], "three": ["three-large"]}
    scene.each_has_only_its_own_secret()
    assert dump.arguments[-3:] == [b"-p", b"hi", b"--verbose"]
    assert dump.environment[b"ANTHROPIC_BASE_URL"].decode() == f"{scene.providers['three'].url}/api"
    held = b"\0".join([*dump.environment.values(), *dump.arguments]).decode()
    assert [name for name in NAMES if scene.secrets[name] in held] == ["three"]


@pytest.mark.parametrize("status", [402, 429, 500, 503, 529])
def test_when_it_goes_on(scene: FallbackScene, status: int) -> None:
    scene.fails("one", status)
    dump, said = scene.launched("--fallback=two", "one")
    assert token(dump) == scene.secrets["two"]
    assert said[0].startswith("cc: one: ")
    assert said[0].endswith(f"({status}); on to two (two-large)")


def test_it_goes_on_when_nobody_listens(scene: FallbackScene) -> None:
    scene.providers["one"].stop()
    dump, said = scene.launched("--fallback", "two", "one")
    assert token(dump) == scene.secrets["two"]
    assert said == [
        f"cc: one: {scene.providers['one'].url}/api cannot be reached (ConnectError); on to two (two-large)"
    ]


def test_the_first_one_that_answers_is_launched(scene: FallbackScene) -> None:
    dump, said = scene.launched("--fallback", "two,three", "one")
    assert (token(dump), said) == (scene.secrets["one"], [])
    assert scene.models() == {"one": ["one-large"], "two": [], "three": []}


@pytest.mark.parametrize(("status", "code"), [(401, REFUSED), (403, REFUSED), (404, NO_SUCH)])
@pytest.mark.parametrize("after", [False, True])
def test_what_somebody_has_to_mend_stops_it(scene: FallbackScene, status: int, code: int, after: bool) -> None:  # noqa: FBT001
    if after:
        scene.fails("one", 503)
    scene.fails("two" if after else "one", status)
    said = scene.refused(code, "--fallback", "two,three", "one")
    assert f"({status})" in said[-2]
    assert scene.asked("three") == []


def test_a_secret_that_is_missing_stops_it(scene: FallbackScene) -> None:
    scene.fails("one", 402)
    (scene.sandbox.outside / "secret-two").unlink()
    said = scene.refused(REFUSED, "--fallback", "two,three", "one")
    assert said[1].startswith("cc: two: ")
    assert scene.asked("two") == scene.asked("three") == []


def test_when_all_fail_each_is_told_and_the_last_one_gives_the_code(scene: FallbackScene) -> None:
    scene.fails("one", 402, "no")
    scene.fails("two", 500, "oh")
    scene.fails("three", 429, "slow down")
    said = scene.refused(TIMED_OUT, "--fallback", "two,three", "one")
    assert said[2:] == [
        "cc: nothing was started: one, two, three cannot be used right now",
        "cc: one: out of credit (402); it says: no (not shown)",
        "cc: two: the provider has a problem of its own (500); it says: oh (not shown)",
        "cc: three: rate limited (429); it says: slow down (not shown)",
        "hint: try again later, or launch on another profile: cc list-profiles --ready",
    ]
    scene.each_has_only_its_own_secret()


def test_each_is_asked_once(scene: FallbackScene) -> None:
    for name in ("one", "two"):
        scene.fails(name, 402)
    scene.refused(REFUSED, "--fallback", "one,two", "--fallback", "two,one", "one")
    assert [len(requests) for requests in scene.models().values()] == [1, 1, 0]


@pytest.mark.parametrize(
    ("given", "code", "what"),
    [
        ("two,nobody", NO_SUCH, "cc: no profile named nobody"),
        ("two,../../etc", NO_SUCH, "cc: no profile can be named ../../etc"),
        ("two,broken", INVALID, "unknown key tires"),
        ("two,no-model", INVALID, "cc: no-model: no model is chosen"),
        ("two,,three", USAGE, "cc: --fallback takes PROFILE[,PROFILE…]"),
        ("", USAGE, "cc: --fallback takes PROFILE[,PROFILE…]"),
        ("--sealed", USAGE, "cc: --fallback takes PROFILE[,PROFILE…]"),
    ],
)
def test_a_list_that_cannot_be_meant_is_told_before_anybody_is_asked(
    scene: FallbackScene, given: str, code: int, what: str
) -> None:
    scene.sandbox.profile("broken", 'extends = "zai"\ntires = 4\n')
    scene.sandbox.profile("no-model", 'auth = "none"\nbase_url = "http://127.0.0.1:9"\n')
    assert what in scene.refused(code, "--fallback", given, "one")[0]
    assert scene.models() == {"one": [], "two": [], "three": []}


# -- what cannot be asked, and what was asked already --------------------

UNASKED = {
    "login": ('extends = "claude"\n', "cc does not read your claude.ai login"),
    "cloud": (
        'extends = "bedrock"\nregion = "us-west-2"\nauth = "bearer"\nsecret = "cmd:echo sk-cloud"\n',
        "only the cloud's own tools can sign a request",
    ),
}


@pytest.mark.parametrize("kind", UNASKED)
def test_what_cannot_be_asked_is_launched_and_counts_as_available(scene: FallbackScene, kind: str) -> None:
    text, why = UNASKED[kind]
    scene.sandbox.profile("other", text)
    _, said = scene.launched("--check", "other")
    assert said[0] == f"cc: other: not asked first: {why}"
    scene.fails("one", 402)
    _, said = scene.launched("--fallback", "other,two", "one")
    assert said[0].startswith("cc: one: out of credit (402); on to other")
    assert said[1] == f"cc: other: not asked first: {why}"
    assert scene.asked("two") == []


def test_a_local_server_is_asked_in_its_own_way_and_moved_on_from_when_it_is_down(scene: FallbackScene) -> None:
    with FakeOllama() as ollama:
        ollama.add("glm-4.7-flash", num_ctx=65_536)
        scene.sandbox.profile("local", f'extends = "ollama"\nbase_url = "{ollama.url}"\n')
        _, said = scene.launched("--fallback", "two", "local")
        assert said == []
        assert not any("messages" in request.path for request in ollama.requests)
    dump, said = scene.launched("--fallback", "two", "local")
    assert token(dump) == scene.secrets["two"]
    assert len(said) == 1
    assert said[0].startswith("cc: local: Ollama is not running (")
    assert said[0].endswith("); on to two (two-large)")


# -- the key of a profile --------------------


def test_a_profile_may_have_the_list_itself_and_is_then_checked_at_each_launch(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two", "one"]')
    for _ in range(2):
        dump, said = scene.launched("one")
        assert (token(dump), said) == (scene.secrets["one"], [])
    assert (len(scene.asked("one")), scene.sandbox.plans) == (2, [])
    scene.fails("one", 402)
    dump, said = scene.launched("one")
    assert token(dump) == scene.secrets["two"]
    assert said == ["cc: one: out of credit (402); on to two (two-large)"]
    scene.each_has_only_its_own_secret()


def test_only_the_list_of_the_profile_that_is_launched_counts(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two"]')
    scene.profile("two", 'fallback = ["three", "one"]')
    for name in ("one", "two"):
        scene.fails(name, 503)
    scene.refused(UNREACHABLE, "one")
    assert scene.asked("three") == []


def test_the_command_line_has_the_last_word(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two"]')
    scene.fails("one", 402)
    dump, _ = scene.launched("--fallback", "three", "one")
    assert token(dump) == scene.secrets["three"]
    assert scene.asked("two") == []


def test_a_profile_that_starts_from_one_with_a_list_may_empty_it(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two"]')
    for name, fallback, asks in (("heir", "", 1), ("plain", "fallback = []\n", 0)):
        scene.providers["one"].requests.clear()
        scene.sandbox.profile(name, f'extends = "one"\n{fallback}')
        scene.launched(name)
        assert len(scene.asked("one")) == asks


@pytest.mark.parametrize("value", ['["Two"]', '["../x"]', '"two"', "[1]", '[["two"]]'])
def test_a_list_that_is_none_is_a_fault_of_the_file(scene: FallbackScene, value: str) -> None:
    scene.profile("one", f"fallback = {value}")
    assert "fallback" in scene.refused(INVALID, "one")[0]


def test_a_name_in_a_file_that_no_profile_has_is_told_with_its_line(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two", "thre"]')
    said = scene.refused(INVALID, "one")
    assert said[0].endswith("one.toml:4: fallback: no profile named thre")
    assert "three" in said[1]
    assert scene.asked("one") == []


def test_a_wrapper_hands_over_to_be_checked(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two"]')
    scene.fails("one", 402)
    sandbox = scene.sandbox
    assert run([sandbox.cc, "install-wrapper", "one"], sandbox.environment(), sandbox.work).code == OK
    wrapper = sandbox.home / ".local" / "bin" / "claude-one"
    result = run([wrapper, "-p", "hi"], sandbox.environment(), sandbox.work)
    assert (result.code, result.err) == (OK, b"cc: one: out of credit (402); on to two (two-large)\n")
    dump = sandbox.fake.take()
    assert (token(dump), dump.arguments[-2:]) == (scene.secrets["two"], [b"-p", b"hi"])


def test_what_stands_for_no_launch_says_that_it_has_no_fallback(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two"]')
    sandbox = scene.sandbox
    for args, said in (
        (["env", "one"], "one: its fallback works only in a launch; use cc run one"),
        (["use", "one"], "the profile's fallback is for launches alone: two"),
    ):
        result = run([sandbox.cc, *args], sandbox.environment(), sandbox.work)
        assert result.code == OK
        assert said in result.err.decode()
    assert scene.models() == {"one": [], "two": [], "three": []}


def test_what_stands_for_no_launch_has_nothing_within_a_session_either(scene: FallbackScene) -> None:
    scene.profile("one", 'fallback = ["two"]\nin_session = true')
    sandbox = scene.sandbox
    for args, said in (
        (["env", "one"], "one: its fallback and in_session work only in a launch; use cc run one"),
        (["use", "one"], "the profile's fallback and in_session are for launches alone: two"),
    ):
        result = run([sandbox.cc, *args], sandbox.environment(), sandbox.work)
        assert result.code == OK
        assert said in result.err.decode()


# -- looking at it first --------------------


def test_a_dry_run_says_who_would_be_gone_on_with_and_what_would_be_asked(scene: FallbackScene) -> None:
    lines = ("--dry-run", "--fallback", "two,three", "--stay", "one")
    shown = scene.run(*lines).out.decode()
    assert "when a turn fails, cc goes on with two, then three, and waits beside Claude Code for that" in shown
    assert "(cc take-over --allow one two)" in " ".join(shown.split())
    data = json.loads(scene.run("--json", *lines).out)["data"]["in_session"]
    assert data["profiles"] == ["two", "three"]
    assert [one["command"] for one in data["consents_missing"]][:1] == ["cc take-over --allow one two"]
    assert json.loads(scene.run("--json", "--dry-run", "one").out)["data"]["in_session"] is None
    assert "in session" in scene.run("-v", *lines).out.decode()
    assert scene.models() == {"one": [], "two": [], "three": []}


def test_stay_needs_somebody_to_go_on_with(scene: FallbackScene) -> None:
    result = scene.run("--stay", "one")
    assert (result.code, result.out) == (USAGE, b"")
    assert b"--stay needs profiles to go on with" in result.err
    assert b"cc run --fallback PROFILE --stay one" in result.err


def test_a_key_that_is_missing_is_said_before_anything_is_sent(scene: FallbackScene) -> None:
    scene.sandbox.profile("none", 'auth = "bearer"\nbase_url = "http://127.0.0.1:9"\ntiers.main = "m"\n')
    result = scene.run("--fallback", "none", "--stay", "one")
    assert (result.code, result.out) == (REFUSED, b"")
    assert b"none has no key, so no session can go on there" in result.err
    assert scene.models() == {"one": [], "two": [], "three": []}


def test_a_dry_run_says_who_would_be_asked_and_asks_nobody(scene: FallbackScene) -> None:
    scene.sandbox.profile("login", 'extends = "claude"\n')
    shown = scene.run("--dry-run", "--fallback", "two,login", "one", "other").out.decode()
    assert "  first     one (one-other) is asked for one token, within 3 seconds\n" in shown
    assert "  on to     two (two-large) is asked for one token, within 3 seconds\n" in shown
    assert "is asked nothing, since cc does not read your claude.ai login\n" in shown
    data = json.loads(scene.run("--dry-run", "--json", "--check", "one").out)["data"]
    asked = "for one token, within 3 seconds"
    assert data["asks_first"] == [{"profile": "one", "model": "one-large", "asked": asked}]
    assert json.loads(scene.run("--dry-run", "--json", "one").out)["data"]["asks_first"] == []
    assert scene.models() == {"one": [], "two": [], "three": []}
