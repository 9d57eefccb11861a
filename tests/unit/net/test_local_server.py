"""What is learned from the servers of local models: FAKE ones, on a loopback port."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from cc_launcher.core.models import local
from cc_launcher.core.models.local import Told
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.launch import server as quick
from cc_launcher.net import local_server as ask_local
from cc_launcher.net.fetch import NoAnswer
from tests.fakes.fake_local import FakeLocal
from tests.fakes.fake_ollama import TROUBLES, FakeOllama, FakeServer
from tests.unit.conftest import catalog_profile

GLM = "glm-4.7-flash"
FAULTS = {"locked": local.LOCKED, "loading": local.LOADING, "silent": local.SILENT, "trickle": local.SILENT}
PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _a_proxy_that_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def profile(kind: str, url: str, more: str = "") -> Resolved:
    catalog = catalog_profile(kind)
    changed = catalog.profile.model_copy(update={"base_url": url, **({"headers": {"X-A": "b"}} if more else {})})
    return Resolved(kind, changed, catalog.origins, catalog.chain, ())


def asked(fake: FakeServer, *models: str, kind: str = "ollama") -> Told:
    told = ask_local.ask(profile(kind, fake.url), models)
    assert (told.fault, told.detail) == ("", "")
    return told


@pytest.mark.parametrize(
    ("own", "largest", "loaded", "window"),
    [
        (65_536, 202_752, None, 65_536),
        (65_536, 202_752, 8_192, 65_536),  # another program's wish: a request of ours gets the model's own
        (400_000, 131_072, None, 131_072),  # more than the model was trained for is not given
        (65_536, None, None, 65_536),
        (None, 202_752, 4_096, 4_096),
        (None, 202_752, 32_768, 32_768),
        (None, 202_752, None, None),
    ],
)
def test_the_window_of_ollama(
    ollama: FakeOllama, own: int | None, largest: int | None, loaded: int | None, window: int | None
) -> None:
    ollama.add(GLM, num_ctx=own, largest=largest)
    ollama.add("other")
    if loaded:
        ollama.loaded = {f"{GLM}:latest": loaded}
    told = asked(ollama, GLM)
    assert (told.window, told.missing, told.tools) == (window, (), True)
    assert quick.unchanged(told.check) is (window is not None)


def test_a_model_at_ollamas_own_servers_has_its_whole_window_without_being_listed(ollama: FakeOllama) -> None:
    ollama.add("glm-5.1:cloud", largest=202_752, remote=True)
    assert asked(ollama, "glm-5.1:cloud").window == 202_752


@pytest.mark.parametrize(("name", "word"), [("m", "m:latest"), ("m:latest", "m"), ("Q/m:8b", "q/M:8b")])
def test_ollama_takes_a_name_without_its_tag_and_in_any_letters(ollama: FakeOllama, name: str, word: str) -> None:
    ollama.add("main", num_ctx=40_000)
    ollama.add(name)
    assert asked(ollama, "main", word).missing == ()
    assert "/api/ps" not in ollama.paths


def test_each_model_of_a_launch_has_to_be_there(ollama: FakeOllama) -> None:
    ollama.add(GLM)
    told = asked(ollama, GLM, "one", "two")
    assert told.missing == ("one", "two")
    assert [listed.id for listed in told.models] == [GLM]
    assert told.check == ()


@pytest.mark.parametrize(
    ("kind", "old", "window", "asked_for", "found"),
    [
        ("lmstudio", False, 65_536, GLM, 65_536),
        ("lmstudio", False, None, GLM, None),
        ("lmstudio", True, 65_536, GLM, 65_536),
        ("lmstudio", True, None, GLM, None),
        ("llamacpp", False, 40_960, "local", 40_960),
        ("llamacpp", True, 40_960, "local", 40_960),
        ("llamacpp", True, None, "local", None),
        ("vllm", False, 262_144, GLM, 262_144),
        ("vllm", False, None, GLM, None),
        ("sglang", False, 262_144, GLM, 262_144),
    ],
)
def test_the_window_of_the_others(kind: str, old: bool, window: int | None, asked_for: str, found: int | None) -> None:  # noqa: FBT001
    with FakeLocal(kind, GLM, window) as fake:
        fake.old = old
        told = asked(fake, asked_for, kind=kind)
        assert (told.window, told.missing) == (found, ())
        assert [listed.id for listed in told.models] == [GLM]
        # The older list of LM Studio is too rare for the short way.
        assert quick.unchanged(told.check) is (found is not None and not (kind == "lmstudio" and old))
        fake.window = 32_100
        assert not quick.unchanged(told.check)


@pytest.mark.parametrize("kind", ["lmstudio", "vllm", "sglang"])
def test_a_model_that_another_server_does_not_have(kind: str) -> None:
    with FakeLocal(kind, GLM, 65_536) as fake:
        assert asked(fake, "mistake", kind=kind).missing == ("mistake",)


@pytest.mark.parametrize(
    "change",
    ["another window", "another model of that name", "it is gone", "the server is gone", "a key is asked for"],
)
@pytest.mark.parametrize("own", [65_536, None])
def test_the_short_way_sees_what_has_changed(ollama: FakeOllama, change: str, own: int | None) -> None:
    ollama.add("first")
    ollama.add(GLM, num_ctx=own)
    ollama.loaded = {"first:latest": 65_536, f"{GLM}:latest": 65_536}
    check = asked(ollama, GLM).check
    ollama.requests.clear()
    assert quick.unchanged(check)
    assert len(ollama.requests) == 1
    if change == "another window":
        ollama.add(GLM, num_ctx=own and 6_553)
        ollama.loaded[f"{GLM}:latest"] = 6_553
    elif change == "another model of that name":
        ollama.add(GLM, num_ctx=own and 40_000)
        ollama.loaded[f"{GLM}:latest"] = 655_360
    elif change == "it is gone":
        del ollama.models[f"{GLM}:latest"], ollama.loaded[f"{GLM}:latest"]
    elif change == "a key is asked for":
        ollama.key = "k"
    else:
        ollama.stop()
    assert not quick.unchanged(check)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_server_with_a_trouble_is_no_trouble_of_ours(ollama: FakeOllama, trouble: str) -> None:
    ollama.add(GLM, num_ctx=65_536)
    check = asked(ollama, GLM).check
    ollama.trouble = trouble
    told = ask_local.ask(profile("ollama", ollama.url), (GLM,))
    if trouble in {"an odd shape", "a bare number"}:  # a list without any model
        assert told.fault == ""
        assert told.window is None
    elif trouble != "huge":
        assert told.fault == FAULTS.get(trouble, local.ODD)
    else:
        assert told.fault in {local.ODD, local.SILENT}  # whichever is reached first
    assert told.check == ()
    assert not quick.unchanged(check)
    with pytest.raises(NoAnswer) if told.fault else nullcontext():
        assert ask_local.listed(profile("ollama", ollama.url), patience=0.5) == []


def test_nobody_there(ollama: FakeOllama) -> None:
    ollama.stop()
    told = ask_local.ask(profile("ollama", ollama.url), (GLM,))
    assert (told.fault, told.detail) == (local.DOWN, "Connection refused")


def test_both_ways_together_wait_a_second() -> None:
    assert quick.PATIENCE + ask_local.PATIENCE == 1.0


def test_a_name_that_nobody_can_look_up_is_left_behind_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        over.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    told = ask_local.ask(profile("ollama", "http://gpu.example:11434"), (GLM,))
    over.set()
    assert (told.fault, told.detail) == (local.SILENT, "within 0.7 seconds")
    assert quick.addresses("gpu.example") == []


def test_each_wait_of_the_short_way_is_only_what_is_left_of_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with socket.create_server(("127.0.0.1", 0)) as server:
        waits: list[float] = []
        real = quick._left

        def left(ends: float) -> float:
            waits.append(real(ends))
            now[0] += 0.1
            return 0.01

        monkeypatch.setattr(quick, "_left", left)
        assert not quick.unchanged(("127.0.0.1", str(server.getsockname()[1]), "/", "a", "b", "c"))
    assert [round(wait, 6) for wait in waits] == [0.3, 0.2]


def test_a_key_reaches_the_server_and_keeps_the_plan_from_the_short_way(ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=65_536)
    ollama.key = "k"
    assert ask_local.ask(profile("ollama", ollama.url), (GLM,)).fault == local.LOCKED
    told = ask_local.ask(profile("ollama", ollama.url), (GLM,), {"Authorization": "Bearer k"})
    assert (told.window, told.check) == (65_536, ())
    [listed] = ask_local.listed(profile("ollama", ollama.url), {"x-api-key": "k"})
    assert (listed.id, listed.context, listed.tools, listed.free) == (GLM, 202_752, True, True)


def test_a_header_of_the_profile_is_sent_and_keeps_the_plan_from_the_short_way(ollama: FakeOllama) -> None:
    ollama.add(GLM, num_ctx=65_536)
    told = ask_local.ask(profile("ollama", ollama.url, "header"), (GLM,))
    assert (told.window, told.check) == (65_536, ())
    assert {seen.headers["x-a"] for seen in ollama.requests} == {"b"}


def test_the_path_of_the_address_stays_in_front(ollama: FakeOllama) -> None:
    ask_local.ask(profile("ollama", f"{ollama.url}/below"), (GLM,))
    assert ollama.paths == ["/below/api/tags"]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("localhost", ["127.0.0.1", "::1"]),
        ("ollama.localhost", ["127.0.0.1", "::1"]),
        ("192.168.1.7", ["192.168.1.7"]),
        ("::1", ["::1"]),
        ("gpu", []),
        ("127.1", []),
        ("", []),
    ],
)
def test_hosts_that_are_known_without_asking(host: str, found: list[str]) -> None:
    assert [address for _, address in quick.addresses(host)] == found


@pytest.mark.parametrize(
    "check", [(), ("",), ("127.0.0.1", "x", "/", "a", "b", "c"), ("127.0.0.1", "1", "/", "a", "b")]
)
def test_a_check_that_cannot_be_made_never_holds(check: tuple[str, ...]) -> None:
    assert not quick.unchanged(check)
