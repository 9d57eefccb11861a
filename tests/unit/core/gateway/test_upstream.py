import pytest

from cc_launcher.core.gateway import upstream
from cc_launcher.core.gateway.upstream import THINKING, of, variable
from tests.unit.conftest import catalog_profile, resolved


def test_it_is_reached_by_openais_api_where_its_facts_have_an_address() -> None:
    found = of(catalog_profile("openrouter"), "a", "mix", "mix.toml:3")
    assert (found.api, found.address, found.lost) == ("openai", "https://openrouter.ai/api/v1", ())
    found = of(catalog_profile("groq"), "a", "mix", "mix.toml:3")
    assert (found.api, found.address, found.engine_name) == ("openai", "https://api.groq.com/openai/v1", "groq")


def test_else_by_anthropics_and_it_says_what_is_lost() -> None:
    found = of(catalog_profile("zai"), "a", "mix", "mix.toml:3")
    assert (found.api, found.address, found.lost) == ("anthropic", "https://api.z.ai/api/anthropic", (THINKING,))
    assert found.timeout == 3000


@pytest.mark.parametrize("name", ["ollama", "lmstudio", "llamacpp", "vllm", "sglang"])
def test_a_server_on_this_machine_has_both_at_whatever_port(name: str) -> None:
    own = catalog_profile(name)
    found = of(own, "a", "mix", "mix.toml:3")
    assert (found.api, found.address) == ("openai", f"{own.profile.base_url}/v1")
    assert (found.key, found.is_local) == (None, True)


def test_an_address_of_somebody_else_gets_no_key_of_this_provider() -> None:
    text = 'base_url = "https://a.example"\nopenai_url = "https://b.example/v1"\nauth = "bearer"\n'
    assert upstream.address_of(resolved(text)) == ("anthropic", "https://a.example")


def test_secrets_are_references_each_with_a_variable_of_its_own() -> None:
    text = (
        'base_url = "https://a.example/{part}/x"\nauth = "bearer"\nsecret = "op://a/b/c"\n'
        'secret_values.part = "env:P"\n'
        'secret_headers.X-A = { secret = "own", prefix = "Token " }\n'
    )
    found = of(resolved(text), "a", "mix", "mix.toml:3")
    key, bearer, address, header = found.secrets
    assert (bearer.reference, bearer.value("s3cret")) == ("op://a/b/c", "Bearer s3cret")  # beside x-api-key
    assert (key.reference, address.reference, header.reference) == ("op://a/b/c", "env:P", "op://a/b/c")
    assert address.value("s3cret") == "https://a.example/s3cret/x"
    assert header.value("s3cret") == "Token s3cret"
    assert found.address == ""
    assert len({secret.variable for secret in found.secrets}) == 4


def test_no_two_variables_are_the_same() -> None:
    places = [("a-b", "c", "KEY"), ("a_b", "c", "KEY"), ("a", "b-c", "KEY"), ("a", "b", "c-KEY"), ("a.b", "c", "KEY")]
    found = [variable(*place) for place in places]
    assert len(set(found)) == len(found)
    assert all(name.isascii() and name.replace("_", "").isalnum() and name.isupper() for name in found)


def test_a_key_in_the_environment_is_taken_as_a_launch_would() -> None:
    own = catalog_profile("groq")
    for present, reference in ((frozenset(), "keyring:groq"), (frozenset({"GROQ_API_KEY"}), "env:GROQ_API_KEY")):
        key = of(own, "", "groq", "groq", present).key
        assert key is not None
        assert key.reference == reference
