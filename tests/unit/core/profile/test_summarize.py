"""What a list says of a profile: enough to choose one, and every place in which a secret of its own is."""

import pytest

from cc_launcher.core.profile.summarize import endpoint, summarize
from cc_launcher.core.profile.summary import OWN_CHOICE
from tests.unit.conftest import resolved

MINE = 'title = "Mine"\nbase_url = "https://h.example/api"\nauth = "bearer"\nkey_env = ["A", "B"]\n'
TIERS = '[tiers]\nmain = "m"\nhaiku = "h"\n[models.m]\naliases = ["x", "m"]\n[models.o]\n'


def test_a_profile_in_a_list() -> None:
    found = summarize(resolved(MINE + TIERS))
    assert (found.name, found.title, found.host, found.model) == ("mine", "Mine", "h.example/api", "m")
    assert set(found.models) == {"m", "x", "h", "o"}
    assert len(found.models) == 4
    assert (found.references, found.key_env, found.cloud) == ((), ("A", "B"), None)


def test_each_secret_that_it_names_is_in_it_once() -> None:
    named = MINE + 'secret = "pass:a"\nsecret_headers = { X-Own = "own", X-Other = "op://a/b/c" }\n' + TIERS
    servers = '[mcp_servers.s]\nurl = "https://s.example"\n[mcp_servers.s.secret_headers]\n'
    found = summarize(resolved(f'{named}{servers}Authorization = "keyring:s"\nX-Again = "keyring:s"\n'))
    assert found.references == ("op://a/b/c", "pass:a", "keyring:s")
    assert found.key_env is None  # it says where its key is


@pytest.mark.parametrize(
    ("text", "key_env"), [('auth = "login"\n', None), ('auth = "none"\nbase_url = "http://localhost:1"\n', None)]
)
def test_one_without_a_key_asks_for_none(text: str, key_env: tuple[str, ...] | None) -> None:
    assert summarize(resolved(f'key_env = ["A"]\nsecret = "pass:a"\n{text}')).key_env == key_env
    assert summarize(resolved(f'key_env = ["A"]\nsecret = "pass:a"\n{text}')).references == ()


def test_what_no_profile_names_is_the_clients_own() -> None:
    login = resolved('auth = "login"\n')
    assert endpoint(login) == OWN_CHOICE
    assert (summarize(login).host, summarize(login).model) == (OWN_CHOICE, OWN_CHOICE)


def test_a_model_that_has_to_be_named_is_said_so() -> None:
    assert summarize(resolved('base_url = "https://h"\nauth = "bearer"\nopen_ended = true\n')).model == "to be named"


def test_of_a_cloud_it_says_whose_identity_is_used() -> None:
    text = 'cloud = "bedrock"\nauth = "{}"\nkey_env = ["K"]\nvalues.aws_profile = "work"\ntiers.main = "m"\n'
    found = summarize(resolved(text.format("cloud")))
    assert found.cloud == ("aws", "work", "K")
    assert found.host.endswith("amazonaws.com")
    assert summarize(resolved(text.format("bearer"))).cloud is None
