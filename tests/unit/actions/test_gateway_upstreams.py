"""What a server of this machine says when it is behind a gateway: FAKE ones, on loopback."""

from collections.abc import Iterator

import pytest

from cc_launcher.actions import gateway_upstreams
from cc_launcher.actions.screen import NOBODY
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import profiles
from tests.fakes.fake_local import FakeLocal
from tests.unit.conftest import REPOSITORY, resolved

CATALOG = {"vllm": (REPOSITORY / "profiles" / "vllm.toml").read_text()}
MIX = (
    '[gateway]\nupstreams = { a = "own", b = "other" }\n[routes.main]\ntargets = [{ to = "a/m" }, { to = "b/x" }]\n'
    '[routes.more]\ntargets = [{ to = "a/n" }, { to = "a/m" }]\n'
)


@pytest.fixture
def fake() -> Iterator[FakeLocal]:
    with FakeLocal("vllm", "m", 40_960) as found:
        yield found


def loaded(monkeypatch: pytest.MonkeyPatch, fake: FakeLocal, keys: str = "") -> Resolved:
    """The profile `own` as the gateway has it."""
    text = f'extends = "vllm"\nbase_url = "{fake.url}"\n{keys}\n[models.m]\ncontext = 65536\n'
    own = resolved({"own": text}, "own", CATALOG)
    monkeypatch.setattr(profiles, "load", lambda _: own)
    return gateway_upstreams.loader(resolved(MIX), NOBODY)("own")


def test_each_model_that_a_route_asks_for_has_the_window_of_now(
    monkeypatch: pytest.MonkeyPatch, fake: FakeLocal
) -> None:
    models = loaded(monkeypatch, fake).profile.models
    assert (models["m"].context, models["m"].max_output) == (40_960, 10_240)
    assert "n" not in models  # which it does not have: that is for the route to say
    assert fake.paths == ["/v1/models"] * 2  # once for each


@pytest.mark.parametrize("trouble", ["a fault", "loading", "malformed"])
def test_one_that_says_nothing_of_use_is_as_it_is_written_and_asked_once(
    monkeypatch: pytest.MonkeyPatch, fake: FakeLocal, trouble: str
) -> None:
    fake.trouble = trouble
    assert loaded(monkeypatch, fake).profile.models["m"].context == 65_536
    assert len(fake.paths) == 1


@pytest.mark.parametrize(("auth", "header"), [("bearer", "authorization"), ("api-key", "x-api-key")])
def test_its_key_goes_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, fake: FakeLocal, auth: str, header: str
) -> None:
    monkeypatch.setenv("KEY_OF_MINE", "sk-local")
    fake.key = "sk-local"
    found = loaded(monkeypatch, fake, f'auth = "{auth}"\nsecret = "env:KEY_OF_MINE"\n')
    assert found.profile.models["m"].context == 40_960
    assert [header in seen.headers for seen in fake.requests][:2] == [False, True]
