"""Where llama-server is, of two ports: FAKE servers, on loopback. With the real one: tests/llama/test_ports.py."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from cc_launcher.actions import which_port
from cc_launcher.actions.screen import NOBODY, Screen
from cc_launcher.core.profile import local_servers
from tests.fakes.fake_local import FakeLocal
from tests.unit.conftest import REPOSITORY, catalog_profile, resolved

CATALOG = {"llamacpp": (REPOSITORY / "profiles" / "llamacpp.toml").read_text()}
Two = tuple[FakeLocal, FakeLocal]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """A FAKE llama-server at each of the ports."""
    with ExitStack() as open_for_the_test:
        first, second = (open_for_the_test.enter_context(FakeLocal("llamacpp", name, 65_536)) for name in ("a", "b"))
        there = dataclasses.replace(local_servers.SERVERS["llamacpp"], ports=(first.port, second.port))
        monkeypatch.setitem(local_servers.SERVERS, "llamacpp", there)
        monkeypatch.setattr(which_port, "_chosen", {})
        yield first, second


def found(screen: Screen = NOBODY) -> which_port.Place:
    return which_port.of(catalog_profile("llamacpp"), screen)


@pytest.mark.parametrize("trouble", ["", "locked", "loading"])
def test_one_that_answers_whatever_it_says_is_the_one(two: Two, trouble: str) -> None:
    first, second = two
    first.stop()
    second.trouble = trouble
    place = found()
    assert (place.resolved.profile.base_url, place.fault) == (f"http://localhost:{second.port}", None)
    assert place.note == f"llamacpp: llama-server answers at localhost:{second.port}"


@pytest.mark.parametrize("trouble", ["html", "another program", "no HTTP", "hangs up", "malformed", "silent"])
def test_what_another_program_says_is_no_answer(two: Two, trouble: str) -> None:
    first, second = two
    first.title, first.trouble = "", trouble
    assert found().resolved.profile.base_url == f"http://localhost:{second.port}"
    second.stop()
    place = found()
    assert (place.fault is not None) is (trouble not in {"hangs up", "silent"})  # of which a launch tells itself
    if trouble == "html":
        assert place.fault is not None
        assert place.fault.what == f"llamacpp: what answers at localhost:{first.port} is not llama-server"


def test_where_nobody_is_all_is_as_written(two: Two) -> None:
    for fake in two:
        fake.stop()
    assert found() == which_port.Place(catalog_profile("llamacpp"))


def test_two_are_asked_about_once_with_the_models_that_they_have(two: Two) -> None:
    asked: list[list[str]] = []

    def chooses(_: str, lines: Sequence[str]) -> str:
        asked.append(list(lines))
        return lines[1]

    screen = Screen(lambda _: None, None, None, chooses)
    for _ in range(2):
        assert found(screen).resolved.profile.base_url == f"http://localhost:{two[1].port}"
    assert asked == [[f"localhost:{two[0].port} (a)", f"localhost:{two[1].port} (b)"]]


def test_an_address_that_somebody_wrote_is_not_looked_at(two: Two) -> None:
    own = resolved(f'extends = "llamacpp"\nbase_url = "http://localhost:{two[0].port}"\n', shipped=CATALOG)
    assert which_port.of(own, NOBODY) == which_port.Place(own)
    assert two[0].requests == []


def test_what_to_type_changes_a_profile_of_ones_own(two: Two) -> None:
    place = which_port.of(resolved('extends = "llamacpp"\n', shipped=CATALOG), NOBODY)
    assert place.fault is not None
    assert place.fault.hint == f"say which one is meant: cc edit mine base_url=http://localhost:{two[1].port}"


def test_the_first_of_the_ports_is_the_one_of_the_catalog() -> None:
    [first, second] = local_servers.places(catalog_profile("llamacpp"))
    assert (first, second) == (catalog_profile("llamacpp").profile.base_url, "http://localhost:9931")
    assert local_servers.places(catalog_profile("ollama")) == ()
