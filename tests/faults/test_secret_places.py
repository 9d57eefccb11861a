"""Secrets in headers and in the address, through the whole of `cc`, with a fake client: launched, wrapped, kept."""

import json

import pytest

from tests.support import Sandbox, run

GATEWAY = 'base_url = "https://gateway.example/{key}/x"\n'
PLACES = (
    'extends = "anthropic"\n'
    + GATEWAY
    + "secret = \"cmd:sh -c 'echo own >> {log}; echo sk-own'\"\n"
    + '[secret_values]\nkey = "cmd:echo sk/1"\n'
    + '[secret_headers]\nX-Auth = { secret = "cmd:echo sk-2", prefix = "Bearer " }\nX-Key = "own"\n'
)


def write(sandbox: Sandbox) -> None:
    sandbox.profile("mine", PLACES.replace("{log}", str(sandbox.outside / "log")))


def test_each_secret_is_where_it_belongs_and_a_store_is_asked_once(sandbox: Sandbox) -> None:
    write(sandbox)
    for cached in (False, True):
        ended = sandbox.run("run", "mine", cached=cached)
        assert ended.code == 0, ended
        dump = sandbox.fake.take()
        assert dump.environment[b"ANTHROPIC_BASE_URL"] == b"https://gateway.example/sk%2F1/x"
        assert dump.environment[b"ANTHROPIC_CUSTOM_HEADERS"] == b"X-Auth: Bearer sk-2\nX-Key: sk-own"
        assert dump.key == b"sk-own"
        assert not any(secret in b"".join(dump.arguments) for secret in (b"sk-", b"sk%2F1", b"sk/1"))
        assert ended.err.count(b"the address holds a secret") == 1
        assert (sandbox.outside / "log").read_text() == "own\n"
        (sandbox.outside / "log").unlink()
    assert all(b"sk%2F1" not in plan.read_bytes() for plan in sandbox.plans)


@pytest.mark.parametrize("args", [["run", "--dry-run"], ["run", "--dry-run", "--json"], ["show"], ["show", "--json"]])
def test_what_is_shown_has_its_place_alone(sandbox: Sandbox, args: list[str]) -> None:
    write(sandbox)
    shown = sandbox.run(*args, "mine")
    assert shown.code == 0, shown
    assert b"https://gateway.example/{key}/x" in shown.out
    assert not (sandbox.outside / "log").exists()


@pytest.mark.parametrize("more", [[], ["--reveal"], ["--format", "dotenv"], ["--json"]])
def test_an_address_with_a_secret_is_no_variable(sandbox: Sandbox, more: list[str]) -> None:
    write(sandbox)
    ended = sandbox.run("env", "mine", *more)
    assert (ended.code, b"sk" in ended.out + ended.err) == (2, False)
    assert (json.loads(ended.out)["status"] if more == ["--json"] else ended.out) in {"error", b""}
    assert b"hint: cc run mine" in ended.err


def test_a_wrapper_does_the_same(sandbox: Sandbox) -> None:
    write(sandbox)
    assert sandbox.run("install-wrapper", "mine").code == 0
    found = next(iter((sandbox.home / ".local" / "bin").iterdir()))
    ended = run([found], sandbox.environment(), sandbox.work)
    assert ended.code == 0, ended
    dump = sandbox.fake.take()
    assert dump.environment[b"ANTHROPIC_BASE_URL"] == b"https://gateway.example/sk%2F1/x"
    assert dump.environment[b"ANTHROPIC_CUSTOM_HEADERS"] == b"X-Auth: Bearer sk-2\nX-Key: sk-own"


HEADERS = (
    'extends = "anthropic"\nbase_url = "https://gateway.example"\nsecret = "env:OWN"\n'
    '[secret_headers]\nX-Auth = { secret = "env:TWO", prefix = "Bearer it\'s " }\nX-Key = "own"\n'
)


@pytest.mark.parametrize("shell", ["sh", "dotenv"])
def test_exports_have_the_word_in_front(sandbox: Sandbox, shell: str) -> None:
    sandbox.profile("mine", HEADERS)
    environment = sandbox.environment(OWN="sk-own", TWO="sk-2")
    shown = sandbox.run("env", "mine", "--reveal", "--format", shell, environment=environment)
    assert shown.code == 0, shown
    assert b"X-Auth: Bearer it" in shown.out
    assert b"X-Key: sk-own" in shown.out


@pytest.mark.parametrize("variable", ["", "MY_KEY"])
def test_a_wrapper_takes_the_variable_for_both_places(sandbox: Sandbox, variable: str) -> None:
    text = 'extends = "litellm"\nkey_env = ["MY_KEY"]\n[tiers]\nmain = "m"\n[secret_headers]\nX-Key = "own"\n'
    text = text if variable else text.replace("[tiers]", 'secret = "cmd:echo sk-kept"\n[tiers]', 1)
    sandbox.profile("mine", text)
    assert sandbox.run("install-wrapper", "mine").code == 0
    found = next(iter((sandbox.home / ".local" / "bin").iterdir()))
    environment = sandbox.environment(**({variable: "sk-set"} if variable else {}))
    ended = run([found], environment, sandbox.work)
    assert ended.code == 0, ended
    dump = sandbox.fake.take()
    secret = b"sk-set" if variable else b"sk-kept"
    assert dump.environment[b"ANTHROPIC_AUTH_TOKEN"] == secret
    assert dump.environment[b"ANTHROPIC_CUSTOM_HEADERS"] == b"X-Key: " + secret


def test_each_secret_is_kept_by_its_place(sandbox: Sandbox) -> None:
    said = sandbox.run("secret", "set", "helicone", "--value", "helicone_key", "--dry-run")
    assert (said.code, b"keyring:helicone-gateway" in said.err) == (0, True)
    said = sandbox.run("secret", "set", "helicone", "--dry-run")
    assert (said.code, b"keyring:helicone)" in said.err) == (0, True)
    said = sandbox.run("secret", "set", "helicone", "--value", "helicon", "--dry-run")
    assert said.code == 2
    assert b"helicone_key" in said.err
